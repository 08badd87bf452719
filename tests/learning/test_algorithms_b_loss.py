"""Loss: the virtual iterate of error feedback, agreement of mirrors, the rules for what is missing."""

import numpy as np
import pytest

from algorithms_b_cases import context, error, method, quadratic, rounds_of
from wirelesssim.learning.algorithm import Fate, Outcome
from wirelesssim.learning.update import Update

FEEDBACK = [("top_j", {"j": 3}), ("rand_j", {"j": 3}), ("ef_signsgd", {})]
HELD = [("diana", {}), ("diana", {"compressor": {"type": "rand_j", "j": 3}}), ("ef21", {"compressor": {"type": "top_j", "j": 3}}),
        ("ef21", {"compressor": {"type": "rand_j", "j": 3}}), ("ef21", {"compressor": "threshold"})]
ROUND_ROBIN = {"type": "round_robin", "fraction": 0.5}


def virtual(made):
    """theta^{k+1} - SUM e_m, and the size of what it is made of."""
    owed = sum(state.error for state in made.workers)
    return made.after - owed, np.abs(made.after).max() + sum(np.abs(state.error).max() for state in made.workers)


@pytest.mark.parametrize("absent", [None, "freeze", "accumulate"])
@pytest.mark.parametrize("bits", [64, 16, 4])
@pytest.mark.parametrize("loss", [0.0, 0.5])
@pytest.mark.parametrize("type, fields", FEEDBACK, ids=lambda value: str(value))
def test_the_virtual_iterate_descends_along_the_gradients(type, fields, loss, bits, absent):
    """t^{k+1} = t^k - alpha SUM g_m over those who stepped, whatever was compressed, lost and settled; a decaying alpha too."""
    problem, part = quadratic(), {} if absent is None else {"participation": {**ROUND_ROBIN, "absent": absent}}
    made_of = method(type, decay={"type": "inverse", "after": 20}, **fields, **part)
    before, sizes = problem.start(), []
    for made in rounds_of(problem, made_of, 60, loss, bits):
        now, size = virtual(made)
        assert np.abs(now - (before - made.alpha * made.gradient)).max() <= 1e-13 * max(size, 1e-3)
        before = now
        sizes.append(sum(np.abs(state.error).max() for state in made.workers))
    assert max(sizes) > 1e-3  # something was owed


@pytest.mark.parametrize("type, fields", FEEDBACK, ids=lambda value: str(value))
def test_unsettled_loss_breaks_the_virtual_iterate(type, fields):
    problem = quadratic()
    last = problem.start()
    for made in rounds_of(problem, method(type, **fields), 60, 0.2, settle=False):
        last = last - made.alpha * made.gradient
    assert np.abs(virtual(made)[0] - last).max() > 1e-3


@pytest.mark.parametrize("type, fields", FEEDBACK, ids=lambda value: str(value))
def test_accumulating_workers_step_and_frozen_ones_do_not(type, fields):
    """Four workers, two a round: accumulate puts alpha g into e without sending; freeze leaves e as it is."""
    problem, states = quadratic(), {}
    for absent in ("freeze", "accumulate"):
        made_of = method(type, participation={**ROUND_ROBIN, "absent": absent}, **fields)
        states[absent] = next(rounds_of(problem, made_of, 1)).workers
    gradients = problem.gradients(problem.start(), range(4))
    for m in (2, 3):  # round 1 has workers 0 and 1
        assert not states["freeze"][m].error.any()
        assert np.array_equal(states["accumulate"][m].error, 0.5 * gradients[m])


@pytest.mark.parametrize("bits", [64, 32, 16])
@pytest.mark.parametrize("part", [{}, {"participation": ROUND_ROBIN}], ids=["all", "round robin"])
@pytest.mark.parametrize("type, fields", HELD, ids=lambda value: str(value))
def test_worker_and_server_agree_under_settled_loss(type, fields, bits, part):
    problem, made_of = quadratic(), method(type, step_size="0.2/L", **fields, **part)
    for made in rounds_of(problem, made_of, 80, 0.5, bits):
        mirrors = [made_of.mirror(state) for state in made.workers]
        largest = max(np.abs(mirror).max() for mirror in mirrors)
        assert np.abs(made_of.aggregate(made.server) - sum(mirrors)).max() <= 1e-13 * max(largest, 1e-9)
    assert largest > 1e-3


@pytest.mark.parametrize("type, fields", HELD, ids=lambda value: str(value))
def test_worker_and_server_part_without_settling(type, fields):
    problem, made_of = quadratic(), method(type, step_size="0.2/L", **fields)
    *_, made = rounds_of(problem, made_of, 80, 0.2, settle=False)
    assert np.abs(made_of.aggregate(made.server) - sum(map(made_of.mirror, made.workers))).max() > 1e-3


@pytest.mark.parametrize("type, fields", [HELD[0], HELD[2]], ids=lambda value: str(value))
def test_settled_loss_does_not_stop_convergence(type, fields):
    problem = quadratic()
    *_, made = rounds_of(problem, method(type, step_size="0.2/L", **fields), 1600, 0.2)
    assert error(problem, made.after) < 1e-20 * error(problem, problem.start())


