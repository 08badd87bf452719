"""Learning: arrays in, arrays out. No clock, no network, no radio.

Objectives and their minima, the algorithms and what they send (`Update`), the codecs that turn an update into bits,
and `train`, the ideal loop. This package alone reproduces error against iterations and error against bits.
"""

from . import algorithms, neural  # their definition registers them
