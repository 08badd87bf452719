"""CGD, CHB, LAG, LAQ and the incremental methods: rounds by hand, limits, convergence, what they save, what settles."""

import copy
import dataclasses

import numpy as np
import pytest

from algorithms_a_cases import Round, excess, last_of, method, odd_digits, quadratic, rounds_of, rounds_to, twins
from wirelesssim.errors import InputError
from wirelesssim.learning.algorithm import Fate, Outcome
from wirelesssim.learning.algorithms.history import lazy_limit
from wirelesssim.learning.codec import Dense
from wirelesssim.learning.gradients import Gradients
from wirelesssim.learning.objectives import Linear, Samples
from wirelesssim.learning.objectives.quadratic import QuadraticProblem
from wirelesssim.learning.rounds import contexts
from wirelesssim.learning.update import Update
from wirelesssim.rng import Streams

CENSORED = ["cgd", "chb", "lag_wk"]
INCREMENTAL = ["cyc_iag", "nounif_iag"]
HELD = [*CENSORED, "lag_ps", "laq", *INCREMENTAL]


def spoke(made: Round):
    return [not made.sent[m].silent for m in sorted(made.sent)]


# By hand, `twins(b)` with alpha = 1/2, M = 2: round 1, g = -b/2 each, both upload; theta^2 = b/2, moved by b/2. Round 2,
# g = -b/4, delta = b/4, delta^2 = b^2/16, (alpha M)^2 = 1, move^2 = b^2/4. If both upload, theta^3 = b/2 + b/4; if not, b.

@pytest.mark.parametrize("kind, fields, sent", [
    ("cgd", {"xi": 0.99}, True), ("cgd", {"xi": 1.0}, False), ("cgd", {"xi": 1.01}, False),  # b/4 > (xi/2) b/2
    ("chb", {"epsilon": 0.249, "momentum": 0}, True), ("chb", {"epsilon": 0.25, "momentum": 0}, False),  # b^2/16 > eps b^2/4
    ("lag_wk", {"xi": 2.49}, True), ("lag_wk", {"xi": 2.5}, False), ("lag_wk", {"xi": 0.25, "depth": 1}, False),  # xi/10 for eps
    ("lag_ps", {"xi": 2.49}, True), ("lag_ps", {"xi": 2.5}, False)])  # L_m^2 move^2 = b^2/16
def test_the_second_round_by_hand(kind, fields, sent):
    first, second = rounds_of(twins(2.0), method(kind, step_size=0.5, **fields), 2)
    assert spoke(first) == [True, True] and first.after.item() == 1.0
    assert spoke(second) == ([] if kind == "lag_ps" and not sent else [sent, sent])
    assert second.after.item() == (1.5 if sent else 2.0)


@pytest.mark.parametrize("kind, fields, limit", [("cgd", {"xi": 3.0}, 36.0), ("chb", {"epsilon": 0.5}, 8.0),
                                                 ("lag_wk", {"xi": 5.0}, 8.0)])
def test_a_radio_that_doubles_thresholds_makes_squared_limits_fourfold(kind, fields, limit):
    """alpha M = 1, M = 2, a squared move of 4: (2 * 3/2)^2 * 4, 2^2 * 0.5 * 4, 2^2 * (5/10) * 4."""
    made = method(kind, step_size=0.5, **fields)
    context = dataclasses.replace(contexts(made, twins(2.0))(1), xi_scale=2.0)
    assert made.limit((4.0,), context) == pytest.approx(limit, rel=1e-14)


@pytest.mark.parametrize("kind", ["lag_wk", "lag_ps"])
@pytest.mark.parametrize("xi, sent", [(4.9, True), (5.0, False)])
def test_the_third_round_of_lag_by_hand(kind, xi, sent):
    """Silent in round 2, so theta^3 = b: g = 0, delta^2 = L_m^2 ||theta^3||^2 = b^2/4 > (xi/10) (b^2/4 + b^2/4) iff xi < 5."""
    third = last_of(twins(2.0), method(kind, step_size=0.5, xi=xi), 3)
    assert any(spoke(third)) == sent and third.after.item() == (2.0 if sent else 3.0)


def test_a_heavy_ball_by_hand():
    """b = 2, alpha = 1/2, momentum 1/4, epsilon = 0: SUM g = -1 at theta^2 = 1, so theta^3 = 1 + 0.5 + 0.25 (1 - 0) = 1.75;
    SUM g = -0.25 there, so theta^4 = 1.75 + 0.125 + 0.25 * 0.75 = 2.0625."""
    models = [made.after.item() for made in rounds_of(twins(2.0), method("chb", step_size=0.5, epsilon=0, momentum=0.25), 3)]
    assert models == [1.0, 1.75, 2.0625]


