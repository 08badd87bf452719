"""Each check of IEEE 802.15.4 fails when its model is wrong (that it passes: `test_verify_models`)."""

from wirelesssim.network.wpan import alone, twin
from wirelesssim.radio import ieee802154
from wirelesssim.validation import wpan


def failed(seen):
    return not seen.deviation <= seen.tolerance


def test_a_duration_of_a_symbol_more(monkeypatch):
    monkeypatch.setattr(ieee802154, "ACK_WAIT", ieee802154.ACK_WAIT + ieee802154.SYMBOL)
    assert failed(wpan.durations())


def test_an_error_law_a_little_off(monkeypatch):
    law = wpan.bit_error_rate
    monkeypatch.setattr(wpan, "bit_error_rate", lambda snr: law(1.00001 * snr))
    assert failed(wpan.error_law())


def spoil(monkeypatch, **change):
    """`WpanAlone` whose access differs by `change`."""
    monkeypatch.setattr(wpan, "WpanAlone", lambda workers=1, access=None, *rest, **said: alone.WpanAlone(
        workers, (access or {}) | change, *rest, **said))


def test_other_backoffs(monkeypatch):
    spoil(monkeypatch, min_be=2)
    assert failed(wpan.lone_sender()) and failed(wpan.collisions())


def test_another_retry(monkeypatch):
    spoil(monkeypatch, retries=2)
    assert failed(wpan.transmissions())


def test_a_twin_that_listens_a_symbol_less(monkeypatch):
    monkeypatch.setattr(twin, "CCA", twin.CCA - ieee802154.SYMBOL)
    assert failed(wpan.twin())
