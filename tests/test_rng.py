"""Random streams: named, independent, and read by counter where time reads them."""

import numpy as np
import pytest

from wirelesssim.rng import Streams


def test_a_stream_is_its_name():
    one, again = Streams(1, 0, "radio"), Streams(1, 0, "radio")
    assert one("fading", 3).random() == again("fading", 3).random()
    names = [("fading", 3), ("fading", 4), ("loss", 3), ("fading",), ("fading", "3"), (3, "fading")]
    assert len({one(*name).random() for name in names}) == len(names)


def test_seed_replication_and_domain_make_other_streams():
    made = {Streams(*key)("x").random() for key in [(1, 0, "a"), (2, 0, "a"), (1, 1, "a"), (1, 0, "b"), (11, 0, "a"), (1, 10, "a")]}
    assert len(made) == 6


def test_counted_draws_do_not_depend_on_what_was_read_before():
    stream = Streams(1)("x"), Streams(1).counted("loss", 0)
    late = stream[1].uniforms(1000, 5)
    for counter in range(20):
        stream[1].uniforms(counter, 3)
    assert np.array_equal(stream[1].uniforms(1000, 5), late)


def test_the_ith_draw_does_not_depend_on_the_size():
    stream = Streams(1).counted("loss", 0)
    assert np.array_equal(stream.uniforms(7, 100)[:9], stream.uniforms(7, 9))


def test_counters_and_subs_are_independent_and_uniform():
    """Two million draws in 2000 places: mean within 5 standard errors of 1/2, correlation of neighbours within 5/sqrt(n)."""
    stream = Streams(5).counted("loss", 2)
    draws = np.array([stream.uniforms(counter, 500, sub) for counter in range(1000) for sub in (0, 1)])  # (2000, 500)
    n = draws.size
    assert abs(draws.mean() - 0.5) < 5 / np.sqrt(12 * n)
    for left, right in ((draws[:-1], draws[1:]), (draws[:, :-1], draws[:, 1:])):
        correlation = np.corrcoef(left.ravel(), right.ravel())[0, 1]
        assert abs(correlation) < 5 / np.sqrt(n)
    assert len(np.unique(draws)) == n


@pytest.mark.parametrize("counter", [0, 1, 2**63, 2**64 - 1])
def test_any_64_bit_counter(counter):
    assert 0 <= Streams(1).counted("x").uniforms(counter, 1)[0] < 1
