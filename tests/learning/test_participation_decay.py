"""Who takes part in a round, how the step falls, which samples a gradient is made of; and what they do to learning."""

import numpy as np
import pytest
from law_cases import apart, error
from scipy.stats import chi2

from wirelesssim.errors import InputError
from wirelesssim.learning.algorithm import Algorithm
from wirelesssim.learning.decay import Decay
from wirelesssim.learning.gradients import Gradients
from wirelesssim.learning.objectives import Linear, Quadratic, Samples
from wirelesssim.learning.participation import Participation
from wirelesssim.learning.rounds import contexts
from wirelesssim.learning.train import train
from wirelesssim.model import build
from wirelesssim.rng import Streams


def quadratic(workers, dimension=20, condition=10.0):
    return Quadratic(dimension=dimension, condition=condition).problem(None, workers, Streams(1))


def regression(samples=120, workers=3, noise=1.0):
    """Least squares in 5 dimensions; the shards have 20, 40 and 60 of 120 samples."""
    random = np.random.default_rng(2)
    features = random.standard_normal((samples, 5))
    labels = features @ np.ones(5) + noise * random.standard_normal(samples)
    edges = np.cumsum(np.arange(1, workers)) * samples // (workers * (workers + 1) // 2)
    return Linear().problem(Samples(features, labels, np.split(np.arange(samples), edges)), workers, Streams(1))


def chosen(participation, workers, rounds, seed=1):
    """The sets of workers that may speak, round by round."""
    method = build(Algorithm, {"type": "gd_sec", "participation": participation})
    at = contexts(method, quadratic(workers, 2), streams=Streams(seed))
    return [set(method.participation.chosen(at(k))) for k in range(1, rounds + 1)]


def test_workers_in_turn_by_hand():
    """M = 5: a fraction of 0.4 is two a round, and in five rounds each has had two turns; 0.01 is one; 1 is all."""
    turns = {"type": "round_robin", "fraction": 0.4}
    assert chosen(turns, 5, 6) == [{0, 1}, {2, 3}, {4, 0}, {1, 2}, {3, 4}, {0, 1}]
    assert chosen(turns | {"fraction": 0.01}, 3, 4) == [{0}, {1}, {2}, {0}]
    assert chosen(turns | {"fraction": 1}, 3, 2) == [{0, 1, 2}] * 2
    assert chosen("full", 3, 2) == [{0, 1, 2}] * 2


def test_drawn_workers():
    """c = 3 of 8, each equally often: counts of 8 workers in 2000 rounds against chi-square with 7 degrees of freedom, scaled by
    (1 - c/M) M/(M - 1) for drawing without replacement; false alarms 1e-6 over seeds, and the stream is fixed."""
    drawn = chosen({"type": "random", "fraction": 0.375}, 8, 2000)
    assert all(len(one) == 3 for one in drawn)
    counts, mean = np.array([sum(worker in one for one in drawn) for worker in range(8)]), 2000 * 3 / 8
    assert ((counts - mean) ** 2).sum() / (mean * (1 - 3 / 8)) * 7 / 8 < chi2.isf(1e-6, 7)
    assert ((counts - mean) ** 2).sum() > 0
    assert drawn == chosen({"type": "random", "fraction": 0.375}, 8, 2000)
    assert drawn != chosen({"type": "random", "fraction": 0.375}, 8, 2000, seed=2)


@pytest.mark.parametrize("kind", ["round_robin", "random"])
def test_whom_the_server_asks_and_who_may_speak(kind):
    for absent in ("freeze", "accumulate"):
        method = build(Algorithm, {"type": "gd_sec", "participation": {"type": kind, "fraction": 0.5, "absent": absent}})
        context = contexts(method, quadratic(6))(3)
        some = set(method.participation.chosen(context))
        asked = method.select(method.init_server(np.zeros(20)), context)
        assert len(some) == 3 and asked == (sorted(some) if absent == "freeze" else list(range(6)))
        assert {worker for worker in asked if method.speaks(worker, context)} == some


