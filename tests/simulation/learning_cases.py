"""What the tests of whole runs share: a lossless or lossy quadratic, wired and run, and what can be read off it."""

import numpy as np

from wirelesssim.scenario import load
from wirelesssim.simulation import Simulation

QUADRATIC = {"type": "quadratic", "dimension": 50, "condition": 10}  # L = 1, mu = 1/10


def settings_of(**sections):
    """The settings of the only variant of a scenario: 4 workers, the paper's defaults, a fixed channel."""
    whole = {"name": "case", "workers": 4, "stop": {"rounds": 20}, "objective": QUADRATIC, "algorithm": "gd_sec",
             "codec": {"type": "auto", "value_bits": 64}, "channel": {"type": "fixed", "rate": "1 Mbit/s"}} | sections
    [settings] = load(whole).settings.values()
    return settings


def run(**sections):
    """A `Simulation` that has run."""
    simulation = Simulation(settings_of(**sections))
    simulation.run()
    return simulation


def errors(simulation):
    """f - f* of every round over its start, (K+1,)."""
    found = np.array([row.error for row in simulation.recorder.rounds])
    return found / found[0]


def apart(simulation):
    """max |h - SUM_m h_m| relative to the largest |h_m|."""
    mirrors = [worker.state.h for worker in simulation.workers]
    return np.abs(simulation.server.state.h - sum(mirrors)).max() / max(np.abs(mirror).max() for mirror in mirrors)


def aggregate_gap(simulation):
    """max |aggregate - SUM_m mirror| relative to the largest |mirror|, for any method; None where the server holds nothing."""
    method = simulation.settings.algorithm
    held, mirrors = method.aggregate(simulation.server.state), [method.mirror(worker.state) for worker in simulation.workers]
    return None if held is None else np.abs(held - sum(mirrors)).max() / max(np.abs(mirror).max() for mirror in mirrors)


def lossy(mtu=100, ack_loss=0.0, kind="unreliable", **more):
    """A transport of small packets, with an acknowledgement loss of its own."""
    return {"type": kind, "mtu": f"{mtu} B", "header": "28 B", "ack": {"loss": ack_loss}} | more


CHANNEL = {"type": "fixed", "rate": "1 Mbit/s", "loss": "20 %"}
