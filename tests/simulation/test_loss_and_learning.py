"""What lost packets do to learning, in whole runs: settled, open loop, with lost acknowledgements; and the rules of GD."""

import numpy as np
import pytest

from learning_cases import CHANNEL, apart, errors, lossy, run, settings_of
from wirelesssim.learning.algorithm import Algorithm, Fate, Outcome
from wirelesssim.learning.algorithms.gd import GradientDescent
from wirelesssim.learning.objectives import Quadratic
from wirelesssim.learning.rounds import contexts
from wirelesssim.learning.update import Update
from wirelesssim.model import build
from wirelesssim.nodes.feedback import Settlement
from wirelesssim.rng import Streams
from wirelesssim.simulation import Simulation

ROUNDS = 30 * 10 + 100  # 30 L/mu + 100 with L/mu = 10
FLOOR = 1e-12


def packets_a_message(simulation):
    uplink = [row.packets for row in simulation.recorder.transmissions if row.direction == "uplink"]
    return np.mean(uplink)


CASES = [(seed, mtu, bits) for seed, mtu, bits in ((1, 60, 64), (2, 100, 64), (3, 60, 32), (4, 150, 16))]


@pytest.mark.parametrize("seed, mtu, bits", CASES)
def test_settled_loss_costs_nothing_in_the_end(seed, mtu, bits):
    made = run(seed=seed, stop={"rounds": ROUNDS}, channel=CHANNEL, transport=lossy(mtu),
               codec={"type": "auto", "value_bits": bits})
    assert packets_a_message(made) > 2 or bits == 16
    assert 0.15 < sum(r.packets_lost for r in made.recorder.transmissions) / sum(
        r.packets for r in made.recorder.transmissions) < 0.25  # > 3000 packets at 20 %: 7 standard deviations
    assert errors(made)[-1] <= FLOOR
    assert apart(made) <= 1e-12


@pytest.mark.parametrize("seed, mtu, bits", CASES[:3])
def test_open_loop_ends_on_a_plateau(seed, mtu, bits):
    made = run(seed=seed, stop={"rounds": 2 * ROUNDS}, channel=CHANNEL, transport=lossy(mtu), feedback="none",
               codec={"type": "auto", "value_bits": bits})
    found = errors(made)
    assert 0.5 < found[2 * ROUNDS] / found[ROUNDS] < 2 and found[ROUNDS:].min() > 1e-6
    assert apart(made) > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("condition", [10, 100])
def test_settled_against_open_loop_on_many(seed, condition):
    rounds, objective = 30 * condition + 100, {"type": "quadratic", "dimension": 50, "condition": condition}
    settled = run(seed=seed, stop={"rounds": rounds}, channel=CHANNEL, transport=lossy(60), objective=objective)
    assert errors(settled)[-1] <= FLOOR and apart(settled) <= 1e-12
    blind = run(seed=seed, stop={"rounds": 2 * rounds}, channel=CHANNEL, transport=lossy(60), objective=objective,
                feedback="none")
    found = errors(blind)
    assert 0.5 < found[2 * rounds] / found[rounds] < 2 and found[rounds:].min() > 1e-6 and apart(blind) > 1e-3


@pytest.mark.parametrize("kind, more", [("unreliable", {}), ("arq", {"retries": 1}),
                                        ("arq", {"retries": 1, "scheme": "stop_and_wait"})])
@pytest.mark.parametrize("ack_loss", [0.02, 0.3])
def test_lost_acknowledgements_are_repaired(kind, more, ack_loss):
    """What was rolled back and had arrived is repaired by the next acknowledgement: no plateau at 4e-2."""
    made = run(stop={"rounds": ROUNDS + 200}, channel=CHANNEL, transport=lossy(60, ack_loss, kind, **more))
    believed_lost = sum(r.delivered - r.acknowledged for r in made.recorder.transmissions)
    assert believed_lost > 50  # there was something to repair
    assert errors(made)[-1] <= FLOOR


