"""Laws 1 to 5 and 7 of GD-SEC on random quadratics: no loss, full gradients, float64 values. Each can fail, and is seen to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law_cases import apart, error, largest_thresholds, memory, methods, quadratics, rounds_of
from wirelesssim.learning.algorithms.gd import GradientDescent
from wirelesssim.learning.algorithms.gd_sec import GradientDescentSEC
from wirelesssim.learning.algorithms.gd_soec import GradientDescentSOEC
from wirelesssim.learning.objectives import Quadratic
from wirelesssim.learning.rounds import contexts
from wirelesssim.rng import Streams

FEW = settings(max_examples=25)


def square(vector):
    return float(vector @ vector)


@FEW
@given(problem=quadratics(), alpha=st.floats(0.05, 1.0), beta=st.floats(0.001, 1.0),
       kind=st.sampled_from([GradientDescentSEC, GradientDescentSOEC]))
def test_law_1_without_threshold_it_is_gradient_descent(problem, alpha, beta, kind):
    ours = rounds_of(problem, kind(step_size=alpha, xi=0.0, beta=beta), 60)
    for made, plain in zip(ours, rounds_of(problem, GradientDescent(step_size=alpha), 60)):
        assert np.abs(made.after - plain.after).max() <= 1e-12 * np.abs(plain.after).max()


@FEW
@given(problem=quadratics(), algorithm=methods())
def test_law_2_the_virtual_iterate_descends_along_the_true_gradient(problem, algorithm):
    alpha, virtual = algorithm.step_size.at(1.0), problem.start()
    for made in rounds_of(problem, algorithm, 60):
        expected = virtual - alpha * made.gradient
        virtual = made.after - alpha * memory(made.workers)
        # e may be much larger than theta (xi = 1.5/(alpha beta)): rounding is relative to what is added
        scale = np.abs(made.after).max() + alpha * sum(np.abs(state.error).max() for state in made.workers)
        assert np.abs(virtual - expected).max() <= 1e-13 * scale


def test_law_2_is_not_one_of_gd_soec():
    problem = Quadratic(dimension=20).problem(None, 4, Streams(1))
    worst = max(np.abs(made.after - (made.here - 0.5 * made.gradient)).max()  # its e is 0, so t = theta
                for made in rounds_of(problem, GradientDescentSOEC(step_size=0.5, xi=5.0), 60))
    assert worst > 1e-3


@FEW
@given(problem=quadratics(), algorithm=methods())
def test_law_3_what_is_remembered_is_bounded_by_the_threshold(problem, algorithm):
    xi = largest_thresholds(algorithm, problem)
    for made in rounds_of(problem, algorithm, 60):
        assert np.all(np.abs(memory(made.workers)) <= xi * np.abs(made.here - made.before) * (1 + 1e-12))


def test_law_3_is_nearly_attained():
    """With one worker the sum is that worker's, which comes close to its own threshold: a bound half as large fails."""
    problem = Quadratic(dimension=20).problem(None, 1, Streams(2))
    closest = max(float((np.abs(memory(made.workers)) / np.maximum(5.0 * np.abs(made.here - made.before), 1e-300)).max())
                  for made in rounds_of(problem, GradientDescentSEC(step_size=0.5, xi=5.0), 60) if made.number > 1)
    assert 0.9 < closest <= 1 + 1e-12


@FEW
@given(problem=quadratics(), alpha=st.floats(0.05, 1.0), beta=st.floats(0.01, 1.0), factor=st.floats(0.0, 3.0),
       coordinates=st.sampled_from(["uniform", "smoothness"]))
def test_law_4_descent_lemma(problem, alpha, beta, factor, coordinates):
    """f^{k+1} <= f^k - (alpha/2)||g||^2 + alpha xi^2 (D_k + D_{k-1}) - ((1 - alpha L)/(2 alpha)) D_{k+1}; L = 1,
    xi = max xi_i."""
    earlier, method = 0.0, GradientDescentSEC(step_size=alpha, xi=factor, beta=beta, coordinates=coordinates)  # D_{k-1}
    for made in rounds_of(problem, method, 60):
        moved, next_moved = square(made.here - made.before), square(made.after - made.here)
        right = (error(problem, made.here) - alpha / 2 * square(made.gradient) + alpha * factor**2 * (moved + earlier)
                 - (1 - alpha) / (2 * alpha) * next_moved)
        height = error(problem, made.here) + next_moved / alpha
        size = np.linalg.norm(problem.theta_star)
        rounding = 1e-12 * height + 1e-15 * size * np.sqrt(height) + 1e-30 * size**2  # theta is known to 1e-16
        assert error(problem, made.after) <= right + rounding
        earlier = moved


