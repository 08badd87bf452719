"""5G NR, what is not exact: block error rates, effective SINR, and the power that makes the SINR."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from ..radio.nr import (block_error_rate, block_sinr, code_blocks, exponential_betas, exponential_effective_sinr, mcs_table,
                        nr_tables, throughput, transport_block_size, uplink_power)
from ..radio.nr.bler import code_block_error, code_block_threshold, nominal_bits
from ..radio.nr.calibration import ERROR_RATES, deviations, error_points
from ..radio.nr.constellation import information, sinr_of_information
from ..radio.nr.kernels import transport_error
from ..radio.nr.segmentation import base_graph
from ..rng import Streams
from ..units import to_db
from .nr_tables import table_of
from .reference import rows
from .row import Check, Seen, worst
from .sampling import means

__all__ = ["checks"]

_TENTH = 1.2815515655446004  # Q(z) = 0.1


def error_law(use: str, rate: float) -> Seen:
    """SINR at an error rate, law less simulation, dB."""
    points = error_points()
    return worst(deviations(points)[points.use == use, ERROR_RATES.index(rate)], 0.3)


def short_blocks() -> Seen:
    """Code blocks of 32 to 72 bits in 10 symbols or more, which the fit has not seen, at all three error rates; dB."""
    points = error_points()
    chosen = (points.use == "short") & (points.size >= 32) & (points.coded_bits / points.modulation_order >= 10)
    return worst(deviations(points)[chosen], 0.5)


def outside_brackets(least: int, most: int, share: float) -> Seen:
    """Per cent of the 10 % points of code blocks of `least` to `most` bits outside of the other simulator's grid cell."""
    outside = []
    for row in rows("nr_brackets"):
        size, scheme = int(row["size"]), table_of(row).at(int(row["mcs"]))
        if least <= size <= most:
            graph = base_graph(size - (24 if size > 3848 else 16), scheme)
            at = code_block_threshold(scheme.modulation_order, size, nominal_bits(size, scheme), graph, _TENTH)
            outside.append(not float(row["low"]) <= at <= float(row["high"]))
    return Seen(100 * float(np.mean(outside)), share)


def mutual_information(order: int, sinr_db: float) -> Seen:
    """BICM capacity against 20,000 random symbols and the definition, bits a symbol."""
    draw = Streams(38211, domain="validation")("symbols", order)
    bits, side = order // 2, 2 ** (order // 2)
    levels = np.arange(1 - side, side, 2.0)
    points = (levels[:, None] + 1j * levels).ravel()
    points /= np.sqrt(np.mean(np.abs(points) ** 2))
    gray = np.arange(side) ^ np.arange(side) // 2
    label, sent, power = (gray[:, None] << bits | gray).ravel(), draw.integers(0, side**2, 20_000), 10 ** (-sinr_db / 10)
    received = points[sent] + np.sqrt(power / 2) * (draw.standard_normal(20_000) + 1j * draw.standard_normal(20_000))
    likelihood = np.exp(-np.abs(received[:, None] - points) ** 2 / power)
    density = np.zeros(20_000)
    for bit in range(order):
        same = (label >> bit & 1) == (label[sent, None] >> bit & 1)
        density += 1 + np.log2((likelihood * same).sum(axis=1) / likelihood.sum(axis=1))
    return means(density, information(order, sinr_db))


def half_rate() -> Seen:
    """QPSK carries one bit a symbol at Es/N0 = 0.187 dB, the limit of binary antipodal signals at rate 1/2; dB."""
    return worst(sinr_of_information(2, 1.0) - 0.187, 2e-3)


def many_blocks() -> Seen:
    """217128 bits in MCS 28 are 26 code blocks: 1 - (1 - p)^26 at three SINRs, relative."""
    scheme, sinr_db = mcs_table(1).at(28), np.array([19.0, 19.4, 19.8])
    made = code_blocks(217128, scheme)
    one = code_block_error(sinr_db, 6, made.size, nominal_bits(made.size, scheme), made.base_graph)
    return worst(block_error_rate(sinr_db, scheme, 217128) / (1 - (1 - one) ** 26) - 1, 1e-9)


def _operating(gains: np.ndarray, order: int, rate: float) -> np.ndarray:
    """`gains` scaled until the mean mutual information is what the rate needs."""
    low, high = -60.0, 90.0
    for _ in range(50):
        middle = (low + high) / 2
        short = information(order, middle + 10 * np.log10(gains)).mean() < order * rate
        low, high = (middle, high) if short else (low, middle)
    return gains * 10 ** (low / 10)


def effective_sinr() -> Seen:
    """EESM against mutual information at the operating point of every scheme of tables 1 and 2: two levels 6 dB apart, and
    a hundred Rayleigh gains, neither of which beta was made from; dB."""
    found = []
    for gains in (10 ** np.array([0.3, -0.3]), Streams(6, domain="validation")("gains").exponential(1.0, 100)):
        for table in (mcs_table(1), mcs_table(2)):
            for order, rate, beta in zip(table.modulation_order, table.rate, exponential_betas(table)):
                mapped = exponential_effective_sinr(_operating(gains, int(order), float(rate)), beta)
                found.append(to_db(mapped) - sinr_of_information(int(order), order * rate))
    return worst(found, 0.25)


