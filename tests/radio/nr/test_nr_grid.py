"""The NR grid: prefixes, slots, resource blocks, slot patterns, elements that carry data."""

import pytest

from wirelesssim.errors import InputError
from wirelesssim.radio.nr import (Numerology, data_elements, dmrs_elements, dmrs_symbols, fdd_pattern, resource_blocks,
                                  tdd_pattern)
from wirelesssim.radio.nr.bandwidth import TRANSMISSION_BANDWIDTHS

MU1 = Numerology(1)


@pytest.mark.parametrize("mu", range(7))
def test_the_symbols_of_a_subframe_fill_one_millisecond_exactly(mu):
    """14 2^mu symbols of 2048 + 144 samples and two longer prefixes of 16 kappa T_c are 1 ms: the grid closes."""
    grid = Numerology(mu)
    assert grid.symbol_start(14 * 2**mu) == 1e-3
    assert grid.slot_duration * grid.slots_per_subframe == 1e-3


def prefix(mu, symbol):
    """What a symbol is longer than 1 / spacing, s."""
    grid = Numerology(mu)
    return grid.symbol_start(symbol + 1) - grid.symbol_start(symbol) - 1 / grid.subcarrier_spacing


def test_prefixes_by_hand():
    """At 15 kHz: 144 / 30.72 MHz = 4.6875 us and 160 / 30.72 MHz = 5.2083 us; at 120 kHz 144/30.72/8 (+ 16/30.72) us."""
    assert prefix(0, 1) == pytest.approx(4.6875e-6, rel=1e-12)
    assert prefix(0, 7) == pytest.approx(160 / 30.72e6, rel=1e-12)
    assert prefix(3, 56) == pytest.approx((144 / 8 + 16) / 30.72e6, rel=1e-12)
    assert prefix(3, 7) == pytest.approx(144 / 8 / 30.72e6, rel=1e-12)


def test_the_extended_prefix_fills_the_subframe_too():
    """60 kHz: 48 symbols of 1/60 kHz + 512/4 samples at 30.72 MHz = 16.667 + 4.167 us, 48 of which are 1 ms."""
    grid = Numerology(2, extended=True)
    assert grid.symbols_per_slot == 12
    assert grid.symbol_start(48) == 1e-3


@pytest.mark.parametrize("wrong", [lambda: Numerology(7), lambda: Numerology(1, extended=True),
                                   lambda: Numerology.of_spacing(45e3)])
def test_a_numerology_that_does_not_exist_is_refused(wrong):
    with pytest.raises(InputError, match="must be"):
        wrong()


@pytest.mark.parametrize("bandwidth, spacing, expected", [
    (20e6, 30e3, 51), (100e6, 30e3, 273), (5e6, 15e3, 25), (50e6, 15e3, 270), (100e6, 60e3, 135), (40e6, 60e3, 51),
    (70e6, 30e3, 189), (90e6, 30e3, 245), (35e6, 30e3, 92), (45e6, 15e3, 242)])
def test_resource_blocks_of_fr1(bandwidth, spacing, expected):
    """TS 38.101-1, table 5.3.2-1."""
    assert resource_blocks(bandwidth, spacing) == expected


def test_resource_blocks_of_fr2():
    """TS 38.101-2, table 5.3.2-1."""
    assert [resource_blocks(400e6, 120e3, "FR2"), resource_blocks(200e6, 60e3, "FR2")] == [264, 264]


def test_blocks_fit_in_their_channel_and_more_bandwidth_holds_more():
    for of_spacing in TRANSMISSION_BANDWIDTHS.values():
        for spacing, of_bandwidth in of_spacing.items():
            shares = [12 * spacing * blocks / (1e3 * bandwidth) for bandwidth, blocks in of_bandwidth.items()]
            assert all(0.7 < share < 0.99 for share in shares), spacing
            assert list(of_bandwidth.values()) == sorted(set(of_bandwidth.values()))


@pytest.mark.parametrize("arguments, known", [((20e6, 45e3), "15, 30, 60 kHz"), ((33e6, 30e3), "35, 40"),
                                              ((20e6, 30e3, "FR3"), "FR1 or FR2"), ((5e6, 60e3), "10, 15")])
def test_a_channel_that_does_not_exist_names_those_that_do(arguments, known):
    with pytest.raises(InputError, match=known):
        resource_blocks(*arguments)


def test_a_pattern_by_hand():
    """DDDSU at 30 kHz: 5 slots of 0.5 ms; S has 10 symbols down, 2 up and 2 of guard."""
    pattern = tdd_pattern(MU1, 2.5e-3, 3, 1, 10, 2)
    assert pattern.downlink.tolist() == [14, 14, 14, 10, 0]
    assert pattern.uplink.tolist() == [0, 0, 0, 2, 14]
    assert pattern.uplink_symbols([4, 9, 5, 13]).tolist() == [14, 14, 0, 2]


def test_fdd_has_both_directions_in_each_slot():
    assert fdd_pattern().uplink_symbols(range(3)).tolist() == [14] * 3 == fdd_pattern().downlink_symbols(range(3)).tolist()


@pytest.mark.parametrize("arguments, message", [
    ((MU1, 2.4e-3, 3, 1), "2.5"), ((Numerology(0), 2.5e-3, 1, 1), "whole slots"), ((MU1, 0.625e-3, 1, 0), "whole slots"),
    ((MU1, 2.5e-3, 3, 2, 1, 0), "must fit"), ((MU1, 2.5e-3, 3, 1, 10, 5), "must fit"), ((MU1, 2.5e-3, 6, 0), "from 0 to 5"),
    ((MU1, 2.5e-3, 3, 1, 14, 0), "from 0 to 13")])
def test_a_pattern_that_the_standard_does_not_have_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        tdd_pattern(*arguments)


def test_dmrs_by_hand():
    """A whole slot with one additional position has symbols {2, 11}; type 1 with both CDM groups takes all 12 subcarriers."""
    assert [dmrs_symbols(14, 1), dmrs_symbols(14, 3), dmrs_symbols(7, 3), dmrs_symbols(12, 1, double=True)] == [2, 4, 1, 4]
    assert dmrs_elements(2) == 24 and dmrs_elements(1, 2, 3) == 12 and dmrs_elements(1, 1, 1) == 6
    assert data_elements(14, 24) == 144


def test_data_elements_stop_at_156():
    """14 symbols less 6 elements are 162, of which the size determination counts 156."""
    assert data_elements(14, 6) == 156
    assert data_elements(14, 6, 18) == 144


@pytest.mark.parametrize("wrong", [lambda: data_elements(0, 0), lambda: data_elements(1, 12), lambda: data_elements(14, 24, 5),
                                   lambda: dmrs_symbols(2), lambda: dmrs_symbols(14, 4), lambda: dmrs_symbols(14, 2, True),
                                   lambda: dmrs_elements(1, 3), lambda: dmrs_elements(1, 1, 3)])
def test_elements_that_do_not_exist_are_refused(wrong):
    with pytest.raises(InputError, match="must"):
        wrong()
