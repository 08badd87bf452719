"""The presets that ship: every number has a source, what follows from a table agrees with it, and messages get through."""

import dataclasses
import math
import re

import numpy as np
import pytest
import yaml

from wirelesssim.radio.noise import noise_power
from wirelesssim.radio.nr import resource_blocks
from wirelesssim.scenario import load, presets
from wirelesssim.scenario.schema import scenario_schema
from wirelesssim.simulation import Simulation

NAMES = presets.preset_names()
CELLS = ["lte-like", "nr-fr1-100mhz", "nr-fr1-20mhz"]
BASE = {"workers": 4, "stop": {"rounds": 2}, "objective": {"type": "quadratic", "dimension": 20}, "algorithm": {"type": "gd"}}
SOURCE = re.compile(r"(T[SR] \d\d\.\d{3}(-\d)?|RFC \d+|Report ITU-R M\.\d{4}|IEEE Std \d[\w.]*-\d{4}|doi 10\.\d{4,}/[\w.-]*\w"
                    r"|EN 300 220-\d|RP002-[\d.]*\d|LoRaWAN 1\.0\.4|SX1\d{3} data sheet)(, | [a-z(]|$|\)|:|;)")


def sections(name):
    return presets.preset(name).sections


def settings(name, **more):
    return next(iter(load(BASE | {"network": {"preset": name}} | more).settings.values()))


def without_source(text):
    """The lines of a preset whose value holds a number and whose comment names no document and clause, table or field."""
    body = text[text.index("\n\n"):].splitlines()
    bare = []
    for line in body:
        value, _, comment = line.partition("#")
        if re.search(r"(?<![a-z\d])\d", value.partition(":")[2]) and not (SOURCE.search(comment) and re.search(r"\w{4}", comment)):
            bare.append(line.strip())
    return bare


def test_what_is_known_and_what_is_planned():
    assert {*CELLS, "leo", "geo", "ethernet"} <= set(NAMES)
    assert presets.planned_names() == list(presets.LATER) and not set(NAMES) & set(presets.LATER)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_has_its_source_beside_it(name):
    text = (presets.FOLDER / f"{name}.yaml").read_text()
    assert without_source(text) == []
    numbers = sum(bool(re.search(r"\d", line.partition("#")[0].partition(":")[2])) for line in text.splitlines())
    assert numbers > (30 if name in CELLS else 5)  # the question was asked


def test_a_number_without_a_source_would_be_seen():
    text = "description: x\n\na: 3 dB  # as usual\nb: {c: 2}\nd: 4  # TS 38.331, Alpha\ne: tdl\n"
    assert without_source(text) == ["a: 3 dB  # as usual", "b: {c: 2}"]


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_is_sections_and_one_sentence(name):
    whole = yaml.safe_load((presets.FOLDER / f"{name}.yaml").read_text())
    assert set(whole) - {"description"} <= set(presets.SECTIONS) and {"channel", "access", "downlink", "transport"} <= set(whole)
    assert whole["description"].strip() and len(whole["description"].splitlines()) == 1
    assert all("type" in section for section in sections(name).values())  # so that a file's other type replaces it
    assert name in str(scenario_schema()["properties"]["network"])


# -- what is derived: the number again from the package's own tables, or by the formula of the comment --------------------


@pytest.mark.parametrize(("name", "bandwidth", "share"), [
    ("nr-fr1-20mhz", 20e6, 0.7), ("nr-fr1-100mhz", 100e6, 0.7), ("lte-like", 10e6, 1.0)])
def test_the_grid_and_its_downlink_slots(name, bandwidth, share):
    channel, phy = settings(name).channel, settings(name).channel.phy
    blocks = 50 if name == "lte-like" else resource_blocks(bandwidth, 30e3)  # TS 36.101, table 5.6-1: 10 MHz
    assert channel.bandwidth == bandwidth and phy.blocks_in(channel.carrier, bandwidth) == blocks
    pattern = phy.duplex.pattern(phy.numerology)
    assert (pattern.downlink == 14).mean() == share


@pytest.mark.parametrize(("name", "edge_db"), [("nr-fr1-20mhz", 29.6), ("nr-fr1-100mhz", 22.6), ("lte-like", 48.8)])
def test_the_model_goes_over_the_radio_and_reaches_the_edge(name, edge_db):
    """No rate is stated. The median SNR at the edge without line of sight, by hand: power + antenna - loss - noise, with
    noise -174 + 7 + 10 log10(20 MHz) = -94 dBm (100 MHz: -87, LTE -174 + 9 + 70 = -95) and, at 105 m and 3.5 GHz,
    35.3 log10(hypot(105, 8.5)) + 22.4 + 21.3 log10(3.5) = 105.4 dB, so 33 + 8 - 105.4 + 94 = 29.6 dB, and 22.6; LTE, at 262 m,
    128.1 + 37.6 log10(0.262) = 106.2 dB: 46 + 14 - 106.2 + 95 = 48.8 dB."""
    made = settings(name)
    channel = made.channel
    assert made.downlink.own_rate is None and channel.carries_downlink
    law = dataclasses.replace(channel.path_loss, state="nlos") if hasattr(channel.path_loss, "state") else channel.path_loss
    received = channel.downlink_tx_power * channel.antenna_gain * law.gain(made.geometry.radius, channel.carrier)
    snr = received / noise_power(channel.bandwidth, channel.worker_noise_figure.given)
    assert 10 * math.log10(snr) == pytest.approx(edge_db, abs=0.1)


