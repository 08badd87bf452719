"""A cell made for a run, and each worker's transmitter in it."""

from __future__ import annotations

from typing import Literal

import simpy

from ...radio.geometry import Geometry
from ...radio.link import Link
from ...radio.loss import Loss
from ...radio.radio_channel import Radio
from ...rng import Streams
from .access import Ofdma
from .air import CellAir
from .cell import Cell
from .rules import Tables
from .twin import SlotCell

__all__ = ["make_cell", "cell_airs"]


def make_cell(env: simpy.Environment, access: Ofdma, channel: Radio, workers: int, geometry: Geometry | None, streams: Streams,
              outage_limit: float, fidelity: Literal["burst", "packet"] = "burst") -> Cell | SlotCell:
    """The cell of `access` on `channel`, by the compiled loop or, for `packet`, by its twin."""
    carrier = channel.phy.carrier(channel.carrier, channel.bandwidth)
    rules = access.rules(channel, workers, geometry, streams, outage_limit)
    make = SlotCell if fidelity == "packet" else Cell
    return make(env, rules, Tables.of(carrier.tables), channel.block_sinrs(workers, geometry, streams), carrier.slot,
                access.sr_period, access.inactivity, access.resume_delay)


def cell_airs(cell: Cell | SlotCell, links: list[Link], acknowledgement_loss: Loss | None, fidelity: str) -> list[CellAir]:
    """A transmitter for each worker's link."""
    return [CellAir(cell, worker, link, acknowledgement_loss, fidelity) for worker, link in enumerate(links)]
