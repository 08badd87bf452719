"""Small scenarios for the tests of `experiment`: fractions of a second a point, lossy, with and without data."""

import copy
import os
import sys
from pathlib import Path

from wirelesssim import load
from wirelesssim.experiment.execution import execute

WIRELESSSIM = [sys.executable, "-c", "from wirelesssim.cli import main; main()"]
FILES = [f"{name}.{kind}" for name in ("rounds", "transmissions", "workers") for kind in ("csv", "parquet")]

QUADRATIC = {
    "name": "tiny", "seed": 5, "workers": 3, "stop": {"rounds": 25}, "targets": {"error": [1e-1, 1e-3]},
    "objective": {"type": "quadratic", "dimension": 40, "condition": 10},
    "algorithm": {"type": "gd_sec", "step_size": "0.5/L", "xi": "2 L", "beta": 0.1},
    "channel": {"type": "fixed", "rate": "1 Mbit/s", "latency": "5 ms", "jitter": "1 ms", "loss": "20 %"},
    "access": {"type": "tdma"}, "downlink": {"type": "multicast"}, "transport": {"type": "arq", "mtu": "80 B"},
    "variants": {"GD": {"algorithm": {"type": "gd", "step_size": "0.5/L"}}, "GD-SEC": {}},
    "matrix": {"channel.loss": ["0 %", "20 %"]},
}
DIGITS = QUADRATIC | {
    "name": "digits", "data": {"type": "digits", "train": 300, "test": 100}, "targets": {"accuracy": ["30 %", "60 %"]},
    "objective": {"type": "softmax", "l2": 1e-3}, "algorithm": {"type": "gd_sec", "step_size": "1/L", "xi": "2 L", "beta": 0.1},
    "variants": {"GD": {"algorithm": {"type": "gd", "step_size": "1/L"}}, "GD-SEC": {}}}


def scenario(base=QUADRATIC, **changes):
    """`base` with top-level sections replaced (`matrix=None` takes one out), loaded."""
    whole = copy.deepcopy(base) | changes
    return load({key: value for key, value in whole.items() if value is not None})


def swept(folder, base=QUADRATIC, sweep=True, jobs=1, force=False, **changes):
    """Run it into `folder`; the outcome."""
    return execute(scenario(base, **changes), sweep, folder, jobs, force, command="test")


def tables_of(folder):
    """The bytes of every table of a results folder, those of its points included, by relative path."""
    paths = [path for path in Path(folder).rglob("*") if path.name in FILES]
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(paths)}


def environment():
    """One BLAS thread, as the two shared cores ask for."""
    return os.environ | {"OPENBLAS_NUM_THREADS": "1"}
