"""First passages, savings and bands, against answers by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelesssim.errors import InputError
from wirelesssim.experiment.statistics import (
    Target, common_target, interval, matrix_keys, mean_band, step, tidy, times_to_target, values_at)
from wirelesssim.experiment.summary import above_start, summary


def run(variant, replication, times, accuracy, bits, error=None, **keys):
    """A trajectory: `bits` on air since the start, payload half of it, coded three quarters, a tenth of it sent again."""
    bits = np.asarray(bits, dtype=float)
    return pd.DataFrame({
        "variant": variant, "replication": replication, **keys, "round": range(len(times)), "simulated_time_s": times,
        "objective": 1.0, "error": np.nan if error is None else error, "accuracy": accuracy,
        "uplink_payload_bits": bits / 2, "uplink_coded_bits": 0.75 * bits, "uplink_on_air_bits": bits,
        "uplink_retransmitted_bits": bits / 10})


@pytest.fixture
def rounds():
    """GD reaches 0.8 at rounds 2 and 3, GD-SEC at rounds 2 and 2; GD-SEC's replication 1 never reaches 0.85."""
    return pd.concat([
        run("GD", 0, [0, 1, 2, 3], [0.1, 0.5, 0.8, 0.9], [0, 100, 200, 300]),
        run("GD", 1, [0, 1, 2, 4], [0.1, 0.5, 0.7, 0.9], [0, 100, 200, 300]),
        run("GD-SEC", 0, [0, 0.4, 0.5, 0.9], [0.1, 0.4, 0.82, 0.86], [0, 10, 20, 30]),
        run("GD-SEC", 1, [0, 0.5, 1.0, 1.5], [0.1, 0.5, 0.80, 0.84], [0, 20, 60, 70])], ignore_index=True)


@pytest.mark.parametrize("text, kind, level, shown", [
    ("85 %", "accuracy", 0.85, "85 %"), ("85%", "accuracy", 0.85, "85 %"), (0.8, "accuracy", 0.8, "80 %"),
    ("accuracy: 92.5 %", "accuracy", 0.925, "92.5 %"), ("error:1e-3", "error", 1e-3, "error 0.001"),
    ("error 1e-07", "error", 1e-7, "error 1e-07"), (Target("error", 2), "error", 2.0, "error 2")])
def test_target_reads_and_shows(text, kind, level, shown):
    target = Target.parse(text)
    assert (target.kind, target.level, str(target)) == (kind, level, shown)


@given(st.sampled_from(["accuracy", "error"]), st.floats(1e-9, 1))
def test_target_reads_back_what_it_shows(kind, level):
    target = Target(kind, level)
    assert Target.parse(str(target)) == target


@pytest.mark.parametrize("text, words", [
    ("85", "must be <= 100 %, got 85"), ("eror:1e-3", "did you mean 'error'"), ("error:-1", "must be > 0"),
    ("0 %", "must be > 0 %"), ("soon", "must be a fraction"), ("error:5 %", "must be a number like .* got .5 %., a fraction")])
def test_target_refuses(text, words):
    with pytest.raises(InputError, match=words):
        Target.parse(text)


def test_targets_of_a_scenario_and_of_a_list():
    from_file = Target.listed({"accuracy": [0.8, "85 %"], "error": "1e-3"})
    assert from_file == Target.listed(["80 %", "85 %", "error:1e-3", "85 %"])
    assert Target.listed("80 %") == (Target("accuracy", 0.8),)


def test_first_passage_by_hand(rounds):
    table = times_to_target(rounds, "80 %")
    assert table["reached"].tolist() == [True] * 4
    assert table["round"].tolist() == [2, 3, 2, 2]
    assert table["simulated_time_s"].tolist() == [2, 4, 0.5, 1.0]
    assert table["uplink_on_air_bits"].tolist() == [200, 300, 20, 60]
    assert table["uplink_payload_bits"].tolist() == [100, 150, 10, 30]


