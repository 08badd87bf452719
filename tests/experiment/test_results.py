"""The tables: columns, order, meaning, and the same values in both kinds of file."""

import json

import numpy as np
import pandas as pd
import pytest
from experiment_cases import DIGITS, swept

from wirelesssim import InputError, load_results
from wirelesssim.experiment.statistics import times_to_target, values_at

# scenario.md, "Tables", word for word
ROUNDS = ("round simulated_time_s objective error accuracy uplink_payload_bits uplink_coded_bits uplink_on_air_bits "
          "uplink_retransmitted_bits downlink_on_air_bits energy_j entries_sent workers_heard workers_silent workers_lost "
          "workers_late workers_unscheduled").split()
TRANSMISSIONS = ("round worker direction start_s end_s payload_bits coded_bits on_air_bits retransmitted_bits packets "
                 "packets_lost attempts delivered acknowledged receivers").split()
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
    text = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
    assert len(stored) == len(text) > 0
    for column in stored:
        if pd.api.types.is_numeric_dtype(stored[column]):
            numbers = [float(digits or "nan") for digits in text[column]]
            np.testing.assert_array_equal(stored[column].to_numpy(float, na_value=np.nan), numbers)
        else:
            assert stored[column].astype(str).tolist() == text[column].tolist()


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


CUT = {"matrix": None, "variants": None, "replications": 2}  # about 0.2 s a round


def test_a_run_that_the_limit_of_simulated_time_cut_lasted_until_that_limit(tmp_path):
    limit = 1.0
    for results in (swept(tmp_path, stop={"simulated_time": limit}, **CUT).results, load_results(tmp_path)):
        last = results.rounds.groupby("replication")["simulated_time_s"].max()
        assert ((last > 0) & (last < limit)).all()  # no server step falls on the limit
        assert [point["simulated_until_s"] for point in results.manifest["points"]] == [limit, limit]
        assert list(results.rounds.columns) == ["variant", "replication", *ROUNDS]  # the written table has no more
        told = ["simulated_until_s", "messages_waiting", "diverged"]
        assert list(results.history.columns) == ["variant", "replication", *ROUNDS, *told]
        assert not values_at(results.history, "error", limit)["ended"].any()
        assert values_at(results.history, "error", limit + 1e-9)["ended"].all()
        table = times_to_target(results.history, "error:1e-9")
        assert not table["reached"].any() and table["end_simulated_time_s"].tolist() == [limit, limit]
    assert [json.loads(path.read_text())["simulated_until_s"] for path in tmp_path.glob("points/*/manifest.json")] == [limit] * 2


@pytest.mark.parametrize("stop", [{"rounds": 3}, {"rounds": 3, "simulated_time": 1e3}, {"target": {"error": 1e-1}}])
def test_a_run_that_another_stop_ended_lasted_until_its_last_row(stop):
    history = swept(None, stop=stop, sweep=False, **CUT).results.history
    last = history.groupby("replication")["simulated_time_s"].transform("max")
    assert (last > 0).all() and (history["simulated_until_s"] == last).all()
    assert values_at(history, "error", float(last.max()) + 1e-9)["ended"].all()


def test_an_older_manifest_leaves_the_last_row(tmp_path):
    swept(tmp_path, stop={"simulated_time": 1.0}, **CUT)
    for path in tmp_path.rglob("manifest.json"):
        said = json.loads(path.read_text())
        for place in (said, *said.get("points", [])):
            place.pop("simulated_until_s", None)
        path.write_text(json.dumps(said))
    old = load_results(tmp_path)
    assert old.history["simulated_until_s"].isna().all() and not old.history["diverged"].any()
    assert values_at(old.history, "error", 1.0)["ended"].all()
    mended = swept(tmp_path, stop={"simulated_time": 1.0}, **CUT)
    assert mended.ran == 0
    last = mended.results.rounds.groupby("replication")["simulated_time_s"].max().tolist()
    assert [point["simulated_until_s"] for point in mended.results.manifest["points"]] == last


def test_history_finds_each_point_whatever_the_order_of_rows_and_the_type_of_its_labels(tmp_path):
    """GD diverges at step 1e6; losses mix numbers and text, which a file holds as text."""
    wild = {"wild": {"algorithm": {"type": "gd", "step_size": 1e6}}, "GD": {"algorithm": {"type": "gd", "step_size": "0.5/L"}}}
    made = swept(tmp_path, variants=wild, matrix={"channel.loss": [0, 0.1, "20 %"]}, stop={"rounds": 10}).results
    for results in (made, load_results(tmp_path)):
        results.rounds = results.rounds.sample(frac=1, random_state=1)
        history = results.history
        assert (history["diverged"] == (history["variant"] == "wild")).all()
        last = history.groupby(["variant", "channel.loss"])["simulated_time_s"].transform("max")
        assert (history["simulated_until_s"] == last).all() and last.nunique() > 2
        assert len(results.summary()) == 6
    results.rounds = results.rounds.assign(variant=results.rounds["variant"] + " again")
    assert results.history[["simulated_until_s", "diverged"]].isna().all(axis=None)
    assert results.summary(["error:1e-2"])["reached error 0.01"].max() <= 1


def test_a_label_beyond_64_bits_is_text_and_one_that_is_called_seed_is_kept(tmp_path):
    huge = 10**20
    made = swept(tmp_path, matrix={"channel.rate": [1, huge]}, variants=None, stop={"rounds": 3}).results
    for results in (made, load_results(tmp_path)):
        assert [str(label) for label in results.rounds["channel.rate"].drop_duplicates()] == ["1", str(huge)]
        assert results.history["simulated_until_s"].notna().all() and len(results.summary()) == 2
    both = swept(tmp_path / "seeds", matrix={"seed": [1, 2]}, variants=None, stop={"rounds": 3}).results
    assert [point["seed"] for point in both.manifest["points"]] == [1, 2] and both.history["simulated_until_s"].notna().all()


def test_a_folder_without_results_is_refused(tmp_path, folder):
    with pytest.raises(InputError, match="holds no results"):
        load_results(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        load_results(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({}))
    with pytest.raises(InputError, match=r"rounds\.parquet cannot be read"):
        load_results(tmp_path)
