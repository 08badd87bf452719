"""The contract of a user's own model: finds the check of its family and runs it."""

from __future__ import annotations

import dataclasses

import numpy as np

from ..errors import InputError
from ..learning.algorithm import Algorithm
from ..learning.codec import Codec
from ..learning.contracts.algorithm import check_algorithm
from ..learning.contracts.codec import check_codec
from ..learning.contracts.objective import check_objective
from ..learning.objectives import Objective, Samples
from ..model import Model, build
from ..radio.contracts import check_fading, check_loss, check_path_loss
from ..radio.fading import Fading
from ..radio.loss import Loss
from ..radio.pathloss import PathLoss
from ..rng import Streams

__all__ = ["check_model"]


def check_model(cls: type[Model]) -> str:
    """Make `cls` with its defaults and run its family's contract; what was checked, in words. InputError if it does not hold."""
    try:
        instance = build(next(base for base in cls.__mro__ if "family" in base.__dict__), {"type": cls.type_name})
    except InputError as error:
        needed = [item.name for item in dataclasses.fields(cls)
                  if item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING]
        if needed:
            return f"defined; not checked further, since {', '.join(needed)} has no default"
        raise error
    check = next((check for family, check in _CHECKS.items() if isinstance(instance, family)), None)
    if check is None:
        return "defined; its family has no contract"
    try:
        check(instance)
    except InputError:
        raise
    except Exception as error:
        what = "does not keep its contract" if isinstance(error, AssertionError) else f"failed with {type(error).__name__}"
        said = " ".join(str(error).split())  # one line, also of a compiler's page
        raise InputError(f"{cls.family} {cls.type_name!r} {what}: {said}") from error
    if isinstance(instance, Algorithm) and type(instance).settle is Algorithm.settle:
        return "keeps its contract; it has no `settle`, so that entries which are lost are forgotten"
    return "keeps its contract"


def _check_objective(objective: Objective) -> None:
    random = np.random.default_rng(3)
    features, labels = random.standard_normal((40, 6)), np.arange(40) % 2
    samples = Samples(features[:30], labels[:30], np.array_split(np.arange(30), 3), features[30:], labels[30:], np.array([0, 1]))
    check_objective(objective.problem(samples if objective.needs_data else None, 3, Streams(3)))


_CHECKS = {Algorithm: check_algorithm, Codec: check_codec, Objective: _check_objective, Loss: check_loss,
           PathLoss: check_path_loss, Fading: check_fading}
