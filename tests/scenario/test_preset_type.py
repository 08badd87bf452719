"""A dotted `.type` laid over a preset takes the preset's keys of that section with it, and leaves the user's own."""

import pytest
import yaml

from wirelesssim.errors import InputError
from wirelesssim.scenario import load

BASE = """\
workers: 2
stop: {rounds: 1}
objective: {type: messages, uplink: 1 kB}
network: {preset: wifi-11ax}
"""


def settings(*overrides, more="", **options):
    [made] = load(yaml.safe_load(BASE + more), overrides, **options).settings.values()
    return made


@pytest.mark.parametrize("override, whole", [
    ("access.type=ofdma_trigger", "access={type: ofdma_trigger}"),
    ("downlink.type=unicast", "downlink={type: unicast}"),
    ("channel.fading.type=rayleigh", "channel.fading={type: rayleigh}"),
    ("transport.type=unreliable", "transport={type: unreliable}")])
def test_the_presets_keys_go_with_their_type(override, whole):
    """As if the section had been replaced whole; the keys of csma (eifs, retry_limit, ...) are none of ofdma_trigger."""
    assert settings(override) == settings(whole) != settings()


def test_the_same_type_keeps_them():
    assert settings("access.type=csma") == settings()


def test_a_matrix_key_does_the_same():
    points = load(yaml.safe_load(BASE), matrix=["access.type=csma,ofdma_trigger"]).points()
    assert [point.settings for point in points] == [settings(), settings("access={type: ofdma_trigger}")]


def test_a_scenario_that_is_written_out_means_the_same():
    text = load(yaml.safe_load(BASE), ["access.type=ofdma_trigger"]).yaml()
    [made] = load(yaml.safe_load(text)).settings.values()
    assert made == settings("access={type: ofdma_trigger}")


def test_other_keys_of_the_user_stay():
    made = settings("access.type=ofdma_trigger", "access.poll=1 ms", "channel.fading.type=rayleigh",
                    more="channel: {tx_power: 10 dBm}\n")
    assert (made.access.type_name, made.access.poll) == ("ofdma_trigger", pytest.approx(0.001))
    assert made.channel.tx_power == settings("channel.tx_power=10 dBm").channel.tx_power and made.channel.phy == settings().channel.phy


@pytest.mark.parametrize("options, way", [
    ({"overrides": ["access.type=ofdma_trigger"]}, "--set 'access={type: ofdma_trigger}' replaces the section whole"),
    ({"matrix": ["access.type=csma,ofdma_trigger"]},
     "{type: ofdma_trigger} as a value of access, not of access.type, replaces the section whole")])
def test_a_key_of_the_users_own_that_does_not_fit_is_refused_with_the_way_out(options, way, tmp_path):
    """One line, of the user's key alone: not of the preset's."""
    (tmp_path / "s.yaml").write_text(BASE + "access: {rts_threshold: 500 B}\n")
    with pytest.raises(InputError) as refused:
        load(tmp_path / "s.yaml", **options)
    assert len(refused.value.problems) == 1 and str(refused.value).endswith(way)
    assert "s.yaml:5: access.rts_threshold unknown key" in str(refused.value)
    [made] = load(tmp_path / "s.yaml", ["access={type: ofdma_trigger}"]).settings.values()
    assert made.access.type_name == "ofdma_trigger"


def test_a_mistyped_key_of_the_type_that_it_was_has_no_such_way_out():
    with pytest.raises(InputError, match="unknown key 'rts'") as refused:
        settings("access.type=csma", "access.rts=1")
    assert "section whole" not in str(refused.value)
