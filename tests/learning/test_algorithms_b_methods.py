"""Methods with compressors, signs and local steps: a round by hand, limits, convergence where the theory says so."""

import numpy as np
import pytest

from algorithms_b_cases import Says, context, error, method, quadratic, regression, rounds_of, scalars
from wirelesssim.errors import InputError
from wirelesssim.learning.algorithm import Fate, Outcome
from wirelesssim.learning.guard import Diverged
from wirelesssim.learning.rounds import contexts
from wirelesssim.learning.train import train
from wirelesssim.learning.update import Update
from wirelesssim.learning.values import ValueFormat

TEN = [
    ("qgd", {}), ("qsgd", {}), ("top_j", {"j": 2}), ("rand_j", {"j": 2}), ("diana", {}), ("ef21", {"compressor": {"j": 2}}),
    ("ef_signsgd", {}), ("signsgd", {}), ("fedavg", {"local_steps": 2}), ("fedprox", {"local_steps": 2})]


def step(made, state, gradients, known=None, worker=0):
    """The update and the next state of a worker that gets these gradients at theta = 0."""
    theta = np.zeros(len(gradients[0]))
    return made.worker_step(state, theta, Says(*gradients, worker=worker), context(**(known or {})))


def delivered(*values):
    return {m: Outcome.delivered(Update(len(v), None, np.array(v, dtype=float))) for m, v in enumerate(values)}


# --- a round by hand ---

def test_top_j_by_hand():
    """alpha = 1/2, j = 1: v = (1.5, -.5, 1): the first goes; then g = 0: v = (0, -.5, 1): the last goes."""
    made = method("top_j", j=1)
    state = made.init_worker(np.zeros(3))
    sent, state = step(made, state, [[3, -1, 2]], {"alpha": 0.5})
    assert sent.indices.tolist() == [0] and sent.values.tolist() == [1.5] and state.error.tolist() == [0, -0.5, 1]
    sent, state = step(made, state, [[0, 0, 0]], {"alpha": 0.5})
    assert sent.indices.tolist() == [2] and sent.values.tolist() == [1] and state.error.tolist() == [0, -0.5, 0]
    after = made.server_step(np.array([1.0, 1.0, 1.0]), {0: Outcome.delivered(sent), 1: Outcome(Fate.LOST)}, context(workers=2))
    assert after.tolist() == [1, 1, 0]  # sent is a step, not a gradient: no alpha at the server


def test_ef_signsgd_by_hand():
    """p = (1, -2, 0, 1): ||p||_1/d = 1; sent (1, -1, +1, 1), so e = (0, -1, -1, 0)."""
    made = method("ef_signsgd")
    sent, state = step(made, made.init_worker(np.zeros(4)), [[2, -4, 0, 2]], {"alpha": 0.5})
    assert sent.values.tolist() == [1, -1, 1, 1] and sent.grid.bits == 1 and state.error.tolist() == [0, -1, -1, 0]


def test_ef_signsgd_remembers_the_rounding_of_its_scale():
    """The mean of (0.1, 0.2) is not a binary32 number: the scale above it is sent, and e = p - sent to the last bit."""
    made = method("ef_signsgd")
    sent, state = step(made, made.init_worker(np.zeros(2)), [[0.1, 0.2]])
    assert sent.values[0] == np.float32(sent.values[0]) and 0 < sent.values[0] - 0.15 <= 0.15 * 2**-22
    assert np.array_equal(state.error, np.array([0.1, 0.2]) - sent.values)


def test_signsgd_by_hand():
    """Votes of three: (+ + -), (+ - -), (- - -); alpha = 1/4. The silent, the lost and what did not arrive abstain."""
    made, start = method("signsgd"), np.zeros(3)
    sent = [step(made, None, [g])[0] for g in ([5, 1e-9, -2], [1, -7, -1], [-1, -1, -1])]
    assert [s.values.tolist() for s in sent] == [[1, 1, -1], [1, -1, -1], [-1, -1, -1]]
    heard = {m: Outcome.delivered(update) for m, update in enumerate(sent)}
    assert made.server_step(start, heard, context(alpha=0.25)).tolist() == [-0.25, 0.25, 0.25]
    heard[0] = Outcome.delivered(sent[0].take(np.array([True, False, False])))  # votes: + + -, . - -, . - -
    heard[3] = Outcome(Fate.UNSCHEDULED)
    assert made.server_step(start, heard, context(alpha=0.25)).tolist() == [-0.25, 0.25, 0.25]
    nobody = {0: Outcome(Fate.LOST), 1: Outcome(Fate.LATE), 2: Outcome(Fate.SILENT)}
    assert made.server_step(start, nobody, context(alpha=0.25)).tolist() == [0, 0, 0]


