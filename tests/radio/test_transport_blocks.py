"""Messages in whole transport blocks, NB-IoT and LTE-M: times by hand, the laws of the cut, the walk over a fading channel."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelesssim.errors import InputError
from wirelesssim.model import build
from wirelesssim.radio import Channel, Geometry, Phy
from wirelesssim.radio.link import ConstantLink
from wirelesssim.radio.loss import Iid
from wirelesssim.radio.nbiot import TurnLink
from wirelesssim.radio.noise import noise_power
from wirelesssim.radio.phy_ltem import LteM
from wirelesssim.radio.phy_nbiot import NbIot
from wirelesssim.rng import Streams

PHYS = {"one tone": NbIot(), "twelve tones": NbIot(tones=12), "lte-m": LteM(), "lte-m to 8": LteM(max_repetitions=8)}
BYTES = (1, 40, 1500, 100_000)


def constant(phy, rate):
    return TurnLink(ConstantLink(0, Streams(1, domain="radio"), Iid(probability=0.0), rate), phy.turns)


def at(phy, coupling_loss):
    """A link at this coupling loss: 23 dBm, noise figure 3 dB, two antennas."""
    sinr = 2 * 1e-3 * 10 ** (2.3 - coupling_loss / 10) / noise_power(phy.band, 10**0.3)
    return constant(phy, phy.band * float(phy.efficiency(sinr)))


# NB-IoT: R grants of 1 ms, 8 ms, the block with a pause of 40 ms after each 256 ms, 3 ms. Each block has 24 bits of headers.
# LTE-M: ((3 + n) R + 2) ms of a turn of n blocks. All over 0.9, since a tenth is sent again.
BY_HAND = [
    # I_TBS 8 on 6 units of 8 ms: 784 bits in 60 ms; I_TBS 7 on 1, 3, 4 units: 80, 304, 448 bits in 20, 36, 44 ms
    # 320 bits: 4 units; 12,000 = 15 x 784 + 240; 800,000 = 1020 x 784 + 320
    ("one tone", 144, (20, 44, 15 * 60 + 36, 1020 * 60 + 44)),
    # I_TBS 1 on 10 units, twice: 320 bits in 2 + 8 + 160 + 3 ms; on 8: 232 in 141; I_TBS 0 on 2 units, twice: 8 in 45 ms
    # 12,000 = 37 x 320 + 160; 800,000 = 2500 x 320
    ("one tone", 154, (45, 173, 37 * 173 + 141, 2500 * 173)),
    # I_TBS 0 on 10 units, 64 times: 232 bits in 64 + 8 + 5120 + 19 x 40 + 3 = 5955 ms; on 2 units, 128 times: 8 bits in
    # 128 + 8 + 2048 + 7 x 40 + 3 = 2467; I_TBS 1 on 3, 128 times: 64 bits in 128 + 8 + 3072 + 11 x 40 + 3 = 3651
    # 320 = 232 + 88; 12,000 = 51 x 232 + 168; 800,000 = 3448 x 232 + 64
    ("one tone", 164, (2467, 2 * 5955, 52 * 5955, 3448 * 5955 + 3651)),
    # I_TBS 1 on 10 units of 1 ms: 320 bits in 22 ms, on 8 232 in 20; I_TBS 0 on 2: 8 in 14
    ("twelve tones", 144, (14, 22, 37 * 22 + 20, 2500 * 22)),
    # I_TBS 0 on 10 units, 32 times: 232 bits in 32 + 8 + 320 + 40 + 3 = 403 ms; on 2 units, 64 times: 8 in 64 + 8 + 128 + 3; on
    # 4, 64 times: 64 in 64 + 8 + 256 + 3 = 331
    ("twelve tones", 154, (203, 2 * 403, 52 * 403, 3448 * 403 + 331)),
    # I_TBS 5 on six resource blocks, once: 480 bits; turns of 6, 7, 8 ms. 12,000 = 8 x 1440 + 480; 800,000 = 555 x 1440 + 800
    ("lte-m", 134, (6, 6, 8 * 8 + 6, 555 * 8 + 7)),
    # I_TBS 1 on five, 8 times: 152 bits; turns of 34, 42, 50 ms; I_TBS 0 on three (or 1 on two), twice: 32 bits, 10 ms; on four,
    # 4 times: 64 bits, turns of 18, 22, 26 ms. 320 > 2 x 152; 12,000 = 26 x 456 + 144; 800,000 = 1754 x 456 + 176
    ("lte-m to 8", 144, (10, 50, 26 * 50 + 26, 1754 * 50 + 26)),
    # of 1, 4, 16 and 32 times: I_TBS 0 on four, 4 times: 64 bits; turns of 18, 22, 26 ms. 320 = 192 + 128;
    # 12,000 = 62 x 192 + 96; 800,000 = 4166 x 192 + 128
    ("lte-m", 144, (18, 26 + 22, 62 * 26 + 22, 4166 * 26 + 22))]


@pytest.mark.parametrize("name, loss, milliseconds", BY_HAND, ids=[f"{name}, {loss} dB" for name, loss, _ in BY_HAND])
def test_times_by_hand(name, loss, milliseconds):
    link = at(PHYS[name], loss)
    ends = [link.finish(7.0, np.array([8 * size])).ends[0] - 7.0 for size in BYTES]
    assert ends == pytest.approx(np.array(milliseconds) / 900, rel=1e-9)
    assert ends[-1] == pytest.approx(8 * BYTES[-1] / link.rate_at(0.0), rel=1e-3)  # in the long run, bits over rate


def test_packets_share_blocks():
    # one tone at 144 dB: 784 bits a block. 400 bits, 800 and 1184 in all, 1185, and the last of 1569, two blocks and 1 bit: 20 ms
    ends = at(PHYS["one tone"], 144).finish(1.0, np.array([0, 400, 784, 785, 1568, 1569])).ends
    assert ends == pytest.approx(1 + np.array([0, 60, 60, 120, 120, 140]) / 900)


@pytest.mark.parametrize("name", PHYS)
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_time_never_falls_with_bits_nor_below_bits_over_rate(name, data):
    phy = PHYS[name]
    link = constant(phy, data.draw(st.sampled_from(phy.schemes)).rate)
    first = data.draw(st.integers(1, 200_000))
    bits = first + np.arange(3000)
    ends = np.array([link.finish(0.0, np.array([total])).ends[0] for total in bits[::7]])
    assert (np.diff(ends) >= -1e-9 * ends[-1]).all() and (ends >= bits[::7] / link.rate_at(0.0) * (1 - 1e-12)).all()
    whole = link.finish(0.0, bits).ends  # a packet that is through before the burst ends is through no sooner than by the rate
    assert (np.diff(whole) >= 0).all() and (whole >= bits / link.rate_at(0.0) * (1 - 1e-12)).all()
    assert whole[-1] == pytest.approx(link.finish_packet(0.0, float(bits[-1])))


@pytest.mark.parametrize("name", PHYS)
def test_no_turn_beats_the_full_one(name):
    """Else a message would be quicker in other blocks than those of the fastest scheme; and it pays to be at a better step."""
    phy = PHYS[name]
    for scheme in phy.schemes:
        turns = phy.turns.at(scheme.rate)
        assert turns.rate == scheme.rate == pytest.approx(turns.full[0] / turns.full[1])
        assert all(bits <= turns.rate * seconds * (1 + 1e-12) for bits, seconds in turns.options)
        assert (np.diff(turns.bits) > 0).all() and (np.diff(turns.seconds) > 0).all()
    for less, more in zip(phy.schemes, phy.schemes[1:]):  # the shortest turn that holds a rest never lengthens
        less, more = phy.turns.at(less.rate), phy.turns.at(more.rate)
        assert all(more.last(bits) <= seconds + 1e-12 for bits, seconds in zip(less.bits, less.seconds) if bits <= more.bits[-1])


@pytest.mark.parametrize("phy", [{"type": "ltem"}, {"type": "ltem", "max_repetitions": 8}, {"type": "nbiot"},
                                 *({"type": "nbiot", "tones": tones} for tones in (3, 6, 12))], ids=str)
@pytest.mark.parametrize("header", range(11))
def test_a_rate_tells_its_scheme(phy, header):
    """Blocks of the same rate on paper may differ in the last bit (see the next test). Whoever has the SINR of the first gets its
    turns, and no others than its SINR allows."""
    made = build(Phy, {**phy, "block_header": f"{header} B"})
    for scheme in made.schemes:
        assert made.turns.at(scheme.rate).full == scheme.turn(len(scheme.turns))
        assert made.scheme(10 ** (scheme.required_db / 10) * made.part / made.band * (1 + 1e-12)) is scheme
    for one, other in zip(made.schemes, made.schemes[1:]):
        assert other.rate > one.rate * (1 + 1e-8) and other.required_db > one.required_db


def test_blocks_of_the_same_rate_by_hand():
    """LTE-M, R to 8, no headers: 3 x 56 bits in (6 x 2 + 2) ms and 3 x 32 in (6 + 2) ms, both 12 kbit/s, less a tenth. At
    -7.74 dB only the first is in reach: 64 bits are two blocks of it, ((3 + 2) 2 + 2) ms / 0.9."""
    phy = build(Phy, {"type": "ltem", "max_repetitions": 8, "block_header": "0 B"})
    scheme = phy.scheme(10**-0.774)
    assert (scheme.bits, scheme.repetitions) == (56, 2)
    link = constant(phy, 1.08e6 * float(phy.efficiency(10**-0.774)))
    assert link.finish(0.0, np.array([64])).ends[0] == pytest.approx(0.012 / 0.9)


def test_a_rate_between_two_steps_takes_the_lower_and_below_all_the_lowest():
    turns, schemes = PHYS["lte-m"].turns, PHYS["lte-m"].schemes
    assert turns.at((schemes[3].rate + schemes[4].rate) / 2).rate == schemes[3].rate
    assert turns.at(schemes[0].rate / 2).rate == schemes[0].rate
    assert turns.at(schemes[4].rate * (1 - 1e-14)).rate == schemes[4].rate


@pytest.mark.parametrize("header, rate", [("0 B", 1000 / 0.016), ("3 B", 976 / 0.016), ("10 B", 920 / 0.016)])
def test_the_header_of_a_block(header, rate):
    assert build(Phy, {"type": "nbiot", "tones": 12, "block_header": header}).schemes[-1].rate == pytest.approx(0.9 * rate)


def test_a_header_that_no_block_holds():
    with pytest.raises(InputError, match="block_header"):
        build(Phy, {"type": "ltem", "block_header": "11 B"})


class Written:
    """A channel whose rates are written down, `block_time` s each; the last holds on. What an `AdaptiveLink` shows of itself."""

    worker, streams, loss, latency, jitter, mean_sinr = 0, Streams(1, domain="radio"), Iid(probability=0.0), 0.0, 0.0, 1.0
    constant, reachable, patience, block_time = False, True, np.inf, 0.1

    def __init__(self, *rates):
        self.rates = np.array(rates)

    def capacities(self, first, count):
        return self.rates[np.minimum(np.arange(first, first + count), len(self.rates) - 1)]

    def block_at(self, time):
        return int(time / self.block_time + 1e-12)

    def rate_at(self, time):
        return self.capacities(self.block_at(time), 1)[0]


@pytest.mark.parametrize("start, rates, bits, end", [
    # full turns of 1000 bits: 976 in 16 ms / 0.9 at the best step (twelve tones), 344 bits in 22 ms / 0.9 at 13.09 kbit/s
    (0.0, "bbb", 976 * 5, 5 * 0.016 / 0.9),
    # the sixth begins at 88.9 ms and needs 17.78: 11.1 ms in the first block, the rest at 13.09/54.9 of the speed; then a
    # seventh, of another step, 320 bits in 24.4 ms
    (0.0, "bww", 976 * 6 + 320, 0.1 + (6 * 0.016 / 0.9 - 0.1) * 54900 / (320 * 0.9 / 0.022) + 0.022 / 0.9),
    # a better channel does not shorten a turn: the fifth of 320 bits ends at 122.2 ms, and only what follows is faster
    (0.0, "wbb", 320 * 5 + 976, 5 * 0.022 / 0.9 + 0.016 / 0.9),
    # nothing for 100 ms in the middle: the sixth rests
    (0.0, "b0b", 976 * 6, 0.1 + 6 * 0.016 / 0.9),
    # out of reach at first
    (0.03, "00b", 976, 0.2 + 0.016 / 0.9)])
def test_over_a_changing_channel_by_hand(start, rates, bits, end):
    phy = PHYS["twelve tones"]
    worse = next(one.rate for one in phy.schemes if one.bits == 344 and one.repetitions == 1)
    rate = {"b": phy.schemes[-1].rate, "w": worse, "0": 0}
    link = TurnLink(Written(*(rate[letter] for letter in rates)), phy.turns)
    assert link.finish(start, np.array([bits])).ends[0] == pytest.approx(end)
    assert link.finish_packet(start, float(bits)) == pytest.approx(end)


@pytest.mark.parametrize("limit, given_up", [(0.15, None), (0.05, 0.1 + 0.05)])
def test_patience(limit, given_up):
    phy = PHYS["twelve tones"]
    link = TurnLink(Written(phy.schemes[-1].rate, 0.0, phy.schemes[-1].rate), phy.turns)
    schedule = link.finish(0.0, np.array([976.0, 976 * 6.0]), outage_limit=limit)
    assert schedule.gave_up_at == (given_up and pytest.approx(given_up))
    assert np.isfinite(schedule.ends).tolist() == [True, not given_up]
    assert (link.finish_packet(0.0, 976 * 6.0, outage_limit=limit) is None) == bool(given_up)


@pytest.mark.parametrize("phy", [{"type": "nbiot", "tones": 12, "margin": "3 dB"}, {"type": "ltem", "margin": "1 dB"}])
@pytest.mark.parametrize("fading", [{"type": "rayleigh", "coherence_time": "20 ms"}, {"type": "clarke", "doppler": "5 Hz"}])
def test_never_sooner_than_the_rate_allows_nor_later_with_fewer_bits(phy, fading):
    """Over fading: against the channel's own integral of the rate, and the plain loop, on 40 random bursts."""
    band = "180 kHz" if phy["type"] == "nbiot" else "1.08 MHz"
    made = build(Channel, {"type": "radio", "carrier": "900 MHz", "bandwidth": band, "tx_power": "-33 dBm",
                           "path_loss": "free_space", "fading": fading, "phy": phy})
    streams = Streams(5, domain="radio")
    plain = made.links(1, build(Geometry, [[300, 400]]), streams)[0]
    link, draw = TurnLink(plain, made.phy.turns), streams("case")
    for _ in range(40):
        start, bits = draw.uniform(0, 5), np.cumsum(draw.integers(1, 3000, 8))
        ends = link.finish(start, bits).ends
        assert (ends >= plain.finish(start, bits).ends * (1 - 1e-12)).all() and (np.diff(ends) >= 0).all()
        assert ends[-1] == pytest.approx(link.finish_packet(start, float(bits[-1])), rel=1e-12)
        assert link.finish(start, bits[-1:] + draw.integers(1, 500)).ends[0] >= ends[-1]
