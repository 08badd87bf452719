"""Whole runs over an NR cell: misfits refused, perfect channels exact, common channels, determinism, books."""

import numpy as np
import pytest

from wirelesssim.errors import InputError
from wirelesssim.learning.train import train
from wirelesssim.rng import Streams
from wirelesssim.scenario import load
from wirelesssim.simulation import Simulation, prepare

QUADRATIC = {"type": "quadratic", "dimension": 50, "condition": 10}
RADIO = {"type": "radio", "phy": {"type": "nr", "duplex": "fdd"}, "fading": {"type": "rayleigh"}}
RING = {"type": "ring", "radius": "60 m"}
NEAR = {"type": "ring", "radius": "1 m"}


def settings_of(**sections):
    whole = {"name": "case", "workers": 4, "stop": {"rounds": 12}, "objective": QUADRATIC, "algorithm": "gd_sec",
             "codec": {"type": "auto", "value_bits": 64}, "channel": RADIO, "geometry": RING, "access": "ofdma",
             "transport": {"type": "arq", "mtu": "100 B"}} | sections
    [settings] = load(whole).settings.values()
    return settings


REFUSED = [
    ({"access": "tdma"}, "access must be ofdma with the physical layer nr, got tdma"),
    ({"channel": {"type": "fixed", "rate": "1 Mbit/s"}, "geometry": None}, "channel.phy must be nr with the access ofdma"),
    ({"channel": {"type": "radio"}}, "channel.phy must be nr with the access ofdma"),
    ({"channel": RADIO | {"loss": "2 %"}}, "channel.loss must be 0 % with the physical layer nr: .*got 2 %"),
    ({"access": {"type": "ofdma", "configured_grant": {"type": "periodic", "blocks": 13}}},
     "access.configured_grant.blocks must be < 51 / workers"),
    ({"access": {"type": "ofdma", "scheduler": "fifo"}}, "access.scheduler .*known: equal_share, max_ci"),
    ({"access": {"type": "ofdma", "harq": "hybrid"}}, "access.harq must be 'chase' or 'ir', got 'hybrid'"),
    ({"access": {"type": "ofdma", "target": "100 %"}}, "access.target must be < 100 %"),
    ({"access": {"type": "ofdma", "attempts": 0}}, "access.attempts must be >= 1"),
    ({"channel": RADIO | {"bandwidth": "21 MHz"}}, "channel.bandwidth must be one of 5, 10"),
    ({"channel": RADIO | {"phy": {"type": "nr", "blocks": 56}}}, "channel.phy.blocks must fit in the bandwidth of 20 MHz"),
    ({"channel": RADIO | {"phy": {"type": "nr", "mcs_table": 4}}}, "channel.phy.mcs_table must be 1, 2 or 3, got 4"),
    ({"channel": RADIO | {"phy": {"type": "nr", "alpha": 0.3}}}, "channel.phy.alpha must be one of 0, 0.4"),
    ({"channel": RADIO | {"phy": {"type": "nr", "subcarrier_spacing": "20 kHz"}}},
     "channel.phy.subcarrier_spacing must be one of 15"),
    ({"channel": RADIO | {"phy": {"type": "nr", "duplex": {"type": "tdd", "uplink_slots": 0}}}},
     "channel.phy.duplex.uplink_slots"),
    ({"channel": RADIO | {"phy": {"type": "nr", "duplex": {"type": "tdd", "period": "3.3 ms"}}}}, "channel.phy.duplex.period"),
]


@pytest.mark.parametrize("sections, says", REFUSED)
def test_misfits_are_refused_at_load(sections, says):
    with pytest.raises(InputError, match=says):
        settings_of(**sections)


@pytest.mark.parametrize("transport", [{"type": "unreliable"}, {"type": "arq"}, {"type": "arq", "scheme": "stop_and_wait"}],
                         ids=lambda transport: "-".join(transport.values()))
@pytest.mark.parametrize("algorithm", ["gd", "gd_sec", "gd_soec"])
@pytest.mark.parametrize("fidelity", ["burst", "packet"])
def test_a_perfect_cell_is_the_ideal_loop(algorithm, transport, fidelity):
    """Acknowledged mode, 1 m away, no fading: nothing is lost, and theta is that of `train` bit for bit."""
    settings = settings_of(algorithm=algorithm, transport=transport | {"mtu": "100 B"}, geometry=NEAR, fidelity=fidelity,
                           channel=RADIO | {"fading": "none"})
    ideal = train(prepare(settings, 0).problem, settings.algorithm, 12, codec=settings.codec,
                  streams=Streams(settings.seed.learning, 0, "learning"))
    simulation = Simulation(settings)
    recorder = simulation.run()
    assert np.array_equal(settings.algorithm.model(simulation.server.state), ideal.theta)
    assert all(row.packets_lost == 0 for row in recorder.transmissions)


