"""wirelesssim: GD-SEC and its rivals on real data over wireless links, in simulated seconds.

```python
import wirelesssim
results = wirelesssim.run(wirelesssim.load("scenarios/quickstart.yaml"))
results.summary(); results.plot(x="simulated_time", y="accuracy")
```
`load` a scenario file (or a mapping), `run` its variants, `sweep` its matrix; `Results` holds tidy pandas tables.
"""

from __future__ import annotations

import typing
from importlib import import_module

if typing.TYPE_CHECKING:
    from .experiment.api import run, sweep
    from .experiment.results import Results, load_results
    from .scenario import Scenario, load

__all__ = ["InputError", "Results", "Scenario", "load", "load_results", "run", "sweep"]
__version__ = "0.3.0"

_HOMES = {"load": ".scenario", "Scenario": ".scenario", "run": ".experiment.api", "sweep": ".experiment.api",
          "Results": ".experiment.results", "load_results": ".experiment.results", "InputError": ".errors"}


def __getattr__(name: str):
    """Imported when first used: the command line starts in a fraction of the time that the numerical libraries take."""
    if name not in _HOMES:
        raise AttributeError(f"module 'wirelesssim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__():
    return sorted([*globals(), *__all__])
