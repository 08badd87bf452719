"""IEEE 802.15.4 at 2450 MHz: durations, sizes and the error law, by hand."""

import math

import numpy as np
import pytest

from wirelesssim.errors import InputError
from wirelesssim.model import build
from wirelesssim.radio import Channel, Ieee802154
from wirelesssim.radio import ieee802154 as wpan

US = 1000  # ns


def test_durations():
    """IEEE Std 802.15.4-2006 (constants from memory): 62.5 ksymbol/s of 4 bits; 127 B of PSDU are 133 B on the air."""
    assert (wpan.SYMBOL, wpan.BYTE) == (16 * US, 32 * US) and 8 / (wpan.BYTE * 1e-9) == pytest.approx(wpan.BIT_RATE)
    assert (wpan.BACKOFF_PERIOD, wpan.TURNAROUND, wpan.CCA) == (320 * US, 192 * US, 128 * US)
    assert wpan.frame_duration(127) == 133 * 32 * US == 4256 * US
    assert wpan.ACK_DURATION == wpan.frame_duration(5) == 352 * US
    assert wpan.ACK_WAIT == 54 * 16 * US == 864 * US
    assert [wpan.inter_frame_space(size) for size in (11, 18, 19, 127)] == [192 * US, 192 * US, 640 * US, 640 * US]
    assert wpan.frame_duration(np.array([17, 111])).tolist() == [736 * US, 3744 * US]


def test_sizes():
    """Frame control 2, number 1, network 2, two addresses, check 2."""
    assert (wpan.mac_overhead("short"), wpan.mac_overhead("extended"), wpan.MAX_PSDU) == (11, 23, 127)
    with pytest.raises(ValueError, match="short"):
        wpan.mac_overhead("long")


def test_bit_errors():
    """Nothing received: SUM_{k=2}^{16} (-1)^k C(16,k) = 15, as the whole sum from 0 is 0 and its first terms are 1 - 16; so
    8/15 15/16 = 1/2. Far up the term k = 2 alone counts: 8/15 120/16 exp(-10 s) = 4 exp(-10 s)."""
    assert wpan.bit_error_rate(0.0) == pytest.approx(0.5, rel=1e-12)
    assert wpan.bit_error_rate(5.0) == pytest.approx(4 * math.exp(-50), rel=1e-5)  # k = 3: 560/120 exp(-16.7) = 3e-7 of it
    exact = sum((-1) ** k * math.comb(16, k) * math.exp(20 * 0.8 * (1 / k - 1)) for k in range(2, 17)) / 30
    assert wpan.bit_error_rate(np.array([0.8])) == pytest.approx(exact, rel=1e-12)
    rates = wpan.bit_error_rate(np.linspace(0, 4, 400))
    assert np.all(np.diff(rates) < 0) and np.all(rates > 0)


def test_frame_errors():
    """20 B at 1 %: BER 1 - 0.99^(1/160) = 6.28e-5, which the law has at 0.40 dB; noise of -174 + 63 dBm and 15.5 dB: -95.1
    dBm."""
    snr = wpan.required_snr(20, 0.01)
    assert wpan.bit_error_rate(snr) == pytest.approx(-math.expm1(math.log(0.99) / 160), rel=1e-9)
    assert 10 * math.log10(snr) == pytest.approx(0.40, abs=0.01)
    assert wpan.packet_error_rate(snr, 40) == pytest.approx(1 - 0.99**2, rel=1e-9)
    assert wpan.packet_error_rate(snr, np.array([0, 20])) == pytest.approx([0.0, 0.01], rel=1e-9)


def test_as_a_law_of_the_sinr():
    phy = Ieee802154()
    levels = np.linspace(0, 3, 301)
    carried = phy.efficiency(levels)
    assert np.all(np.diff(carried) >= 0) and carried[-1] == pytest.approx(0.125) and phy.max_efficiency == 0.125
    assert np.all((carried > 0) == (levels >= phy.min_sinr)) and phy.efficiency(phy.min_sinr) == pytest.approx(phy.min_efficiency)
    assert phy.min_efficiency == pytest.approx(0.1 * 0.125)


@pytest.mark.parametrize(("band", "words"), [
    ({"bandwidth": "5 MHz"}, "must be 2 MHz"), ({"carrier": "868 MHz"}, "2401 to 2482.5 MHz"),
    ({"carrier": "2483 MHz"}, "2401 to 2482.5 MHz")])
def test_other_bands_are_refused(band, words):
    radio = {"type": "radio", "carrier": "2450 MHz", "bandwidth": "2 MHz", "phy": {"type": "ieee802154"}}
    assert build(Channel, radio).phy.fixed_rate is None
    with pytest.raises(InputError, match=words):
        build(Channel, radio | band)
