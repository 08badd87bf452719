"""The architecture, executable: who may import whom. Imports only go down; `learning` and `radio` never meet."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "wirelesssim"

GROUND = {"compiled", "errors", "units", "rng", "model", "perworker", "records"}
# a room -> the rooms of this package that it may import (its own always)
MAY_IMPORT = {
    **{room: GROUND for room in GROUND},
    "data": GROUND,
    "learning": GROUND,
    "radio": GROUND,
    "network": GROUND | {"radio"},
    "nodes": GROUND | {"learning", "radio", "network"},
    "scenario": GROUND | {"data", "learning", "radio", "network", "nodes"},
    "simulation": GROUND | {"data", "learning", "radio", "network", "nodes", "scenario"},
    "experiment": GROUND | {"data", "learning", "radio", "network", "nodes", "scenario", "simulation", "view"},
    "view": GROUND | {"scenario", "simulation", "experiment"},
    "validation": GROUND | {"radio", "network", "nodes", "scenario", "simulation"},
    "cli": GROUND | {"data", "learning", "radio", "network", "nodes", "scenario", "simulation", "experiment", "view", "validation"},
    "__init__": {"errors", "scenario", "experiment"},
}
# a library -> the only rooms that may import it
ONLY_IN = {
    "simpy": {"network", "nodes", "simulation"},
    "yaml": {"scenario"},
    "matplotlib": {"view", "experiment"},
    "joblib": {"experiment"},
    "dask": {"experiment"},
    "pandas": {"experiment", "view", "data"},
    "pyarrow": {"experiment", "data"},
    "typer": {"cli"},
    "rich": {"cli", "view"},
    "torch": {"learning"},
    "numba": {"compiled"},
    "sklearn": {"data"},
    "pooch": {"data", "simulation"},
}
FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path):
    """(room or None, top-level library or None, line) of each import in a file, also those inside functions."""
    package = ["wirelesssim", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) - node.level + 1] if node.level else []
            stem = base + (node.module.split(".") if node.module else [])
            names = [stem] if len(stem) > 1 or not node.level else [[*stem, alias.name] for alias in node.names]
        else:
            continue
        for name in names:
            inside = name[0] == "wirelesssim"
            yield (name[1] if len(name) > 1 else "__init__") if inside else None, None if inside else name[0], node.lineno


EVERY_IMPORT = [(path, *found) for path in FILES for found in imports(path)]  # (path, room, library, line)


def test_imports_only_go_down():
    assert [f"{path}:{line}: {room_of(path)} may not import {target}" for path, target, _, line in EVERY_IMPORT
            if target is not None and target not in MAY_IMPORT[room_of(path)] | {room_of(path)}] == []


def test_libraries_stay_in_their_rooms():
    assert [f"{path}:{line}: {library} belongs in {sorted(ONLY_IN[library])}" for path, _, library, line in EVERY_IMPORT
            if library in ONLY_IN and room_of(path) not in ONLY_IN[library]] == []


def test_compiled_functions_stand_in_files_of_kernels():
    assert [f"{path}:{line}: only kernels are compiled" for path, target, _, line in EVERY_IMPORT
            if target == "compiled" and path.name != "kernels.py"] == []


def test_the_check_sees_relative_and_nested_imports(tmp_path, monkeypatch):
    """It would fail on a learning module that imports the radio, however the import is written."""
    for text in ("from ..radio import loss", "from .. import radio", "def f():\n    from ..radio.loss import Loss",
                 "import wirelesssim.radio"):
        bad = PACKAGE / "learning" / "not_there.py"
        monkeypatch.setattr(Path, "read_text", lambda self, *a, text=text, **k: text)
        assert [target for target, _, _ in imports(bad)] == ["radio"]


def offences(path: Path):
    """What a file has too much of, or lacks."""
    text = path.read_text()
    tree, lines = ast.parse(text), text.splitlines()
    if not ast.get_docstring(tree):
        yield f"{path} has no docstring"
    if len(lines) > 350:
        yield f"{path} is longer than 350 lines"
    yield from (f"{path}:{number}: longer than 130 columns" for number, line in enumerate(lines, 1) if len(line) > 130)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > 70:
            yield f"{path}:{node.lineno}: {node.name} is longer than 70 lines"
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_") and not ast.get_docstring(node):
            yield f"{path}:{node.lineno}: {node.name} has no docstring"


def test_files_stay_small_and_documented():
    assert [offence for path in FILES for offence in offences(path)] == []