def test_a_trajectory_that_ends_before_its_target_is_censored(rounds):
    table = times_to_target(rounds, "85 %")
    assert table["reached"].tolist() == [True, True, True, False]
    assert math.isnan(table["simulated_time_s"].iloc[3]) and math.isnan(table["uplink_on_air_bits"].iloc[3])
    assert table["end_simulated_time_s"].iloc[3] == 1.5 and table["end_round"].iloc[3] == 3


def test_first_passage_is_the_first_even_if_it_does_not_last_and_whatever_the_order_of_rows():
    one = run("GD", 0, [0, 1, 2, 3, 4], [0.1, 0.6, 0.4, np.nan, 0.7], [0, 1, 2, 3, 4])
    assert times_to_target(one, "60 %")["round"].tolist() == [1]
    assert times_to_target(one.iloc[::-1], "60 %")["round"].tolist() == [1]
    assert times_to_target(one, "65 %")["round"].tolist() == [4]


def test_error_target_is_reached_from_above():
    one = run("GD", 0, [0, 1, 2], np.nan, [0, 1, 2], error=[1, 1e-3, 1e-6])
    assert times_to_target(one, "error:1e-3")["round"].tolist() == [1]
    assert times_to_target(one, "error:1e-4")["round"].tolist() == [2]
    assert not times_to_target(one, "80 %")["reached"].any()


@pytest.mark.parametrize("end", [np.inf, np.nan, 2.1e6])
def test_one_that_diverges_never_reaches(end):
    one = run("GD", 0, [0, 1, 2], np.nan, [0, 1, 2], error=[2, 1e-3, end])
    assert times_to_target(one, "error:1e-2")[["reached", "diverged"]].values.tolist() == [[False, True]]
    fine = run("GD", 0, [0, 1, 2], np.nan, [0, 1, 2], error=[2, 1e-3, 1.9e6])  # below 1e6 times its start
    assert times_to_target(fine, "error:1e-2")["reached"].tolist() == [True]


def test_the_columns_of_a_history_say_the_end_and_what_diverged(rounds):
    """In the order of the fixture's trajectories; NaN and None where a manifest did not say, and the rows decide."""
    of = list(zip(rounds["variant"], rounds["replication"]))
    until = {("GD", 0): 7.0, ("GD", 1): 4.0, ("GD-SEC", 0): np.nan, ("GD-SEC", 1): 2.0}
    diverged = {("GD", 0): False, ("GD", 1): True, ("GD-SEC", 0): None, ("GD-SEC", 1): False}
    history = rounds.assign(simulated_until_s=[until[one] for one in of], diverged=[diverged[one] for one in of])
    table = times_to_target(history, "85 %")
    assert table["end_simulated_time_s"].tolist() == [7, 4, 0.9, 2] and table["end_round"].tolist() == [3, 3, 3, 3]
    assert table["diverged"].tolist() == [False, True, False, False]
    assert table["reached"].tolist() == [True, False, True, False]  # GD 1 was at 90 % on its way
    assert values_at(history, "accuracy", 2.0)["ended"].tolist() == [False, False, True, False]
    assert values_at(history, "accuracy", 5.0)["ended"].tolist() == [False, True, True, True]
    assert values_at(history, "accuracy", 5.0)["value"].tolist() == values_at(rounds, "accuracy", 5.0)["value"].tolist()
    assert matrix_keys(history) == []
    assert summary(history, None, ["80 %"])["reached 80 %"].tolist() == [0.5, 1.0]


def test_what_the_manifest_says_of_divergence_counts_and_not_the_error():
    one = run("GD", 0, [0, 1, 2], np.nan, [0, 1, 2], error=[2, 1e-3, np.inf])
    assert times_to_target(one.assign(diverged=False), "error:1e-2")["reached"].tolist() == [True]
    assert times_to_target(one.assign(diverged=None), "error:1e-2")["reached"].tolist() == [False]


def test_common_target_is_the_hardest_that_all_reached(rounds):
    assert common_target(rounds, ["50 %", "80 %", "85 %"]) == Target("accuracy", 0.8)
    assert common_target(rounds, ["85 %", "95 %"]) is None
    # 50 % is reached at round 1 but for GD-SEC's replication 0, 48 % and 50 % in the same rounds: the level decides
    assert common_target(rounds, ["50 %", "48 %"]) == Target("accuracy", 0.5)


