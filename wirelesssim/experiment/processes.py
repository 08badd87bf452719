"""The processes that run points: deaf to Ctrl-C, which their parent hears for all, and gone when it is."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["end_with", "interrupts_ignored"]

_PERIOD = 0.5  # seconds between looks
_watched: set[int] = set()


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """Processes that start meanwhile (some 0.1 s) stay deaf to Ctrl-C.

    Ignored and not blocked: what is ignored stays so in a process that starts, and loky unblocks what is blocked.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)


def end_with(parent: int) -> None:
    """From now on this process ends soon after `parent` does; its loky worker would wait five minutes for more to do."""
    if parent not in _watched:
        _watched.add(parent)
        threading.Thread(target=_look, args=(parent,), daemon=True).start()


def _look(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PERIOD)
    os._exit(1)  # as if killed, which no result minds
