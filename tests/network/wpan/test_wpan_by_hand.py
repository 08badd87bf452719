"""Unslotted CSMA-CA by hand. With `min_be: 0` the first backoff of each transmission is 0, so that instants are known.

A packet of 100 B is a PSDU of 111 B and 117 B on the air: 3744 us. Ready at 0 it is listened for till 128 us, begins at 320,
ends at 4064; its acknowledgement begins at 4256 and ends at 4608; the next backoff begins at 5248.
"""

import numpy as np
import pytest
from wpan_cases import WpanAlone, round_ns

from wirelesssim.errors import InputError
from wirelesssim.network.message import Message, Transfer
from wirelesssim.scenario import load

AT_ONCE, PACKET, US = {"min_be": 0}, 800, 1e-6
BOTH = pytest.mark.parametrize("fidelity", ["burst", "packet"])


def bench_of(workers, fidelity, access=None, **said):
    return WpanAlone(workers, AT_ONCE | (access or {}), fidelity=fidelity, **said)


def of(bench, worker):
    """(`Sent`, end in us) of the worker's only burst."""
    [(sent, end)] = [(sent, end) for who, _, sent, end in bench.sent if who == worker]
    return sent, round(end / US)


@BOTH
def test_a_sender_alone(fidelity):
    bench = bench_of(1, fidelity).send(0, [PACKET] * 5).run()
    sent, end = of(bench, 0)
    assert round_ns(bench.sent[0][3]) == (5 * 5248 - 640) * 1000 and sent.arrived.all() and not sent.withheld.any()
    assert sent.seconds == pytest.approx(5 * 3744 * US) and sent.repeats.count == 0
    assert sent.access == pytest.approx(end * US - sent.seconds)


@BOTH
def test_short_frames_are_followed_by_a_short_space(fidelity):
    """7 B of packet: 18 B of PSDU, 768 us: 128 + 192 + 768 + 192 + 352 = 1632, and 192 us before the second. 8 B: 32 us more,
    and 640."""
    assert of(bench_of(1, fidelity).send(0, [56, 56]).run(), 0)[1] == 2 * 1632 + 192
    assert of(bench_of(1, fidelity).send(0, [64, 64]).run(), 0)[1] == 2 * 1664 + 640


@BOTH
def test_two_ready_together_collide_each_time(fidelity):
    """Without a backoff: four transmissions each, 4064 + 864 us apart, then lost."""
    bench = bench_of(2, fidelity).send(0, [PACKET]).send(1, [PACKET]).run()
    for worker in range(2):
        sent, end = of(bench, worker)
        assert not sent.arrived.any() and end == 4 * 4928
        assert (sent.repeats.count, sent.repeats.bits) == (3, 3 * PACKET) and not sent.withheld.any()


@BOTH
@pytest.mark.parametrize(("ready", "heard"), [(192, False), (193, True), (4063, True), (4064, False), (4128, False), (4129, True),
                                              (4607, True), (4608, False)])
def test_who_listens_hears_what_overlaps(fidelity, ready, heard):
    """Another's frame is on the air from 320 to 4064 us, its acknowledgement from 4256 to 4608. One who begins to listen at
    192 us hears nothing for 128 us and collides; at 4064 and at 4128 it is the pause between, and the acknowledgement that it
    spoils."""
    bench = bench_of(2, fidelity, {"max_backoffs": 0, "retries": 0}).send(0, [PACKET]).send(1, [PACKET], at=ready * US).run()
    (mine, end), (other, late) = of(bench, 0), of(bench, 1)
    assert other.withheld.tolist() == [heard]
    if heard:
        assert late == ready + 128 and other.seconds == 0 and mine.arrived[0] and end == 4608
    else:
        assert other.seconds == pytest.approx(3744 * US)
        collides = ready < 4608
        assert other.arrived[0] != collides and late == ready + (4928 if collides else 4608)
        # the frame itself has arrived where its acknowledgement alone is spoilt, of which the sender knows nothing
        assert mine.arrived[0] == (ready > 192) and end == (4928 if collides else 4608)


@BOTH
def test_a_lost_acknowledgement_has_the_frame_come_again(fidelity):
    """Worker 1's byte, 18 B on the air from 4384 to 4960 us, spoils the acknowledgement. Worker 0 notices at 4928, finds the
    channel busy, and 0 or 1 periods after 5056 free: on the air 320 us later, again acknowledged 3744 + 544 us after that."""
    sent, end = of(bench_of(2, fidelity).send(0, [PACKET]).send(1, [8], at=4064 * US).run(), 0)
    assert sent.arrived[0] and (sent.repeats.count, sent.repeats.bits) == (1, PACKET)
    assert end in (5056 + 320 + 3744 + 544, 5376 + 320 + 3744 + 544)


@BOTH
def test_a_frame_that_is_refused_later_has_arrived(fidelity):
    """As before, and nobody looks twice: the sender gives up at 5056 us a frame that the coordinator has."""
    bench = bench_of(2, fidelity, {"max_backoffs": 0}).send(0, [PACKET]).send(1, [8], at=4064 * US).run()
    sent, end = of(bench, 0)
    assert sent.arrived[0] and not sent.withheld[0] and sent.repeats.count == 0 and end == 5056


