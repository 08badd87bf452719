"""The medium slot by slot in plain Python, with objects in place of arrays: the twin that the compiled loop is checked against.

Written from the description in `Csma`; it looks at every slot while somebody counts, and never ahead of the clock. It shares with
the loop the tables of modes, the signals and the numbering of draws, so that both must agree frame for frame.
"""

from __future__ import annotations

import numpy as np
import simpy

from ..draws.plain import draw
from ..instants import nanoseconds
from .batch import Frame, Served, repeats
from .medium import Contention
from .rules import AFTER_FAILURE, AFTER_SUCCESS, BROADCAST, BUSY, DELIVERED, LOST, PENDING, RECEPTION, SENT, Rules, draw_number
from .signals import Signals
from .station import Memory, Station

__all__ = ["SlotContention"]


class SlotContention(Contention):
    """As `LoopContention`, one event a slot. `uses` holds (start, end, senders) of every use of the medium."""

    def __init__(self, env: simpy.Environment, rules: Rules, modes: np.ndarray, signals: Signals):
        super().__init__(env, rules, modes, signals)
        self.stations = [Station(row, rules.cw_min) for row in range(signals.stations)]
        self.memory = [Memory(int(mode)) for mode in signals.at(0)[0]]
        self.uses: list[tuple[int, int, list[int]]] = []
        self.busy_until, self.running = 0, False

    def _load(self, station, batch, now):
        who = self.stations[station]
        kept = who.frames[next((place for place, frame in enumerate(who.frames) if frame.fate == PENDING), len(who.frames)):]
        who.frames = kept + batch.frames(now, Frame)
        who.airtime, who.again, who.first = 0, 0, -1
        if not self.running:
            self.running = True
            self.env.process(self._run())

    def _run(self):
        """Slot after slot while there are frames. A use is settled when it is a slot old: who begins meanwhile has not heard
        it."""
        slot = self.rules.slot
        while self._open:
            now = nanoseconds(self.env.now)
            while self._step(now):
                pass
            start, wake = self._start(), max(now + slot, self.busy_until)
            if start is not None and start + slot > now:
                wake = min(wake, start + slot)
            yield self.env.timeout((wake + 0.25) / 1e9 - self.env.now)  # after all that is of this nanosecond
        self.running = False

    def _step(self, now: int) -> bool:
        """The next arrival or use, if it can be told at `now`."""
        start, idle = self._start(), [who for who in self.stations if not who.contends and who.waiting]
        first = min(idle, key=lambda who: who.waiting[0].ready, default=None)
        if first is not None:
            ready = first.waiting[0].ready
            if ready <= now and (start is None or ready < start + self.rules.slot):
                self._arrive(first, ready)
                return True
        if start is None or start + self.rules.slot > now:
            return False
        self._use(start)
        return True

    def _begins(self, who: Station) -> int:
        return who.since + who.left * self.rules.slot

    def _start(self) -> int | None:
        """When the next of those that contend would begin."""
        return min((self._begins(who) for who in self.stations if who.contends), default=None)

    def _arrive(self, who: Station, time: int) -> None:
        """A frame comes to a station that had none."""
        who.contends = True
        if not who.over and self._begins(who) > time:
            return
        if time >= who.free and not self.rules.bianchi:
            who.since, who.left, who.at_once = max(time, who.since), 0, True
            return
        while who.since < time and time >= who.free:
            who.since += self.rules.slot
        self._back_off(who, who.waiting[0], BUSY)

    def _back_off(self, who: Station, frame: Frame, purpose: int) -> None:
        number = draw_number(frame.tries, who.asking or 0, purpose)
        who.left = int(draw(self.rules.key, who.row, frame.tag, number) * (who.window + 1))
        who.over = False

    def _use(self, start: int) -> None:
        """From `start` on the medium is used by all that begin less than a slot later."""
        rules = self.rules
        senders = [who for who in self.stations if who.contends and self._begins(who) < start + rules.slot]
        others = [who for who in self.stations if who not in senders]
        for who in others:
            who.count(rules.slot, start)
        for who in senders:
            who.since, who.left = self._begins(who), 0
        spoilt = None  # whose frame noise took
        if len(senders) == 1:
            receiver = self._receiver(senders[0])
            end, free = self._alone(senders[0])
            resume = free + rules.difs
            if end < free and rules.eifs > rules.difs:
                spoilt = receiver
        else:
            ends = [self._collide(who) for who in senders]
            end = free = max(ends)
            resume = end + rules.eifs
        for who in senders:
            who.since = resume if rules.bianchi else max(who.since, end + rules.difs if len(senders) > 1 else 0)
        for who in others:
            if who.at_once:
                self._back_off(who, who.waiting[0], BUSY)
            elif rules.bianchi and who.left > 0 and who.since <= start:
                who.left -= 1  # the use counts as a slot
                who.over = who.left == 0
            who.since, who.at_once = max(who.since, end + rules.eifs if who is spoilt else resume), False
        for who in self.stations:
            who.free = end if who is spoilt else free
        for who in senders:
            who.at_once = False
            who.contends = bool(who.waiting) and who.waiting[0].ready <= start
        self.busy_until = free
        self.uses.append((start, end, [who.row for who in senders]))
        for who in senders:
            if who.row in self._sources:
                self._keep_full(who)
            elif not who.waiting:
                self._finish(who)

    def _receiver(self, sender: Station) -> Station:
        """Where the sender's oldest frame is to go, the access point for lack of another."""
        point = self.rules.access_point
        return self.stations[max(sender.waiting[0].destination, 0) if sender.row == point else point]

    def _keep_full(self, who: Station) -> None:
        """A source has enough frames from the oldest on."""
        oldest = who.waiting[0]
        if len(who.frames) - next(place for place, frame in enumerate(who.frames) if frame is oldest) < self.least:
            self._refill(who.row)

    def _finish(self, who: Station) -> None:
        columns = [np.array([getattr(frame, name) for frame in who.frames]) for name in ("fate", "time", "tries", "unanswered")]
        who.frames = []
        self._end(who.row, Served(*columns, who.first, who.airtime, who.again))

    def _mode(self, who: Station, frame: Frame, time: int) -> tuple[int, float, int]:
        """The mode of a frame that begins at `time`, log success of a bit of it, and its link."""
        rules = self.rules
        modes, log_success, _ = self.signals.at(time)
        down = who.row == rules.access_point and frame.destination != BROADCAST
        row = frame.destination if down else who.row
        link = row + len(self.stations) if down else row
        if frame.destination == BROADCAST:
            mode = rules.basic
        else:
            mode = self.memory[link].mode if self.signals.adapts else int(modes[link])
        return mode, float(log_success[link, mode]), link

    def _selected(self, who: Station, mode: int, time: int) -> list[Frame]:
        """The MPDUs of the station's next frame: of one destination, in the window from the oldest on, as long as allowed."""
        oldest = who.waiting[0]
        if not self.rules.window or oldest.destination == BROADCAST:
            return [oldest]
        place = next(place for place, frame in enumerate(who.frames) if frame is oldest)
        chosen: list[Frame] = []
        for frame in who.frames[place:place + self.rules.window]:
            if frame.ready > time or frame.destination != oldest.destination:
                break
            if frame.fate == PENDING:
                if chosen and _aggregated([*chosen, frame]) > self.modes[mode]["limit"]:
                    break
                chosen.append(frame)
        return chosen

    def _frame_time(self, frames: list[Frame], mode: int) -> tuple[int, int]:
        """Bytes and ns of a PPDU of these MPDUs."""
        kind = self.modes[mode]
        alone = 0 if not self.rules.window or frames[0].destination == BROADCAST else self.rules.single
        size = frames[0].size + alone if len(frames) == 1 else _aggregated(frames)
        symbols = -(-(int(kind["overhead"]) + 8 * size) // int(kind["bits_per_symbol"]))
        payload = -(-symbols * int(kind["symbol"]) // int(kind["grid"])) * int(kind["grid"])
        return size, int(kind["preamble"]) + payload

    def _start_frame(self, who: Station) -> tuple[list[Frame], int, int, float, int]:
        """MPDUs (none: a BlockAckReq) with their bytes, mode, log success, link."""
        mode, log_success, link = self._mode(who, who.waiting[0], who.since)
        if who.first < 0:
            who.first = who.since
        if who.asking is not None:
            return [], 0, mode, log_success, link
        frames = self._selected(who, mode, who.since)
        for frame in frames:
            frame.tries += 1
        who.transmissions += 1
        return frames, self._frame_time(frames, mode)[0], mode, log_success, link

    def _alone(self, who: Station) -> tuple[int, int]:
        """The station's frame has the medium to itself; returns its end, and until when the others hold back."""
        rules, start = self.rules, who.since
        frames, size, mode, log_success, link = self._start_frame(who)
        kind = self.modes[mode]
        if not frames:
            end = start + int(kind["request"]) + rules.sifs + int(kind["block_ack"])
            self._spend(who, [], int(kind["request"]))
            self._succeed(who, who.waiting[0], end + rules.difs)
            who.asking = None
            return end, end
        head, length = frames[0], self._frame_time(frames, mode)[1]
        if head.destination == BROADCAST:
            head.fate, head.time = SENT, start + length
            self._spend(who, frames, length)
            self._succeed(who, head, start + length + rules.difs)
            return start + length, start + length
        if size > rules.rts_threshold:
            self._spend(who, frames, int(kind["rts"]))
            start += int(kind["rts"])
            length += rules.sifs + int(kind["cts"]) + rules.sifs
        self._spend(who, frames, length)
        end = start + length
        over = end + rules.sifs + int(kind["block_ack" if len(frames) > 1 else "ack"])
        for frame in frames:
            number = draw_number(frame.tries, 0, RECEPTION)
            if log_success == 0 or draw(rules.key, who.row, frame.tag, number) < np.exp(8 * frame.size * log_success):
                frame.fate, frame.time = DELIVERED, end
        arrived = any(frame.fate == DELIVERED for frame in frames)
        if rules.up:
            self.memory[link].learn(arrived, rules.up, rules.down, rules.highest)
        if not arrived:
            self._fail(who, frames, end)
            return end, over
        for frame in frames:
            if frame.fate == PENDING and rules.attempts and frame.tries >= rules.attempts:
                frame.fate, frame.time = LOST, over
        self._succeed(who, head, over + rules.difs)
        return over, over

    def _collide(self, who: Station) -> int:
        """The station's frame overlaps with another's; returns its end."""
        rules, start = self.rules, who.since
        frames, size, mode, _, link = self._start_frame(who)
        kind = self.modes[mode]
        if not frames:
            length = int(kind["request"])
            self._spend(who, frames, length)
            who.asking += 1
            spent = rules.attempts and who.asking >= rules.attempts
            who.window = rules.cw_min if spent else min(2 * who.window + 1, rules.cw_max)
            self._back_off(who, who.waiting[0], AFTER_FAILURE)
            who.asking = None if spent else who.asking
            who.since = start + length + rules.timeout + rules.difs
            return start + length
        length = self._frame_time(frames, mode)[1]
        if frames[0].destination == BROADCAST:
            frames[0].fate, frames[0].time = LOST, start + length
            who.failures += 1
            self._spend(who, frames, length)
            self._succeed(who, frames[0], start + length + rules.difs)
            return start + length
        announced = size > rules.rts_threshold
        if announced:
            length = int(kind["rts"])
        self._spend(who, frames, length)
        for frame in frames:
            frame.unanswered += 1 if announced else 0
        if rules.up and not announced:
            self.memory[link].learn(False, rules.up, rules.down, rules.highest)
        self._fail(who, frames, start + length)
        if announced:
            who.asking = None  # no data that a BlockAckReq could ask for
        return start + length

    def _succeed(self, who: Station, frame: Frame, resume: int) -> None:
        who.window = self.rules.cw_min
        self._back_off(who, frame, AFTER_SUCCESS)
        who.since = resume

    def _fail(self, who: Station, frames: list[Frame], end: int) -> None:
        """Nothing was acknowledged of `frames`, whose last symbol ended at `end`."""
        rules, head = self.rules, frames[0]
        who.failures += 1
        spent = rules.attempts and head.tries >= rules.attempts
        who.window = rules.cw_min if spent else min(2 * who.window + 1, rules.cw_max)
        self._back_off(who, head, AFTER_FAILURE)
        for frame in frames:
            if rules.attempts and frame.tries >= rules.attempts:
                frame.fate, frame.time = LOST, end + rules.timeout
        if rules.request and len(frames) > 1 and any(frame.fate == PENDING for frame in frames):
            who.asking = 0
        who.since = end + rules.timeout + rules.difs

    @staticmethod
    def _spend(who: Station, frames: list[Frame], time: int) -> None:
        """Book `time` on the air, shared by bytes with those of `frames` that were there before; none: a BlockAckReq, again."""
        who.airtime += time
        total = sum(frame.size for frame in frames)
        who.again += time * sum(frame.size for frame in repeats(frames)) // total if frames else time


def _aggregated(frames: list[Frame]) -> int:
    """Bytes of an A-MPDU: a delimiter of 4 before each MPDU, each but the last padded to a multiple of 4."""
    return sum(4 + -(-frame.size // 4) * 4 for frame in frames[:-1]) + 4 + frames[-1].size
