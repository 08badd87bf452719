"""A LoRaWAN cell by hand: capture, demodulators, receive windows, a gateway that is deaf while it sends."""

import numpy as np
import pytest
from lora_cases import Bench, airtime

from wirelesssim.errors import InputError
from wirelesssim.network.lora.ether import Ether
from wirelesssim.scenario import Settings
from wirelesssim.simulation import Simulation, predraw

ONE = {"channels": ["868.1 MHz"]}
exact = dict(rel=1e-12)


def together(*levels, factors=None, capture=10**0.6, demodulators=8, channels=None):
    """Which of frames of SNR `levels` dB that are on the air at the same time are read."""
    ether = Ether(capture, demodulators)
    frames = [ether.begin(channels[k] if channels else 0, factors[k] if factors else 7, 10 ** (level / 10))
              for k, level in enumerate(levels)]
    return [ether.end(frame) for frame in frames]


def test_capture_of_the_own_factor():
    assert together(10, 4.1) == [False, False] and together(10, 3.9) == [True, False]
    assert together(10, 3.9, 3.9) == [False] * 3  # two of them are 3 dB more
    assert together(10, 10, channels=[0, 1]) == [True, True]


def test_other_factors():
    """SF 7 stands 8 dB more of SF 8, SF 8 stands 11 dB more of SF 7: each alone beyond is lost."""
    assert together(10, 17.9, factors=[7, 8]) == [True, True]
    assert together(10, 18.1, factors=[7, 8]) == [False, True]
    assert together(20.9, 10, factors=[7, 8]) == [True, True] and together(21.1, 10, factors=[7, 8]) == [True, False]


def test_below_the_limit_nothing_is_read_and_no_demodulator_taken():
    assert together(-7.6) == [False] and together(-7.4) == [True]
    levels, channels = [-7.6] * 8 + [10], list(range(9))
    assert together(*levels, channels=channels)[-1]


def test_demodulators():
    """Nine frames on channels of their own: the ninth finds none free; one that ends frees its own."""
    ether = Ether(4.0, 8)
    frames = [ether.begin(channel, 7, 10.0) for channel in range(9)]
    assert not ether.end(frames[8]) and ether.end(frames[0])
    later = ether.begin(9, 7, 10.0)
    assert ether.end(later) and all(ether.end(frame) for frame in frames[1:8])


def test_a_gateway_that_sends_hears_nothing():
    ether = Ether(4.0, 8)
    before = ether.begin(0, 7, 10.0)
    ether.talk(True)
    during = ether.begin(1, 7, 10.0)
    ether.talk(False)
    assert [ether.end(frame) for frame in (before, during, ether.begin(2, 7, 10.0))] == [False, False, True]


def test_ready_together():
    """Equal powers on one channel: both are lost. 6 dB apart the stronger is read."""
    for levels, heard in (((10, 10), [False, False]), ((10, 3), [True, False])):
        bench = Bench(levels, **ONE)
        told = [bench.send(worker, [100]) for worker in range(2)]
        bench.env.run()
        assert [one["sent"].arrived[0] for one in told] == heard


def test_the_spread_parts_them():
    """Uniform over [0, 2 s): the mean of 200 waits within 5 standard deviations of 1 s (0.577 / sqrt(200) each: 0.2 s)."""
    bench = Bench([20.0] * 200, spread="2 s")
    told = [bench.send(worker, [10]) for worker in range(200)]
    bench.env.run()
    waits = np.array([one["sent"].access for one in told])
    assert abs(waits.mean() - 1) < 0.2 and waits.min() >= 0 and 1.9 < waits.max() < 2


def test_an_answer_in_the_first_window():
    """T up, 1 s, then 21 B down at the worker's factor without checksum; known at its end."""
    bench = Bench(**ONE)
    told = bench.send(0, [100], answer=21)
    bench.env.run()
    assert told["heard"] and told["known"] == pytest.approx(airtime(100) + 1 + airtime(21, up=False), **exact)
    assert bench.spoken[0][0] == "M"


def test_an_answer_in_the_second_window():
    """The gateway has just answered another worker in M: 99 times that is still to wait, so SF 12 at 2 s in P."""
    bench = Bench([20.0, 20.0], **ONE)
    first, second = bench.send(0, [100], answer=21), bench.send(1, [100], at=3.0, answer=21)
    bench.env.run()
    assert first["heard"] and second["heard"] and [said[0] for said in bench.spoken] == ["M", "P"]
    assert second["known"] == pytest.approx(3 + airtime(100) + 2 + airtime(21, 12, up=False), **exact)


