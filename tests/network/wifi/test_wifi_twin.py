"""The compiled contention loop and its twin in plain Python: with the same draws they agree frame for frame, use for use."""

import numpy as np
import pytest
from contention_cases import random_case

from wirelesssim.network.wifi.rules import BROADCAST, DELIVERED, LOST, PENDING, SENT  # noqa: F401


@pytest.mark.parametrize("first", range(0, 150, 10))
def test_frame_for_frame(first):
    for seed in range(first, first + 10):
        assert random_case(seed, "burst") == random_case(seed, "packet"), seed


@pytest.mark.slow
def test_frame_for_frame_at_length():
    for seed in range(1000, 3500):
        assert random_case(seed, "burst") == random_case(seed, "packet"), seed


def test_the_cases_meet_what_they_are_for():
    """Collisions of several, losses at the limit, broadcasts heard and lost, RTS in vain: each occurs, so that equality says
    something."""
    uses, fates, unanswered = [], [], 0
    for seed in range(40):
        log, seen, _ = random_case(seed, "burst")
        uses += seen
        unanswered += sum(sum(row[-1]) for row in log)
        fates += [fate for row in log for fate in row[4:4 + (len(row) - 8) // 3]]
    numbers = np.array([number for *_, number in uses])
    assert (numbers == 1).sum() > 1000 and (numbers == 2).sum() > 300 and (numbers > 2).sum() > 50
    assert set(fates) == {DELIVERED, LOST, SENT}  # none is left pending
    assert fates.count(LOST) > 100 and fates.count(SENT) > 50 and unanswered > 100


def test_the_medium_is_used_by_one_at_a_time():
    """A use begins after the one before has ended, DIFS later at the least: 34 us with DCF, 43 us with EDCA."""
    for seed in range(60):
        _, uses, _ = random_case(seed, "burst")
        gaps = [after[0] - before[1] for before, after in zip(uses, uses[1:])]
        assert min(gaps, default=34_000) >= 34_000
