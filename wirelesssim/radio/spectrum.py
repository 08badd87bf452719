"""Where in the spectrum the technologies are: the outermost borders of their bands, so that a slip in a carrier is refused.

What lies between those borders is not looked at: which bands a country has, uplink and downlink, the raster of channels.
"""

from __future__ import annotations

from ..errors import InputError, Problem

__all__ = ["CELLULAR_IOT", "WIFI", "check_carrier"]

# Hz. Categories NB1, NB2 and M1 work in some of the E-UTRA operating bands: TS 36.101, 5.5F and 5.5E. From band 87, whose uplink
# begins at 410 MHz, to band 43, which ends at 3800 MHz: table 5.5-1; band 43 of NB-IoT: ETSI EN 301 908-14 V15.1.1, scope.
CELLULAR_IOT = (410e6, 3.8e9)

# Hz, by standard: the operating classes of 5 and 5.9 GHz, IEEE Std 802.11-2020, annex E; those of 6 GHz have ax alone, IEEE Std
# 802.11ax-2021, annex E (from memory). Left out: 3.65 and 4.9 GHz, whose channels are of 20 MHz at most, and 2.4 GHz.
WIFI = dict.fromkeys(("a", "n", "ac"), (5.15e9, 5.925e9)) | {"ax": (5.15e9, 7.125e9)}


def check_carrier(carrier: float, band: tuple[float, float], technology: str, example: str, why: str = "") -> None:
    """InputError, with the key from the channel, for a `carrier` (Hz) outside the `band` of a `technology`; `why` ends it."""
    low, high = band
    if not low <= carrier <= high:
        rule = f"must lie within {low / 1e9:g} to {high / 1e9:g} GHz, the bands of {technology}, for example {example}"
        raise InputError(Problem(("carrier",), f"{rule}, got {carrier / 1e9:g} GHz{why}"))