def test_without_the_repair_there_is_a_plateau(monkeypatch):
    repaired = Settlement.__call__

    def forgetful(self, state, sending, heard):
        self._doubtful.clear()
        return repaired(self, state, sending, heard)

    monkeypatch.setattr(Settlement, "__call__", forgetful)
    made = run(stop={"rounds": ROUNDS + 200}, channel=CHANNEL, transport=lossy(60, 0.02))
    assert errors(made)[-1] > 1e-4 and apart(made) > 1e-3


@pytest.mark.parametrize("algorithm", ["gd_sec", "gd_soec"])
@pytest.mark.parametrize("ack_loss, rounds", [(0.0, 30), (0.3, 30), (0.3, 31), (1.0, 5)])
def test_law_7_holds_but_for_the_receipts_that_are_not_in(algorithm, ack_loss, rounds):
    """h - SUM h_m is beta times what arrived without the worker's knowing it yet, and nothing else, at any instant."""
    made = run(stop={"rounds": rounds}, channel=CHANNEL, transport=lossy(60, ack_loss), algorithm=algorithm)
    method, gap = made.settings.algorithm, made.server.state.h - sum(worker.state.h for worker in made.workers)
    owed = np.zeros_like(gap)
    for worker in made.workers:
        for sending in worker.settlement._doubtful:
            owed += method.beta * (sending.arrived.dense() - sending.believed.dense())
    scale = max(max(np.abs(worker.state.h).max() for worker in made.workers), np.abs(made.server.state.h).max())
    assert np.abs(gap - owed).max() <= 1e-12 * scale
    assert np.any(owed) == (ack_loss > 0)


@pytest.mark.parametrize("ack_loss, stop", [(0.0, 60), (0.3, 60), (0.5, 60), (1.0, 4)])
def test_law_2_in_whole_runs(ack_loss, stop):
    """theta^{K+1} - alpha e = theta^0 - alpha SUM_k grad f(theta^k), whatever was lost, put back and repaired, however late;
    what is still in doubt after the last round is repaired here, as the next acknowledgement would."""
    made = Simulation(settings_of(stop={"rounds": stop}, channel=CHANNEL, transport=lossy(60, ack_loss)))
    models, observe = [], made.server.observe
    made.server.observe = lambda number, before, *rest: models.append(before) or observe(number, before, *rest)
    made.run()
    method, memory, late = made.settings.algorithm, 0.0, []
    for worker in made.workers:
        for sending in worker.settlement._doubtful:
            late.append(worker.steps - sending.step)
            worker.state = method.settle(worker.state, sending.believed, sending.arrived, late[-1])
        memory = memory + worker.state.error
    gradients = np.sum([made.problem.gradients(theta, range(4)).sum(axis=0) for theta in models], axis=0)
    virtual = made.server.state.theta - 0.5 * memory
    assert len(models) == stop and made.recorder.divergence is None
    assert np.abs(virtual + 0.5 * gradients).max() <= 1e-12 * np.abs(made.server.state.theta).max()
    assert max(late, default=0) == 3 if ack_loss == 1 else bool(late) == (ack_loss > 0)


def test_sixteen_bits_agree_under_loss():
    made = run(stop={"rounds": 60}, channel=CHANNEL, transport=lossy(60), codec={"type": "auto", "value_bits": 16})
    assert apart(made) <= 1e-12 and 1e-9 < errors(made)[-1] < 1e-1  # in the middle of its way: there is something to agree on


def test_burst_and_packet_fidelity_both_settle():
    made = run(stop={"rounds": ROUNDS}, channel=CHANNEL, transport=lossy(60), fidelity="packet")
    assert errors(made)[-1] <= FLOOR and apart(made) <= 1e-12


def delivered(size, indices, values):
    return Outcome.delivered(Update(size, None if indices is None else np.array(indices), np.array(values, dtype=float)))


def gd_steps(rule, rounds, workers=2, size=3):
    """The sums that GD applies in each round, alpha = 1."""
    method, problem = GradientDescent(step_size=1.0), Quadratic(dimension=size).problem(None, workers, Streams(0))
    state, applied = method.init_server(problem.start()), []
    for number, outcomes in enumerate(rounds, 1):
        before = method.model(state)
        state = method.server_step(state, outcomes, contexts(method, problem, missing=rule)(number))
        applied.append((before - method.model(state)).tolist())
    return applied


