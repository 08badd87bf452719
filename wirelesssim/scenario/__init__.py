"""Scenario: a YAML file becomes validated, frozen settings; every mistake becomes one line that says how to mend it.

`load` reads the file with the line of every key (`source`), lays variants, `--set` and matrix values over it (`overlay`),
runs the plug-in files that it lists (`plugins`), validates each variant (`settings`) and names the runs (`points`).

A package instead of the one module that the first plan drew: reading, overlaying and validating are each a page of their
own. A matrix key that only some variants have (xi, beside plain GD) changes nothing in the others: they are run once,
and stand in the table beside every value.
"""

from .document import Scenario, load
from .points import RESULTS_VERSION, Point
from .settings import Settings

__all__ = ["Point", "RESULTS_VERSION", "Scenario", "Settings", "load"]
