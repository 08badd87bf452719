"""The compiled loop and the twin agree frame for frame; and what every use of the channel must keep."""

import numpy as np
import pytest
from wpan_cases import WpanAlone, log_of

from wirelesssim.network.wpan.signals import Signals
from wirelesssim.radio.ieee802154 import log_success_per_bit
from wirelesssim.scenario import load
from wirelesssim.simulation import Simulation

NOISY = dict(up_db=4.0, down_db=[3.0, 4.0, 5.0, 6.0, 7.0, 8.0], fading={"type": "rayleigh", "coherence_time": "7 ms"})


def busy(fidelity, seed, access):
    """Forty bursts of six workers and twenty answers, at random within a second, over links that fade every 7 ms."""
    bench, rng = WpanAlone(6, access, fidelity=fidelity, seed=seed, **NOISY), np.random.default_rng(seed)
    for number in range(40):
        sizes = rng.integers(8, 104 * 8, int(rng.integers(1, 12)))
        bench.send(int(rng.integers(6)), sizes, at=float(rng.uniform()), round=number)
    for number in range(20):
        bench.answer(int(rng.integers(6)), 96, at=float(rng.uniform()), round=100 + number)
    return bench.run()


@pytest.mark.parametrize("access", [{}, {"min_be": 0}, {"retries": 0, "max_backoffs": 1},
                                    {"addresses": "extended", "min_be": 2, "max_be": 4}], ids=str)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_agree_frame_for_frame(seed, access):
    loop, twin = (log_of(busy(fidelity, seed, access)) for fidelity in ("burst", "packet"))
    assert len(loop) == 60 == len({row[0] for row in loop}) and loop == twin
    assert any(row[-2] for row in loop[:40]) or access.get("retries") == 0  # noise and collisions: repeats
    assert any(not all(row[3]) for row in loop[:40]) and any(all(row[3]) for row in loop[:40])


def test_a_table_that_grows_while_others_send():
    """Bursts of 700 frames that begin apart: the table of frames is made anew while batches are under way."""
    logs = []
    for fidelity in ("burst", "packet"):
        bench = WpanAlone(3, {"min_be": 0}, fidelity=fidelity)
        for number in range(6):
            bench.send(number % 3, [16] * 700, at=0.4 * number, round=number)
        logs.append(log_of(bench.run()))
    assert logs[0] == logs[1]


def test_events_do_not_grow_with_frames():
    """A burst costs the same number of SimPy events whatever its frames: the loop runs to its end."""
    counts = []
    for frames in (10, 1000):
        bench, count = WpanAlone(), 0
        bench.send(0, [800] * frames)
        while bench.env.peek() < np.inf:
            bench.env.step()
            count += 1
        counts.append(count)
    assert counts[0] == counts[1] <= 8


def test_links_change_with_the_shorter_of_their_blocks():
    """Blocks of 3 ms up and of 7 ms down, whose SNR is the block's number: edges at 3, 6, 7, 9, ... ms."""
    def source(length):
        def blocks(first, count):
            return 1.0 + np.arange(first, first + count)

        blocks.block_time = length
        return blocks

    signals, edges, time = Signals([source(3e-3)], [source(7e-3)]), [], 0
    while time < 21_000_000:
        links, until = signals.at(time)
        for later in (time, (time + until) // 2, until - 1):
            expected = log_success_per_bit(1.0 + np.array([later // 3_000_000, later // 7_000_000]))
            assert np.array_equal(signals.at(later)[0][:, 0], expected) and signals.at(later)[1] == until
        assert links[:, 1].tolist() == [0.0, 0.0]
        edges.append(until)
        time = until
    assert edges == [1_000_000 * edge for edge in (3, 6, 7, 9, 12, 14, 15, 18, 21)]


RUN = {"workers": 5, "stop": {"rounds": 4}, "objective": {"type": "quadratic", "dimension": 300},
       "network": {"preset": "ieee802154"}, "algorithm": {"type": "gd"}, "geometry": {"radius": "60 m"}}


@pytest.mark.parametrize("more", [{}, {"downlink": {"type": "unicast"}}, {"transport": {"scheme": "stop_and_wait"}},
                                  {"channel": {"fading": {"type": "rayleigh"}}}], ids=str)
def test_runs_agree(more):
    """A whole run, model and acknowledgements of the transport on the same channel: the same rows, times to the nanosecond."""
    rows = []
    for fidelity in ("burst", "packet"):
        settings = next(iter(load(RUN | more | {"fidelity": fidelity}).settings.values()))
        rows.append(Simulation(settings, replication=0).run().transmissions)
    assert len(rows[0]) == len(rows[1]) > 20
    for loop, twin in zip(*rows):
        for name in ("round", "worker", "direction", "on_air_bits", "retransmitted_bits", "packets", "packets_lost", "attempts",
                     "delivered", "acknowledged"):
            assert getattr(loop, name) == getattr(twin, name)
        assert (loop.start_s, loop.end_s) == pytest.approx((twin.start_s, twin.end_s), abs=2e-9)


def test_books_of_a_run():
    """Every packet's transmissions end: attempts = lost + those that arrived at least; bits that arrive were sent."""
    settings = next(iter(load(RUN | {"workers": 12}).settings.values()))
    rows = [row for row in Simulation(settings, replication=0).run().transmissions if row.direction == "uplink"]
    assert sum(row.packets_lost for row in rows) > 0
    for row in rows:
        assert 0 <= row.packets_lost <= row.attempts and row.delivered <= row.packets
        assert row.attempts - row.packets_lost >= row.delivered >= row.acknowledged
        assert 0 <= row.retransmitted_bits <= row.on_air_bits and row.start_s <= row.end_s


def test_the_channel_is_shared_by_two_in_collisions_alone():
    """Eight saturated senders: what the twin had on the air, pair by pair, against what the loop says of each frame."""
    counts = []
    for fidelity in ("burst", "packet"):
        bench, uses = WpanAlone(8, fidelity=fidelity), []
        if fidelity == "packet":
            clear = bench.network._clear
            bench.network._clear = lambda use: uses.append((use, clear(use))) or uses[-1][1]
        for worker in range(8):
            bench.send(worker, [800] * 50)
        bench.run()
        counts.append(sum(50 + sent.repeats.count - int(sent.withheld.sum()) for _, _, sent, _ in bench.sent))
        if fidelity == "burst":
            air = bench.network.state.air[0]
            refused = sum(int(sent.withheld.sum()) for _, _, sent, _ in bench.sent)
            assert counts[0] == air["transmissions"] > air["collisions"] > 0 and refused <= air["refusals"] < 400
            collisions = int(air["collisions"])
    data = [(use, alone) for use, alone in uses if use.end - use.start == 3_744_000]
    assert len(data) == counts[0] == counts[1] and sum(not alone for _, alone in data) == collisions
    for use, alone in uses:
        assert alone != any(other is not use and other.start < use.end and use.start < other.end for other, _ in uses)
