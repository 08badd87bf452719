"""What a contention loop holds in arrays: the rules of a medium, its modes and links, the state of its stations, their frames.

Plain named tuples of records, so that compiled code reads them; stations are rows. Times are whole nanoseconds since the start.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["Rules", "State", "MODE", "LINK", "FRAME", "STATION", "AIR", "BROADCAST", "PENDING", "DELIVERED", "LOST", "SENT",
           "AFTER_SUCCESS", "AFTER_FAILURE", "BUSY", "RECEPTION", "NEVER", "WAIT", "DONE", "RENEW", "draw_number"]

BROADCAST = -1  # destination of a frame to all
PENDING, DELIVERED, LOST, SENT = 0, 1, 2, 3  # fates of a frame; SENT: broadcast, alone on the medium
AFTER_SUCCESS, AFTER_FAILURE, BUSY, RECEPTION = 0, 1, 2, 3  # what a uniform is for: three redraws, and a frame's reception
WAIT, DONE, RENEW = 0, 1, 2  # what a run of the loop ended with
NEVER = np.int64(2**62)


class Rules(NamedTuple):
    """The rules of a medium; durations in ns.

    `difs` DIFS, or AIFS of the access category; `eifs` from the end of an undecodable frame to the first slot, `difs` where
    there is none; `timeout` from the end of a frame to the moment at which its acknowledgement is missed; `attempts`
    transmissions of a frame, 0 without limit; `bianchi` his rules in place of the standard's; `rts_threshold` bytes above which
    a frame is announced by RTS; `window` MPDUs of an A-MPDU, 0 without aggregation; `single` bytes of delimiter of a lone MPDU;
    `request` whether a BlockAckReq follows a missed BlockAck; `access_point` its row; `basic` the mode of broadcast frames,
    `highest` the last mode of others;
    `up`, `down` of ARF, 0 without; `key` (2,) uint64 of the draws.
    """

    slot: int
    sifs: int
    difs: int
    eifs: int
    timeout: int
    cw_min: int
    cw_max: int
    attempts: int
    bianchi: bool
    rts_threshold: int
    window: int
    single: int
    request: bool
    access_point: int
    basic: int
    highest: int
    up: int
    down: int
    key: np.ndarray


def _record(names: str) -> np.dtype:
    return np.dtype([(name, np.int64) for name in names.split()], align=True)


MODE = _record("preamble bits_per_symbol symbol overhead grid limit ack block_ack request rts cts")
LINK = _record("mode run probing")
FRAME = _record("size destination tag ready tries unanswered fate time")
STATION = _record("head end active counter resume expiry epoch apart immediate cw requests next arrival "
                  "over least transmissions failures delivered lost airtime again first done start")
AIR = _record("resume busy_until virtual cursor waiting apart epoch arrival done uses collisions traced busy due")
TRACE = _record("start end stations number")


class State(NamedTuple):
    """All that changes.

    `modes` (K,) of MODE: a PPDU of n bytes lasts preamble + ceil((overhead + 8 n) / bits_per_symbol) symbol, the latter rounded
    up to `grid`; `limit` bytes of an A-MPDU; durations of the control frames that go with it. `links` (2 S,) of LINK: the mode
    of what each station sends to the access point, then of what that sends to it, and ARF's memory; `log_success` (2 S, K) per
    bit.
    `frames` (N,) of FRAME: `size` of the MPDU in bytes, `tag` its name in draws, `ready` when it may be sent, `time` of its fate;
    of its `tries` those `unanswered` ended with an RTS in vain, and its data were not on the air.
    `stations` (S,) of STATION: frames `head` to before `end` are still to be sent; backoff of `counter` slots from `resume` on
    for a station `apart` (`over`: none of it was left, and nothing waiting), else until slot `expiry` of those that count
    together; `immediate` without backoff; `requests` sent of a BlockAckReq, -1 none due; `arrival` of its next frame; a source,
    which never ends, is to have at `least` so many frames, others 0; `transmissions` of data and `failures` of them; frames
    `delivered` and `lost`; `airtime` from the starts of its uses to the ends of its own frames, and the part of it that was
    `again`; `first` start since the batch came. `air` (1,) of AIR: `virtual` slot at `resume` of the stations that count
    together.
    `wheel` (W,), W a power of two, first station of each slot, `listed` (S,) stations apart, `senders` (S,) of a use of the
    medium, `chosen` (64,) frames of an A-MPDU, `trace` (T,) of TRACE the first uses of the medium, with
    the sum of their senders' rows and their number.
    """

    modes: np.ndarray
    links: np.ndarray
    log_success: np.ndarray
    frames: np.ndarray
    stations: np.ndarray
    air: np.ndarray
    wheel: np.ndarray
    listed: np.ndarray
    senders: np.ndarray
    chosen: np.ndarray
    trace: np.ndarray

    @classmethod
    def of(cls, rules: Rules, modes: np.ndarray, stations: int, room: int = 1024, trace: int = 0) -> State:
        """Nobody has anything to send, and the medium has been idle for long; every link has the first mode and loses nothing."""
        made = np.zeros(stations, dtype=STATION)
        made["cw"], made["epoch"], made["requests"], made["arrival"], made["first"] = rules.cw_min, -1, -1, NEVER, -1
        air = np.zeros(1, dtype=AIR)
        air["arrival"] = NEVER
        wheel = 1 << int(rules.cw_max + 2).bit_length()
        return cls(modes, np.zeros(2 * stations, dtype=LINK), np.zeros((2 * stations, len(modes))), np.zeros(room, dtype=FRAME),
                   made, air, np.full(wheel, -1, dtype=np.int64), np.zeros(stations, dtype=np.int64),
                   np.zeros(stations, dtype=np.int64), np.zeros(64, dtype=np.int64), np.zeros(trace, dtype=TRACE))


def draw_number(tries: int, requests: int, purpose: int) -> int:
    """The third counter of a draw that belongs to a frame: its tries, those of a BlockAckReq in its place, and what it is for."""
    return (tries * 256 + requests) * 4 + purpose
