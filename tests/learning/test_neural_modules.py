"""A user's own module: how it is found, made and tried; what is refused of it, in words."""

import numpy as np
import pytest
from neural_cases import made, random_samples

from wirelesssim.errors import InputError
from wirelesssim.learning.objectives import Objective, Shape
from wirelesssim.model import build
from wirelesssim.scenario.plugins import load_plugin

torch = pytest.importorskip("torch", reason="the extra `torch` is not installed")

HEAD = """
import numpy, torch
from torch import nn
from torch.nn import functional as F
"""


@pytest.fixture
def module(tmp_path):
    """`module(text)` writes a plug-in file and loads it; the value of the key `module` for its class Net."""
    def write(text, name="my_net.py"):
        file = tmp_path / name
        file.write_text(HEAD + text)
        load_plugin(file)
        return f"{file}:Net"
    return write


def layers(*parts, forward="self.parts(x)", arguments="classes"):
    """The text of a module of `parts` over six features."""
    return (f"class Net(nn.Module):\n    def __init__(self, {arguments}):\n        super().__init__()\n"
            f"        self.parts = nn.Sequential({', '.join(parts)})\n    def forward(self, x):\n        return {forward}\n")


def refused(objective, features=6):
    with pytest.raises(InputError) as error:
        build(Objective, {"type": "torch"} | objective).size(Shape(4, 50, features, 3))
    return str(error.value)


def test_a_class_is_made_with_what_its_signature_asks_for(module):
    name = module(layers("nn.Linear(input[0], width)", "nn.Tanh()", "nn.Linear(width, classes)",
                         arguments="input, classes, width=4"))
    assert build(Objective, {"type": "torch", "module": name}).size(Shape(4, 50, 6, 3)) == 6 * 4 + 4 + 4 * 3 + 3
    problem = made({"type": "torch", "module": name, "arguments": {"width": 9}, "precision": "float64"})
    assert problem.size == 6 * 9 + 9 + 9 * 3 + 3
    theta = problem.start()
    assert problem.gradients(theta, range(4)).sum(axis=0) == pytest.approx(problem.gradient(theta), abs=1e-15)


def test_a_class_without_arguments_and_a_function_do(module):
    plain = module(layers("nn.Linear(6, 3)", arguments="*, unused=1"))
    assert made({"type": "torch", "module": plain}).size == 21
    made_by = module("def Net(classes):\n    return nn.Linear(6, classes)\n", "by_function.py")
    assert made({"type": "torch", "module": made_by}).size == 21


def test_an_edited_file_is_another_network(module):
    text = layers("nn.Linear(6, 3)")
    before = build(Objective, {"type": "torch", "module": (name := module(text))}).stamp()
    again = module(text + "# edited\n")
    assert again == name and build(Objective, {"type": "torch", "module": name}).stamp() != before


def test_two_files_of_one_name_do_not_meet(tmp_path):
    for folder, width in (("one", 2), ("two", 5)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "net.py").write_text(HEAD + layers(f"nn.Linear(6, {width})", f"nn.Linear({width}, 3)"))
        load_plugin(tmp_path / folder / "net.py")
    for folder, size in (("one", 14 + 9), ("two", 35 + 18)):
        assert made({"type": "torch", "module": f"{tmp_path / folder / 'net.py'}:Net"}).size == size


def test_a_frozen_layer_is_no_part_of_theta(module):
    name = module(layers("nn.Linear(6, 8).requires_grad_(False)", "nn.Linear(8, 3)"))
    problem = made({"type": "torch", "module": name})
    assert problem.size == 27 and problem.gradient(problem.start()).shape == (27,)


def test_group_and_layer_normalisation_are_welcome(module):
    name = module(layers("nn.Linear(6, 8)", "nn.GroupNorm(2, 8)", "nn.ReLU(inplace=True)", "nn.LayerNorm(8)", "nn.Dropout(0.0)",
                         "nn.Linear(8, 3)"))
    problem = made({"type": "torch", "module": name, "precision": "float64"})
    theta = problem.start()
    assert problem.gradients(theta, range(4)).sum(axis=0) == pytest.approx(problem.gradient(theta), abs=1e-14)


NOISY = "self.parts(x) + 0.1 * torch.randn_like(self.parts(x))"


