"""ALOHA by hand: frames of 1000 bits at 1 Mbit/s are 1 ms."""

import numpy as np
import pytest
from aloha_cases import Bench

from wirelesssim.errors import InputError
from wirelesssim.network.air import Answered
from wirelesssim.network.aloha.ether import Ether, SlottedEther
from wirelesssim.network.message import Message, Transfer

exact = dict(rel=1e-9)
PURE = {"type": "aloha", "retries": 0}
NEAR_AND_FAR = dict(channel={"type": "radio", "bandwidth": "1 MHz", "path_loss": {"type": "log_distance", "exponent": 4},
                             "phy": {"type": "shannon", "rate": "1 Mbit/s"}},
                    geometry={"type": "positions", "places": [["10 m", "0 m"], ["20 m", "0 m"]]})


def model_of(bench, sizes, workers, worker=None):
    """(the transfer of a model of packets of `sizes` (K,), the events of its workers)."""
    sizes = np.array(sizes)
    transfer = Transfer(Message(worker, 1, sizes, sizes, sizes), bench.env.now)
    return transfer, bench.carrier.carry(transfer, workers)


def test_ready_together_collide():
    """Three workers ready at 0 are lost for certain, one that begins as another ends is not."""
    bench = Bench(PURE, 4)
    together = [bench.send(worker, [1000]) for worker in range(3)]
    after = bench.send(3, [1000], at=1.0001e-3)
    bench.env.run()
    assert [done[0][0].arrived.tolist() for done in together] == [[False]] * 3 and after[0][0].arrived.tolist() == [True]


def test_a_little_overlap_spoils_both():
    bench = Bench(PURE, 2)
    first, second = bench.send(0, [1000]), bench.send(1, [1000, 1000], at=0.999e-3)
    bench.env.run()
    assert first[0][0].arrived.tolist() == [False] and second[0][0].arrived.tolist() == [False, True]


def test_repeats_are_booked_and_wait_within_the_window():
    """Two workers, a window of 4 frames: what a burst lasts is what was on the air, waits and backoff; both get through."""
    bench = Bench({"type": "aloha", "window": 4, "retries": 50, "notice": "2 ms"}, 2)
    done = [bench.send(worker, [1000, 1000]) for worker in range(2)]
    bench.env.run()
    for (sent, end), in done:
        assert sent.arrived.all() and sent.seconds == pytest.approx(2e-3, **exact)
        assert sent.repeats.count >= 1 and sent.repeats.bits == 1000 * sent.repeats.count
        assert sent.repeats.seconds == pytest.approx(1e-3 * sent.repeats.count, **exact)
        assert 2e-3 * sent.repeats.count <= sent.access <= (2e-3 + 4e-3) * sent.repeats.count
        assert end == pytest.approx(sent.seconds + sent.access + sent.repeats.seconds, **exact)


def test_slots():
    """Frames begin with the slots of 12 ms that the mtu of 12,000 bits takes; in one slot together all are lost."""
    bench = Bench({"type": "slotted_aloha", "retries": 0}, 3)
    early, late = bench.send(0, [1000], at=1e-3), bench.send(1, [12_000], at=11e-3)
    alone = bench.send(2, [12_000, 12_000], at=13e-3)
    bench.env.run()
    assert (early[0][0].arrived[0], late[0][0].arrived[0]) == (False, False) and alone[0][0].arrived.all()
    assert [done[0][1] for done in (early, late, alone)] == pytest.approx([13e-3, 24e-3, 48e-3], **exact)
    assert early[0][0].access == pytest.approx(11e-3, **exact)


def test_a_slot_must_hold_a_frame():
    with pytest.raises(InputError, match="access.slot must be >= 0.012 s"):
        Bench({"type": "slotted_aloha", "slot": "11 ms"})


def test_capture_takes_the_stronger():
    """Distances 1 : 2, exponent 4: 12.04 dB apart. The stronger survives a threshold of 12 dB and not one of 12.1 dB."""
    for capture, near in (("12 dB", True), ("12.1 dB", False), (None, False)):
        bench = Bench(PURE | {"capture": capture}, 2, **NEAR_AND_FAR)
        done = [bench.send(0, [1000]), bench.send(1, [1000], at=0.5e-3)]
        bench.env.run()
        assert [sent[0][0].arrived[0] for sent in done] == [near, False]


def test_capture_sums_what_is_on_the_air_at_a_time():
    """Power 4 against 1, then 1 more: a threshold of 4 is met by one, or two apart, and not by two at once."""
    for both_at_once in (False, True):
        ether = Ether(capture=4.0)
        strong, first = ether.begin(4.0), ether.begin(1.0)
        if not both_at_once:
            assert not ether.end(first)
        second = ether.begin(1.0)
        assert not ether.end(second)
        assert ether.end(strong) is not both_at_once


