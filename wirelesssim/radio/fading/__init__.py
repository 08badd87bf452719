"""Small-scale fading: the power gain of a link as a pure function of (seed, worker, block of time).

`block` draws a gain a coherence block (Rayleigh, Rician, Nakagami); `clarke` moves smoothly under Clarke's Doppler spectrum;
`tdl` is frequency selective, with the tapped delay lines of TR 38.901; `diversity` combines several receive branches.
A leaf of the family `Fading` is what a scenario names; `tuned` to a carrier and a band it is the `FadingLaw` that links use.
"""

from .block import Nakagami, NoFading, Rayleigh, Rician
from .clarke import Clarke, ClarkeFading, Scatter
from .diversity import Branches, MaximumRatio, combine
from .family import Fading, FadingLaw, FadingProcess, mean_jointly, mean_over
from .profiles import PROFILES, Profile
from .tdl import SelectiveFading, SelectiveProcess, Tdl

__all__ = [
    "Fading", "FadingLaw", "FadingProcess", "NoFading", "Rayleigh", "Rician", "Nakagami", "Clarke", "ClarkeFading", "Scatter",
    "Tdl", "SelectiveFading", "SelectiveProcess", "Profile", "PROFILES", "Branches", "MaximumRatio", "combine",
    "mean_over", "mean_jointly",
]
