"""Compressors: which entries, how many bits, exact means and variances, contraction."""

from itertools import combinations
from math import ceil, log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from algorithms_b_cases import Says, context, method
from wirelesssim.errors import InputError
from wirelesssim.learning.algorithms.compressors import Compressor, Turn
from wirelesssim.learning.algorithms.entries import Share
from wirelesssim.learning.algorithms.quantise import norm, quantise, quantised, relative_variance
from wirelesssim.learning.algorithms.selection import drawn, largest
from wirelesssim.learning.algorithms.unbiased import UnbiasedCompressor
from wirelesssim.learning.codec import Codec
from wirelesssim.model import build, plain

FALSE_ALARM = 1e-6  # of each statistic below, whose stream is fixed


def compressor(type, **fields):
    return build(Compressor, {"type": type, **fields})


def turn(here=(), there=(), **known):
    return Turn(known.pop("worker", 0), np.array(here, dtype=float), np.array(there, dtype=float), context(**known))


# --- how many entries ---

@pytest.mark.parametrize("value, share, shown", [
    (10, Share(count=10), 10), (1, Share(count=1), 1), ("7", Share(count=7), 7), ("5 %", Share(fraction=0.05), "5 %"),
    (0.25, Share(fraction=0.25), "25 %"), ("100 %", Share(fraction=1.0), "100 %")])
def test_j_is_a_count_or_a_fraction(value, share, shown):
    made = method("top_j", j=value)
    assert made.j == share and plain(made)["j"] == shown and method(**plain(made)) == made


@pytest.mark.parametrize("value", [0, -3, 1.5, "120 %", "5 ms", "0 %", True, None, "many"])
def test_j_is_refused_in_words(value):
    with pytest.raises(InputError, match="j must be a number of entries >= 1 like 10, or a fraction"):
        method("top_j", j=value)


def test_a_share_of_a_vector():
    assert Share(count=10).of(4) == 4 and Share(count=3).of(4) == 3
    assert Share(fraction=0.05).of(30) == 2  # 1.5, to even
    assert Share(fraction=0.01).of(12) == 1  # never none
    assert Share(fraction=1.0).of(12) == 12


# --- the largest ---

@settings(max_examples=200, deadline=None)
@given(values=st.lists(st.integers(-3, 3), min_size=1, max_size=30), count=st.integers(1, 40))
def test_largest_is_the_stable_sort_by_magnitude(values, count):
    """Whole numbers from -3 to 3 tie often; a stable sort by falling magnitude puts the lowest index first."""
    vector = np.array(values, dtype=float)
    expected = np.sort(np.argsort(-np.abs(vector), kind="stable")[:count])
    assert np.array_equal(largest(vector, count), expected)


def test_largest_by_hand():
    assert largest(np.array([1.0, -5.0, 2.0, -2.0, 2.0]), 3).tolist() == [1, 2, 3]
    assert largest(np.array([1.0, np.nan, 9.0, -np.inf]), 2).tolist() == [1, 3]


def test_top_j_does_not_send_zeros_and_keeps_its_argument():
    vector = np.array([0.0, 3.0, 0.0, -1.0])
    sent = compressor("top_j", j=3).compress(vector, turn())
    assert sent.indices.tolist() == [1, 3] and sent.values.tolist() == [3, -1] and vector.tolist() == [0, 3, 0, -1]


@settings(max_examples=100, deadline=None)
@given(size=st.integers(1, 40), count=st.integers(1, 40), seed=st.integers(0, 999), power=st.sampled_from([0.0, 1.0, 6.0]))
def test_top_j_contracts(size, count, seed, power):
    """||v - C(v)||^2 <= (1 - j/d) ||v||^2: the j largest squares are at least j/d of their sum."""
    random = np.random.default_rng(seed)
    vector = random.choice([-1.0, 1.0], size) * random.random(size) ** power
    kept = compressor("top_j", j=count).compress(vector, turn()).dense()
    assert ((vector - kept) ** 2).sum() <= (1 - min(count / size, 1)) * (vector @ vector) * (1 + 1e-12) + 1e-300


def test_top_j_meets_its_contraction_where_all_are_equal():
    """v = (1, -1, 1, 1, -1), j = 2: the error is 3 of 5."""
    vector = np.array([1.0, -1.0, 1.0, 1.0, -1.0])
    kept = compressor("top_j", j=2).compress(vector, turn()).dense()
    assert ((vector - kept) ** 2).sum() == 3.0


# --- thresholds ---

