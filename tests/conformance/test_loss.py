"""Every registered loss satisfies the family's contract; and the contract refuses what is wrong."""

import numpy as np
import pytest

from wirelesssim import radio  # noqa: F401  (registers the leaves)
from wirelesssim.model import build
from wirelesssim.radio.contracts import check_loss
from wirelesssim.radio.loss import Iid, Loss

EXAMPLES = [
    0.0, "2 %", "30 %", "99 %", 1.0,
    {"type": "gilbert_elliott", "good": "1 s", "bad": "50 ms", "loss_bad": "30 %"},
    {"type": "gilbert_elliott", "good": "40 ms", "bad": "30 ms", "loss_good": "1 %", "loss_bad": "90 %"},
    {"type": "gilbert_elliott", "good": "5 ms", "bad": "200 ms", "loss_bad": 1},
]


def test_every_leaf_has_an_example_here():
    ours = {name for name, leaf in Loss.known.items() if leaf.__module__.startswith("wirelesssim.")}
    assert ours == {build(Loss, example).type_name for example in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_loss(example):
    check_loss(build(Loss, example))


class _Wrong:
    """Independent losses whose parts a test can spoil."""

    def __init__(self, said=0.2, burst=None, packet=None):
        self.mean_loss, self.law = said, Iid(probability=0.2)
        self.process = burst or self.law.process
        self.packet_process = packet or self.law.packet_process


class _InOrderOfCalls:
    def __init__(self, streams, worker, purpose="data"):
        self.generator = streams("loss", worker)

    def arrivals(self, round, packets, attempt, starts, ends):
        return self.generator.random(len(packets)) >= 0.2


class _WholeBurst:
    """All packets of a burst share their fate: right on average, wrong in distribution."""

    def __init__(self, streams, worker, purpose="data"):
        self.counted = streams.counted("loss", worker)

    def arrivals(self, round, packets, attempt, starts, ends):
        return np.full(len(packets), self.counted.uniforms(round, 1, attempt)[0] >= 0.2)


class _RepeatsShareTheFate:
    """A repeat is decided by the uniform of the first try: repeating never helps."""

    def __init__(self, streams, worker, purpose="data"):
        self.counted = streams.counted("loss", worker)

    def arrivals(self, round, packets, attempt, starts, ends):
        return self.counted.uniforms(round, 100)[packets] >= 0.2


@pytest.mark.parametrize("wrong, sentence", [
    (_Wrong(said=0.25), "mean_loss says"), (_Wrong(burst=_InOrderOfCalls), "order"),
    (_Wrong(burst=_WholeBurst), "differ in the number lost by the first"),
    (_Wrong(burst=_RepeatsShareTheFate), "differ in the number lost by both"),
])
def test_contract_refuses(wrong, sentence):
    with pytest.raises(AssertionError, match=sentence):
        check_loss(wrong)
