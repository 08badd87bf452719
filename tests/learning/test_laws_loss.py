"""Laws 2 and 7 under loss that is settled: at once, late, and after a mistaken rollback; and what happens without."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law_cases import apart, error, memory, methods, mirrors, packets_lost, quadratics, rounds_of
from wirelesssim.learning.algorithms.gd_sec import GradientDescentSEC
from wirelesssim.learning.algorithms.gd_soec import GradientDescentSOEC
from wirelesssim.learning.objectives import Quadratic
from wirelesssim.learning.rounds import contexts
from wirelesssim.learning.update import Update, difference
from wirelesssim.learning.values import ValueFormat
from wirelesssim.rng import Streams

FEW = settings(max_examples=25)
LOSSES = st.sampled_from([0.02, 0.2, 0.5, 0.9])


def virtual(made, alpha):
    """t^{k+1}, and the size of what it is made of."""
    size = np.abs(made.after).max() + alpha * sum(np.abs(state.error).max() for state in made.workers)
    return made.after - alpha * memory(made.workers), size


@FEW
@given(problem=quadratics(), algorithm=methods(), loss=LOSSES, seed=st.integers(0, 99), entries=st.integers(1, 8),
       bits=st.sampled_from([64, 32]))
def test_law_2_under_settled_loss(problem, algorithm, loss, seed, entries, bits):
    alpha, before = algorithm.step_size.at(1.0), problem.start()
    for made in rounds_of(problem, algorithm, 60, packets_lost(loss, seed, entries), bits):
        now, size = virtual(made, alpha)
        assert np.abs(now - (before - alpha * made.gradient)).max() <= 1e-13 * max(size, 1e-3)
        before = now


@FEW
@given(problem=quadratics(), algorithm=st.one_of(methods(), methods(GradientDescentSOEC)), loss=LOSSES,
       seed=st.integers(0, 99), entries=st.integers(1, 8), bits=st.sampled_from([64, 32, 16]))
def test_law_7_under_settled_loss(problem, algorithm, loss, seed, entries, bits):
    for made in rounds_of(problem, algorithm, 60, packets_lost(loss, seed, entries), bits):
        assert apart(made.server, made.workers) <= 1e-12


def test_law_7_fails_without_settling():
    problem = Quadratic(dimension=20).problem(None, 4, Streams(1))
    for kind in (GradientDescentSEC, GradientDescentSOEC):
        *_, last = rounds_of(problem, kind(step_size=0.5, xi=5.0, beta=0.1), 60, packets_lost(0.2, 1, 4), settle=False)
        assert apart(last.server, last.workers) > 1e-3


def test_settling_is_the_step_with_what_was_received():
    """By hand, d = 3, beta = 1/2: Delta = (4, 2, -6) all sent, the last entry lost: h = (2, 1, 0), e = (0, 0, -6)."""
    for kind, remembered in ((GradientDescentSEC, [0, 0, -6]), (GradientDescentSOEC, None)):
        method, problem = kind(step_size=0.1, beta=0.5), Quadratic(dimension=3).problem(None, 2, Streams(0))
        state = method.init_worker(problem.start())
        sent, state = method.worker_step(state, problem.start(), lambda _at: np.array([4.0, 2.0, -6.0]),
                                         contexts(method, problem)(1))
        assert state.h.tolist() == [2, 1, -3]
        state = method.settle(state, sent, sent.take(np.array([True, True, False])))
        assert state.h.tolist() == [2, 1, 0]
        if remembered:
            assert state.error.tolist() == remembered


LATE = 3


@pytest.mark.parametrize("delay", [1, LATE])
@pytest.mark.parametrize("beta", [0.1, 1.0])
def test_settled_late_law_2_is_exact_once_it_is_settled(delay, beta):
    """What round 10 lost is settled `delay` server steps late, e += (1 + beta D) x: then t is where it would have been."""
    problem = Quadratic(dimension=15, condition=20.0).problem(None, 3, Streams(5))
    method, alpha, owed = GradientDescentSEC(step_size=0.5, xi=1.0, beta=beta), 0.5, {}
    lose = packets_lost(0.4, 3, 2)
    expected, seen = problem.start(), 0.0
    loop = rounds_of(problem, method, 40, lambda k, m, update: lose(k, m, update) if k == 10 else update, settle=False)
    for made in loop:
        expected = expected - alpha * made.gradient
        if made.number == 10:
            owed = {m: (made.sent[m], made.received[m]) for m in made.sent}
            assert any(difference(*pair).entries for pair in owed.values())
        if made.number == 10 + delay:
            seen = np.abs(virtual(made, alpha)[0] - expected).max()
            for m, pair in owed.items():
                made.workers[m] = method.settle(made.workers[m], *pair, delay)
        if made.number < 10 or made.number >= 10 + delay:
            now, size = virtual(made, alpha)
            assert np.abs(now - expected).max() <= 1e-13 * size
            assert apart(made.server, made.workers) <= 1e-12
    assert seen > 1e-4  # unsettled, it was not


@pytest.mark.parametrize("delay", [1, LATE])
def test_a_wrong_rollback_is_repaired(delay):
    """All of round 10 arrives, but part is believed lost and put back; `delay` steps later the inverse repairs: law 2 exact."""
    problem = Quadratic(dimension=15, condition=20.0).problem(None, 3, Streams(6))
    method, alpha, expected, mistaken = GradientDescentSEC(step_size=0.5, xi=1.0, beta=0.3), 0.5, problem.start(), {}
    lose = packets_lost(0.5, 4, 2)
    for made in rounds_of(problem, method, 40, settle=False):
        expected = expected - alpha * made.gradient
        if made.number == 10:
            for m, sent in made.sent.items():
                mistaken[m] = sent, lose(10, m, sent)
                made.workers[m] = method.settle(made.workers[m], *mistaken[m])
            assert apart(made.server, made.workers) > 1e-3
        if made.number == 10 + delay:
            for m, (sent, believed) in mistaken.items():
                made.workers[m] = method.settle(made.workers[m], believed, sent, delay)
        if made.number >= 10 + delay:
            now, size = virtual(made, alpha)
            assert np.abs(now - expected).max() <= 1e-13 * size
            assert apart(made.server, made.workers) <= 1e-12


@FEW
@given(size=st.integers(1, 30), seed=st.integers(0, 999), loss=st.sampled_from([0.0, 0.3, 1.0]), steps=st.integers(0, 5),
       kind=st.sampled_from([GradientDescentSEC, GradientDescentSOEC]))
def test_settling_is_additive_and_invertible(size, seed, loss, steps, kind):
    random, method = np.random.default_rng(seed), kind(step_size=0.1, beta=0.25)
    where = np.flatnonzero(random.random(size) < 0.7)
    sent = Update(size, where, random.integers(-8, 9, len(where)) + 0.5)  # dyadic numbers: the sums are exact
    middle = sent.take(random.random(sent.entries) >= loss)
    least = middle.take(random.random(middle.entries) >= 0.5)
    states = [method.init_worker(np.zeros(size)) for _ in range(3)]
    twice = method.settle(method.settle(states[0], sent, middle, steps), middle, least, steps)
    once = method.settle(states[1], sent, least, steps)
    back = method.settle(method.settle(states[2], sent, least, steps), least, sent, steps)
    for name in ("h", "error"):
        assert np.array_equal(getattr(twice, name), getattr(once, name))
        assert not getattr(back, name).any()


@FEW
@given(size=st.integers(1, 20), seed=st.integers(0, 999))
def test_difference_of_updates(size, seed):
    random = np.random.default_rng(seed)
    pair = []
    for _ in range(2):
        where = np.flatnonzero(random.random(size) < 0.5)
        pair.append(Update(size, where, random.integers(-2, 3, len(where)).astype(float)))
    dense = [Update(size, None, update.dense()) for update in pair]
    for left, right in (pair, dense, (pair[0], dense[1])):
        apart_ = difference(left, right)
        assert np.array_equal(apart_.dense(), left.dense() - right.dense()) and np.all(apart_.values != 0)
        assert difference(left, left).silent


def test_saturated_and_vanishing_values_in_sixteen_bits():
    """binary16 ends at 65504 and its smallest number is 2^-24: 1e6 arrives as 65504 and the rest stays in e; 1e-9 rounds to
    zero and is not sent; 2049 is halfway between 2048 and 2050 and goes to the even one."""
    problem = Quadratic(dimension=4).problem(None, 2, Streams(0))
    method = GradientDescentSEC(step_size=0.1, beta=0.5)
    context = contexts(method, problem, values=ValueFormat(16))(1)
    sent, state = method.worker_step(method.init_worker(problem.start()), problem.start(),
                                     lambda _at: np.array([1e6, 1e-9, -1e6, 2049.0]), context)
    assert sent.indices.tolist() == [0, 2, 3] and sent.values.tolist() == [65504, -65504, 2048]
    assert state.error.tolist() == [1e6 - 65504, 1e-9, 65504 - 1e6, 1]
    assert state.h.tolist() == [32752, 0, -32752, 1024]


def test_sixteen_bits_still_reach_the_minimum():
    """Error correction sends later what rounding took: to 1e-9 of the start; and both sides hold the decoded values, so that
    their copies of h agree to 1e-12, where unrounded ones would be 2^-11 a value apart."""
    problem = Quadratic(dimension=20, condition=20.0).problem(None, 4, Streams(8))
    *_, last = rounds_of(problem, GradientDescentSEC(step_size=0.5, xi=5.0, beta=0.1), 700, bits=16)
    assert apart(last.server, last.workers) <= 1e-12
    assert error(problem, last.after) <= 1e-9 * error(problem, problem.start())
    assert np.abs(mirrors(last.workers)).max() < 1.0
