"""Overlays: what merges, what replaces, and where each key says that it came from."""

import typing

import pytest
import yaml

from wirelesssim.errors import InputError
from wirelesssim.model import default_type, families
from wirelesssim.scenario import load
from wirelesssim.scenario.overlay import Tree, dotted
from wirelesssim.scenario.settings import Settings
from wirelesssim.scenario.source import read_text

BASE = """\
stop: {rounds: 3}
objective: {type: quadratic, dimension: 4}
algorithm: {type: gd_sec, xi: 5 L, beta: 0.1}
channel: {type: fixed, rate: 1 Mbit/s, loss: 2 %}
transport: {mtu: 500 B, retries: 3}
access: tdma
"""


def settings(*overrides, more="", **options):
    scenario = load(yaml.safe_load(BASE + more), overrides, **options)
    return next(iter(scenario.settings.values()))


def tree(text):
    return Tree(*read_text(text, "f"))


def test_a_dotted_key():
    assert dotted(" channel.loss ") == ("channel", "loss")


def test_mappings_merge_key_by_key_and_the_first_tree_is_left_alone():
    base = tree("a: {x: 1, y: {z: 2}}\nb: 3\n")
    made = base.laid_over((), {"a": {"y": {"w": 4}}, "c": [5]}, "over")
    assert made.data == {"a": {"x": 1, "y": {"z": 2, "w": 4}}, "b": 3, "c": [5]}
    assert base.data == {"a": {"x": 1, "y": {"z": 2}}, "b": 3}
    assert made.origin(("a", "x")) == "f:1" and made.origin(("b",)) == "f:2"
    assert made.origin(("a", "y", "w")) == made.origin(("c", 0)) == "over" and made.origin(("a", "y", "z")) == "f:1"


def test_another_type_replaces_the_mapping_whole_and_the_same_type_does_not():
    base = tree("m: {type: one, x: 1}\n")
    assert base.laid_over((), {"m": {"type": "two", "y": 2}}, "o").data == {"m": {"type": "two", "y": 2}}
    assert base.laid_over((), {"m": {"type": "one", "y": 2}}, "o").data == {"m": {"type": "one", "x": 1, "y": 2}}
    assert base.laid_over((), {"m": {"y": 2}}, "o").data == {"m": {"type": "one", "x": 1, "y": 2}}


def test_the_default_type_is_a_type_like_one_that_is_named():
    """transport: {mtu: ...} is an arq, so that {type: arq} laid over it keeps the mtu, and {type: unreliable} does not."""
    kept = settings("transport={type: arq, header: 20 B}").transport
    gone = settings("transport={type: unreliable, header: 20 B}").transport
    assert (kept.mtu, kept.retries, kept.header) == (4000, 3, 160)
    assert (gone.type_name, gone.mtu) == ("unreliable", 12000)


def test_a_word_is_short_for_a_mapping_that_an_overlay_may_fill():
    assert settings("codec.value_bits=16", more="codec: golomb_rice\n").codec.type_name == "golomb_rice"
    base = tree("channel: radio\na: 3 ms\n")
    assert base.laid_over((), {"channel": {"bandwidth": 1}}, "o").data["channel"] == {"type": "radio", "bandwidth": 1}
    assert base.laid_over(("channel", "phy", "type"), "shannon", "o").data["channel"] == {"type": "radio",
                                                                                          "phy": {"type": "shannon"}}
    assert base.laid_over((), {"a": {"type": "uniform"}}, "o").data["a"] == {"type": "uniform"}  # a quantity is no type


def test_one_seed_is_short_for_two():
    """`--set seed.radio=9` changes one and keeps the other."""
    seed = settings("seed.radio=9", more="seed: 5\n").seed
    assert (seed.learning, seed.radio) == (5, 9)
    assert settings(more="seed: 5\nvariants: {A: {seed: {radio: 9}}}\n").seed == seed
    assert settings(more="seed: {learning: 2, radio: 3}\n", seed=7).seed.radio == 7


def test_a_new_type_forgets_the_origins_of_the_old_keys():
    made = tree("m: {type: one, x: 1}\n").laid_over((), {"m": {"type": "two"}}, "o")
    assert made.origin(("m", "x")) == "o"


def test_a_section_that_a_set_makes_comes_from_it():
    made = tree("a: 1\n").laid_over(("b", "c"), 2, "--set b.c=2")
    assert made.data == {"a": 1, "b": {"c": 2}} and made.origin(("b",)) == made.origin(("b", "c")) == "--set b.c=2"


@pytest.mark.parametrize("path",
                         [(), ("transport",), ("channel", "loss"), ("transport", "ack"), ("nothing",), ("workers", "x"),
                          ("data", "partition")])
def test_default_types_by_place(path):
    """Of the family at that place in Settings; arq has an ack that is a frame, and a loss has no default type."""
    expected = {("transport",): "arq", ("transport", "ack"): "frame", ("data", "partition"): None}.get(path)
    assert default_type(Settings, {"transport": {"mtu": 5}, "data": {"type": "iris"}}, path) == expected


def test_a_default_of_a_field_is_the_default_of_its_family():
    """Else {x: 1} laid over a section that was left out would mean one type, and over its written-out default another."""
    found = set()
    for family in families().values():
        for leaf in family.known.values():
            hints = typing.get_type_hints(leaf)
            for name, field in leaf.__dataclass_fields__.items():
                default = getattr(hints[name], "default_type", None)
                if name != "hidden" and default is not None and isinstance(field.default, str):  # `none` of it has no keys to lay over
                    found.add((leaf.type_name, name))
                    assert field.default == default, (leaf, name)
    assert {("arq", "ack"), ("unreliable", "ack")} <= found


@pytest.mark.parametrize("key, values", [
    ("transport.ack.size", "40 B,80 B"), ("codec.value_bits", "16,32"), ("server.missing", "zero,rescale"),
    ("backhaul.latency", "1 ms,5 ms"), ("stop.target.error", "0.1,0.01"), ("compute.time", "1 ms,2 ms")])
def test_a_key_of_a_part_that_the_file_leaves_out_is_swept(key, values):
    """Also of one that has no default (`backhaul`), where the key is all that it needs."""
    scenario = load(yaml.safe_load(BASE), matrix=[f"{key}={values}"])
    assert [point.matrix[key] for point in scenario.points()] == [yaml.safe_load(value) for value in values.split(",")]
    assert len({point.digest(None) for point in scenario.points()}) == 2


@pytest.mark.parametrize("key, says", [
    ("algorithm.participation.fraction", "fraction is a key of random, round_robin: write {type: random, fraction: 0.5}, for example"),
    ("geometry.radius", "geometry.type is required; known: "), ("channel.fading", "fading is a key of radio: write {type: radio, fading: 0.5}"),
    ("network.preset", "no variant has a preset; write network: {preset: NAME} in the file"),
    ("algorithm.xyz", "no such key in any variant")])
def test_a_key_that_only_another_type_has_says_which(key, says):
    with pytest.raises(InputError) as error:
        load(yaml.safe_load(BASE), matrix=[f"{key}=0.5"])
    assert says in str(error.value) and f"matrix.{key} no such key in any variant" in str(error.value)


def test_a_long_value_is_shown_by_its_ends():
    with pytest.raises(InputError) as error:
        load(yaml.safe_load(BASE) | {"algorithm": {"type": "gd_sec", "coordinates": [1.0] * 5000}})
    assert "got [1.0, 1.0, " in str(error.value) and "… 1.0, 1.0, 1.0]; known: " in str(error.value) and len(str(error.value)) < 600
