"""Whole runs over a Wi-Fi medium: misfits refused, both fidelities the same bytes, the downlink and outages, background."""

import numpy as np
import pytest
import simpy

from wirelesssim.errors import InputError
from wirelesssim.model import build, plain
from wirelesssim.network.access import Access
from wirelesssim.network.wifi import wiring
from wirelesssim.network.wifi.hidden.loop import HiddenLoop
from wirelesssim.network.wifi.hidden.medium import HiddenContention
from wirelesssim.radio.pathloss import PathLoss
from wirelesssim.scenario import load
from wirelesssim.simulation import Simulation
from wirelesssim.simulation.wiring import Wiring

QUADRATIC = {"type": "quadratic", "dimension": 200, "condition": 10}
RADIO = {"type": "radio", "carrier": "5.2 GHz", "phy": {"type": "wifi", "standard": "ax"}}
NEAR, FAR = {"type": "ring", "radius": "5 m"}, {"type": "ring", "radius": "3 km"}


LINE = [["0 m", "0.5 m"], ["30 m", "0 m"], ["60 m", "0 m"], ["200 m", "0 m"]]


def settings_of(**sections):
    whole = {"name": "case", "workers": 4, "stop": {"rounds": 8}, "objective": QUADRATIC, "algorithm": "gd_sec",
             "channel": RADIO, "geometry": NEAR, "access": "csma", "downlink": "multicast",
             "transport": {"type": "arq", "mtu": "300 B"}} | sections
    [settings] = load(whole).settings.values()
    return settings


REFUSED = [
    ({"access": "tdma", "downlink": "ideal"}, "access must be csma or ofdma_trigger with the physical layer wifi, got tdma"),
    ({"channel": {"type": "fixed", "rate": "1 Mbit/s"}, "geometry": None}, "channel.phy must be wifi with the access csma"),
    ({"channel": {"type": "radio"}}, "channel.phy must be wifi with the access csma"),
    *(({"channel": RADIO | {"phy": {"type": "wifi", "guard_interval": guard}}}, "channel.phy.guard_interval must be .*got")
      for guard in ("0.8004 us", "1e300 s", 1e9, "1 us")),
    ({"channel": RADIO | {"loss": "2 %"}}, "channel.loss must be 0 % with the access csma: .*got 2 %"),
    ({"transport": {"type": "arq", "mtu": "2400 B"}}, "transport.mtu must be <= 2296 B with the access csma.*got 2400 B"),
    ({"transport": {"type": "arq", "ack": {"loss": "1 %"}}}, "transport.ack.loss must not be given with the access csma"),
    ({"downlink": {"type": "multicast", "rate": "1 Mbit/s"}}, "downlink.rate must not be given with the access csma"),
    ({"access": {"type": "csma", "basic_rate": "9 Mbit/s"}}, "access.basic_rate must be 6, 12 or 24 Mbit/s, got 9 Mbit/s"),
    ({"access": {"type": "csma", "eifs": "no"}}, "access.eifs must be 'standard' or 'none', got 'no'"),
    ({"access": {"type": "csma", "retry_limit": 0}}, "access.retry_limit must be >= 1"),
    ({"access": {"type": "csma", "background": {"type": "poisson"}}}, "access.background.rate is required"),
    ({"access": {"type": "csma", "hidden": [[0, 4]]}}, r"access.hidden must name workers 0 to 3, got \[0, 4\]"),
    ({"access": {"type": "csma", "hidden": [[1, 1]]}}, r"access.hidden.0 must be two different workers, got \[1, 1\]"),
    ({"access": {"type": "csma", "hidden": [[0, 1], [1, 0]]}}, "access.hidden.1 says the same as entry 0.*leave one of them out"),
    ({"access": {"type": "csma", "hidden": [[0, -1]]}}, "access.hidden.0 must be two numbers of workers, like .*each >= 0"),
    ({"access": {"type": "csma", "hidden": [[0, 1, 2]]}}, "access.hidden.0 must be two numbers of workers, like"),
    ({"access": {"type": "csma", "hidden": []}}, "access.hidden must be a list of pairs of workers like"),
    ({"access": {"type": "csma", "hidden": "-82 dBm"}}, "access.hidden must be null, a list of pairs .*{threshold: -82 dBm}"),
    ({"access": {"type": "csma", "hidden": {"threshold": "-82 dB"}}}, "access.hidden.threshold must be a power like"),
    ({"access": {"type": "csma", "hidden": {"threshold": "-82 dBm", "pairs": [[0, 1]]}}},
     "access.hidden.pairs unknown key 'pairs'.*write {type: pairs, pairs:"),
    ({"access": {"type": "csma", "hidden": [[0, 1]], "rules": "bianchi"}}, "access.hidden must be none with the rules bianchi"),
]


