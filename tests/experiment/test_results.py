"""The tables: columns, order, meaning, and the same values in both kinds of file."""

import json

import numpy as np
import pandas as pd
import pytest
from experiment_cases import DIGITS, swept

from wirelesssim import InputError, load_results

# scenario.md, "Tables", word for word
ROUNDS = ("round simulated_time_s objective error accuracy uplink_payload_bits uplink_coded_bits uplink_on_air_bits "
          "uplink_retransmitted_bits downlink_on_air_bits energy_j entries_sent workers_heard workers_silent workers_lost "
          "workers_late workers_unscheduled").split()
TRANSMISSIONS = ("round worker direction start_s end_s payload_bits coded_bits on_air_bits retransmitted_bits packets "
                 "packets_lost attempts delivered acknowledged").split()
WORKERS = "round worker compute_s queue_s access_s on_air_s retransmission_s wait_s energy_j".split()
LABELS = ["variant", "replication", "channel.loss"]
COLUMNS = {"rounds": ROUNDS, "transmissions": TRANSMISSIONS, "workers": WORKERS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A sweep of 2 variants x 2 losses x 2 replications with data."""
    path = tmp_path_factory.mktemp("results")
    swept(path, DIGITS, replications=2)
    return path


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_those_of_the_documentation_in_that_order(folder, name):
    assert list(pd.read_parquet(folder / f"{name}.parquet").columns) == LABELS + COLUMNS[name]
    assert (folder / f"{name}.csv").read_text().splitlines()[0] == ",".join(LABELS + COLUMNS[name])


@pytest.mark.parametrize("name", COLUMNS)
def test_csv_and_parquet_hold_the_same_numbers_to_the_last_bit(folder, name):
    stored = pd.read_parquet(folder / f"{name}.parquet")
    text = pd.read_csv(folder / f"{name}.csv", float_precision="round_trip", low_memory=False)
    assert len(stored) == len(text) > 0
    for column in stored:
        if pd.api.types.is_numeric_dtype(stored[column]):
            np.testing.assert_array_equal(stored[column].to_numpy(float, na_value=np.nan), text[column].to_numpy(float))
        else:
            assert stored[column].astype(str).tolist() == text[column].astype(str).tolist()


def test_row_0_is_the_start_and_row_k_is_the_kth_step(folder):
    rounds = pd.read_parquet(folder / "rounds.parquet")
    for _, rows in rounds.groupby(LABELS):
        assert rows["round"].tolist() == list(range(26))
        assert (rows["simulated_time_s"].diff().dropna() > 0).all()
    start = rounds[rounds["round"] == 0]
    assert len(start) == 8 and (start["simulated_time_s"] == 0).all()
    assert (start[[name for name in ROUNDS if name.endswith("_bits") or name.startswith("workers_")]] == 0).all(axis=None)
    np.testing.assert_allclose(start["objective"], np.log(10), rtol=1e-12)  # softmax of 10 classes at theta = 0, no penalty there
    assert rounds["energy_j"].isna().all()  # planned


def test_bits_nest_grow_and_agree_between_tables(folder):
    results = load_results(folder)
    rounds, sent = results.rounds, results.transmissions
    assert (rounds["uplink_payload_bits"] <= rounds["uplink_coded_bits"]).all()
    assert (rounds["uplink_coded_bits"] <= rounds["uplink_on_air_bits"]).all()
    assert (rounds["uplink_retransmitted_bits"] <= rounds["uplink_on_air_bits"]).all()
    last = rounds[rounds["round"] == 25].set_index(LABELS)
    up = sent[sent["direction"] == "uplink"].groupby(LABELS).sum(numeric_only=True)
    up = up.reindex(last.index)
    for name in ("payload", "coded"):
        assert (last[f"uplink_{name}_bits"] == up[f"{name}_bits"]).all()
    lossless = last.index.get_level_values("channel.loss") == "0 %"
    for name in ("on_air", "retransmitted"):  # after the last step a sender may still repeat what came unacknowledged
        late = up[f"{name}_bits"] - last[f"uplink_{name}_bits"]
        assert (late[lossless] == 0).all() and (late >= 0).all() and (late < 0.1 * up["on_air_bits"]).all()
    down = sent[sent["direction"] == "downlink"].groupby(LABELS)["on_air_bits"].sum()
    assert (last["downlink_on_air_bits"] == down.reindex(last.index)).all()


def test_every_worker_is_accounted_for_in_every_round(folder):
    results = load_results(folder)
    fates = results.rounds[results.rounds["round"] > 0][[name for name in ROUNDS if name.startswith("workers_")]]
    assert (fates.sum(axis=1) == 3).all()
    assert results.workers.groupby([*LABELS, "round"])["worker"].apply(list).map([0, 1, 2].__eq__).all()
    lossless = results.transmissions[results.transmissions["channel.loss"] == "0 %"]
    assert (lossless["packets_lost"] == 0).all() and (lossless["delivered"] == lossless["packets"]).all()


def test_a_workers_seconds_add_up_to_the_round(folder):
    """Unless its message outlasts the round, which takes a loss: then they are more."""
    results = load_results(folder)
    spent = results.workers.set_index([*LABELS, "round"])[[name for name in WORKERS if name.endswith("_s")]].sum(axis=1)
    times = results.rounds.set_index([*LABELS, "round"])["simulated_time_s"]
    long = times.groupby(level=[0, 1, 2]).diff().dropna()
    assert len(spent) == 3 * len(long)
    more = (spent - long.reindex(spent.index)).to_numpy()
    assert (more > -1e-9).all() and (more[spent.index.get_level_values("channel.loss") == "0 %"] < 1e-9).all()
    assert 0 < (more > 1e-9).mean() < 0.2


def test_results_come_back_from_their_folder(folder):
    results = load_results(folder)
    assert results.folder == folder and [str(target) for target in results.targets] == ["30 %", "60 %"]
    table = results.summary()
    assert len(table) == 4 and list(table["replications"]) == [2] * 4
    assert [name for name in table if name.startswith("time to")] == ["time to 30 %", "time to 60 %"]
    assert list(results.summary(["50 %"]).filter(like="time to").columns) == ["time to 50 %"]


def test_a_folder_without_results_is_refused(tmp_path, folder):
    with pytest.raises(InputError, match="holds no results"):
        load_results(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        load_results(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({}))
    with pytest.raises(InputError, match=r"rounds\.parquet cannot be read"):
        load_results(tmp_path)
