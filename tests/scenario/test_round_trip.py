"""The resolved scenario, as it is kept beside the results, loads to the same settings and the same digests."""

from pathlib import Path

import pytest
import yaml

from wirelesssim.scenario import load
from wirelesssim.scenario.points import Point, label_of

FILES = sorted((Path(__file__).parents[2] / "scenarios").rglob("*.yaml"))
SMALL = """\
name: small
stop: {rounds: 3}
objective: {type: quadratic, dimension: 4}
algorithm: {type: gd_sec, xi: 5 L}
channel: {type: fixed, rate: 1 Mbit/s, loss: 2 %}
"""


def assert_same(one, other):
    """Everything that a run or a table depends on; the digest of data is left out, as both read the same file."""
    assert (one.name, one.replications, one.targets) == (other.name, other.replications, other.targets)
    assert one.settings == other.settings and list(one.settings) == list(other.settings)
    mine, theirs = one.points(), other.points()
    assert [point.labels for point in mine] == [point.labels for point in theirs]
    assert [point.digest("data") for point in mine] == [point.digest("data") for point in theirs]


def again(scenario, folder):
    """The scenario that the kept file of `scenario` loads to, in another folder."""
    elsewhere = folder / "kept" / "scenario.yaml"
    elsewhere.parent.mkdir()
    elsewhere.write_text(scenario.yaml())
    return load(elsewhere)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_scenario_file(path, tmp_path):
    scenario = load(path)
    kept = again(scenario, tmp_path)
    assert_same(scenario, kept)
    assert kept.yaml() == scenario.yaml()


OVERLAYS = [
    "transport: {mtu: 500 B}\nvariants: {A: {}, B: {transport: {type: arq, retries: 2}}, C: {transport: {type: unreliable}}}\n",
    "seed: 3\nvariants: {A: {}, B: {seed: {radio: 5}}, C: {seed: 4}}\n",
    "variants: {A: {seed: {radio: 5}}, B: {transport: {ack: {loss: 1 %}}}, C: {codec: {value_bits: 16}}}\n",
    "access: tdma\nvariants: {A: {access: fdma}, B: {access: {type: tdma}}, C: {channel: {type: fixed, rate: 5}}}\n",
    "matrix: {transport: [arq, {mtu: 900 B}, {type: unreliable}], channel.loss: [0, 1 %, {type: iid, probability: 3 %}]}\n",
    "replications: 3\ntargets: {error: 1e-3, accuracy: [80 %, 0.85]}\ndescription: '1e6'\n",
    "workers: 2\ncompute: {time: [1 ms, 2 ms]}\nvariants: {'no': {}, '1e6': {workers: 2}, 'a: b': null}\n",
    "variants: {A: {stop: {rounds: null, simulated_time: 5 s}}, B: {stop: {target: {error: 1e-6}}}}\n",
    "variants: {A: {geometry: {type: ring, radius: 1 km}, channel: radio}, B: {}}\n",
    "variants: {A: {channel: {rate: {type: lognormal, mean: 1, sigma: 0.3}}}, B: {channel: {rate: [1, 2, 3.7]}, workers: 3}}\n",
]


@pytest.mark.parametrize("more", OVERLAYS)
def test_overlays_mean_the_same_over_what_was_filled_in(more, tmp_path):
    (tmp_path / "s.yaml").write_text(SMALL + more)
    assert_same(load(tmp_path / "s.yaml"), again(load(tmp_path / "s.yaml"), tmp_path))


def test_a_base_that_only_its_variants_complete(tmp_path):
    text = SMALL.replace("algorithm: {type: gd_sec, xi: 5 L}\n",
                         "variants: {A: {algorithm: gd}, B: {algorithm: gd_sec, transport: {retries: 2}}}\n")
    (tmp_path / "s.yaml").write_text(text)
    assert_same(load(tmp_path / "s.yaml"), again(load(tmp_path / "s.yaml"), tmp_path))


@pytest.mark.parametrize("algorithm", ["algorithm: gd\n", ""])
def test_paths_of_data_and_plugins_are_kept_whole_wherever_they_stand(algorithm, tmp_path):
    for name in ("one.csv", "two.csv", "three.csv"):
        (tmp_path / name).write_text("a,y\n" + "".join(f"{row},{row % 2}\n" for row in range(10)))
    (tmp_path / "plug.py").write_text("x = 1\n")
    (tmp_path / "s.yaml").write_text(
        "use: [plug.py]\ndata: {path: one.csv}\nobjective: logistic\nchannel: {type: fixed, rate: 5}\n" + algorithm
        + "variants: {A: {algorithm: gd}, B: {algorithm: gd_sec, data: {path: two.csv}}}\n"
        "matrix: {data.path: [one.csv, three.csv], data: [{path: two.csv}]}\n")
    scenario = load(tmp_path / "s.yaml")
    kept = again(scenario, tmp_path)
    assert list(kept.plugins) == list(scenario.plugins) == [str(tmp_path / "plug.py")]
    assert [kept.settings[name].data.path for name in "AB"] == [str(tmp_path / "one.csv"), str(tmp_path / "two.csv")]
    assert [point.settings.data.path for point in kept.points()] == [point.settings.data.path for point in scenario.points()]
    assert {point.settings.data.path for point in kept.points()} == {str(tmp_path / "two.csv")}  # the second key covers the first


def test_overrides_are_part_of_what_is_kept(tmp_path):
    (tmp_path / "s.yaml").write_text(SMALL)
    scenario = load(tmp_path / "s.yaml", ["channel.loss=5%", "codec=dense"], ["workers=2,3"], seed=9, replications=2)
    kept = again(scenario, tmp_path)
    assert_same(scenario, kept)
    settings = kept.settings["gd_sec"]
    assert len(kept.points()) == 4 and settings.seed.radio == 9 and settings.codec.type_name == "dense"


def test_a_point_crosses_to_another_process_as_plain_data():
    for point in load(yaml.safe_load(SMALL), matrix=["channel.loss=0,[1 %, 2 %]"], overrides=["workers=2"]).points():
        there = Point.from_payload(point.payload())
        assert there == point and there.digest(None) == point.digest(None)


def test_what_a_digest_covers_and_what_not():
    base = load(yaml.safe_load(SMALL)).points()[0]
    digest = base.digest("d")
    same = load(yaml.safe_load(SMALL) | {"name": "b", "description": "x", "targets": {"error": [1]},
                                         "variants": {"Z": {}, "Y": {"workers": 3}}})
    assert same.points()[0].digest("d") == digest != same.points()[1].digest("d")
    changed = [load(yaml.safe_load(SMALL), [override]).points()[0].digest("d") for override in (
        "channel.loss=3%", "seed.radio=2", "stop.rounds=4", "fidelity=packet", "transport.ack.loss=0")]
    later = load(yaml.safe_load(SMALL), replications=2).points()[1].digest("d")
    assert len({digest, *changed, later, base.digest("e")}) == 8


def test_labels_of_matrix_values():
    assert [label_of(value) for value in ("2 %", 3, 0.5, True, [1, 2], {"b": 1, "a": 2})] == ["2 %", 3, 0.5, True, "[1, 2]",
                                                                                              '{"a": 2, "b": 1}']
