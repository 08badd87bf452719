"""The reader: safe, stricter than PyYAML, every key with its line; and the writer, which it reads back to the same."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelesssim.errors import InputError
from wirelesssim.scenario import load
from wirelesssim.scenario.source import parse_value, read, read_text, write_text


@pytest.mark.parametrize(("text", "value"), [
    ("1e6", 1e6), ("1.0e6", 1e6), ("1e-3", 1e-3), (".5", 0.5), ("-2", -2), ("+7", 7), ("5.", 5.0), ("007", 7),
    ("no", "no"), ("on", "on"), ("off", "off"), ("yes", "yes"), ("Y", "Y"), ("true", True), ("False", False),
    ("null", None), ("~", None), ("", None), ("0x10", "0x10"), ("0o17", "0o17"), ("1_000", "1_000"), ("190:20", "190:20"),
    ("2024-01-01", "2024-01-01"), (".inf", ".inf"), (".nan", ".nan"), ("1e", "1e"), ("5 ms", "5 ms"), ("'1e6'", "1e6"),
    ('"no"', "no"),
    ("=", "="), ("0.5/L", "0.5/L"), ("2 %", "2 %"),
])
def test_scalars_are_those_of_yaml_1_2(text, value):
    """YAML 1.2, 10.3 (core schema), less what no scenario needs; the same in a file, on the command line and in a list there."""
    for got in (read_text(f"key: {text}\n", "f")[0]["key"], parse_value(text, "--set"),
                parse_value(f"[{text or '~'}]", "--matrix")[0]):
        assert got == value and type(got) is type(value)


def small(**changes):
    return {"stop": {"rounds": 1}, "objective": {"type": "quadratic", "dimension": 3}, "algorithm": "gd",
            "channel": {"type": "fixed", "rate": "1 Mbit/s"}} | changes


@pytest.mark.parametrize("number", ["1e6", "1.0e6", "1000000", "1 Mbit/s"])
def test_one_million_is_a_number_in_a_file_in_set_and_in_a_matrix(tmp_path, number):
    path = tmp_path / "s.yaml"
    path.write_text(write_text(small()).replace("1 Mbit/s", number))
    given = load(path).settings["gd"].channel.rate.given
    path.write_text(write_text(small()))
    of_set = load(path, [f"channel.rate={number}"]).settings["gd"].channel.rate.given
    of_matrix = load(path, [], [f"channel.rate={number},2e6"]).points()[0].settings.channel.rate.given
    assert given == of_set == of_matrix == 1e6


def test_a_seed_beyond_2_to_the_53_is_kept_to_the_last_digit():
    """Through a float, 2^53 + 1 would become 2^53."""
    assert load(small(seed=2**53 + 1)).settings["gd"].seed.learning == 2**53 + 1


def test_every_key_has_its_line(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("# a comment\nname: x\nchannel:\n  type: fixed\n\n  loss: {type: iid,\n    probability: 1 %}\n"
                    "list:\n  - a\n  - b\n")
    data, origins = read(path)
    assert data["channel"]["loss"] == {"type": "iid", "probability": "1 %"}
    lines = {(): 2, ("name",): 2, ("channel",): 3, ("channel", "loss"): 6, ("channel", "loss", "probability"): 7, ("list", 1): 10}
    assert {key: origins[key] for key in lines} == {key: f"{path}:{line}" for key, line in lines.items()}


def test_anchors_and_merges():
    data, _ = read_text("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {y: 4, <<: [*a, {x: 5, z: 6}]}\n", "f")
    assert data["b"] == {"x": 1, "y": 3} and data["c"] == {"y": 4, "x": 5, "z": 6}
    assert read_text('"<<": 3\n', "f")[0] == {"<<": 3}  # quoted, it is a word like any other


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + write_text(small(name="marked")).encode())
    assert load(path).name == "marked"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["no", "1e6", "~", "", "null", "<<", "=", "a: b", "- a", "#", "'", '"', "\n", " x ", "0x1", "1_0", "&a", "*a", "!!int 3",
     "2024-01-01", "?"])
VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
                      lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8)


@given(st.dictionaries(TEXT, VALUES, max_size=4))
def test_what_is_written_is_read_back_to_the_same(data):
    """Types and values; only an empty mapping of a whole file has nothing to read."""
    back = read_text(write_text(data), "f")[0]
    assert back == data and repr(back) == repr(data)


def test_shared_parts_are_written_out(tmp_path):
    part = {"x": 1}
    assert "&" not in write_text({"a": part, "b": [part]})


@pytest.mark.parametrize("value", [object(), 1 + 2j, {1, 2}.__iter__()])
def test_what_is_not_plain_data_is_said_so(value):
    with pytest.raises(InputError, match="scenario: must be plain data"):
        load(small(description=value))


def test_a_mapping_that_holds_itself_is_said_so():
    loop = small()
    loop["data"] = loop
    with pytest.raises(InputError, match="scenario: must be plain data"):
        load(loop)


def test_random_bytes_are_never_a_traceback(tmp_path):
    rng, path = random.Random(5), tmp_path / "s.yaml"
    marks = b" :{}[]-&*ab\n\"'|>!%#?,"
    for _ in range(200):
        path.write_bytes(bytes(rng.randrange(256) if rng.random() < 0.1 else rng.choice(marks) for _ in range(rng.randrange(60))))
        with pytest.raises(InputError) as caught:
            load(path)
        assert all(str(problem).startswith(f"{path}:") and "\n" not in str(problem) for problem in caught.value.problems)