def test_signsgd_tosses_a_fair_coin_where_there_is_no_sign():
    """2000 coins at a worker, 2000 at the server: each mean is within 5 sigma of 0 (false alarm 6e-7), sigma = 2000^-1/2."""
    made, size = method("signsgd"), 2000
    zeros, ones = np.zeros(size), np.ones(size)
    first, second = (step(made, None, [zeros], worker=m)[0].values for m in (0, 1))
    tie = made.server_step(zeros, delivered(ones, -ones), context())
    for coins in (first, second, tie):
        assert set(coins) == {-1, 1} and abs(coins.mean()) < 5 * size**-0.5
    assert abs((first * second).mean()) < 5 * size**-0.5  # workers toss apart
    assert np.array_equal(first, step(made, None, [zeros])[0].values)  # and a step is a function of its arguments


def test_ef21_by_hand():
    """G = 0, j = 1: g = (3, -1) sends 3; then g = (2, -4), g - G = (-1, -4), sends -4: G = (3, -4)."""
    made = method("ef21", compressor={"type": "top_j", "j": 1})
    state, server = made.init_worker(np.zeros(2)), made.init_server(np.zeros(2))
    sent, state = step(made, state, [[3, -1]])
    server = made.server_step(server, {0: Outcome.delivered(sent), 1: Outcome(Fate.SILENT)}, context(alpha=0.5))
    assert made.model(server).tolist() == [-1.5, 0]
    sent, state = step(made, state, [[2, -4]])
    assert sent.indices.tolist() == [1] and sent.values.tolist() == [-4] and made.mirror(state).tolist() == [3, -4]
    server = made.server_step(server, {0: Outcome.delivered(sent), 1: Outcome(Fate.LOST)}, context(alpha=0.5))
    assert made.model(server).tolist() == [-3, 2] and made.aggregate(server).tolist() == [3, -4]


def test_diana_by_hand():
    """d = 2, j = 1: omega = 1, beta = 1/2. g = (4, 8) sends twice one of them, and h learns half of what was sent."""
    made = method("diana", compressor={"type": "rand_j", "j": 1})
    state, server = made.init_worker(np.zeros(2)), made.init_server(np.zeros(2))
    sent, state = step(made, state, [[4, 8]])
    [i], [value] = sent.indices, sent.values
    assert value == [8, 16][i] and made.mirror(state).tolist() == [[4, 0], [0, 8]][i]
    server = made.server_step(server, {0: Outcome.delivered(sent)}, context(alpha=0.5))
    assert made.model(server).tolist() == [[-4, 0], [0, -8]][i]
    server = made.server_step(server, {0: Outcome(Fate.LOST)}, context(alpha=0.5))  # h alone moves it
    assert made.model(server).tolist() == [[-6, 0], [0, -12]][i]


def test_diana_refuses_a_rate_beyond_its_proof():
    """omega = 10/2 - 1 = 4 in R^10."""
    spec = {"type": "rand_j", "j": 2}
    assert method("diana", compressor=spec).rate(10) == 0.2 == method("diana", compressor=spec, beta=0.2).rate(10)
    with pytest.raises(InputError, match=r"algorithm.beta must be <= 1/\(1 \+ omega\) = 0.2 for compressor rand_j with d = 10, "
                                         "got 0.21; leave it out"):
        method("diana", compressor=spec, beta=0.21).init_worker(np.zeros(10))
    with pytest.raises(InputError, match="unknown unbiased compressor 'top_j'.*known: qsgd, rand_j"):
        method("diana", compressor="top_j")


def test_local_steps_by_hand():
    """f_m = F_m/2, F_1 = (x - 2)^2/2, F_2 = x^2; from theta = 1 with alpha = 1/2, twice.

    FedAvg: 1 -> 1.5 -> 1.75 and 1 -> 0 -> 0: mean 0.875. FedProx, mu = 1: 1 -> 1.5 -> 1.5 - (-.5 + .5)/2 = 1.5 and
    1 -> 0 -> 0 - (0 - 1)/2 = 0.5: mean 1.
    """
    problem, theta = scalars([1, 2], [2, 0]), np.ones(1)
    for made, expected, changes in ((method("fedavg", local_steps=2), 0.875, (0.75, -1)),
                                    (method("fedprox", local_steps=2, mu=1), 1.0, (0.5, -0.5))):
        known = context(alpha=0.5, workers=2, weights=problem.weights)
        sent = [made.worker_step(None, theta, Oracle(problem, m), known)[0] for m in (0, 1)]
        assert [s.values[0] for s in sent] == list(changes) and made.evaluations == 2
        server = made.server_step(made.init_server(theta), dict(enumerate(map(Outcome.delivered, sent))), known)
        assert made.model(server).tolist() == [expected]


