"""GD-SEC's family: thresholds by coordinate, partial participation, no-state, minibatches, quantised entries."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms_a_cases import excess, last_of, method, odd_digits, quadratic, rounds_of, twins
from wirelesssim.errors import InputError
from wirelesssim.learning.algorithm import Context
from wirelesssim.learning.algorithms.coordinates import ListedCoordinates, SmoothnessCoordinates
from wirelesssim.learning.guard import Diverged
from wirelesssim.learning.grid import binary32_above
from wirelesssim.learning.objectives import Linear, Samples
from wirelesssim.learning.objectives.quadratic import QuadraticProblem
from wirelesssim.learning.rounds import contexts
from wirelesssim.learning.train import train
from wirelesssim.rng import Streams

FEW = settings(max_examples=15)
FAMILY = ["gd_sec", "gd_soec", "no_state"]


def spread(seed, size):
    """Random v_i of which some are 0, and the listed coordinates."""
    random = np.random.default_rng(seed)
    values = np.where(random.random(size) < 0.2, 0.0, random.random(size) * 7)
    values[random.integers(size)] = 7.0
    return values / 7.0, ListedCoordinates(values=values.tolist())


def memory(made):
    return np.sum([state.error for state in made.workers], axis=0)


def squared(vector):
    return float(vector @ vector)


@FEW
@given(seed=st.integers(0, 999), workers=st.integers(1, 5), beta=st.sampled_from([0.01, 0.1, 1.0]), xi=st.floats(0, 1.5),
       kind=st.sampled_from(["gd_sec", "no_state"]))
def test_laws_2_and_3_by_coordinate(seed, workers, beta, xi, kind):
    """t = theta - alpha SUM e descends along the gradient; |SUM e_i| <= xi_i |theta_i^k - theta_i^{k-1}|."""
    problem, (share, coordinates) = quadratic(seed, workers), spread(seed, 20)
    state = {"beta": beta, "xi": xi / (0.5 * beta)} if kind == "gd_sec" else {"xi": 2 * xi}
    made_by = method(kind, step_size=0.5, coordinates=coordinates, **state)
    virtual, before = problem.start(), problem.start()
    for made in rounds_of(problem, made_by, 40):
        expected = virtual - 0.5 * sum(made.gradients.values())
        virtual = made.after - 0.5 * memory(made)
        size = np.abs(made.after).max() + 0.5 * sum(np.abs(one.error).max() for one in made.workers)
        assert np.abs(virtual - expected).max() <= 1e-13 * size
        limit = state["xi"] * share * np.abs(made.here - before)
        assert np.all(np.abs(memory(made)) <= limit * (1 + 1e-12) + 1e-300)
        before = made.here


@FEW
@given(seed=st.integers(0, 999), alpha=st.floats(0.05, 1.0), factor=st.floats(0.0, 3.0))
def test_law_4_by_coordinate_with_the_largest_threshold(seed, alpha, factor):
    problem, (_, coordinates) = quadratic(seed, 3), spread(seed, 20)
    before, earlier = problem.start(), 0.0
    for made in rounds_of(problem, method("gd_sec", step_size=alpha, xi=factor, coordinates=coordinates), 40):
        moved, next_moved = squared(made.here - before), squared(made.after - made.here)
        right = (excess(problem, made.here) - alpha / 2 * squared(sum(made.gradients.values()))
                 + alpha * factor**2 * (moved + earlier) - (1 - alpha) / (2 * alpha) * next_moved)
        assert excess(problem, made.after) <= right + 1e-12 * (abs(right) + excess(problem, made.here))
        before, earlier = made.here, moved


@FEW
@given(seed=st.integers(0, 999), alpha=st.floats(0.1, 0.95))
def test_law_5_by_coordinate_at_the_bound(seed, alpha):
    """f^K - f* <= (1 - alpha mu)^(K-1) (f^1 - f*), max xi_i at 2 alpha^2 xi^2 (1/(1-c) + 1/(1-c)^2) = 1 - alpha L."""
    problem, (_, coordinates) = quadratic(seed, 3), spread(seed, 20)
    kept = 1 - alpha * problem.strong_convexity
    xi = np.sqrt((1 - alpha) / (2 * alpha**2 * (1 / kept + 1 / kept**2)))
    start = excess(problem, problem.start())
    for made in rounds_of(problem, method("gd_sec", step_size=alpha, xi=xi, coordinates=coordinates), 60):
        assert excess(problem, made.after) <= kept**made.number * start * (1 + 1e-9)


def test_a_listed_threshold_by_hand():
    """xi = 4, M = 2, all moved by 1/2: (4 v_i/2) (1/2) = v_i, and v = values/4 = (1, 1/2, 0, 1): Delta = (1, 1, 1e-9, -2)."""
    coordinates = {"type": "list", "values": [4, 2, 0, 4]}
    made = method("gd_sec", step_size=0.1, xi=4, coordinates=coordinates)
    context, start = contexts(made, quadratic(workers=2, dimension=4))(2), np.zeros(4)
    gradient = np.array([1.0, 1.0, 1e-9, -2.0])
    sent, state = made.worker_step(made.init_worker(start), start + 0.5, lambda _at: gradient, context)
    assert sent.indices.tolist() == [1, 2, 3] and state.error.tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize("power, smoothness, weights", [
    (-1, [4, 2, 1, 0], [0.25, 0.5, 1, 1]), (1, [4, 2, 1, 0], [1, 0.5, 0.25, 0]), (-0.5, [4, 1, 0], [0.5, 1, 1]),
    (0, [4, 0], [1, 1]), (-1, [0, 0], [1, 1]), (1, [0, 0], [1, 1]), (-1, [1e-300, 1e300], [1, 0]), (2, [1e300, 1e-300], [1, 0])])
def test_weights_from_the_smoothness(power, smoothness, weights):
    context = Context(alpha=1.0, workers=1, coordinate_smoothness=np.array(smoothness, dtype=float))
    assert SmoothnessCoordinates(power=power).weights(context) == pytest.approx(np.array(weights, dtype=float), rel=1e-12, abs=0)


@pytest.mark.parametrize("kind", FAMILY)
def test_equal_entries_are_uniform_bit_for_bit(kind):
    problem = quadratic()
    one, other = (last_of(problem, method(kind, coordinates=given_), 50)
                  for given_ in ("uniform", {"type": "list", "values": [3] * 20}))
    assert np.array_equal(one.after, other.after)


def test_flat_coordinates_wait_longer():
    """Features of scales 1 and 0.1, so L_i apart by 100: with power -1 the steep ones' thresholds are a hundredth of the flat."""
    random = np.random.default_rng(0)
    features = random.standard_normal((200, 10)) * np.repeat([1.0, 0.1], 5)
    samples = Samples(features, features @ random.standard_normal(10), np.split(np.arange(200), 4))
    problem = Linear(l2=1e-3).problem(samples, 4, Streams(0))
    sent = np.zeros((2, 10))
    for place, coordinates in enumerate(["uniform", "smoothness"]):
        for made in rounds_of(problem, method("gd_sec", coordinates=coordinates), 100):
            for update in made.sent.values():
                sent[place, update.positions()] += 1
    assert sent[1, :5].sum() > 1.2 * sent[0, :5].sum() and sent[1, 5:].sum() <= 1.2 * sent[0, 5:].sum()


