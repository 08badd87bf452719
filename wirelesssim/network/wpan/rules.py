"""What the MAC holds in arrays: its parameters, the state of the senders, their frames. Times are whole nanoseconds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...radio.ieee802154 import frame_duration

__all__ = ["Rules", "State", "FRAME", "SENDER", "AIR", "BROADCAST", "PENDING", "DELIVERED", "LOST", "BACKOFF", "DATA", "ANSWER",
           "NEVER", "WAIT", "DONE", "RENEW", "IDLE", "SENSING", "TURNING", "SENDING", "OWED", "ANSWERED", "MISSING",
           "draw_number"]

BROADCAST = -1  # destination of a frame to all
PENDING, DELIVERED, LOST = 0, 1, 2  # fates of a frame; a broadcast is delivered if nothing collided with it
BACKOFF, DATA, ANSWER = 0, 1, 2  # what a uniform is for: a backoff, a frame's reception, that of its acknowledgement
WAIT, DONE, RENEW = 0, 1, 2  # what a run of the loop ended with
NEVER = np.int64(2**62)
# what a sender does until `due`: nothing; counts down and listens; turns to sending; sends; waits for the acknowledgement to
# begin; hears it; waits in vain
IDLE, SENSING, TURNING, SENDING, OWED, ANSWERED, MISSING = range(7)


class Rules(NamedTuple):
    """`min_be`, `max_be` backoff exponents; `max_backoffs` times that a busy channel is borne; `retries` of a frame that is not
    acknowledged; `coordinator` its row; `key` (2,) uint64 of the draws."""

    min_be: int
    max_be: int
    max_backoffs: int
    retries: int
    coordinator: int
    key: np.ndarray


def _record(names: str) -> list[tuple[str, type]]:
    return [(name, np.int64) for name in names.split()]


FRAME = np.dtype(_record("size destination tag tries fate time start"))
SENDER = np.dtype([*_record("phase due head end tries backoffs air_end spoilt owes_until free_from airtime again done"),
                   ("log_success", np.float64)])
AIR = np.dtype(_record("busy_until transmissions collisions refusals"))


class State(NamedTuple):
    """All that changes. Rows of `senders` (S,): the workers, then the coordinator.

    `links` (2, S) log probability that a bit gets through: from each row's worker to the coordinator, and back. `frames` (N,) of
    FRAME: `size` of the PSDU in bytes, `tag` its name in draws, `start` of its last transmission, `time` of its fate. `senders`
    of SENDER: frames `head` to before `end` are still to be sent; `air_end` of what its exchange last had on the air, which is
    `spoilt` if something else was there; `owes_until` when the acknowledgement that it owes ends; `free_from` when it may
    begin anew; `airtime` of data frames and the part of it that was `again`. `air` (1,) of AIR: `busy_until` the latest end of
    what has begun; `transmissions` of data, `collisions` of data, and `refusals`: frames that found the channel busy too often.
    """

    links: np.ndarray
    frames: np.ndarray
    senders: np.ndarray
    air: np.ndarray
    durations: np.ndarray

    @classmethod
    def of(cls, senders: int, room: int = 1024) -> State:
        """Nobody has anything to send, the channel is free, and no bit is lost."""
        made = np.zeros(senders, dtype=SENDER)
        made["due"] = NEVER
        made["air_end"] = made["owes_until"] = -1
        air = np.zeros(1, dtype=AIR)
        air["busy_until"] = -1
        return cls(np.zeros((2, senders)), np.zeros(room, dtype=FRAME), made, air, frame_duration(np.arange(128)))


def draw_number(tries: int, backoffs: int, purpose: int) -> int:
    """The third counter of a draw that belongs to a frame: transmissions before, busy channels met in this one, what it is
    for."""
    return (tries * 256 + backoffs) * 4 + purpose
