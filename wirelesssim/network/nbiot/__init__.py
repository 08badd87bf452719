"""NB-IoT: every message begins with a random access, then waits for tones, then has them until it is sent.

`access` says what a scenario may choose; `tones` hands them out in order of index; `air` is a worker's transmitter, and
`twin` sends its burst block by block.
"""

from .access import NbIotAccess

__all__ = ["NbIotAccess"]