@pytest.mark.parametrize("coordinates, words", [
    ({"type": "list", "values": [0, 0]}, "coordinates.values must have an entry above 0"),
    ({"type": "list", "values": [1, -1]}, "coordinates.values.1 must be >= 0"),
    ("steep", "unknown coordinate thresholds 'steep'"), ({"type": "list"}, "coordinates.values is required")])
def test_mistakes_in_coordinates(coordinates, words):
    with pytest.raises(InputError, match=words):
        method("gd_sec", coordinates=coordinates)


def test_thresholds_that_do_not_fit_the_problem(monkeypatch):
    with pytest.raises(InputError, match="algorithm.coordinates.values must have one entry a coordinate of the model: 20, got 2"):
        train(quadratic(), method("gd_sec", coordinates={"type": "list", "values": [1, 2]}), 1)
    monkeypatch.setattr(QuadraticProblem, "coordinate_smoothness", None, raising=False)
    with pytest.raises(InputError, match="needs the coordinate smoothness of the objective"):
        train(quadratic(), method("gd_sec", coordinates="smoothness"), 1)


def test_an_absent_worker_accumulates_by_hand():
    """f_m = theta^2/4 - theta, b = 2, alpha = 1/2, beta = 1, xi = 0; one worker a round may speak, worker 0 first.

    Round 1, theta = 0, g = -1 each: worker 0 sends -1, h_0 = -1; worker 1 keeps e_1 = -1. theta = 0.5.
    Round 2, g = -0.75 each: worker 0 keeps e_0 = -0.75 + 1 = 0.25; worker 1 sends Delta = -0.75 - 1 = -1.75, h_1 = -1.75.
    theta = 0.5 + 0.5 (1 + 1.75) = 1.875. Round 3 asks worker 0: Delta = -0.0625 + 1 + 0.25 = 1.1875."""
    turn = {"type": "round_robin", "fraction": 0.5, "absent": "accumulate"}
    first, second, third = (made_copy(made) for made in rounds_of(
        twins(2.0), method("gd_sec", step_size=0.5, beta=1, xi=0, participation=turn), 3))
    assert first["errors"] == [0, -1] and first["held"] == [-1, 0] and first["after"] == 0.5
    assert second["errors"] == [0.25, 0] and second["held"] == [-1, -1.75] and second["after"] == 1.875
    assert third["sent"] == [[1.1875], []]


