"""What the tests of GD-SEC's family and of the methods with held gradients share: problems, and rounds with losses."""

from dataclasses import dataclass

import numpy as np
from sklearn.datasets import load_digits

from wirelesssim.learning.algorithm import Algorithm, Fate, Outcome
from wirelesssim.learning.gradients import Gradients
from wirelesssim.learning.objectives import Logistic, Quadratic, Samples
from wirelesssim.learning.objectives.quadratic import QuadraticProblem
from wirelesssim.learning.rounds import contexts
from wirelesssim.learning.values import ValueFormat
from wirelesssim.model import build
from wirelesssim.rng import Streams


def method(name, **fields):
    """The algorithm `name` with `fields`."""
    return build(Algorithm, {"type": name, **fields})


def quadratic(seed=1, workers=5, dimension=20, condition=20.0):
    """A random quadratic of unlike workers, L = 1."""
    return Quadratic(dimension=dimension, condition=condition).problem(None, workers, Streams(seed))


def twins(b):
    """Two workers with f_m = theta^2/4 - b theta/2 each: L = 1, L_m = 1/2, grad f_m = (theta - b)/2, minimum at b, d = 1."""
    return QuadraticProblem(np.eye(1), np.array([b]), 1.0, np.full((2, 1, 1), 0.5), np.full((2, 1), b / 2))


def odd_digits():
    """Odd against even of 200 digits, sorted by class among 6 workers: logistic regression with l2 = 0.01."""
    features, labels = load_digits(return_X_y=True)
    features, labels = features[:200] / 16, labels[:200]
    shards = np.array_split(np.argsort(labels, kind="stable"), 6)
    return Logistic(l2=1e-2).problem(Samples(features, labels % 2, shards, None, None, np.array([0, 1])), 6, Streams(0))


@dataclass
class Round:
    """Round k: theta^k and theta^{k+1} (d,), the gradients used and updates by worker, and the states after it."""

    number: int
    here: np.ndarray
    after: np.ndarray
    gradients: dict
    sent: dict
    received: dict
    workers: list
    server: object


def rounds_of(problem, algorithm, rounds, loss=0.0, entries=3, seed=0, bits=64):
    """`rounds` rounds; packets of `entries` entries are lost with probability `loss`, and settled at once."""
    context_at, random = contexts(algorithm, problem, ValueFormat(bits)), np.random.default_rng(seed)
    theta, source = problem.start(), Gradients(problem)
    server, workers = algorithm.init_server(theta), [algorithm.init_worker(theta) for _ in range(problem.workers)]
    for number in range(1, rounds + 1):
        context = context_at(number)
        outcomes = {m: Outcome(Fate.UNSCHEDULED) for m in range(problem.workers)}
        gradients, sent, received = {}, {}, {}
        asked = sorted(algorithm.select(server, context))
        source.announce(theta, asked)
        for m in asked:
            gradients[m] = source.of(m, algorithm, context)(theta)
            sent[m], workers[m] = algorithm.worker_step(workers[m], theta, source.of(m, algorithm, context), context)
            packets = random.random(-(-sent[m].entries // entries)) >= loss
            received[m] = sent[m].take(np.repeat(packets, entries)[:sent[m].entries])
            workers[m] = algorithm.settle(workers[m], sent[m], received[m])
            if algorithm.speaks(m, context):
                lost = Outcome(Fate.LOST) if received[m].silent else Outcome.delivered(received[m])
                outcomes[m] = Outcome(Fate.SILENT) if sent[m].silent else lost
        server = algorithm.server_step(server, outcomes, context)
        after = algorithm.model(server)
        yield Round(number, theta, after, gradients, sent, received, workers, server)
        theta = after


def last_of(problem, algorithm, rounds, **how):
    """The last of `rounds_of`."""
    *_, last = rounds_of(problem, algorithm, rounds, **how)
    return last


def excess(problem, theta):
    """f(theta) - f* of a quadratic, without the cancellation of a difference."""
    away = theta - problem.theta_star
    return 0.5 * float(away @ problem.matrix @ away)


def rounds_to(problem, algorithm, target, most, minimum):
    """The first round after which f - `minimum` <= `target`, and the messages sent till then; fails after `most` rounds."""
    messages = 0
    for made in rounds_of(problem, algorithm, most):
        messages += sum(not update.silent for update in made.sent.values())
        if problem.value(made.after) - minimum <= target:
            return made.number, messages
    raise AssertionError(f"{algorithm.type_name} is not within {target} of the minimum after {most} rounds")
