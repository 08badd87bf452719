"""The cell slot by slot in plain Python, one SimPy timeout a slot: the twin that the compiled loop is checked against.

Written from the description in `Ofdma` with objects in place of arrays; it shares with the loop the channel, the tables and
the numbering of draws, so that both must agree slot for slot.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import simpy

from ...radio.block_sinr import BlockSinr
from ..draws.plain import draw
from ..instants import happen
from .cell import Served
from .choice import Choice
from .grid import asks_at, grant_after, slot_from
from .rules import EQUAL_SHARE, MAX_CI, PROCESSES, PROPORTIONAL_FAIR, ROUND_ROBIN, Rules, Tables

__all__ = ["SlotCell"]


@dataclass
class _Piece:
    """A range of a burst's bits, and how often RLC has sent it before."""

    offset: int
    bits: int
    again: int = 0
    due: int = 0


@dataclass
class _Block:
    """A transport block on a HARQ process."""

    piece: _Piece
    scheme: int
    count: int
    gathered: float = 0.0
    tries: int = 0
    good: bool = False
    known_at: int = 0
    failed: bool = False


@dataclass
class _User:
    """A user, its burst if it has one, and its HARQ processes."""

    index: int
    processes: list[_Block | None] = field(default_factory=lambda: [None] * PROCESSES)
    offset_db: float = 0.0
    average: float = 0.0
    last_end: float = 0.0
    busy: bool = False
    asking: bool = False
    own_only: bool = False
    first: int = 0
    ready: int = 0
    total: int = 0
    placed: int = 0
    unsettled: int = 0
    usable: int = 0
    started: int | None = None
    end: int = 0
    sent_at: int = -1
    again: list[_Piece] = field(default_factory=list)
    lost: list[tuple[int, int]] = field(default_factory=list)
    done: simpy.Event | None = None

    def waiting(self, slot: int) -> int:
        """Bits for a new block: of the first lost range if it is due, else what was never sent."""
        return self.again[0].bits if self.again and self.again[0].due <= slot else self.total - self.placed

    def take(self, slot: int, size: int) -> _Piece:
        """At most `size` of these bits."""
        if self.again and self.again[0].due <= slot:
            head = self.again[0]
            if head.bits <= size:
                return self.again.pop(0)
            piece = _Piece(head.offset, size, head.again)
            head.offset, head.bits = head.offset + size, head.bits - size
        else:
            piece = _Piece(self.placed, min(size, self.total - self.placed))
            self.placed += piece.bits
        self.unsettled += 1
        return piece


