"""Radio: powers, gains, rates and probabilities; pure functions of (seed, worker, time), without a clock or a learner.

`Channel.links(workers, geometry, streams)` makes one `Link` a worker; the network asks it when bits are sent
(`finish`), by which law packets are lost (`loss_process`) and whether the channel broke them (`fails`).
Nothing depends on how often it is asked, so that two algorithms meet the same channel.
"""

from .channel import Channel, Fixed
from .fading import Fading, NoFading, Rayleigh, Rician
from .geometry import Disc, Geometry, Positions, Ring
from .gilbert_elliott import GilbertElliott
from .link import ConstantLink, Link, Schedule
from .loss import Iid, Loss, LossProcess, PacketLoss
from .pathloss import FreeSpace, LogDistance, PathLoss
from .phy import Phy, Shannon
from .radio_channel import Radio, noise_power
from .shadowing import LognormalShadowing, NoShadowing, Shadowing

__all__ = [
    "Channel", "Fixed", "Radio", "noise_power", "Link", "ConstantLink", "Schedule",
    "Geometry", "Disc", "Ring", "Positions", "PathLoss", "FreeSpace", "LogDistance",
    "Shadowing", "NoShadowing", "LognormalShadowing", "Fading", "NoFading", "Rayleigh", "Rician",
    "Phy", "Shannon", "Loss", "Iid", "GilbertElliott", "LossProcess", "PacketLoss",
]
