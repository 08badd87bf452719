"""Stations that always have frames waiting, and how far a station may run ahead of the oldest frame that is not acknowledged."""

import math

import numpy as np
import pytest
from hidden_cases import on_air

from wirelesssim.network.instants import nanoseconds
from wirelesssim.network.wifi.alone import medium_alone, saturated
from wirelesssim.network.wifi.background import Saturated
from wirelesssim.network.wifi.batch import Batch
from wirelesssim.network.wifi.hidden.ether import DATA
from wirelesssim.rng import Streams

HOW = [(fidelity, hidden) for fidelity in ("burst", "packet") for hidden in (None, [], [(0, 1)])]


def lengths(medium, size):
    """ns of every use of the medium, or of all data on it, by a source of packets of `size` at station 0 for 0.2 s."""
    medium.occupy(0, Saturated(size=size).batches(Streams(1).counted("background", 0), 38))
    last = Batch(np.array([100]), np.array([0]), ready=np.array([nanoseconds(0.2)]))
    medium.env.run(until=medium.transmit(2, last))
    if hasattr(medium, "uses"):
        return [end - start for start, end, senders in medium.uses if senders == [0]]
    if "number" in (medium.state.trace.dtype.names if hasattr(medium, "state") else ()):
        uses = medium.state.trace[:int(medium.state.air["traced"][0])]
        return [int(use["end"] - use["start"]) for use in uses if use["number"] == 1 and use["stations"] == 0]
    return [end - start for kind, sender, _, start, end in on_air(medium) if kind == DATA and sender == 0]


@pytest.mark.parametrize("size", ["1500 B", "100 B"])
@pytest.mark.parametrize("fidelity, hidden", HOW)
def test_a_source_is_never_short(fidelity, hidden, size):
    """802.11ac at 65 Mb/s, 28 MPDUs of 1538 bytes to an A-MPDU, some 35 A-MPDUs in 0.2 s: 256 frames at a time would end in a
    short one each, 4 of 28. Of 138 bytes there are 64 in each, the whole window, four to 256."""
    found = lengths(medium_alone(2, {"standard": "ac"}, hidden=hidden, fidelity=fidelity, trace=2000), size)
    assert len(found) > 30 and len(set(found)) == 1


def test_saturated_halves_that_never_part():
    """Two that do not hear each other with A-MPDUs of 5.4 ms, which they send again whole: hardly anything arrives, by an event
    simulation written apart .26 Mb/s, here .31 (12 runs of 4 s, standard deviation .2). With short A-MPDUs at the end of each
    batch it was .92."""
    found = [saturated(medium_alone(2, {"standard": "ax"}, {"eifs": "none", "after_missed_block_ack": "retransmit"}, [3, 3], seed,
                                    hidden=[(0, 1)]), 4.0, 500).throughput(472) / 1e6 for seed in range(6)]
    assert 0.05 < np.mean(found) < 0.5


def of_the_access_point(fidelity):
    """A medium where the access point sends 0 frames of 100 bytes in batches of 40, half of which noise takes; a frame of 1 that
    begins with one of them is the longer (2 ms), and keeps 0's acknowledgement, that 1 does not hear, from arriving."""
    medium = medium_alone(2, {"standard": "n"}, {"retry_limit": 200}, [7, 0], hidden=[(0, 1)], log_success=math.log(0.5) / 800,
                          seed=4, fidelity=fidelity, trace=60_000)
    medium.occupy(1, Saturated(size="1500 B").batches(Streams(1).counted("background", 0), 38))
    done = [medium.transmit(2, Batch(np.full(40, 100), np.arange(40) + 40 * number, 0)) for number in range(400)]
    medium.env.run(until=medium.env.all_of(done))
    return medium


def test_the_window_spans_batches():
    """No MPDU is 64 or more behind the oldest of its A-MPDU, of whichever batch; some A-MPDUs have MPDUs of two."""
    medium = of_the_access_point("packet")
    exchanges = [signal.exchange for signal in medium.log if signal.kind == DATA and signal.sender == 2]
    sent = [[frame.tag for frame in exchange.frames] for exchange in exchanges]
    assert sum(numbers[0] // 40 != numbers[-1] // 40 for numbers in sent) > 3
    assert max(numbers[-1] - numbers[0] for numbers in sent) <= 63
    assert on_air(medium) == on_air(of_the_access_point("burst"))[:len(medium.log)]