class SlotCell:
    """As `Cell`, one event a slot. `allocations`, a list if it is asked for, takes (slot, user, first block, blocks)."""

    def __init__(self, env: simpy.Environment, rules: Rules, tables: Tables, sources: list[BlockSinr], slot: float,
                 sr_period: int, inactivity: float, resume_delay: float, allocations: list | None = None):
        self.env, self.rules, self.slot = env, rules, slot
        self.sr_period, self.inactivity, self.resume_delay = sr_period, inactivity, resume_delay
        self.choice = Choice(rules, tables, sources, slot)
        self.users = [_User(index) for index in range(rules.users)]
        self.turn, self.now, self.running, self.allocations = 0, 0, False, allocations
        self.transmissions = self.blocks = 0

    def transmit(self, user: int, bits: int) -> simpy.Event:
        """As `Cell.transmit`."""
        now, who = self.env.now, self.users[user]
        delay = self.resume_delay if now - who.last_end > self.inactivity else 0.0
        who.first = slot_from(now + delay, self.slot)
        who.own_only = self.rules.own_period > 0
        who.asking = not who.own_only
        who.ready = who.first if who.own_only else asks_at(self.rules, who.first, self.sr_period)
        who.total, who.placed, who.unsettled, who.usable, who.end = bits, 0, 0, who.first, 0
        who.started, who.again, who.lost, who.busy, who.done = None, [], [], True, self.env.event()
        if not self.running:
            self.running, self.now = True, max(self.now, slot_from(now, self.slot))
            self.env.process(self._run())
        return who.done

    def _run(self):
        while any(user.busy for user in self.users):
            ahead = (self.now + 1e-6) * self.slot - self.env.now  # after all that may still be counted to the slot's start
            yield self.env.timeout(max(0.0, ahead))
            if self.rules.uplink[self.now % len(self.rules.uplink)]:
                self._one_slot(self.now)
            self.now += 1
        self.running = False

    def _one_slot(self, slot: int) -> None:
        busy = [user for user in self.users if user.busy]
        turn = self.turn % self.rules.users
        order = [user for user in busy if user.index >= turn] + [user for user in busy if user.index < turn]
        for user in busy:
            self._learn(user, slot)
        free = 0
        if self._own_occasion(slot):
            for user in busy:
                self._own(user, slot)
            free = self.rules.users * self.rules.own_blocks
        free, grants = self._repeat(order, slot, free)
        for user in order:
            if user.asking and user.ready <= slot and grants and free < self.rules.blocks:
                user.asking, user.ready, free, grants = False, grant_after(self.rules, slot), free + 1, grants - 1
                user.usable = user.ready
        self._fresh(order, slot, free, grants)
        for user in busy:
            self._conclude(user, slot)

    def _learn(self, user: _User, slot: int) -> None:
        rules = self.rules
        for place, block in enumerate(user.processes):
            if block is None or block.failed or block.known_at > slot:
                continue
            if block.tries == 1:
                step = rules.step_up if block.good else -rules.step_down
                user.offset_db = max(-rules.offset_limit, min(rules.offset_limit, user.offset_db + step))
            if not block.good and block.tries < rules.attempts:
                block.failed = True
                continue
            user.processes[place] = None
            if block.good:
                continue
            piece = block.piece
            if rules.acknowledged and piece.again < rules.rlc_retries:
                user.again.append(_Piece(piece.offset, piece.bits, piece.again + 1, slot + rules.status_delay))
            else:
                user.lost.append((piece.offset, piece.offset + piece.bits))
                user.unsettled, user.end = user.unsettled - 1, max(user.end, slot + 1)

    def _own_occasion(self, slot: int) -> bool:
        period, uplink = self.rules.own_period, self.rules.uplink
        return period > 0 and not any(uplink[s % len(uplink)] for s in range(slot - slot % period, slot))

    def _own(self, user: _User, slot: int) -> None:
        if user.asking or user.first > slot or None not in user.processes or user.waiting(slot) <= 0:
            return
        plan = self.choice.plan(user.index, user.offset_db, slot, self.rules.own_blocks, user.waiting(slot))
        if plan is not None:
            self._start(user, slot, *plan, user.index * self.rules.own_blocks)
            user.usable = slot + 1
            if user.own_only:
                user.own_only, user.ready = False, grant_after(self.rules, slot)

    def _repeat(self, order: list[_User], slot: int, free: int) -> tuple[int, int]:
        grants = self.rules.users_per_slot
        for user in order:
            failed = [block for block in user.processes if block is not None and block.failed]
            if not failed or not grants or user.sent_at == slot:
                continue
            block = min(failed, key=lambda block: block.known_at)
            if free + block.count <= self.rules.blocks:
                self._send(user, block, slot, free)
                free, grants = free + block.count, grants - 1
        return free, grants

    def _fresh(self, order: list[_User], slot: int, free: int, grants: int) -> None:
        rules, metric, before = self.rules, {}, {}
        for user in order:
            if user.asking or user.own_only or user.ready > slot or user.waiting(slot) <= 0:
                continue
            before[user.index] = user.usable
            whole = self.choice.fit(user.index, user.offset_db, slot, rules.blocks)
            if whole is None:
                continue
            user.usable = slot + 1
            if user.sent_at != slot and None in user.processes:
                metric[user.index] = {
                    ROUND_ROBIN: 0.0, EQUAL_SHARE: 0.0, MAX_CI: self.choice.report(user.index, slot),
                    PROPORTIONAL_FAIR: self.choice.bits(*whole) / max(user.average, 1.0)}[rules.scheduler]
        served, first_choice = dict.fromkeys(metric, 0.0), True
        ranked = sorted((user for user in order if user.index in metric), key=lambda user: -metric[user.index])
        allowed = grants
        for place, user in enumerate(ranked):
            if not grants or free >= rules.blocks:
                break
            share = rules.blocks - free
            if rules.scheduler == EQUAL_SHARE:
                share = math.ceil(share / min(len(ranked) - place, grants))
            plan = self.choice.plan(user.index, user.offset_db, slot, share, user.waiting(slot))
            if plan is None:
                if first_choice and grants == allowed == rules.users_per_slot:
                    user.usable = before[user.index]
                continue
            first_choice = False
            self._start(user, slot, *plan, free)
            served[user.index] = float(self.choice.bits(*plan))
            self.turn, free, grants = user.index + 1, free + plan[0], grants - 1
        for index, bits in served.items():
            self.users[index].average += (bits - self.users[index].average) / rules.window

    def _start(self, user: _User, slot: int, count: int, scheme: int, first: int) -> None:
        block = _Block(user.take(slot, self.choice.bits(count, scheme)), scheme, count)
        user.processes[user.processes.index(None)] = block
        self.blocks += 1
        self._send(user, block, slot, first)

    def _send(self, user: _User, block: _Block, slot: int, first: int) -> None:
        block.tries += 1
        block.gathered, error = self.choice.error(user.index, slot, first, block.count, block.scheme, block.gathered, block.tries)
        block.good = draw(self.rules.key, user.index, slot, block.tries) >= error
        block.known_at, block.failed, user.sent_at = slot + self.rules.harq_delay, False, slot
        user.started = slot if user.started is None else user.started
        self.transmissions += 1
        if self.allocations is not None:
            self.allocations.append((slot, user.index, first, block.count))
        if block.good:
            user.unsettled, user.end = user.unsettled - 1, max(user.end, slot + 1 + self.rules.decoding)

    def _conclude(self, user: _User, slot: int) -> None:
        gave_up = False
        if user.placed == user.total and user.unsettled == 0:
            pass
        elif user.waiting(slot) <= 0:
            user.usable = slot + 1
            return
        elif not user.asking and slot - max(user.usable, user.ready) >= self.rules.outage_slots:
            gave_up, user.end = True, max(user.end, slot + 1)
            unknown = [block.piece for block in user.processes if block is not None and not block.good]
            user.lost += [(piece.offset, piece.offset + piece.bits) for piece in unknown + user.again]
            user.processes = [None] * PROCESSES
        else:
            return
        user.busy, end = False, max(self.env.now, user.end * self.slot)
        user.last_end = end
        started = None if user.started is None else user.started * self.slot
        happen(user.done, Served(user.placed, user.lost, started, gave_up), end)