@pytest.mark.parametrize("name, absent, key", [
    ("lag_ps", "freeze", r"participation must be full for lag_ps"),
    ("cyc_iag", "freeze", r"participation must be full for cyc_iag"),
    ("gd", "accumulate", r"participation.absent must be freeze for gd, which has no error memory"),
    ("gd_soec", "accumulate", r"participation.absent must be freeze for gd_soec")])
def test_what_does_not_go_together_is_refused(name, absent, key):
    with pytest.raises(InputError, match=key):
        build(Algorithm, {"type": name, "participation": {"type": "round_robin", "absent": absent}})


@pytest.mark.parametrize("fraction", [0, -0.1, 1.5, "half"])
@pytest.mark.parametrize("kind", ["round_robin", "random"])
def test_fractions_out_of_range(kind, fraction):
    with pytest.raises(InputError, match="fraction must be"):
        build(Participation, {"type": kind, "fraction": fraction})


@pytest.mark.parametrize("absent", ["freeze", "accumulate"])
@pytest.mark.parametrize("name", ["gd_sec", "sgd_sec", "qsgd_sec"])
def test_half_of_the_workers_in_turn_still_reach_the_minimum(name, absent):
    """Both ends agree, and f - f* falls to 1e-10 of its start: a frozen worker's h_m stands in for its gradient."""
    problem = quadratic(6)
    method = build(Algorithm, {"type": name, "participation": {"type": "round_robin", "absent": absent}} | (
        {} if name == "gd_sec" else {"batch": None}))
    made = train(problem, method, 500)
    assert error(problem, made.theta) <= 1e-10 * error(problem, problem.start())
    assert apart(made.server, made.workers) <= 1e-12


def test_who_accumulates_keeps_h_and_remembers_all():
    """By hand, d = 2, M = 2, one speaks a round. Round 1: worker 1 may not: e_1 = g_1(0) = -b_1, h_1 = 0. Round 2: it speaks, and
    Delta = g_1(theta^2) - b_1; xi = 0 sends all of it: h_1 = beta Delta, e_1 = 0; worker 0 keeps h_0 = -beta b_0 and
    e_0 = g_0(theta^2) + beta b_0."""
    problem = quadratic(2, 2)
    turns = {"type": "round_robin", "absent": "accumulate"}
    method = build(Algorithm, {"type": "gd_sec", "xi": 0, "beta": 0.5, "participation": turns})
    once, twice = (train(problem, method, rounds) for rounds in (1, 2))
    b, slopes = problem.vectors, problem.gradients(once.theta, [0, 1])
    assert np.array_equal(once.workers[1].error, -b[1]) and not once.workers[1].h.any()
    assert np.array_equal(once.theta, 0.5 * b[0])
    assert twice.workers[1].h == pytest.approx(0.5 * (slopes[1] - b[1])) and not twice.workers[1].error.any()
    assert twice.workers[0].h == pytest.approx(-0.5 * b[0]) and twice.workers[0].error == pytest.approx(slopes[0] + 0.5 * b[0])


@pytest.mark.parametrize("decay, factors", [
    ("constant", [1, 1, 1, 1]), ({"type": "inverse", "after": 2}, [1, 2 / 3, 1 / 2, 2 / 5]),
    ({"type": "inverse_root", "after": 1}, [1, 2**-0.5, 3**-0.5, 0.5]),
    ({"type": "geometric", "ratio": 0.5, "every": 2}, [1, 1, 0.5, 0.5])], ids=str)
def test_factors_by_hand(decay, factors):
    assert [build(Decay, decay).factor(k) for k in range(1, 5)] == pytest.approx(factors, rel=1e-15)


