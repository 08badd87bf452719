"""A burst by transport blocks, one event a turn: the twin that the fast path is checked against."""

from __future__ import annotations

import numpy as np

from ..air import PacketAir, Sent

__all__ = ["TurnAir"]


class TurnAir(PacketAir):
    """As `PacketAir` over a `TurnLink`, where several packets may share a block, and one may need several."""

    def send(self, round, packets, bits, attempt):
        """As `BurstAir.send`, one timeout a turn and one draw a packet."""
        begin = since = self.env.now
        due, arrived, done, sent = np.cumsum(bits), np.zeros(len(packets), dtype=bool), 0, 0.0
        while True:
            while done < len(packets) and due[done] <= sent:
                arrived[done] = self.loss.arrives(round, int(packets[done]), attempt, since, self.env.now)
                since, done = self.env.now, done + 1
            if done == len(packets):
                return Sent(arrived, self.env.now - begin)
            end, carried = self.link.turn(self.env.now, float(due[-1] - sent), self.share, self.outage_limit)
            yield self.env.timeout(float(end - self.env.now))
            if not carried:
                return Sent(arrived[:done], self.env.now - begin, gave_up=True)
            sent += carried