def made_copy(made):
    """What a round of one coordinate left, as numbers: states are changed in place by the next."""
    return {"errors": [one.error.item() for one in made.workers], "held": [one.h.item() for one in made.workers],
            "after": made.after.item(), "sent": [update.values.tolist() for update in made.sent.values()]}


def test_a_frozen_worker_compares_with_the_model_that_it_saw():
    """b = 2, alpha = 1/2, beta = 1, one worker a round, frozen: worker 0 in rounds 1 and 3, worker 1 in round 2.

    Round 1: worker 0 sends -1; theta = 0.5. Round 2: worker 1 compares with the start, (xi/2) 0.5, and sends g = -0.75 where
    xi < 3; theta = 0.5 + 0.5 (1 + 0.75) = 1.375. Round 3: worker 0 saw theta = 0: Delta = -0.3125 + 1 = 0.6875 against
    (xi/2) 1.375: sent iff xi < 1. Against theta^2 = 0.5 the limit would be 0.4375 xi, and xi = 1.5 would be sent."""
    turn = {"type": "round_robin", "fraction": 0.5}
    for xi, sent in ((0.99, True), (1.01, False), (1.5, False)):
        made = last_of(twins(2.0), method("gd_sec", step_size=0.5, beta=1, xi=xi, participation=turn), 3)
        assert list(made.sent) == [0] and bool(made.sent[0].entries) == sent


@pytest.mark.parametrize("kind", ["gd_sec", "no_state"])
@pytest.mark.parametrize("loss", [0.0, 0.5])
def test_law_2_holds_while_workers_accumulate(kind, loss):
    turn = {"type": "random", "fraction": 0.4, "absent": "accumulate"}
    problem, virtual = quadratic(3), np.zeros(20)
    for made in rounds_of(problem, method(kind, step_size=0.1, participation=turn), 60, loss):
        expected = virtual - 0.1 * sum(made.gradients.values())
        virtual = made.after - 0.1 * memory(made)
        size = np.abs(made.after).max() + 0.1 * sum(np.abs(one.error).max() for one in made.workers)
        assert len(made.gradients) == 5 and np.abs(virtual - expected).max() <= 1e-13 * size


@pytest.mark.parametrize("absent", ["freeze", "accumulate"])
@pytest.mark.parametrize("kind", ["gd_sec", "gd_soec"])
def test_half_of_the_workers_in_turn_reach_the_minimum(absent, kind):
    if kind == "gd_soec" and absent == "accumulate":
        with pytest.raises(InputError, match="no error memory"):
            method(kind, participation={"type": "round_robin", "absent": absent})
        return
    problem = quadratic(4, workers=6)
    last = last_of(problem, method(kind, participation={"type": "round_robin", "absent": absent}), 900)
    assert excess(problem, last.after) <= 1e-12 * excess(problem, problem.start())


@pytest.mark.parametrize("fraction, step, converges", [(0.1, "0.5/L", False), (0.1, "0.1/L", True)])
def test_what_accumulates_for_long_needs_a_small_step(fraction, step, converges):
    problem = quadratic(3, workers=9, dimension=30)
    turn = {"type": "round_robin", "fraction": fraction, "absent": "accumulate"}
    made = method("gd_sec", step_size=step, participation=turn)
    if converges:
        assert excess(problem, last_of(problem, made, 3000).after) <= 1e-9 * excess(problem, problem.start())
    else:
        with pytest.raises(Diverged, match="alpha\\*beta\\*xi"):
            train(problem, made, 3000, optimum=problem.optimum().value)


