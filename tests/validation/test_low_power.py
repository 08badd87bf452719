"""Each check of the topic fails when its model is wrong."""

import numpy as np
import pytest

from wirelesssim.network.aloha.ether import Ether, SlottedEther
from wirelesssim.network.aloha.timing import Slotted
from wirelesssim.network.lora.duty import DutyCycle
from wirelesssim.validation import low_power


def failed(seen):
    return not seen.deviation <= seen.tolerance


@pytest.mark.parametrize("change", [lambda symbols: symbols + (symbols > 90), lambda symbols: symbols - (symbols == 28)])
def test_a_symbol_too_many_or_few(monkeypatch, change):
    plain = low_power.payload_symbols
    monkeypatch.setattr(low_power, "payload_symbols", lambda *said: change(plain(*said)))
    assert failed(low_power.airtime("symbols"))


def test_a_wrong_preamble(monkeypatch):
    plain = low_power.time_on_air
    monkeypatch.setattr(low_power, "time_on_air", lambda *said: plain(*said[:4], 8, *said[5:]))
    assert failed(low_power.airtime("time"))


def test_a_duty_cycle_by_silence_alone_fills_some_hours_too_far(monkeypatch):
    """T (1/d - 1) after a frame leaves d hours and up to T (1 - d) by the edges."""
    monkeypatch.setattr(DutyCycle, "earliest", lambda self, now, duration: max(now, self._free))
    assert failed(low_power.duty_cycle())


def test_collisions_that_only_the_later_frame_feels(monkeypatch):
    def meet(self, frame, others):
        frame.overlapped = bool(others)

    monkeypatch.setattr(Ether, "_meet", meet)
    assert failed(low_power.pure_poisson()) and failed(low_power.slotted_poisson())


def test_slots_that_nobody_shares(monkeypatch):
    monkeypatch.setattr(SlottedEther, "end", lambda self, frame: True)
    assert failed(low_power.slotted_senders())


def test_a_coin_of_another_chance(monkeypatch):
    monkeypatch.setattr(Slotted, "_later", lambda self, uniform: int(np.log1p(-uniform) / np.log1p(-0.8 * self.probability)))
    assert failed(low_power.slotted_senders())
