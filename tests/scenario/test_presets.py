"""Presets: what a name expands into, what overrides it, where a mistake says that it came from."""

import pytest
import yaml

from wirelesssim.errors import InputError
from wirelesssim.scenario import load, presets

WIRE = """\
description: A wire for tests
channel: {type: fixed, rate: 8 Mbit/s, latency: 3 ms, loss: 2 %}
access: {type: tdma}
transport: {type: arq, mtu: 500 B, retries: 3}
"""
STRING = """\
description: A string with a can at each end
channel: {type: fixed, rate: 1 Mbit/s, latency: 9 ms}
transport: {type: arq, mtu: 900 B}
"""
HILL = """\
description: A radio on a hill
geometry: {type: disc, radius: 50 m}
channel: {type: radio, bandwidth: 5 MHz, fading: {type: rayleigh, coherence_time: 10 ms}}
downlink: {type: multicast, rate: 1 Mbit/s}
"""
BASE = """\
name: s
stop: {rounds: 3}
objective: {type: quadratic, dimension: 4}
algorithm: {type: gd}
"""
NETWORK = "network: {preset: wire}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Three presets of the test's own in place of the shipped ones; more can be written beside them."""
    own = tmp_path / "presets"
    own.mkdir()
    for name, text in (("wire", WIRE), ("string", STRING), ("hill", HILL)):
        (own / f"{name}.yaml").write_text(text)
    monkeypatch.setattr(presets, "FOLDER", own)
    monkeypatch.setattr(presets, "LATER", ("wifi-11ax", "lora-sf12", "nb-iot", "ethernet", "geo", "leo"))
    return own


@pytest.fixture
def scenario(tmp_path):
    """The scenario BASE and more, read from the file s.yaml."""
    def read(more, *overrides, **options):
        (tmp_path / "s.yaml").write_text(BASE + more)
        return load(tmp_path / "s.yaml", overrides, **options)

    return read


@pytest.fixture
def refused(scenario, tmp_path):
    """What `load` says of a scenario that it refuses, without the folder."""
    def read(more, *overrides, **options):
        with pytest.raises(InputError) as caught:
            scenario(more, *overrides, **options)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return read


def only(made):
    return next(iter(made.settings.values()))


def digests(made, matrix=True):
    return [point.digest(None) for point in made.points(matrix)]


def written(text):
    """The sections of a preset as a scenario would write them."""
    return text.split("\n", 1)[1]


@pytest.mark.parametrize("text", [NETWORK, "network: wire\n", "network:\n  preset: wire\n"])
def test_a_preset_is_its_sections_and_the_name_does_not_count(scenario, text):
    named, plain = scenario(text), scenario(written(WIRE))
    assert named.settings == plain.settings and digests(named) == digests(plain)


def test_two_names_of_the_same_values_are_the_same_point(scenario, folder):
    (folder / "cable.yaml").write_text(WIRE.replace("A wire for tests", "The same under another name"))
    assert digests(scenario(NETWORK)) == digests(scenario("network: {preset: cable}\n"))
    (folder / "cord.yaml").write_text(WIRE.replace("3 ms", "4 ms"))
    assert digests(scenario(NETWORK)) != digests(scenario("network: {preset: cord}\n"))


@pytest.mark.parametrize("order", [0, 1])
def test_sections_beside_it_override_single_fields_wherever_they_stand(scenario, order):
    parts = [NETWORK, "channel: {loss: 10 %}\ntransport: {retries: 1}\n"]
    made = only(scenario(parts[order] + parts[1 - order]))
    assert made.channel.rate.given == 8e6 and made.channel.latency.given == 3e-3
    assert made.plain()["channel"]["loss"] == "10 %"
    assert (made.transport.retries, made.transport.mtu) == (1, 8 * 500)


def test_another_type_beside_it_replaces_that_section_whole(scenario):
    made = only(scenario(NETWORK + "transport: {type: unreliable}\n"))
    assert made.transport.type_name == "unreliable" and made.transport.mtu == 8 * 1500  # the default, not the preset's 500 B
    assert made.channel.rate.given == 8e6 and made.access.type_name == "tdma"


def test_the_file_holds_over_the_preset_then_variants_then_set_then_the_matrix(scenario):
    text = NETWORK + "transport: {retries: 1}\nvariants: {A: {}, B: {transport: {retries: 2, mtu: 700 B}}}\n"
    made = scenario(text)
    assert [made.settings[name].transport.retries for name in "AB"] == [1, 2]
    assert [made.settings[name].transport.mtu for name in "AB"] == [8 * 500, 8 * 700]
    made = scenario(text, "transport.retries=5")  # over the file, under the variants
    assert [made.settings[name].transport.retries for name in "AB"] == [5, 2]
    made = scenario(text + "matrix: {transport.retries: [8, 9]}\n")
    assert [point.settings.transport.retries for point in made.points()] == [8, 9, 8, 9]


