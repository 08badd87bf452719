"""A trigger cell alone: workers of stated SINR, bursts and jobs at given instants, and what came of them."""

import numpy as np
import simpy

from wirelesssim.model import build
from wirelesssim.network.access import Access
from wirelesssim.network.message import Message, Transfer
from wirelesssim.network.wifi.trigger.air import TriggerAir
from wirelesssim.network.wifi.trigger.cell import TriggerCell
from wirelesssim.network.wifi.trigger.point import Point
from wirelesssim.network.wifi.trigger.rules import Draws, Signals
from wirelesssim.network.wifi.trigger.twin import FrameCell
from wirelesssim.radio import Channel
from wirelesssim.radio.block_sinr import block_sinr
from wirelesssim.radio.fading import Fading, NoFading
from wirelesssim.rng import Streams


class TriggerBench:
    """`sinr_db` (M,) mean SINR of each worker in both directions; `access` and `phy` say what differs from the defaults, but for
    `poll`, 0 here. `sent` has (worker, start, end, `Sent`) of each burst in order of its end, `answers` and `carried` (worker,
    end, outcome), `starts` (start, idle since) of each use of the medium in ns.
    """

    def __init__(self, sinr_db, access=None, phy=None, fading=None, seed=0, fidelity="burst", outage_limit=1.0, bandwidth=20e6):
        self.env, streams = simpy.Environment(), Streams(seed, domain="radio")
        self.access = build(Access, {"type": "ofdma_trigger", "poll": 0.0} | (access or {}))
        phy = {"type": "wifi"} | (phy or {})
        channel = build(Channel, {"type": "radio", "carrier": 5.25e9, "bandwidth": bandwidth, "phy": phy})
        self.rules = self.access.rules(channel, outage_limit)
        law = build(Fading, fading).tuned(5.25e9, bandwidth) if fading else NoFading()
        means = 10 ** (np.asarray(sinr_db, dtype=float) / 10)
        sources = [block_sinr(law, law.process(streams, worker), float(mean)) for worker, mean in enumerate(means)]
        up, down = Signals(sources, self.rules.carrier), Signals(sources, self.rules.carrier)
        make = FrameCell if fidelity == "packet" else TriggerCell
        self.cell = make(self.env, self.rules, up, down, Draws(streams, len(means)))
        self.airs, self.point = [TriggerAir(self.cell, worker) for worker in range(len(means))], Point(self.cell)
        self.sent, self.answers, self.carried = [], [], []
        self.starts, access_at = [], self.cell.access

        def noted():
            self.starts.append((access_at(), self.cell.free))
            return self.starts[-1][0]

        self.cell.access = noted

    def send(self, worker, *bursts, round=0):
        """`bursts` of (packets, bits of each, not before s), one after the other."""
        self.env.process(self._send(worker, bursts, round))
        return self

    def _send(self, worker, bursts, round):
        for attempt, (count, bits, at) in enumerate(bursts, start=1):
            if at > self.env.now:
                yield self.env.timeout(at - self.env.now)
            start = self.env.now
            sent = yield from self.airs[worker].send(round, np.arange(count), np.full(count, bits), attempt)
            self.sent.append((worker, start, self.env.now, sent))

    def answer(self, worker, at, bits=320, round=0):
        """An acknowledgement of the transport to `worker` at `at` (s)."""
        self.env.process(self._answer(worker, at, bits, round))
        return self

    def _answer(self, worker, at, bits, round):
        yield self.env.timeout(at)
        answer = yield from self.airs[worker].answer(round, 0, 1, bits)
        self.answers.append((worker, self.env.now, answer.heard))

    def carry(self, count, bits, at=0.0, worker=None, round=0):
        """A model of `count` packets to all, or to one, at `at` (s); returns its books."""
        message = Message(worker, round, *(np.full(count, bits) for _ in range(3)))
        transfer = Transfer(message, at)
        self.env.process(self._carry(transfer, at))
        return transfer

    def _carry(self, transfer, at):
        yield self.env.timeout(at)
        workers = list(range(len(self.airs))) if transfer.message.worker is None else [transfer.message.worker]
        for worker, event in zip(workers, self.point.carry(transfer, workers)):
            event.callbacks.append(lambda event, worker=worker: self.carried.append((worker, self.env.now, event.value)))

    def run(self, until=None):
        """To the end, or to `until` (s)."""
        self.env.run(until)
        return self
