"""What a replication draws of the radio side before it runs: the links, and how fast each worker computes."""

from __future__ import annotations

import numpy as np

from ..errors import InputError
from ..radio.link import Link
from ..rng import Streams
from ..scenario import Settings

__all__ = ["compute_times", "links", "radio_at_start", "radio_streams"]


def radio_streams(settings: Settings, replication: int) -> Streams:
    """The streams of place, fading, loss and compute time."""
    return Streams(settings.seed.radio, replication, "radio")


def links(settings: Settings, streams: Streams) -> list[Link]:
    """One link a worker; InputError names the key of a value that was drawn out of range."""
    try:
        return settings.channel.links(settings.workers, settings.geometry, streams)
    except InputError as error:
        raise error.under("channel") from None


def radio_at_start(settings: Settings, replication: int) -> list[dict] | None:
    """Place, path loss, shadowing and SINR of each worker at time 0 (`Survey`); None where there is no radio."""
    found = settings.channel.survey(settings.workers, settings.geometry, radio_streams(settings, replication))
    return found and found.rows()


def compute_times(settings: Settings, streams: Streams) -> np.ndarray:
    """Seconds a gradient, (workers,); InputError as `links`."""
    try:
        return settings.compute.times(settings.workers, streams)
    except InputError as error:
        raise error.under("compute", "time") from None
