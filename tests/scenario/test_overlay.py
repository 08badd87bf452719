"""Overlays: what merges, what replaces, and where each key says that it came from."""

import typing

import pytest
import yaml

from wirelesssim.errors import InputError
from wirelesssim.model import families
from wirelesssim.scenario import load
from wirelesssim.scenario.overlay import Tree, dotted
from wirelesssim.scenario.settings import Settings
from wirelesssim.scenario.source import read_text
from wirelesssim.scenario.types import default_type

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
                if default is not None and isinstance(field.default, str):
                    found.add((leaf.type_name, name))
                    assert field.default == default, (leaf, name)
    assert {("arq", "ack"), ("unreliable", "ack")} <= found


CSMA = """\
stop: {rounds: 1}
objective: messages
channel: {type: radio, carrier: 5.18 GHz, bandwidth: 20 MHz, phy: {type: wifi, standard: a}}
geometry: {type: disc, radius: 10 m}
"""


@pytest.mark.parametrize("base", ["{type: csma}", "{type: csma, hidden: none}", "{type: csma, hidden: {type: none}}", "csma",
                                  "{type: csma, hidden: [[0, 1]]}", "{type: csma, hidden: {pairs: [[0, 1]]}}"])
def test_a_key_that_tells_the_type_means_it_over_every_base(base):
    """{threshold: -70 dBm} is a type of its own, whether the file leaves hidden stations out, has none or has pairs of them."""
    given = yaml.safe_load(CSMA + f"access: {base}\n")
    told = load(given, ["access.hidden={threshold: -70 dBm}"])
    [made] = told.settings.values()
    if "[[0, 1]]}" not in base or "pairs" in base:  # a bare list has no keys, and --set of one is refused
        assert load(given, ["access.hidden.threshold=-70 dBm"]).settings == told.settings
    assert (made.access.hidden.type_name, made.access.hidden.threshold) == ("threshold", pytest.approx(1e-10))
    [pairs] = load(yaml.safe_load(told.yaml()), ["access.hidden={pairs: [[0, 2]]}"]).settings.values()
    assert pairs.access.hidden.pairs == ((0, 2),)


def test_the_same_type_told_by_a_key_is_no_new_one():
    given = yaml.safe_load(CSMA + "access: {type: csma, hidden: {type: threshold}}\n")
    made = tree("access: {type: csma, hidden: {threshold: -70 dBm}}\n").laid_over(
        (), {"access": {"hidden": {"type": "threshold"}}}, "o")
    assert made.data["access"]["hidden"] == {"type": "threshold", "threshold": "-70 dBm"}
    [swept] = load(given, matrix=["access.hidden.threshold=-70 dBm,-80 dBm"]).settings.values()
    assert swept.access.hidden.type_name == "threshold"


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


LORA = """\
stop: {rounds: 1}
objective: {type: messages, uplink: 20 B}
network: {preset: lora-sf7}
"""
MTU = "transport.mtu must be <= 235 B, the longest frame at these spreading factors (RP002-1.0.3, 2.4.6, and 13 B of header), got "
DEFAULT = MTU + "1500 B; not given, so the default of unreliable, which replaced the transport of preset lora-sf7 and its mtu '235 B'"
VARIANTS = "variants:\n  A: {}\n  B:\n    transport: {type: unreliable}\n"


@pytest.mark.parametrize("more, overrides, matrix, origin, says", [
    ("transport:\n  type: unreliable\n", (), (), "s.yaml:4: ", DEFAULT),
    ("transport: unreliable\n", (), (), "s.yaml:4: ", DEFAULT),
    ("", ["transport={type: unreliable}"], (), "--set transport={type: unreliable}: ", DEFAULT),
    (VARIANTS, (), (), "s.yaml:7 (variant 'B'): ", DEFAULT),
    ("", (), ["transport=unreliable"], "--matrix transport=unreliable (matrix): ", DEFAULT),
    ("matrix:\n  transport: [unreliable]\n", (), (), "s.yaml:5 (matrix): ", DEFAULT),
    ("transport:\n  type: unreliable\n  mtu: 300 B\n", (), (), "s.yaml:6: ", MTU + "300 B"),
    ("transport: {type: unreliable}\n", ["transport.mtu=300 B"], (), "--set transport.mtu=300 B: ", MTU + "300 B"),
    ("transport: {type: arq}\n", (), ["transport.mtu=300 B"], "--matrix transport.mtu=300 B (matrix): ", MTU + "300 B"),
    ("variants:\n  B:\n    transport: {mtu: 500 B}\n", (), (), "s.yaml:6 (variant 'B'): ", MTU + "500 B"),
    ("", ["channel.phy.spreading_factor=12"], (), "preset lora-sf7: ", MTU.replace("235", "64") + "235 B"),  # that is the preset's
    ("transport: {type: arq, ack: {loss: 1 %}}\n", ["channel.phy={type: lora, spreading_factor: 12}"], (), "preset lora-sf7: ",
     MTU.replace("235", "64") + "235 B")])
def test_an_origin_is_true_over_a_preset(tmp_path, monkeypatch, more, overrides, matrix, origin, says):
    """Of a key that nobody gave: where its section got the type whose default it is, and what that took the place of."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_text(LORA + more)
    with pytest.raises(InputError) as error:
        load("s.yaml", overrides, matrix)
    assert str(error.value.problems[0]) == origin + says
    if not overrides and not matrix and "variant" not in more and "matrix" not in more:  # of a mapping there is no line to name
        with pytest.raises(InputError) as error:
            load(yaml.safe_load(LORA + more))
        assert str(error.value.problems[0]) == says


def test_a_mapping_names_its_variant():
    with pytest.raises(InputError) as error:
        load(yaml.safe_load(LORA + VARIANTS))
    assert str(error.value) == f"variant 'B': {DEFAULT}"


def test_a_default_of_a_section_that_was_left_out():
    with pytest.raises(InputError, match=r"(?m)^transport.mtu must be <= .*, got 1500 B; not given, so the default of arq$"):
        load({"stop": {"rounds": 1}, "objective": "messages", "geometry": {"type": "disc", "radius": "100 m"}, "access": "lorawan",
              "channel": {"type": "radio", "carrier": "868.3 MHz", "bandwidth": "125 kHz", "tx_power": "14 dBm", "phy": "lora"}})
