"""A bench for the network alone: workers' uplinks on one medium, messages sent on it without nodes or learning."""

import math

import numpy as np
import simpy
from scipy.stats import ks_2samp

from wirelesssim.model import build
from wirelesssim.network.access import Access
from wirelesssim.network.air import BurstAir, PacketAir
from wirelesssim.network.message import Message, Transfer
from wirelesssim.network.transport import Transport
from wirelesssim.network.uplink import Uplink
from wirelesssim.radio import Channel, Geometry
from wirelesssim.rng import Streams

HEADER = 28 * 8  # bits, the default


class Bench:
    """`links` (by default those of `channel`) behind one `access`; acknowledgements come back at `reverse` bit/s."""

    def __init__(self, channel=None, transport="arq", access="dedicated", workers=1, seed=0, fidelity="burst", links=None,
                 reverse=1e6, geometry=None):
        self.env, self.streams = simpy.Environment(), Streams(seed, domain="radio")
        self.transport = build(Transport, transport)
        places = None if geometry is None else build(Geometry, geometry)
        self.links = links or build(Channel, channel).links(workers, places, self.streams)
        self.medium = build(Access, access).medium(self.env, len(self.links))
        make = {"burst": BurstAir, "packet": PacketAir}[fidelity]
        self.uplinks = [
            Uplink(self.env, worker, link, make(self.env, link, self.medium.share, self.transport.outage_limit,
                                                self.transport.ack.loss),
                   self.medium, reverse, self.streams.counted("jitter", "uplink", worker))
            for worker, link in enumerate(self.links)]
        self.transfers, self.told = [], []

    def lose(self, *data, acknowledgements=(), worker=0):
        """The (round, packet, attempt) that worker loses, of data and of acknowledgement frames; no other."""
        self.uplinks[worker].air.loss = Script(data)
        self.uplinks[worker].air.acknowledgement_loss = Script(acknowledgements)

    def send(self, bits, worker=0, round=1, at=0.0, receipts=True):
        """Have `worker` send from `at` on; `bits` (K,) of each packet on the air, headers included. Its books."""
        bits = np.asarray(bits, dtype=np.int64)
        message = Message(worker, round, (bits - HEADER) // 2, bits - HEADER, bits)
        transfer = Transfer(message, at)
        self.transfers.append(transfer)
        self.env.process(self._send(transfer, at, receipts))
        return transfer

    def _send(self, transfer, at, receipts):
        yield self.env.timeout(at - self.env.now)
        uplink = self.uplinks[transfer.message.worker]
        yield from self.transport.send(uplink, transfer.message, receipts, self._arrived, transfer)

    def _arrived(self, transfer):
        self.told.append((self.env.now, transfer))

    def run(self):
        """Run till nothing happens; every message was reported once, when its books say."""
        self.env.run()
        assert sorted(map(id, self.transfers)) == sorted(id(transfer) for _, transfer in self.told)
        for now, transfer in self.told:
            assert now == transfer.complete or math.isclose(now, transfer.complete, rel_tol=1e-12)
        return self


class Script:
    """A loss process that loses what it is told to: a set of (round, packet, attempt)."""

    timeless = True

    def __init__(self, lost):
        self.lost, self.asked = set(lost), []

    def arrives(self, round, packet, attempt, start, end):
        self.asked.append((round, int(packet), attempt, start, end))
        return (round, int(packet), attempt) not in self.lost

    def arrivals(self, round, packets, attempt, starts, ends):
        return np.array([self.arrives(round, *of) for of in zip(packets, [attempt] * len(packets), starts, ends)], dtype=bool)


class Fades:
    """Block fading whose gains are written down; blocks of `coherence_time` s, the last gain holds on."""

    def __init__(self, *gains, coherence_time=0.01):
        self.script, self.coherence_time = np.array(gains, dtype=float), coherence_time

    def process(self, streams, worker):
        return self

    def gains(self, first_block, count):
        return self.script[np.minimum(np.arange(first_block, first_block + count), len(self.script) - 1)]

    def outage(self, gain):
        return np.mean(self.script < gain)


def books(transfer):
    """What came of a message, as numbers that two fidelities must agree on in distribution."""
    return {
        "complete": transfer.complete - transfer.start, "end": transfer.end - transfer.start, "attempts": transfer.attempts,
        "lost": transfer.lost, "delivered": int(transfer.delivered.sum()), "acknowledged": int(transfer.acknowledged.sum()),
        "payload_bits": transfer.payload_bits, "heard": int(transfer.heard), "on_air_bits": transfer.on_air_bits,
        "coded_bits": transfer.coded_bits, "retransmitted_bits": transfer.retransmitted_bits, "queue": transfer.queue,
        "on_air": transfer.on_air, "retransmission": transfer.retransmission}


def same_law(first, second, false_alarm):
    """Two lists of dicts of numbers: Kolmogorov-Smirnov on each key (conservative where values repeat). Rounded to 1e-9.

    False alarm: at most `false_alarm` a key.
    """
    for key in first[0]:
        one, two = (np.round([row[key] for row in rows], 9) for rows in (first, second))
        chance = ks_2samp(one, two, method="asymp").pvalue
        assert chance > false_alarm, f"{key}: p = {chance:.1e}, means {one.mean():.5g} and {two.mean():.5g}"