class Oracle:
    """The gradient of one worker of `problem`, as a worker gets it."""

    def __init__(self, problem, worker):
        self.problem, self.worker, self.weight = problem, worker, float(problem.weights[worker])

    def __call__(self, theta):
        return self.problem.gradients(theta, [self.worker])[0]


def test_local_steps_shift_the_fixed_point_as_computed():
    """With r_m = (1 - alpha a_m)^E, x = mean of c_m + r_m (x - c_m): here r = (1/4, 0): x = 1.5/1.75, where f's is 2/3."""
    found = train(scalars([1, 2], [2, 0]), method("fedavg", local_steps=2, step_size=0.5), 60).theta
    assert found[0] == pytest.approx(1.5 / 1.75, rel=1e-12)
    assert train(scalars([1, 2], [2, 0]), method("fedavg", local_steps=1, step_size=0.5), 60).theta[0] == pytest.approx(2 / 3)


def test_a_worker_without_weight_changes_nothing():
    made = method("fedavg")
    sent, _ = made.worker_step(None, np.ones(2), Says(weight=0.0), context(weights=np.array([0.0])))
    assert sent.values.tolist() == [0, 0]


# --- limits: nothing compressed is gradient descent ---

GD_LIMITS = [
    ("top_j", {"j": "100 %"}), ("rand_j", {"j": "100 %"}), ("ef21", {"compressor": {"type": "top_j", "j": "100 %"}}),
    ("ef21", {"compressor": {"type": "rand_j", "j": "100 %"}}), ("ef21", {"compressor": {"type": "hard_threshold", "limit": 0}}),
    ("ef21", {"compressor": {"type": "threshold", "xi": 0}}), ("diana", {"compressor": {"type": "rand_j", "j": "100 %"}}),
    ("fedavg", {"local_steps": 1}), ("fedprox", {"local_steps": 1, "mu": 3})]


@pytest.mark.parametrize("problem", [quadratic(), regression()], ids=["quadratic", "unequal shards"])
@pytest.mark.parametrize("type, fields", GD_LIMITS, ids=lambda value: str(value))
def test_limit_is_gradient_descent(problem, type, fields):
    expected = train(problem, method("gd"), 60).theta
    assert np.abs(train(problem, method(type, **fields), 60).theta - expected).max() <= 1e-12 * np.abs(expected).max()


@pytest.mark.parametrize("type, fields", [("qgd", {"levels": 2**24}), ("diana", {"compressor": {"levels": 2**24}})])
def test_many_levels_are_gradient_descent(type, fields):
    """A level is 6e-8 of the norm; 60 steps of 1/(2L) add up to some 1e-6 of the start's gradient."""
    problem = quadratic()
    expected = train(problem, method("gd"), 60).theta
    away = np.abs(train(problem, method(type, **fields), 60).theta - expected).max()
    assert 0 < away <= 1e-6 * np.abs(problem.gradients(problem.start(), range(4))).sum()


def test_all_samples_are_no_minibatch():
    problem = regression()
    full = train(problem, method("qsgd", batch=40), 20).theta
    assert np.array_equal(full, train(problem, method("qgd"), 20).theta)
    assert not np.array_equal(full, train(problem, method("qsgd", batch=5), 20).theta)
    assert not np.array_equal(*(train(problem, method("fedavg", batch=b), 5).theta for b in (5, None)))


def test_fedprox_without_its_term_is_fedavg():
    problem = regression()
    with_term, without, fedavg = (train(problem, method(*kind, local_steps=4), 20).theta if len(kind) == 1 else
                                  train(problem, method("fedprox", mu=kind[1], local_steps=4), 20).theta
                                  for kind in (("fedprox", 2.0), ("fedprox", 0), ("fedavg",)))
    assert np.array_equal(without, fedavg) and not np.allclose(with_term, fedavg)


@pytest.mark.parametrize("bits", [64, 32, 16])
@pytest.mark.parametrize("xi", ["1 L", "0.1 L", 0])
def test_ef21_with_a_threshold_is_gd_soec_with_beta_1(bits, xi):
    problem = quadratic(workers=3, size=20, condition=50.0)
    ours, theirs = method("ef21", compressor={"type": "threshold", "xi": xi}), method("gd_soec", beta=1, xi=xi)
    made = [train(problem, kind, 80, values=ValueFormat(bits)) for kind in (ours, theirs)]
    assert np.array_equal(made[0].theta, made[1].theta) and np.array_equal(made[0].entries, made[1].entries)
    assert xi != "1 L" or made[0].entries.sum() < 80 * 3 * 20 / 2  # and it does leave entries out


