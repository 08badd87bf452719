"""Background traffic: stations that are no workers and send to the access point all the same."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Annotated

import numpy as np

from ...model import Model, model
from ...rng import Counted
from ...units import COUNT, SIZE, Quantity, Rate
from ..draws.plain import tags
from ..instants import nanoseconds
from .batch import BACKGROUND, Batch

__all__ = ["Background"]

_BATCH = 256  # frames that are handed over at a time, the next before the last are sent

Stations = Annotated[int, Quantity(COUNT, ge=1, le=1000)]
PacketSize = Annotated[int, Quantity(SIZE, ge=8, le=8 * 2296)]


class Background(Model, family="background", default="none"):
    """Other stations on the medium. They stand close to the access point: the highest mode, no noise, only collisions."""

    stations: int = 0
    size: int = 0

    @abstractmethod
    def gaps(self, stream: Counted, number: int) -> np.ndarray | None:
        """Seconds from frame to frame of a station's batch `number`, (n,); None: always one waiting."""

    def batches(self, stream: Counted, overhead: int) -> Iterator[Batch]:
        """What a station sends from time 0 on, for ever; `overhead` bytes that a frame adds to a packet."""
        number, last = 0, 0.0
        while True:
            gaps, ready = self.gaps(stream, number), None
            if gaps is not None:
                times = last + np.cumsum(gaps)
                last, ready = float(times[-1]), np.array([nanoseconds(time) for time in times.tolist()], dtype=np.int64)
            sizes = np.full(_BATCH, self.size // 8 + overhead)
            yield Batch(sizes, tags(np.arange(_BATCH), BACKGROUND, number), ready=ready)
            number += 1


@model
class NoBackground(Background, name="none"):
    """The workers and the access point are alone."""

    def gaps(self, stream, number):
        return None


@model
class Saturated(Background, name="saturated"):
    """`stations` that always have packets of `size` waiting, enough for the longest A-MPDU: the greediest there can be."""

    stations: Stations = 1
    size: PacketSize = "1500 B"

    def gaps(self, stream, number):
        return None


@model
class Poisson(Background, name="poisson"):
    """`stations` that each offer `rate` (bit/s, of packets of `size`) at exponential intervals; what the medium cannot take
    waits.

        interval = -(size / rate) log(1 - u),  u by (station, number of the packet)
    """

    stations: Stations = 1
    rate: Rate
    size: PacketSize = "1500 B"

    def gaps(self, stream, number):
        return -np.log1p(-stream.uniforms(number, _BATCH)) * (self.size / self.rate)
