"""A plug-in file that fails leaves nothing behind: mended, it loads in the same process, and no other model suffers."""

import os
import sys

import pytest

from wirelesssim.errors import InputError
from wirelesssim.model import build, check_decorated, families, forget
from wirelesssim.nodes.compute import Compute
from wirelesssim.scenario.plugins import load_plugin

HEAD = "from wirelesssim.model import model\nfrom wirelesssim.nodes.compute import Compute\n\n"
BODY = "    def times(self, workers, streams):\n        return [1.0] * workers\n\n\n"


def leaf(name, decorated=True):
    return f"{'@model' * decorated}\nclass {name.title()}(Compute, name='{name}'):\n{BODY}"


@pytest.fixture(autouse=True)
def known():
    """The computes of other tests' plug-ins are none of ours."""
    before = dict(Compute.known)
    yield before
    for module in {leaf.__module__ for leaf in Compute.known.values()} - {leaf.__module__ for leaf in before.values()}:
        forget(module)
        del sys.modules[module]


@pytest.mark.parametrize(("text", "says"), [
    (HEAD + leaf("brief") + "1 / 0\n", r"plug\.py:10: the plug-in file failed: ZeroDivisionError: division by zero"),
    (HEAD + leaf("bare", decorated=False) + "1 / 0\n", "ZeroDivisionError"),
    (HEAD + leaf("bare", decorated=False), "TypeError: Bare lacks @model"),
    (HEAD + leaf("brief") + leaf("brief"), None),  # the same class twice in a file is one class
])
def test_a_failed_file_can_be_mended(tmp_path, known, text, says):
    path = tmp_path / "plug.py"
    path.write_text(text)
    if says is not None:
        with pytest.raises(InputError, match=says) as caught:
            load_plugin(path)
        assert caught.value.__suppress_context__ and len(caught.value.problems) == 1
        assert Compute.known == known
    check_decorated()
    assert build(Compute, "fixed").type_name == "fixed"
    path.write_text(HEAD + leaf("brief"))
    assert [model.type_name for model in load_plugin(path)] == ["brief"]
    assert build(Compute, "brief").times(2, None) == [1.0, 1.0]
    assert families()["compute"] is Compute


def test_the_second_forgotten_decorator_does_not_outlive_the_first(tmp_path, known):
    """The first is named as soon as the second class is met, and neither is left to trouble whoever looks next."""
    path = tmp_path / "plug.py"
    path.write_text(HEAD + leaf("first", decorated=False) + leaf("second", decorated=False))
    with pytest.raises(InputError, match="First lacks @model"):
        load_plugin(path)
    check_decorated()
    assert Compute.known == known


def test_an_edit_within_the_same_second_and_of_the_same_length_is_run(tmp_path, known, monkeypatch):
    """Python tells a stale .pyc by the second and the size; a plug-in is run from its text, and leaves no cache behind."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "plug.py"
    for value in ("1.0", "2.0"):
        path.write_text((HEAD + leaf("brief")).replace("1.0", value))
        os.utime(path, (1_000_000_000, 1_000_000_000))
        load_plugin(path)
        assert build(Compute, "brief").times(1, None) == [float(value)]
    assert list(tmp_path.iterdir()) == [path]