# --- what is missing ---

def outcomes():
    """Of four workers with weights 1/2, 1/4, 1/8, 1/8: all, half of it, lost, unscheduled."""
    half = Update(2, np.array([1]), np.array([8.0]))
    return {0: Outcome.delivered(Update(2, None, np.array([4.0, 4.0]))), 1: Outcome.delivered(half), 2: Outcome(Fate.LOST),
            3: Outcome(Fate.UNSCHEDULED)}


def first_round(made, known):
    """The server after a round in which all four sent (16, 16)."""
    everything = Update(2, None, np.array([16.0, 16.0]))
    return made.server_step(made.init_server(np.zeros(2)), {m: Outcome.delivered(everything) for m in range(4)}, known)


WEIGHTS = np.array([0.5, 0.25, 0.125, 0.125])


@pytest.mark.parametrize("type", ["gd", "qgd", "qsgd"])
@pytest.mark.parametrize("missing, expected", [
    ("keep_last", [4 + 16 + 16 + 16, 4 + 8 + 16 + 16]), ("zero", [4, 12]), ("rescale", [4 * 4 / 1, 12 * 4 / 2])])
def test_missing_gradients_by_hand(type, missing, expected):
    made, known = method(type), context(workers=4, missing=missing)
    before = first_round(made, known)
    assert made.model(before).tolist() == [-64, -64]
    after = made.server_step(before, outcomes(), known)
    assert (made.model(before) - made.model(after)).tolist() == expected


@pytest.mark.parametrize("type", ["fedavg", "fedprox"])
@pytest.mark.parametrize("missing, expected", [
    ("keep_last", [0.5 * 4 + 0.25 * 16 + 0.125 * 16, 0.5 * 4 + 0.25 * 8 + 0.125 * 16]), ("zero", [0.5 * 4, 0.5 * 4 + 0.25 * 8]),
    ("rescale", [7 / 8 * 4, 7 / 8 * (0.5 * 4 + 0.25 * 8) / 0.75])])
def test_missing_changes_by_hand(type, missing, expected):
    """The scheduled have 7/8 of the weight: the mean is over them; worker 3, unscheduled, never counts with its last change."""
    made, known = method(type), context(workers=4, missing=missing, weights=WEIGHTS)
    before = first_round(made, known)
    assert made.model(before).tolist() == [16, 16]
    after = made.server_step(before, outcomes(), known)
    assert made.model(after) - made.model(before) == pytest.approx(np.array(expected) / (7 / 8), rel=1e-14)


def test_nothing_is_known_before_the_first_and_of_nobody():
    lost = {m: Outcome(Fate.LOST) for m in range(2)}
    for type in ("gd", "fedavg"):
        for missing in ("keep_last", "zero", "rescale"):
            made, known = method(type), context(workers=2, missing=missing, weights=np.array([0.5, 0.5]))
            assert made.model(made.server_step(made.init_server(np.ones(2)), lost, known)).tolist() == [1, 1]
    absent = {m: Outcome(Fate.UNSCHEDULED) for m in range(2)}
    assert made.model(made.server_step(made.init_server(np.ones(2)), absent, known)).tolist() == [1, 1]


def test_a_part_that_arrives_does_not_write_into_what_was_sent():
    made, known = method("gd"), context(workers=1)
    first = Update(2, None, np.array([1.0, 2.0]))
    server = made.server_step(made.init_server(np.zeros(2)), {0: Outcome.delivered(first)}, known)
    made.server_step(server, {0: Outcome.delivered(Update(2, np.array([0]), np.array([9.0])))}, known)
    assert first.values.tolist() == [1, 2]


def plateau(missing, rounds, loss=0.02, type="gd"):
    problem = quadratic(workers=5, size=30, condition=30.0)
    errors = [error(problem, made.after) for made in rounds_of(problem, method(type), rounds, loss, missing=missing)]
    return np.mean(errors[-rounds // 5:]) / error(problem, problem.start())


def test_only_the_last_value_leads_gradient_descent_to_the_minimum():
    assert plateau("keep_last", 900) < 1e-14
    assert min(plateau("zero", 800), plateau("rescale", 800)) > 1e-5
    assert plateau("zero", 900, loss=0.0) < 1e-14


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_the_plateaus_have_the_size_that_we_know(seed):
    """f - f* at 2 % loss of entries after 4000 rounds: about 1e-2 with zeros and by rescaling, rounding with keep_last."""
    problem = quadratic(workers=9, size=50, condition=100.0, seed=seed)
    ends = {}
    for missing in ("keep_last", "zero", "rescale"):
        errors = [error(problem, made.after) for made in rounds_of(problem, method("gd"), 4000, 0.02, missing=missing, seed=seed)]
        ends[missing] = np.mean(errors[-500:])
    assert ends["keep_last"] < 1e-14
    assert 1e-3 < ends["zero"] < 1 and 1e-3 < ends["rescale"] < 1, ends
