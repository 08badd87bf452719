"""Resource elements of a block that carry data: symbols less reference signals and overhead (TS 38.214, 5.1.3.2, 6.1.4.2)."""

from __future__ import annotations

from ...errors import InputError, Problem
from .numerology import SUBCARRIERS_PER_BLOCK

__all__ = ["dmrs_symbols", "dmrs_elements", "data_elements", "OVERHEADS"]

OVERHEADS = (0, 6, 12, 18)  # xOverhead, elements a block: TS 38.331, PDSCH-ServingCellConfig

# number of single-symbol DM-RS by additional position 0, ..., 3, mapping type A:
# TS 38.211, tables 7.4.1.1.2-3 (PDSCH) and 6.4.1.1.3-3 (PUSCH without intra-slot hopping)
_SINGLE = {**{length: (1, 1, 1, 1) for length in range(3, 8)}, **{length: (1, 2, 2, 2) for length in (8, 9)},
           **{length: (1, 2, 3, 3) for length in (10, 11)}, **{length: (1, 2, 3, 4) for length in (12, 13, 14)}}
# the same for double-symbol DM-RS, additional position 0 or 1: tables 7.4.1.1.2-4 and 6.4.1.1.3-4
_DOUBLE = {**{length: (2, 2) for length in range(4, 10)}, **{length: (2, 4) for length in range(10, 15)}}


def dmrs_symbols(duration: int, additional: int = 1, double: bool = False) -> int:
    """How many symbols of an allocation of `duration` symbols (l_d) hold DM-RS, mapping type A, no intra-slot hopping.

    `additional`: dmrs-AdditionalPosition; 1 by default, what most performance requirements of TS 38.104, clause 8.2, use
    (pos1). `double`: double-symbol DM-RS. InputError where the tables of TS 38.211 have no entry. Left out: type B, hopping.
    """
    table = _DOUBLE if double else _SINGLE
    if duration not in table:
        raise InputError(Problem(("symbols",), f"must be from {min(table)} to 14 with these DM-RS, got {duration!r}"))
    if not 0 <= additional < len(table[duration]):
        rule = f"must be from 0 to {len(table[duration]) - 1} with these DM-RS, got {additional!r}"
        raise InputError(Problem(("dmrs_additional",), rule))
    return table[duration][additional]


def dmrs_elements(symbols: int, configuration: int = 1, groups_without_data: int = 2) -> int:
    """N_DMRS: elements of a block that `symbols` DM-RS symbols take, with the CDM groups that hold no data.

    A CDM group has 6 elements of a block and symbol in configuration type 1, 4 in type 2 (TS 38.211, 7.4.1.1.2).
    `groups_without_data` 2 of type 1: the whole symbol is DM-RS, as grants of format 0_0 and 1_0 have it (TS 38.214, 5.1.6.2,
    6.2.2). InputError unless 1 <= groups <= 2 (type 1) or 3 (type 2).
    """
    if configuration not in (1, 2):
        raise InputError(Problem(("dmrs_configuration",), f"must be 1 or 2, got {configuration!r}"))
    most = configuration + 1
    if not 1 <= groups_without_data <= most:
        rule = f"must be from 1 to {most} with configuration type {configuration}, got {groups_without_data!r}"
        raise InputError(Problem(("dmrs_groups",), rule))
    return symbols * groups_without_data * (6 if configuration == 1 else 4)


def data_elements(symbols: int, dmrs_per_block: int, overhead: int = 0) -> int:
    """Elements of one block that carry data, as the transport block size counts them:

        min(156, 12 N_symb - N_DMRS - N_oh)                                                    [TS 38.214, 5.1.3.2, step 1]

    `symbols` N_symb 1, ..., 14; `dmrs_per_block` N_DMRS; `overhead` N_oh one of 0, 6, 12, 18, 0 where xOverhead is absent.
    InputError where nothing is left or a value does not exist.
    """
    if not 1 <= symbols <= 14:
        raise InputError(Problem(("symbols",), f"must be from 1 to 14, got {symbols!r}"))
    if overhead not in OVERHEADS:
        raise InputError(Problem(("overhead",), f"must be one of 0, 6, 12, 18, got {overhead!r}"))
    left = SUBCARRIERS_PER_BLOCK * symbols - dmrs_per_block - overhead
    if left <= 0:
        rule = f"must leave elements for data, got {symbols} symbols less {dmrs_per_block} of DM-RS and {overhead} of overhead"
        raise InputError(Problem(("symbols",), rule))
    return min(156, left)
