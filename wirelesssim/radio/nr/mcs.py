"""Modulation and coding schemes and channel quality indicators: the tables of TS 38.214, and the CQI table of LTE.

Uplink with transform precoding (DFT-s-OFDM) has tables of its own, 6.1.4.1-1 and -2: they differ from the others from index 17
(table 1) and 15 (table 2) on, and must be asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import InputError, Problem, unknown

__all__ = ["CodingScheme", "CodingTable", "mcs_table", "cqi_table", "CQI_TABLES"]


@dataclass(frozen=True, eq=False)
class CodingScheme:
    """A modulation and a target code rate, or an array of them.

    `modulation_order` Q_m bits a symbol; `rate_x2048` the code rate R times 2048, a whole number (the tables have halves of
    1/1024). Scalars or arrays of one shape.
    """

    modulation_order: int | np.ndarray
    rate_x2048: int | np.ndarray

    @property
    def rate(self):
        """R = rate_x2048 / 2048, exact in binary."""
        return self.rate_x2048 / 2048

    @property
    def efficiency(self):
        """Q_m R, information bits a symbol and layer."""
        return self.modulation_order * self.rate


@dataclass(frozen=True, eq=False)
class CodingTable(CodingScheme):
    """A table of schemes: arrays (n,) in order of the index; `first` is the index of the first row (1 in CQI tables)."""

    name: str
    first: int = 0

    def __len__(self) -> int:
        return len(self.modulation_order)

    def at(self, index) -> CodingScheme:
        """The scheme of an index, or of an array of indices; InputError for one that is reserved or that the table lacks."""
        place = np.asarray(index)
        bad = place[(place < self.first) | (place >= self.first + len(self))]
        if not np.issubdtype(place.dtype, np.integer) or bad.size:
            value = bad.flat[0] if bad.size else index
            known = f"from {self.first} to {self.first + len(self) - 1}"
            rule = f"must be a whole number {known} in {self.name} (others are reserved, or not in it), got {value}"
            raise InputError(Problem(("cqi",) if self.first else ("mcs",), rule))
        place = place - self.first
        if place.ndim:
            return CodingScheme(self.modulation_order[place], self.rate_x2048[place])
        return CodingScheme(int(self.modulation_order[place]), int(self.rate_x2048[place]))


def _table(name: str, rows: tuple[tuple[int, str], ...], first: int = 0) -> CodingTable:
    """`rows`: modulation order and its code rates times 1024."""
    orders = np.concatenate([[order] * len(rates.split()) for order, rates in rows]).astype(np.int64)
    rates = np.array([round(2 * float(rate)) for _, rates in rows for rate in rates.split()], dtype=np.int64)
    for array in (orders, rates):
        array.flags.writeable = False
    return CodingTable(orders, rates, name, first)


_QPSK = "120 157 193 251 308 379 449 526 602"
_64 = "466 517 567 616 666 719 772"
_256 = "682.5 711 754 797 841 885 916.5 948"
_LOW = "30 40 50 64 78 99"
_MCS = {
    1: _table("table 5.1.3.1-1 of TS 38.214", ((2, f"{_QPSK} 679"), (4, "340 378 434 490 553 616 658"),
                                               (6, f"438 {_64} 822 873 910 948"))),
    2: _table("table 5.1.3.1-2 of TS 38.214", ((2, "120 193 308 449 602"), (4, "378 434 490 553 616 658"),
                                               (6, f"{_64} 822 873"), (8, _256))),
    3: _table("table 5.1.3.1-3 of TS 38.214", ((2, f"{_LOW} {_QPSK}"), (4, "340 378 434 490 553 616"), (6, f"438 {_64}"))),
    4: _table("table 5.1.3.1-4 of TS 38.214", ((2, "120 193 449"), (4, "378 490 616"), (6, f"{_64} 822 873"), (8, _256),
                                               (10, "805.5 853 900.5 948"))),
}


def _precoded(pi2_bpsk: bool) -> dict[int, CodingTable]:
    """The tables of clause 6.1.4.1: with `pi2_bpsk` their first rows have order 1 and twice the rate (q = 1)."""
    ways = ((1, "240 314"), (1, "60 80 100 128 156 198")) if pi2_bpsk else ((2, "120 157"), (2, _LOW))
    return {
        1: _table("table 6.1.4.1-1 of TS 38.214", (ways[0], (2, "193 251 308 379 449 526 602 679"),
                                                   (4, "340 378 434 490 553 616 658"), (6, f"{_64} 822 873 910 948"))),
        2: _table("table 6.1.4.1-2 of TS 38.214", (ways[1], (2, f"{_QPSK} 679"), (4, "378 434 490 553 616 658 699 772"),
                                                   (6, "567 616 666 772"))),
    }


_PRECODED = {False: _precoded(False), True: _precoded(True)}


def mcs_table(number: int = 1, transform_precoding: bool = False, pi2_bpsk: bool = False) -> CodingTable:
    """The MCS table `number` of PDSCH and of PUSCH without transform precoding, or of PUSCH with it.

    1 (64-QAM, the default where higher layers say nothing: TS 38.214, 5.1.3.1), 2 (256-QAM), 3 (low spectral efficiency),
    4 (1024-QAM, downlink, since release 17); with `transform_precoding` 1 (64-QAM) and 2 (low spectral efficiency), whose first
    rows are pi/2-BPSK where `pi2_bpsk` (tp-pi2BPSK) is set; precoded PUSCH with 256-QAM takes the plain table 2.
    InputError for another number, or for `pi2_bpsk` without transform precoding.
    """
    if pi2_bpsk and not transform_precoding:
        raise InputError(Problem(("pi2_bpsk",), "needs transform_precoding, got it without"))
    tables = _PRECODED[pi2_bpsk] if transform_precoding else _MCS
    if number not in tables:
        where = " with transform precoding" if transform_precoding else ""
        raise InputError(Problem(("mcs_table",), f"must be from 1 to {len(tables)}{where}, got {number!r}"))
    return tables[number]


# TS 38.214, tables 5.2.2.1-2, -3, -4 and -5; CQI 0 is "out of range". LTE: TS 36.213, table 7.2.3-1, equal to table 1.
CQI_TABLES = {
    1: _table("table 5.2.2.1-2 of TS 38.214", ((2, "78 120 193 308 449 602"), (4, "378 490 616"),
                                               (6, "466 567 666 772 873 948")), 1),
    2: _table("table 5.2.2.1-3 of TS 38.214", ((2, "78 193 449"), (4, "378 490 616"), (6, "466 567 666 772 873"),
                                               (8, "711 797 885 948")), 1),
    3: _table("table 5.2.2.1-4 of TS 38.214", ((2, "30 50 78 120 193 308 449 602"), (4, "378 490 616"),
                                               (6, "466 567 666 772")), 1),
    4: _table("table 5.2.2.1-5 of TS 38.214", ((2, "78 193 449"), (4, "378 616"), (6, "567 666 772 873"),
                                               (8, "711 797 885 948"), (10, "853 948")), 1),
    "lte": _table("table 7.2.3-1 of TS 36.213", ((2, "78 120 193 308 449 602"), (4, "378 490 616"),
                                                 (6, "466 567 666 772 873 948")), 1),
}


def cqi_table(name: int | str = 1) -> CodingTable:
    """The CQI table 1 (64-QAM, the default), 2 (256-QAM), 3 (low spectral efficiency), 4 (1024-QAM) or "lte"; rows are
    CQI 1, ..., 15. InputError for another name."""
    if name not in CQI_TABLES:
        raise InputError(Problem(("cqi_table",), unknown("CQI table", name, map(str, CQI_TABLES))))
    return CQI_TABLES[name]
