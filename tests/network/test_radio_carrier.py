"""The model over a radio: whose turn it is, who is told what and when, and whole runs with it."""

import numpy as np
import pytest
import simpy

from wirelesssim.learning.train import train
from wirelesssim.network.message import Message, Transfer
from wirelesssim.network.radio_carrier import RadioCarrier
from wirelesssim.radio.downlink import ContinuousDownlink, DownlinkWay
from wirelesssim.rng import Streams
from wirelesssim.scenario import load
from wirelesssim.simulation import Simulation, prepare


class Blocks:
    """A written-down SINR, one number a block of a second, the last for ever."""

    block_time = 1.0

    def __init__(self, *sinr):
        self.sinr = np.array(sinr, dtype=float)

    def __call__(self, first, count):
        return self.sinr[np.minimum(np.arange(first, first + count), len(self.sinr) - 1)]


def told(sources, audiences, bits=(1, 1), limit=3.0, at=0.0):
    """When each worker was told what, and the books; a hertz carries `sinr` bit/s, and a message is of `bits` packets."""
    env = simpy.Environment(at)
    carrier = RadioCarrier(env, DownlinkWay(sources, ContinuousDownlink(1.0, np.asarray)), limit)
    heard, transfers = {}, []
    for audience in audiences:
        transfer = Transfer(Message.of(None, 1, bits, bits, 0), env.now)
        transfers.append(transfer)
        for worker, event in zip(audience, carrier.carry(transfer, audience)):
            event.callbacks.append(lambda event, worker=worker: heard.__setitem__(worker, (round(env.now, 6), event.value)))
    env.run()
    return heard, transfers


def test_a_multicast_is_one_message_for_all():
    heard, [books] = told([Blocks(2), Blocks(1)], [[0, 1]])
    assert heard == {0: (2.0, True), 1: (2.0, True)} and books.end == 2.0 and books.sent_bits == 2 and books.lost == 0


def test_a_multicast_gives_one_up():
    """The second has no rate at all: given up at 3 s, the first has its two bits at 1 bit/s by 5 s; the row has a loss."""
    heard, [books] = told([Blocks(1), Blocks(0)], [[0, 1]])
    assert heard == {0: (5.0, True), 1: (3.0, False)} and books.sent_bits == 2 and books.lost == 2


def test_who_has_no_rate_is_put_off_and_the_others_go_first():
    """Worker 0 is in a fade till 5 s, worker 1 takes 0 to 2 s, worker 2 2 to 4 s; worker 0 waits for its block and ends at 7."""
    heard, books = told([Blocks(0, 0, 0, 0, 0, 1), Blocks(1), Blocks(1)], [[0], [1], [2]], limit=10.0)
    assert heard == {1: (2.0, True), 2: (4.0, True), 0: (7.0, True)} and [row.end for row in books] == [7.0, 2.0, 4.0]
    assert [row.start for row in books] == [5.0, 0.0, 2.0]


def test_two_short_outages_are_not_one_long_one():
    """Worker 1 has the channel for its 5 bits; worker 0 is out from 0 to 1 s and from 5 to 6 s, less than 3 s, and goes then."""
    heard, _ = told([Blocks(0, 1, 1, 1, 1, 0, 1), Blocks(1)], [[0], [1]], bits=(5,))
    assert heard == {1: (5.0, True), 0: (11.0, True)}


def test_who_fades_on_the_way_lets_the_others_go():
    """Worker 0 has 1 of 2 bits by 1 s, then none till 10 s; worker 1 goes from 1 to 3 s, the other bit from 10 to 11 s."""
    heard, books = told([Blocks(1, *[0] * 9, 1), Blocks(1)], [[0], [1]], bits=(2,), limit=10.0)
    assert heard == {1: (3.0, True), 0: (11.0, True)}
    assert [(row.start, row.end, row.on_air, row.sent_bits) for row in books] == [(0.0, 11.0, 2.0, 2), (1.0, 3.0, 2.0, 2)]


def test_who_is_out_for_too_long_is_given_up_while_another_is_on_the_air():
    """No rate from 0 to 4 s: given up at 3 s, though worker 1 has the channel till 6; after 1 of 10 bits, at 1 + 3 s."""
    heard, books = told([Blocks(0, 0, 0, 0, 1), Blocks(1)], [[0], [1]], bits=(6,))
    assert heard == {0: (3.0, False), 1: (6.0, True)} and (books[0].start, books[0].end) == (0.0, 3.0)
    heard, books = told([Blocks(1, 0), Blocks(1)], [[0], [1]], bits=(1, 1, 8))
    assert heard == {0: (4.0, False), 1: (11.0, True)} and books[0].sent_bits == books[0].lost == 1
    heard, books = told([Blocks(1, 0), Blocks(1)], [[0], [1]], bits=(1, 1, 8), limit=0.0)
    assert heard == {0: (1.0, False), 1: (11.0, True)} and books[0].sent_bits == books[0].on_air == 1


def first_outage(sinr, begin, limit):
    """When a worker has had no rate for more than `limit` whole blocks of a second, of those from `begin` on, less the last."""
    out = 0
    for block in range(begin, len(sinr)):
        out = out + 1 if sinr[block] == 0 else 0
        if out > limit:
            return float(block)
    return np.inf


