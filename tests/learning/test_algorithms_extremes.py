"""Steps, thresholds and counters at the ends of what a float holds, and what a method says of itself before a run."""

import math

import numpy as np
import pytest

from algorithms_a_cases import method, quadratic, rounds_of
from wirelesssim.errors import InputError
from wirelesssim.learning.algorithm import Algorithm, Context
from wirelesssim.learning.algorithms.history import per_step, scaled
from wirelesssim.learning.guard import Diverged
from wirelesssim.learning.objectives import Quadratic
from wirelesssim.learning.rounds import contexts
from wirelesssim.learning.train import train
from wirelesssim.learning.update import Update
from wirelesssim.rng import Streams

KNOWN = sorted(name for name, leaf in Algorithm.known.items() if leaf.__module__.startswith("wirelesssim."))
FASTEST = {"type": "geometric", "every": 1}  # alpha 10^-(k-1): below 2^-1074, and so 0, from round 325 on


def whole(name, **fields):
    """A known method with full gradients."""
    return method(name, **({"batch": None} if Algorithm.known[name].batch else {}) | fields)


@pytest.mark.parametrize("factor, squared, product", [
    (3.0, 4.0, 36.0), (1e160, 1e-300, 1e20), (1e300, 0.0, 0.0), (math.inf, 0.0, 0.0), (1e300, 1.0, math.inf), (0.0, 1e300, 0.0)])
def test_a_scaled_square(factor, squared, product):
    assert scaled(factor, squared) == pytest.approx(product, rel=1e-15)


@pytest.mark.parametrize("alpha, squared, limit", [(0.25, 3.0, 12.0), (1e-160, 1e-300, 0.25e20), (1e-200, 1e-3, math.inf),
                                                   (0.0, 1e-300, math.inf), (0.0, 0.0, 0.0), (1e-320, 0.0, 0.0)])
def test_a_move_in_the_units_of_a_gradient(alpha, squared, limit):
    """M = 4 workers whose thresholds a policy doubles: (2/(4 alpha))^2 = 1/(4 alpha^2) times the squared move."""
    context = Context(alpha=alpha, workers=4, xi_scale=2.0)
    assert per_step(squared, context) == pytest.approx(limit, rel=1e-14)


@pytest.mark.parametrize("name", KNOWN)
def test_a_step_that_decays_to_nothing_ends_no_run(name):
    """Memories empty while alpha vanishes; nothing of it is divergence, and f ends below its start."""
    problem = quadratic(workers=3, dimension=6)
    made = train(problem, whole(name, decay=FASTEST), 340, optimum=problem.optimum().value)
    assert len(made.error) == 341 and np.isfinite(made.error).all() and made.error[-1] < made.error[0]


@pytest.mark.parametrize("name", KNOWN)
def test_a_step_too_small_to_matter_moves_nothing_and_ends_no_run(name):
    """Squares of such moves are below binary64; a scale that is sent in binary32 is 2^-100 at least."""
    problem = quadratic(workers=3, dimension=6)
    made = train(problem, whole(name, step_size=1e-160), 5, optimum=problem.optimum().value)
    assert made.error[-1] == made.error[0] and 0 < np.abs(made.theta).max() < (1e-28 if name == "ef_signsgd" else 1e-150)


def test_a_threshold_beyond_binary64_censors_all_but_the_first_round():
    problem = quadratic(workers=3, dimension=6)
    made = train(problem, method("cgd", xi=1e300, step_size="0.01/L"), 5)
    assert made.entries.tolist() == [0, 18, 0, 0, 0, 0]


@pytest.mark.parametrize("every, name, step", [(10, "rand_j", "0.02/L"), (20, "ef_signsgd", "0.5/L"), (1, "chb", "0.5/L")])
def test_what_memories_release_under_a_decayed_step_is_no_divergence(every, name, step):
    """The step of an error memory, or of momentum, stays when alpha falls by 10^6 and more: ||step||/alpha is not ||g||."""
    problem = quadratic(seed=3, workers=4, dimension=50)
    made = train(problem, method(name, step_size=step, decay={"type": "geometric", "every": every}), 12 * every + 20,
                 optimum=problem.optimum().value)
    assert made.error[-1] < made.error[0]


def test_signs_of_small_gradients_are_no_divergence():
    """Features of 1e-6 scale f, and with it every gradient, by 1e-12: a step of alpha sqrt(d) is 1e10 times alpha ||g||, and
    descends all the same."""
    problem = quadratic(dimension=10)
    problem.matrices, problem.vectors, problem.matrix = problem.matrices * 1e-12, problem.vectors * 1e-12, problem.matrix * 1e-12
    made = train(problem, method("signsgd"), 200)
    assert made.objective[-1] < made.objective[0]


# Seeds on which xi_j = 1 (xi = 10) was seen to diverge, without loss, among 0 to 39.
@pytest.mark.parametrize("step, workers, dimension, condition, seed", [
    ("0.5/L", 4, 12, 10.0, 14), ("0.5/L", 3, 5, 100.0, 15), ("1/L", 4, 12, 10.0, 10)])
