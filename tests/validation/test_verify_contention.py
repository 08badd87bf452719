"""Each row of Wi-Fi contention fails when its model is wrong by little."""

import pytest

from wirelesssim.validation import wifi_contention
from wirelesssim.validation.wifi_contention import _NS3


def failed(seen):
    return not seen.deviation <= seen.tolerance


@pytest.fixture
def spoil(monkeypatch):
    """`spoil(rule=value, ...)`: media whose rules differ; what runs share is forgotten before and after."""
    plain = wifi_contention.medium_alone

    def wrong(*place, **said):
        return plain(*place, **said | {"rules": (said.get("rules") or {}) | wrong.change})

    def change(**rules):
        wifi_contention.saturated_runs.cache_clear()
        wrong.change = rules
        monkeypatch.setattr(wifi_contention, "medium_alone", wrong)

    yield change
    wifi_contention.saturated_runs.cache_clear()


@pytest.mark.parametrize("case", _NS3, ids=[case[0] for case in _NS3])
def test_slots_of_twice_the_time_or_small_aggregates(spoil, case):
    """An A-MPDU of 65,535 bytes has 42 frames of 1538; ten stations do as well with half of them: a collision costs less."""
    spoil(**{"window": 8} if "MCS 7, A-MPDU" in case[0] else {"slot": 18_000})
    assert failed(wifi_contention.throughput(case))


def test_windows_of_twice_the_slots(spoil):
    spoil(cw_min=31)
    assert failed(wifi_contention.collisions()) and failed(wifi_contention.by_hand())


def test_five_attempts(spoil):
    spoil(attempts=5)
    assert failed(wifi_contention.lost_frames())


def test_a_wait_of_fifty_microseconds_more_before_slots(spoil):
    spoil(difs=84_000, eifs=84_000)
    assert failed(wifi_contention.rounds()) and failed(wifi_contention.loop_against_model("throughput"))


def test_windows_that_never_grow(spoil):
    spoil(cw_max=15)
    assert failed(wifi_contention.loop_against_model("collision"))


def test_a_fixed_point_a_hair_off(monkeypatch):
    plain = wifi_contention.saturation_point
    monkeypatch.setattr(wifi_contention, "saturation_point", lambda stations, window, stages: plain(
        stations, window + 1e-3, stages))
    assert failed(wifi_contention.fixed_point())


def test_shares_of_time_in_place_of_frames(monkeypatch):
    """The slow one's frames are 2072 us, the others' 248 us."""
    plain = wifi_contention.saturated

    def by_time(medium, seconds):
        run = plain(medium, seconds)
        run.delivered[0] = int(run.delivered[0] * 248 / 2072)
        return run

    monkeypatch.setattr(wifi_contention, "saturated", by_time)
    assert failed(wifi_contention.shares())


def test_a_twin_with_another_window(monkeypatch):
    plain = wifi_contention.medium_alone
    monkeypatch.setattr(wifi_contention, "medium_alone", lambda *place, fidelity="burst", **said: plain(
        *place, fidelity=fidelity, rules={"cw_min": 14} if fidelity == "packet" else None, **said))
    assert failed(wifi_contention.twins())


def test_hidden_stations_that_wait_longer(monkeypatch):
    """By a slot of DIFS, seen beside the compiled loop; half of the backoffs make the two overlap more often."""
    plain = wifi_contention.medium_alone
    monkeypatch.setattr(wifi_contention, "medium_alone", lambda *place, hidden=None, **said: plain(
        *place, hidden=hidden, rules={"difs": 43_000, "cw_min": 7} if hidden is not None else None, **said))
    assert failed(wifi_contention.hidden_twins()) and failed(wifi_contention.hidden_pair(500))


def test_a_pair_that_hears_each_other(monkeypatch):
    """Both second frames then arrive but where the backoffs are equal: 31 of 32."""
    plain = wifi_contention.medium_alone
    monkeypatch.setattr(wifi_contention, "medium_alone", lambda *place, hidden=None, **said: plain(*place, hidden=[], **said))
    assert failed(wifi_contention.hidden_pair(200))
