"""Simulation: settings become wired SimPy processes, a run becomes recorded rows.

`prepare` makes the problem (data, partition, objective, f*) that variants share; `Wiring` wires links and media, `Simulation`
puts nodes on them and runs all, `Traffic` the same without a learner; `Observer` evaluates, records, and says when to stop;
`preflight` refuses what can be known to fail before anything runs.
"""

from .draws import radio_at_start
from .observer import Progress
from .preflight import has_accuracy, memory_needed, predraw, preflight
from .prepare import Prepared, prepare
from .run import Simulation, simulate

__all__ = ["Prepared", "Progress", "Simulation", "has_accuracy", "memory_needed", "predraw", "preflight", "prepare",
           "radio_at_start", "simulate"]
