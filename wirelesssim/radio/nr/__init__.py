"""5G NR at the link: grids, sizes, rates, block error rates; pure functions of arrays (TS 38.211 to 38.214, 38.306, 38.101).

    numerology, bandwidth, tdd, resources   the grid: slots, resource blocks, uplink slots, elements that carry data
    mcs, tbs, segmentation                  the coding tables, transport block sizes in exact integers, code blocks
    constellation, bler, calibration        error rate against SINR: mutual information, the law, the points behind it
    effective, adaptation, rates, power     one SINR of many, CQI and scheme, rates, uplink power control
    tables, kernels                         all of it as arrays, and compiled look-ups for a slot loop
"""

from .adaptation import cqi, cqi_thresholds, offered_thresholds, scheme_thresholds
from .bandwidth import resource_blocks
from .bler import block_error_rate, code_block_error, code_block_threshold, required_sinr
from .effective import exponential_betas, exponential_effective_sinr
from .mcs import CodingScheme, CodingTable, cqi_table, mcs_table
from .numerology import Numerology
from .power import block_sinr, uplink_power
from .rates import coded_bits, peak_rate, throughput
from .resources import data_elements, dmrs_elements, dmrs_symbols
from .segmentation import CodeBlocks, code_blocks
from .tables import NrTables, nr_tables
from .tbs import transport_block_size
from .tdd import Parts, SlotPattern, fdd_pattern, slots_in, tdd_pattern, usual_parts

__all__ = [
    "Numerology", "resource_blocks", "SlotPattern", "Parts", "tdd_pattern", "fdd_pattern", "usual_parts", "slots_in",
    "dmrs_symbols", "dmrs_elements", "data_elements", "CodingScheme", "CodingTable", "mcs_table", "cqi_table",
    "transport_block_size", "CodeBlocks", "code_blocks", "code_block_error", "code_block_threshold", "block_error_rate",
    "required_sinr", "exponential_betas", "exponential_effective_sinr",
    "scheme_thresholds", "offered_thresholds", "cqi_thresholds", "cqi", "peak_rate", "throughput", "coded_bits",
    "uplink_power", "block_sinr", "NrTables", "nr_tables",
]
