"""The block error law: mutual information by hand and by sampling, simulated points, limits, laws that hold whatever the fit."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nr_cases import rows, table_of

from wirelesssim.errors import InputError
from wirelesssim.radio.nr import (CodingScheme, block_error_rate, code_block_error, code_block_threshold, code_blocks,
                                  coded_bits, mcs_table, required_sinr, transport_block_size)
from wirelesssim.radio.nr.bler import GAP, HIGHEST_RATE, nominal_bits, normal_quantile
from wirelesssim.radio.nr.calibration import ErrorPoints, deviations, error_points
from wirelesssim.radio.nr.constellation import MODULATION_ORDERS, dispersion, information, sinr_of_information
from wirelesssim.radio.nr.segmentation import base_graph

ORDERS = st.sampled_from(MODULATION_ORDERS)
TARGET_10 = 1.2815515655446004  # Q(z) = 0.1


def sampled_density(order: int, sinr_db: float, count: int) -> np.ndarray:
    """The information density of `count` random QAM symbols, straight from its definition with complex symbols."""
    draw = np.random.default_rng([38211, order])
    side, bits = 2 ** (order // 2), order // 2
    levels = np.arange(1 - side, side, 2.0)
    gray = np.arange(side) ^ np.arange(side) // 2
    points = (levels[:, None] + 1j * levels).ravel()
    points = points / np.sqrt(np.mean(np.abs(points) ** 2))
    label = (gray[:, None] << bits | gray).ravel()
    sent = draw.integers(0, len(points), count)
    power = 10 ** (-sinr_db / 10)
    received = points[sent] + np.sqrt(power / 2) * (draw.standard_normal(count) + 1j * draw.standard_normal(count))
    likelihood = np.exp(-np.abs(received[:, None] - points) ** 2 / power)
    density = np.zeros(count)
    for bit in range(order):
        same = (label >> bit & 1) == (label[sent, None] >> bit & 1)
        density += 1 + np.log2((likelihood * same).sum(axis=1) / likelihood.sum(axis=1))
    return density


@pytest.mark.parametrize("order, sinr_db", [(2, 1.0), (4, 7.0), (6, 8.0), (6, 16.0), (8, 18.0)])
def test_capacity_and_dispersion_against_sampling(order, sinr_db):
    """Means of 20,000 symbols; five standard errors each of C and V: ten checks, a false alarm in 1.7 million runs."""
    density = sampled_density(order, sinr_db, 20_000)
    squares = (density - density.mean()) ** 2
    assert information(order, sinr_db) == pytest.approx(density.mean(), abs=5 * density.std() / np.sqrt(20_000))
    assert dispersion(order, sinr_db) == pytest.approx(squares.mean(), abs=5 * squares.std() / np.sqrt(20_000))


def test_known_points_of_qpsk():
    """Rate-1/2 coded QPSK needs Eb/N0 = Es/N0 >= 0.187 dB (the limit of binary antipodal signals, in any coding textbook);
    at low SNR C -> snr / ln 2: at -30 dB 1e-3 x 1.4427 x (1 - 1e-3 / 2) = 1.4420e-3."""
    assert sinr_of_information(2, 1.0) == pytest.approx(0.187, abs=0.002)
    assert information(2, -30.0) == pytest.approx(1e-3 / np.log(2) * (1 - 0.5e-3), rel=1e-5)


@pytest.mark.parametrize("order", MODULATION_ORDERS)
def test_information_rises_to_its_ceiling_below_shannon(order):
    sinr_db = np.arange(-40.0, 60.0, 0.25)
    carried = information(order, sinr_db)
    assert (np.diff(carried) >= 0).all() and carried[-1] == pytest.approx(order, abs=1e-6)
    assert (carried < np.log2(1 + 10 ** (sinr_db / 10)) + 1e-5).all()  # to the stated accuracy
    assert (dispersion(order, sinr_db) >= 0).all() and dispersion(order, 60.0) == pytest.approx(0, abs=1e-6)


@given(ORDERS, st.floats(0.02, 0.97))
def test_the_inverse_of_information_is_one(order, share):
    assert information(order, sinr_of_information(order, share * order)) == pytest.approx(share * order, abs=1e-4)


def test_information_that_no_symbol_carries():
    assert np.isposinf(sinr_of_information(4, 4.0)) and np.isneginf(sinr_of_information(4, 0.0))
    with pytest.raises(InputError, match="modulation_order must be one of 1, 2, 4, 6, 8, 10, got 3"):
        information(3, 0.0)


def test_bpsk_is_a_half_of_qpsk_at_twice_the_energy():
    assert information(1, 4.0) == pytest.approx(information(2, 4.0 + 10 * np.log10(2)) / 2, abs=1e-5)


def test_simulated_points():
    """Law against Monte Carlo: within 0.3 dB at 10 % and 1 % is the aim; held-out points of 90 bits or more are within 0.2."""
    points = error_points()
    off = deviations(points)
    held = points.use == "held"
    assert held.sum() >= 30 and (points.use == "fit").sum() >= 50
    assert np.abs(off[held][:, 1:]).max() < 0.2 and np.sqrt(np.mean(off[held] ** 2)) < 0.08
    assert np.abs(off[points.use == "fit"]).max() < 0.25
    short = (points.use == "short") & (points.size >= 32) & (points.coded_bits / points.modulation_order >= 10)
    assert short.sum() >= 6 and np.abs(off[short]).max() < 0.5
    assert np.abs(off).max() < 1.5


def test_the_numbers_are_the_fit():
    """Each of the ten numbers, moved by 5 % alone, makes the sum of squares over the fitted points larger."""
    points = error_points()
    mine = points.use == "fit"
    fitted = ErrorPoints(**{field.name: getattr(points, field.name)[mine] for field in fields(points)})
    least = (deviations(fitted) ** 2).sum()
    for field in fields(GAP):
        for factor in (0.95, 1.05):
            moved = replace(GAP, **{field.name: factor * getattr(GAP, field.name)})
            assert (deviations(fitted, moved) ** 2).sum() > least, (field.name, factor)


def test_brackets_of_another_simulator():
    """Each 10 % point of >= 500 bits lies in the grid cell where another simulator's table crosses 10 %, 95 % at 100 bits."""
    inside = {True: [], False: []}
    for row in rows("nr_brackets"):
        size, scheme = int(row["size"]), table_of(row).at(int(row["mcs"]))
        graph = base_graph(size - (24 if size > 3848 else 16), scheme)
        at = code_block_threshold(scheme.modulation_order, size, nominal_bits(size, scheme), graph, TARGET_10)
        inside[size >= 500].append(float(row["low"]) <= at <= float(row["high"]))
    assert len(inside[True]) > 200 and all(inside[True])
    assert len(inside[False]) > 60 and np.mean(inside[False]) >= 0.95


