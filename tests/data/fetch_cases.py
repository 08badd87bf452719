"""A small published set, and a loopback server that serves it well or badly."""

import bz2
import threading
import time
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from sklearn.datasets import dump_svmlight_file

from wirelesssim.data.facts import PUBLISHED
from wirelesssim.data.libsvm import read_libsvm
from wirelesssim.data.published import Part, row_hash

NAME = "mushrooms"  # the name that the small set borrows
DIMENSION = 40


def libsvm_text(path, samples, seed):
    """LIBSVM text of sparse samples in two classes, some 10 kB a hundred of them."""
    random = np.random.default_rng(seed)
    features = np.where(random.random((samples, DIMENSION)) < 0.2, random.standard_normal((samples, DIMENSION)), 0)
    dump_svmlight_file(features, np.arange(samples) % 3 // 2, str(path), zero_based=False)
    return path.read_bytes()


def small_set(folder, mirrors):
    """Facts of a set with a training part of 120 and a test part of 30, and its files: (facts, {file: bytes})."""
    texts = [libsvm_text(folder / f"part{seed}", samples, seed) for seed, samples in ((1, 120), (2, 30))]
    tables = [read_libsvm(text, DIMENSION) for text in texts]
    names = ("small.bz2", "small.t")
    parts = [Part(files=(name,), samples=len(table.labels), entries=table.features.nnz,
                  sizes=tuple(sorted(np.unique(table.labels, return_counts=True)[1].tolist())),
                  rows=row_hash(table.features, table.labels)) for name, table in zip(names, tables)]
    facts = replace(PUBLISHED[NAME], dimension=DIMENSION, train=parts[0], test=parts[1], mirrors=tuple(mirrors))
    return facts, {names[0]: bz2.compress(texts[0]), names[1]: texts[1]}


class Server:
    """Folders of a server on the loopback: `/good/FILE`, `/wrong/`, `/truncated/`, `/gone/`, `/slow/`, `/drip/` …"""

    def __init__(self, files):
        self.asked, self.stop = [], threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                _, folder, file = self.path.split("/", 2)
                with suppress(ConnectionError):  # a client that has seen enough hangs up
                    getattr(outer, folder, outer.gone)(self, files.get(file))

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        self.root = f"http://127.0.0.1:{self.http.server_port}"

    def close(self):
        self.stop.set()
        self.http.shutdown()
        self.http.server_close()

    @staticmethod
    def head(to, data, length=None):
        to.send_response(200)
        to.send_header("Content-Length", str(len(data) if length is None else length))
        to.end_headers()

    def good(self, to, data):
        if data is None:
            return self.gone(to, data)
        self.head(to, data)
        to.wfile.write(data)

    def unlengthed(self, to, data):
        to.send_response(200)
        to.end_headers()
        to.wfile.write(data)

    def cut(self, to, data):
        """Truncated, and the length says nothing of it."""
        self.unlengthed(to, data[:len(data) // 2])

    def truncated(self, to, data):
        self.head(to, data)
        to.wfile.write(data[:len(data) // 2])

    def wrong(self, to, data):
        """The right number of samples of another set."""
        text = bz2.decompress(data) if data[:3] == b"BZh" else data
        changed = text.replace(b"1 ", b"0 ", 1) if b"1 " in text[:2] else text.replace(b":-", b":", 1)
        self.head(to, changed)
        to.wfile.write(changed)

    def page(self, to, data):
        """A login page where a file is due."""
        self.good(to, b"<html>please log in</html>")

    def bomb(self, to, data):
        """Zeros that unpack to 128 MB, from 6 kB."""
        self.good(to, bz2.compress(bytes(2**20)) * 128)

    def flood(self, to, data):
        """A file without an end, or of 64 MB."""
        self.unlengthed(to, b"0 1:1\n" * (2**26 // 6))

    def flood_announced(self, to, data):
        self.good(to, b"0 1:1\n" * (2**26 // 6))

    def gone(self, to, data):
        to.send_error(404)

    def slow(self, to, data):
        """A connection that says nothing."""
        self.stop.wait(30)

    def drip(self, to, data):
        """A byte now and then: each read succeeds, and nothing gets done."""
        self.head(to, data)
        began = time.monotonic()
        while not self.stop.wait(0.05) and time.monotonic() - began < 30:
            to.wfile.write(b"B")
            to.wfile.flush()
