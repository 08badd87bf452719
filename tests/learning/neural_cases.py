"""What the tests of neural networks share: small problems on random and on real samples."""

import numpy as np

from wirelesssim.data import Data
from wirelesssim.learning.objectives import Objective, Samples
from wirelesssim.model import build
from wirelesssim.rng import Streams

MLP = {"type": "mlp", "hidden": [7, 5], "activation": "tanh"}


def random_samples(features=6, classes=3, samples=50, workers=4, seed=0):
    """Gaussian features (n, d), labels that every class has, and shards of unequal size."""
    random = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(classes), random.integers(0, classes, samples - classes)])
    cuts = np.sort(random.choice(np.arange(1, samples), workers - 1, replace=False))
    shards = np.split(random.permutation(samples), cuts)
    return Samples(random.standard_normal((samples, features)), labels, shards, random.standard_normal((9, features)),
                   labels[:9], np.arange(classes))


def made(objective, samples=None, seed=1):
    """The problem of a mapping on `samples`, random ones unless given."""
    samples = samples or random_samples()
    return build(Objective, objective).problem(samples, len(samples.shards), Streams(seed, 0, "learning"))


def real_samples(name, train, test, workers):
    """Samples of a real set, dealt out in equal parts."""
    split = build(Data, {"type": name, "train": train, "test": test}).split(Streams(1, 0, "learning"))
    return Samples(split.train_features, split.train_labels, np.array_split(np.arange(train), workers),
                   split.test_features, split.test_labels, split.classes)


def central(problem, theta, directions, step=1e-5):
    """The slopes of the value along `directions` (k, d), by central differences, whose error is of order step^2."""
    return np.array([(problem.value(theta + step * v) - problem.value(theta - step * v)) / (2 * step) for v in directions])