def test_both_fidelities_write_the_same_tables():
    runs = [Simulation(settings_of(fidelity=fidelity)) for fidelity in ("burst", "packet")]
    first, second = (run.run() for run in runs)
    assert len(first.transmissions) == len(second.transmissions) > 40
    for one, two in zip(first.transmissions, second.transmissions):
        assert [v for v in one if not isinstance(v, float)] == [v for v in two if not isinstance(v, float)]
        assert one.end_s == pytest.approx(two.end_s, abs=1e-9)


def test_the_same_run_twice_is_the_same():
    rows = [Simulation(settings_of()).run() for _ in range(2)]
    assert rows[0].transmissions == rows[1].transmissions and rows[0].workers == rows[1].workers


def test_two_methods_meet_the_same_channel():
    """Whatever they send, and when: the SINRs of the slots that both have looked at are equal, and so are the draws' keys."""
    one, two = (Simulation(settings_of(algorithm=name)) for name in ("gd", "gd_sec"))
    cells = []
    for simulation in (one, two):
        simulation.run()
        cells.append(simulation.workers[0].uplink.air.cell)
    everyone = np.arange(4)
    for slot in (40, 333, 90_000):
        first, second = (cell.signals.at(slot, everyone) for cell in cells)
        assert np.array_equal(first.sinr, second.sinr) and np.array_equal(first.mean_db, second.mean_db)
        known = np.isfinite(first.report_db) & np.isfinite(second.report_db)
        assert np.array_equal(first.report_db[known], second.report_db[known]) and (known.any() or slot == 90_000)
    assert len(np.unique(first.sinr)) > 8 and np.array_equal(cells[0].rules.key, cells[1].rules.key)


def test_the_books_know_requests_from_the_air():
    """FDD, one round of 4 markers or updates: access is some 10 slots of 0.5 ms, the air at least two; the seconds sum up."""
    recorder = Simulation(settings_of(stop={"rounds": 5})).run()
    for row in recorder.workers:
        assert 0.004 <= row.access_s < 0.02 and row.on_air_s >= 0.0009 and row.queue_s == 0
    own = Simulation(settings_of(stop={"rounds": 5}, access={"type": "ofdma", "configured_grant": True})).run()
    assert np.mean([row.access_s for row in own.workers]) < 0.75 * np.mean([row.access_s for row in recorder.workers])


def test_the_wait_for_access_is_never_negative():
    """FDD, requests in every slot and no delays at all: data may go in the slot in which it is asked for."""
    phy = {"phy": {"type": "nr", "duplex": "fdd"}}
    rows = Simulation(settings_of(stop={"rounds": 30}, channel=RADIO | phy, compute={"type": "fixed", "time": "10 ms"}, access={
        "type": "ofdma", "sr_period": 1, "k2": 0, "processing": 0})).run().workers
    assert min(row.access_s for row in rows) >= 0 and sum(row.access_s < 1e-12 for row in rows) > 10


def test_lost_blocks_take_their_coordinates_and_no_others():
    """Unacknowledged mode, one attempt, stale reports over a fast channel: packets are lost, and the method goes on."""
    recorder = Simulation(settings_of(
        channel=RADIO | {"fading": {"type": "rayleigh", "coherence_time": "2 ms"}, "tx_power": "0 dBm"}, transport={
            "type": "unreliable", "mtu": "100 B"}, access={"type": "ofdma", "rlc": "um", "attempts": 1},
        stop={"rounds": 40})).run()
    lost, sent = sum(row.packets_lost for row in recorder.transmissions), sum(row.attempts for row in recorder.transmissions)
    assert 0.02 < lost / sent < 0.6
    assert recorder.rounds[-1].objective < recorder.rounds[0].objective


def test_a_worker_beyond_every_rate_gives_up():
    settings = settings_of(geometry={"type": "positions", "places": [[30, 0], [60, 0], [90, 0], [90_000, 0]]},
                           transport={"type": "arq", "mtu": "100 B", "outage_limit": "100 ms"}, stop={"rounds": 3})
    rows = [row for row in Simulation(settings).run().transmissions if row.direction == "uplink"]
    far = [row for row in rows if row.worker == 3]
    assert all(row.delivered == row.attempts == 0 for row in far) and len(far) == 3
    assert all(row.delivered == row.packets for row in rows if row.worker != 3)
    assert all(np.isfinite([row.start_s, row.end_s]).all() for row in rows)


def test_a_worker_that_moves_is_served_on_its_way():
    settings = settings_of(channel=RADIO | {"mobility": {"type": "linear", "speed": "30 m/s"}}, stop={"rounds": 10})
    recorder = Simulation(settings).run()
    assert all(row.delivered == row.packets for row in recorder.transmissions)