@BOTH
def test_who_owes_an_acknowledgement_does_not_find_the_channel_free(fidelity):
    """The coordinator has a frame at 4064 us, just when it must answer: it listens in vain, and the answer comes in time."""
    bench = bench_of(2, fidelity).send(0, [PACKET]).answer(1, PACKET, at=4064 * US).run()
    sent, end = of(bench, 0)
    [(_, _, heard, late)] = bench.answered
    assert end == 4608 and sent.repeats.count == 0 and heard and late > (4192 + 320 + 3744 + 544) * US


def model_of(worker):
    sizes = np.full(4, PACKET)
    return Transfer(Message(worker, 1, sizes, sizes, sizes), 0.0)


@BOTH
def test_the_model_to_all_and_to_one(fidelity):
    """Broadcasts have no acknowledgement: 320 + 3744 us each, and 640 between; one by one as a worker's own."""
    bench, both = bench_of(3, fidelity), (model_of(None), model_of(2))
    heard = bench.coordinator.carry(both[0], [0, 1, 2])
    bench.env.run(until=heard[2])
    assert round(bench.env.now / US) == 4 * 4064 + 3 * 640 and all(event.value for event in heard)
    start = round(bench.env.now / US) + 640
    [one] = bench.coordinator.carry(both[1], [2])
    bench.run()
    assert one.value and round(both[1].end / US) == start + 4 * 5248 - 640
    for transfer in both:
        assert (transfer.attempts, transfer.lost, transfer.sent_bits, transfer.retransmitted_bits) == (4, 0, 3200, 0)


@BOTH
def test_who_hears_nothing_is_given_up(fidelity):
    """At -20 dB: to all in 8 passes of 4 packets, to one each of them in 4 transmissions; the others have heard at once."""
    for worker, audience, transmissions in ((None, [0, 1], 32), (0, [0], 128)):
        bench, transfer = bench_of(2, fidelity, down_db=[-20.0, 40.0], up_db=[-20.0, 40.0]), model_of(worker)
        heard = bench.coordinator.carry(transfer, audience)
        bench.run()
        assert [event.value for event in heard] == [False, True][:len(audience)]
        assert not transfer.delivered.any() and transfer.attempts == transfer.lost == transmissions


def test_what_is_withheld_is_not_on_the_books():
    sizes = np.array([100, 200, 300])
    transfer = Transfer(Message(0, 1, sizes, sizes, sizes), 0.0)
    held = np.array([False, False, True])
    for again, count in ((False, 2), (True, 4)):
        transfer.burst(np.arange(3), np.array([True, False, False]), 1.0, held)
        assert (transfer.attempts, transfer.lost, transfer.sent_bits) == (count, count // 2, 300 * (1 + again))
    assert transfer.retransmitted_bits == transfer.payload_bits == 300 and (transfer.on_air, transfer.retransmission) == (1.0, 1.0)
    # now the third is on the air for the first time, beside the second for the third: 300 of 500 bits are new
    transfer.burst(np.array([1, 2]), np.array([False, True]), 1.0, np.array([False, False]))
    assert (transfer.payload_bits, transfer.coded_bits, transfer.retransmitted_bits, transfer.sent_bits) == (600, 600, 500, 1100)
    assert (transfer.on_air, transfer.retransmission) == pytest.approx((1.6, 1.4)) and transfer.attempts == 6


BASE = {"workers": 2, "stop": {"rounds": 1}, "objective": {"type": "quadratic", "dimension": 20}, "algorithm": {"type": "gd"},
        "network": {"preset": "ieee802154"}}


@pytest.mark.parametrize(("more", "words"), [
    ({"transport": {"mtu": "1500 B"}}, "transport.mtu must be <= 116 B with the access csma_ca.* got 1500 B"),
    ({"access": {"addresses": "extended"}}, "transport.mtu must be <= 104 B .* 23 B of MAC header .extended addresses"),
    ({"transport": {"ack": {"size": "130 B"}}}, "transport.ack.size must be <= 116 B"),
    ({"transport": {"ack": {"loss": "1 %"}}}, "transport.ack.loss must not be given"),
    ({"channel": {"loss": "1 %"}}, "channel.loss must be 0 %"),
    ({"access": {"type": "tdma"}, "downlink": {"rate": "1 Mbit/s"}}, "access: must be csma_ca|access must be csma_ca"),
    ({"channel": {"type": "fixed", "rate": "250 kbit/s"}}, "channel.phy must be ieee802154"),
    ({"access": {"min_be": 6}}, "access.min_be must be <= max_be .5., got 6"),
    ({"downlink": {"rate": "250 kbit/s"}}, "downlink.rate must not be given"),
])
def test_what_does_not_fit_is_refused_by_name(more, words):
    with pytest.raises(InputError, match=words):
        load(BASE | more)
