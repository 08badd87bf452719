"""The edges of a run: a target that holds at the start, packets of one entry, caches that cannot be used, long chains."""

import json

import numpy as np
import pytest
from learning_cases import run, settings_of

from wirelesssim.errors import InputError
from wirelesssim.radio.gilbert_elliott import GilbertElliott
from wirelesssim.rng import Streams
from wirelesssim.simulation import preflight
from wirelesssim.simulation.optima import known_optimum
from wirelesssim.simulation.prepare import prepare


def test_a_target_that_holds_at_the_start_ends_the_run_there():
    simulation = run(stop={"target": {"error": 1e300}})
    assert [row.round for row in simulation.recorder.rounds] == [0]
    assert simulation.recorder.transmissions == []


def test_a_packet_must_hold_the_last_entry_of_this_model_and_no_larger_one():
    """d = 50, binary32: tag, index and count are a byte each, the value four: 7 bytes; 8 are room, 6 are not."""
    small = {"codec": {"type": "auto", "value_bits": 32}, "stop": {"rounds": 2}}
    simulation = run(**small, transport={"type": "arq", "mtu": "36 B", "header": "28 B"})
    assert simulation.recorder.rounds[1].entries_sent == 200  # each worker's 50, one or two a packet
    with pytest.raises(InputError, match="leaves 6 bytes after the header"):
        preflight(settings_of(**small, transport={"type": "arq", "mtu": "34 B", "header": "28 B"}))


@pytest.mark.parametrize("kept", ['{"value": "abc"}', "{}", "[]", "not json", '{"value": Infinity}'])
def test_a_cache_that_holds_nonsense_is_no_loss(tmp_path, monkeypatch, kept):
    problem = prepare(settings_of(), 0).problem
    monkeypatch.setenv("WIRELESSSIM_CACHE", str(tmp_path))
    true = known_optimum(problem)
    (path,) = (tmp_path / "optima").iterdir()
    assert json.loads(path.read_text())["value"] == true
    path.write_text(kept)
    assert known_optimum(problem) == true


def test_a_cache_that_cannot_be_written_is_no_loss(tmp_path, monkeypatch):
    problem = prepare(settings_of(), 0).problem
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WIRELESSSIM_CACHE", str(tmp_path / "file"))
    assert np.isfinite(known_optimum(problem))


def test_a_long_chain_is_forgotten_as_time_passes_and_the_past_can_be_asked_again():
    """1000 s of sojourns of 1 ms are 2 * 10^6 changes: 16 MB were they kept; the answers do not depend on what is kept."""
    law = GilbertElliott(good=1e-3, bad=1e-3, loss_bad=1.0)
    forward, again = law.process(Streams(1), 0), law.process(Streams(1), 0)
    times = np.linspace(0.0, 1000.0, 2001)
    whole = again.bad_at(times)
    stepped = np.concatenate([forward.bad_at(part) for part in np.array_split(times, 100)])
    assert np.array_equal(stepped, whole)
    assert forward.changes.nbytes < 2e6
    assert np.array_equal(forward.bad_at(times[:10]), whole[:10])
