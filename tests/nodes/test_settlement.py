"""When a worker settles what, in whole runs of one packet a message: only on what it heard, and the repair as late as it is."""

import pytest
from node_cases import lose, simulation


class Overheard:
    """An algorithm whose calls of `settle` are written down: (entries sent, entries received, steps late)."""

    def __init__(self, algorithm):
        self.algorithm, self.calls = algorithm, []

    def settle(self, state, sent, received, steps_late=0):
        self.calls.append((sent.entries, received.entries, steps_late))
        return self.algorithm.settle(state, sent, received, steps_late)


def settled(*data, acknowledgements=(), transport, rounds=4, fidelity="burst"):
    """The calls of `settle` of the one worker, whose messages are one packet of 50 entries."""
    simulated = lose(simulation(rounds=rounds, transport=transport, fidelity=fidelity, algorithm={"type": "gd_sec", "xi": 0}),
                     *data, acknowledgements=acknowledgements)
    heard = simulated.workers[0].settlement._algorithm = Overheard(simulated.settings.algorithm)
    simulated.run()
    return heard.calls, simulated


ONCE = pytest.mark.parametrize("transport", [{"type": "arq", "retries": 0}, {"type": "unreliable"}], ids=["arq", "unreliable"])
both = pytest.mark.parametrize("fidelity", ["burst", "packet"])
FINE, LOST = (50, 50, 0), (50, 0, 0)


@both
@ONCE
def test_what_was_not_acknowledged_is_lost_until_a_later_answer_is_heard(transport, fidelity):
    """Rounds 1 and 2 arrive but their answers do not; round 3's tells of both, 2 and 1 steps late; 4 has nothing to mend."""
    calls, _ = settled(acknowledgements=[(1, 0, 1), (2, 0, 1)], transport=transport, fidelity=fidelity)
    assert calls == [LOST, LOST, (0, 50, 2), (0, 50, 1), FINE, FINE]


@both
@ONCE
def test_without_an_answer_nothing_is_known(transport, fidelity):
    """No acknowledgement ever comes: the worker takes all for lost, though all arrived, and repairs nothing."""
    calls, simulated = settled(acknowledgements=[(k, 0, 1) for k in range(1, 5)], transport=transport, fidelity=fidelity)
    assert calls == [LOST] * 4 and len(simulated.workers[0].settlement._doubtful) == 4
    assert all(row.workers_heard == 1 for row in simulated.recorder.rounds[1:])


@both
@ONCE
def test_the_answer_to_a_lost_message_tells_of_earlier_ones(transport, fidelity):
    """Round 1 arrives unanswered; round 2 is lost, and the answer says so and that round 1 is there."""
    calls, _ = settled((2, 0, 1), acknowledgements=[(1, 0, 1)], transport=transport, fidelity=fidelity)
    assert calls == [LOST, (0, 50, 1), LOST, FINE, FINE]


@both
def test_what_is_lost_and_known_to_be_needs_no_repair(fidelity):
    calls, simulated = settled((1, 0, 1), (3, 0, 1), transport={"type": "arq", "retries": 0}, fidelity=fidelity)
    assert calls == [LOST, FINE, LOST, FINE] and not simulated.workers[0].settlement._doubtful


@both
@pytest.mark.parametrize("scheme", ["burst", "stop_and_wait"])
def test_a_repeat_that_is_heard_settles_in_time(fidelity, scheme):
    """One retry: the first answer of round 2 is lost, the second is heard: nothing was ever in doubt."""
    calls, _ = settled((3, 0, 1), acknowledgements=[(2, 0, 1)], transport={"type": "arq", "retries": 1, "scheme": scheme},
                       fidelity=fidelity)
    assert calls == [FINE] * 4


@pytest.mark.parametrize("silence", ["marker", "free"])
def test_silence_and_doubt(silence):
    """From round 2 on the worker is silent (a threshold beyond everything): a marker's answer repairs round 1; `free` has none."""
    simulated = simulation(rounds=3, algorithm={"type": "gd_sec", "xi": 1e9},
                           transport={"type": "arq", "retries": 0, "silence": silence})
    lose(simulated, acknowledgements=[(1, 0, 1)])
    heard = simulated.workers[0].settlement._algorithm = Overheard(simulated.settings.algorithm)
    simulated.run()
    assert heard.calls == ([LOST, (0, 50, 1), (0, 0, 0), (0, 0, 0)] if silence == "marker" else [LOST])
