"""Time division as a scenario states it: defaults by subcarrier spacing, and what leaves slots to nobody."""

import pytest

from wirelesssim.errors import InputError
from wirelesssim.model import build
from wirelesssim.radio import Phy


def pattern(spacing, **duplex):
    phy = build(Phy, {"type": "nr", "subcarrier_spacing": f"{spacing} kHz", "duplex": {"type": "tdd"} | duplex})
    made = phy.duplex.pattern(phy.numerology)
    return made.downlink.tolist(), made.uplink.tolist()


@pytest.mark.parametrize("spacing, downlink, uplink", [
    (15, [14, 14, 14, 10, 0], [0, 0, 0, 2, 14]),  # FR1.15-1: DDDSU, S of 10 down, 2 guard, 2 up; TS 38.101-4, A.1.2-1
    (30, [14] * 7 + [6, 0, 0], [0] * 7 + [4, 14, 14]),  # FR1.30-1: 7DS2U, 6 + 4 + 4; A.1.2-2
    (60, [14, 14, 11, 0], [0, 0, 0, 14]),  # FR2.60-1: DDSU, 11 + 3 + 0; A.1.3-1
    (120, [14, 14, 14, 10, 0], [0, 0, 0, 2, 14])])  # FR2.120-1: DDDSU, 10 + 2 + 2; A.1.3-2
def test_the_pattern_of_the_spacing(spacing, downlink, uplink):
    assert pattern(spacing) == (downlink, uplink)


def test_what_is_given_replaces_one_part():
    assert pattern(30, period="2.5 ms", downlink_slots=3, uplink_slots=1) == ([14, 14, 14, 6, 0], [0, 0, 0, 4, 14])
    assert pattern(15, uplink_symbols=0) == ([14, 14, 14, 10, 0], [0, 0, 0, 0, 14])


def test_without_a_special_slot_there_are_no_symbols_between():
    assert pattern(30, period="2 ms", downlink_slots=1, uplink_slots=3) == ([14, 0, 0, 0], [0, 14, 14, 14])


@pytest.mark.parametrize("spacing, duplex, said", [
    (60, {"period": "5 ms"}, "period must fill the period of 5 ms .20 slots. but for one special slot, got 2 downlink and "
                             "1 uplink; say downlink_slots: 18, uplink_slots: 1, or another period"),
    (120, {"downlink_slots": 7, "uplink_slots": 2, "period": "5 ms"}, "downlink_slots must fill .* say downlink_slots: 37, up"),
    (30, {"uplink_slots": 1}, "uplink_slots must fill .* got 7 downlink and 1 uplink; say downlink_slots: 8, uplink_slots: 1"),
    (30, {"downlink_slots": 9, "uplink_slots": 9}, "downlink_slots must fill .* say downlink_slots: 1, uplink_slots: 9"),
    (15, {"period": "1 ms"}, "period must fill .* say a longer period"),
    (15, {"uplink_slots": 6}, "uplink_slots must be from 0 to 5, got 6"),
    (30, {"uplink_slots": 0}, "uplink_slots must leave a whole slot of uplink")])
def test_slots_of_nobody_are_refused(spacing, duplex, said):
    with pytest.raises(InputError, match=f"^duplex.{said}"):
        pattern(spacing, **duplex)


def test_the_way_out_is_one():
    assert sum(pattern(60, period="5 ms", downlink_slots=18, uplink_slots=1)[0]) == 18 * 14 + 11
