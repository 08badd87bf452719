"""Every method in whole lossy runs: who settles stays in agreement and converges where theory says, who does not is seen."""

import numpy as np
import pytest

from learning_cases import CHANNEL, aggregate_gap, errors, lossy, run, settings_of
from wirelesssim.learning.algorithm import Algorithm
from wirelesssim.simulation import Simulation

KNOWN = sorted(name for name, leaf in Algorithm.known.items() if leaf.__module__.startswith("wirelesssim."))
FIELDS = {**{name: {"batch": None} for name in ("sgd", "sgd_sec", "qsgd", "qsgd_sec")},  # a quadratic has no samples
          "ef21": {"compressor": {"type": "top_j", "j": 10}}, "top_j": {"j": 6}, "rand_j": {"j": 15, "step_size": "0.2/L"}}
# full gradients and what is withheld vanishes with the steps, or with a contraction: linear convergence at a constant step
CONVERGING = {"gd": 120, "sgd": 120, "gd_sec": 160, "sgd_sec": 160, "qsgd_sec": 160, "gd_soec": 120, "cgd": 120, "chb": 120,
              "lag_wk": 120, "lag_ps": 180, "laq": 120, "diana": 160, "ef21": 160, "cyc_iag": 520, "nounif_iag": 560}
PLATEAU = {"no_state", "qgd", "qsgd", "top_j", "rand_j", "ef_signsgd", "signsgd", "fedavg", "fedprox"}
SMALL = {"type": "quadratic", "dimension": 30, "condition": 4}  # alpha mu = 1/8: f - f* falls by (7/8)^2 a round, 1e-13 in 112
ONCE = lossy(100, 0.0, "arq", retries=0)


def method(name, **more):
    return {"type": name} | FIELDS.get(name, {}) | more


def test_every_method_has_its_place_here():
    assert set(KNOWN) == set(CONVERGING) | PLATEAU and not set(CONVERGING) & PLATEAU


@pytest.mark.parametrize("name", KNOWN)
def test_settled_loss(name):
    """20 % of the packets lost, none sent again, every loss known: both ends agree to 1e-12; f - f* to 1e-12 of its start."""
    made = run(algorithm=method(name), stop={"rounds": CONVERGING.get(name, 60)}, objective=SMALL, channel=CHANNEL,
               transport=ONCE)
    assert sum(row.packets_lost for row in made.recorder.transmissions) > 0 and made.recorder.divergence is None
    gap, found = aggregate_gap(made), errors(made)
    assert gap is None or gap <= 1e-12
    if name in CONVERGING:
        assert found[-1] <= 1e-12
    else:
        assert 1e-9 < found[-1] < 1.2  # noise, or a bias, that a constant step does not get below


@pytest.mark.parametrize("name", [name for name in KNOWN if Algorithm.known[name].aggregate is not Algorithm.aggregate
                                  and name != "no_state"])
def test_unsettled_loss_parts_the_two_ends(name):
    """The open loop: what the test above would see of a method that did not settle."""
    made = run(algorithm=method(name), stop={"rounds": 80}, objective=SMALL, channel=CHANNEL, transport=ONCE, feedback="none")
    assert aggregate_gap(made) > 1e-3 and errors(made)[-1] > 1e-9


@pytest.mark.parametrize("name", KNOWN)
def test_a_lossy_run_is_a_function_of_its_seed(name):
    sections = {"algorithm": method(name), "stop": {"rounds": 8}, "channel": CHANNEL, "transport": lossy(60, 0.3),
                "access": "tdma"}
    first, again = (run(**sections).recorder for _ in range(2))
    assert first.rounds == again.rounds and first.transmissions == again.transmissions and first.workers == again.workers
    other = run(**sections, seed={"learning": 1, "radio": 2}).recorder.rounds
    assert other[-1].objective != first.rounds[-1].objective


def observed(**sections):
    """A run, its models theta^1 ... theta^K and the outcomes of every round; doubts that are left are repaired at the end."""
    made, models, outcomes = Simulation(settings_of(**sections)), [], []
    observe = made.server.observe

    def watch(number, before, after, heard, *rest):
        models.append(before)
        outcomes.append(heard)
        return observe(number, before, after, heard, *rest)

    made.server.observe, algorithm = watch, made.settings.algorithm
    made.run()
    for worker in made.workers:
        for sending in worker.settlement._doubtful:
            worker.state = algorithm.settle(worker.state, sending.believed, sending.arrived, worker.steps - sending.step)
    return made, models, outcomes