# --- convergence ---

@pytest.mark.parametrize("type, fields, rounds", [
    ("ef21", {"compressor": {"type": "top_j", "j": 3}, "step_size": "0.2/L"}, 1500),
    ("ef21", {"compressor": {"type": "rand_j", "j": 6}, "step_size": "0.1/L"}, 2800),
    ("ef21", {"compressor": "threshold"}, 600), ("diana", {"step_size": "0.3/L"}, 1500),
    ("diana", {"compressor": {"type": "rand_j", "j": 6}, "step_size": "0.2/L"}, 2000)])
def test_the_noise_dies_out(type, fields, rounds):
    problem = quadratic()
    assert error(problem, train(problem, method(type, **fields), rounds).theta) < 1e-20 * error(problem, problem.start())


@pytest.mark.parametrize("type, fields, unlike", [
    ("qgd", {}, 1), ("top_j", {"j": 3}, 1), ("ef_signsgd", {}, 1), ("fedavg", {"step_size": "0.1/L"}, 1),
    ("signsgd", {"step_size": 0.02}, 0)])
def test_a_constant_step_ends_at_a_plateau_and_a_decaying_one_lower(type, fields, unlike):
    """signSGD with like workers only: the vote of unlike ones has another minimum."""
    problem = quadratic(heterogeneity=unlike)
    start, ends = error(problem, problem.start()), []
    for decay in ("constant", {"type": "inverse", "after": 80}):
        errors = [error(problem, made.after) for made in rounds_of(problem, method(type, decay=decay, **fields), 800)]
        ends.append(np.mean(errors[-100:]))
    assert 1e-12 * start < ends[0] < 0.3 * start and ends[1] < 0.7 * ends[0], [end / start for end in ends]


def test_divergence_says_what_to_try():
    with pytest.raises(Diverged, match="local_steps = 5"):
        train(quadratic(), method("fedavg", step_size="9/L"), 200)
    with pytest.raises(Diverged, match="what is held back acts late"):
        train(quadratic(), method("rand_j", j=1, step_size="1.5/L"), 400)


# --- what every method owes its callers ---

@pytest.mark.parametrize("type, fields", TEN, ids=lambda value: str(value))
def test_the_servers_step_ends_with_the_proximal_operator(type, fields):
    made, seen = method(type, batch=None, **fields), []
    prox = lambda theta, alpha: seen.append(alpha) or np.full_like(theta, 7.0)  # noqa: E731
    known = context(alpha=0.5, prox=prox, weights=np.ones(1), smoothness=1.0)
    sent, _ = made.worker_step(made.init_worker(np.zeros(6)), np.zeros(6), Says(*[np.arange(1.0, 7.0)] * 2), known)
    after = made.model(made.server_step(made.init_server(np.zeros(6)), {0: Outcome.delivered(sent)}, known))
    assert after.tolist() == [7] * 6 and seen == [0.5 * made.evaluations]


@pytest.mark.parametrize("type, fields", TEN, ids=lambda value: str(value))
@pytest.mark.parametrize("bits", [64, 32, 16, 8])
def test_float32_models_stay_float32(type, fields, bits):
    made, theta = method(type, batch=None, **fields), np.zeros(6, dtype=np.float32)
    known = context(alpha=0.5, weights=np.ones(1), smoothness=1.0, bits=bits)
    gradients = [np.linspace(-1, 2, 6).astype(np.float32) for _ in range(4)]
    state, server = made.init_worker(theta), made.init_server(theta)
    for _ in range(2):
        sent, state = made.worker_step(state, theta, Says(*[gradients.pop() for _ in range(made.evaluations)]), known)
        received = sent.take(np.arange(sent.entries) > 0)
        state = made.settle(state, sent, received)
        server = made.server_step(server, {0: Outcome.delivered(received)}, known)
        theta = made.model(server)
        arrays = [sent.values, theta, *(v for v in vars(state).values() if isinstance(v, np.ndarray))] if state else [theta]
        arrays += getattr(server, "last", {}).values()
        assert all(array.dtype == np.float32 for array in arrays)
        assert sent.grid is None or sent.grid.holds(sent.values)


def test_an_unknown_smoothness_is_named_with_its_key():
    problem = quadratic()
    problem.smoothness = None
    with pytest.raises(InputError, match="algorithm.compressor.xi 1 L needs the smoothness constant L"):
        contexts(method("ef21", step_size=0.1, compressor="threshold"), problem)
    with pytest.raises(InputError, match="algorithm.mu 2 L needs"):
        contexts(method("fedprox", step_size=0.1, mu="2 L"), problem)
