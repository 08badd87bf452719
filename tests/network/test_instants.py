"""Alarms and loops that run ahead: when they ring, what they may know then."""

import math

import numpy as np
import pytest
import simpy

from wirelesssim.network.batches import Batch, FrameTable, Senders
from wirelesssim.network.instants import Ahead, Alarm, happen, last_at

FRAME = np.dtype([(name, np.int64) for name in ("size", "tag", "destination", "fate")])
SENDER = np.dtype([("head", np.int64), ("end", np.int64)])


def test_an_alarm_rings_once_at_the_soonest_instant_after_all_else():
    """Set to 3, to 2, and to 2 again: one ring, at 2, after a timeout that was made later and after what followed from it."""
    env, log = simpy.Environment(), []
    alarm = Alarm(env, lambda time: log.append(time) or math.inf)
    for time in (3.0, 2.0, 2.0):
        alarm.set(time)

    def process():
        yield env.timeout(2.0)
        log.append("timeout")
        yield env.timeout(0.0)
        log.append("follows")

    env.process(process())
    env.run()
    assert log == ["timeout", "follows", 2.0]


def test_what_it_returns_is_the_next_ring_and_what_it_is_set_to_meanwhile_is_not():
    env, log = simpy.Environment(), []

    def ring(time):
        log.append((time, env.now))
        alarm.set(time + 0.25)
        return time + 1 if time < 3 else math.inf

    alarm = Alarm(env, ring)
    alarm.set(1.0)
    env.run()
    assert log == [(time, time) for time in (1.0, 2.0, 3.0)]


def test_an_instant_in_nanoseconds_stays_a_whole_number():
    env, log = simpy.Environment(), []
    Alarm(env, lambda time: log.append((time, env.now)) or math.inf, per_second=1e9).set(1_500_000_001)
    env.run()
    assert log == [(1_500_000_001, 1.500000001)] and isinstance(log[0][0], int)


def test_a_loop_runs_up_to_the_next_event_of_anybody_and_waits_for_it():
    """Steps of 0.4 s till 2 s, foreign events at 1 and 1.5: at 0 those that begin before 1, at 1 those before 1.5, then all."""
    env, log, state = simpy.Environment(), [], {"next": 0.0}

    def advance(limit):
        if state["next"] >= limit:
            return False
        log.append((env.now, round(state["next"], 9)))
        state["next"] += 0.4
        return True

    ahead = Ahead(env, lambda: state["next"] < 2.0 - 1e-9, advance)
    env.timeout(1.0), env.timeout(1.5)
    ahead.set(0.0)
    env.run()
    assert log == [(0.0, 0.0), (0.0, 0.4), (0.0, 0.8), (1.0, 1.2), (1.5, 1.6)]
    state["next"] = 1.9
    ahead.set(env.now)  # something new
    env.run()
    assert log[-1] == (1.5, 1.9)


@pytest.mark.parametrize("at, seen", [(2.0, 2.0), (0.5, 1.0)])
def test_what_has_passed_happens_now(at, seen):
    env, log = simpy.Environment(), []

    def process():
        yield env.timeout(1.0)
        event = env.event()
        happen(event, "value", at)
        log.append(((yield event), env.now))
        log.append(((yield last_at(env, at - 1.0, "last")), env.now))

    env.process(process())
    env.run()
    assert log == [("value", seen), ("last", seen)]


def test_an_instant_is_the_same_whenever_it_was_said():
    """0.8 + (2.9 - 0.8) is an ulp below 2.9: what was set at 0 and what was set at 0.8 happen together, and last what is last."""
    assert 0.8 + (2.9 - 0.8) < 2.9
    env, log = simpy.Environment(), []

    def say(order, when, name):
        yield env.timeout(when)
        event = last_at(env, 2.9) if order == "last" else env.event()
        if order == "first":
            happen(event, None, 2.9)
        event.callbacks.append(lambda _: log.append((name, env.now)))

    for order, when, name in (("first", 0.0, "a"), ("last", 0.8, "d"), ("first", 0.8, "b"), ("first", 1.7, "c")):
        env.process(say(order, when, name))
    env.run()
    assert log == [(name, 2.9) for name in "abcd"]


class Served:
    """The end of a batch, ns."""

    def __init__(self, end):
        self.end = end


class OneByOne(Senders):
    """A frame takes as many ns as it has bytes, and nobody disturbs anybody."""

    loaded: list

    def _load(self, row, batch, now):
        self.loaded.append((row, now))
        self._ending = row, Served(now + int(batch.sizes.sum()))

    def finish(self):
        self._end(*self._ending)


def test_the_next_batch_begins_where_the_last_ended_ahead_of_the_clock():
    """400 ns and 250 ns: the loop may end both before the clock moves; who waits is told at 400 and at 650 ns."""
    env, told = simpy.Environment(), []
    senders = OneByOne(env, 2)
    senders.loaded = []
    for sizes in ([100, 300], [250]):
        event = senders.transmit(1, Batch(np.array(sizes), np.arange(len(sizes))))
        event.callbacks.append(lambda event: told.append((event.value.end, round(env.now * 1e9))))
    assert senders.loaded == [(1, 0)] and senders.busy()
    senders.finish(), senders.finish()
    assert senders.loaded == [(1, 0), (1, 400)] and not senders.busy()
    env.run()
    assert told == [(400, 400), (650, 650)]


def test_a_table_that_is_full_makes_way_and_keeps_what_is_under_way():
    """Room for 8. Sender 0 has sent 2 of its 5, sender 1 all of its 2; then 3 come for sender 1, which is one too many."""
    table = FrameTable(np.zeros(8, FRAME), np.zeros(2, SENDER))
    first = table.put(0, Batch(np.arange(5) + 100, np.arange(5)))
    table.put(1, Batch(np.array([7, 8]), np.array([0, 1])))
    first["fate"][:2], table.senders["head"] = 1, [2, 7]
    before = table.frames
    fresh = table.put(1, Batch(np.array([9, 10, 11]), np.array([2, 3, 4]), destination=3))
    assert table.frames is not before and len(table.frames) >= 2 * (5 + 3)
    assert table.of(0)["size"].tolist() == [100, 101, 102, 103, 104] and table.of(0)["fate"].tolist() == [1, 1, 0, 0, 0]
    head, end = table.senders[0]
    assert table.frames["size"][head:end].tolist() == [102, 103, 104]
    assert table.of(1)["size"].tolist() == [9, 10, 11] and np.shares_memory(fresh, table.frames)
    assert fresh["destination"].tolist() == [3, 3, 3] and not fresh["fate"].any()