def test_law_4_is_an_equality_where_it_can_be():
    """xi = 0, d = 1, so that A = L = 1: f^{k+1} = (1 - alpha)^2 f, g^2 = 2 f, D_{k+1} = 2 alpha^2 f, and
    f - alpha f - (1 - alpha) alpha f = (1 - alpha)^2 f. So the constants alpha/2 and (1 - alpha L)/(2 alpha) are sharp."""
    problem = Quadratic(dimension=1).problem(None, 3, Streams(1))
    for made in rounds_of(problem, GradientDescentSEC(step_size=0.3, xi=0.0), 20):
        right = (error(problem, made.here) - 0.15 * square(made.gradient) - 0.7 / 0.6 * square(made.after - made.here))
        assert error(problem, made.after) == pytest.approx(right, rel=1e-9)


@FEW
@given(problem=quadratics(), relative=st.floats(0.1, 0.95), beta=st.floats(0.01, 1.0))
def test_law_5_linear_convergence_at_the_bound(problem, relative, beta):
    """V contracts by (1 - alpha mu) with xi exactly at the bound, so f^K - f* <= (1 - alpha mu)^(K-1) (f^1 - f*)."""
    alpha, rate = relative, relative * problem.strong_convexity
    if rate >= 1:
        return
    kept = 1 - rate
    xi = np.sqrt((1 - alpha) / (2 * alpha**2 * (1 / kept + 1 / kept**2)))
    second = alpha * xi**2 / kept
    first = second + second / kept
    value = start = error(problem, problem.start())
    earlier = 0.0
    for made in rounds_of(problem, GradientDescentSEC(step_size=alpha, xi=xi, beta=beta), 100):
        moved_before, moved = square(made.here - made.before), square(made.after - made.here)
        assert earlier == moved_before
        potential = error(problem, made.after) + first * moved + second * moved_before
        floor = 1e-28 * (1 + xi**2) * square(problem.theta_star)  # theta itself is known to 1e-16: its square, to 1e-32
        assert potential <= kept * value * (1 + 1e-9) + floor
        assert error(problem, made.after) <= kept**made.number * start * (1 + 1e-9) + floor
        value, earlier = potential, moved


@FEW
@given(problem=quadratics(), algorithm=st.one_of(methods(), methods(GradientDescentSOEC)), bits=st.sampled_from([64, 32, 16]))
def test_law_7_server_and_workers_agree(problem, algorithm, bits):
    for made in rounds_of(problem, algorithm, 60, bits=bits):
        assert apart(made.server, made.workers) <= 1e-12


def test_the_thresholds_of_all_workers_together_are_xi():
    """M workers, each with xi/M: by hand, M = 2, d = 1, L = 1, alpha = 1/2, f_m = theta^2/4 - b theta/2 (the same).

    Round 1: threshold 0, Delta = -b/2 each, both sent; theta = 0.5 b; h_m = -beta b/2.
    Round 2: g_m = 0.25 b - 0.5 b = -0.25 b; with beta = 1 h_m = -0.5 b, Delta = 0.25 b; threshold (xi/2) 0.5 b.
    So it is sent iff xi < 1: at xi = 1 the difference is exactly at the threshold, and is not sent."""
    problem = Quadratic(dimension=1, heterogeneity=0.0).problem(None, 2, Streams(3))
    for xi, sent in ((0.99, True), (1.01, False)):
        for kind in (GradientDescentSEC, GradientDescentSOEC):
            _first, second = rounds_of(problem, kind(step_size=0.5, xi=xi, beta=1.0), 2)
            assert [bool(update.entries) for update in second.sent.values()] == [sent, sent]
            expected = 0.0 if sent or kind is GradientDescentSOEC else 0.5 * problem.theta_star[0]
            if kind is GradientDescentSEC:
                assert memory(second.workers)[0] == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_the_first_round_sends_everything_that_is_not_zero():
    problem = Quadratic(dimension=15).problem(None, 3, Streams(4))
    first = next(rounds_of(problem, GradientDescentSEC(step_size=0.5, xi=1e9), 1))
    assert [update.entries for update in first.sent.values()] == [15, 15, 15]
    assert np.array_equal(first.sent[1].values, -problem.vectors[1])  # grad f_m(0) = -b_m


def test_a_difference_exactly_at_its_threshold_is_withheld():
    """xi = 4, M = 2, theta moved by 1/2: the threshold is 2 * 1/2 = 1, in exact binary numbers; 1 is withheld, 1 + 2^-52 sent."""
    problem, method = Quadratic(dimension=4).problem(None, 2, Streams(0)), GradientDescentSEC(step_size=0.1, xi=4.0)
    context, start = contexts(method, problem)(2), np.zeros(4)
    gradient = np.array([1, 1 + 2.0**-52, -1, -2.0])
    sent, state = method.worker_step(method.init_worker(start), start + 0.5, lambda _at: gradient, context)
    assert sent.indices.tolist() == [1, 3] and state.error.tolist() == [1, 0, -1, 0]
