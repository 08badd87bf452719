"""What every test runs under: one BLAS thread, a cache of minima that is not the user's, and nobody else's plug-ins."""

import os
import sys
import tempfile

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("WIRELESSSIM_CACHE", tempfile.mkdtemp(prefix="wirelesssim-tests-"))

import pytest  # noqa: E402  (after the environment is set)
from hypothesis import settings  # noqa: E402

from wirelesssim.model import PLUGINS, forget  # noqa: E402

settings.register_profile("wirelesssim", deadline=None, derandomize=True)
settings.load_profile("wirelesssim")


@pytest.fixture(autouse=True)
def plugins():
    """What a test's plug-in files define is gone when it ends, so that no message of another test names it."""
    before = set(PLUGINS)
    yield
    for path in set(PLUGINS) - before:
        name = PLUGINS.pop(path)
        forget(name)
        sys.modules.pop(name, None)
