"""Trigger-based uplink OFDMA of 802.11ax: the access point alone contends, and asks the workers for data in resource units.

`access` says what a scenario may choose, and what is modelled; `rules` is what holds in a run; `cell` the SimPy side that takes
an exchange at once (`fidelity: burst`), `twin` the same frame by frame (`fidelity: packet`); `air` and `point` are the two ends:
a worker's transmitter, and the access point with acknowledgements and the model.
"""

from .access import OfdmaTrigger

__all__ = ["OfdmaTrigger"]
