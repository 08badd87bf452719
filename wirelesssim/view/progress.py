"""What a run shows while it runs, on standard error: a bar a trajectory on a terminal, a line when one ends otherwise."""

from __future__ import annotations

import threading
import time

from rich.console import Console
from rich.progress import BarColumn, Progress as Bars, TextColumn

__all__ = ["Progress"]

INTERVAL = 0.1  # s between two changes of a bar: more is not seen, and costs the run


class Progress:
    """A context that shows how far each trajectory is.

    `quiet` shows nothing at all. Where standard error is no terminal (a file, a pipe, a batch job) there are no bars, and
    one plain line for each trajectory that has finished. `console` is Rich's, standard error unless said.
    """

    def __init__(self, quiet: bool = False, console: Console | None = None):
        self.quiet = quiet
        self.console = console or Console(stderr=True)
        self._tasks: dict[str, int] = {}
        self._ended: set[str] = set()
        self._lock = threading.Lock()  # other processes are heard in a thread
        self._shown: dict[str, float] = {}
        self._bars = None if quiet or not self.console.is_terminal else Bars(
            TextColumn("{task.description}", markup=False), BarColumn(bar_width=24),
            TextColumn("{task.fields[text]}", markup=False), console=self.console, transient=True)

    def __enter__(self) -> Progress:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(self, *_) -> None:
        if self._bars:
            self._bars.stop()

    def update(self, label: str, round: int, total_rounds: int | None = None, simulated_time: float = 0.0,
               accuracy: float | None = None) -> None:
        """The trajectory `label` is at `round` (of `total_rounds`, if known), `simulated_time` (s) and `accuracy` in [0, 1]."""
        with self._lock:
            if self._bars and label not in self._ended and self._due(label, round == total_rounds):
                self._show(label, round, total_rounds, simulated_time, accuracy)

    def _show(self, label: str, round: int, total_rounds: int | None, simulated_time: float, accuracy: float | None) -> None:
        of = f"/{total_rounds}" if total_rounds else ""
        text = f"round {round}{of}  {simulated_time:.4g} s simulated"
        if accuracy is not None and accuracy == accuracy:
            text += f"  accuracy {100 * accuracy:.1f} %"
        if label not in self._tasks:
            self._tasks[label] = self._bars.add_task(label, total=total_rounds, text=text)
        self._bars.update(self._tasks[label], completed=round, total=total_rounds, text=text)

    def finished(self, label: str, text: str) -> None:
        """The trajectory `label` has ended; `text` says how. Its bar makes way for a line."""
        with self._lock:
            self._ended.add(label)
            if self._bars and label in self._tasks:
                self._bars.remove_task(self._tasks.pop(label))
        if not self.quiet:
            self.console.print(f"{label}: {text}", markup=False, highlight=False, soft_wrap=True)

    def _due(self, label: str, last: bool) -> bool:
        now = time.monotonic()
        if not last and now - self._shown.get(label, -INTERVAL) < INTERVAL:
            return False
        self._shown[label] = now
        return True
