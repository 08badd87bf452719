"""A network of IEEE 802.15.4 without beacons: workers and a coordinator on one channel, by unslotted CSMA-CA.

`access` says what a scenario may choose and what a sender does; `rules` what the loop holds in arrays; `kernels` runs from one
event of the MAC to the next (`fidelity: burst`), `twin` the same as processes of senders in plain Python (`fidelity: packet`);
both draw the same uniforms and agree frame for frame. `medium` is the SimPy side, `air` a worker's transmitter, `coordinator`
sends the model and acknowledgements of the transport.
"""

from .access import CsmaCa

__all__ = ["CsmaCa"]
