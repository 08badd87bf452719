"""Who speaks when: turns of TDMA by hand, shares of FDMA, and a medium that two never use at once.

u = 1 ms a packet of 1000 bits at 1 Mbit/s, l = 5 ms, an acknowledgement a = 0.32 ms: the sender hears WAIT = 2 l + a after
its burst.
"""

import numpy as np
import pytest
import simpy
from net_cases import Bench

from wirelesssim.network.access import TimeDivision

CHANNEL = {"type": "fixed", "rate": "1 Mbit/s", "latency": "5 ms"}
U, L, WAIT = 1e-3, 5e-3, 10.32e-3
both = pytest.mark.parametrize("fidelity", ["burst", "packet"])


def completes(transfers):
    return [transfer.complete for transfer in transfers]


@both
@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 1, 0, 2]])
def test_index_decides_among_those_who_are_ready(fidelity, order):
    """Bursts of 1, 2, 3, 4 u of workers 0 to 3, whoever asked first at that instant: they end at 1, 3, 6 and 10 u."""
    bench = Bench(CHANNEL, "unreliable", "tdma", workers=4, fidelity=fidelity)
    sent = {worker: bench.send([1000] * (worker + 1), worker, at=1.0) for worker in order}
    bench.run()
    assert completes([sent[m] for m in range(4)]) == pytest.approx([1 + k * U + L for k in (1, 3, 6, 10)], rel=1e-12)
    assert [sent[m].queue for m in range(4)] == pytest.approx([0, U, 3 * U, 6 * U], rel=1e-9)


@both
def test_who_is_ready_goes_at_once_and_then_in_turn(fidelity):
    """Worker 2 alone at 0 (10 u); 1 asks at 4 u, 0 at 5 u, 3 at 6 u: after 2 comes 3, and then it starts anew: 0, 1."""
    bench = Bench(CHANNEL, "unreliable", "tdma", workers=4, fidelity=fidelity)
    sent = [bench.send([1000] * 10, 2), bench.send([1000], 3, at=6 * U), bench.send([1000], 0, at=5 * U),
            bench.send([1000], 1, at=4 * U)]
    bench.run()
    assert completes(sent) == pytest.approx([k * U + L for k in (10, 11, 12, 13)], rel=1e-12)


def test_the_order_starts_anew_when_nobody_waits():
    """Worker 1 was last and nobody waited; at 1 s worker 0 and 2 ask together: 0 is first."""
    bench = Bench(CHANNEL, "unreliable", "tdma", workers=3)
    sent = [bench.send([1000], 1), bench.send([1000], 2, at=1.0), bench.send([1000], 0, at=1.0)]
    bench.run()
    assert completes(sent) == pytest.approx([U + L, 1 + 2 * U + L, 1 + U + L], rel=1e-12)


@both
def test_the_medium_is_free_while_a_sender_waits(fidelity):
    """Worker 0 loses its 2 u burst; worker 1 sends 20 u from 2 u on. Worker 0 hears at 2 u + WAIT and waits till 22 u."""
    bench = Bench(CHANNEL, "arq", "tdma", workers=2, fidelity=fidelity)
    bench.lose((1, 0, 1), (1, 1, 1))
    first, second = bench.send([1000, 1000], 0), bench.send([1000] * 20, 1)
    bench.run()
    assert completes([first, second]) == pytest.approx([24 * U + L, 22 * U + L], rel=1e-12)
    assert first.queue == pytest.approx(20 * U - WAIT, rel=1e-9) and second.queue == pytest.approx(2 * U, rel=1e-12)


@both
def test_one_packet_a_turn_under_stop_and_wait(fidelity):
    """Two workers with 2 packets each of 20 u: while one waits for its 10.32 ms the other sends: 0, 1, 0, 1 without a gap."""
    bench = Bench(CHANNEL, {"type": "arq", "scheme": "stop_and_wait"}, "tdma", workers=2, fidelity=fidelity)
    sent = [bench.send([20_000] * 2, worker) for worker in (0, 1)]
    bench.run()
    assert completes(sent) == pytest.approx([60 * U + L, 80 * U + L], rel=1e-12)


