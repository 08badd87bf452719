"""Progress of points that run in other processes: each writes a line to a file of its own, the parent reads them."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from ..simulation import Progress

__all__ = ["Watch"]

_PERIOD = 0.25  # seconds between looks


class Watch:
    """While it is open, tells `watch(label, progress)` what the other processes report; nothing if `watch` is None."""

    def __init__(self, watch: Callable[[str, Progress], None] | None):
        self._watch, self._stop = watch, threading.Event()
        self.folder: str | None = None

    def __enter__(self) -> Watch:
        if self._watch:
            self._temporary = tempfile.TemporaryDirectory(prefix="wirelesssim-progress-")
            self.folder = self._temporary.name
            self._thread = threading.Thread(target=self._look, daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_):
        if self._watch:
            self._stop.set()
            self._thread.join()
            self._temporary.cleanup()

    def _look(self) -> None:
        while not self._stop.wait(_PERIOD):
            for path in sorted(Path(self.folder).glob("*.json")):
                try:
                    label, progress = json.loads(path.read_text())
                except (OSError, ValueError):  # being written
                    continue
                self._watch(label, Progress(*progress))

    @staticmethod
    def reporter(folder: str | None, label: str) -> Callable[[Progress], None] | None:
        """What the other process calls: at most four lines a second."""
        if folder is None:
            return None
        path, last = Path(folder) / f"{sha256(label.encode()).hexdigest()[:16]}.json", [0.0]

        def report(progress: Progress) -> None:
            if time.monotonic() - last[0] >= _PERIOD:
                last[0] = time.monotonic()
                path.write_text(json.dumps([label, progress]))

        return report