@given(ORDERS, st.integers(24, 8448), st.floats(0.02, HIGHEST_RATE - 1e-6), st.sampled_from([1, 2]))
@settings(max_examples=150, deadline=None)
def test_the_error_rate_is_a_probability_that_falls(order, size, rate, graph):
    sinr_db = np.arange(-30.0, 60.01, 0.1)
    rate_of_failure = code_block_error(sinr_db, order, size, size / rate, graph)
    assert ((rate_of_failure >= 0) & (rate_of_failure <= 1)).all()
    assert (np.diff(rate_of_failure) <= 0).all() and rate_of_failure[-1] < 1e-9
    assert code_block_error(-50.0, order, size, size / rate, graph) > 0.99


@given(st.sampled_from([1, 2, 3, 4]), st.integers(0, 26), st.integers(1, 275), st.floats(0.001, 0.9))
@settings(max_examples=100, deadline=None)
def test_the_required_sinr_is_where_the_target_is_met(number, index, blocks, target):
    scheme = mcs_table(number).at(index)
    size, sent = transport_block_size(scheme, blocks, 132), coded_bits(scheme, blocks, 132)
    needed = required_sinr(scheme, size, target, sent)
    if np.isfinite(needed):
        assert block_error_rate(needed, scheme, size, sent) == pytest.approx(target, rel=1e-5)
    else:
        assert block_error_rate(60.0, scheme, size, sent) == 1.0


def test_many_code_blocks_fail_together():
    """217128 bits in MCS 28 are 26 code blocks: 1 - (1 - p)^26 with p of one of them."""
    scheme = mcs_table(1).at(28)
    made = code_blocks(217128, scheme)
    sinr_db = np.array([19.0, 19.4, 19.8])
    one = code_block_error(sinr_db, 6, made.size, nominal_bits(made.size, scheme), made.base_graph)
    assert block_error_rate(sinr_db, scheme, 217128) == pytest.approx(1 - (1 - one) ** 26, rel=1e-9)


def test_a_tail_survives_in_many_blocks():
    """A tiny error rate of one block times C, where 1 - (1 - p)^C in plain floating point would be 0."""
    scheme = mcs_table(1).at(10)
    sinr_db = 5.2
    made = code_blocks(90_000, scheme)
    one = code_block_error(sinr_db, 4, made.size, nominal_bits(made.size, scheme), made.base_graph)
    assert 0 < one < 1e-17
    assert block_error_rate(sinr_db, scheme, 90_000) == pytest.approx(made.count * one, rel=1e-6)


def test_repetition_adds_energy():
    """Beyond the mother code (base graph 2: 820 bits of a 100-bit block) twice the bits are worth just 3.01 dB."""
    at = code_block_threshold(2, 100, 1640, 2, TARGET_10)
    assert at - code_block_threshold(2, 100, 3280, 2, TARGET_10) == pytest.approx(10 * np.log10(2), abs=1e-6)


def test_a_code_rate_above_the_decodable_is_an_outage():
    """TS 38.214, 5.1.3: above 0.95 a receiver may skip the block. 192 bits and 16 of CRC in 216 coded bits are 0.963."""
    scheme = mcs_table(1).at(28)
    assert block_error_rate(60.0, scheme, 192, 216) == 1.0 and np.isposinf(required_sinr(scheme, 192, 0.1, 216))
    assert block_error_rate(60.0, scheme, 192, 222) < 1e-9


def test_a_longer_block_falls_more_steeply_and_an_order_array_is_the_scalars():
    width = [np.ptp(code_block_threshold(4, size, 2 * size, 2, np.array([0.0, TARGET_10]))) for size in (100, 500, 3000)]
    assert width == sorted(width, reverse=True)
    both = normal_quantile(8.0, np.array([2, 6]), 500, 1200, 1)
    assert both.tolist() == [float(normal_quantile(8.0, 2, 500, 1200, 1)), float(normal_quantile(8.0, 6, 500, 1200, 1))]


def test_nominal_bits_are_whole_symbols():
    """100 bits at 885/1024 in 256-QAM: 100/(8 x 0.86426) = 14.46, so 15 symbols, 120 bits."""
    assert nominal_bits(100, CodingScheme(8, 1770)) == 120


def test_no_bits_are_refused():
    with pytest.raises(InputError, match="tbs must be >= 1 bit, got 0"):
        block_error_rate(3.0, mcs_table(1).at(0), 0)