def test_lazy_limit_by_hand():
    """alpha = 0.5, M = 5 (a step that has halved since round 1), xi/D = 0.6/3, moves 4 + 2 + 1 (a fourth is too old): 0.2 * 7
    / 6.25."""
    made = method("lag_wk", step_size=1.0, decay={"type": "inverse", "after": 1})
    context = contexts(made, quadratic())(2)
    assert lazy_limit(0.6, 3, (4.0, 2.0, 1.0, 9.0), context) == pytest.approx(0.2 * 7 / 6.25, rel=1e-14)


@pytest.mark.parametrize("kind, fields", [("cgd", {"xi": 0}), ("chb", {"epsilon": 0, "momentum": 0}), ("lag_wk", {"xi": 0}),
                                          ("lag_ps", {"xi": 0})])
@pytest.mark.parametrize("seed", [1, 2])
def test_without_censoring_it_is_gradient_descent(kind, fields, seed):
    problem = quadratic(seed)
    plain = rounds_of(problem, method("gd"), 80)
    for made, descent in zip(rounds_of(problem, method(kind, **fields), 80), plain):
        assert np.abs(made.after - descent.after).max() <= 1e-12 * np.abs(descent.after).max()


def test_censoring_without_momentum_is_cgd():
    """epsilon/(alpha M)^2 = (xi/M)^2 for xi = sqrt(epsilon)/alpha; LAG-WK with one move is the same again."""
    problem = quadratic()
    made = [list(rounds_of(problem, one, 60)) for one in (
        method("cgd", step_size=0.5, xi=1.0), method("chb", step_size=0.5, epsilon=0.25, momentum=0),
        method("lag_wk", step_size=0.5, xi=0.25, depth=1))]
    assert 0 < sum(sum(spoke(one)) for one in made[0]) < 60 * 5
    for one, other, third in zip(*made):
        assert spoke(one) == spoke(other) == spoke(third)
        assert np.abs(one.after - other.after).max() <= 1e-12 * np.abs(one.after).max()


def test_many_bits_make_laq_gradient_descent():
    """24 bits and xi = 0: |g - Q| <= R/2^24, so that every round uploads and the models agree to some 1e-6."""
    problem = quadratic()
    for made, descent in zip(rounds_of(problem, method("laq", bits=24, xi=0), 60), rounds_of(problem, method("gd"), 60)):
        assert np.abs(made.after - descent.after).max() <= 1e-6 * np.abs(descent.after).max()
        assert all(spoke(made))


@pytest.mark.parametrize("kind", INCREMENTAL)
def test_one_worker_alone_is_gradient_descent(kind):
    problem = quadratic(workers=1)
    for made, descent in zip(rounds_of(problem, method(kind), 60), rounds_of(problem, method("gd"), 60)):
        assert np.abs(made.after - descent.after).max() <= 1e-12 * np.abs(descent.after).max()


def test_cyclic_by_hand():
    """b = 2, alpha = 1, M = 2, steps of 1/2: worker 0 at 0 sends -1; theta = 0.5. Worker 1 sends -0.75; theta = 0.5 + 0.875 =
    1.375. Worker 0 has g = -0.3125, sends 0.6875; SUM = -1.0625; theta = 1.90625."""
    made = list(rounds_of(twins(2.0), method("cyc_iag", step_size=1.0), 3))
    assert [list(one.sent) for one in made] == [[0], [1], [0]] and made[2].sent[0].values.tolist() == [0.6875]
    assert made[2].after.item() == 1.90625


def test_non_uniform_draws_follow_the_smoothness():
    """L_m = (1, 2, 0, 5)/8: of 4000 rounds each worker gets its share within 4.5 standard errors (false alarm 4 * 6.8e-6)."""
    shares = np.array([1.0, 2.0, 0.0, 5.0]) / 8
    problem = QuadraticProblem(np.eye(1), np.ones(1), 1.0, shares.reshape(4, 1, 1), shares.reshape(4, 1))
    made = method("nounif_iag")
    context_at = contexts(made, problem)
    counts = np.bincount([made.select(None, context_at(number))[0] for number in range(1, 4001)], minlength=4)
    assert counts[2] == 0 and counts.sum() == 4000
    assert np.all(np.abs(counts - 4000 * shares) <= 4.5 * np.sqrt(4000 * shares * (1 - shares)))


