"""Median path gain against distance: what is left of the transmitted power before shadowing and fading.

A *gain* (linear, in (0, 1]) and not a loss in dB or a received power, so that the factors of a link multiply.
`classic`: laws of physics and of one slope. `empirical`: macro cells of the second and third generation. `umi` and `uma`
(`urban`), `rma` (`rural`), `inh` (`indoor`), `inf` (`factory`): 3GPP TR 38.901, with its line-of-sight state (`tr38901`).
"""

from .classic import FreeSpace, LogDistance, TwoRay
from .empirical import CostHata, Macro
from .factory import IndoorFactory
from .family import PathLoss, Propagation
from .indoor import IndoorOffice
from .rural import RuralMacro
from .urban import UrbanMacro, UrbanMicro

__all__ = ["PathLoss", "Propagation", "FreeSpace", "LogDistance", "TwoRay", "CostHata", "Macro", "UrbanMicro", "UrbanMacro",
           "RuralMacro", "IndoorOffice", "IndoorFactory"]