def owed(made):
    """SUM_m of what the workers owe, (d,), and its largest entry."""
    context = made.server.contexts(len(made.recorder.rounds) - 1)
    all_owed = [made.settings.algorithm.owed(worker.state, context) for worker in made.workers]
    return sum(all_owed), max(np.abs(vector).max() for vector in all_owed)


ALONE = {"type": "full"}
HALF = {"type": "round_robin", "fraction": 0.5, "absent": "accumulate"}
DRAWN = {"type": "random", "fraction": 0.4, "absent": "accumulate"}


@pytest.mark.parametrize("participation", [ALONE, HALF, DRAWN], ids=lambda way: way["type"])
@pytest.mark.parametrize("ack_loss", [0.0, 0.4])
@pytest.mark.parametrize("name", ["gd_sec", "no_state", "sgd_sec", "qsgd_sec", "top_j", "rand_j", "ef_signsgd"])
def test_law_2_of_the_family(name, ack_loss, participation):
    """theta - SUM owed = theta^0 - alpha SUM_k SUM_m grad f_m(theta^k), whatever was lost, repaired late, or may not speak."""
    made, models, _ = observed(algorithm=method(name, participation=participation), stop={"rounds": 40}, objective=SMALL,
                               channel=CHANNEL, transport=lossy(60, ack_loss))
    alpha = made.settings.algorithm.step_size.at(1.0)
    expected = -alpha * np.sum([made.problem.gradients(theta, range(4)).sum(axis=0) for theta in models], axis=0)
    theta, (memory, largest) = made.settings.algorithm.model(made.server.state), owed(made)
    assert len(models) == 40 and made.recorder.divergence is None and largest > 0
    assert np.abs(theta - memory - expected).max() <= 1e-12 * max(largest, np.abs(theta).max())
    gap = aggregate_gap(made)
    assert gap is None or gap <= 1e-12
    assert (sum(row.workers_unscheduled for row in made.recorder.rounds) > 0) == (participation is not ALONE)


@pytest.mark.parametrize("way", ["round_robin", "random"])
@pytest.mark.parametrize("name", ["gd_sec", "gd_soec", "ef21", "cgd", "laq", "diana"])
def test_frozen_workers_agree(name, way):
    """Half of the workers a round, frozen meanwhile, 20 % loss and lost acknowledgements: all repaired, both ends agree."""
    made, *_ = observed(algorithm=method(name, participation={"type": way, "fraction": 0.5}), stop={"rounds": 60},
                        objective=SMALL, channel=CHANNEL, transport=lossy(60, 0.3))
    assert aggregate_gap(made) <= 1e-12
    assert all(row.workers_unscheduled == 2 for row in made.recorder.rounds[1:])


@pytest.mark.parametrize("way", ["round_robin", "random"])
def test_a_repair_is_as_late_as_the_steps_that_its_worker_made(way):
    """GD-SEC, frozen workers, acknowledgements lost: the server uses its own h_m for a frozen worker, so that server steps which
    it sat out cost nothing: t^{k+1} = t^k - alpha (SUM_asked g_m + SUM_frozen h_m), h_m what the server holds of m."""
    made, models, outcomes = observed(
        algorithm={"type": "gd_sec", "participation": {"type": way, "fraction": 0.5}}, stop={"rounds": 41}, objective=SMALL,
        channel=CHANNEL, transport=lossy(60, 0.5))
    held, expected = np.zeros((4, 30)), np.zeros(30)
    for theta, heard in zip(models, outcomes):
        gradients = made.problem.gradients(theta, range(4))
        for m in range(4):
            frozen = heard[m].fate.value == "unscheduled"
            expected -= 0.5 * (held[m] if frozen else gradients[m])
            if heard[m].update is not None:
                heard[m].update.add_to(held[m], 0.1)
    memory, largest = owed(made)
    assert np.abs(made.server.state.theta - memory - expected).max() <= 1e-12 * max(largest, 1.0)
    assert np.abs(held.sum(axis=0) - made.server.state.h).max() <= 1e-12


def test_law_3_with_participation_and_without_loss():
    """|e_m| <= (xi/M) |theta^k - the last model that m received|, for whoever spoke last."""
    made, models, outcomes = observed(
        algorithm={"type": "gd_sec", "participation": "round_robin"}, stop={"rounds": 30}, objective=SMALL)
    for m, worker in enumerate(made.workers):
        seen = [theta for theta, heard in zip(models, outcomes) if heard[m].fate.value != "unscheduled"]
        assert np.all(np.abs(worker.state.error) <= 5.0 / 4 * np.abs(seen[-1] - seen[-2]) * (1 + 1e-12))
