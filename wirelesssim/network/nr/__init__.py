"""The uplink of a 5G NR cell: from bursts to slots, and back to packets that arrived.

`access` says what a scenario may choose; `cell` is the SimPy side, with the slot loop of `kernels` (`fidelity: burst`), `twin`
the same slot by slot in plain Python (`fidelity: packet`); both draw the same uniforms, and agree slot for slot. `signals` are
the channel's SINRs in chunks of slots. See `Ofdma` for what is modelled and what is left out.
"""

from .access import Ofdma

__all__ = ["Ofdma"]
