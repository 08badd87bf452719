"""Figures on disk: all kinds, the same bytes, whole or not at all; and what importing costs."""

import subprocess
import sys

import pytest
from view_cases import grid, rounds

from wirelesssim.errors import InputError
from wirelesssim.view import plot, save


@pytest.mark.parametrize("suffix, magic", [("pdf", b"%PDF"), ("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_same_tables_give_the_same_bytes(tmp_path, suffix, magic):
    points = grid(channel__loss=["0 %", "1 %"])
    paths = [save(plot(rounds(points=points), style="ieee"), tmp_path / "new" / f"{name}.{suffix}") for name in "ab"]
    first, second = (path.read_bytes() for path in paths)
    assert first == second and first.startswith(magic) and len(first) > 5000
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [f"a.{suffix}", f"b.{suffix}"]  # nothing else is left


def test_pdf_has_type_42_fonts_alone(tmp_path):
    content = save(plot(rounds(), style="ieee"), tmp_path / "a.pdf").read_bytes()
    assert b"/Subtype /Type3" not in content and b"/FontFile2" in content


@pytest.mark.parametrize("name", ["a.jpg", "a"])
def test_another_suffix_is_refused_and_nothing_is_written(tmp_path, name):
    with pytest.raises(InputError, match="known: .pdf, .png, .svg"):
        save(plot(rounds()), tmp_path / "new" / name)
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_the_old_file(tmp_path):
    class Broken:
        def savefig(self, file, **_):
            file.write(b"half")
            raise KeyboardInterrupt

    (tmp_path / "a.pdf").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        save(Broken(), tmp_path / "a.pdf")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.pdf", "old")]


def test_a_notebook_shows_a_figure_without_pyplot():
    assert plot(rounds())._repr_png_().startswith(b"\x89PNG")


def test_tables_and_progress_do_not_load_matplotlib_and_nothing_loads_pyplot():
    code = ("import sys, wirelesssim.view as view; view.Progress; assert 'pandas' not in sys.modules; "
            "view.summary_table; assert 'matplotlib' not in sys.modules; "
            "view.plot; assert 'matplotlib.pyplot' not in sys.modules")
    subprocess.run([sys.executable, "-c", code], check=True)
