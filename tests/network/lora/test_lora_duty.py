"""The duty cycle holds a sender back and is never exceeded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lora_cases import Bench, airtime, share

from wirelesssim.network.lora.duty import DutyCycle


def test_the_silence_after_a_frame():
    """T (1/d - 1) = 2 * 99 = 198 s after the end of a frame of 2 s."""
    duty = DutyCycle(0.01)
    assert duty.earliest(5.0, 2.0) == 5.0
    duty.sent(5.0, 2.0)
    assert duty.earliest(7.0, 1.0) == pytest.approx(7.0 + 198.0) and duty.earliest(300.0, 1.0) == 300.0


def test_the_hour():
    """Frames of 2.5 s every 250 s from 0: fourteen are 35 s. The fifteenth would end in an hour with 37.5: it waits until the
    first has gone but for 1 s: the hour that begins at 1.5 s ends at 3601.5, and so it starts at 3599 s."""
    duty, starts = DutyCycle(0.01), []
    for _ in range(16):
        starts.append(duty.earliest(starts[-1] + 2.5 if starts else 0.0, 2.5))
        duty.sent(starts[-1], 2.5)
    assert starts[:14] == pytest.approx([250.0 * k for k in range(14)], rel=1e-12)
    assert starts[14] == pytest.approx(3599.0, abs=1e-9)


def test_all_of_the_time_is_no_limit():
    duty = DutyCycle(1.0)
    for k in range(3000):
        assert duty.earliest(2.0 * k, 2.0) == pytest.approx(2.0 * k, abs=1e-9)
        duty.sent(2.0 * k, 2.0)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from([0.001, 0.01, 0.1]), st.lists(st.tuples(st.floats(0, 3.5), st.floats(0, 400)), min_size=5, max_size=120))
def test_no_window_holds_more(fraction, wants):
    """Frames of any length, wanted at any times: in no hour is more than its part on the air, and each frame goes."""
    duty, now, frames = DutyCycle(fraction), 0.0, []
    for duration, gap in wants:
        start = duty.earliest(now + gap, duration)
        assert start >= now + gap
        duty.sent(start, duration)
        frames.append((start, start + duration))
        now = start + duration
    ends = np.array([end for _, end in frames])
    assert (np.array([start for start, _ in frames])[1:] >= ends[:-1] - 1e-9).all()
    random = np.random.default_rng(1)
    for begin in [*(ends - 3600), *(start for start, _ in frames), *random.uniform(-3600, now, 50)]:
        assert share(frames, begin, 3600.0) <= 3600 * fraction + 1e-6


def test_a_cell_keeps_it_in_random_windows():
    """Four saturated workers for three hours with answers, and a model: each sender in each sub-band, 400 random hours."""
    bench = Bench([20.0, 19.0, 18.0, 17.0], spread="2 s")
    for worker in range(4):
        bench.send(worker, [235] * 250, answer=21)
    bench.model([235] * 900, [0, 1, 2, 3])
    bench.env.run(until=3 * 3600)
    senders = [([frame[2:] for frame in bench.frames if frame[0] == worker], 0.01) for worker in range(4)]
    senders += [([said[1:] for said in bench.spoken if said[0] == band], duty) for band, duty in (("M", 0.01), ("P", 0.1))]
    random, busy = np.random.default_rng(2), []
    for frames, duty in senders:
        worst = max(share(frames, begin, 3600.0) for begin in random.uniform(0, 2 * 3600, 400))
        assert worst <= 3600 * duty + 1e-6
        busy.append(worst / (3600 * duty))
    assert min(busy[:4]) > 0.9 and busy[5] > 0.95  # it was tight


def test_a_burst_takes_what_the_silences_take():
    """Three frames T of 235 B at SF 7 on one sub-band: 2 T/0.01 and T; no frame fails for it."""
    bench, frame = Bench(), airtime(235)
    told = bench.send(0, [235] * 3)
    bench.env.run()
    assert told["end"] == pytest.approx(2 * frame / 0.01 + frame, rel=1e-12) and told["sent"].arrived.all()
    assert told["sent"].seconds == pytest.approx(3 * frame) and told["sent"].access == pytest.approx(2 * 99 * frame)


def test_another_sub_band_is_free_meanwhile():
    """Channels in M, L and P: the second and third frame wait for the receive windows alone, 2 s and 8 symbols of SF 12."""
    bench, frame = Bench(channels=["868.1 MHz", "867.1 MHz", "869.525 MHz"]), airtime(235)
    told = bench.send(0, [235] * 3)
    bench.env.run()
    windows = 2.0 + 8 * 4096 / 125e3
    assert told["end"] == pytest.approx(3 * frame + 2 * windows, rel=1e-12)
    assert sorted(frame[1] for frame in bench.frames) == [0, 1, 2]