@FEW
@given(seed=st.integers(0, 999), alpha=st.floats(0.05, 1.0))
def test_no_state_without_threshold_is_gradient_descent(seed, alpha):
    problem = quadratic(seed)
    ours = rounds_of(problem, method("no_state", step_size=alpha, xi=0), 40)
    for made, plain in zip(ours, rounds_of(problem, method("gd", step_size=alpha), 40)):
        assert np.abs(made.after - plain.after).max() <= 1e-12 * np.abs(plain.after).max()


def test_no_state_holds_nothing_of_its_workers():
    problem, made = quadratic(), method("no_state")
    last = last_of(problem, made, 500)
    assert last.server.h.size == 0 and all(one.h.size == 0 for one in last.workers)
    assert made.aggregate(last.server) is None and made.mirror(last.workers[0]) is None
    assert excess(problem, last.after) <= 1e-9 * excess(problem, problem.start())
    assert "beta" not in made.divergence_hint(contexts(made, problem)(1))


def test_minibatches_of_all_samples_are_the_full_methods():
    problem = odd_digits()
    for stochastic, full in (("sgd", "gd"), ("sgd_sec", "gd_sec")):
        one, other = (last_of(problem, made, 30) for made in (method(stochastic, batch=None), method(full)))
        assert np.array_equal(one.after, other.after)
    assert np.array_equal(last_of(problem, method("sgd", batch=34), 5).after, last_of(problem, method("gd"), 5).after)


@pytest.mark.parametrize("kind", ["sgd_sec", "qsgd_sec"])
def test_without_threshold_the_minibatch_methods_follow_sgd(kind):
    """The same minibatches are drawn by all: sgd_sec with xi = 0 is SGD to 1e-12, qsgd_sec to its 2^24 levels: 1e-5."""
    problem = odd_digits()
    plain = last_of(problem, method("sgd", batch=8), 40).after
    finest = {"levels": 2**24} if kind == "qsgd_sec" else {}
    made = last_of(problem, method(kind, batch=8, xi=0, **finest), 40).after
    assert np.abs(made - plain).max() <= (1e-5 if finest else 1e-12) * np.abs(plain).max()


@pytest.mark.parametrize("kind", ["sgd_sec", "qsgd_sec"])
@pytest.mark.parametrize("loss", [0.0, 0.5])
def test_laws_2_and_7_with_the_gradients_that_were_drawn(kind, loss):
    problem, virtual = odd_digits(), np.zeros(64)
    alpha = 0.5 / problem.smoothness
    for made in rounds_of(problem, method(kind, batch=8), 60, loss):
        expected = virtual - alpha * sum(made.gradients.values())
        virtual = made.after - alpha * memory(made)
        size = np.abs(made.after).max() + alpha * sum(np.abs(one.error).max() for one in made.workers)
        assert np.abs(virtual - expected).max() <= 1e-13 * size
        held = sum(one.h for one in made.workers)
        assert np.abs(made.server.h - held).max() <= 1e-12 * max(np.abs(one.h).max() for one in made.workers)


def test_sgd_sec_is_as_near_as_sgd_and_sends_less():
    """Mean f - f* of rounds 300 to 600 with constant steps, one stream: of the same order, from fewer entries."""
    problem = odd_digits()
    minimum = problem.optimum().value
    level, entries = {}, {}
    for kind in ("sgd", "sgd_sec", "qsgd_sec"):
        made = train(problem, method(kind, batch=8, step_size="0.3/L"), 600, optimum=minimum)
        level[kind], entries[kind] = made.error[300:].mean(), made.entries.sum()
    assert level["sgd_sec"] < 1.3 * level["sgd"] and level["qsgd_sec"] < 1.3 * level["sgd"]
    assert entries["sgd_sec"] < 0.9 * entries["sgd"] and entries["qsgd_sec"] <= 1.05 * entries["sgd_sec"]