def test_none_for_the_outage_limit_is_lost_and_nobody_else():
    """Random blocks: whoever is given up is so when its first stretch of `limit` is over, and nobody gets the model later."""
    draws, lost = np.random.default_rng(4), 0
    for _ in range(60):
        sinrs = [np.append(draws.choice([0, 0, 1, 3], size=60), np.ones(60)) for _ in range(4)]
        limit, begin = int(draws.integers(2, 6)), int(draws.integers(0, 4))
        heard, books = told([Blocks(*sinr) for sinr in sinrs], [[0], [1], [2], [3]], bits=(4, 3), limit=limit, at=begin)
        for worker, sinr in enumerate(sinrs):
            time, arrived = heard[worker]
            given_up = first_outage(sinr, begin, limit)
            assert time <= given_up if arrived else time == given_up
            assert books[worker].sent_bits == 7 if arrived else books[worker].sent_bits in (0, 4)
            lost += not arrived
    assert 60 < lost < 180


def test_who_is_put_off_for_too_long_is_given_up():
    heard, books = told([Blocks(0), Blocks(1)], [[0], [1]])
    assert heard == {1: (2.0, True), 0: (3.0, False)} and books[0].sent_bits == books[0].attempts == 0 and books[0].end == 3.0


def test_what_was_sent_before_all_gave_up_is_booked_by_whole_packets():
    """1.5 bits at 1 bit/s from 0.5 to 2 s: of packets of 1, 1 and 8 bits the first alone is whole."""
    heard, [books] = told([Blocks(1, 1, 0)], [[0]], bits=(1, 1, 8), at=0.5)
    assert heard == {0: (5.0, False)} and books.sent_bits == 1 and books.lost == 1 and not books.delivered.any()


QUADRATIC = {"type": "quadratic", "dimension": 50, "condition": 10}
CELL = {"type": "radio", "phy": {"type": "nr"}}
PLACES = {"type": "positions", "places": [[30, 0], [60, 0], [90, 0], [90_000, 0]]}


def simulation(**sections):
    whole = {"name": "case", "workers": 4, "stop": {"rounds": 5}, "objective": QUADRATIC, "algorithm": "gd_sec",
             "codec": {"type": "auto", "value_bits": 64}, "channel": CELL, "geometry": {"type": "ring", "radius": "20 m"},
             "access": "ofdma", "downlink": "multicast"} | sections
    [settings] = load(whole).settings.values()
    return Simulation(settings)


@pytest.mark.parametrize("downlink", ["multicast", "unicast"])
@pytest.mark.parametrize("access, channel", [("ofdma", CELL), ("tdma", {"type": "radio"})])
def test_a_good_radio_is_the_ideal_loop(downlink, access, channel):
    made = simulation(downlink=downlink, access=access, channel=channel)
    recorder, settings = made.run(), made.settings
    ideal = train(prepare(settings, 0).problem, settings.algorithm, 5, codec=settings.codec,
                  streams=Streams(settings.seed.learning, 0, "learning"))
    assert np.array_equal(settings.algorithm.model(made.server.state), ideal.theta)
    rows = [row for row in recorder.transmissions if row.direction == "downlink"]
    assert len(rows) == (5 if downlink == "multicast" else 20) and all(row.delivered == row.packets for row in rows)
    assert recorder.rounds[-1].downlink_on_air_bits == sum(row.on_air_bits for row in rows) > 0


def test_a_model_of_one_slot():
    """50 values of 64 bits and 28 B: 3424 bits and some fit into one slot at 20 m: DDDDDDDSUU, slot 0 is over at 0.5 ms."""
    [row, *_] = [row for row in simulation().run().transmissions if row.direction == "downlink"]
    assert row.start_s == 0.0 and row.end_s == pytest.approx(0.5e-3) and 3424 <= row.on_air_bits < 3600


@pytest.mark.parametrize("algorithm", ["gd", "gd_sec"])
@pytest.mark.parametrize("downlink", ["multicast", "unicast"])
def test_a_worker_that_the_model_does_not_reach_is_lost_to_the_round(algorithm, downlink):
    """Out of reach: after 100 ms the round goes on without it, it makes no step, and the others learn."""
    made = simulation(algorithm=algorithm, downlink=downlink, geometry=PLACES,
                      transport={"type": "arq", "outage_limit": "100 ms"})
    recorder = made.run()
    assert [row.workers_lost for row in recorder.rounds[1:]] == [1] * 5 and made.workers[3].steps == 0
    assert [row.workers_heard for row in recorder.rounds[1:]] == [3] * 5 and made.workers[0].steps == 5
    assert not [row for row in recorder.transmissions if row.direction == "uplink" and row.worker == 3]
    assert recorder.rounds[-1].objective < recorder.rounds[0].objective
    assert np.diff([row.simulated_time_s for row in recorder.rounds]).min() >= 0.1 - 1e-12


def test_a_stated_rate_holds():
    """1 Mbit/s: the bits over the rate, whatever the channel; and further away it takes no longer."""
    for radius in ("20 m", "180 m"):
        made = simulation(downlink={"type": "multicast", "rate": "1 Mbit/s"}, geometry={"type": "ring", "radius": radius})
        [row, *_] = [row for row in made.run().transmissions if row.direction == "downlink"]
        assert row.end_s == pytest.approx(row.on_air_bits / 1e6, rel=1e-12)


def test_both_methods_and_both_fidelities_meet_the_same_way_down():
    fading = {"channel": CELL | {"fading": {"type": "rayleigh"}}, "geometry": {"type": "ring", "radius": "150 m"}}
    runs = [simulation(**fading, **said).run() for said in ({}, {"algorithm": "gd"}, {"fidelity": "packet"})]
    ends = [[row.end_s - row.start_s for row in run.transmissions if row.direction == "downlink"][0] for run in runs]
    assert ends[0] == ends[1] == ends[2]
