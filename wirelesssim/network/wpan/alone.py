"""A network of IEEE 802.15.4 alone, without a scenario: senders of stated SNR, packets at given instants. For validation and
tests."""

from __future__ import annotations

import numpy as np
import simpy

from ...model import build
from ...radio.block_sinr import block_sinr
from ...radio.fading import Fading, NoFading
from ...rng import Streams
from ..access import Access
from ..air import Sent
from .access import CsmaCa
from .signals import Signals

__all__ = ["WpanAlone"]


class WpanAlone:
    """Workers whose mean SNR in dB is `up_db` at the coordinator and `down_db` from there, one for each of M or one for all.

    `access` says what differs from the defaults of `CsmaCa`; `fading` is a law for all, independent from worker to worker, or
    None. `fidelity` burst takes the compiled loop, packet its twin. `airs` (M,), `coordinator` and `network` are what was made;
    `sent` has (worker, round, `Sent`, end in s) of each burst in order of its end, `answered` (worker, round, whether
    heard, end in s). InputError where a field is not valid.
    """

    def __init__(self, workers: int = 1, access: dict | None = None, up_db=40.0, down_db=40.0, fading: dict | None = None,
                 seed: int = 0, fidelity: str = "burst"):
        self.env, streams = simpy.Environment(), Streams(seed, domain="radio")
        law = build(Fading, fading).tuned(2.45e9, 2e6) if fading else NoFading()
        up, down = ([block_sinr(law, law.process(streams, worker), float(mean)) for worker, mean in enumerate(
            10 ** (np.broadcast_to(level, workers) / 10))] for level in (up_db, down_db))
        made: CsmaCa = build(Access, {"type": "csma_ca"} | (access or {}))
        wired = made.senders(self.env, workers, Signals(up, down), streams, fidelity)
        self.airs, self.coordinator = wired.airs, wired.carrier
        self.network = self.coordinator.network
        self.sent: list[tuple[int, int, Sent, float]] = []
        self.answered: list[tuple[int, int, bool, float]] = []

    def send(self, worker: int, bits, at: float = 0.0, round: int = 1, attempt: int = 1) -> WpanAlone:
        """Packets of `bits` (n,) as one burst of `worker`, from `at` s on, after what it has."""
        self.env.process(self._send(worker, np.asarray(bits), at, round, attempt))
        return self

    def answer(self, worker: int, bits: int, at: float = 0.0, round: int = 1) -> WpanAlone:
        """A packet of `bits` from the coordinator to `worker`, from `at` s on."""
        self.env.process(self._answer(worker, bits, at, round))
        return self

    def run(self) -> WpanAlone:
        """Till all has ended."""
        self.env.run()
        return self

    def _send(self, worker, bits, at, round, attempt):
        yield self.env.timeout(at)
        sent = yield from self.airs[worker].send(round, np.arange(len(bits)), bits, attempt)
        self.sent.append((worker, round, sent, self.env.now))

    def _answer(self, worker, bits, at, round):
        yield self.env.timeout(at)
        answer = yield from self.airs[worker].answer(round, 0, 1, bits)
        self.answered.append((worker, round, answer.heard, self.env.now))
