"""Every registered path loss and fading satisfies its family's contract; and a contract refuses what is wrong."""

import numpy as np
import pytest

from wirelesssim import radio  # noqa: F401  (registers the leaves)
from wirelesssim.model import build
from wirelesssim.radio import contracts
from wirelesssim.radio.fading import Fading, NoFading, Rayleigh
from wirelesssim.radio.pathloss import FreeSpace, PathLoss

PATH_LOSSES = [{"type": "free_space"}, {"type": "log_distance"},
               {"type": "log_distance", "exponent": 2.2, "reference_distance": "10 m"},
               {"type": "two_ray"}, {"type": "two_ray", "bs_height": "1.5 m"}, {"type": "cost_hata"},
               {"type": "cost_hata", "bs_height": "200 m", "city": "metropolitan"}, {"type": "macro"},
               {"type": "umi"}, {"type": "umi", "ut_height": "22.5 m", "penetration": "high"}, {"type": "umi", "nlos": "optional"},
               {"type": "uma"}, {"type": "uma", "ut_height": "22.5 m"}, {"type": "uma", "penetration": "low", "nlos": "optional"},
               {"type": "rma"}, {"type": "rma", "bs_height": "150 m", "ut_height": "10 m", "penetration": "low"},
               {"type": "inh"}, {"type": "inh", "office": "open", "nlos": "optional"},
               *({"type": "inf", "hall": hall} for hall in ("SL", "DL", "SH", "DH", "HH"))]
FADINGS = [{"type": "none"}, {"type": "rayleigh"}, {"type": "rician"},
           {"type": "rician", "k_factor": "-10 dB", "coherence_time": "1 ms"},
           {"type": "rician", "k_factor": "20 dB"},
           {"type": "nakagami"}, {"type": "nakagami", "m": 0.5}, {"type": "nakagami", "m": 7.5, "coherence_time": "1 ms"},
           {"type": "clarke"}, {"type": "clarke", "doppler": "70 Hz", "k_factor": "6 dB"},
           {"type": "clarke", "speed": "120 km/h"},
           {"type": "tdl"}, {"type": "tdl", "profile": "B", "delay_spread": "300 ns", "speed": "30 km/h"},
           {"type": "tdl", "profile": "C", "delay_spread": 0, "doppler": 5}]


def test_every_leaf_has_an_example_here():
    ours = "wirelesssim."  # a plug-in that another test registered is not ours to check
    for family, examples in ((PathLoss, PATH_LOSSES), (Fading, FADINGS)):
        assert {name for name, leaf in family.known.items() if leaf.__module__.startswith(ours)} <= {e["type"] for e in examples}


@pytest.mark.parametrize("example", PATH_LOSSES, ids=str)
def test_path_loss(example):
    contracts.check_path_loss(build(PathLoss, example))


@pytest.mark.parametrize("example", FADINGS, ids=str)
def test_fading(example):
    contracts.check_fading(build(Fading, example))


class _Amplifier:
    def gain(self, distance, frequency):
        return 2 * FreeSpace().gain(distance, frequency)


class _Growing:
    def gain(self, distance, frequency):
        return np.asarray(distance) / 1e6 + 1e-9


@pytest.mark.parametrize("wrong, sentence", [(_Amplifier(), "in \\(0, 1\\]"), (_Growing(), "grows")])
def test_path_loss_contract_refuses(wrong, sentence):
    with pytest.raises(AssertionError, match=sentence):
        contracts.check_path_loss(wrong)


class _Sequential:
    """A fading whose gains depend on the number of calls."""

    coherence_time = 0.02

    def process(self, streams, worker):
        generator = streams("fading", worker)

        class Process:
            def gains(self, first_block, count):
                return generator.standard_exponential(count)

        return Process()


class _AmplitudeForPower(_Sequential):
    """The mistake of a published code: the Rayleigh amplitude used as a power gain, E = sqrt(pi)/2."""

    def process(self, streams, worker):
        power = Rayleigh().process(streams, worker)

        class Process:
            def gains(self, first_block, count):
                return np.sqrt(power.gains(first_block, count))

        return Process()


class _WrongTail:
    """Mean 1, but not the distribution that it states."""

    outage, quantile = staticmethod(Rayleigh().outage), staticmethod(Rayleigh().quantile)

    def process(self, streams, worker):
        power = Rayleigh().process(streams, worker)

        class Process:
            def gains(self, first_block, count):
                return 0.5 + 0.5 * power.gains(first_block, count)

        return Process()


@pytest.mark.parametrize("wrong, sentence", [(_Sequential(), "asked before"), (_AmplitudeForPower(), "mean gain"),
                                             (_WrongTail(), "do not follow")])
def test_fading_contract_refuses(wrong, sentence):
    with pytest.raises(AssertionError, match=sentence):
        contracts.check_fading(wrong)


def test_no_fading_never_changes():
    assert NoFading().coherence_time == np.inf
