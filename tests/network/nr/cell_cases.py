"""The bench of the cell's tests is that of the package."""

from wirelesssim.network.nr.alone import CellAlone as CellBench

__all__ = ["CellBench"]