def effective_by_hand() -> Seen:
    """beta = 1: SINRs 0 and ln 4 map to -ln((1 + 1/4)/2) = ln 1.6; equal ones to themselves; 1e4 and 2e4 to 1e4 + ln 2."""
    found = [exponential_effective_sinr([0.0, math.log(4)], 1.0) / math.log(1.6), exponential_effective_sinr([7.0] * 5, 3.0) / 7,
             exponential_effective_sinr([1e4, 2e4], 1.0) / (1e4 + math.log(2))]
    return worst(np.array(found) - 1, 1e-12)


def _sinr_db(blocks, path_loss_db: float):
    """SINR of each block of a 23 dBm user at 30 kHz, P0 -90 dBm, alpha 0.8."""
    power = uplink_power(blocks, 1, path_loss_db, 23.0, -90.0, 0.8)
    return to_db(block_sinr(power, 10 ** (-path_loss_db / 10), np.asarray(blocks), 360e3, 1.2660e-20))


def cell_edge() -> Seen:
    """At 130 dB the limit of 23 dBm holds: 4 blocks have 10 log10(273/4) = 18.3410 dB more on each than 273 have; dB."""
    return worst(_sinr_db(4, 130.0) - _sinr_db(273, 130.0) - 18.3410, 1e-4)


def open_loop() -> Seen:
    """-90 + 10 log10(2 x 4) + 0.8 x 100 = -0.9691 dBm; on 273 blocks 17.3719; at 110 dB 25.37, held at 23 dBm."""
    found = [uplink_power(4, 1, 100.0, 23.0, -90.0, 0.8), *uplink_power([273, 273], 1, [100.0, 110.0], 23.0, -90.0, 0.8)]
    return worst(np.array(found) - [-0.9691, 17.3719, 23.0], 1e-4)


def below_shannon() -> Seen:
    """Throughput of the best scheme of table 2 on 51 blocks over log2(1 + SINR) a data element, -10 to 35 dB: below 1."""
    sinr_db = np.arange(-10.0, 35.0, 0.5)
    best = np.max([throughput(sinr_db, mcs_table(2).at(index), 51, 144, 1e-3) for index in range(28)], axis=0)
    return Seen(float((best / (51 * 144 * np.log2(1 + 10 ** (sinr_db / 10)) / 1e-3)).max()), 1.0)


@cache
def _lookup() -> tuple:
    table = mcs_table(2)
    return table, nr_tables(table, 60, 132)


def slot_tables() -> Seen:
    """Error rates that the slot loop reads from its tables, against the law: 1000 random schemes, sizes and SINRs."""
    table, arrays = _lookup()
    draw = Streams(8, domain="validation")("places")
    scheme, blocks = draw.integers(0, len(table), 1000), draw.integers(1, 61, 1000)
    known = np.isfinite(arrays.threshold[scheme, blocks])
    scheme, blocks = scheme[known], blocks[known]
    sinr_db = arrays.threshold[scheme, blocks] + draw.uniform(-4.0, 4.0, len(scheme))
    law = block_error_rate(sinr_db, table.at(scheme), transport_block_size(table.at(scheme), blocks, 132),
                           arrays.coded_bits[scheme, blocks])
    read = [transport_error(arrays.first_sinr, arrays.step, arrays.quantile, arrays.code_blocks, *place)
            for place in zip(scheme, blocks, sinr_db)]
    return worst(np.array(read) - law, 1e-3)


def checks() -> Iterator[Check]:
    """The error law, effective SINR, power."""
    check, points = partial(Check, "nr"), error_points()
    for order, sinr_db in ((2, 1.0), (4, 7.0), (6, 16.0), (8, 18.0)):
        yield check(f"mutual information, {2**order}-QAM", "its definition, sampled", f"at {sinr_db:g} dB, 20,000 symbols, bits",
                    partial(mutual_information, order, sinr_db))
    yield check("mutual information, QPSK", "limit of rate 1/2, 0.187 dB", "dB", half_rate)
    for use, which in (("fit", "fitted"), ("held", "held out of the fit")):
        for rate in ERROR_RATES[1:]:
            yield check("block error rate", f"Monte Carlo of the LDPC chain, {np.sum(points.use == use)} points {which}",
                        f"SINR at {100 * rate:g} %, largest, dB", partial(error_law, use, rate))
    yield check("block error rate, 32 to 72 bits", "Monte Carlo, not fitted", "SINR at 50, 10, 1 %, largest, dB", short_blocks)
    for (least, most), share, which in (((500, 8448), 0.0, "500 bits and more"), ((100, 100), 5.0, "100 bits")):
        yield check(f"block error rate, {which}", "grid cells of the tables of Sionna 2.2.0", "10 % points outside, %",
                    partial(outside_brackets, least, most, share))
    yield check("transport block of 26 code blocks", "1 - (1 - p)^26", "relative", many_blocks)
    yield check("tables of the slot loop", "the law that they hold", "error rate, largest of 1000", slot_tables)
    yield check("throughput, best scheme", "log2(1 + SINR)", "share of Shannon's limit, largest", below_shannon)
    yield check("EESM, its beta", "mutual information (MIESM), tables 1 and 2", "effective SINR, largest, dB", effective_sinr)
    yield check("EESM", "two levels, equal levels, by hand", "relative", effective_by_hand)
    yield check("uplink power", "TS 38.213, 7.1.1, by hand", "dBm", open_loop)
    yield check("uplink power at the cell edge", "10 log10(273/4) dB, by hand", "SINR of 4 against 273 blocks, dB", cell_edge)