def test_threshold_by_hand():
    """M = 2, xi = 4, xi_scale = 1/2: the limit is |theta - previous| = (1, 2, 0); |v_i| must be above it."""
    at = turn((1.0, 0.0, 5.0), (0.0, 2.0, 5.0), workers=2, xi_scale=0.5)
    sent = compressor("threshold", xi=4).compress(np.array([1.0, -2.5, 1e-9]), at)
    assert sent.indices.tolist() == [1, 2] and sent.values.tolist() == [-2.5, 1e-9]


def test_hard_threshold_by_hand():
    sent = compressor("hard_threshold", limit=2).compress(np.array([2.0, -2.1, np.nan, 0.0]), turn())
    assert sent.indices.tolist() == [1, 2]
    with pytest.raises(InputError, match="compressor.limit is required"):
        method("ef21", compressor={"type": "hard_threshold"})


# --- random entries ---

def test_every_set_of_entries_is_as_likely():
    """2 of 5: 10 sets, 4000 draws; chi-square with 9 degrees of freedom."""
    seen = [tuple(drawn(5, 2, context(k).random("rand_j", 0))) for k in range(1, 4001)]
    counts = np.array([seen.count(pair) for pair in combinations(range(5), 2)])
    assert counts.sum() == 4000
    assert ((counts - 400) ** 2 / 400).sum() < stats.chi2.isf(FALSE_ALARM, 9)


def test_workers_and_rounds_draw_apart_and_both_ends_alike():
    made = compressor("rand_j", j=20)
    places = {(k, m): tuple(made.compress(np.arange(400.0), turn(round=k, worker=m)).indices) for k in (1, 2) for m in (0, 1)}
    assert len(set(places.values())) == 4
    assert all(tuple(drawn(400, 20, context(k).random("rand_j", m))) == place for (k, m), place in places.items())


def test_scaled_random_entries_are_unbiased_with_the_stated_variance():
    """d = 5, j = 2: E Q = v; E ||Q - v||^2 = (d/j - 1) ||v||^2 = 1.5 ||v||^2, here found over all ten sets too."""
    vector, made, draws = np.array([1.0, -2.0, 0.5, 3.0, -1.0]), build(UnbiasedCompressor, {"type": "rand_j", "j": 2}), 4000
    exact = np.array([((2.5 * vector * np.isin(range(5), pair) - vector) ** 2).sum() for pair in combinations(range(5), 2)])
    assert exact.mean() == pytest.approx(1.5 * (vector @ vector), rel=1e-12) and made.omega(5) == 1.5
    seen = np.array([made.compress(vector, 0, context(k)).dense() for k in range(1, draws + 1)])
    away = np.abs(seen.mean(axis=0) - vector) / np.sqrt(1.5 * vector**2 / draws)
    assert away.max() < stats.norm.isf(FALSE_ALARM / 10)  # five coordinates, two sides
    spread = ((seen - vector) ** 2).sum(axis=1).mean()
    assert abs(spread - exact.mean()) < stats.norm.isf(FALSE_ALARM / 2) * exact.std() / np.sqrt(draws)


# --- the quantiser ---

def test_quantiser_on_its_grid_is_exact():
    """||(3, -4)|| = 5, s = 5: 3 and 4 are levels, so nothing is left to chance."""
    grid, levels = quantise(np.array([3.0, -4.0]), 5, np.random.default_rng(0))
    assert grid.scale == 5.0 and levels.tolist() == [3, -4] and grid.values(levels).tolist() == [3.0, -4.0]


def test_quantiser_is_unbiased_with_the_exact_variance():
    """v = (3, -4), s = 2, R = 5: s|v|/R = (1.2, 1.6), so E ||Q - v||^2 = (R/s)^2 (.2*.8 + .6*.4) = 2.5.

    The lemma's bound is min(2/4, sqrt(2)/2) * 25 = 12.5.
    """
    vector, draws = np.array([3.0, -4.0]), 6000
    seen = np.array([quantised(2, None, vector, 2, context(k).random("qsgd", 0)).values for k in range(1, draws + 1)])
    assert set(seen[:, 0]) == {2.5, 5.0} and set(seen[:, 1]) == {-2.5, -5.0}
    variances = 6.25 * np.array([0.16, 0.24])
    away = np.abs(seen.mean(axis=0) - vector) / np.sqrt(variances / draws)
    assert away.max() < stats.norm.isf(FALSE_ALARM / 4)
    squares = ((seen - vector) ** 2).sum(axis=1)
    # ||Q - v||^2 is a sum of two independent terms: 6.25 times (.04 or .64) and (.36 or .16)
    spread = 6.25 * np.sqrt(0.6**2 * 0.16 + 0.2**2 * 0.24)
    assert abs(squares.mean() - 2.5) < stats.norm.isf(FALSE_ALARM / 2) * spread / np.sqrt(draws)
    assert relative_variance(2, 2) * 25 == 12.5


