"""The way from the server over a radio: slots by hand, the weakest of several, waits, givings-up, the channel of the uplink."""

import numpy as np
import pytest

from wirelesssim.model import build
from wirelesssim.radio import Channel, Geometry
from wirelesssim.radio.downlink import ContinuousDownlink, DownlinkWay
from wirelesssim.radio.nr import block_error_rate, mcs_table
from wirelesssim.rng import Streams

NR = {"type": "radio", "phy": {"type": "nr", "mcs_table": 1}}


class Blocks:
    """A written-down SINR, one number a block, the last for ever."""

    def __init__(self, *sinr, block_time=1.0):
        self.sinr, self.block_time = np.array(sinr, dtype=float), block_time

    def __call__(self, first, count):
        return self.sinr[np.minimum(np.arange(first, first + count), len(self.sinr) - 1)]


def way(*sources):
    """A hertz that carries `sinr` bit/s."""
    return DownlinkWay(sources, ContinuousDownlink(1.0, lambda sinr: np.asarray(sinr)))


def at_scheme_9(law):
    """A SINR at which MCS 9 of table 1 is carried and MCS 10 is not, of the whole band."""
    low, high = law.threshold_db[9:11]
    assert low < high
    return 10 ** ((low + high) / 20) / law.boost


def test_slots_by_hand():
    """51 blocks of 10 x 12 elements at QPSK 679/1024 are 8064 bits, 7257.6 after a tenth of repeats: 80,000 bits are 12 slots.

    DDDDDDDSUU, 0.5 ms each: slots 0 to 6 and 10 to 14, over at 7.5 ms; from 0.1 ms on slots 1 to 6 and 10 to 15, over at 8 ms;
    from 3.4 ms on (slot 7 is S) 10 to 16 and 20 to 24, over at 12.5 ms.
    """
    law = build(Channel, NR).phy.downlink_law(3.5e9, 20e6)
    rate = law.rates(np.array([at_scheme_9(law)]))[0]
    assert law.bits[9] == 8064 and rate == pytest.approx(8064 * 0.9 / 0.5e-3)
    for start, end in [(0.0, 7.5e-3), (0.1e-3, 8e-3), (3.4e-3, 12.5e-3)]:
        carried, done = law.send(start, np.inf, rate, 80_000)
        assert carried == 80_000 and done == pytest.approx(end, abs=1e-12)


def test_a_rate_that_changes_at_a_block_takes_no_slot_twice():
    """Cut at any instant, what is carried before and what is carried after are the slots of the whole."""
    law = build(Channel, NR).phy.downlink_law(3.5e9, 20e6)
    rate = law.rates(np.array([at_scheme_9(law)]))[0]
    for edge in np.random.default_rng(1).uniform(0.2e-3, 7.4e-3, 60):
        before, done = law.send(0.0, edge, rate, 80_000)
        after, end = law.send(edge, np.inf, rate, 80_000 - before)
        assert done is None or edge > 7.0e-3  # the last slot, 14, begins at 7 ms
        if done is None:
            assert before == pytest.approx(7257.6 * sum(slot * 0.5e-3 < edge for slot in (*range(7), *range(10, 15))))
            assert end == pytest.approx(7.5e-3, abs=1e-12)


def test_the_scheme_fails_at_most_at_the_target():
    """The block error rate of the chosen scheme at the SINR of its blocks, by the law itself: <= 10 %, the next one's above."""
    channel = build(Channel, NR)
    law, table = channel.phy.downlink_law(3.5e9, 20e6), mcs_table(1)
    for sinr_db in np.arange(-4.0, 15.0, 1.3):
        bits = law.rates(np.array([10 ** (sinr_db / 10)]))[0] * law.slot / (1 - law.target)
        scheme = int(np.flatnonzero(np.isclose(law.bits, bits))[-1])
        seen = sinr_db + 10 * np.log10(20e6 / (51 * 360e3))
        errors = [float(block_error_rate(seen, table.at(s), law.bits[s], 51 * 120 * table.modulation_order[s]))
                  for s in (scheme, scheme + 1)]
        assert errors[0] <= 0.1 + 1e-6 and errors[1] > 0.1