def test_no_window_left():
    """A third worker: M is closed till 6.3 s (99 times 51 ms), and at 5.6 s the second's answer, of 1.5 s at SF 12, is on the
    air: it is unheard when its second window closes."""
    bench = Bench([20.0] * 3, **ONE)
    told = [bench.send(worker, [100], at=at, answer=21) for worker, at in enumerate((0.0, 2.5, 3.4))]
    bench.env.run()
    assert [one["heard"] for one in told] == [True, True, False] and len(bench.spoken) == 2
    assert told[2]["known"] == pytest.approx(3.4 + airtime(100) + 2 + 8 * 4096 / 125e3, **exact)


def test_an_answer_needs_the_workers_snr():
    """SF 7 in the first window at 14 dBm as the worker's: -7.4 dB is heard; at -7.6 nothing had come up, either."""
    for level, heard in ((-7.4, True), (-7.6, False)):
        bench = Bench([level], **ONE)
        told = bench.send(0, [100], answer=21)
        bench.env.run()
        assert told["heard"] == heard and told["sent"].arrived[0] == heard


def test_an_answer_deafens_the_gateway():
    """Worker 1 sends from 0.9 to 1.1 s after worker 0's end; the answer at 1 s spoils it, though on another channel."""
    bench = Bench([20.0, 20.0], channels=["868.1 MHz", "868.5 MHz"], seed=3)
    first = bench.send(0, [100], answer=21)
    second = bench.send(1, [100], at=airtime(100) + 0.9)
    bench.env.run()
    assert first["heard"] and not second["sent"].arrived[0]


def test_a_repeated_burst_waits_one_to_three_seconds():
    bench = Bench([20.0] * 50)
    told = [bench.send(worker, [10], attempt=2) for worker in range(50)]
    bench.env.run()
    waits = np.array([one["sent"].access for one in told])
    assert 1 <= waits.min() < 1.3 and 2.7 < waits.max() <= 3


def test_the_model():
    """Three frames T at 10 %: 2 T/0.1 + T for all; rows count three frames."""
    bench, frame = Bench([20.0, 10.0]), airtime(235, up=False)
    transfer, events = bench.model([235] * 3, [0, 1])
    bench.env.run()
    assert [event.value for event in events] == [True, True]
    assert transfer.end == pytest.approx(2 * frame / 0.1 + frame, **exact) and transfer.sent_bits == 3 * 8 * 235
    assert transfer.on_air == pytest.approx(3 * frame) and transfer.lost == 0


def test_the_model_goes_at_the_slowest_factor_of_its_audience():
    bench = Bench([20.0, 20.0], factors=[7, 9])
    one, _ = bench.model([50], [0], worker=0)
    all_of_them, _ = bench.model([50], [0, 1])
    bench.env.run()
    assert one.on_air == pytest.approx(airtime(50, 7, up=False)) and all_of_them.on_air == pytest.approx(airtime(50, 9, up=False))
    assert all_of_them.start >= one.end


def test_who_hears_nothing_is_given_up_after_the_passes():
    """13 dB more power down (27 against 14 dBm): -20.4 dB up are -7.4 dB down; -20.6 is beyond."""
    bench = Bench([-20.4, -20.6], passes=3)
    transfer, events = bench.model([50], [0, 1])
    bench.env.run()
    assert [event.value for event in events] == [True, False] and transfer.attempts == 3 and transfer.lost == 3


def test_a_worker_that_sends_misses_the_model():
    """Half duplex: worker 0's frame of 50 B begins within the model's first; a second pass brings it that one."""
    bench = Bench([20.0, 20.0])
    bench.send(0, [50], at=0.1)
    transfer, events = bench.model([235, 235], [0, 1])
    bench.env.run()
    assert [event.value for event in events] == [True, True] and (transfer.attempts, transfer.lost) == (3, 1)


BASE = {"workers": 2, "objective": {"type": "quadratic", "dimension": 20}, "algorithm": {"type": "gd"},
        "channel": {"type": "radio", "carrier": "868.1 MHz", "bandwidth": "125 kHz", "tx_power": "14 dBm",
                    "downlink_tx_power": "14 dBm",
                    "phy": {"type": "lora", "spreading_factor": 10}},
        "access": {"type": "lorawan"}, "downlink": {"type": "multicast"},
        "transport": {"type": "arq", "mtu": "64 B", "header": ["lorawan"], "ack": {"size": "21 B"}}}


