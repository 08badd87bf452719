"""The medium where stations do not all hear each other, event by event: each has its own busy times, deferral and backoff.

A station freezes its backoff a slot after the start of each frame that it hears, back to that start, and counts again DIFS
after the last of what it hears has ended (EIFS if that was undecodable), and after all reservations by duration fields that it
decoded; one by an RTS falls when no frame follows it within SIFS + CTS + timeout + slot (802.11-2020, 10.3.2.4). A frame arrives
if nothing else that its receiver hears overlaps it there, even in part, and if the receiver does not send meanwhile; of an
A-MPDU whose preamble nothing overlaps, each MPDU by itself (bystanders take it for undecodable). A broadcast frame that overlaps
with any is lost for all. Answers follow after SIFS, to RTS where the receiver knows of no reservation but by the sender's own
exchange (10.3.2.9, from memory). They may be lost, too: then what arrived is sent again, and the sender does not know that it
did. A burst is over when its last frame has arrived; what its sender repeats thereafter is on the air and in nobody's books,
beside MPDUs of the next burst by bytes. No MPDU is sent that is 64 or more behind the oldest that is not acknowledged (10.25,
from memory), of whichever burst that is.

In plain Python, with objects, for `fidelity: packet`: the twin of `HiddenLoop`, that agrees with it frame for frame. With nobody
hidden it agrees with `SlotContention` frame for frame. All draw the same uniforms.
"""

from __future__ import annotations

import numpy as np
import simpy

from ....radio.wifi.kernels import arf
from ...draws.plain import draw
from ..rules import AFTER_FAILURE, AFTER_SUCCESS, BROADCAST, BUSY, DELIVERED, LOST, PENDING, SENT, Rules, draw_number
from ..signals import Signals
from .agenda import Agenda
from .ether import ACK, CTS, DATA, REQUEST, RTS, Ether, Signal
from .exchange import Exchange, arrivals, prepare, spared
from .rules import ARRIVE, BEGIN, END, FOLLOW, GIVE_UP, HEAR
from .station import Burst, Frame, Station

__all__ = ["HiddenContention"]