def test_the_rules_for_what_is_missing_by_hand():
    """Two workers, three coordinates. Round 1: (1 2 3) arrives whole, of (10 20 30) only the middle. Round 2: worker 0 is lost,
    (40 50 60) arrives without its last. Round 3: nothing arrives, worker 1 is late."""
    rounds = [{0: delivered(3, None, [1, 2, 3]), 1: delivered(3, [1], [20])},
              {0: Outcome(Fate.LOST), 1: delivered(3, [0, 1], [40, 50])},
              {0: Outcome(Fate.LOST), 1: Outcome(Fate.LATE)}]
    assert gd_steps("zero", rounds) == [[1, 22, 3], [40, 50, 0], [0, 0, 0]]
    assert gd_steps("rescale", rounds) == [[2, 22, 6], [80, 100, 0], [0, 0, 0]]  # times 2/(number that arrived)
    assert gd_steps("keep_last", rounds) == [[1, 22, 3], [41, 52, 3], [41, 52, 3]]


def test_what_is_kept_is_the_servers_own():
    """A kept gradient is not an array that the worker goes on with, nor is a later partial arrival written into it."""
    whole = Update(3, None, np.array([1.0, 2.0, 3.0]))
    rounds = [{0: Outcome.delivered(whole)}, {0: delivered(3, [0], [7])}, {0: Outcome(Fate.LOST)}]
    assert gd_steps("keep_last", rounds, workers=1) == [[1, 2, 3], [7, 2, 3], [7, 2, 3]]
    assert whole.values.tolist() == [1, 2, 3]


@pytest.mark.parametrize("rule, converges", [("keep_last", True), ("zero", False), ("rescale", False)])
def test_only_keep_last_converges_under_loss(rule, converges):
    """2 % loss, constant steps: a gradient that is missing now and then is noise of the size of a worker's own gradient."""
    made = run(stop={"rounds": ROUNDS}, channel=CHANNEL | {"loss": "2 %"}, transport=lossy(100), algorithm="gd",
               server={"missing": rule})
    found = errors(made)
    if converges:
        assert found[-1] <= FLOOR
    else:
        assert np.median(found[-100:]) > 1e-4 and 0.2 < np.median(found[-100:]) / np.median(found[-200:-100]) < 5


@pytest.mark.parametrize("algorithm, rule", [("gd_sec", "zero"), ("gd_soec", "rescale")])
def test_methods_with_a_memory_do_not_heed_the_rule(algorithm, rule):
    runs = [run(channel=CHANNEL, transport=lossy(), algorithm=algorithm, server={"missing": missing})
            for missing in ("keep_last", rule)]
    assert runs[0].recorder.rounds == runs[1].recorder.rounds
    held = [made.aggregate(made.init_server(np.zeros(3))) for made in (build(Algorithm, algorithm), build(Algorithm, "gd"))]
    assert held[0] is not None and held[1] is None


def test_the_four_fates_are_told_apart():
    """Three coordinates below their thresholds are silence; a marker that is lost is LOST, and known only by its absence."""
    sections = {"stop": {"rounds": 100}, "channel": CHANNEL, "objective": {"type": "quadratic", "dimension": 3},
                "algorithm": {"type": "gd_sec", "xi": "20 L"}}
    made = run(transport=lossy(100), **sections)
    rows = made.recorder.rounds[1:]
    assert all(row.workers_heard + row.workers_silent + row.workers_lost == 4 for row in rows)
    silent = [row for row in made.recorder.transmissions if row.payload_bits == 0]
    assert len(silent) > 50 and sum(row.workers_silent for row in rows) == sum(row.delivered for row in silent) < len(silent)
    assert sum(row.workers_lost for row in rows) == sum(row.delivered == 0 for row in made.recorder.transmissions)
    assert all(row.workers_late == row.workers_unscheduled == 0 for row in rows)
    free = run(transport=lossy(100, silence="free"), **sections)
    assert [row.entries_sent for row in free.recorder.rounds] == [row.entries_sent for row in made.recorder.rounds]
    assert free.recorder.rounds[-1].uplink_on_air_bits < made.recorder.rounds[-1].uplink_on_air_bits
