"""A medium that carries both directions: what the nodes make of its carrier and of its answers, times by hand.

As in `test_round_time`: u = 1.848 ms up at 1 Mbit/s, l = 5 ms latency, c = 10 ms a gradient; the fake medium below sends at
2 Mbit/s down, d = 0.924 ms, and takes a fixed 7 ms for an acknowledgement.
"""

import numpy as np
import pytest
from node_cases import durations, simulation

from wirelesssim.network.air import Answered
from wirelesssim.network.downlink import Carrier
from wirelesssim.network.stop_and_wait import can_sample
from wirelesssim.nodes.broadcaster import Broadcaster
from wirelesssim.nodes.worker import Task

u, d, l, c, answer = 1.848e-3, 0.924e-3, 5e-3, 10e-3, 7e-3  # noqa: E741
exact = dict(rel=1e-12)


class Passes(Carrier):
    """Sends one transmission after the other, each in as many passes as its audience's `needs` (worker -> passes, 0: never)."""

    def __init__(self, env, needs):
        self.env, self.needs, self.calls, self._free = env, needs, [], None

    def carry(self, transfer, workers):
        self.calls.append((self.env.now, transfer.message.worker, transfer.message.round, list(workers)))
        events = [self.env.event() for _ in workers]
        self._free = self.env.process(self._send(transfer, dict(zip(workers, events)), self._free))
        return events

    def _send(self, transfer, events, before):
        if before is not None:
            yield before
        transfer.start, everything = self.env.now, np.arange(transfer.message.packets)
        for attempt in range(1, max(self.needs[worker] for worker in events) + 1):
            yield self.env.timeout(transfer.message.total_bits[2] / 2e6)
            done = [worker for worker in events if self.needs[worker] == attempt]
            missing = any(self.needs[worker] > attempt or not self.needs[worker] for worker in events)
            transfer.burst(everything, np.full(len(everything), not missing), d)
            for worker in done:
                events[worker].succeed(True)
        for worker, event in events.items():
            if not self.needs[worker]:
                event.succeed(False)
        transfer.end = self.env.now


def carried(needs, downlink="multicast", rounds=2, **said):
    """A simulation on a fake medium that carries the downlink; workers need that many passes."""
    made = simulation(len(needs), rounds=rounds, downlink=downlink, **said)
    made.server.broadcaster.carrier = Passes(made.env, needs)
    return made, made.server.broadcaster.carrier


def test_multicast_in_passes():
    """Three workers of latency 5 ms that need 1, 3 and 2 passes: d, 3 d and 2 d + l until they have the model, in both rounds."""
    made, carrier = carried([1, 3, 2], transport="unreliable", feedback="none")
    recorder = made.run()
    round_time = 3 * d + l + c + u + l
    assert durations(recorder) == pytest.approx([round_time] * 2, **exact)
    assert [call[1:] for call in carrier.calls] == [(None, 1, [0, 1, 2]), (None, 2, [0, 1, 2])]
    rows = [row for row in recorder.transmissions if row.direction == "downlink"]
    for k, row in enumerate(rows):
        assert (row.start_s, row.end_s) == pytest.approx((k * round_time, k * round_time + 3 * d), **exact)
        assert (row.worker, row.on_air_bits, row.retransmitted_bits, row.attempts) == (None, 3 * 1848, 2 * 1848, 3)
        assert (row.packets, row.packets_lost, row.delivered, row.receivers) == (1, 2, 1, 3)
    assert [row.downlink_on_air_bits for row in recorder.rounds] == [0, 3 * 1848, 6 * 1848]


def test_unicast_one_after_the_other():
    """Two workers, one pass each, then one after the other: d + l and 2 d + l; a transmission and a row a worker."""
    made, carrier = carried([1, 1], downlink="unicast", rounds=1, transport="unreliable", feedback="none")
    recorder = made.run()
    assert durations(recorder) == pytest.approx([2 * d + l + c + u + l], **exact)
    assert [call[1:] for call in carrier.calls] == [(0, 1, [0]), (1, 1, [1])]
    rows = [(row.worker, row.start_s, row.end_s) for row in recorder.transmissions if row.direction == "downlink"]
    assert rows == [(0, 0, pytest.approx(d)), (1, pytest.approx(d), pytest.approx(2 * d))]


