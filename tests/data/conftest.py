import pytest
from fetch_cases import NAME, Server, small_set

from wirelesssim.data.facts import PUBLISHED


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of the test's own."""
    monkeypatch.setenv("WIRELESSSIM_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "cache"


@pytest.fixture
def server(tmp_path, cache, monkeypatch):
    """The loopback server; the small set is published there and nowhere else."""
    facts, files = small_set(tmp_path, ())
    made = Server(files)
    monkeypatch.setitem(PUBLISHED, NAME, facts)
    yield made
    made.close()