@pytest.mark.parametrize(("name", "blocks"), [("nr-fr1-20mhz", 51), ("nr-fr1-100mhz", 273)])
def test_grants_of_nr(name, blocks):
    """A control region is whole sixes of blocks; each symbol of it holds one group of 12 subcarriers a block, six an element."""
    elements = 2 * (6 * (blocks // 6)) // 6
    assert settings(name).access.users_per_slot == elements // 4


def test_grants_of_lte():
    """50 blocks, two antenna ports: groups of 4 subcarriers, 2 a block in the first symbol (references), 3 in the next two:
    400; 4 of them tell the format, 3 each the ceil(50/8) = 7 groups of answers: 375 are left, 9 an element: 41."""
    elements = (50 * (2 + 3 + 3) - 4 - 3 * math.ceil(50 / 8)) // 9
    assert elements == 41 and settings("lte-like").access.users_per_slot == elements // 4


@pytest.mark.parametrize(("name", "apart"), [("nr-fr1-20mhz", 200), ("nr-fr1-100mhz", 200), ("lte-like", 500)])
def test_the_cell_has_the_area_of_a_hexagon(name, apart):
    # a hexagon whose neighbours' centres are d apart has the area d^2 sqrt(3)/2
    assert settings(name).geometry.radius == math.floor(math.sqrt(apart**2 * math.sqrt(3) / 2 / math.pi))


def test_the_delay_spread_is_the_median_of_the_standard():
    made = settings("nr-fr1-20mhz").channel
    assert made.fading.delay_spread == pytest.approx(10 ** (-6.83 - 0.24 * math.log10(1 + made.carrier / 1e9)), rel=2e-3)


def test_the_two_nr_presets_differ_in_what_the_bandwidth_changes():
    def flat(data, path=()):
        return {key: value for name, item in data.items() for key, value in (
            flat(item, (*path, name)) if isinstance(item, dict) else {(*path, name): item}).items()}

    small, large = flat(sections("nr-fr1-20mhz")), flat(sections("nr-fr1-100mhz"))
    assert {key for key in small | large if small.get(key) != large.get(key)} == {
        ("channel", "bandwidth"), ("access", "users_per_slot")}


@pytest.mark.parametrize(("name", "bytes_before"), [("nr-fr1-20mhz", 10), ("lte-like", 7)])
def test_a_packet_is_1500_bytes_of_ip_and_the_layers_below(name, bytes_before):
    made = settings(name).transport
    assert (made.mtu, made.header) == (8 * (1500 + bytes_before), 8 * (20 + 8 + bytes_before))


# -- they run -----------------------------------------------------------------------------------------------------------


def uplinks(name, **more):
    """Seconds of each uplink message, and whether all of it arrived."""
    rows = Simulation(settings(name, **more), replication=0).run().transmissions
    return [(row.end_s - row.start_s, row.delivered == row.packets) for row in rows if row.direction == "uplink"]


@pytest.mark.parametrize("name", CELLS)
def test_messages_get_through(name):
    """Nothing beats a grant: the first message asks, so that two grants, two preparations and decoding pass at the least."""
    found = uplinks(name)
    assert len(found) == 2 * BASE["workers"] and all(arrived for _, arrived in found)
    access, slot = settings(name).access, settings(name).channel.phy.numerology.slot_duration
    least = (2 * (access.processing + access.k2) + access.decoding) * slot
    assert all(least < time < 1.0 for time, _ in found)


@pytest.mark.parametrize("name", CELLS)
def test_every_model_arrives_in_one_slot(name):
    """20 values of 32 bits and 38 B of headers are 944 bits: one slot at the weakest worker's scheme, and nobody is lost."""
    rows = Simulation(settings(name), replication=0).run().transmissions
    down = [row for row in rows if row.direction == "downlink"]
    slot = settings(name).channel.phy.numerology.slot_duration
    assert len(down) == 2 and all(row.receivers == BASE["workers"] and row.delivered == row.packets for row in down)
    assert all(row.end_s / slot == pytest.approx(round(row.end_s / slot), abs=1e-6) for row in down)  # at a slot's end
    assert all(row.end_s - row.start_s <= 5 * slot for row in down)  # a part of a slot, three that are not downlink, its own


def test_a_wider_band_is_faster():
    """Ten workers at the same places, 2.6 kB each at once: 20 MHz has them wait for blocks, 100 MHz has blocks for all."""
    digits = {"workers": 10, "stop": {"rounds": 4}, "data": {"type": "digits", "train": 200, "test": 50},
              "objective": {"type": "softmax"}, "compute": {"time": "2 ms"}}
    means = {name: np.mean([time for time, _ in uplinks(name, **digits)]) for name in ("nr-fr1-20mhz", "nr-fr1-100mhz")}
    assert means["nr-fr1-100mhz"] < 0.85 * means["nr-fr1-20mhz"], means
