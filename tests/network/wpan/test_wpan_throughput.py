"""Throughput and loss of unslotted CSMA-CA beside laws. |z| < 5: false alarm 6e-7 a figure; streams are fixed."""

import math

import numpy as np
import pytest
from wpan_cases import WpanAlone

from wirelesssim.network.message import Message, Transfer
from wirelesssim.radio.ieee802154 import ACK_DURATION, BACKOFF_PERIOD, CCA, LIFS, TURNAROUND, frame_duration

US = 1e-6


@pytest.mark.parametrize(("addresses", "packet", "kilobits"), [
    ("short", 116, 134.9), ("extended", 104, 120.9), ("short", 100, 125.6)])
def test_a_lone_sender(addresses, packet, kilobits):
    """A frame of 127 B: 3.5 periods of 320 us, CCA 128, turnaround 192, 4256, turnaround 192, acknowledgement 352, space 640:
    6880 us on the average. 116 B of it are 134.9 kb/s, 104 B (extended addresses) 120.9 kb/s; 127 B would be 147.67 kb/s, and
    162.82 without the space (IEEE Std 802.15.4-2006, by hand). 100 B: 512 us less, 125.6 kb/s."""
    cycle = 3.5 * 320 + 128 + 192 + 32 * (6 + packet + (11 if addresses == "short" else 23)) + 192 + 352 + 640
    assert 8e3 * packet / cycle == pytest.approx(kilobits, abs=0.05)
    frames = 4000
    [(_, _, sent, end)] = WpanAlone(1, {"addresses": addresses}).send(0, [8 * packet] * frames).run().sent
    # a backoff of 0, ..., 7 periods has the variance 63/12
    assert sent.arrived.all() and abs(end / US + 640 - frames * cycle) < 5 * 320 * math.sqrt(63 / 12 * frames)


def test_127_bytes_as_they_are_quoted():
    """1016 bits in 6240 us without, in 6880 us with the space between frames: 162.82 and 147.67 kb/s (computed from the
    standard)."""
    before = 3.5 * BACKOFF_PERIOD + CCA + TURNAROUND + frame_duration(127) + TURNAROUND + ACK_DURATION
    assert (1016e6 / before, 1016e6 / (before + LIFS)) == pytest.approx((162.82, 147.67), abs=0.005)


def test_noise_and_retries():
    """One sender, frames lost with p, acknowledgements with q, s = (1-p)(1-q): (1 - (1-s)^4)/s transmissions, p^4 lost."""
    frames = 4000
    bench = WpanAlone(up_db=-0.5, down_db=-2.0)
    links, _ = bench.network.signals.at(0)
    p, q = -math.expm1(8 * 111 * links[0, 0]), -math.expm1(8 * 5 * links[1, 0])
    assert 0.3 < p < 0.7 and 0.1 < q < 0.5, (p, q)
    [(_, _, sent, _)] = bench.send(0, [800] * frames).run().sent
    s = (1 - p) * (1 - q)
    shares = s * (1 - s) ** np.arange(3)
    shares = np.append(shares, 1 - shares.sum())  # of frames with 1, ..., 4 transmissions
    mean = shares @ np.arange(1, 5)
    assert mean == pytest.approx((1 - (1 - s) ** 4) / s)
    spread = math.sqrt(shares @ np.arange(1, 5) ** 2 - mean**2)
    assert abs(sent.repeats.count / frames + 1 - mean) < 5 * spread / math.sqrt(frames)
    assert abs((~sent.arrived).mean() - p**4) < 5 * math.sqrt(p**4 * (1 - p**4) / frames)


def test_a_model_through_noise():
    """To one listener with losses of p, 8 passes at most: (1 - p^8)/(1 - p) transmissions a packet, all but the first of each
    again; to two, independent: 1 + SUM_{k=1}^{7} (1 - (1 - p^k)^2)."""
    packets, sizes = 2000, np.full(2000, 800)
    for workers in (1, 2):
        bench = WpanAlone(workers, up_db=-0.5, down_db=-0.5)
        p = -math.expm1(8 * 111 * bench.network.signals.at(0)[0][1, 0])
        transfer = Transfer(Message(None, 1, sizes, sizes, sizes), 0.0)
        heard = bench.coordinator.carry(transfer, list(range(workers)))
        bench.run()
        more = 1 - (1 - p ** np.arange(8)) ** workers  # of packets that have more than 0, ..., 7 transmissions
        spread = math.sqrt((2 * np.arange(8) + 1) @ more - more.sum() ** 2)
        assert abs(transfer.attempts / packets - more.sum()) < 5 * spread / math.sqrt(packets)
        assert transfer.retransmitted_bits == 800 * (transfer.attempts - packets) == transfer.sent_bits - 800 * packets
        assert [event.value for event in heard].count(True) < workers or transfer.delivered.all()


@pytest.mark.parametrize(("later", "of_64"), [(0, 8), (150, 15), (200, 7)])
def test_two_senders_collide_where_neither_hears_the_other(later, of_64):
    """Two with a frame each, the second ready `later` us after the first, backoffs i and j of 8: it listens d = 320 (j - i) +
    later us after the first did. Who listens second hears the other if that, on the air 320 us after it began to listen, is so
    before 128 us are over: they collide if |d| <= 192. Later by 0: i = j, 8 of 64 pairs; by 150: d = 150 (8) or -170 (7); by
    200: d = -120 (7)."""
    pairs = 3000
    bench = WpanAlone(2, {"retries": 0, "max_backoffs": 0})
    for number in range(pairs):
        for worker in range(2):
            bench.send(worker, [800], at=0.02 * number + worker * later * US, round=number)
    collided = np.zeros((pairs, 2), dtype=bool)
    for worker, number, sent, _ in bench.run().sent:
        collided[number, worker] = not sent.arrived[0] and not sent.withheld[0]
    chance = of_64 / 64
    assert np.array_equal(collided[:, 0], collided[:, 1])
    assert abs(collided[:, 0].mean() - chance) < 5 * math.sqrt(chance * (1 - chance) / pairs)


def test_throughput_of_many_falls_as_they_contend():
    """Five saturated senders still carry most of what one does, forty hardly anything: listening fails within 320 us."""
    carried = []
    for workers in (1, 5, 40):
        bench = WpanAlone(workers)
        for worker in range(workers):
            bench.send(worker, [800] * 300)
        bench.run()
        carried.append(sum(int(sent.arrived.sum()) for _, _, sent, _ in bench.sent) * 800 / bench.env.now)
    assert 0.7 * carried[0] < carried[1] < carried[0] and carried[2] < 0.3 * carried[0]