@pytest.mark.parametrize("parts, more, said", [
    (["nn.Linear(6, 8)", "nn.BatchNorm1d(8)", "nn.Linear(8, 3)"], {},
     "must not have BatchNorm1d (parts.1): it makes a sample's loss depend on the others"),
    (["nn.Linear(6, 8)", "nn.BatchNorm1d(8, track_running_stats=False)", "nn.Linear(8, 3)"], {}, "use GroupNorm or LayerNorm"),
    (["nn.Linear(6, 8)", "nn.Dropout(0.3)", "nn.Linear(8, 3)"], {}, "must not have Dropout (parts.1) with p = 0.3"),
    (["nn.Linear(6, 3)"], {"forward": "F.dropout(self.parts(x), 0.5, self.training)"}, "answers differently (dropout, noise)"),
    (["nn.Linear(6, 3)"], {"forward": NOISY}, "answers differently (dropout, noise)"),
    (["nn.Linear(6, 3)"], {"forward": "self.parts(x) * (2 if self.training else 1)"},
     "in evaluation mode it is another function"),
    (["nn.Linear(6, 3)"], {"forward": "self.parts(x - x.mean(dim=0))"}, "a sample alone has other scores than among others"),
    (["nn.Linear(6, 4)"], {}, "must make scores of shape (b, 3) from (b, 6), got (3, 4)"),
    (["nn.Linear(5, 3)"], {}, "failed on samples of shape (3, 6): RuntimeError"),
    (["nn.Flatten()"], {}, "must have parameters to train"),
    (["nn.Linear(6, 3)"], {"arguments": "depth"}, "arguments do not fit"),
    (["nn.Linear(6, int(numpy.random.default_rng().integers(3, 3)))"], {}, "failed when it was constructed: ValueError"),
    (["nn.Linear(6, 3)"], {"forward": "self.parts(x).detach()"}, "")])
def test_what_is_not_one_function_of_a_sample_is_refused(module, parts, more, said):
    if not said:  # a network that does not learn is no mistake of form: its gradient is zero
        problem = made({"type": "torch", "module": module(layers(*parts, **more))})
        assert not problem.gradient(problem.start()).any()
        return
    assert said in refused({"module": module(layers(*parts, **more))})


def test_a_start_from_elsewhere_is_refused(module):
    name = module("class Net(nn.Module):\n    def __init__(self, classes):\n        super().__init__()\n"
                  "        self.w = nn.Parameter(torch.tensor(numpy.random.default_rng().standard_normal((6, 3))))\n"
                  "    def forward(self, x):\n        return x @ self.w\n")
    assert "must draw its start from PyTorch's generator alone" in refused({"module": name})


def test_a_buffer_that_changes_is_refused(module):
    name = module("class Net(nn.Module):\n    def __init__(self, classes):\n        super().__init__()\n"
                  "        self.inner = nn.Linear(6, 3)\n        self.register_buffer('seen', torch.zeros(()))\n"
                  "    def forward(self, x):\n        self.seen += 1\n        return self.inner(x)\n")
    assert "must keep no statistics: a buffer changed" in refused({"module": name})


def test_a_name_that_is_not_there_says_what_is(module):
    name = module(layers("nn.Linear(6, 3)")).replace(":Net", ":Nett")
    with pytest.raises(InputError, match="module unknown class 'Nett' of my_net.py; did you mean 'Net'"):
        build(Objective, {"type": "torch", "module": name})


def test_not_a_module_is_refused(module):
    assert "must make a torch.nn.Module, got list" in refused({"module": module("def Net():\n    return []\n")})


def test_a_trained_network_of_ones_own(module):
    """Loss falls by a factor over plain gradient descent, which it could not if views of theta were not what is trained."""
    problem = made({"type": "torch", "module": module(layers("nn.Linear(6, 16)", "nn.ReLU()", "nn.Linear(16, 3)"))})
    theta = problem.start()
    before = problem.value(theta)
    for _ in range(200):
        theta = theta - np.float32(0.5) * problem.gradient(theta)
    assert problem.value(theta) < 0.3 * before


def test_samples_are_reshaped_as_asked(module):
    name = module("class Net(nn.Module):\n    def __init__(self, input, classes):\n        super().__init__()\n"
                  "        self.c = nn.Conv2d(input[0], 2, 2)\n        self.d = nn.Linear(4, classes)\n"
                  "    def forward(self, x):\n        return self.d(self.c(x).flatten(1))\n")
    problem = made({"type": "torch", "module": name, "input": [1, 2, 3]}, random_samples(features=6))
    assert problem.size == 2 * 4 + 2 + 4 * 3 + 3 and np.isfinite(problem.value(problem.start()))


def test_images_too_small_for_lenet5_are_refused_in_words():
    said = refused({"module": "lenet5"}, features=64)
    assert said.startswith("input must be of 12 x 12 pixels or more for lenet5, got 8 x 8") and "use resnet or mlp" in said
    assert "got 20 x 11" in refused({"module": "lenet5", "input": [1, 20, 11]}, features=220)
    # 12 x 12: padded by 2 the first convolution keeps 12, 6 after averaging, 2 after the second, 1 after averaging: 16 features
    size = build(Objective, {"type": "torch", "module": "lenet5"}).size(Shape(4, 50, 144, 3))
    assert size == (25 * 6 + 6) + (6 * 25 * 16 + 16) + (16 * 120 + 120) + (120 * 84 + 84) + (84 * 3 + 3)
