"""Kept machine code is that of today's sources, also of those that a kernel's own file does not show."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wirelesssim import compiled

PACKAGE = Path(compiled.__file__).parent
OUTER = "from ..compiled import compiled\nfrom ..inner.kernels import double\nfrom .rules import MORE\n\n@compiled\ndef f(x):\n    return double(x) + MORE\n"
INNER = "from ..compiled import compiled\n\n@compiled\ndef double(x):\n    return 2 * x\n"


def test_the_slot_loop_is_made_of_what_it_calls_and_of_its_constants():
    found = {str(path.relative_to(PACKAGE)) for path in compiled.sources(PACKAGE / "network" / "nr" / "kernels.py")}
    assert {"network/nr/kernels.py", "network/nr/harq/kernels.py", "network/nr/signal/kernels.py", "radio/nr/kernels.py",
            "network/nr/rules.py", "compiled.py"} <= found


@pytest.fixture
def package(tmp_path):
    """A package of two files of kernels, the outer of which calls the inner and takes in a constant."""
    root = tmp_path / "waves"
    for name, text in {"__init__.py": "", "outer/__init__.py": "", "inner/__init__.py": "", "outer/kernels.py": OUTER,
                       "outer/rules.py": "MORE = 1\n", "inner/kernels.py": INNER}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    shutil.copy(compiled.__file__, root / "compiled.py")
    return root


def answer(package: Path) -> str:
    """f(5) in a process of its own."""
    code = "from waves.outer.kernels import f; print(f(5), f.stats.cache_hits and sum(f.stats.cache_hits.values()))"
    return subprocess.run([sys.executable, "-c", code], cwd=package.parent, capture_output=True, text=True, check=True).stdout


def test_what_is_called_may_change(package):
    assert answer(package).split()[0] == "11"  # 2 x 5 + 1
    assert answer(package).split() == ["11", "1"]  # kept
    (package / "inner" / "kernels.py").write_text(INNER.replace("2 * x", "3 * x"))
    assert answer(package).split()[0] == "16"  # 3 x 5 + 1
    (package / "outer" / "rules.py").write_text("MORE = 2\n")
    assert answer(package).split()[0] == "17"
