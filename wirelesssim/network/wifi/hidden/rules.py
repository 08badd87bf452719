"""What the compiled loop of the medium with hidden stations holds in arrays: stations, their exchanges and what they have on the
air are columns of one row each; a station has at most one of either. Times are whole nanoseconds since the start."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..rules import FRAME, LINK, Rules

__all__ = ["Ethers", "OWN_FRAME", "STATION", "AIR", "TRACE", "END", "HEAR", "GIVE_UP", "ARRIVE", "FOLLOW", "BEGIN", "OVERLAPPED",
           "DEAF", "FAR", "NOBODY"]

END, HEAR, GIVE_UP, ARRIVE, FOLLOW, BEGIN = range(6)  # what happens, in the order at one instant
OVERLAPPED, DEAF = 1, 2  # why a station does not receive a frame
FAR = np.int64(2**59)  # an instant that never comes: eight times it is still a whole number of 64 bits
NOBODY = -1


def _record(names: str) -> np.dtype:
    return np.dtype([(name, np.int64) for name in names.split()], align=True)


OWN_FRAME = np.dtype([*((name, np.int64) for name in FRAME.names), ("settled", np.int64)], align=True)
_QUEUE = "head end mine open least first airtime again transmissions failures delivered lost "
_TURN = "cw counter since reserved holder own defer heard heeded heeded_start over contends immediate requests engaged "
_EXCHANGE = "to count mode link length answer announced expires said answered "
_SIGNAL = "kind receiver partner start stop until ruined spared came rts_start rts_until "
_NEXT = "follow follows_for ends heard_at missed released arrives follows"
STATION = _record(_QUEUE + _TURN + _EXCHANGE + _SIGNAL + _NEXT)
AIR = _record("now sending done concluding due traced")
TRACE = _record("kind sender to start end")


class Ethers(NamedTuple):
    """All that changes, and `reaches` (S, S): whether the frames of one station, a row, are heard by another.

    `modes`, `links`, `log_success`: as in `State`. `frames` (N,) of OWN_FRAME: those of `State`, and whether their sender is done
    with them (`settled`), which may be later than their fate. `chosen` (S, 64) frames of each station's exchange, counted from
    its `head`; `struck` (S, 64) which of them another frame overlaps at their receiver, or, once they have ended, noise
    takes; `success` (S,) log success of a bit.
    `spoilt` (S, S): why station j does not receive what i has on the air. `airing` (S,) the stations that send, `air` (1,) of AIR
    how many these are. `due` (S,): 8 times the instant of what comes next at a station, and what that is, but for the beginnings,
    which stand in `begins` (S,). `trace` (T,) of TRACE the first frames on the air.

    `stations` (S,) of STATION.

    - Frames `head` to before `end`; the last `mine` are of its batch, and `open` of these have no fate yet; books of the batch.
      A source, which never ends, is to have at `least` so many, others 0. Of all its frames so many were `delivered`, and `lost`.
    - As `station.Station`: `cw`, `counter` of its backoff from `since` on, -1 if it does not count; `requests` sent of a
      BlockAckReq, -1 none due; `immediate` without backoff; `engaged` in an exchange; `heeded` sender of the last RTS received
      that was for another, and its start.
    - Its exchange, as `exchange.Exchange`: `count` MPDUs, 0 for a BlockAckReq; `expires` when all of it is over.
    - What it has on the air, as `ether.Signal`: for the exchange of station `partner`; `ruined` if its receiver had nothing of
      it, else it had `spared` MPDUs alone, of which `came` through noise. Its last RTS.
    - What is next: the frame that `follow`s SIFS later, in the exchange of `follows_for`; instants, FAR if none.
    """

    modes: np.ndarray
    links: np.ndarray
    log_success: np.ndarray
    frames: np.ndarray
    stations: np.ndarray
    air: np.ndarray
    reaches: np.ndarray
    spoilt: np.ndarray
    airing: np.ndarray
    chosen: np.ndarray
    struck: np.ndarray
    success: np.ndarray
    due: np.ndarray
    begins: np.ndarray
    trace: np.ndarray

    @classmethod
    def of(cls, rules: Rules, modes: np.ndarray, hearing: np.ndarray, room: int = 1024, trace: int = 0) -> Ethers:
        """Nobody has anything to send, and nothing has been on the air; `hearing` (S, S): i, the row, hears j."""
        size = len(hearing)
        made, air = np.zeros(size, dtype=STATION), np.zeros(1, dtype=AIR)
        for name in ("ends", "heard_at", "missed", "released", "arrives", "follows"):
            made[name] = FAR
        for name in ("first", "holder", "heard", "heeded", "requests"):
            made[name] = NOBODY
        made["cw"], made["over"], air["done"], air["concluding"] = rules.cw_min, 1, NOBODY, NOBODY
        reaches = np.ascontiguousarray(hearing.T & ~np.eye(size, dtype=bool)).astype(np.uint8)
        return cls(modes, np.zeros(2 * size, dtype=LINK), np.zeros((2 * size, len(modes))), np.zeros(room, dtype=OWN_FRAME),
                   made, air, reaches, np.zeros((size, size), dtype=np.uint8), np.zeros(size, dtype=np.int64),
                   np.zeros((size, 64), dtype=np.int64), np.zeros((size, 64), dtype=np.uint8), np.zeros(size),
                   np.full(size, 8 * FAR), np.full(size, FAR), np.zeros(trace, dtype=TRACE))
