"""What holds in a run: the constants of the access, the signals of the workers, the uniforms that decide; times in ns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from ....radio.block_sinr import BlockSinr
from ....radio.phy_wifi import WifiCarrier
from ....radio.wifi import Mode, ResourceUnits, WifiStandard, log_success_per_bit
from ....rng import Counted, Streams
from ...batches import frame_bytes

__all__ = ["TriggerRules", "Signals", "Draws", "Receptions", "FOREVER"]

FOREVER = 2**62
_CHUNK = 64  # blocks that are read at once


@dataclass(frozen=True, eq=False)
class TriggerRules:
    """`units` of the uplink, `carrier` of what the access point sends to one worker, `basic` the mode of what it sends to all.

    `poll` ns between reports of the buffer, 0: known at once; `most_users` of an exchange; `attempts` of an MPDU; `passes` over a
    model that is sent to all; `outage` ns after which a sender without any mode gives up.
    """

    standard: WifiStandard
    units: ResourceUnits
    carrier: WifiCarrier
    basic: Mode
    poll: int
    most_users: int
    attempts: int
    passes: int
    outage: int

    def mpdu_bytes(self, bits: np.ndarray) -> np.ndarray:
        """Bytes of the MPDUs of packets of `bits` (n,), (n,) of int64."""
        return frame_bytes(bits, self.standard.msdu_overhead)

    @cached_property
    def _downlink_thresholds(self) -> np.ndarray:
        return self.carrier.rate.thresholds(self.carrier.modes, self.carrier.law)

    def downlink_mode(self, sinr: float) -> Mode:
        """What the access point sends in to a worker whose streams have `sinr`: the lowest mode where none is carried."""
        return self.carrier.modes[max(0, int(np.searchsorted(self._downlink_thresholds, sinr, side="right")) - 1)]

    def success(self, sinr: float, mode: Mode) -> float:
        """log(1 - p) of a bit in `mode` for a stream whose SINR is `sinr`."""
        return _success(float(sinr), mode, self.units.law)


@lru_cache(maxsize=4096)
def _success(sinr: float, mode: Mode, law: str) -> float:
    return float(log_success_per_bit(sinr, mode, law))


class Signals:
    """The SINR over the band of each worker at an instant, and when it is next good enough."""

    def __init__(self, sources: list[BlockSinr], carrier: WifiCarrier):
        self._sources, self._carrier, self.workers = sources, carrier, len(sources)
        self._held: list[tuple[int, np.ndarray]] = [(0, np.zeros(0))] * len(sources)

    def at(self, worker: int, time: int) -> float:
        """Linear, of the coherence block that holds `time` (ns); one of many bands is that with their mean capacity."""
        block = self._block(worker, time)
        first, values = self._held[worker]
        if not first <= block < first + len(values):
            first, values = block, self._read(worker, block, 1 if math.isinf(self._sources[worker].block_time) else _CHUNK)
            self._held[worker] = first, values
        return float(values[block - first])

    def next_above(self, worker: int, time: int, least: float, limit: int) -> int:
        """The start (ns) of the first block after that of `time` whose SINR is `least` or more; `limit` if none begins before."""
        length = self._sources[worker].block_time * 1e9
        if math.isinf(length):
            return limit
        block = self._block(worker, time) + 1
        while math.ceil(block * length) < limit:
            good = np.flatnonzero(self._read(worker, block, _CHUNK) >= least)
            if len(good):
                return min(limit, math.ceil((block + int(good[0])) * length))
            block += _CHUNK
        return limit

    def _block(self, worker: int, time: int) -> int:
        """The block b with ceil(b T) <= time < ceil((b + 1) T), T in ns."""
        length = self._sources[worker].block_time * 1e9
        if math.isinf(length):
            return 0
        block = int(time / length)
        while math.ceil(block * length) > time:
            block -= 1
        while math.ceil((block + 1) * length) <= time:
            block += 1
        return block

    def _read(self, worker: int, first: int, count: int) -> np.ndarray:
        return self._carrier.effective(np.asarray(self._sources[worker](first, count)))


class Draws:
    """Uniforms by purpose, worker, round, packet and try: the same for every variant, and for both fidelities."""

    def __init__(self, streams: Streams, workers: int):
        self._backoff = streams.counted("trigger", "backoff")
        self._streams = {purpose: [streams.counted("trigger", purpose, worker) for worker in range(workers)]
                         for purpose in ("uplink", "downlink", "answer")}

    def slots(self, idle_since: int, window: int) -> int:
        """A backoff uniform over 0, ..., `window`: one number for the medium that falls idle at `idle_since` (ns)."""
        return int(self._backoff.uniforms(idle_since, 1)[0] * (window + 1))

    def receptions(self, purpose: str, worker: int, round: int, *name: int) -> Receptions:
        """Those of one burst; `name` tells it from others of that round, each number below 2^16."""
        return Receptions(self._streams[purpose][worker], round, name)


class Receptions:
    """The uniforms of a burst's packets, try by try."""

    def __init__(self, stream: Counted, round: int, name: tuple[int, ...]):
        self._stream, self._round, self._sub = stream, round, 0
        for number in name:
            self._sub = self._sub << 16 | number
        self._tries: dict[int, np.ndarray] = {}

    def at(self, attempt: int, packets: np.ndarray) -> np.ndarray:
        """For transmission `attempt` of `packets` (n,), their numbers in the message; (n,)."""
        drawn, room = self._tries.get(attempt, np.zeros(0)), int(packets.max()) + 1
        if len(drawn) < room:
            drawn = self._tries[attempt] = self._stream.uniforms(self._round, max(room, 2 * len(drawn)), self._sub << 8 | attempt)
        return drawn[packets]
