"""One exchange of frames: what a station sends when its turn has come, and how long each part of it lasts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...draws.plain import draw
from ..rules import BROADCAST, RECEPTION, Rules, draw_number
from .ether import Signal
from .station import Frame, Station

__all__ = ["Exchange", "prepare", "spared", "arrivals"]


@dataclass(slots=True, eq=False)
class Exchange:
    """`frames` (none: a BlockAckReq) of `sender` to station `to`, BROADCAST: to all, in `mode` over `link`.

    `length` of the data, of the request, or of what `answer`s them, in ns; `announced`: by RTS, and not yet by CTS, too.
    `over`: when all of it is. `said`: the data were on the air. `answered`: its answer is on the air. `closed`: it has come to an
    end.
    """

    sender: int
    to: int
    frames: list[Frame]
    mode: int
    link: int
    log_success: float
    length: int
    answer: int
    announced: bool
    over: int
    said: bool = False
    answered: bool = False
    closed: bool = False


def prepare(who: Station, rules: Rules, modes: np.ndarray, mode: int, link: int, log_success: float, start: int) -> Exchange:
    """What the station sends at `start` (ns)."""
    oldest, kind = who.oldest(), modes[mode]
    to = oldest.destination if who.row == rules.access_point or oldest.destination == BROADCAST else rules.access_point
    if who.asking is not None:
        length, answer = int(kind["request"]), int(kind["block_ack"])
        return Exchange(who.row, to, [], mode, link, log_success, length, answer, False, start + length + rules.sifs + answer)
    frames = _selected(who, rules, int(kind["limit"]), start)
    size = _size(frames, rules)
    length, answer = _duration(kind, size), int(kind["block_ack" if len(frames) > 1 else "ack"])
    if to == BROADCAST:
        return Exchange(who.row, to, frames, mode, link, log_success, length, 0, False, start + length)
    announced = size > rules.rts_threshold
    before = int(kind["rts"]) + int(kind["cts"]) + 2 * rules.sifs if announced else 0
    over = start + before + length + rules.sifs + answer
    return Exchange(who.row, to, frames, mode, link, log_success, length, answer, announced, over)


def _selected(who: Station, rules: Rules, limit: int, time: int) -> list[Frame]:
    """The MPDUs of the station's next frame: of one destination, in the window from the oldest on, as long as allowed."""
    oldest = who.oldest()
    if not rules.window or oldest.destination == BROADCAST:
        return [oldest]
    chosen, padded = [], 0
    for frame in who.frames[who.head:who.head + rules.window]:
        if frame.ready > time or frame.destination != oldest.destination:
            break
        if not frame.settled:
            if chosen and padded + 4 + frame.size > limit:
                break
            chosen.append(frame)
            padded += 4 + -(-frame.size // 4) * 4
    return chosen


def _size(frames: list[Frame], rules: Rules) -> int:
    """Bytes of a PPDU; in an A-MPDU a delimiter of 4 before each MPDU, each but the last padded to a multiple of 4."""
    if len(frames) > 1:
        return sum(4 + -(-frame.size // 4) * 4 for frame in frames[:-1]) + 4 + frames[-1].size
    return frames[0].size + (rules.single if rules.window and frames[0].destination != BROADCAST else 0)


def _duration(kind: np.void, size: int) -> int:
    """ns of a PPDU of `size` bytes; see `State`."""
    symbols = -(-(int(kind["overhead"]) + 8 * size) // int(kind["bits_per_symbol"]))
    return int(kind["preamble"]) + -(-symbols * int(kind["symbol"]) // int(kind["grid"])) * int(kind["grid"])


def spared(signal: Signal, kind: np.void) -> list[Frame]:
    """The MPDUs of data in the mode `kind` that nothing overlaps at their receiver: where something does, but not their preamble,
    those of an A-MPDU whose symbols, from their delimiter's first on, it leaves alone."""
    frames = signal.exchange.frames
    if signal.deaf >> signal.to & 1:
        return []
    if not signal.struck:
        return frames
    data = signal.start + int(kind["preamble"])
    if len(frames) == 1 or any(since < data for since, _ in signal.struck):
        return []
    alone, place = [], 0
    for frame in frames:
        begin = data + 8 * place // int(kind["bits_per_symbol"]) * int(kind["symbol"])
        end = signal.start + _duration(kind, place + 4 + frame.size)
        if all(until <= begin or end <= since for since, until in signal.struck):
            alone.append(frame)
        place += 4 + -(-frame.size // 4) * 4
    return alone


def arrivals(exchange: Exchange, frames: list[Frame], rules: Rules) -> list[Frame]:
    """Which of `frames`, MPDUs of the exchange, noise spares, by the draws of `SlotContention`."""
    if exchange.log_success == 0:
        return frames
    return [frame for frame in frames
            if draw(rules.key, exchange.sender, frame.tag, draw_number(frame.tries, 0, RECEPTION))
            < math.exp(8 * frame.size * exchange.log_success)]