def test_an_overlay_that_names_the_type_of_the_preset_merges_with_the_field_beside_it(scenario):
    """`access.type` stands in the preset alone: the variant must not take the file's `retries` for those of another type."""
    made = scenario(NETWORK + "transport: {retries: 1}\nvariants: {A: {transport: {type: arq, mtu: 700 B}}}\n")
    assert (only(made).transport.retries, only(made).transport.mtu) == (1, 8 * 700)


def test_what_a_file_says_holds_over_every_preset_that_is_swept(scenario):
    made = scenario(NETWORK + "transport: {retries: 1}\nmatrix: {network.preset: [wire, string]}\n")
    wire, string = made.points()
    assert [point.labels["network.preset"] for point in (wire, string)] == ["wire", "string"]
    assert wire.digest(None) == digests(scenario(NETWORK + "transport: {retries: 1}\n"))[0]
    assert string.digest(None) == digests(scenario("network: string\ntransport: {retries: 1}\n"))[0]
    assert string.settings.access.type_name == "dedicated"  # nothing of the first preset is left


def test_sweeping_a_preset_and_a_key_of_it(scenario):
    made = scenario(NETWORK + "matrix: {network.preset: [wire, string], channel.loss: [0 %, 5 %]}\n")
    found = [(point.settings.channel.rate.given, point.settings.plain()["channel"]["loss"]) for point in made.points()]
    assert found == [(8e6, "0 %"), (8e6, "5 %"), (1e6, "0 %"), (1e6, "5 %")]


