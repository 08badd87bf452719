"""The compiled loop with hidden stations and its twin in plain Python: with the same draws they agree frame for frame."""

import pytest
from hidden_cases import outcome

from wirelesssim.network.wifi.hidden.ether import ACK, CTS, DATA, REQUEST, RTS
from wirelesssim.network.wifi.rules import BROADCAST, DELIVERED, LOST, SENT


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_frame_for_frame(first):
    """Every burst's fates, times, tries and airtimes, every frame on the air, every station's counts."""
    for seed in range(first, first + 10):
        assert outcome(seed, "burst") == outcome(seed, "packet"), seed


@pytest.mark.slow
def test_frame_for_frame_at_length():
    for seed in range(1000, 2500):
        assert outcome(seed, "burst") == outcome(seed, "packet"), seed


def test_the_cases_meet_what_they_are_for():
    """All kinds of frames, losses at the limit, broadcasts heard and lost, RTS in vain: each occurs, so that equality says
    something."""
    kinds, fates, unanswered = [], [], 0
    for seed in range(60):
        log, trace, _ = outcome(seed, "burst")
        kinds += [(kind, to == BROADCAST) for kind, _, to, _, _ in trace]
        for row in log:
            unanswered += sum(row[-1])
            fates += row[4:4 + (len(row) - 8) // 3]
    for kind in (RTS, CTS, DATA, REQUEST, ACK):
        assert kinds.count((kind, False)) > 100
    assert kinds.count((DATA, True)) > 50 and set(fates) == {DELIVERED, LOST, SENT}
    assert min(fates.count(LOST), fates.count(SENT)) > 50 and unanswered > 100
