"""What the tests of methods with compressors share: problems, contexts, and a loop that loses entries as it is told to."""

from dataclasses import dataclass

import numpy as np

from wirelesssim.learning.algorithm import Algorithm, Context, Fate, Outcome
from wirelesssim.learning.gradients import Gradients
from wirelesssim.learning.objectives import Linear, Quadratic
from wirelesssim.learning.objectives.problem import Samples
from wirelesssim.learning.objectives.quadratic import QuadraticProblem
from wirelesssim.learning.rounds import contexts
from wirelesssim.learning.values import ValueFormat
from wirelesssim.model import build
from wirelesssim.rng import Streams

STREAMS = Streams(3, domain="learning")


def method(type, **fields):
    """The algorithm that a scenario would name."""
    return build(Algorithm, {"type": type, **fields})


def quadratic(workers=4, size=12, condition=10.0, seed=7, heterogeneity=1.0):
    made = Quadratic(dimension=size, condition=condition, heterogeneity=heterogeneity)
    return made.problem(None, workers, Streams(seed))


def regression(counts=(40, 20, 10, 10), size=6, seed=1):
    """Least squares on random samples, so many of them at each worker: weights 1/2, 1/4, 1/8, 1/8 unless said."""
    random, n = np.random.default_rng(seed), sum(counts)
    features = random.standard_normal((n, size))
    labels = features @ random.standard_normal(size) + 0.3 * random.standard_normal(n)
    shards = np.split(np.arange(n), np.cumsum(counts)[:-1])
    return Linear(l2=0.01).problem(Samples(features, labels, shards), len(counts), Streams(seed))


def scalars(curvatures, minima):
    """M workers on the line: f_m = w_m F_m, F_m(x) = (a_m/2)(x - c_m)^2, w_m = 1/M."""
    a, c = np.array(curvatures, dtype=float), np.array(minima, dtype=float)
    share = a / len(a)
    centre = (share * c).sum() / share.sum()
    return QuadraticProblem(share.sum().reshape(1, 1), centre.reshape(1), float(share.sum()), share.reshape(-1, 1, 1),
                            (share * c).reshape(-1, 1))


def context(round=1, workers=1, bits=64, **known):
    """A round's context by hand; alpha = 1 unless said."""
    random = lambda *name: STREAMS.counted("algorithm", *name)(round)  # noqa: E731
    return Context(**{"alpha": 1.0, "workers": workers, "round": round, "values": ValueFormat(bits), "random": random, **known})


class Says:
    """An oracle that answers with the given gradients, one after the other."""

    def __init__(self, *gradients, worker=0, weight=1.0):
        self.answers, self.worker, self.weight, self.samples = [np.asarray(g) for g in gradients], worker, weight, 0

    def __call__(self, theta):
        return self.answers.pop(0)


@dataclass
class Round:
    """theta^k, theta^{k+1}, the states after round k and SUM of the gradients of those who stepped."""

    here: np.ndarray
    after: np.ndarray
    gradient: np.ndarray
    workers: list
    server: object
    alpha: float


def rounds_of(problem, algorithm, rounds, loss=0.0, bits=64, settle=True, seed=5, missing="keep_last"):
    """Rounds of `algorithm`; each sent entry is lost with probability `loss`, and settled before the next step."""
    context_at = contexts(algorithm, problem, values=ValueFormat(bits), missing=missing, streams=STREAMS)
    random, theta = np.random.default_rng(seed), problem.start()
    server = algorithm.init_server(theta)
    workers = [algorithm.init_worker(theta) for _ in range(problem.workers)]
    for k in range(1, rounds + 1):
        now, asked = context_at(k), sorted(algorithm.select(server, context_at(k)))
        gradients, stepped = Gradients(problem), np.zeros(problem.size)
        gradients.announce(theta, asked)
        outcomes = {m: Outcome(Fate.UNSCHEDULED) for m in range(problem.workers)}
        for m in asked:
            stepped += gradients.at(theta, m)
            sent, workers[m] = algorithm.worker_step(workers[m], theta, gradients.of(m, algorithm, now), now)
            received = sent.take(random.random(sent.entries) >= loss) if loss else sent
            if settle:
                workers[m] = algorithm.settle(workers[m], sent, received)
            if algorithm.speaks(m, now):
                fate = Fate.SILENT if sent.silent else Fate.LOST
                outcomes[m] = Outcome(fate) if received.silent else Outcome.delivered(received)
        server = algorithm.server_step(server, outcomes, now)
        here, theta = theta, algorithm.model(server)
        yield Round(here, theta, stepped, workers, server, now.alpha)


def error(problem, theta):
    """f(theta) - f* of a quadratic, without the cancellation of a difference."""
    away = theta - problem.theta_star
    return 0.5 * float(away @ problem.matrix @ away)
