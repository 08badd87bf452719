"""What people look at: figures, tables and progress.

Nothing here is imported until it is asked for: Matplotlib takes as long to load as the rest of the program, and most
commands draw nothing. Figures are made with Matplotlib's objects alone; no pyplot state, no back end is touched.

`view` reads the same tidy tables as `experiment`, and takes its statistics from `experiment.statistics`, never the
other way round. Left out: energy axes (planned), interactive figures.
"""

from importlib import import_module

_HOMES = {"plot": ".plots", "save": ".files", "summary_table": ".table", "summary_json": ".table", "Progress": ".progress"}

__all__ = list(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