def test_lag_ps_converges_at_its_defaults_where_the_papers_diverge(step, workers, dimension, condition, seed):
    problem = Quadratic(dimension=dimension, condition=condition).problem(None, workers, Streams(seed))
    best = problem.optimum().value
    with pytest.raises(Diverged), np.errstate(over="ignore", invalid="ignore"):
        train(problem, method("lag_ps", xi=10, step_size=step), 1500, optimum=best)
    made = train(problem, method("lag_ps", step_size=step), 1500, optimum=best)
    assert made.error[-1] <= 1e-6 * made.error[0]


def test_the_defaults_of_the_heavy_ball():
    """epsilon = 0.1 and momentum = 0.4. alpha M = 1: the limit is 0.1 of a squared move; theta^3 - theta^2 is -alpha SUM g and
    0.4 of the move before."""
    made, problem = method("chb", step_size=0.2), quadratic(workers=5)
    assert made.limit((4.0,), contexts(made, problem)(1)) == pytest.approx(0.4, rel=1e-14)
    first, second = rounds_of(problem, made, 2)
    expected = -0.2 * second.server.total + 0.4 * (first.after - first.here)
    assert second.after - second.here == pytest.approx(expected, rel=1e-12)


def laq_worker(size=40):
    """A method, and a call that makes a worker's next step with a gradient of its own."""
    made, problem, random = method("laq", step_size=0.1), quadratic(workers=2, dimension=2), np.random.default_rng(2)
    context, start = contexts(made, problem)(1), np.zeros(size)
    return made, made.init_worker(start), lambda state: made.worker_step(
        state, start, lambda _at: random.standard_normal(size), context)


def test_a_repair_of_an_older_upload_leaves_what_the_last_one_owes():
    """The answer to upload 1 is lost; of upload 2 the last 10 of 40 entries are; its answer also tells that upload 1 arrived:
    10 are owed, and round 3 speaks."""
    made, state, step = laq_worker()
    first, state = step(state)
    nothing = first.take(np.zeros(40, dtype=bool))
    state = made.settle(state, first, nothing)
    assert state.lost == 40
    second, state = step(state)
    assert state.lost == 0
    state = made.settle(state, nothing, first, steps_late=1)
    state = made.settle(state, second, second.take(np.arange(40) < 30))
    assert state.lost == 10 and not step(state)[0].silent


@pytest.mark.parametrize("seed", range(5))
def test_what_laq_owes_is_what_its_last_upload_lacks(seed):
    """Uploads lose entries, answers are lost and repair comes later: `lost` is the entries of the last upload that the worker
    believes missing, never below 0, and a worker that owes is never silent."""
    made, state, step = laq_worker()
    random, messages, last, owed, seen = np.random.default_rng(seed), [], 0, 0, set()
    for number in range(1, 60):
        update, state = step(state)
        assert not update.silent or owed == 0
        arrived = update.take(random.random(update.entries) < 0.7)
        heard = random.random() < 0.5
        if heard:
            for earlier, sent in messages:
                state = made.settle(state, Update.empty(40), sent, number - earlier)
                if earlier == last:
                    owed -= sent.entries
            messages = []
        believed = arrived if heard else update.take(np.zeros(update.entries, dtype=bool))
        state = made.settle(state, update, believed)
        if not update.silent:
            last, owed = number, update.entries - believed.entries
        if not heard and not arrived.silent:
            messages.append((number, arrived))
        assert state.lost == owed >= 0
        seen.add((update.silent, heard, owed > 0))
    assert {(False, True, True), (False, False, True)} <= seen


@pytest.mark.parametrize("name", [*KNOWN, "diana_rand"])
def test_the_grid_that_a_method_names_is_that_of_its_updates(name):
    fields = {"compressor": {"type": "rand_j", "j": 3}} if name == "diana_rand" else {}
    made, problem = whole(name.removesuffix("_rand"), **fields), quadratic(workers=3, dimension=6)
    sent = [update for one in rounds_of(problem, made, 4) for update in one.sent.values() if not update.silent]
    assert sent
    for update in sent:
        assert (update.grid is None) == (made.wire_grid is None)
        if update.grid is not None:
            for part in ("steps", "odd", "unit", "bits"):
                assert getattr(update.grid, part) == getattr(made.wire_grid, part)


@pytest.mark.parametrize("name, fields, size, key", [
    ("diana", {"beta": 1}, 50, "algorithm.beta"),
    ("gd_sec", {"coordinates": {"type": "list", "values": [1, 2]}}, 3, "algorithm.coordinates.values")])
def test_a_method_says_for_which_models_it_is_none(name, fields, size, key):
    made = method(name, **fields)
    for refuse in (lambda: made.fits(size), lambda: made.init_worker(np.zeros(size))):
        with pytest.raises(InputError, match=f"^{key} must "):
            refuse()
    assert whole("gd_sec").fits(size) is None