@pytest.mark.parametrize("sections, message", REFUSED, ids=[message[:40] for _, message in REFUSED])
def test_misfits_are_refused(sections, message):
    with pytest.raises(InputError, match=message):
        settings_of(**sections)


def tables(**sections):
    recorder = Simulation(settings_of(**sections)).run()
    return recorder.rounds, recorder.transmissions, recorder.workers


CASES = {
    "multicast": {},
    "unicast": {"downlink": "unicast"},
    "ideal downlink": {"downlink": "ideal", "access": {"type": "csma", "rules": "bianchi"}},
    "noise": {"geometry": {"type": "ring", "radius": "60 m"}, "channel": RADIO | {"fading": {"type": "rayleigh"}}},
    "fallback": {"geometry": {"type": "disc", "radius": "60 m"},
                 "channel": RADIO | {"phy": {"type": "wifi", "standard": "ac", "rate": "arf"}}},
    "moving": {"channel": RADIO | {"mobility": {"type": "linear", "speed": "30 m/s"},
                                   "fading": {"type": "clarke", "speed": "30 m/s"}}},
    "background": {"access": {"type": "csma", "background": {"type": "poisson", "stations": 2, "rate": "4 Mbit/s"}}},
    "saturated background": {"access": {"type": "csma", "rts_threshold": "200 B", "background": "saturated"}},
    "one by one": {"transport": {"type": "arq", "scheme": "stop_and_wait", "mtu": "300 B"}},
    "hidden pairs": {"access": {"type": "csma", "hidden": [[0, 3], [2, 1]]}},
    "hidden, unicast, RTS": {"access": {"type": "csma", "hidden": [[0, 3], [2, 1], [0, 1]], "rts_threshold": "100 B"},
                             "downlink": "unicast"},
    "unreliable": {"transport": {"type": "unreliable", "mtu": "300 B"}},
}


@pytest.mark.parametrize("case", CASES)
def test_both_fidelities_are_the_same_run(case):
    fast, slow = tables(**CASES[case]), tables(**CASES[case], fidelity="packet")
    assert repr(fast) == repr(slow)
    assert repr(fast) == repr(tables(**CASES[case]))
    assert len(fast[0]) == 9