def test_a_worker_that_is_given_up_is_lost_and_the_round_goes_on():
    """Worker 1 never gets the model: the round lasts as without it, and the server counts it as lost."""
    made, _ = carried([1, 0], rounds=3, transport="unreliable", feedback="none")
    recorder = made.run()
    assert durations(recorder) == pytest.approx([d + l + c + u + l] * 3, **exact)
    assert [(row.workers_heard, row.workers_lost) for row in recorder.rounds[1:]] == [(1, 1)] * 3
    assert made.workers[1].steps == 0 and made.workers[0].steps == 3
    down = [row for row in recorder.transmissions if row.direction == "downlink"]
    # one pass for two of whom one never has it: no packet is with all, and one worker has the model
    assert [(row.delivered, row.packets_lost, row.receivers) for row in down] == [(0, 1, 1)] * 3


def test_receivers_where_nothing_is_lost():
    """A multicast of its own rate to three, then one after the other: 3 workers, then 1 each; the server has every message."""
    for downlink, receivers in (("multicast", [3]), ("unicast", [1, 1, 1])):
        rows = simulation(3, rounds=1, downlink={"type": downlink, "rate": "2 Mbit/s"}).run().transmissions
        assert [row.receivers for row in rows if row.direction == "downlink"] == receivers
        assert [row.receivers for row in rows if row.direction == "uplink"] == [1, 1, 1]


def test_a_message_in_part_is_with_nobody():
    """Of 40 packets an unreliable link that loses a quarter brings some: `delivered` says which share, `receivers` 0."""
    made = simulation(1, rounds=20, dimension=2000, transport={"type": "unreliable", "mtu": "228 B"},
                      channel={"type": "fixed", "rate": "1 Mbit/s", "loss": "25 %"})
    rows = [row for row in made.run().transmissions if row.direction == "uplink"]
    assert all(0 < row.delivered < row.packets and row.receivers == 0 for row in rows)  # none whole: 0.75^40 = 1e-5 each


def test_the_backhaul_comes_before_the_medium():
    made, carrier = carried([1], rounds=2, transport="unreliable", feedback="none", backhaul={"type": "fixed", "latency": "3 ms"})
    recorder = made.run()
    assert durations(recorder) == pytest.approx([3e-3 + d + l + c + u + l + 3e-3] * 2, **exact)
    assert carrier.calls[0][0] == 3e-3


def test_an_ideal_downlink_asks_no_carrier():
    """It is there at once whatever the medium."""
    made = simulation(1, downlink="ideal")
    own, carrier = made.server.broadcaster, Passes(made.env, [1])
    there = Broadcaster(made.env, own.downlink, own.message, own.rates, own.latencies * 0, own.jitters, own.streams, made.books,
                        carrier=carrier)
    there.send(Task(1, np.zeros(50), None), made.workers)
    made.env.run(until=1e-9)
    assert carrier.calls == [] and len(made.workers[0].inbox.items) == 1


def test_a_run_that_is_cut_books_what_was_sent():
    """Cut after two of three passes: two passes of bits, one row that ends at the cut."""
    made, _ = carried([3], rounds=None, stop={"simulated_time": 2.5 * d}, transport="unreliable", feedback="none")
    row, = [row for row in made.run().transmissions if row.direction == "downlink"]
    assert (row.end_s, row.on_air_bits, row.attempts) == (2.5 * d, 2 * 1848, 2)


class Answers:
    """Wraps an air: acknowledgements are frames of the medium, 7 ms each, `heard` or not."""

    both_ways = True

    def __init__(self, air, heard):
        self.air, self.heard, self.asked = air, list(heard), []
        self.loss, self.send = air.loss, air.send

    def answer(self, round, frame, attempt, bits):
        self.asked.append((self.air.env.now, round, frame, attempt, bits))
        yield self.air.env.timeout(answer)
        return Answered(self.heard.pop(0), 1)


@pytest.mark.parametrize("scheme", ["burst", "stop_and_wait"])
def test_answers_are_frames_of_the_medium(scheme):
    """The first answer is lost: noticed when the air is done with it, u + l + 7 ms + l after the start; then once more."""
    made = simulation(1, rounds=1, downlink="ideal", transport={"type": "arq", "scheme": scheme})
    made.workers[0].uplink.air = air = Answers(made.workers[0].uplink.air, [False, True])
    assert not can_sample(made.workers[0].uplink)
    recorder = made.run()
    assert durations(recorder) == pytest.approx([c + u + l], **exact)  # the server had it with the first
    row, = recorder.transmissions
    assert row.end_s == pytest.approx(c + 2 * (u + l + answer + l), **exact)
    assert (row.attempts, row.on_air_bits, row.acknowledged) == (2, 2 * (1848 + 320), 1)
    assert air.asked == [(pytest.approx(c + u + l), 1, 0, 1, 320), (pytest.approx(c + 2 * (u + l) + answer + l), 1, 0, 2, 320)]
