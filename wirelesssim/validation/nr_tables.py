"""5G NR, what is exact: coding tables, block sizes, segmentation, the grid, the peak rate."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

import numpy as np

from ..radio.nr import (CodingScheme, CodingTable, Numerology, block_error_rate, code_blocks, cqi, cqi_table, cqi_thresholds,
                        data_elements, mcs_table, peak_rate, resource_blocks, tdd_pattern, transport_block_size)
from .reference import rows
from .row import Check, Seen, differing, worst

__all__ = ["checks", "table_of"]


def table_of(row: dict[str, str]) -> CodingTable:
    """The coding table that a row names by family and number."""
    family = row.get("family", "plain")
    return mcs_table(int(row["table"]), family != "plain", family == "precoded_bpsk")


def _scheme(row: dict[str, str], scheme) -> tuple:
    """(found, expected) modulation order and code rate."""
    return ((scheme.modulation_order, scheme.rate_x2048 / 2), (int(row["modulation_order"]), float(row["rate_x1024"])))


def mcs_tables() -> Seen:
    """Modulation and code rate of rows of eight tables."""
    return differing(_scheme(row, table_of(row).at(int(row["mcs"]))) for row in rows("nr_mcs"))


def cqi_tables() -> Seen:
    """Modulation and code rate of rows of three tables."""
    return differing(_scheme(row, cqi_table(int(row["table"])).at(int(row["cqi"]))) for row in rows("nr_cqi"))


def cqi_by_definition() -> Seen:
    """38.214, 5.2.2.1: the highest index whose block on 51 x 120 elements fails with at most 10 % (1e-5 in table 3), sought among
    error rates at 131 SINRs from -12.05 to 26.95 dB in tables 1, 2 and 3, beside what the thresholds say."""
    sinr_db, pairs = np.arange(131) * 0.3 - 12.05, []
    for number, target in ((1, 0.1), (2, 0.1), (3, 1e-5)):
        table = cqi_table(number)
        scheme = CodingScheme(table.modulation_order[:, None], table.rate_x2048[:, None])
        bits = transport_block_size(scheme, 51, 120)
        carried = block_error_rate(sinr_db, scheme, bits, 51 * 120 * scheme.modulation_order) <= target  # (15, 131)
        highest = np.max(np.arange(1, 16)[:, None] * carried, axis=0)
        pairs += zip(cqi(sinr_db, cqi_thresholds(table, 51)).tolist(), highest.tolist())
    return differing(pairs)


@cache
def _blocks() -> list[tuple]:
    """Each point's row, transport block size and code blocks."""
    made = []
    for row in rows("nr_tbs"):
        scheme = table_of(row).at(int(row["mcs"]))
        elements = data_elements(int(row["symbols"]), int(row["dmrs"]), int(row["overhead"]))
        size = int(transport_block_size(scheme, int(row["blocks"]), elements, int(row["layers"])))
        made.append((row, size, code_blocks(size, scheme)))
    return made


def block_sizes() -> Seen:
    """Transport block sizes, integers."""
    return differing((size, int(row["tbs"])) for row, size, _ in _blocks())


def segmentation() -> Seen:
    """Base graph and number of code blocks; the size of one where the point has it."""
    pairs = [((int(made.base_graph), int(made.count)), (int(row["base_graph"]), int(row["code_blocks"])))
             for row, _, made in _blocks()]
    pairs += [(int(made.size), int(row["block_size"])) for row, _, made in _blocks() if row["block_size"]]
    return differing(pairs)


def size_by_hand() -> Seen:
    """MCS 28 of table 1 on 273 x 144 elements: N_info = 39312 x 6 x 948/1024 = 218367.6; N' = 4096 round(53.31) = 217088;
    C = ceil(217112/8424) = 26: 208 ceil(217112/208) - 24 = 217128. MCS 0 on 132: N_info = 30.9, 24 bits."""
    return differing([(int(transport_block_size(mcs_table(1).at(28), 273, 144)), 217128),
                      (int(transport_block_size(mcs_table(1).at(0), 1, 132)), 24)])


def resource_grid() -> Seen:
    """bandwidth = 12 N_RB spacing + spacing + 2 guard, in Hz, for every channel of FR1."""
    pairs = []
    for row in rows("nr_guard_bands"):
        bandwidth, spacing = 1e6 * float(row["bandwidth"]), 1e3 * float(row["scs"])
        pairs.append((resource_blocks(bandwidth, spacing) * 12 * spacing + spacing + 2e3 * float(row["guard"]), bandwidth))
    return differing(pairs)


def symbols() -> Seen:
    """All symbols with their prefixes end at 1 ms, for every numerology; seconds."""
    return worst([Numerology(mu).symbol_start(14 * 2**mu) - 1e-3 for mu in range(7)], 0.0)


def slot_pattern() -> Seen:
    """DDDSU at 30 kHz with 10 downlink and 2 uplink symbols in S: uplink symbols of its five slots."""
    return differing([(tdd_pattern(Numerology(1), 2.5e-3, 3, 1, 10, 2).uplink.tolist(), [0, 0, 0, 2, 14])])


def peak() -> Seen:
    """273 blocks at 30 kHz: 12 x 273 x 28000 = 91,728,000 symbols/s; 4 layers x 8 bits x 948/1024 x 0.86 = 2,337,000,120 bit/s
    down; one layer x 6 bits x 948/1024 x 0.92 = 468,758,745 bit/s up."""
    found = peak_rate(273, Numerology(1), 4, 8), peak_rate(273, Numerology(1), 1, 6, direction="uplink")
    return worst(np.array(found) - [2_337_000_120.0, 468_758_745.0], 0.0)


def checks() -> Iterator[Check]:
    """Everything here is a count of what differs, or 0."""
    check = partial(Check, "nr")
    yield check("MCS tables", "TS 38.214, 5.1.3.1-1 to -4, 6.1.4.1-1, -2; points of Sionna 2.2.0",
                f"rows that differ, of {len(rows('nr_mcs'))}", mcs_tables)
    yield check("CQI tables", "TS 38.214, 5.2.2.1-2 to -4; points", f"rows that differ, of {len(rows('nr_cqi'))}", cqi_tables)
    yield check("CQI of an SINR", "TS 38.214, 5.2.2.1: the highest that fails with 10 % (table 3: 1e-5) at most",
                "CQIs that differ, of 393", cqi_by_definition)
    yield check("transport block size", "TS 38.214, 5.1.3.2, in rational arithmetic; points",
                f"sizes that differ, of {len(rows('nr_tbs'))}", block_sizes)
    yield check("transport block size", "TS 38.214, 5.1.3.2, by hand", "sizes that differ, of 2", size_by_hand)
    yield check("base graph, code blocks", "TS 38.212, 5.2.2, 6.2.2, 7.2.2; points",
                f"values that differ, of {len(rows('nr_tbs'))} blocks", segmentation)
    yield check("N_RB of FR1", "TS 38.101-1, 5.3.2-1 against guard bands of 5.3.3-1",
                f"channels that do not close, of {len(rows('nr_guard_bands'))}", resource_grid)
    yield check("symbols and prefixes", "TS 38.211, 5.3.1: they fill 1 ms", "s", symbols)
    yield check("TDD pattern DDDSU", "TS 38.213, 11.1, by hand", "patterns that differ", slot_pattern)
    yield check("peak data rate", "TS 38.306, 4.1.2, by hand: 2,337,000,120 bit/s", "bit/s", peak)