def test_time_of_a_lone_worker():
    """One worker, 802.11a at 54 Mb/s, one packet, ideal downlink, no compute. The packet goes at once. The access point's
    answer, a frame of 40 + 36 bytes and 20 + 4 ceil(630 / 216) = 32 us, is ready while the packet's ACK still keeps the medium
    busy: SIFS 16, ACK 28, DIFS 34, then a backoff of whole slots."""
    _, sent, _ = tables(workers=1, downlink="ideal", algorithm="gd", codec={"type": "dense", "value_bits": 64},
                        transport={"type": "arq", "mtu": "2000 B"}, stop={"rounds": 1},
                        channel=RADIO | {"phy": {"type": "wifi", "standard": "a"}}, geometry={"type": "ring", "radius": "2 m"})
    [row] = sent
    bits = row.on_air_bits - 8 * 40  # without the acknowledgement's packet
    assert row.attempts == 1 and bits > 64 * 200
    data = 20 + 4 * -(-(22 + bits + 8 * 36) // 216)  # us
    slots = (row.end_s * 1e6 - (data + 16 + 28 + 34 + 32)) / 9
    assert 0 <= round(slots) <= 15 and slots == pytest.approx(round(slots), abs=1e-6)
    [rounds] = tables(workers=1, downlink="ideal", algorithm="gd", codec={"type": "dense", "value_bits": 64},
                      transport={"type": "arq", "mtu": "2000 B"}, stop={"rounds": 1}, geometry={"type": "ring", "radius": "2 m"},
                      channel=RADIO | {"phy": {"type": "wifi", "standard": "a"}})[0][1:]
    assert rounds.simulated_time_s == pytest.approx(data * 1e-6, abs=1e-12)


def test_out_of_reach():
    """Nobody has a mode 3 km away: the model does not arrive, the server is told, and no worker sends."""
    rounds, sent, _ = tables(geometry=FAR, stop={"rounds": 3}, transport={"type": "arq", "mtu": "300 B", "outage_limit": "50 ms"})
    assert rounds[-1].workers_lost == 4
    assert all(row.direction == "downlink" and row.delivered == 0 for row in sent)
    rounds, sent, _ = tables(geometry=FAR, downlink="ideal", stop={"rounds": 2},
                             transport={"type": "arq", "mtu": "300 B", "outage_limit": "50 ms"})
    assert rounds[-1].simulated_time_s == pytest.approx(0.1) and all(row.attempts == 0 for row in sent)


def test_background_slows_a_round():
    free, held = (tables(**CASES[case])[0][-1].simulated_time_s for case in ("multicast", "saturated background"))
    assert held > 1.5 * free


def hearing(hidden, places=LINE, **sections):
    """Whom each of four workers and the access point are heard by."""
    channel = RADIO | {"tx_power": "20 dBm", "path_loss": {"type": "free_space"}} | sections
    settings = settings_of(geometry=places, channel=channel, access={"type": "csma", "hidden": hidden})
    reaches = Wiring(simpy.Environment(), settings, 0).wired.airs[0].medium.state.reaches
    return [np.flatnonzero(row).tolist() for row in reaches]


def free_space_dbm(distance):
    """20 dBm less 20 log10(4 pi d f / c) at 5.2 GHz."""
    return 20 - 20 * np.log10(4 * np.pi * distance * 5.2e9 / 299_792_458)


def test_hidden_by_threshold():
    """Between 0 and 1 there are 30.004 m, between 1 and 2 30 m, between 2 and 3 140 m. A threshold between the powers at 30.01
    and 60 m leaves neighbours at 30 m; 4 dB of gain at both ends shift it by 8 dB; 40 MHz ask for 3 dB more."""
    middle = (free_space_dbm(30.01) + free_space_dbm(60)) / 2
    neighbours = [[1, 4], [0, 2, 4], [1, 4], [4], [0, 1, 2, 3]]
    assert hearing({"threshold": f"{middle} dBm"}) == neighbours
    assert hearing({"threshold": f"{middle + 8} dBm"}, worker_antenna_gain="4 dB") == neighbours
    assert hearing({"threshold": f"{middle - 3} dBm"}, bandwidth="40 MHz") == neighbours
    assert hearing({"threshold": f"{free_space_dbm(60) - 0.1} dBm"})[0] == [1, 2, 4]
    spread = [["5 m", "0 m"]] * 3 + [["80 m", "0 m"]]  # on one spot: the 2 m of height are left, some -35 dBm
    assert hearing({"threshold": "-50 dBm"}, spread, path_loss="inh")[:4] == [[1, 2, 4], [0, 2, 4], [0, 1, 4], [4]]


def test_hidden_by_threshold_where_a_trace_has_the_workers(tmp_path):
    """In a row, 30 m apart, at time 0, wherever `geometry` has them; the threshold is what is received at 45 m."""
    trace = tmp_path / "way.csv"
    trace.write_text("worker,time_s,x_m,y_m\n" + "".join(f"{worker},{time},{30 * worker},0\n"
                                                          for worker in range(4) for time in (0, 1000)))
    moving = {"mobility": {"type": "trace", "path": str(trace)}}
    for places in (LINE, [[f"{far} m", "0 m"] for far in (-900, -300, 300, 900)]):
        assert hearing({"threshold": f"{free_space_dbm(45)} dBm"}, places, **moving) == [[1, 4], [0, 2, 4], [1, 3, 4], [2, 4],
                                                                                      [0, 1, 2, 3]]


def reaches_of(workers, threshold, law, seed=1):
    """(M, M): whom each of `workers` is heard by, of which every other stands at 0 m, those between at 60 m."""
    places = [["0 m", "0 m"], ["60 m", "0 m"]] * (workers // 2)
    channel = RADIO | {"tx_power": "20 dBm", "path_loss": law}
    settings = settings_of(seed=seed, workers=workers, geometry=places, channel=channel,
                           access={"type": "csma", "hidden": {"threshold": f"{threshold} dBm"}})
    medium = Wiring(simpy.Environment(), settings, 0).wired.airs[0].medium
    return medium.state.reaches[:workers, :workers] if isinstance(medium, HiddenLoop) else np.ones((workers, workers))


def test_hidden_by_threshold_and_line_of_sight():
    """UMi at 60 m: P_LOS = 18/60 + exp(-60/36) (1 - 18/60) = .4322. Between the medians of the states those hear each other, both
    ways, that see each other; 625 pairs: a standard error of .0198, 4.9 of them a false alarm of 1e-6. Each pair's state stays
    when there are more. A state that is fixed is everybody's."""
    medians = [20 + 10 * np.log10(law.gain(60.0, 5.2e9)) for law in build(PathLoss, {"type": "umi"}).states]
    middle = np.mean(medians)
    reaches = reaches_of(50, middle, {"type": "umi"})
    assert (reaches == reaches.T).all() and (reaches_of(60, middle, {"type": "umi"})[:50, :50] == reaches).all()
    assert abs(reaches[::2, 1::2].mean() - 0.4322) < 4.9 * 0.0198
    assert (reaches_of(50, middle, {"type": "umi"}, seed=2) != reaches).any()
    assert reaches_of(4, middle, {"type": "umi", "state": "los"}).all()
    assert not reaches_of(4, middle, {"type": "umi", "state": "nlos"})[::2, 1::2].any()


@pytest.mark.parametrize("case", [case for case in CASES if "hidden" not in case and case != "ideal downlink"])
def test_the_loop_for_hidden_stations_is_the_same_run(case, monkeypatch):
    """With nobody hidden, byte for byte; background that was put off is caught up with, too."""
    expected = tables(**CASES[case])
    for loop in (HiddenLoop, HiddenContention):
        monkeypatch.setattr(wiring, "_medium", lambda access, site, rules, modes, signals, loop=loop: loop(
            site.env, rules, modes, signals, np.ones((signals.stations, signals.stations), dtype=bool)))
        assert repr(tables(**CASES[case])) == repr(expected)


@pytest.mark.parametrize("hidden", [None, "none", [[3, 0], [1, 2]], "threshold", {"threshold": "-70 dBm"}])
def test_hidden_reads_back(hidden):
    access = settings_of(access={"type": "csma", "hidden": hidden}).access
    assert build(Access, plain(access)) == access
    if isinstance(hidden, list):
        assert access.hidden.pairs == ((0, 3), (1, 2))


def test_hidden_stations_and_the_null():
    """null, and a threshold that everybody passes, is the medium of all, byte for byte; hidden pairs cost time."""
    free, none, passed, hidden = (tables(access={"type": "csma"} | said) for said in (
        {}, {"hidden": None}, {"hidden": {"threshold": "-82 dBm"}}, {"hidden": [[0, 3], [2, 1]]}))
    assert repr(free) == repr(none) == repr(passed)
    assert hidden[0][-1].simulated_time_s > free[0][-1].simulated_time_s


def test_books_agree():
    """What is delivered was sent; bits on the air are those of all attempts and of the answers; times are in order."""
    for case in ("multicast", "noise", "unicast", "hidden pairs"):
        rounds, sent, workers = tables(**CASES[case])
        for row in sent:
            assert row.packets - row.delivered <= row.packets_lost <= row.attempts and row.start_s < row.end_s
            assert row.attempts - row.packets_lost >= row.delivered
            assert row.on_air_bits >= row.coded_bits + row.retransmitted_bits
        assert all(min(row[2:7]) >= -1e-12 for row in (np.array(worker[:8], dtype=object) for worker in workers))