def test_a_variant_may_name_another_preset_and_none(scenario):
    text = NETWORK + """\
variants:
  A: {}
  B: {network: {preset: string}}
  C: {network: hill}
  D: {network: null, channel: {type: fixed, rate: 3 Mbit/s}}
"""
    made = scenario(text)
    kinds = [(name, settings.channel.type_name, settings.transport.mtu // 8) for name, settings in made.settings.items()]
    assert kinds == [("A", "fixed", 500), ("B", "fixed", 900), ("C", "radio", 1500), ("D", "fixed", 1500)]
    assert [tree.preset and tree.preset.name for tree in made.variants.values()] == ["wire", "string", "hill", None]
    # a variant without a network has no such key: the matrix changes nothing in it
    swept = scenario(text + "matrix: {network.preset: [wire, string]}\n").points()
    assert len({point.digest(None) for point in swept if point.variant == "D"}) == 1
    assert len({point.digest(None) for point in swept if point.variant == "C"}) == 2


@pytest.mark.parametrize("way", ["variant", "set"])
def test_an_overlay_that_brings_a_network_to_a_file_without_one_takes_it_whole(scenario, way):
    own = "channel: {type: fixed, rate: 5 Mbit/s, jitter: 1 ms}\ntransport: {type: arq, silence: free}\ncompute: {time: 1 ms}\n"
    made = scenario(own, "network.preset=wire") if way == "set" else scenario(own + "variants: {A: {network: {preset: wire}}}\n")
    assert only(made) == only(scenario(NETWORK + "compute: {time: 1 ms}\n"))
    assert only(scenario(own)).channel.rate.given == 5e6


def test_geometry_and_every_other_section_come_along(scenario):
    made = only(scenario("network: hill\n"))
    assert made.geometry.radius == 50 and made.downlink.own_rate == 1e6 and made.channel.fading.coherence_time == 0.01


ORIGINS = [
    ("channel: {type: fixed, rate: -1}", "preset bad: channel.rate must be > 0 bit/s, got -1"),
    ("channel: {type: fixd, rate: 1}", "preset bad: channel.type unknown channel 'fixd'; did you mean 'fixed'? known: "),
    ("channel: {type: fixed, rate: 1, speed: 2}", "preset bad: channel.speed unknown key 'speed' of channel 'fixed'"),
    ("geometry: {type: ring, radius: 1}\nchannel: {type: fixed, rate: 1}", "preset bad: geometry is not used by a fixed channel"),
]


@pytest.mark.parametrize(("section", "says"), ORIGINS)
def test_a_mistake_in_a_key_of_a_preset_names_the_preset(refused, folder, section, says):
    (folder / "bad.yaml").write_text(f"description: Wrong\n{section}\n")
    assert refused("network: {preset: bad}\n").startswith(says)


def test_a_mistake_beside_a_preset_names_its_own_place(refused):
    assert refused(NETWORK + "channel:\n  rate: -1\n").startswith("s.yaml:7: channel.rate must be > 0 bit/s, got -1")
    assert refused(NETWORK, "channel.rate=-1").startswith("--set channel.rate=-1: channel.rate must be")
    assert refused(NETWORK + "variants: {A: {channel: {rate: -1}}}\n").startswith("s.yaml:6 (variant 'A'): channel.rate must be")
    assert refused(NETWORK + "matrix: {channel.rate: [1, -1]}\n").startswith("s.yaml:6 (matrix): channel.rate must be")
    # what no preset can give is missing in the file, not in the preset
    assert refused(NETWORK + "data: {type: digits}\n").startswith("s.yaml:6: data is not used by")
    assert refused(NETWORK + "algorithm: {type: gd}\n").startswith("s.yaml:6: algorithm duplicate key")


def test_what_the_file_lacks_is_not_laid_on_the_preset():
    with pytest.raises(InputError) as caught:
        load({"network": "wire", "algorithm": "gd"})
    assert str(caught.value).startswith("objective is required; known: ")


KNOWN = "known: hill, string, wire"
NAMES = [
    ("network: {preset: wir}", f"network.preset unknown preset 'wir'; did you mean 'wire'? {KNOWN}"),
    ("network: Wire", f"network unknown preset 'Wire'; did you mean 'wire'? {KNOWN}"),
    ("network: {preset: 7}", f"network.preset unknown preset 7; {KNOWN}"),
    ("network: {preset: [wire]}", f"network.preset unknown preset ['wire']; did you mean 'wire'? {KNOWN}"),
    ("network: {preset: ../wire}", f"network.preset unknown preset '../wire'; did you mean 'wire'? {KNOWN}"),
    ("network: {}", f"network.preset is required; {KNOWN}"),
    ("network: 7", f"network must be {{preset: NAME}}, got 7; {KNOWN}"),
    ("network: [wire]", f"network must be {{preset: NAME}}, got ['wire']; {KNOWN}"),
    ("network: {preset: wire, rate: 1}", "network.rate unknown key 'rate'; known: preset"),
    ("network: {type: wire}", "network.type unknown key 'type'; known: preset"),
    *[(f"network: {{preset: {name}}}", f"network.preset '{name}' is planned and not in this version; {KNOWN}")
      for name in ("wifi-11ax", "lora-sf12", "nb-iot", "ethernet", "geo")],
]


@pytest.mark.parametrize(("line", "says"), NAMES)
def test_a_name_that_is_not_there(refused, line, says):
    # a bare word is refused under the key that it is short for
    says = says.replace("network unknown", "network.preset unknown")
    assert refused(f"{line}\n") == f"s.yaml:5: {says}"


def test_names_in_overlays_say_where_they_stand(refused):
    assert refused(NETWORK, "network.preset=x").startswith("--set network.preset=x: network.preset unknown preset 'x'; ")
    assert refused(NETWORK + "variants: {A: {network: x}}\n").startswith("s.yaml:6 (variant 'A'): network.preset unknown preset")
    assert refused(NETWORK, matrix=["network.preset=wire,leo"]).startswith(
        "--matrix network.preset=wire,leo (matrix): network.preset 'leo' is planned")
    assert refused("channel: {type: fixed, rate: 1}\nmatrix: {network.preset: [wire]}\n").startswith(
        "s.yaml:6: matrix.network.preset no such key in any variant")


OVERLAYS = ["", "transport: {retries: 1}\nvariants: {A: {}, B: {channel: {loss: 0}}}\n",
            "variants: {A: {}, B: {network: string}, C: {network: null, channel: {type: fixed, rate: 1}}}\n",
            "transport: {retries: 1}\nmatrix: {network.preset: [wire, string], channel.loss: [0, 1 %]}\n",
            "geometry: {type: ring, radius: 9 m}\n"
            "variants: {A: {network: hill}, B: {network: hill, channel: {bandwidth: 1e6}}}\n"]


@pytest.mark.parametrize("more", OVERLAYS)
def test_the_kept_file_loads_to_the_same_points(scenario, tmp_path, more):
    made = scenario(NETWORK + more) if "hill" not in more else scenario(more)
    (tmp_path / "kept.yaml").write_text(made.yaml())
    kept = load(tmp_path / "kept.yaml")
    assert kept.settings == made.settings and digests(kept) == digests(made)
    assert [point.labels for point in kept.points()] == [point.labels for point in made.points()]
    assert kept.yaml() == made.yaml()
    # where the preset is one for all, nothing of it is left: a later version of it changes nothing in what was kept
    varies = any("network" in line for line in more.splitlines())
    assert ("network" in yaml.safe_load(made.yaml())) == (varies and "hill" not in more)


def test_a_network_over_a_file_with_a_channel_is_kept_as_well(scenario, tmp_path):
    made = scenario("channel: {type: fixed, rate: 1, jitter: 1}\nvariants: {A: {}, B: {network: wire}}\n")
    (tmp_path / "kept.yaml").write_text(made.yaml())
    assert load(tmp_path / "kept.yaml").settings == made.settings


def test_a_payload_carries_the_expansion(scenario, folder):
    point = scenario(NETWORK).points()[0]
    (folder / "wire.yaml").unlink()
    assert type(point).from_payload(point.payload()).digest(None) == point.digest(None)
