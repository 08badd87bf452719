"""What every test runs under: one BLAS thread, and a cache of minima that is not the user's."""

import os
import tempfile

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("WIRELESSSIM_CACHE", tempfile.mkdtemp(prefix="wirelesssim-tests-"))

from hypothesis import settings  # noqa: E402  (after the environment is set)

settings.register_profile("wirelesssim", deadline=None, derandomize=True)
settings.load_profile("wirelesssim")
