"""Run a method on a problem to a target and count every bit: the ideal loop of `train`, with a stop and with prices.

The channel is perfect here, so nothing is sent again and the clock does not matter; `tests/results` holds this loop to be
the simulator's, count for count. What loss does is the affair of the studies in `scenarios/studies/`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wirelesssim.learning.algorithm import Algorithm, Fate, Outcome
from wirelesssim.learning.codec import Codec
from wirelesssim.learning.gradients import Gradients
from wirelesssim.learning.guard import Guard
from wirelesssim.learning.rounds import contexts
from wirelesssim.learning.train import heard
from wirelesssim.learning.update import Update
from wirelesssim.learning.values import ValueFormat
from wirelesssim.network.transport import Transport
from wirelesssim.nodes.broadcaster import Broadcaster
from wirelesssim.rng import Streams

__all__ = ["Count", "GapTariff", "Goal", "Outlook", "WireTariff", "gap_bits", "measure", "value_bits"]


@dataclass(frozen=True)
class Goal:
    """Where a run may stop: f - f* <= `target` (`measure` error) or a test accuracy >= `target` (`measure` accuracy)."""

    measure: str
    target: float

    def reached(self, error: float, accuracy: float | None) -> bool:
        """Whether a model with these is there."""
        return error <= self.target if self.measure == "error" else accuracy is not None and accuracy >= self.target


@dataclass(frozen=True)
class Count:
    """What a run took. `end`: reached; rounds (the limit came first: censored), hopeless (censored early, see `Outlook`), bits
    (above the ceiling: cut) or diverged.

    `turns` worker steps asked for; bits since the start: `payload` <= `coded` <= `on_air` of the uplink, `downlink` on air;
    `messages` that were not silent; `error` f - f* and `accuracy` of the last model.
    """

    end: str
    rounds: int
    turns: int
    messages: int
    payload: int
    coded: int
    on_air: int
    downlink: int
    error: float
    accuracy: float

    @property
    def reached(self) -> bool:
        """Whether the run came to its target."""
        return self.end == "reached"


class Outlook:
    """Whether a run is worth its time: seen after a sixth, a third and two thirds of its `turns`.

    A run is hopeless if its error, falling as fast as it did since the look before, geometrically, would come to the goal
    only after twice its allowance. Where the goal is an accuracy no run is.
    """

    def __init__(self, goal: Goal, turns: int):
        self._goal, self._turns = goal, turns
        self._looks = [turns / 6, turns / 3, 2 * turns / 3] if goal.measure == "error" else []
        self._before: tuple[int, float] | None = None

    def hopeless(self, turns: int, error: float) -> bool:
        """What is to be said after `turns` worker steps, with an `error` above the goal; False between looks."""
        if not self._looks or turns < self._looks[0]:
            return False
        self._looks.pop(0)
        before, self._before = self._before, (turns, error)
        if before is None or error <= 0:
            return False
        if error >= before[1]:
            return True
        needed = (turns - before[0]) * math.log(error / self._goal.target) / math.log(before[1] / error)
        return turns + needed > 2 * self._turns


class WireTariff:
    """Prices of the simulator's default wire: packets of `codec` under `transport`'s mtu, headers, one acknowledgement.

    A silent worker pays for its marker, a header alone, and the acknowledgement of it.
    """

    def __init__(self, codec: Codec, transport: Transport):
        self.codec, self.transport = codec, transport
        self.values: ValueFormat = codec.values

    def message(self, update: Update) -> tuple[int, int, int]:
        """Payload, coded and on-air bits of a worker's update."""
        header, ack = self.transport.header, self.transport.ack.size
        if update.silent:
            return 0, 0, header + ack
        coded = self.codec.size(update)
        if coded <= self.transport.room:  # one packet: what it holds needs no cutting
            return value_bits(update, self.values.bits), coded, coded + header + ack
        packets = self.codec.packets(update, self.transport.room)
        coded = int(packets.coded_bits.sum())
        return int(packets.payload_bits.sum()), coded, coded + packets.count * header + ack

    def broadcast(self, model: Update) -> int:
        """On-air bits of one multicast of the model."""
        return Broadcaster.model_message(model, self.codec, self.transport.room, self.transport.header).total_bits[2]


