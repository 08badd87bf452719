"""Messages without a learner, run from end to end: their wait in a queue, their headers, and a round of each fixed technology."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from ..records import Recorder
from ..scenario import Settings, presets
from ..simulation import simulate
from .row import Check, Seen, differing, worst
from .sampling import means

__all__ = ["ROUNDS", "checks", "headers", "preset_rounds", "queue", "run"]

_LOADS = (0.3, 0.6)
_SERVICE = 1.224e-3  # s: 125 B and 28 B of header at 1 Mbit/s
_SKIPPED, _COUNTED = 30, 70  # messages of a queue that begins empty
_PLAIN = {"type": "unreliable", "mtu": "1500 B", "header": "28 B"}
_STACKS = (  # bytes by the layers' formats
    (["ip", "udp"], 20 + 8), (["ipv6", "udp", "coap"], 40 + 8 + (4 + 1)),
    (["ip", "udp", "dtls", "coap"], 20 + 8 + (13 + 8 + 16) + (4 + 1)),
    (["ip", "tcp", "tcp_timestamps", "tls", "mqtt", "12 B"], 20 + 20 + 12 + (5 + 1 + 16) + (1 + 2 + 2 + 2) + 12),
    (["ethernet", "llc", "ip", "udp"], 18 + 8 + 20 + 8), (["mac", "rlc", "pdcp", "sdap"], 3 + 3 + 3 + 1),
    (["lorawan"], 1 + 7 + 1 + 4))
# preset -> s of a round of 1472 B down to three workers and up from each, without loss
ROUNDS = {"leo": 12_000 / 178e6 + 0.025 + 12_000 / 17e6 + 0.025, "geo": 12_000 / 100e6 + 0.256 + 12_000 / 10e6 + 0.256,
          "ethernet": 12_304 / 1e9 + 13.4e-6 + 3 * 12_304 / 1e9 + 13.4e-6}


def run(objective: dict, **sections) -> Recorder:
    """The recorder of a run of the objective `messages`."""
    return simulate(Settings.of({"stop": {"rounds": 1}, "objective": {"type": "messages"} | objective} | sections))


def queue() -> Seen:
    """Mean wait of 100 independent queues over the service, D; loads of 0.3 and 0.6: rho/(2 (1 - rho)), 0.214 and 0.75."""
    waits = np.zeros((100, len(_LOADS)))
    for column, load in enumerate(_LOADS):
        recorder = run({"uplink": "125 B", "arrivals": {"type": "poisson", "rate": load / _SERVICE}}, workers=100,
                       stop={"rounds": _SKIPPED + _COUNTED}, transport=_PLAIN, feedback={"type": "none"},
                       channel={"type": "fixed", "rate": "1 Mbit/s"})
        for row in recorder.workers:
            if _SKIPPED < row.round <= _SKIPPED + _COUNTED:
                waits[row.worker, column] += row.queue_s / _SERVICE / _COUNTED
    return means(waits, [load / (2 * (1 - load)) for load in _LOADS])


def headers() -> Seen:
    """Bits on the air of 40 B of payload under each of `_STACKS`."""
    pairs = []
    for layers, size in _STACKS:
        recorder = run({"uplink": "40 B"}, workers=1, transport=_PLAIN | {"header": layers}, feedback={"type": "none"},
                       channel={"type": "fixed", "rate": "1 Mbit/s"})
        pairs.append((recorder.rounds[-1].uplink_on_air_bits, 8 * (40 + size)))
    return differing(pairs)


def preset_rounds(name: str) -> Seen:
    """A round of `ROUNDS`: the model's frame and the way; the workers' frames, one after the other on the server's port of
    Ethernet and at once by satellite, and the way back. Relative."""
    sections = presets.preset(name).sections
    recorder = run({"uplink": "1472 B", "downlink": "1472 B"}, workers=3,
                   **sections | {"channel": sections["channel"] | {"loss": 0.0}})
    return worst(recorder.rounds[-1].simulated_time_s / ROUNDS[name] - 1, 1e-9)


def checks() -> Iterator[Check]:
    """A queue, headers, rounds."""
    check = partial(Check, "transport")
    yield check("messages, Poisson, one size", "Pollaczek and Khinchine, M/D/1: rho/(2 (1 - rho)), rho = 0.3, 0.6",
                "mean wait over service, 100 queues", queue)
    yield check("headers of 40 B of payload", "RFC 791, 768, 9293, 8446, 6347, 7252, ... by hand",
                f"stacks that differ, of {len(_STACKS)}", headers)
    for name, by in (("leo", "fixed delays"), ("geo", "fixed delays"), ("ethernet", "frames in turn")):
        yield check(f"preset {name}, a round of three workers", f"{by}, by hand", "time, relative", partial(preset_rounds, name))