@pytest.mark.parametrize("decay", ["constant", "inverse", "inverse_root", "geometric"])
def test_a_decay_starts_at_one_and_never_rises(decay):
    factors = [build(Decay, decay).factor(k) for k in range(1, 2000)]
    assert factors[0] == 1.0 and np.all(np.diff(factors) <= 0) and factors[-1] > 0
    assert (factors[-1] < 0.3) == (decay != "constant")


def test_the_step_of_each_round():
    """d = 1, A = 1: theta^{k+1} - theta* = (1 - alpha_k)(theta^k - theta*), so after K rounds it is their product."""
    problem = quadratic(3, 1)
    made = train(problem, build(Algorithm, {"type": "gd", "step_size": "0.8/L", "decay": {"type": "inverse", "after": 3}}), 6)
    left = np.prod([1 - 0.8 / (1 + k / 3) for k in range(6)])
    assert (made.theta - problem.theta_star) / -problem.theta_star == pytest.approx(left, rel=1e-12)


def test_a_falling_step_averages_the_noise_of_minibatches():
    """4 of a worker's samples a round: at a constant step the error stays where the noise is, with alpha_k ~ 1/k it goes on."""
    problem = regression()
    best = problem.optimum().value
    constant, falling = (train(problem, build(Algorithm, {"type": "gd", "batch": 4, "decay": decay}), 2000, optimum=best).error
                         for decay in ("constant", {"type": "inverse", "after": 20}))
    assert np.median(falling[-200:]) < np.median(constant[-200:]) / 10 and np.median(constant[-200:]) > 1e-4


def oracle(problem, worker, batch, round=1, seed=1):
    method = build(Algorithm, {"type": "gd", "batch": batch})
    return Gradients(problem).of(worker, method, contexts(method, problem, streams=Streams(seed))(round))


def test_an_oracle_knows_its_worker():
    """n_m = 20, 40, 60 of 120: weights 1/6, 1/3, 1/2."""
    problem = regression()
    found = [oracle(problem, worker, 4) for worker in range(3)]
    assert [one.worker for one in found] == [0, 1, 2] and [one.samples for one in found] == [20, 40, 60]
    assert [one.weight for one in found] == pytest.approx([1 / 6, 1 / 3, 1 / 2], rel=1e-15)
    assert [oracle(quadratic(4), worker, None).weight for worker in range(4)] == [0.25] * 4


def test_a_batch_of_all_samples_or_more_is_the_gradient():
    problem, theta = regression(), np.arange(5.0)
    whole = problem.gradients(theta, [0])[0]
    for batch in (20, 21, 10**6):
        assert np.array_equal(oracle(problem, 0, batch)(theta), whole)
    assert not np.array_equal(oracle(problem, 0, 19)(theta), whole)


def test_draws_are_a_function_of_seed_round_worker_and_call():
    problem, theta = regression(), np.arange(5.0)
    first = oracle(problem, 1, 4)
    calls = [first(theta) for _ in range(3)]
    again = oracle(problem, 1, 4)
    assert all(np.array_equal(again(theta), call) for call in calls)
    others = [oracle(problem, 1, 4, round=2)(theta), oracle(problem, 1, 4, seed=2)(theta), *calls]
    assert len({other.tobytes() for other in others}) == 5


def test_a_minibatch_is_unbiased():
    """The mean of 4000 draws against the gradient, five standard errors in each of 5 coordinates: false alarms 3e-6."""
    problem, theta = regression(), np.arange(5.0)
    draws = np.array([oracle(problem, 2, 3, round=k)(theta) for k in range(1, 4001)])
    standard = draws.std(axis=0) / np.sqrt(len(draws))
    assert np.all(np.abs(draws.mean(axis=0) - problem.gradients(theta, [2])[0]) < 5 * standard) and np.all(standard > 0)


def test_without_samples_there_is_no_minibatch():
    with pytest.raises(InputError, match="needs samples"):
        train(quadratic(2), build(Algorithm, {"type": "gd", "batch": 3}), 1)
