"""A small scenario to spoil, and the question that every test here asks: was it refused, in one line, with nothing written?"""

import sys
from pathlib import Path

from wirelesssim.cli import guarded
from wirelesssim.cli.app import app

GOOD = """\
name: small
workers: 3
stop: {rounds: 2}
objective: {type: quadratic, dimension: 5}
algorithm: {type: gd_sec, step_size: 0.5/L, xi: 5 L}
channel: {type: fixed, rate: 1 Mbit/s, latency: 5 ms, loss: 1 %}
transport: {type: arq, mtu: 1500 B, header: 28 B}
variants:
  GD: {algorithm: {type: gd, step_size: 0.5/L}}
  SEC: {}
"""
OBJECTIVE = "objective: {type: quadratic, dimension: 5}"
DATA = GOOD.replace(OBJECTIVE, "data: {path: d.csv}\nobjective: {type: logistic, l2: 1e-3}")  # objective on line 5 now
CHANNEL = "channel: {type: fixed, rate: 1 Mbit/s, latency: 5 ms, loss: 1 %}"
SAMPLES = "a,b,y\n" + "".join(f"{row % 3},{row % 5},{row % 2}\n" for row in range(20))  # 16 train, 4 test


def spoilt(old: str, new: str, base: str = GOOD) -> str:
    """`base` with its one `old` replaced."""
    assert base.count(old) == 1
    return base.replace(old, new)


def with_section(section: str, value: str) -> str:
    """GOOD with `section: value`, in its place or on line 11, and what variant GD would lay over it left out."""
    lines = GOOD.replace("  GD: {algorithm: {type: gd, step_size: 0.5/L}}\n", "  GD: {}\n").splitlines()
    at = next((index for index, line in enumerate(lines) if line.startswith(f"{section}:")), len(lines))
    return "\n".join([*lines[:at], f"{section}: {value}", *lines[at + 1:], ""])


def fits(line: str, expected: str) -> bool:
    """Whether `line` is `expected`, in which ... stands for anything."""
    parts = expected.split("...")
    if len(parts) == 1:
        return line == expected
    place = len(parts[0])
    if not line.startswith(parts[0]) or not line[place:].endswith(parts[-1]):
        return False
    for part in parts[1:-1]:
        place = line.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return place <= len(line) - len(parts[-1])


class Command:
    """`wirelesssim` in this process, in an empty folder."""

    def __init__(self, folder: Path, monkeypatch, capsys):
        self.folder, self.monkeypatch, self.capsys = folder, monkeypatch, capsys
        monkeypatch.chdir(folder)

    def __call__(self, *argv) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        self.monkeypatch.setattr(sys, "argv", ["wirelesssim", *map(str, argv)])
        self.capsys.readouterr()
        status = guarded(app)
        return status, *self.capsys.readouterr()

    def tree(self) -> dict:
        """Every file here with its content, and every folder."""
        return {path: path.read_bytes() if path.is_file() else None for path in self.folder.rglob("*")}

    def refuses(self, *argv, says):
        """Status 2, the one line `says` (or a list of one for each mistake) on standard error alone, nothing written."""
        before = self.tree()
        status, out, err = self(*argv)
        expected = [says] if isinstance(says, str) else says
        lines = err.splitlines()
        assert status == 2 and out == "", (status, out, err)
        assert len(lines) == len(expected), err
        for line, one in zip(lines, expected):
            assert fits(line, f"error: {one}"), f"\n{line}\nis not\nerror: {one}"
        assert self.tree() == before

    def refuses_file(self, content: str | bytes, says, *options, command="run"):
        """`refuses` for a scenario of this content, s.yaml."""
        data = content if isinstance(content, bytes) else content.encode()
        (self.folder / "s.yaml").write_bytes(data)
        self.refuses(command, "s.yaml", *options, says=says)
