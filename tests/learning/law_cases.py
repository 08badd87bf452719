"""What the tests of laws share: random quadratics, and a loop that loses entries as it is told to."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from wirelesssim.learning.algorithm import Fate, Outcome
from wirelesssim.learning.algorithms.gd_sec import GradientDescentSEC
from wirelesssim.learning.gradients import Gradients
from wirelesssim.learning.objectives import Quadratic
from wirelesssim.learning.rounds import contexts
from wirelesssim.learning.values import ValueFormat
from wirelesssim.rng import Streams


@st.composite
def quadratics(draw):
    """A random quadratic, from one worker to seven, from like to unlike workers; L = 1."""
    made = Quadratic(dimension=draw(st.integers(1, 25)), condition=draw(st.sampled_from([1.0, 3.0, 30.0, 300.0])),
                     heterogeneity=draw(st.sampled_from([0.0, 0.5, 1.0])))
    return made.problem(None, draw(st.integers(1, 7)), Streams(draw(st.integers(0, 10_000))))


@st.composite
def methods(draw, kind=GradientDescentSEC, largest_alpha=0.5):
    """`kind` with alpha L <= `largest_alpha` and alpha beta xi <= 1.5, where everything that was tried converged; one xi for
    all coordinates, or larger where f is flat, or where it is steep."""
    alpha, beta = draw(st.floats(0.05, largest_alpha)), draw(st.sampled_from([0.01, 0.1, 0.5, 1.0]))
    coordinates = draw(st.sampled_from(["uniform", {"type": "smoothness", "power": -1}, {"type": "smoothness", "power": 2}]))
    return kind(step_size=alpha, beta=beta, xi=draw(st.floats(0.0, 1.5)) / (alpha * beta), coordinates=coordinates)


def largest_thresholds(algorithm, problem):
    """xi_i, (d,) or a number: that of `algorithm` for each coordinate."""
    weights = algorithm.coordinates.weights(contexts(algorithm, problem)(1))
    return algorithm.xi.at(1.0) * (1.0 if weights is None else weights)


@dataclass
class Round:
    """Round k: theta^{k-1}, theta^k, theta^{k+1}, SUM_m grad f_m(theta^k), all (d,), and the states after it."""

    number: int
    before: np.ndarray
    here: np.ndarray
    after: np.ndarray
    gradient: np.ndarray
    workers: list
    server: object
    sent: dict
    received: dict


def rounds_of(problem, algorithm, rounds, lose=None, bits=64, settle=True):
    """Rounds of `algorithm`, all workers in each; `lose(round, worker, update)` gives the part of an update that arrives."""
    context_at = contexts(algorithm, problem, values=ValueFormat(bits))
    theta = before = problem.start()
    server = algorithm.init_server(theta)
    workers = [algorithm.init_worker(theta) for _ in range(problem.workers)]
    for number in range(1, rounds + 1):
        context, gradients = context_at(number), problem.gradients(theta, range(problem.workers))
        outcomes, sent, received = {}, {}, {}
        for m in range(problem.workers):
            oracle = Gradients(problem).of(m, algorithm, context)
            sent[m], workers[m] = algorithm.worker_step(workers[m], theta, oracle, context)
            received[m] = lose(number, m, sent[m]) if lose else sent[m]
            if settle:
                workers[m] = algorithm.settle(workers[m], sent[m], received[m])
            outcomes[m] = Outcome.delivered(received[m]) if received[m].entries else Outcome(Fate.LOST)
        server = algorithm.server_step(server, outcomes, context)
        after = algorithm.model(server)
        yield Round(number, before, theta, after, gradients.sum(axis=0), workers, server, sent, received)
        before, theta = theta, after


def memory(workers):
    """SUM_m e_m, (d,)."""
    return np.sum([state.error for state in workers], axis=0)


def mirrors(workers):
    """SUM_m h_m, (d,)."""
    return np.sum([state.h for state in workers], axis=0)


def apart(server, workers):
    """max |h - SUM h_m| relative to the largest |h_m|."""
    scale = max(np.abs(state.h).max() for state in workers)
    return np.abs(server.h - mirrors(workers)).max() / scale if scale else np.abs(server.h).max()


def error(problem, theta):
    """f(theta) - f* = (theta - theta*)^T A (theta - theta*)/2, without the cancellation of a difference."""
    away = theta - problem.theta_star
    return 0.5 * float(away @ problem.matrix @ away)


def packets_lost(probability, seed, entries):
    """A `lose` for `rounds_of`: packets of `entries` entries, each lost with `probability`."""
    random = np.random.default_rng(seed)

    def lose(_round, _worker, update):
        packets = -(-update.entries // entries)
        return update.take(np.repeat(random.random(packets) >= probability, entries)[:update.entries])

    return lose