def test_common_target_of_two_kinds_is_the_later_one():
    one = run("GD", 0, [0, 1, 2], [0.1, 0.9, 0.9], [0, 1, 2], error=[1, 0.5, 1e-3])
    assert common_target(one, {"accuracy": ["90 %"], "error": ["1e-2", "0.5"]}) == Target("error", 1e-2)
    assert common_target(one, ["error:0.6", "error:0.5"]) == Target("error", 0.5)  # both in round 1: the lower error is harder


def test_summary_by_hand(rounds):
    table = summary(rounds, None, ["80 %", "85 %"]).set_index("variant")
    assert list(table.index) == ["GD", "GD-SEC"] and (table["at"] == "80 %").all() and (table["replications"] == 2).all()
    assert table["time to 80 %"].tolist() == [3.0, 0.75]
    assert table["time to 85 %"].tolist() == [3.5, 0.9]  # GD-SEC: of the one that reached
    assert table["reached 85 %"].tolist() == [1.0, 0.5]
    assert table["uplink_on_air_bits"].tolist() == [250, 40] and table["uplink_coded_bits"].tolist() == [187.5, 30]
    # a ratio of means: 1 - (20 + 60)/(200 + 300) = 0.84; the mean of the ratios, 0.9 and 0.8, would be 0.85
    assert table["saving_bits"].tolist() == pytest.approx([0, 0.84]) and table["pairs"].tolist() == [2, 2]
    assert table["saving_time"].tolist() == pytest.approx([0, 1 - (0.5 + 1) / (2 + 4)])
    assert table["final_accuracy"].tolist() == pytest.approx([0.9, 0.85]) and (table["diverged"] == 0).all()
    assert (table["set_by"] == "GD-SEC").all()  # GD reached 85 % in both
    assert table["packets_lost"].isna().all()


def test_without_a_common_target_bits_are_those_at_the_end_and_nothing_is_saved(rounds):
    table = summary(rounds, None, ["95 %"])
    assert table["at"].tolist() == ["end", "end"] and table["uplink_on_air_bits"].tolist() == [300, 50]
    assert table[["saving_bits", "saving_time", "time to 95 %"]].isna().all(axis=None) and (table["reached 95 %"] == 0).all()
    assert summary(rounds)["at"].tolist() == ["end", "end"]


def test_one_variant_that_fails_does_not_hide_the_savings_of_the_others(rounds):
    stuck = run("top-j", 0, [0, 1, 2], [0.1, 0.2, 0.2], [0, 1, 2])
    table = summary(pd.concat([rounds, stuck]), None, ["80 %"]).set_index("variant")
    assert table["at"].tolist() == ["80 %", "80 %", "end"]
    assert table["saving_bits"].iloc[:2].tolist() == pytest.approx([0, 0.84]) and math.isnan(table.loc["top-j", "saving_bits"])
    first = summary(pd.concat([stuck, rounds]), None, ["80 %"])  # the baseline itself fails: nobody saves
    assert first["saving_bits"].isna().all()


def test_savings_are_over_the_pairs_that_both_reached(rounds):
    """GD-SEC's replication 1 reaches nothing: the pair of replication 0 is left, 20 of 200 bits in 0.5 of 2 s."""
    rounds.loc[(rounds["variant"] == "GD-SEC") & (rounds["replication"] == 1), "accuracy"] = 0.1
    row = summary(rounds, None, ["80 %"]).set_index("variant").loc["GD-SEC"]
    assert (row["at"], row["pairs"], row["reached 80 %"], row["uplink_on_air_bits"]) == ("80 %", 1, 0.5, 20)
    assert row["saving_bits"] == pytest.approx(0.9) and row["saving_time"] == pytest.approx(0.75)
    rounds.loc[(rounds["variant"] == "GD") & (rounds["replication"] == 0), "accuracy"] = 0.1  # no pair is left, and none is able
    row = summary(rounds, None, ["80 %"]).set_index("variant").loc["GD-SEC"]
    assert row["pairs"] == 0 and math.isnan(row["saving_bits"]) and row["at"] == "80 %"