class GapTariff:
    """The count of the project's reference run: 32 bits a value, Elias-gamma coded gaps, no frames, silence is free.

    A dense update pays no positions; values on a grid pay its bits, and 32 for its scale unless both ends know it.
    """

    def __init__(self):
        self.values = ValueFormat(32)

    def message(self, update: Update) -> tuple[int, int, int]:
        """Payload, and payload with positions (twice: nothing else is on this air)."""
        payload = value_bits(update, self.values.bits)
        coded = payload + (0 if update.indices is None or update.shared else gap_bits(update.indices))
        return payload, coded, coded

    def broadcast(self, model: Update) -> int:
        """32 bits a coordinate."""
        return 32 * model.size


def value_bits(update: Update, width: int) -> int:
    """Bits of the values alone, in one packet: `width` each, or those of a grid and 32 for its scale unless both ends know it."""
    grid = update.grid
    if update.silent or grid is None:
        return update.entries * width
    return update.entries * grid.bits + (0 if grid.unit else 32)


def gap_bits(indices: np.ndarray) -> int:
    """Bits of strictly increasing `indices` (n,): SUM (2 floor(log2 g) + 1) over the gaps g >= 1, the first from -1.

    Source: P. Elias, "Universal codeword sets and representations of the integers", IEEE Trans. Inf. Theory 21(2), 1975.
    """
    gaps = np.diff(indices, prepend=-1)
    return int((2 * (np.frexp(gaps)[1] - 1) + 1).sum())  # frexp: g = m 2^e, 1/2 <= m < 1, so floor(log2 g) = e - 1


def measure(problem, optimum: float | None, algorithm: Algorithm, goal: Goal, tariff: WireTariff | GapTariff, streams: Streams,
            turns: int, ceiling: float = math.inf, outlook: Outlook | None = None) -> Count:
    """Run `algorithm` until `goal`, `turns` worker steps, more than `ceiling` coded bits, divergence, or a bad `outlook`.

    The model is looked at once a round, or once in M worker steps where a round asks fewer than all M.
    """
    context_at = contexts(algorithm, problem, values=tariff.values, streams=streams)
    theta = problem.start()
    server, workers = algorithm.init_server(theta), [algorithm.init_worker(theta) for _ in range(problem.workers)]
    gradients, guard, model_bits = Gradients(problem), Guard(problem, optimum), tariff.broadcast(algorithm.broadcast(theta))
    bits, round, asked_for, looked, messages, downlink = np.zeros(3, dtype=np.int64), 0, 0, 0, 0, 0
    end = "reached" if goal.reached(*_state(problem, optimum, theta)) else None
    while end is None:
        round += 1
        context = context_at(round)
        asked = sorted(algorithm.select(server, context))
        gradients.announce(theta, asked)
        outcomes = {worker: Outcome(Fate.UNSCHEDULED) for worker in range(problem.workers)}
        for worker in asked:
            gradient = gradients.of(worker, algorithm, context)
            update, workers[worker] = algorithm.worker_step(workers[worker], theta, gradient, context)
            outcomes[worker] = heard(algorithm, worker, update, context)
            bits += tariff.message(update)
            messages += not update.silent
        server = algorithm.server_step(server, outcomes, context)
        before, theta = theta, algorithm.model(server)
        asked_for, downlink = asked_for + len(asked), downlink + model_bits * bool(asked)
        if asked_for - looked >= problem.workers or not asked:
            looked = asked_for
            end = _end(problem, optimum, goal, guard, round, before, theta, context.alpha)
            if end is None and outlook is not None and outlook.hopeless(looked, problem.value(theta) - optimum):
                end = "hopeless"
        if end is None and (asked_for >= turns or round >= turns):
            end = "rounds"
        if end is None and bits[1] > ceiling:
            end = "bits"
    error, accuracy = _state(problem, optimum, theta)
    return Count(end, round, asked_for, messages, *map(int, bits), downlink, error, math.nan if accuracy is None else accuracy)


def _state(problem, optimum: float | None, theta: np.ndarray) -> tuple[float, float | None]:
    """f - f* (NaN where f* is unknown) and the test accuracy."""
    return problem.value(theta) - (math.nan if optimum is None else optimum), problem.accuracy(theta)


def _end(problem, optimum, goal: Goal, guard: Guard, round: int, before, theta, alpha: float) -> str | None:
    value = problem.value(theta)
    error = None if optimum is None else value - optimum
    if guard.check(round, value, error, theta - before, alpha):
        return "diverged"
    accuracy = problem.accuracy(theta) if goal.measure == "accuracy" else None
    return "reached" if goal.reached(math.nan if error is None else error, accuracy) else None