def test_qsgd_sec_quantises_what_passed_its_threshold():
    """xi = 4, M = 2, moved by 1/2: limit 1. Delta = (1, 3, -4, 0.5): 3 and -4 pass, R = 5, s = 5: levels 3 and -4, exactly."""
    made = method("qsgd_sec", batch=None, step_size=0.1, xi=4, beta=0.5, levels=5)
    problem, start = quadratic(workers=2, dimension=4), np.zeros(4)
    sent, state = made.worker_step(made.init_worker(start), start + 0.5, Fixed([1.0, 3.0, -4.0, 0.5]), contexts(made, problem)(2))
    assert sent.indices.tolist() == [1, 2] and sent.grid.scale == 5 and sent.grid.bits == 4
    assert sent.values == pytest.approx([3, -4], rel=1e-15) and state.error == pytest.approx([1, 0, 0, 0.5], abs=1e-15)
    assert state.h == pytest.approx([0, 1.5, -2, 0], rel=1e-15)


class Fixed:
    """An oracle that always says the same."""

    worker = 0

    def __init__(self, gradient):
        self.gradient = np.array(gradient)

    def __call__(self, theta):
        return self.gradient


def test_qsgd_sec_is_unbiased_on_what_it_sends():
    """Of 4000 rounds from the same state the mean of Q(v) is v: each of 30 entries within 4.5 standard errors, whose false
    alarm is 30 * 6.8e-6 = 2e-4; zeros are not sent, and e is what is missing."""
    made = method("qsgd_sec", batch=None, xi=0, levels=4)
    problem, start = quadratic(dimension=30), np.zeros(30)
    values = np.random.default_rng(2).standard_normal(30)
    context_at, total, squares, zeros = contexts(made, problem), np.zeros(30), np.zeros(30), 0
    for number in range(1, 4001):
        sent, state = made.worker_step(made.init_worker(start), start, Fixed(values), context_at(number))
        assert sent.values.all() and sent.grid.scale == binary32_above(float(np.linalg.norm(values)))
        assert np.array_equal(state.error, values - sent.dense())
        total, squares, zeros = total + sent.dense(), squares + sent.dense() ** 2, zeros + 30 - sent.entries
    mean = total / 4000
    deviation = np.sqrt(squares / 4000 - mean**2)
    assert zeros > 0 and np.all(np.abs(mean - values) <= 4.5 * deviation / np.sqrt(4000))


@pytest.mark.parametrize("levels, converges", [(127, True), (3, False)])
def test_qsgd_sec_needs_levels_for_its_entries(levels, converges):
    """d = 400 entries a message: omega = min(n/s^2, sqrt(n)/s) is 0.02 with 127 levels, and 6.7 with 3, where e grows."""
    problem, made = quadratic(3, workers=9, dimension=400), method("qsgd_sec", batch=None, levels=levels)
    minimum = problem.optimum().value
    if converges:
        error = train(problem, made, 300, optimum=minimum).error
        assert error[-1] <= 1e-6 * error[0]
    else:
        with pytest.raises(Diverged, match="levels = 3 .*raise levels"):
            train(problem, made, 300, optimum=minimum)


def test_a_silent_worker_compares_with_the_model_that_it_saw_last():
    """xi = 4, M = 2. Moved by 1/2, the limit is 1 and Delta = 1 is withheld; moved by 1/4 from there it is 1/2, and Delta = g + e
    = 0.6 is sent. Compared with the start, 3/4 away, the limit would be 1.5. A radio that doubles thresholds makes 1/2 a 1."""
    for scale, sent in ((1.0, True), (2.0, False)):
        made, problem, start = method("gd_sec", step_size=0.1, xi=4), quadratic(workers=2, dimension=1), np.zeros(1)
        context_at, state = contexts(made, problem), made.init_worker(np.zeros(1))
        first, state = made.worker_step(state, start + 0.5, lambda _at: np.array([1.0]), context_at(1))
        later = dataclasses.replace(context_at(2), xi_scale=scale)
        second, _ = made.worker_step(state, start + 0.75, lambda _at: np.array([-0.4]), later)
        assert first.silent and second.silent != sent


def test_minibatches_are_the_default_of_the_stochastic_methods():
    """Shards of 33 or 34 samples and a batch of 32: the gradients that were used are not the full ones."""
    problem = odd_digits()
    for kind in ("sgd", "sgd_sec", "qsgd_sec"):
        used = last_of(problem, method(kind), 1).gradients
        assert not any(np.array_equal(used[m], problem.gradients(problem.start(), [m])[0]) for m in range(6))