def test_the_common_target_names_who_lowers_it(rounds):
    weak = run("top-j", 0, [0, 1, 2], [0.1, 0.5, 0.5], [0, 1, 2])
    table = summary(pd.concat([rounds, weak]), None, ["50 %", "80 %", "85 %"])
    assert (table["at"] == "50 %").all() and (table["set_by"] == "top-j").all()
    # without it GD-SEC, whose replication 1 misses 85 %, sets 80 %
    assert summary(rounds, None, ["50 %", "80 %", "85 %"])[["at", "set_by"]].values.tolist() == [["80 %", "GD-SEC"]] * 2


def test_what_ended_above_its_start_is_found_and_what_diverged_is_not():
    def one(variant, replication, *objective, **keys):
        return run(variant, replication, range(len(objective)), np.nan, range(len(objective)), **keys).assign(objective=objective)

    rounds = pd.concat([one("GD", 0, 2.0, 1.0), one("GD", 1, 2.0, 2.5), one("GD", 2, 2.0, 3.5), one("SGD", 0, 2.0, 3.0, 2.0),
                        one("QGD", 0, 2.0, np.inf), one("LAG", 0, np.nan, np.nan)])
    found = above_start(rounds)
    assert found.to_dict("records") == [{"variant": "GD", "replications": 3, "above": 2, "start": 2.0, "end": 3.0}]
    assert above_start(rounds[rounds["variant"] != "GD"]).empty
    swept = above_start(one("GD", 0, 1.0, 2.0, **{"channel.loss": "1 %"}))
    assert swept[["variant", "channel.loss", "above"]].values.tolist() == [["GD", "1 %", 1]]


def test_each_matrix_point_has_its_own_common_target_and_baseline():
    table = summary(pd.concat([
        run("GD", 0, [0, 1, 2], [0, 0.8, 0.9], [0, 10, 20], **{"channel.loss": "0 %"}),
        run("GD", 0, [0, 1, 2], [0, 0.8, 0.8], [0, 40, 80], **{"channel.loss": "10 %"}),
        run("GD-SEC", 0, [0, 1, 2], [0, 0.8, 0.9], [0, 4, 8], **{"channel.loss": "0 %"}),
        run("GD-SEC", 0, [0, 1, 2], [0, 0.8, 0.9], [0, 4, 9], **{"channel.loss": "10 %"})]), None, ["80 %", "90 %"])
    assert table[["channel.loss", "variant", "at"]].values.tolist() == [
        ["0 %", "GD", "90 %"], ["0 %", "GD-SEC", "90 %"], ["10 %", "GD", "80 %"], ["10 %", "GD-SEC", "80 %"]]
    assert table["saving_bits"].tolist() == pytest.approx([0, 1 - 8 / 20, 0, 1 - 4 / 40])


def test_packets_are_counted_on_the_uplink_until_the_common_target():
    rounds = run("GD", 0, [0, 1, 2, 3], [0, 0.5, 0.8, 0.9], [0, 1, 2, 3])
    sent = pd.DataFrame({"variant": "GD", "replication": 0, "round": [1, 2, 3, 1], "direction": ["uplink"] * 3 + ["downlink"],
                         "start_s": [0.0, 1.0, 2.0, 0.5], "packets": [10, 10, 10, 5],
                         "packets_lost": [1, 0, 4, 5], "attempts": [12, 13, 20, 9]})
    at_target = summary(rounds, sent, ["80 %"]).iloc[0]  # at 2 s: the third began then, and is not part of it
    assert (at_target["packets_lost"], at_target["packets_sent_again"]) == (1, 5)
    at_end = summary(rounds, sent, []).iloc[0]
    assert (at_end["packets_lost"], at_end["packets_sent_again"]) == (5, 15)


def test_value_at_an_instant_is_that_of_the_last_step(rounds):
    table = values_at(rounds, "accuracy", 1.0)
    assert table["value"].tolist() == [0.5, 0.5, 0.86, 0.80]
    assert table["ended"].tolist() == [False, False, True, False]  # GD-SEC 0 ended at 0.9 s