def test_all_go_at_the_weakest_ones_rate():
    """3 and 2 bit/s, then 1 and 4: min 2 for a second, then 1: 3 bits take 2 s; alone the first needs 1 s, the second 1.25 s."""
    both = way(Blocks(3, 1), Blocks(2, 4))
    assert both.finish(0.0, 3, [0, 1], 10.0).end == pytest.approx(2.0)
    assert both.finish(0.0, 3, [0], 10.0).end == pytest.approx(1.0)
    assert both.finish(0.0, 3, [1], 10.0).end == pytest.approx(1.25)


def test_nothing_goes_while_one_has_no_rate():
    """Blocks 1 and 2 of the second are an outage: a second, two of waiting, and the rest."""
    reach = way(Blocks(1, 1, 1, 1), Blocks(1, 0, 0, 1)).finish(0.5, 1.0, [0, 1], 10.0)
    assert reach.end == pytest.approx(3.5) and not reach.lost and reach.sent == 1.0


def test_who_has_no_rate_for_too_long_is_given_up_and_the_others_go_on():
    """The second has no rate from 1 s on; after 2.5 s of it, at 3.5 s, the first goes on alone: 1.5 of 2 bits are left."""
    reach = way(Blocks(1), Blocks(1, 0)).finish(0.5, 2.0, [0, 1], 2.5)
    assert reach.lost == {1: 3.5} and reach.end == pytest.approx(5.0)
    alone = way(Blocks(1, 0)).finish(0.5, 2.0, [0], 2.5)
    assert alone.lost == {0: 3.5} and alone.end == pytest.approx(3.5) and alone.sent == pytest.approx(0.5)


def test_a_wait_as_long_as_the_limit_is_borne():
    assert not way(Blocks(1, 0, 0, 1)).finish(0.0, 2.0, [0], 2.0).lost
    assert way(Blocks(1, 0, 0, 1)).finish(0.0, 2.0, [0], 1.9).lost == {0: 2.9}


def test_a_channel_that_never_changes():
    still = way(Blocks(4, block_time=np.inf), Blocks(0, block_time=np.inf))
    reach = still.finish(1.0, 8.0, [0, 1], 3.0)
    assert reach.lost == {1: 4.0} and reach.end == pytest.approx(6.0)


def test_down_is_the_same_way_as_up():
    """Reciprocity: SINR down = SINR up + (33 - 23) dB of power - (7 - 5) dB of noise figure, block for block, by Shannon's law;
    with four antennas at the site the first one's."""
    said = {"type": "radio", "bandwidth": "10 MHz", "fading": {"type": "rayleigh"}, "path_loss": "umi", "shadowing": "standard"}
    place, streams = build(Geometry, {"type": "disc", "radius": "150 m"}), Streams(3, domain="radio")
    one, four = build(Channel, said), build(Channel, said | {"branches": 4})
    up = one.block_sinrs(6, place, streams)
    for channel in (one, four):
        down = channel.downlink(6, place, streams)
        for time in (0.0, 0.051, 7.003):
            sinr = np.array([float(source(int(time / 0.02), 1)[0]) for source in up]) * 10**0.8
            wanted = 10e6 * np.minimum(np.log2(1 + sinr / 10**0.3), 8.0)
            assert down.rates(time, range(6)) == pytest.approx(np.where(wanted < 1e6, 0.0, wanted), rel=1e-12)


def test_a_selective_band_has_the_rate_of_its_effective_sinr():
    """Half of the band in a deep fade: EESM lies near the weak half, far below the mean; a flat band is not touched."""
    law = build(Channel, NR).phy.downlink_law(3.5e9, 20e6)
    flat, mixed = law.rates(np.array([[10.0, 10.0]])), law.rates(np.array([[19.9, 0.1]]))
    assert flat == law.rates(np.array([10.0])) and 0 < mixed < 0.5 * flat


def test_a_worker_that_walks_away_gets_less_and_less():
    channel = build(Channel, NR | {"mobility": {"type": "linear", "speed": "3 m/s"}})
    down = channel.downlink(1, build(Geometry, {"type": "positions", "places": [[1.0, 0.0]]}), Streams(1, domain="radio"))
    rates = [down.rates(time, [0])[0] for time in (40.0, 60.0, 80.0, 100.0)]
    assert rates[0] > rates[1] > rates[2] > rates[3] and down.step < np.inf
