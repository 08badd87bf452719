"""NB-IoT's uplink at the link: resource units, block sizes, repetitions, and what SINR they need (TS 36.211, 36.213, 36.104).

    tables     NPUSCH format 1: resource units, transport block sizes, modulation; NPRACH preambles
    schemes    every (block, repetitions) with its time, rate and required SINR; those that are worth sending
    turns      a burst in whole blocks: full ones, and the shortest turn that holds the rest
    link       a link over which bursts go so

NPUSCH and NPRACH: the narrowband physical uplink shared and random access channels. All pure functions.
"""

from .link import TurnLink
from .schemes import BlockHeader, Scheme, repetition_gain_db, schemes, useful
from .tables import (REPETITIONS, ResourceUnit, block_sizes, modulation_order, preamble_time, resource_unit, scheme_indices,
                     transport_block_size)
from .turns import Turns, TurnTable

__all__ = ["BlockHeader", "REPETITIONS", "ResourceUnit", "Scheme", "TurnLink", "TurnTable", "Turns", "block_sizes",
           "modulation_order", "preamble_time", "repetition_gain_db", "resource_unit", "scheme_indices", "schemes",
           "transport_block_size", "useful"]