def test_step_is_right_continuous_and_unknown_before_it_begins():
    assert np.array_equal(step([1, 2, 2, 3], [10, 20, 25, 30], [0.5, 1, 1.9, 2, 9]), [np.nan, 10, 10, 25, 30], equal_nan=True)


def test_interval_by_hand():
    # 1, 2, 6: mean 3, s^2 = (4 + 1 + 9)/2 = 7; t(0.975, 2) = 4.302653 (tables), half = t sqrt(7/3)
    mean, half = interval([1.0, 2.0, 6.0])
    assert mean == 3 and half == pytest.approx(4.302653 * math.sqrt(7 / 3), rel=1e-6)
    # n = 2: t(0.975, 1) = tan(0.475 pi) = 12.7062, the Cauchy quantile; s/sqrt(2) = |a - b|/2
    assert interval([1.0, 3.0])[1] == pytest.approx(math.tan(0.475 * math.pi), rel=1e-9)
    assert interval([5.0]) == (5.0, None)


def test_interval_covers_the_mean_as_often_as_it_says():
    # 4000 samples of 4 normals: covered ~ Binomial(4000, 0.95), sd 13.8; 4 sd is a false alarm of 6e-5, and the stream is fixed
    samples = np.random.default_rng(7).normal(2.0, 3.0, size=(4, 4000))
    mean, half = interval(samples)
    covered = int((np.abs(mean - 2.0) <= half).sum())
    assert abs(covered - 3800) < 55


def test_band_by_hand():
    band = mean_band([([0, 1, 3], [0.0, 10.0, 30.0]), ([0, 2, 4], [2.0, 20.0, 40.0])])
    assert band.x.tolist() == [0, 1, 2, 3]  # ends where the first ends
    assert band.mean.tolist() == [1, 6, 15, 25]  # 10 against 2 at x = 1, 10 against 20 at 2
    assert (band.high - band.mean)[1] == pytest.approx(12.7062047 * 8 / 2, rel=1e-6) and band.count == 2


def test_one_replication_has_no_band_and_points_that_are_not_finite_are_left_out():
    band = mean_band([([0, 1, 2, 3], [1.0, np.nan, 3.0, np.inf])])
    assert band.low is None and band.high is None and band.x.tolist() == [0, 2] and band.mean.tolist() == [1, 3]
    assert len(mean_band([([0, 1], [np.nan, np.nan])]).x) == 0


@given(st.lists(st.floats(-10, 10), min_size=3, max_size=8), st.floats(-5, 5))
def test_band_moves_with_its_curves(values, shift):
    curves = [(range(len(values)), values), (range(len(values)), values[::-1])]
    band, moved = mean_band(curves), mean_band([(x, np.add(y, shift)) for x, y in curves])
    assert np.allclose(moved.mean, band.mean + shift) and np.allclose(moved.high - moved.low, band.high - band.low, atol=1e-9)


def test_keys_stand_before_round_and_nested_values_are_told_apart():
    one = run("GD", 0, [0, 1], [0, 0.9], [0, 1], **{"channel.loss": 0.1})
    assert matrix_keys(one) == ["channel.loss"] and matrix_keys(run("GD", 0, [0], [0], [0])) == []
    two = pd.concat([one.assign(**{"channel.loss": [{"type": name}] * 2}) for name in ("a", "b")])
    assert len(times_to_target(two, "90 %")) == 2


def test_mixed_matrix_values_keep_trajectories_apart():
    two = pd.concat([run("GD", 0, [0, 1], [0, 0.9], [0, 1], **{"channel.loss": value}) for value in ("1 %", 0.1)])
    assert len(times_to_target(two, "90 %")) == 2 and len(summary(two, None, ["90 %"])) == 2


@pytest.mark.parametrize("spoil, words", [
    (lambda rows: rows.drop(columns="round"), "lacks the column 'round'"), (lambda rows: rows.iloc[:0], "at least one row"),
    (lambda rows: pd.concat([rows, rows.iloc[[2]]]), "has round 2 of variant 'GD', replication 0, twice")])
def test_a_table_that_is_none_is_refused(rounds, spoil, words):
    with pytest.raises(InputError, match=words):
        tidy(spoil(rounds))