def test_where_nothing_curves_draws_are_uniform():
    problem = QuadraticProblem(np.zeros((1, 1)), np.zeros(1), 1.0, np.zeros((3, 1, 1)), np.zeros((3, 1)))
    made = method("nounif_iag")
    asked = {made.select(None, contexts(made, problem)(number))[0] for number in range(1, 60)}
    assert asked == {0, 1, 2}


def test_laq_quantises_by_hand():
    """g = (1, 0.2), q = 0, b = 2: R = 1, tau = 1/3, 2 tau R = 2/3: l = floor(3 + .5) = 3, floor(1.8 + .5) = 2; Q = (1, 1/3), of
    32 + 2 * 2 bits of payload; err = (0.2 - 1/3)^2."""
    made, problem = method("laq", bits=2, step_size=0.1), quadratic(workers=2, dimension=2)
    start = np.zeros(2)
    sent, state = made.worker_step(made.init_worker(start), start, lambda _at: np.array([1.0, 0.2]), contexts(made, problem)(1))
    assert sent.indices is None and sent.values == pytest.approx([1, 1 / 3], rel=1e-15) and sent.grid.bits == 2
    assert np.array_equal(state.held, sent.values) and state.error == pytest.approx((0.2 - 1 / 3) ** 2, rel=1e-12)
    assert Dense().packets(sent, 10_000).payload_bits.sum() == 36


@pytest.mark.parametrize("change, sent", [((0.158, 0.158), False), ((0.159, 0.159), True), ((0.253, 0), False),
                                          ((0.254, 0), True)])
def test_the_trigger_of_laq_by_hand(change, sent):
    """q = (1, 1/3), err_m = 0.01 of the last upload; theta moved by (0.1, 0), alpha M = 0.2, xi/D = 0.08: 25 * 0.08 * 0.01 =
    0.02. New g = q + (c, c): R = c, Q = g exactly, so the limit is 0.02 + 3 * 0.01 = 0.05, and ||Q - q||^2 = 2 c^2; c = 0.1581
    at the limit. With g = q + (c, 0) instead b = 2 quantises 0 to c/3: err = c^2/9, ||Q - q||^2 = 10 c^2/9, the limit
    0.05 + c^2/3: c^2 (7/9) = 0.05, c = 0.2535."""
    made, problem = method("laq", bits=2, step_size=0.1), quadratic(workers=2, dimension=2)
    context, start, held = contexts(made, problem)(2), np.zeros(2), np.array([1, 1 / 3])
    state = made.init_worker(start)
    state.held, state.error, state.silent_rounds = held.copy(), 0.01, 0
    update, state = made.worker_step(state, start + [0.1, 0], lambda _at: held + change, context)
    assert (not update.silent) == sent and state.silent_rounds == (0 if sent else 1)


def test_laq_speaks_first_and_after_a_long_silence():
    """xi so large that no news matter: rounds 1, 5, 9 with `longest_silence` 3."""
    problem, made = quadratic(), method("laq", xi=1e9, longest_silence=3, step_size="0.01/L")
    assert [number for number, one in enumerate(rounds_of(problem, made, 10), 1) if any(spoke(one))] == [1, 5, 9]


@pytest.mark.parametrize("fate, speaks", [("delivered", False), ("lost", True), ("part", True), ("repaired", False)])
def test_laq_speaks_first_and_after_a_loss(fate, speaks):
    """g = (1, .02, .02, ...), d = 400, b = 2: the small ones become 1/3, err = 399 * 0.098 = 39.2, ||Q||^2 = 45.3 < 3 * 39.2: the
    rule alone would never let it speak. The first round does; and a loss that is known does, till it is repaired."""
    made, problem = method("laq", bits=2, step_size=0.1), quadratic(workers=2, dimension=2)
    gradient, start = np.full(400, 0.02), np.zeros(400)
    gradient[0] = 1.0
    sent, state = made.worker_step(made.init_worker(start), start, lambda _at: gradient, contexts(made, problem)(1))
    assert not sent.silent and state.error == pytest.approx(399 * (1 / 3 - 0.02) ** 2)
    received = {"delivered": sent, "part": sent.take(np.arange(400) < 399)}.get(fate, sent.take(np.zeros(400, dtype=bool)))
    state = made.settle(state, sent, received)
    if fate == "repaired":
        state = made.settle(state, received, sent)
    again, _ = made.worker_step(state, start, lambda _at: gradient, contexts(made, problem)(2))
    assert (not again.silent) == speaks


