"""The Wi-Fi rows of `verify-models` fail when a model is wrong (that they pass: `test_verify_models`)."""

import pytest

from wirelesssim.radio.wifi import modes as true_modes
from wirelesssim.validation import wifi_links


def passed():
    return {check.model: check.run().passed for check in wifi_links.checks()}


@pytest.mark.parametrize("name, wrong, fail", [
    ("modes", lambda standard, band=20e6, streams=1, guard=800: true_modes(standard, band, streams, 800), {"rates of"}),
    ("ppdu_duration", lambda mode, size: mode.preamble + 8 * size * 10**9 // round(mode.rate), {"PPDU dur", "control "}),
    ("trigger_duration", lambda mode, users: 48_000, {"control "}),
    ("required_snr", lambda mode, bits, target, law: 10**1.3, {"NIST err"}),
    ("log_success_per_bit", lambda snr, mode, law: -1e-3 * snr, {"soft err"})])
def test_a_wrong_model_fails(monkeypatch, name, wrong, fail):
    monkeypatch.setattr(wifi_links, name, wrong)
    assert {model[:8] for model, good in passed().items() if not good} == fail
