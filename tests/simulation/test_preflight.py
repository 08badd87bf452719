"""What `check` refuses is what a run would: models that a method is not for, and packets too small for what is sent."""

import pytest

from learning_cases import settings_of
from wirelesssim.errors import InputError
from wirelesssim.simulation import Simulation, preflight

LISTED = {"type": "list", "values": [1, 2]}


@pytest.mark.parametrize("algorithm, key", [
    ({"type": "diana", "beta": 1}, "algorithm.beta must be <= 1/"),
    ({"type": "gd_sec", "coordinates": LISTED}, "algorithm.coordinates.values must have one entry a coordinate of the model: 50")])
def test_a_method_that_is_none_for_the_models_size(algorithm, key):
    with pytest.raises(InputError, match=key):
        preflight(settings_of(algorithm=algorithm))


def runs(settings):
    """Whether a run of two rounds finds room for all that it sends."""
    try:
        Simulation(settings).run()
    except InputError:
        return False
    return True


SENT = [("gd", {"value_bits": 16}), ("gd", {"value_bits": 64}), ("gd", {"value_bits": 4}), ("signsgd", {}), ("ef_signsgd", {}),
        ({"type": "laq", "bits": 24}, {"value_bits": 16}), ({"type": "qgd", "levels": 2**24}, {"value_bits": 16}),
        ({"type": "qgd", "levels": 2**24}, {"value_bits": 16, "levels": "elias_gamma"}),
        ({"type": "diana", "compressor": {"type": "qsgd", "levels": 2**20}}, {}),
        ("gd_sec", {"type": "golomb_rice"}), ("gd", {"type": "dense", "value_bits": 4, "levels": "elias_gamma"})]


@pytest.mark.parametrize("algorithm, codec", SENT, ids=str)
def test_preflight_refuses_the_packets_that_a_run_cannot_fill(algorithm, codec):
    """Of all packets from 29 B to 50 B, 28 B of them header: what preflight lets pass runs, and 5 bytes less do not. It asks for
    the longest entry, whose level in the gamma code is the outermost and may not come: of that nothing is asked below."""
    passed = {}
    for mtu in range(29, 51):
        settings = settings_of(stop={"rounds": 2}, algorithm=algorithm, codec={"type": "auto"} | codec,
                               transport={"type": "arq", "mtu": f"{mtu} B", "header": "28 B"},
                               objective={"type": "quadratic", "dimension": 200})
        try:
            preflight(settings)
        except InputError as error:
            assert str(error).startswith(f"transport.mtu leaves {mtu - 28} bytes after the header, too few for one coded entry")
            assert str(error).endswith("; raise mtu or lower header")
            passed[mtu] = False
        else:
            passed[mtu] = True
            assert runs(settings), f"mtu {mtu} B passes, and fails in the run"
    least = min(mtu for mtu in passed if passed[mtu])
    assert least > 29 and all(passed[mtu] == (mtu >= least) for mtu in passed)
    below = settings_of(stop={"rounds": 2}, algorithm=algorithm, codec={"type": "auto"} | codec,
                        transport={"type": "arq", "mtu": f"{least - 5} B", "header": "28 B"},
                        objective={"type": "quadratic", "dimension": 200}) if least > 33 and "levels" not in codec else None
    assert below is None or not runs(below)


def test_the_refusal_says_which_of_the_two_ways_is_too_narrow():
    """6 bytes hold a 16-bit entry with its head, and not one of the 32 bits that a model takes; with 2^24 levels an entry is 26
    bits."""
    narrow = {"type": "arq", "mtu": "34 B", "header": "28 B"}
    with pytest.raises(InputError, match="entry of the model, which the downlink carries unrounded; raise mtu"):
        preflight(settings_of(algorithm="gd", codec={"type": "auto", "value_bits": 16}, transport=narrow))
    with pytest.raises(InputError, match="for one coded entry of 26 bits; raise mtu"):
        preflight(settings_of(algorithm={"type": "qgd", "levels": 2**24}, transport=narrow | {"mtu": "40 B"}))
