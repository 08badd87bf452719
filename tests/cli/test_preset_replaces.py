"""A preset laid over a file's own sections says so; `check --expand` speaks of gains in dB."""

import yaml

SMALL = """\
name: small
stop: {rounds: 1}
objective: {type: quadratic, dimension: 5}
algorithm: {type: gd}
channel: {type: fixed, rate: 1 Mbit/s}
downlink: {type: ideal}
variants:
  A: {}
  B: {network: {preset: wifi-11a}}
"""
LINE = "the preset wifi-11a replaces the file's channel, downlink; "


def test_check_and_run_say_what_is_replaced(command):
    (command.folder / "s.yaml").write_text(SMALL)
    for argv in (["check", "s.yaml"], ["run", "s.yaml"], ["run", "s.yaml", "--json"]):
        status, out, err = command(*argv)
        assert status == 0 and err.count("replaces") == 1 and f"variant B: {LINE}" in err and "replaces" not in out
    assert "replaces" not in command("run", "s.yaml", "--quiet")[2]


def test_by_set_it_is_all_variants(command):
    (command.folder / "s.yaml").write_text(SMALL.split("variants")[0])
    assert f"small: {LINE}" in command("check", "s.yaml", "--set", "network.preset=wifi-11a")[2]


def test_nothing_is_said_where_the_preset_lies_beneath(command):
    text = SMALL.split("variants")[0].replace("channel: {type: fixed, rate: 1 Mbit/s}\n", "network: {preset: wifi-11a}\n")
    (command.folder / "s.yaml").write_text(text)
    status, _, err = command("check", "s.yaml")
    assert status == 0 and "replaces" not in err


def test_a_section_beside_the_preset_is_not_replaced(command):
    beside = SMALL.replace("B: {network: {preset: wifi-11a}}", "B: {network: {preset: wifi-11a}, downlink: {type: ideal}}")
    (command.folder / "s.yaml").write_text(beside.replace("\ndownlink: {type: ideal}", ""))
    assert "replaces the file's channel; " in command("check", "s.yaml")[2]


def test_gains_are_printed_in_decibels(command):
    """NF 10 dB is 10, no gain is 0 dB; what is printed reads back to the same settings."""
    (command.folder / "s.yaml").write_text(SMALL)
    out = command("check", "s.yaml", "--expand")[1]
    channel = yaml.safe_load(out)["variants"]["B"]["channel"]
    assert channel["noise_figure"] == "10 dB" and channel["antenna_gain"] == "0 dB" and " x\n" not in out