@both
@pytest.mark.parametrize("access, slower", [("dedicated", 1), ("fdma", 3)])
@pytest.mark.parametrize("transport, waits", [("unreliable", 0), ({"type": "arq", "scheme": "stop_and_wait"}, WAIT)], ids=str)
def test_shares(fidelity, access, slower, transport, waits):
    """Alone on its channel, 1000 bits take u; with a third of the rate 3 u, whether the others send or not."""
    bench = Bench(CHANNEL, transport, access, workers=3, fidelity=fidelity)
    sent = [bench.send([1000] * 2, 0), bench.send([2000] * 2, 2)]
    bench.run()
    assert completes(sent) == pytest.approx([slower * time + waits + L for time in (2 * U, 4 * U)], rel=1e-12)


@pytest.mark.parametrize("transport", ["arq", {"type": "arq", "scheme": "stop_and_wait"}, "unreliable"], ids=str)
@both
def test_never_two_at_once(fidelity, transport):
    """Eight workers at random instants, 30 % loss: no burst begins before the one before has ended, and none is idle while
    somebody waits."""
    channel = {"type": "fixed", "rate": "1 Mbit/s", "latency": "2 ms", "loss": "30 %"}
    bench = Bench(channel, transport, "tdma", workers=8, seed=5, fidelity=fidelity)
    spans = watched(bench)
    draw = bench.streams("case")
    sent = [bench.send(draw.integers(400, 3000, draw.integers(1, 6)), worker, at=draw.uniform(0, 0.02)) for worker in range(8)]
    bench.run()
    assert len(spans) >= 8 and all(after >= before for (_, before), (after, _) in zip(spans, spans[1:]))
    assert sum(end - start for start, end in spans) == pytest.approx(sum(t.on_air + t.retransmission for t in sent), rel=1e-9)
    if transport == "unreliable":  # all have asked by 20 ms
        assert all(after == before for (_, before), (after, _) in zip(spans, spans[1:]) if before > 0.02)


def watched(bench):
    """The (start, end) of every burst on the air, in order; filled as the bench runs."""
    spans = []

    def watch(air):
        plain = air.send

        def send(*said):
            start = bench.env.now
            sent = yield from plain(*said)
            spans.append((start, bench.env.now))
            return sent
        air.send = send

    for uplink in bench.uplinks:
        watch(uplink.air)
    return spans


def test_turns_of_a_busy_medium_go_round():
    """Four senders that always have more: every one gets each fourth turn."""
    env = simpy.Environment()
    medium, turns = TimeDivision(env), []

    def sender(worker):
        while True:
            yield medium.turn(worker)
            turns.append(worker)
            yield env.timeout(1.0)
            medium.done(worker)

    for worker in (2, 0, 3, 1):
        env.process(sender(worker))
    env.run(until=39.5)
    # whoever is done asks again at that instant, behind those that wait
    assert np.array_equal(np.reshape(turns, (-1, 4)), np.tile([0, 1, 2, 3], (10, 1)))


def test_index_decides_however_many_events_an_asker_needed():
    """At 1 s worker 2 asks at once, 1 and 0 after one and five further events of that instant: 0 is first all the same."""
    env = simpy.Environment()
    medium, turns = TimeDivision(env), []

    def sender(worker, hops):
        yield env.timeout(1.0)
        for _ in range(hops):
            yield env.timeout(0.0)
        yield medium.turn(worker)
        turns.append((worker, env.now))
        yield env.timeout(0.5)
        medium.done(worker)

    for worker, hops in ((2, 0), (1, 1), (0, 5)):
        env.process(sender(worker, hops))
    env.run()
    assert turns == [(0, 1.0), (1, 1.5), (2, 2.0)]