@pytest.mark.parametrize("ether", [Ether(capture=1.0), SlottedEther(capture=1.0)], ids=["pure", "slotted"])
def test_no_power_reaches_an_access_point_that_sends(ether):
    strong, own = ether.begin(1e9, slot=3), ether.begin(1e12, own=True, slot=3)
    assert not ether.end(own) and not ether.end(strong)
    alone = ether.begin(1.0, slot=4)
    assert ether.end(alone)


def test_a_frame_that_began_after_the_access_point_ended_is_not_deafened():
    ether = Ether(capture=2.0)
    weak, own = ether.begin(1.0), ether.begin(1.0, own=True)
    ether.end(own)
    strong = ether.begin(8.0)
    assert ether.end(strong) and not ether.end(weak)


def test_an_answer_is_a_frame_that_deafens():
    """Worker 0's answer of 320 bits goes out at 1 ms; worker 1's frame, begun at 1.3 ms, and the answer are both lost."""
    bench, heard = Bench(PURE, 2), []

    def go():
        yield from bench.airs[0].send(1, np.array([0]), np.array([1000]), 1)
        heard.append((yield from bench.airs[0].answer(1, 0, 1, 320)))

    bench.env.process(go())
    other = bench.send(1, [1000], at=1.3e-3)
    bench.env.run()
    assert heard == [Answered(False, 1)] and not other[0][0].arrived[0]


def test_answers_go_before_the_model_and_one_at_a_time():
    """Two answers that are due while the model's first packet is on the air: at 1 ms, 1.32 ms; the second packet at 1.64 ms."""
    bench, times = Bench(PURE, 2), []
    transfer, (event,) = model_of(bench, [1000, 1000], [0])

    def go(worker):
        yield bench.env.timeout(0.5e-3)
        assert (yield from bench.airs[worker].answer(1, 0, 1, 320)).heard
        times.append(bench.env.now)

    for worker in range(2):
        bench.env.process(go(worker))
    bench.env.run(until=event)
    assert times == pytest.approx([1.32e-3, 1.64e-3], **exact) and bench.env.now == pytest.approx(2.64e-3, **exact)


def test_the_model_alone():
    """Two packets of 1 and 2 ms to three workers at once; then for each of two in turn."""
    bench = Bench(PURE, 3)
    transfer, events = model_of(bench, [1000, 2000], [0, 1, 2])
    one, first = model_of(bench, [1000, 2000], [0], worker=0)
    two, second = model_of(bench, [1000, 2000], [2], worker=2)
    ends = []
    for event in (*events, *first, *second):
        event.callbacks.append(lambda event: ends.append((bench.env.now, event.value)))
    bench.env.run()
    assert ends == [(pytest.approx(3e-3 * k), True) for k in (1, 1, 1, 2, 3)]
    assert (one.start, one.end, two.start, two.end) == pytest.approx((3e-3, 6e-3, 6e-3, 9e-3), **exact)
    assert (transfer.attempts, transfer.lost, transfer.sent_bits) == (2, 0, 3000)


def test_the_model_comes_again_where_a_worker_disturbed_it():
    """Worker 0 sends over the second packet: a second pass carries that packet alone, after a backoff within 15 ms."""
    bench = Bench({"type": "aloha"}, 2)
    transfer, events = model_of(bench, [1000, 1000, 1000], [0, 1])
    bench.send(0, [500], at=1.2e-3)
    bench.env.run(until=events[1])
    assert 4e-3 <= bench.env.now < 19e-3 and events[0].triggered
    assert (transfer.attempts, transfer.lost, transfer.sent_bits, transfer.retransmitted_bits) == (4, 1, 4000, 1000)
    assert transfer.delivered.all()


def test_the_model_of_a_worker_that_hears_nothing_is_given_up():
    """Losses of 100 %: after 1 + 2 passes each worker's event says so."""
    bench = Bench({"type": "aloha", "retries": 2}, 2, channel={"type": "fixed", "rate": "1 Mbit/s", "loss": "100 %"})
    transfer, events = model_of(bench, [1000], [0, 1])
    bench.env.run()
    assert [event.value for event in events] == [False, False] and transfer.attempts == 3


def test_the_channel_loses_frames_besides():
    """One sender, loss 30 %, 3 tries: the first arrival by inversion, 1 - 0.3^3 = 0.973 of 4,000 packets arrive (5 sigma)."""
    for fidelity in ("burst", "packet"):
        bench = Bench({"type": "aloha", "retries": 2}, channel={"type": "fixed", "rate": "1 Mbit/s", "loss": "30 %"},
                      fidelity=fidelity)
        done = bench.send(0, [1000] * 4000)
        bench.env.run()
        sent = done[0][0]
        assert abs(sent.arrived.sum() - 0.973 * 4000) < 5 * np.sqrt(4000 * 0.973 * 0.027)
        assert abs(sent.repeats.count - 4000 * (0.3 + 0.09)) < 5 * np.sqrt(4000 * 0.6)
