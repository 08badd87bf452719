"""Progress of points that run in other processes: each writes a line to a file of its own, the parent reads them."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from ..simulation import Progress
from .whole import remove, temporary_beside

__all__ = ["Watch"]

_PERIOD = 0.25  # seconds between looks


class Watch:
    """While it is open, tells `watch(label, progress)` what the other processes report; nothing if `watch` is None.

    Their files lie in a temporary folder of their own under `within`, or under the system's.
    """

    def __init__(self, watch: Callable[[str, Progress], None] | None, within: Path | None = None):
        self._watch, self._within, self._stop = watch, within, threading.Event()
        self._told: dict[Path, str] = {}
        self.folder: str | None = None

    def __enter__(self) -> Watch:
        if self._watch:
            self.folder = str(temporary_beside((self._within or Path(tempfile.gettempdir())) / "progress"))
            Path(self.folder).mkdir()
            self._thread = threading.Thread(target=self._look, daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_):
        if self._watch:
            self._stop.set()
            self._thread.join()
            remove(Path(self.folder))

    def _look(self) -> None:
        while not self._stop.wait(_PERIOD):
            for path in sorted(Path(self.folder).glob("*.json")):
                try:
                    text = path.read_text()
                    label, progress = json.loads(text)
                except (OSError, ValueError):  # being written
                    continue
                if self._told.get(path) != text:  # one that has ended says nothing new
                    self._told[path] = text
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
                with suppress(OSError):  # nobody looks any more
                    path.write_text(json.dumps([label, progress]))

        return report
