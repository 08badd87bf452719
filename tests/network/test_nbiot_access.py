"""NB-IoT in a run: random access, tones and messages by hand; the limits of what is granted; both fidelities."""

import pytest

from wirelesssim.errors import InputError
from wirelesssim.network.nbiot import NbIotAccess
from wirelesssim.network.nbiot.access import coupling_loss_db
from wirelesssim.scenario import Settings, presets
from wirelesssim.simulation import simulate
from wirelesssim.simulation.run import Traffic


def settings(workers=1, uplink="32 B", rounds=1, phy=None, channel=None, **more):
    """Workers that stand in sight of the base station (free space), so that all have the highest rate."""
    sections = dict(presets.preset("nb-iot").sections)
    radio = sections["channel"] | {"path_loss": {"type": "free_space"}, "shadowing": {"type": "none"}} | (channel or {})
    radio["phy"] = radio["phy"] | (phy or {})
    geometry = {"type": "positions", "places": [[50.0 + 10 * place, 0.0] for place in range(workers)]}
    near = {"channel": radio, "geometry": geometry, "backhaul": {"type": "fixed", "latency": "0 s"}}
    return Settings.of({"workers": workers, "stop": {"rounds": rounds}, "objective": {"type": "messages", "uplink": uplink}}
                       | sections | near | more)


def test_a_message_by_hand():
    # preamble 5.6 ms; 31 ms; once 6 ms and message 3, 88 bits of I_TBS 10: one unit of 8 ms; then 62 B, 496 bits and 24 of block
    # headers, in 680 bits of I_TBS 10 on 4 units: 1 + 8 + 32 + 3 ms, a tenth of which is sent again
    recorder = simulate(settings())
    row = recorder.workers[0]
    assert row.access_s == pytest.approx(0.0056 + 0.031 + 0.006 + 0.008)
    assert row.on_air_s == pytest.approx(0.044 / 0.9)
    assert recorder.rounds[1].simulated_time_s == pytest.approx(row.access_s + row.on_air_s)


def test_a_message_waits_for_the_next_preamble():
    # made at 0.1 s: the next NPRACH is at 0.16 s
    row = simulate(settings(compute={"type": "fixed", "time": "100 ms"})).workers[0]
    assert row.access_s == pytest.approx(0.060 + 0.0506)


@pytest.mark.parametrize("tones, spacing, groups", [(1, "15 kHz", 12), (3, "15 kHz", 4), (6, "15 kHz", 2), (12, "15 kHz", 1),
                                                    (1, "3.75 kHz", 48)])
def test_no_more_at_a_time_than_there_are_tones(tones, spacing, groups):
    """One worker more than there are groups: it waits until the first is done, all messages being equally long."""
    recorder = simulate(settings(workers=groups + 1, phy={"tones": tones, "spacing": spacing}))
    rows = sorted(recorder.workers, key=lambda row: row.worker)
    assert all(row.access_s == pytest.approx(rows[0].access_s) for row in rows[:groups])
    assert rows[groups].access_s == pytest.approx(rows[0].access_s + rows[0].on_air_s)


def test_coverage_classes_take_more_preambles():
    access = NbIotAccess()
    assert [access.preambles(loss) for loss in (100, 144, 144.1, 154, 154.1, 170)] == [1, 1, 8, 8, 32, 32]


def test_coupling_loss_is_path_loss_less_gains():
    # free space, 900 MHz, 50 m and 25 - 1.5 m of height do not count in free space: 65.5 dB; gains 15 - 4 dB
    made = settings()
    link = Traffic(made).wiring.links[0]
    assert coupling_loss_db(1e-3 * 10**2.3 / made.channel.noise, link.mean_sinr) == pytest.approx(65.5 - 11, abs=0.1)


def test_interference_is_no_path_loss():
    """-89 dB of antenna: 65.5 - 15 + 89 = 139.5 dB, normal coverage, one preamble, whatever other cells send; with 10 dB of that
    it has the SINR of 149.5 dB without, robust coverage: all the same but for seven preambles of 5.6 ms."""
    busy, far = (simulate(settings(channel={"worker_antenna_gain": gain, "interference": {"type": "iot", "level": level}}))
                 for gain, level in (("-89 dB", "10 dB"), ("-99 dB", "0 dB")))
    assert busy.workers[0].on_air_s == pytest.approx(far.workers[0].on_air_s)
    assert far.workers[0].access_s - busy.workers[0].access_s == pytest.approx(7 * 0.0056)


def test_deep_inside_all_takes_longer():
    """-105 dB of antenna gain instead of -4: 54.5 + 101 = 155.5 dB, extreme coverage: 32 preambles. 496 bits go in two blocks
    of 232 and 24 of headers, I_TBS 0 on 10 units twice, 2 + 8 + 160 + 3 ms, and one of 32, I_TBS 1 on 2 units 4 times, 4 + 8 +
    64 + 3 ms."""
    near, deep = (simulate(settings(channel={"worker_antenna_gain": gain})).workers[0] for gain in ("-4 dB", "-105 dB"))
    assert deep.on_air_s == pytest.approx((2 * 0.173 + 0.079) / 0.9) and deep.on_air_s > near.on_air_s
    assert deep.access_s > 32 * 0.0056 + 0.031


def test_out_of_reach_is_given_up():
    recorder = simulate(settings(channel={"worker_antenna_gain": "-130 dB"}, transport={
        "type": "unreliable", "mtu": "1360 B", "header": "30 B", "outage_limit": "3 s"}))
    assert recorder.rounds[1].workers_lost == 1 and recorder.workers[0].on_air_s == pytest.approx(3.0)


def test_both_fidelities_agree():
    rows = [simulate(settings(workers=15, uplink="3 kB", rounds=2, fidelity=fidelity)).transmissions
            for fidelity in ("burst", "packet")]
    for fast, slow in zip(*rows, strict=True):
        assert fast.end_s == pytest.approx(slow.end_s, rel=1e-9) and fast[5:] == slow[5:]


@pytest.mark.parametrize("channel, access, key", [
    ({"type": "fixed", "rate": "1 Mbit/s"}, "nbiot", "channel.phy"),
    ({"type": "radio", "bandwidth": "180 kHz", "carrier": "900 MHz", "phy": {"type": "nbiot"}}, "tdma", "access"),
    ({"type": "radio", "phy": {"type": "nbiot"}}, "nbiot", "channel.bandwidth")])
def test_physical_layer_and_access_go_together(channel, access, key):
    with pytest.raises(InputError) as refused:
        Settings.of({"objective": {"type": "messages"}, "channel": channel, "access": {"type": access}})
    assert key in {".".join(map(str, problem.path)) for problem in refused.value.problems}


def test_whoever_drives_away_comes_into_another_coverage_class():
    """6 m/s along the x axis: 50 m at first, 65.5 dB of path and 45 of the antennas; after 800 s 4850 m, 39.7 dB more: robust."""
    made = settings(channel={"worker_antenna_gain": "-60 dB", "mobility": {"type": "linear", "speed": "6 m/s", "direction": 0}})
    access_time = Traffic(made).wiring.wired.airs[0].access_time
    assert access_time(0.0) == pytest.approx(0.0056 + 0.031 + 0.006 + 0.008)
    assert access_time(800.0) > 8 * 0.0056 + 0.031 + 0.014
