"""The learning problem of a point: data, partition, objective and its minimum. What variants share is made once."""

from __future__ import annotations

import dataclasses
import json
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from threadpoolctl import threadpool_limits

from ..data import heterogeneity
from ..errors import InputError
from ..learning.objectives import Problem, Samples
from ..model import plain
from ..rng import Streams
from ..scenario import Settings
from .optima import known_optimum

__all__ = ["Prepared", "prepare"]

_KEPT = 2  # problems held in this process: replications change them, variants do not
_MADE: OrderedDict[str, Prepared] = OrderedDict()


@dataclass(frozen=True)
class Prepared:
    """A problem and what is said of it: f* (None: unknown), the data's digest, the partition's heterogeneity."""

    problem: Problem
    optimum: float | None
    data_digest: str | None
    heterogeneity: dict[str, Any] | None


def prepare(settings: Settings, replication: int) -> Prepared:
    """The problem of a point; the same object for points that differ in nothing that it depends on."""
    sections = {key: plain(getattr(settings, key)) for key in ("data", "objective", "workers")}
    stamp = settings.data.stamp() if settings.data is not None else None
    kinds = [*_kinds(settings.data), *_kinds(settings.objective)]
    stamps = repr((stamp, settings.objective.stamp()))
    key = json.dumps([sections, settings.seed.learning, replication, stamps, kinds], sort_keys=True)
    if key in _MADE:
        _MADE.move_to_end(key)
    else:
        with threadpool_limits(limits=1):  # f* too has one order of sums, whoever asks for it first
            _MADE[key] = _prepare(settings, Streams(settings.seed.learning, replication, "learning"))
        while len(_MADE) > _KEPT:
            _MADE.popitem(last=False)
    return _MADE[key]


def _kinds(part: Any) -> Iterator[str]:
    """The classes of a section: a plug-in's module is named after its content, so an edited one makes another problem."""
    if dataclasses.is_dataclass(part):
        yield f"{type(part).__module__}.{type(part).__qualname__}"
        for item in dataclasses.fields(part):
            yield from _kinds(getattr(part, item.name))


def _prepare(settings: Settings, streams: Streams) -> Prepared:
    samples = digest = spread = None
    if settings.data is not None:
        samples, digest, spread = _samples(settings, streams)
    try:
        problem = settings.objective.problem(samples, settings.workers, streams)
    except InputError as error:
        raise error.under("objective") from None
    return Prepared(problem, known_optimum(problem), digest, spread)


def _samples(settings: Settings, streams: Streams) -> tuple[Samples, str, dict]:
    try:
        split = settings.data.split(streams)
    except InputError as error:
        raise error.under("data") from None
    try:
        shards = settings.data.shards(split, settings.workers, streams("partition"))
    except InputError as error:
        raise error from None
    samples = Samples(split.train_features, split.train_labels, shards, split.test_features, split.test_labels, split.classes)
    return samples, split.digest, heterogeneity(split.train_labels, shards, split.classes)