@settings(max_examples=100, deadline=None)
@given(size=st.integers(1, 300), steps=st.integers(1, 40), seed=st.integers(0, 999), power=st.sampled_from([0.0, 1.0, 5.0]))
def test_the_exact_variance_is_within_omega(size, steps, seed, power):
    """(R/s)^2 SUM r (1 - r) <= omega ||v||^2, R = ||v|| up to its rounding to binary32, 2^-23 of it."""
    random = np.random.default_rng(seed)
    vector = random.standard_normal(size) * random.random(size) ** power
    grid, _ = quantise(vector, steps, random)
    fractions = np.mod(np.abs(vector) * steps / grid.scale, 1.0)
    exact = (grid.scale / steps) ** 2 * (fractions * (1 - fractions)).sum()
    assert exact <= relative_variance(size, steps) * (vector @ vector) * (1 + 2**-20)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_quantised_values_are_what_the_receiver_decodes(dtype):
    """Also over several blocks of the loop, which must not show in what is drawn."""
    vector = np.random.default_rng(4).standard_normal(150_000).astype(dtype)
    update = quantised(len(vector), None, vector, 7, np.random.default_rng(9))
    assert update.values.dtype == dtype and update.grid.holds(update.values)
    exact = np.abs(vector.astype(float)) * (7 / update.grid.scale)
    up = np.random.default_rng(9).random(len(vector)) < exact - np.floor(exact)
    assert np.array_equal(np.abs(update.grid.levels(update.values)), np.floor(exact) + up)


def test_the_norm_neither_overflows_nor_underflows():
    assert norm(np.array([3e-200, 4e-200])) == pytest.approx(5e-200, rel=1e-15, abs=0)
    assert norm(np.array([3e200, -4e200])) == pytest.approx(5e200, rel=1e-15)
    assert norm(np.full(4, 2e19, dtype=np.float32)) == pytest.approx(4e19, rel=1e-6)
    assert norm(np.zeros(3)) == 0.0
    zero = quantised(3, None, np.zeros(3), 7, np.random.default_rng(0))
    assert zero.values.tolist() == [0, 0, 0] and zero.grid.scale == 0.0
    assert np.isnan(quantised(2, None, np.array([np.nan, 1.0]), 7, np.random.default_rng(0)).values).all()


# --- bits ---

BITS = [
    ("qgd", {"levels": 1}, lambda d: 32 + d * (1 + ceil(log2(2)))), ("qgd", {}, lambda d: 32 + 4 * d),
    ("qsgd", {"levels": 127}, lambda d: 32 + 8 * d), ("ef_signsgd", {}, lambda d: 32 + d), ("signsgd", {}, lambda d: d),
    ("diana", {}, lambda d: 32 + 4 * d), ("diana", {"compressor": {"type": "rand_j", "j": 9}}, lambda d: 9 * 32),
    ("rand_j", {"j": 9}, lambda d: 9 * 32), ("top_j", {"j": 9}, lambda d: 9 * 32), ("fedavg", {}, lambda d: 32 * d),
    ("ef21", {"compressor": {"type": "top_j", "j": 9}}, lambda d: 9 * 32)]


@pytest.mark.parametrize("type, fields, payload", BITS)
def test_payload_bits_are_those_of_the_papers(type, fields, payload):
    made, size, theta = method(type, **fields), 100, np.zeros(100)
    codec = build(Codec, {"type": "dense"} if type not in ("top_j", "ef21") else {"type": "golomb_rice"})
    update, _ = made.worker_step(made.init_worker(theta), theta, Says(*[np.linspace(1, 2, size)] * 5),
                                 context(bits=32, alpha=0.1))
    packets = codec.packets(update, 10**6)
    assert packets.count == 1 and packets.payload_bits.sum() == payload(size)
    if type in ("rand_j", "diana"):  # positions cost nothing: a frame's head, and bits to the next byte, are all beside
        assert packets.coded_bits.sum() - payload(size) <= 8 * 16


def test_the_vote_goes_down_in_one_bit_a_coordinate():
    made, codec = method("signsgd"), build(Codec, {"type": "auto"})
    assert codec.packets(made.broadcast(np.zeros(4000)), 10**6).payload_bits.sum() == 4000
    assert codec.packets(method("gd").broadcast(np.zeros(4000)), 10**6).payload_bits.sum() == 32 * 4000