class HiddenContention(Agenda):
    """As `LoopContention`, with `hearing` (S, S) of bool, row i, column j: station i hears j. `log`, if given, collects every
    frame on the air."""

    def __init__(self, env: simpy.Environment, rules: Rules, modes: np.ndarray, signals: Signals, hearing: np.ndarray,
                 log: list[Signal] | None = None):
        super().__init__(env, rules, modes, signals)
        self.stations = [Station(row, rules.cw_min) for row in range(signals.stations)]
        self._memory = [(int(mode), 0, 0) for mode in signals.at(0)[0]]  # of ARF, a link each
        self.ether, self.log = Ether(hearing), log

    def _load(self, station, batch, now):
        who, burst = self.stations[station], Burst.of(batch, now)
        who.load(burst)
        if not who.contends and who.exchange is None:
            self._at(who.oldest().ready, ARRIVE, station, self._arrive, who)
        self._go_ahead()

    def _arrive(self, who: Station) -> None:
        """A frame comes to a station that had none."""
        oldest = who.oldest()
        if who.contends or who.exchange is not None or oldest is None or oldest.ready > self._now:
            return
        who.contends = True
        over = who.over or (who.since is not None and who.begins(self.rules.slot) <= self._now)
        if over and who.idle(self._now):
            who.since, who.left, who.at_once = max(self._now, who.since), 0, True
        elif over:
            self._back_off(who, oldest, BUSY)
        self._plan(who)

    def _back_off(self, who: Station, frame: Frame, purpose: int) -> None:
        number = draw_number(frame.tries, who.asking or 0, purpose)
        who.left = int(draw(self.rules.key, who.row, frame.tag, number) * (who.window + 1))
        who.over = False

    def _plan(self, who: Station) -> None:
        """The station begins when its backoff is over, unless it hears something till then."""
        if who.contends and who.since is not None:
            who.token += 1
            self._at(who.begins(self.rules.slot), BEGIN, who.row, self._begin, who, who.token)

    def _hear(self, signal: Signal) -> None:
        """Who listens notices a frame a slot after its start, and has not counted since that."""
        for row in self.ether.listeners[signal.sender]:
            who = self.stations[row]
            who.heard = signal.start
            if who.since is None:
                continue
            who.count(self.rules.slot, signal.start)
            if who.at_once:
                self._back_off(who, who.oldest(), BUSY)
            who.since, who.at_once, who.token = None, False, who.token + 1

    def _resume(self, who: Station) -> None:
        """Count on, if nothing is on the air any more."""
        if who.exchange is None and not self.ether.busy(who.row):
            who.since = max(who.defer, max(who.reserved, who.own) + self.rules.difs)
            self._plan(who)

    def _send(self, kind: int, exchange: Exchange, sender: int, to: int, length: int) -> None:
        signal = Signal(kind, sender, to, self._now, self._now + length, exchange.over, exchange)
        self.ether.begin(signal)
        exchange.said = exchange.said or kind == DATA
        if self.log is not None:
            self.log.append(signal)
        self._at(self._now + self.rules.slot, HEAR, sender, self._hear, signal)
        self._at(signal.end, END, sender, self._end_of, signal)

    def _end_of(self, signal: Signal) -> None:
        self.ether.end(signal)
        if signal.kind == DATA and signal.to != BROADCAST:
            signal.spared = spared(signal, self.modes[signal.exchange.mode])
            signal.came = arrivals(signal.exchange, signal.spared, self.rules)
        for row in self.ether.listeners[signal.sender]:
            who = self.stations[row]
            self._listen(who, signal)
            self._resume(who)
        self._resume(self.stations[signal.sender])
        if signal.kind == RTS:
            self._at(self._now + self._patience(signal.exchange), GIVE_UP, signal.sender, self._release, signal)
        self._react(signal)

    def _listen(self, who: Station, signal: Signal) -> None:
        """What the station makes of a frame that it heard to its end."""
        difs = self._now + self.rules.difs
        if signal.received(who.row) and not self._spoilt(who, signal):
            who.defer = difs
            if signal.exchange.to == who.row:
                who.own = max(who.own, self._answered_by(who, signal))
            elif signal.to != who.row and signal.over > who.reserved:
                who.reserved, who.holder = signal.over, signal.exchange.sender
        elif signal.deaf >> who.row & 1:  # it sent meanwhile: energy, no preamble
            who.defer = max(who.defer, difs)
        else:
            who.defer = self._now + self.rules.eifs

    def _spoilt(self, who: Station, signal: Signal) -> bool:
        """Whether noise left nothing of data to the station; where there is no EIFS it holds back as all who heard them."""
        return signal.to == who.row and signal.came == [] and self.rules.eifs > self.rules.difs

    def _willing(self, receiver: Station, signal: Signal) -> bool:
        """Whether it answers a frame that has come to it: to RTS not in a reservation, unless the sender itself holds that."""
        free = receiver.reserved <= self._now or receiver.holder == signal.exchange.sender
        return receiver.exchange is None and (free or signal.kind != RTS)

    def _answered_by(self, receiver: Station, signal: Signal) -> int:
        """Until when the receiver holds back for its answer: after a CTS the data come, or they do not."""
        if signal.kind != RTS:
            return signal.over
        cts = self.rules.sifs + int(self.modes[signal.exchange.mode]["cts"])
        return self._now + (cts if self._willing(receiver, signal) else 0)

    def _patience(self, exchange: Exchange) -> int:
        """From the end of RTS to the moment when, without a frame, its reservation falls."""
        return self.rules.sifs + int(self.modes[exchange.mode]["cts"]) + self.rules.timeout + self.rules.slot

    def _release(self, signal: Signal) -> None:
        """Those who have heard nothing since the RTS take the medium for free."""
        for row in self.ether.listeners[signal.sender]:
            who = self.stations[row]
            if signal.received(row) and row != signal.to and who.heard <= signal.start and who.reserved == signal.over:
                who.reserved, who.defer = self._now, self._now + self.rules.difs
                self._resume(who)

    def _react(self, signal: Signal) -> None:
        """What sender and receiver do after a frame."""
        exchange, kind = signal.exchange, signal.kind
        if exchange.to == BROADCAST:
            self._heard_by_all(signal)
            return
        arrived, receiver = signal.received(signal.to), self.stations[signal.to]
        if kind in (CTS, ACK):
            self._answered(signal, arrived)
            return
        exchange.answered = False
        self._at(self._now + self.rules.timeout, GIVE_UP, exchange.sender, self._miss, exchange)
        if kind == DATA and arrived:
            arrived = self._deliver(signal)
        if not arrived or not self._willing(receiver, signal):
            return
        answer, length = (CTS, int(self.modes[exchange.mode]["cts"])) if kind == RTS else (ACK, exchange.answer)
        self._at(self._now + self.rules.sifs, FOLLOW, receiver.row, self._answer, answer, exchange, receiver, length)

    def _answered(self, signal: Signal, arrived: bool) -> None:
        """CTS, ACK or BlockAck has ended."""
        exchange = signal.exchange
        if not arrived:
            exchange.answered = False
            if self._now >= signal.start - self.rules.sifs + self.rules.timeout:
                self._miss(exchange)
        elif signal.kind == CTS:
            self._at(self._now + self.rules.sifs, FOLLOW, exchange.sender, self._send_data, exchange)
        else:
            self._succeed(exchange)

    def _answer(self, kind: int, exchange: Exchange, receiver: Station, length: int) -> None:
        exchange.answered = True
        self._send(kind, exchange, receiver.row, exchange.sender, length)

    def _send_data(self, exchange: Exchange) -> None:
        kind = self.modes[exchange.mode]
        burst = self.stations[exchange.sender].burst
        burst.spend(exchange.frames, int(kind["cts"]) + 2 * self.rules.sifs + exchange.length)
        self._send(DATA, exchange, exchange.sender, exchange.to, exchange.length)

    def _begin(self, who: Station, token: int) -> None:
        """The station's backoff is over."""
        if token != who.token:
            return
        who.since, who.left, who.at_once, who.contends = None, 0, False, False
        exchange = who.exchange = self._prepared(who)
        for frame in exchange.frames:
            frame.tries += 1
            if frame.burst.first < 0:
                frame.burst.first = self._now
        who.transmissions += 1 if exchange.frames else 0
        if exchange.announced:
            kind, length = RTS, int(self.modes[exchange.mode]["rts"])
        else:
            kind, length = (DATA if exchange.frames else REQUEST), exchange.length
        who.burst.spend(exchange.frames or who.asked(self.rules.window), length, again=not exchange.frames)
        self._send(kind, exchange, who.row, exchange.to, length)

    def _prepared(self, who: Station) -> Exchange:
        """Mode and link of the station's oldest frame, and the exchange that begins now."""
        oldest, (modes, log_success, _) = who.oldest(), self.signals.at(self._now)
        down = who.row == self.rules.access_point and oldest.destination != BROADCAST
        link = oldest.destination + len(self.stations) if down else who.row
        mode = self.rules.basic
        if oldest.destination != BROADCAST:
            mode = self._memory[link][0] if self.signals.adapts else int(modes[link])
        return prepare(who, self.rules, self.modes, mode, link, float(log_success[link, mode]), self._now)

    def _deliver(self, signal: Signal) -> bool:
        """Their receiver had the data, or part of them, alone; returns whether some MPDU arrived."""
        self._settle([frame for frame in signal.came if frame.fate == PENDING], DELIVERED, signal.sender)
        return bool(signal.came)

    def _settle(self, frames: list[Frame], fate: int, row: int) -> None:
        """The fate of `frames` of a station is known; a burst without another open frame is over."""
        who = self.stations[row]
        who.delivered, who.lost = who.delivered + len(frames) * (fate == DELIVERED), who.lost + len(frames) * (fate == LOST)
        for frame in frames:
            frame.fate, frame.time = fate, self._now
            frame.burst.open -= 1
        for burst in {id(frame.burst): frame.burst for frame in frames}.values():
            if not burst.open and row not in self._sources:
                self._end(row, burst.served())

    def _succeed(self, exchange: Exchange) -> None:
        """The answer came."""
        who, rules = self.stations[exchange.sender], self.rules
        self._learn(exchange, True)
        who.window = rules.cw_min
        self._back_off(who, exchange.frames[0] if exchange.frames else who.oldest(), AFTER_SUCCESS)
        who.asking = None
        lost = [frame for frame in exchange.frames
                if frame.fate == PENDING and rules.attempts and frame.tries >= rules.attempts]
        for frame in (exchange.frames or who.frames):  # a BlockAck after a request tells of all
            frame.settled = frame.settled or frame.fate == DELIVERED
        self._conclude(who, exchange, lost)

    def _miss(self, exchange: Exchange) -> None:
        """It is time for an answer, and none is on the air."""
        if exchange.closed or exchange.answered:
            return
        who, rules, frames = self.stations[exchange.sender], self.rules, exchange.frames
        if exchange.said:
            self._learn(exchange, False)
        if frames:
            who.failures += 1
            for frame in frames:
                frame.unanswered += 0 if exchange.said else 1
            spent = rules.attempts and frames[0].tries >= rules.attempts
        else:
            who.asking += 1
            spent = rules.attempts and who.asking >= rules.attempts
        who.window = rules.cw_min if spent else min(2 * who.window + 1, rules.cw_max)
        self._back_off(who, frames[0] if frames else who.oldest(), AFTER_FAILURE)
        given_up = [frame for frame in frames if rules.attempts and frame.tries >= rules.attempts]
        for frame in given_up:
            frame.settled = True
        if frames:
            who.asking = 0 if rules.request and exchange.said and len(frames) > 1 and len(given_up) < len(frames) else None
        elif spent:
            who.asking = None
        self._conclude(who, exchange, [frame for frame in given_up if frame.fate == PENDING])

    def _heard_by_all(self, signal: Signal) -> None:
        """A broadcast frame has ended."""
        exchange, who = signal.exchange, self.stations[signal.sender]
        met, frame = bool(signal.overlapped | signal.deaf), exchange.frames[0]
        who.failures += 1 if met else 0
        who.window, frame.settled = self.rules.cw_min, True
        self._back_off(who, frame, AFTER_SUCCESS)
        self._conclude(who, exchange, [frame], LOST if met else SENT)

    def _learn(self, exchange: Exchange, success: bool) -> None:
        if self.rules.up and exchange.frames:
            rules, held = self.rules, self._memory[exchange.link]
            self._memory[exchange.link] = arf(*held, success, rules.up, rules.down, rules.highest)

    def _conclude(self, who: Station, exchange: Exchange, settled: list[Frame], fate: int = LOST) -> None:
        """The exchange is over, and `settled` frames have met their fate; on to the next."""
        who.exchange, exchange.closed, who.own = None, True, max(who.own, self._now)
        for frame in settled:
            frame.settled = True
        who.contends = True  # till it is known what is next
        self._settle(settled, fate, who.row)
        oldest = who.oldest()
        if who.row in self._sources and len(who.frames) - who.head < self.least:
            self._refill(who.row)
        who.contends = oldest is not None and oldest.ready <= self._now
        if oldest is not None and not who.contends:
            self._at(oldest.ready, ARRIVE, who.row, self._arrive, who)
        self._resume(who)
