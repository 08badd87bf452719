"""One file over HTTP, through pooch, with an end to waiting.

pooch's time limit (that of `requests`) covers a connection and each read, not the look-up of a name nor a server that
drips bytes. So the download runs in a thread of its own, and is given up when its count of bytes stands still, or exceeds
what the file can need.
"""

from __future__ import annotations

import time
from pathlib import Path
from threading import Thread
from typing import Protocol

from .table import Unreadable

__all__ = ["Bar", "download"]

_CHUNK = 16_384  # bytes between two counts


class Bar(Protocol):
    """Shows how much of a file has arrived."""

    def show(self, done: int, total: int) -> None:
        """`done` bytes of `total`, 0 where the server does not say."""

    def close(self) -> None:
        """Nothing more will come."""


class _Count:
    """What pooch takes for a progress bar: counts bytes, knows when the last came, and ends a file of more than `most`."""

    def __init__(self, most: int | None):
        self.total, self.done, self.moved, self.most = 0, 0, time.monotonic(), most

    def update(self, size: int) -> None:
        """`size` more bytes, the last chunk rounded up; Unreadable where they are too many, so that pooch stops."""
        self.done, self.moved = self.done + size, time.monotonic()
        if self.most is not None and max(self.done - _CHUNK, self.total) > self.most:
            raise Unreadable(f"sends more than the {self.most} bytes that this set can need; it is another file, or meant to "
                             "do harm")

    def reset(self) -> None:
        """Begin again at 0."""
        self.done = 0

    def close(self) -> None:
        """All has arrived."""


def download(address: str, target: Path, timeout: float, bar: Bar | None = None, most: int | None = None) -> None:
    """Write the file at `address`, of at most `most` bytes, to `target`; Unreadable says why it did not come."""
    count, failed = _Count(most), []
    worker = Thread(target=_work, args=(address, target, timeout, count, failed), daemon=True)
    worker.start()
    try:
        while worker.is_alive():
            worker.join(0.1)
            if bar is not None:
                bar.show(min(count.done, count.total) if count.total else count.done, count.total)
            if worker.is_alive() and time.monotonic() - count.moved > timeout:
                raise Unreadable(_slow(timeout))
    finally:
        if bar is not None:
            bar.close()
    if failed:
        raise Unreadable(_why(failed[0], timeout)) from None


def _work(address: str, target: Path, timeout: float, count: _Count, failed: list[BaseException]) -> None:
    from pooch import HTTPDownloader

    try:
        HTTPDownloader(progressbar=count, chunk_size=_CHUNK, timeout=timeout)(address, str(target), None)
    except BaseException as error:  # handed to the thread that waits
        failed.append(error)


def _slow(timeout: float) -> str:
    return f"no answer, or less than 16 kB, within {timeout:g} s"


def _why(error: BaseException, timeout: float) -> str:
    """What went wrong, in a few words."""
    from requests import exceptions as requests

    if isinstance(error, Unreadable):
        return str(error)
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"answers {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return _slow(timeout)
    if isinstance(error, (requests.ChunkedEncodingError, requests.ContentDecodingError)):
        return "the file came truncated"
    if isinstance(error, requests.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, requests.ConnectionError):
        return "cannot be reached (no network, or no such host)"
    return f"cannot be fetched ({type(error).__name__}: {' '.join(str(error).split())[:100]})"
