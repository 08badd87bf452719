"""Preflight: what can be known to fail is refused before anything runs, and before anything large is allocated."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from ..data import Dataset
from ..errors import InputError, Problem
from ..learning.objectives import Shape
from ..nodes.broadcaster import Broadcaster
from ..scenario import Settings
from .draws import compute_times, links, radio_streams

__all__ = ["available_memory", "has_accuracy", "memory_needed", "predraw", "preflight"]


def memory_needed(settings: Settings) -> int:
    """Bytes that a run of `settings` will hold at once, estimated from sizes alone: data, problem, states, messages.

    Of each coordinate of a model, in each worker: the arrays that the algorithm holds of it at either end, its update, with
    indices (4 bytes, or 8 beyond 2^31 coordinates) unless it is dense, and, where gradients are made for all workers at
    once, its gradient. A worker's process, link and streams take some 15 kB (measured with 10^4 of them), Python and the
    libraries some 300 MB. Seen with ten workers and d = 5e7 in float32: SGD 4.8 GB, SGD-SEC 9.2 GB.
    """
    size, problem = _sizes(settings)
    algorithm, width = settings.algorithm, settings.objective.width
    if algorithm is None:  # nobody learns: a process, a link and a message a worker
        return int(settings.workers * 15_000 + 300e6)
    vectors = algorithm.worker_vectors + algorithm.server_vectors + (1 if settings.objective.batched else 0)
    update = width + (0 if algorithm.dense else 4 if size < 2**31 else 8)
    return int(problem + settings.workers * size * (vectors * width + update) + 6 * width * size
               + settings.workers * 15_000 + 300e6)


def preflight(settings: Settings, jobs: int = 1) -> None:
    """InputError for more workers than samples, samples that do not fit the objective, a method that is none for a model of
    that size, packets too small for an entry, and what does not fit in memory.

    `jobs` such runs are to fit at once.
    """
    _meet(settings)
    if settings.algorithm is None:
        _holds_a_byte(settings)
    else:
        settings.algorithm.fits(_sizes(settings)[0])
        _packs(settings)
    needed, available = memory_needed(settings), available_memory()
    if needed <= available < jobs * needed:
        raise InputError(Problem(("objective",), f"needs about {needed / 1e9:.3g} GB of memory in each of {jobs} processes, but "
                                                 f"{available / 1e9:.3g} GB are free; use -j {int(available // needed)}"))
    if needed > available:
        raise InputError(Problem(("objective",), f"needs about {needed / 1e9:.3g} GB of memory with {settings.workers} workers, "
                                                 f"but {available / 1e9:.3g} GB are free; lower workers, samples or dimension"))


def available_memory() -> int:
    """Bytes that may still be allocated: what the system has free, within the limit of a container if there is one."""
    free = _meminfo()
    for limit, used in (("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")):
        try:
            folder = Path("/sys/fs/cgroup")
            free = min(free, int((folder / limit).read_text()) - int((folder / used).read_text()))
        except (OSError, ValueError):
            continue
    return max(free, 0)


def _meminfo() -> int:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 2**63 - 1  # a system that does not say


def _sizes(settings: Settings) -> tuple[int, int]:
    """d, and the bytes of problem and data; InputError where the objective is of no such shape."""
    objective, shape, held = settings.objective, Shape(workers=settings.workers), 0
    if settings.data is not None:
        whole, train, _test = _samples(settings)
        classes = 1 if whole.classes is None else len(whole.classes)
        entries = getattr(whole.features, "nnz", None)
        shape = Shape(settings.workers, train, whole.features.shape[1], classes, entries)
        held = whole.features.nnz * 12 if entries is not None else whole.features.nbytes
    try:
        return objective.size(shape), objective.memory(shape) + 2 * held
    except InputError as error:
        raise error.under("objective") from None


def _samples(settings: Settings) -> tuple[Dataset, int, int]:
    """The whole set and how many samples train and test, for enough of which there must be."""
    try:
        whole = settings.data.load()
        train, test = settings.data.sizes(whole)
    except InputError as error:
        raise error.under("data") from None
    if settings.workers > train:
        raise InputError(Problem(("workers",), f"must be <= {train}, the training samples, so that each worker has one, "
                                               f"got {settings.workers}"))
    return whole, train, test


def has_accuracy(settings: Settings) -> bool:
    """Whether a run of `settings` has an accuracy: it classifies, and there are classes and test samples."""
    if not settings.objective.classifies or settings.data is None:
        return settings.objective.classifies
    whole, _train, test = _samples(settings)
    return whole.classes is not None and test > 0


def _meet(settings: Settings) -> None:
    """InputError where objective, partition or stop do not fit the labels."""
    if settings.data is not None:
        whole, _train, _test = _samples(settings)
        try:
            settings.objective.suits(whole.classes)
        except InputError as error:
            raise error.under("objective") from None
        settings.data.check_partition(whole, settings.workers)
    target = settings.stop.target
    if target is not None and target.accuracy is not None and not has_accuracy(settings):
        raise InputError(Problem(("stop", "target", "accuracy"), f"must not be given, got {target.accuracy:.4g}: without classes "
                                                                 "and test samples no accuracy is known; use rounds or error"))


def _holds_a_byte(settings: Settings) -> None:
    """InputError where a packet has no room for a byte of a message."""
    if settings.transport.room < 8:
        raise InputError(Problem(("transport", "mtu"), f"leaves {settings.transport.room} bits after the header, too few for a "
                                                       "byte of a message; raise mtu or lower header"))


def _packs(settings: Settings) -> None:
    """InputError where a packet does not hold one entry, the last, of an update or of the model that is broadcast."""
    algorithm, codec, size = settings.algorithm, settings.codec, _sizes(settings)[0]
    update, model = algorithm.wire_grid, algorithm.broadcast(np.zeros(1)).grid  # one coordinate of it tells
    width = f" of {update.bits} bits" if update else ""
    whole = "entry of the model, which the downlink carries unrounded"
    for what, sent_in, grid in ((f"entry{width}", codec, update), (whole, Broadcaster.model_codec(codec), model)):
        if not sent_in.holds_one(size, settings.transport.room, grid):
            raise InputError(Problem(("transport", "mtu"), f"leaves {settings.transport.room // 8} bytes after the header, too "
                                                           f"few for one coded {what}; raise mtu or lower header"))


def predraw(settings: Settings, replication: int) -> None:
    """InputError for a value of the channel or of compute that this replication will draw out of range, or beyond what the access
    allows."""
    streams = radio_streams(settings, replication)
    links(settings, streams)
    refused = list(settings.access.drawn_problems(settings.channel, settings.workers, streams))
    if refused:
        raise InputError(refused)
    compute_times(settings, streams)