def test_laq_has_nothing_to_say_where_nothing_is_new():
    made, problem = method("laq"), quadratic(workers=2, dimension=2)
    start = np.zeros(2)
    sent, state = made.worker_step(made.init_worker(start), start, lambda _at: np.zeros(2), contexts(made, problem)(1))
    assert sent.silent and not state.held.any()


def test_the_server_of_lag_ps_knows_what_it_has():
    """thetahat advances when all of an update arrived or there was none, and stays after a loss, whole or in part."""
    problem, made = quadratic(workers=4, dimension=3), method("lag_ps")
    context, theta = contexts(made, problem)(1), problem.start()
    state = made.init_server(theta)
    assert made.select(state, context) == [0, 1, 2, 3]
    whole, part = Update(3, None, np.ones(3)), Update(3, np.array([0, 2]), np.ones(2))
    outcomes = {0: Outcome.delivered(whole), 1: Outcome.delivered(part), 2: Outcome(Fate.SILENT), 3: Outcome(Fate.LOST)}
    state = made.server_step(state, outcomes, context)
    assert sorted(state.reached) == [0, 2] and state.reached[0] is theta and state.total.tolist() == [2, 1, 2]
    assert set(made.select(state, contexts(made, problem)(2))) >= {1, 3}
    assert state.moves == (pytest.approx(9 * 0.25),)


@pytest.mark.parametrize("kind", HELD)
def test_every_method_reaches_the_minimum_of_a_quadratic(kind):
    problem = quadratic(5, workers=6)
    last = last_of(problem, method(kind), 3000 if kind in INCREMENTAL else 500)
    assert excess(problem, last.after) <= 1e-12 * excess(problem, problem.start())


@pytest.mark.parametrize("kind", HELD)
def test_every_method_reaches_the_target_of_gradient_descent_on_digits(kind):
    """f - f* <= 1e-4 within 1.2 times the rounds of gradient descent (M times as many for one worker a round)."""
    problem = odd_digits()
    minimum = problem.optimum().value
    descent, messages = rounds_to(problem, method("gd"), 1e-4, 4000, minimum)
    rounds, sent = rounds_to(problem, method(kind), 1e-4, 4000 if kind not in INCREMENTAL else 8 * descent, minimum)
    assert rounds <= 1.2 * descent * (6 if kind in INCREMENTAL else 1)
    assert sent <= (1.2 if kind in INCREMENTAL else 0.9) * messages


def lag_set():
    """LAG's synthetic linear regression: M = 9, X_m = 1.3^(m-1) q_m q_m^T + I, 50 x 50, so L_m grows with m (see `lag_wk`)."""
    random = np.random.default_rng(1)
    frame = np.linalg.qr(random.standard_normal((50, 50)))[0]
    blocks = [1.3**m * np.outer(frame[:, m], frame[:, m]) + np.eye(50) for m in range(9)]
    labels = np.tile(random.standard_normal(50), 9)
    return Linear(l2=0.0).problem(Samples(np.concatenate(blocks), labels, np.split(np.arange(450), 9)), 9, Streams(0))


@pytest.mark.parametrize("kind, fields, most, longer", [
    ("cgd", {}, 0.7, 2), ("chb", {}, 0.4, 2), ("lag_wk", {}, 0.3, 2), ("lag_ps", {}, 0.7, 2), ("lag_ps", {"xi": 10}, 0.3, 2),
    ("laq", {}, 0.5, 3)])
def test_lazy_workers_save_messages_in_the_setting_of_lag(kind, fields, most, longer):
    """At alpha = 1/L, to f - f* = 1e-8 (f(0) - f*): at most a fraction of gradient descent's messages, and so many times its
    rounds; four bits cost LAQ more rounds than whole gradients, and its messages are an eighth as long."""
    problem = lag_set()
    minimum = problem.optimum().value
    target = 1e-8 * (problem.value(problem.start()) - minimum)
    rounds, messages = rounds_to(problem, method("gd", step_size="1/L"), target, 3000, minimum)
    ours, sent = rounds_to(problem, method(kind, step_size="1/L", **fields), target, 3000, minimum)
    assert sent <= most * messages and ours <= longer * rounds


