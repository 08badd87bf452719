"""The least that positions can take: against whole-number arithmetic, and against every codec."""

import math

import numpy as np
import pytest

from wirelesssim.learning.codec import EliasGamma, FixedWidth, GolombRice, RunLength, ideal_bits
from wirelesssim.learning.update import Update


@pytest.mark.parametrize("d, n", [
    (1, 0), (1, 1), (2, 1), (10, 5), (127, 63), (130, 64), (130, 65), (131, 66), (200, 100), (1000, 64), (1000, 65), (1000, 935),
    (1000, 936), (20_000, 10_000), (50_000_000, 3), (50_000_000, 70), (2**42, 1), (2**42, 64), (2**42, 65), (2**50, 1000),
])
def test_against_the_exact_binomial(d, n):
    exact = math.log2(math.comb(d, n))
    assert ideal_bits(d, n) == pytest.approx(exact, rel=1e-12, abs=1e-12)
    assert ideal_bits(d, d - n) == ideal_bits(d, n)


def test_it_is_the_binary_entropy_per_coordinate_when_large():
    share = 0.01
    entropy = -share * math.log2(share) - (1 - share) * math.log2(1 - share)
    assert ideal_bits(5 * 10**7, 5 * 10**5) / (5 * 10**7) == pytest.approx(entropy, rel=1e-5)


@pytest.mark.parametrize("d, n", [(5, 6), (5, -1)])
def test_there_are_not_more_than_d(d, n):
    with pytest.raises(ValueError, match="n must be in"):
        ideal_bits(d, n)


@pytest.mark.parametrize("density", [0.001, 0.01, 0.1, 0.5])
def test_distance_from_the_least_at_random_positions(density):
    """The differences G are geometric: floor(log2 G) counts the j >= 1 with G >= 2^j, each of chance (1 - p)^(2^j - 1).

    So Elias gamma takes 1 + 2 SUM_j (1 - p)^(2^j - 1) bits an entry on average: asserted to five standard errors (false
    alarm below 1e-6). Fixed width takes 20 of 10^6, whatever the density; every code at least log2 C(d, n).
    """
    where = np.flatnonzero(np.random.default_rng(3).random(10**6) < density)
    update = Update(10**6, where, np.ones(len(where)))
    positions = {leaf: leaf().size(update) - 32 * len(where) for leaf in (FixedWidth, EliasGamma, RunLength, GolombRice)}
    assert min(positions.values()) > ideal_bits(10**6, len(where))
    expected = 1 + 2 * sum((1 - density) ** (2**j - 1) for j in range(1, 40))
    spread = np.std(2 * np.floor(np.log2(np.diff(where)))) / math.sqrt(len(where))
    assert abs((positions[EliasGamma] - 40) / len(where) - expected) < 5 * spread  # 40: the header
    assert positions[FixedWidth] == pytest.approx(20 * len(where), abs=48)
    assert positions[GolombRice] < 1.045 * ideal_bits(10**6, len(where)) + 64