@pytest.mark.parametrize(("change", "says"), [
    ({"channel": {"type": "fixed", "rate": "5 kbit/s"}}, "channel.phy must be lora with the access lorawan"),
    ({"access": {"type": "tdma"}, "downlink": "ideal"}, "access must be lorawan with the physical layer lora, got tdma"),
    ({"transport": {"type": "arq", "mtu": "65 B", "header": "13 B", "ack": {"size": "21 B"}}}, "transport.mtu must be <= 64 B"),
    ({"transport": {"type": "arq", "mtu": "64 B", "header": "13 B", "ack": {"size": "65 B"}}},
     "transport.ack.size must be <= 64 B"),
    ({"access": {"type": "lorawan", "channels": ["868.1 MHz", "868.65 MHz"]}}, "access.channels.1 a channel of 125 kHz must lie"),
    ({"access": {"type": "lorawan", "channels": []}}, "access.channels must be a list of 1 to 16 frequencies"),
    ({"downlink": {"type": "multicast", "rate": "1 kbit/s"}}, "downlink.rate must not be given with the access lorawan"),
    ({"access": {"type": "lorawan", "channels": ["868.1 MHz", "868.3 MHz", "868.2 MHz"]}},
     "access.channels.2 must be 125 kHz or more from every other channel, got 868.2 MHz beside entry 0, 868.1 MHz"),
    ({"access": {"type": "lorawan", "channels": ["868.1 MHz", "868.1 MHz"]}}, "access.channels.1 must be 125 kHz or more"),
    ({"channel": BASE["channel"] | {"carrier": "2.4 GHz"}}, "channel.carrier must be within 863 to 870 MHz.* got 2400 MHz"),
    ({"access": {"type": "lorawan", "duty_cycle": "0.01 %"}}, "transport.mtu must not make a frame longer than 0.36 s"),
])
def test_what_does_not_fit_is_refused(change, says):
    with pytest.raises(InputError, match=says):
        Settings.of(BASE | change)


def test_channels_side_by_side_are_none_of_each_others():
    assert len(Settings.of(BASE | {"access": {"type": "lorawan", "channels": ["868.1 MHz", "868.225 MHz", "868.35 MHz"]}})
               .access.channels) == 3


# 14 dBm of ERP are 16.15 dBm of EIRP, 27 are 29.15: EN 300 220-2, annex B, bands M and P
@pytest.mark.parametrize(("channel", "access", "says"), [
    ({"tx_power": "16.14 dBm"}, {}, None),
    ({"tx_power": "16.16 dBm"}, {}, "channel.tx_power must be <= 16.15 dBm of EIRP, worker_antenna_gain included: sub-band M"),
    ({"worker_antenna_gain": "2.14 dB"}, {}, None),
    ({"worker_antenna_gain": ["0 dB", "2.16 dB"]}, {}, "channel.tx_power .*; got 16.16 dBm for worker 1; lower it by 0.01 dB"),
    ({"tx_power": "20 dBm", "worker_antenna_gain": "-4 dB"}, {}, None),
    ({"downlink_tx_power": "16.16 dBm"}, {}, "channel.downlink_tx_power must be <= 16.15 dBm"),
    ({"antenna_gain": "2.16 dB"}, {"rx2_power": "20 dBm"}, "channel.downlink_tx_power .* got 16.16 dBm"),
    ({"downlink_tx_power": "11 dBm", "antenna_gain": "3 dB"}, {},
     "access.rx2_power must be <= 29.15 dBm .* sub-band P, .* got 30 dBm"),
    ({}, {"rx2_power": "29.14 dBm"}, None),
    ({"tx_power": "27 dBm", "downlink_tx_power": "27 dBm"}, {"channels": ["869.525 MHz"]}, None),
    ({"tx_power": "27 dBm"}, {"channels": ["869.525 MHz", "868.1 MHz"]}, "channel.tx_power must be <= 16.15 dBm"),
])
def test_nobody_is_louder_than_the_sub_band_allows(channel, access, says):
    fields = BASE | {"channel": BASE["channel"] | channel, "access": BASE["access"] | access}
    if says is None:
        Settings.of(fields)
    else:
        with pytest.raises(InputError, match=says):
            Settings.of(fields)


def test_powers_that_are_drawn_are_known_with_the_replication():
    """16 to 17 dBm uniform in watts, 39.8 to 50.1 mW, of which 41.2 are allowed: five workers are all below with probability
    (1.4 / 10.3)^5, 5e-5, and seed 1 is not such a one."""
    law = {"type": "uniform", "low": "16 dBm", "high": "17 dBm"}
    loud = Settings.of(BASE | {"workers": 5, "channel": BASE["channel"] | {"tx_power": law}})
    for refused in (lambda: predraw(loud, 0), lambda: Simulation(loud, 0)):
        with pytest.raises(InputError, match=r"channel.tx_power must be <= 16.15 dBm .* got 16\.\d+ dBm for worker \d"):
            refused()
    predraw(Settings.of(BASE | {"channel": BASE["channel"] | {"tx_power": law | {"low": "10 dBm", "high": "16 dBm"}}}), 0)


def test_settings_come_back():
    made = Settings.of(BASE)
    assert Settings.of(made.plain()) == made and made.plain()["access"]["channels"] == ["868.1 MHz", "868.3 MHz", "868.5 MHz"]
