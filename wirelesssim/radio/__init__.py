"""Radio: powers, gains, rates and probabilities; pure functions of (seed, worker, time), without a clock or a learner.

`Channel.links(workers, geometry, streams)` makes one `Link` a worker; the network asks it when bits are sent
(`finish`), by which law packets are lost (`loss_process`) and whether the channel broke them (`fails`).
Nothing depends on how often it is asked, so that two algorithms meet the same channel.
"""

from .channel import Channel, Fixed
from .fading import Clarke, Fading, Nakagami, NoFading, Rayleigh, Rician, Tdl
from .geometry import Disc, Geometry, Grid, Hexagonal, Positions, Ring
from .gilbert_elliott import GilbertElliott
from .interference import HexagonalInterference, Interference, NoInterference, OverThermal
from .link import ConstantLink, Link, Schedule
from .loss import Iid, Loss, LossProcess, PacketLoss
from .mobility import Linear, Mobility, Motion, Static
from .mobility_trace import MobilityTrace
from .noise import noise_power
from .pathloss import (CostHata, FreeSpace, IndoorFactory, IndoorOffice, LogDistance, Macro, PathLoss, Propagation, RuralMacro,
                       TwoRay, UrbanMacro, UrbanMicro)
from .phy import Phy, Shannon
from .phy_ltem import LteM
from .phy_ieee802154 import Ieee802154
from .phy_nbiot import NbIot
from .phy_lora import Lora
from .phy_nr import Nr
from .phy_wifi import Wifi
from .radio_channel import Radio
from .shadowing import LognormalShadowing, NoShadowing, Shadowing, StandardShadowing
from .trace import Trace
from .waypoints import RandomWaypoint

__all__ = [
    "Channel", "Fixed", "Radio", "Trace", "noise_power", "Link", "ConstantLink", "Schedule",
    "Geometry", "Disc", "Ring", "Grid", "Hexagonal", "Positions",
    "PathLoss", "Propagation", "FreeSpace", "LogDistance", "TwoRay", "CostHata", "Macro",
    "UrbanMicro", "UrbanMacro", "RuralMacro", "IndoorOffice", "IndoorFactory",
    "Mobility", "Motion", "Static", "Linear", "RandomWaypoint", "MobilityTrace",
    "Interference", "NoInterference", "OverThermal", "HexagonalInterference",
    "Shadowing", "NoShadowing", "LognormalShadowing", "StandardShadowing",
    "Fading", "NoFading", "Rayleigh", "Rician", "Nakagami",
    "Clarke", "Tdl",
    "Phy", "Shannon", "Ieee802154", "LteM", "NbIot", "Nr", "Wifi", "Loss", "Iid", "GilbertElliott", "LossProcess", "PacketLoss",
]
