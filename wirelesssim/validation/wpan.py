"""IEEE 802.15.4 without beacons: its durations, its error law, and its MAC beside closed forms and its twin."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from ..network.wpan.alone import WpanAlone
from ..radio import ieee802154
from ..radio.ieee802154 import bit_error_rate, packet_error_rate
from .row import Check, Seen, differing, worst
from .sampling import limit, shares

__all__ = ["checks", "collisions", "durations", "error_law", "lone_sender", "transmissions", "twin"]

_SYMBOLS = {"BYTE": 2, "BACKOFF_PERIOD": 20, "TURNAROUND": 12, "CCA": 8, "SIFS": 12, "LIFS": 40, "ACK_DURATION": 22,
            "ACK_WAIT": 54}
_LEVELS = (0.0, 0.05, 0.2, 0.5, 1.0)  # linear SNR
_STATIONS = ((0, 8), (150, 15), (200, 7))  # the second ready so many us later; pairs of backoffs, of 64, that collide
_NOISE = (-0.5, -2.0)  # dB up and down: a third of the frames, a fifth of the acknowledgements are lost
_FRAMES, _PAIRS = 4000, 3000


def durations() -> Seen:
    """Constants, in symbols of 16 us, and the longest frame, 133 B or 266 symbols."""
    pairs = [(getattr(ieee802154, name), 16_000 * symbols) for name, symbols in _SYMBOLS.items()]
    return differing([*pairs, (ieee802154.frame_duration(ieee802154.MAX_PSDU), 16_000 * 266)])


def error_law() -> Seen:
    """Noncoherent choice among 16 orthogonal signals of E/N0 = g = 20 snr, by the density of the envelope x of the right one,

        P = 1 - INT x exp(-(x^2 + 2 g)/2) I0(x sqrt(2 g)) (1 - exp(-x^2/2))^15 dx,    8/15 of it in bits.
    """
    from scipy.integrate import quad

    found = []
    for snr in _LEVELS:
        mean = np.sqrt(40 * snr)
        wrong, _ = quad(partial(_chosen_wrongly, mean=mean), 1e-9, mean + 12, epsabs=1e-13, limit=200)
        found.append(8 / 15 * wrong)  # the density's integral is 1
    return worst(bit_error_rate(np.array(_LEVELS)) / found - 1, 1e-6)


def _chosen_wrongly(x: float, mean: float) -> float:
    """Density of the envelope x times the probability that one of 15 others, Rayleigh, is larger."""
    from scipy.special import i0e

    return x * np.exp(-((x - mean) ** 2) / 2) * i0e(x * mean) * -np.expm1(15 * np.log(-np.expm1(-x * x / 2)))


def lone_sender() -> Seen:
    """us a frame of 127 B: 3.5 periods, CCA, two turnarounds, frame, acknowledgement, space, 6880 us; variance of a backoff
    63/12."""
    [(_, _, _, end)] = WpanAlone().send(0, [8 * 116] * _FRAMES).run().sent
    cycle = 3.5 * 320 + 128 + 192 + 4256 + 192 + 352 + 640
    return worst((1e6 * end + 640) / _FRAMES - cycle, limit(1) * 320 * np.sqrt(63 / 12 / _FRAMES))


def collisions() -> Seen:
    """Share of pairs that collide; one who listens from d us after the other collides where |d| <= 192: tests/network/wpan
    derives it."""
    found = []
    for later, _ in _STATIONS:
        bench = WpanAlone(2, {"retries": 0, "max_backoffs": 0})
        for number in range(_PAIRS):
            bench.send(0, [800], at=0.02 * number, round=number).send(1, [800], at=0.02 * number + 1e-6 * later, round=number)
        lost = sum(not sent.arrived[0] and not sent.withheld[0] for worker, _, sent, _ in bench.run().sent if worker == 0)
        found.append(lost / _PAIRS)
    return shares(found, np.array([pairs / 64 for _, pairs in _STATIONS]), _PAIRS)


def transmissions() -> Seen:
    """Of a frame, lost with p, its acknowledgement with q, s = (1-p)(1-q), at most 4: (1 - (1-s)^4)/s."""
    up, down = 10 ** (np.array(_NOISE) / 10)
    s = float((1 - packet_error_rate(up, 111)) * (1 - packet_error_rate(down, ieee802154.ACK_BYTES)))
    share = np.append(s * (1 - s) ** np.arange(3), (1 - s) ** 3)  # of 1, ..., 4 transmissions
    mean = share @ np.arange(1, 5)
    [(_, _, sent, _)] = WpanAlone(1, None, *_NOISE).send(0, [800] * _FRAMES).run().sent
    spread = np.sqrt(share @ np.arange(1, 5) ** 2 - mean**2)
    return worst(sent.repeats.count / _FRAMES + 1 - mean, limit(1) * spread / np.sqrt(_FRAMES))


def twin() -> Seen:
    """Sixteen senders with twenty frames each over noisy links: bursts whose frames' fates or end (ns) differ."""
    ends = []
    for fidelity in ("burst", "packet"):
        bench = WpanAlone(16, None, 1.5, 0.0, fidelity=fidelity)
        for worker in range(16):
            bench.send(worker, [800] * 20)
        ends.append([(worker, sent.arrived.tolist(), sent.repeats.count, round(1e9 * end))
                     for worker, _, sent, end in bench.run().sent])
    return differing(zip(*ends))


def checks() -> Iterator[Check]:
    """The rows of IEEE 802.15.4."""
    check, standard = partial(Check, "low power"), "IEEE Std 802.15.4-2006"
    yield check("802.15.4 durations", f"{standard}, 6.4 and 7.4", "constants that differ", durations)
    yield check("802.15.4 bit errors", "noncoherent choice of 16 signals, quadrature", "largest relative difference", error_law)
    yield check("802.15.4, a lone sender", f"{standard}, sum by hand, 6880 us", "us a frame of 127 B, 4000 frames", lone_sender)
    yield check("802.15.4, two senders", "8, 15 and 7 of 64 pairs of backoffs", "share of 3000 pairs that collide", collisions)
    yield check("802.15.4, noise and retries", "(1 - (1-s)^4)/s, s = (1-p)(1-q)", "transmissions a frame, 4000 frames",
                transmissions)
    yield check("802.15.4, loop and twin", "senders as processes", "bursts of 16 senders that differ", twin)
