"""The checks of Wi-Fi contention pass, and a medium that is wrong by little fails those that look at it."""

import pytest

from wirelesssim.validation import wifi_contention
from wirelesssim.validation.catalogue import chosen

RIGHT = wifi_contention.medium_alone


@pytest.fixture(autouse=True)
def fresh():
    wifi_contention.saturated_runs.cache_clear()
    yield
    wifi_contention.saturated_runs.cache_clear()


def failing(monkeypatch, **rules):
    """The models of the checks of contention that fail when every medium has these rules."""
    monkeypatch.setattr(wifi_contention, "medium_alone", lambda *given, **said: RIGHT(
        *given, **said | {"rules": (said.get("rules") or {}) | rules}))
    return {check.model for check in wifi_contention.checks() if not check.run().passed}


def test_all_pass():
    assert [row for row in (check.run() for check in wifi_contention.checks()) if not row.passed] == []
    assert {check.model for check in wifi_contention.checks()} <= {check.model for check in chosen("wifi")}


@pytest.mark.parametrize("rules, seen_by", [
    ({"cw_min": 17}, "contention loop, 802.11a, N = 5, 20"),  # a window of 18 in place of 16
    ({"difs": 43_000, "eifs": 43_000}, "contention loop, 802.11a, equal power, N = 5"),  # AIFS in 802.11a
    ({"attempts": 6}, "contention loop, 802.11a, N = 20"),  # a transmission less
    ({"request": False}, "contention loop, 802.11ac, MCS 7, A-MPDU, N = 10"),  # no BlockAckReq
    ({"sifs": 17_000}, "a lone station, DCF and A-MPDU"),
])
def test_a_wrong_medium_fails(monkeypatch, rules, seen_by):
    assert seen_by in failing(monkeypatch, **rules)
