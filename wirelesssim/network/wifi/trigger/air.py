"""A worker's transmitter under triggers: bursts of packets go in, and come out as packets that arrived."""

from __future__ import annotations

import numpy as np

from ....radio.wifi import ppdu_duration
from ...air import Repeats, Sent
from .cell import Served
from .point import Answer

__all__ = ["TriggerAir"]


class TriggerAir:
    """As `BurstAir`, the exchanges of `cell` in place of a link's rate; acknowledgements of the transport are frames, too."""

    both_ways = contends = True

    def __init__(self, cell, worker: int):
        self.cell, self.worker, self.env = cell, worker, cell.env

    def send(self, round: int, packets: np.ndarray, bits: np.ndarray, attempt: int):
        """A process: sends `packets` (n,) of `bits` (n,) each, try number `attempt`; returns `Sent`."""
        start, packets = self.env.now, np.asarray(packets)
        draws = self.cell.draws.receptions("uplink", self.worker, round, attempt)
        served = yield self.cell.transmit(self.worker, packets, self.cell.rules.mpdu_bytes(bits), draws)
        seconds, again = served.airtime / 1e9, served.again / 1e9
        return Sent(served.arrived[:served.sent], seconds, served.gave_up, max(0.0, self.env.now - start - seconds - again),
                    _repeats(served, np.asarray(bits), again))

    def answer(self, round: int, frame: int, attempt: int, bits: int):
        """A process: the access point's answer to try `attempt` of `frame`, of `bits`; returns `Answered`."""
        event = self.env.event()
        draws = self.cell.draws.receptions("answer", self.worker, round, frame + 1, attempt)
        self.cell.submit(Answer(self.worker, bits, event, draws))
        return (yield event)

    def unanswered(self, bits: int) -> float:
        """As `StationAir.unanswered`; a trigger of which nothing came back is not taken for a sign of what was lost."""
        rules, standard = self.cell.rules, self.cell.rules.standard
        frame = ppdu_duration(rules.basic, int(rules.mpdu_bytes(np.array([bits]))[0]))
        return (standard.aifs + standard.cw_min * standard.slot + frame + standard.ack_timeout) / 1e9


def _repeats(served: Served, bits: np.ndarray, seconds: float) -> Repeats:
    """All transmissions but each packet's first."""
    again = np.maximum(served.tries - 1, 0)
    return Repeats(int(again.sum()), int((again * bits).sum()), seconds)