@pytest.mark.parametrize("bits", [64, 32, 16])
@pytest.mark.parametrize("kind", [*HELD, "gd_sec", "gd_soec"])
def test_server_and_workers_agree_at_half_of_the_packets_lost(kind, bits):
    """|aggregate - SUM mirrors| <= 2e-15 a round, of the largest gradient that was held or sent so far."""
    problem, made = quadratic(6), method(kind)
    size = 0.0
    for one in rounds_of(problem, made, 80, loss=0.5, entries=4, bits=bits):
        size = max([size, *(np.abs(made.mirror(state)).max() for state in one.workers),
                    *(np.abs(update.values).max(initial=0) for update in one.sent.values())])
        apart = np.abs(made.aggregate(one.server) - sum(made.mirror(state) for state in one.workers)).max()
        assert apart <= 2e-15 * one.number * size


@pytest.mark.parametrize("kind", [*HELD, "gd_sec", "gd_soec", "no_state"])
def test_settling_is_the_step_with_what_was_received(kind):
    """Dyadic numbers, so that all sums are exact: h or ghat by beta of what was received, e of the rest; nothing else changes."""
    made, problem = method(kind, step_size=0.5), quadratic(dimension=6, workers=2)
    start, gradient = np.zeros(6), np.array([4.0, -2.0, 1.0, 0.5, -8.0, 2.0])
    oracle = Gradients(problem).of(0, made, contexts(made, problem)(1))
    oracle_says = type("Says", (), {"worker": oracle.worker, "__call__": lambda self, _at: gradient})()
    sent, state = made.worker_step(made.init_worker(start), start, oracle_says, contexts(made, problem)(1))
    kept = copy.deepcopy(state)
    received = sent.take(np.array([True, False, True, True, False, True]))
    state = made.settle(state, sent, received)
    held = received.dense() * getattr(made, "beta", 1.0)
    if kind == "no_state":
        assert made.mirror(state) is None and np.array_equal(state.error, gradient - received.dense())
    else:
        assert made.mirror(state) == pytest.approx(held, rel=1e-15, abs=1e-15)
    if kind == "gd_sec":
        assert np.array_equal(state.error, gradient - received.dense())
    state = made.settle(state, received, sent)
    for name, value in vars(kept).items():
        assert np.allclose(getattr(state, name), value, rtol=1e-15, atol=1e-15), name


class Sparse(QuadraticProblem):
    """The quadratic with r = 0.05 ||theta||_1 beside it."""

    composite = True

    def prox(self, theta, alpha):
        return np.sign(theta) * np.maximum(np.abs(theta) - 0.05 * alpha, 0.0)


@pytest.mark.parametrize("kind", [*HELD, "gd_sec", "gd_soec"])
def test_with_an_l1_part_all_end_where_proximal_descent_ends(kind):
    """A stationary point does not depend on the step, if the proximal step is as long as the gradient's: alpha/M for IAG."""
    made = quadratic(7, workers=3, dimension=12)
    problem = Sparse(made.matrix, made.theta_star, made.strong_convexity, made.matrices, made.vectors)
    expected = last_of(problem, method("gd"), 600).after
    assert 0 < (expected == 0).sum() < 12 and np.abs(expected - made.theta_star).max() > 0.05
    assert np.abs(last_of(problem, method(kind), 2400).after - expected).max() <= 1e-8


@pytest.mark.parametrize("kind", ["lag_ps", *INCREMENTAL])
def test_who_chooses_itself_refuses_participation(kind):
    with pytest.raises(InputError, match="participation must be full"):
        method(kind, participation="round_robin")


@pytest.mark.parametrize("kind", ["cgd", "chb", "lag_wk", "laq"])
def test_half_of_the_workers_in_turn_reach_the_minimum(kind):
    problem = quadratic(8, workers=6)
    last = last_of(problem, method(kind, step_size="0.2/L", participation="round_robin"), 1500)
    assert excess(problem, last.after) <= 1e-10 * excess(problem, problem.start())


@pytest.mark.parametrize("kind", HELD)
def test_what_is_not_a_number_is_sent(kind):
    made, problem = method(kind), quadratic(dimension=3)
    context, start = contexts(made, problem)(1), np.zeros(3)
    with np.errstate(invalid="ignore"):
        sent, _ = made.worker_step(made.init_worker(start), start, lambda _at: np.array([1.0, np.nan, 2.0]), context)
    assert np.isnan(sent.values).any()


@pytest.mark.parametrize("kind, words", [("cgd", "smaller xi"), ("chb", "smaller epsilon"), ("lag_wk", "smaller xi"),
                                         ("lag_ps", "smaller xi"), ("laq", "more bits"), ("cyc_iag", "M = 5 rounds old")])
def test_hints_name_the_methods_own_parameters(kind, words):
    made, problem = method(kind), quadratic()
    hint = made.divergence_hint(contexts(made, problem)(1))
    assert words in hint and "alpha*L = 0.5" in hint
