"""LTE-M's uplink at the link, category M1 in coverage mode A: block sizes, repetitions, and what SINR they need."""

from .schemes import schemes
from .tables import REPETITIONS, block_size, modulation_order

__all__ = ["REPETITIONS", "block_size", "modulation_order", "schemes"]
