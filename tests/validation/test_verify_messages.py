"""The rows of messages, narrowband and triggered technologies fail when their models are wrong by little."""

from importlib import import_module

import pytest

from wirelesssim.network.headers import LAYERS
from wirelesssim.network.wifi.trigger import rules as trigger_rules
from wirelesssim.radio.nbiot import tables as nbiot_tables
from wirelesssim.radio.phy_ltem import LteM
from wirelesssim.radio.phy_nbiot import NbIot
from wirelesssim.validation import messages, narrowband, wifi_contention, wifi_trigger
from wirelesssim.validation.reference import rows

nbiot_schemes = import_module("wirelesssim.radio.nbiot.schemes")  # whose name in the package is that of its function


def failed(seen):
    return not seen.deviation <= seen.tolerance


@pytest.mark.parametrize("module", [messages, narrowband, wifi_trigger], ids=lambda module: module.__name__.split(".")[-1])
def test_all_pass(module):
    assert [check.model for check in module.checks() if not check.run().passed] == []


def spoil(monkeypatch, **change):
    """`messages.run` whose sections differ by `change`, key by key."""
    plain = messages.run
    for module in (messages, wifi_trigger):
        monkeypatch.setattr(module, "run", lambda objective, **said: plain(
            objective, **said | {name: said.get(name, {}) | each for name, each in change.items()}))


def test_a_queue_that_serves_a_tenth_longer(monkeypatch):
    spoil(monkeypatch, channel={"rate": "0.9 Mbit/s"})
    assert failed(messages.queue())


def test_a_layer_of_a_byte_more(monkeypatch):
    monkeypatch.setitem(LAYERS, "dtls", (38, LAYERS["dtls"][1]))
    assert messages.headers() == (1, 0)


@pytest.mark.parametrize("name", messages.ROUNDS)
def test_a_way_of_a_millionth_of_a_second_more(monkeypatch, name):
    latency = {"leo": 0.025, "geo": 0.256, "ethernet": 13.4e-6}[name] + 1e-6
    plain = messages.presets.preset(name)
    monkeypatch.setattr(messages.presets, "preset", lambda _: plain)
    monkeypatch.setitem(plain.sections["channel"], "latency", latency)
    assert failed(messages.preset_rounds(name))


def test_another_guard_interval(monkeypatch):
    spoil(monkeypatch, access={"guard_interval": "3.2 us"})
    assert failed(wifi_trigger.exchanges())


def test_a_header_of_a_frame_of_two_hundred_bytes_more(monkeypatch):
    plain = trigger_rules.TriggerRules.mpdu_bytes
    monkeypatch.setattr(trigger_rules.TriggerRules, "mpdu_bytes", lambda self, bits: plain(self, bits) + 200)
    assert failed(wifi_trigger.exchanges())


@pytest.mark.parametrize("table, name", [("nbiot", "transport_block_size"), ("lte", "block_size")])
def test_one_size_that_is_wrong(monkeypatch, table, name):
    plain = getattr(narrowband, name)
    monkeypatch.setattr(narrowband, name, lambda i_tbs, place: plain(i_tbs, place) + 8 * ((i_tbs, place) == (6, 1)))
    assert narrowband.sizes(table) == (1, 0)


def test_a_resource_unit_that_is_longer(monkeypatch):
    units = nbiot_tables._RESOURCE_UNITS
    longer = nbiot_tables.ResourceUnit(3, 15e3, 0.005, 144)
    monkeypatch.setitem(units, (3, 15e3), longer)
    assert narrowband.reference_channels().deviation == 1  # of the two with three tones, the one whose time is said


def test_pauses_preambles_and_delays(monkeypatch):
    monkeypatch.setattr(nbiot_schemes, "GAP", 0.041)
    assert failed(narrowband.block_times())
    monkeypatch.setattr(nbiot_schemes, "AFTER", 0.004)
    assert failed(narrowband.peak_rates())


@pytest.mark.parametrize("phy", [NbIot, LteM])
def test_blocks_whose_headers_are_a_byte_longer(monkeypatch, phy):
    cases = [(phy(block_header=32) if isinstance(one, phy) else one, *more) for one, *more in narrowband._MESSAGES]
    monkeypatch.setattr(narrowband, "_MESSAGES", cases)
    assert failed(narrowband.block_messages())


def test_messages_without_padding(monkeypatch):
    monkeypatch.setattr(narrowband.TurnLink, "finish", lambda self, *what: self.link.finish(*what))
    assert failed(narrowband.block_messages())


def test_repetitions_that_gain_half_a_decibel_more(monkeypatch):
    plain = nbiot_schemes.repetition_gain_db
    monkeypatch.setattr(nbiot_schemes, "repetition_gain_db", lambda repetitions: plain(repetitions) + 0.5 * (repetitions > 1))
    assert failed(narrowband.coverage())


def test_ns3_points_are_those_of_the_checks():
    """Throughputs, rounds: what the figures show is what the rows hold the loop against."""
    points = [(row["standard"], int(row["stations"]), float(row["value"])) for row in rows("wifi_ns3")
              if row["metric"] == "Mbit/s"]
    assert points == [(case[2], case[1], case[5]) for case in wifi_contention._NS3]
    makespans = [(int(row["bytes"]), int(row["stations"]), float(row["value"])) for row in rows("wifi_ns3")
                 if row["metric"] == "makespan"]
    assert makespans == wifi_contention._ROUNDS
