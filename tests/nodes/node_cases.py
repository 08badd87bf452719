"""Whole runs on a quadratic: settings from a few keys, the packets' sizes, and an eye on every burst."""

from wirelesssim.learning.codec import Codec
from wirelesssim.model import build
from wirelesssim.learning.update import Update
from wirelesssim.scenario import Settings
from wirelesssim.simulation import Simulation

import numpy as np

HEADER = 224  # bits: 28 B


def simulation(workers=1, rounds=3, dimension=50, **sections):
    """GD, dense, on a 1 Mbit/s link of 5 ms and a 2 Mbit/s multicast, 10 ms a gradient; `sections` replace or add."""
    stop = sections.pop("stop", {"rounds": rounds})
    return Simulation(Settings.of({
        "workers": workers, "stop": stop, "objective": {"type": "quadratic", "dimension": dimension},
        "algorithm": {"type": "gd"}, "codec": {"type": "dense"}, "compute": {"type": "fixed", "time": "10 ms"},
        "channel": {"type": "fixed", "rate": "1 Mbit/s", "latency": "5 ms"},
        "downlink": {"type": "multicast", "rate": "2 Mbit/s"}} | sections))


def durations(recorder):
    """Seconds of each round, (rounds,)."""
    return np.diff([row.simulated_time_s for row in recorder.rounds])


def air_bits(dimension, mtu=1500, value_bits=32):
    """Bits on the air of each packet of a dense vector, (K,)."""
    dense = build(Codec, {"type": "dense", "value_bits": value_bits})
    return dense.packets(Update(dimension, None, np.ones(dimension)), 8 * mtu - HEADER).coded_bits + HEADER


class Scripted:
    """A loss process that loses the (round, packet, attempt) it is told to."""

    timeless = True

    def __init__(self, lost):
        self.lost = set(lost)

    def arrivals(self, round, packets, attempt, starts, ends):
        return np.array([(round, int(packet), attempt) not in self.lost for packet in packets], dtype=bool)

    def arrives(self, round, packet, attempt, start, end):
        return (round, int(packet), attempt) not in self.lost


def lose(simulated, *data, acknowledgements=(), worker=0):
    """Have `worker` lose these packets and acknowledgement frames, and no other."""
    air = simulated.workers[worker].uplink.air
    air.loss, air.acknowledgement_loss = Scripted(data), Scripted(acknowledgements)
    return simulated


def bursts(simulated):
    """(worker, round, attempt, packets, start, end, Sent) of every burst; filled as it runs."""
    seen = []

    def watch(worker):
        air = worker.uplink.air
        plain = air.send

        def send(round, packets, bits, attempt):
            start = simulated.env.now
            sent = yield from plain(round, packets, bits, attempt)
            seen.append((worker.index, round, attempt, packets.copy(), start, simulated.env.now, sent))
            return sent
        air.send = send

    for worker in simulated.workers:
        watch(worker)
    return seen
