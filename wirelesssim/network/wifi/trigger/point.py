"""What the access point sends as jobs, which contend as its triggers do: the model, and acknowledgements of the transport."""

from __future__ import annotations

import numpy as np
import simpy

from ....radio.wifi import (DELIMITER_BYTES, MAX_AMPDU_MPDUS, ack_duration, aggregate, ampdu_bytes, block_ack_duration,
                            control_mode, ppdu_duration)
from ...air import Answered
from ...downlink import Carrier
from ...instants import happen
from ...message import Transfer
from .cell import TriggerCell
from .rules import Receptions

__all__ = ["Point", "Pass", "Unicast", "Answer"]


class Point(Carrier):
    """Hands what goes down to the medium: to all in broadcast frames, pass after pass, to one worker in A-MPDUs."""

    def __init__(self, cell: TriggerCell):
        self.cell = cell

    def carry(self, transfer: Transfer, workers: list[int]) -> list[simpy.Event]:
        """As `Carrier.carry`."""
        events, round = {worker: self.cell.env.event() for worker in workers}, transfer.message.round
        draws = {worker: self.cell.draws.receptions("downlink", worker, round) for worker in workers}
        if transfer.message.worker is None:
            missing = {worker: np.ones(transfer.message.packets, dtype=bool) for worker in workers}
            self.cell.submit(Pass(self.cell, transfer, missing, events, draws))
        else:
            worker = transfer.message.worker
            self.cell.submit(Unicast(transfer, events[worker], draws[worker]))
        return list(events.values())


class Pass:
    """One pass over the frames of a model that some worker misses: broadcast at the basic rate, no ACK, each frame once.

    `missing` of each worker (K,) of bool. Afterwards the access point knows who misses what, at no cost, and passes again.
    """

    def __init__(self, cell: TriggerCell, transfer: Transfer, missing: dict[int, np.ndarray], events: dict[int, simpy.Event],
                 draws: dict[int, Receptions], number: int = 1):
        self.cell, self.transfer, self.missing, self.events, self.draws = cell, transfer, missing, events, draws
        self.number, self.seconds = number, 0.0
        self.packets = np.flatnonzero(np.any(list(missing.values()), axis=0))

    def exchanges(self, cell):
        """A frame at each step."""
        rules, signals = cell.rules, cell.down
        sizes = rules.mpdu_bytes(self.transfer.message.air_bits)
        for packet in self.packets.tolist():
            start, duration = cell.access(), ppdu_duration(rules.basic, int(sizes[packet]))
            cell.free = start + duration
            self.seconds += duration / 1e9
            for worker, missing in self.missing.items():
                if not missing[packet]:
                    continue
                chance = np.exp(8.0 * sizes[packet] * rules.success(signals.at(worker, start), rules.basic))
                missing[packet] = self.draws[worker].at(self.number, np.array([packet]))[0] >= chance
                if not missing.any():
                    happen(self.events.pop(worker), True, cell.free / 1e9)
            yield

    def finish(self):
        """Book the pass, and make another one if it is needed and allowed."""
        open_workers = {worker: self.missing[worker] for worker in self.events}
        lost = np.any([missing[self.packets] for missing in self.missing.values()], axis=0)
        self.transfer.burst(self.packets, ~lost, self.seconds)
        if open_workers and self.number < self.cell.rules.passes:
            self.cell.submit(Pass(self.cell, self.transfer, open_workers, self.events, self.draws, self.number + 1))
            return
        self.transfer.end = self.cell.env.now
        for event in self.events.values():
            event.succeed(False)


class Unicast:
    """A message to one worker in A-MPDUs, each answered by a block ACK; what is lost comes again in the next, first in line."""

    def __init__(self, transfer: Transfer, event: simpy.Event, draws: Receptions):
        self.transfer, self.event, self.draws = transfer, event, draws
        self.first = self.again = 0.0
        self.tries = np.zeros(transfer.message.packets, dtype=np.int64)
        self.arrived = np.zeros(transfer.message.packets, dtype=bool)

    def exchanges(self, cell):
        """An A-MPDU at each step."""
        rules, worker = cell.rules, self.transfer.message.worker
        sizes, waiting = rules.mpdu_bytes(self.transfer.message.air_bits), np.arange(len(self.tries))
        while len(waiting):
            start = cell.access()
            sinr = cell.down.at(worker, start) / rules.units.streams
            mode = cell.rules.downlink_mode(sinr)
            places = waiting[:aggregate(sizes[waiting[:MAX_AMPDU_MPDUS]], 0, mode)]
            duration = ppdu_duration(mode, ampdu_bytes(sizes[places]))
            cell.free = start + duration + rules.standard.sifs + block_ack_duration(control_mode(mode))
            fresh = float(sizes[places[self.tries[places] == 0]].sum()) / float(sizes[places].sum())
            self.first, self.again = self.first + fresh * duration / 1e9, self.again + (1 - fresh) * duration / 1e9
            per_bit = rules.success(sinr, mode)
            for place in places.tolist():
                self.tries[place] += 1
                drawn = self.draws.at(int(self.tries[place]), np.array([place]))[0]
                self.arrived[place] = drawn < np.exp(8.0 * sizes[place] * per_bit)
            waiting = waiting[~self.arrived[waiting] & (self.tries[waiting] < rules.attempts)]
            yield

    def finish(self):
        """Book it, and tell."""
        message = self.transfer.message
        self.transfer.burst(np.arange(message.packets), self.arrived, self.first)
        again = self.tries - 1
        self.transfer.repeated(int(again.sum()), int((again * message.air_bits).sum()), self.again)
        self.transfer.end = self.event.env.now
        self.event.succeed(bool(self.arrived.all()))


class Answer:
    """An acknowledgement of the transport, of `bits`, to one worker: a single MPDU with an ACK, sent again until it arrives."""

    def __init__(self, worker: int, bits: int, event: simpy.Event, draws: Receptions):
        self.worker, self.bits, self.event, self.draws = worker, bits, event, draws
        self.heard, self.tries = False, 0

    def exchanges(self, cell):
        """A frame at each step."""
        rules = cell.rules
        size = int(rules.mpdu_bytes(np.array([self.bits]))[0])
        for attempt in range(1, rules.attempts + 1):
            start = cell.access()
            sinr = cell.down.at(self.worker, start) / rules.units.streams
            mode = rules.downlink_mode(sinr)
            duration = ppdu_duration(mode, size + DELIMITER_BYTES)
            cell.free = start + duration + rules.standard.sifs + ack_duration(control_mode(mode))
            self.tries = attempt
            drawn = self.draws.at(attempt, np.zeros(1, dtype=np.int64))[0]
            self.heard = bool(drawn < np.exp(8.0 * size * rules.success(sinr, mode)))
            yield
            if self.heard:
                return

    def finish(self):
        """Tell the sender."""
        self.event.succeed(Answered(self.heard, self.tries))
