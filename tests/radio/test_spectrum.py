"""A carrier where a technology has no band is refused with the borders; those that it has, at the border too, are not."""

import pytest

from wirelesssim.errors import InputError
from wirelesssim.model import build
from wirelesssim.radio import Channel

BANDWIDTHS = {"nbiot": "180 kHz", "ltem": "1.08 MHz", "wifi": "20 MHz"}


def channel(carrier, phy, **more):
    return build(Channel, {"type": "radio", "carrier": carrier, "bandwidth": BANDWIDTHS[phy], "phy": {"type": phy} | more})


@pytest.mark.parametrize("standard, high", [("a", "5925 MHz"), ("n", "5925 MHz"), ("ac", "5925 MHz"), ("ax", "7125 MHz")])
def test_wifi(standard, high):
    """5 GHz and 5.9 GHz; 6 GHz with ax alone."""
    for carrier in ("5150 MHz", "5.18 GHz", "5895 MHz", high):
        channel(carrier, "wifi", standard=standard)
    for carrier in ("900 MHz", "2.437 GHz", "3.5 GHz", "5149 MHz", "7126 MHz", "60 GHz", *["6 GHz"] * (standard != "ax")):
        with pytest.raises(InputError, match="carrier must lie within 5.15 to .* GHz, the bands of 802.11") as refused:
            channel(carrier, "wifi", standard=standard)
        assert refused.value.problems[0].path == ("carrier",)


@pytest.mark.parametrize("phy, name", [("nbiot", "NB-IoT"), ("ltem", "LTE-M")])
def test_cellular_internet_of_things(phy, name):
    """Band 87 begins at 410 MHz, band 43 ends at 3.8 GHz."""
    for carrier in ("410 MHz", "900 MHz", "1.8 GHz", "3.8 GHz"):
        channel(carrier, phy)
    for carrier in ("169 MHz", "409 MHz", "3.81 GHz", "5.2 GHz", "60 GHz"):
        with pytest.raises(InputError, match=f"carrier must lie within 0.41 to 3.8 GHz, the bands of {name}, .*got "):
            channel(carrier, phy)
