"""Whose time on the air an exchange is: first transmissions and repeats, MPDUs of one burst and of the next, by bytes.

802.11n, windows of one slot, so that every backoff is 0. Times in us; 2 is the access point.
"""

import math

import numpy as np
import pytest

from wirelesssim.network.wifi.alone import medium_alone
from wirelesssim.network.wifi.batch import Batch
from wirelesssim.network.wifi.rules import DELIVERED

STILL = {"cw_min": 0, "cw_max": 0}
FIDELITIES = ("burst", "packet")


def batch(ready, *sizes, to=0, tag=0):
    """Frames of `sizes` bytes, all ready at `ready` us."""
    return Batch(np.array(sizes), np.arange(len(sizes)) + tag, to, ready=np.full(len(sizes), round(ready * 1000)))


def served(traffic, fidelity, **said):
    """What comes of the batches of `traffic`, (station, Batch) each."""
    medium = medium_alone(2, {"standard": "n"}, rules=STILL, fidelity=fidelity, **said)
    done = [medium.transmit(station, one) for station, one in traffic]
    medium.env.run()
    return [one.value for one in done]


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_an_aggregate_of_a_repeat_and_a_first(fidelity):
    """At 6.5 Mb/s (26 bits in 4 us after 36) two MPDUs of 1538 bytes fill 5.484 ms: 36 + 4 ceil((22 + 8 3086) / 26) = 3840. The
    first is on the air till 36 + 4 ceil((22 + 8 1542) / 26) = 1940, where 1's seven tries of 52, 140 apart, from 100 on, spoil
    it. Then it goes with one of 1400: 36 + 4 ceil((22 + 8 2948) / 26) = 3668, of which 1538 / 2938 are a repeat, 1920.144."""
    first, _ = served([(0, batch(0, 1538, 1538, 1400)), (1, batch(100, 100))], fidelity, mcs=[0, 7], hidden=[(0, 1)])
    assert first.tries.tolist() == [2, 1, 1] and first.fates.tolist() == [DELIVERED] * 3
    assert (first.airtime, first.again) == (3_840_000 + 3_668_000, 1_920_144)


@pytest.mark.parametrize("fidelity, hidden", [(fidelity, hidden) for fidelity in FIDELITIES for hidden in (None, [], [(0, 1)])])
def test_repeats_by_noise_have_the_time_of_their_bytes(fidelity, hidden):
    """One in twenty MPDUs is lost and heads the next A-MPDU among some 40: their part of the time is that of the tries, but for
    preambles and symbols. By whole frames it would be above one half."""
    medium = medium_alone(2, {"standard": "ac"}, log_success=math.log(0.95) / (8 * 1538), hidden=hidden, fidelity=fidelity)
    done = medium.transmit(0, Batch(np.full(400, 1538), np.arange(400)))
    medium.env.run()
    one = done.value
    assert 0.02 < (one.tries - 1).sum() / one.tries.sum() < 0.08
    assert one.again / one.airtime == pytest.approx((one.tries - 1).sum() / one.tries.sum(), abs=0.003)


@pytest.mark.parametrize("after", ["bar", "retransmit"])
@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_a_burst_behind_an_mpdu_of_the_last(fidelity, after):
    """The access point's 100 bytes (52) to 0 arrive, but 1, that does not hear 0, is on the air from 5 to 233, and the ACK is
    lost. At 233 + AIFS 43 = 276 they go again before three of 1538: 36 + 4 ceil((22 + 8 (104 + 2 1544 + 1542)) / 260) = 620. The
    second burst has 4614 / 4714 of that, 606.847, and its first start; the first, which was over at 52, no more than it had."""
    traffic = [(2, batch(0, 100, to=0)), (1, batch(5, 1536, tag=9)), (2, batch(0, 1538, 1538, 1538, to=0, tag=1))]
    first, _, second = served(traffic, fidelity, access={"after_missed_block_ack": after}, hidden=[(0, 1)])
    assert (first.times.tolist(), first.first, first.airtime, first.again) == ([52_000], 0, 52_000, 0)
    assert second.times.tolist() == [896_000] * 3
    assert (second.first, second.airtime, second.again) == (276_000, 606_847, 0)


@pytest.mark.parametrize("fidelity, hidden", [(fidelity, hidden) for fidelity in FIDELITIES for hidden in (None, [])])
def test_data_after_an_rts_in_vain_are_no_repeat(fidelity, hidden):
    """0's RTS (28) meets 1's 100 bytes (52) at 0; it goes again at 28 + 45 + 43, 1 not before 140. RTS, CTS and data, 28 + 28 + 2
    16 + 36 + 4 ceil((22 + 8 1538) / 260) = 316, and 28 in vain are all of a first transmission."""
    one, _ = served([(0, batch(0, 1538)), (1, batch(0, 100))], fidelity, access={"rts_threshold": "1000 B"}, hidden=hidden)
    assert (one.tries.tolist(), one.unanswered.tolist()) == ([2], [1])
    assert (one.airtime, one.again) == (344_000, 0)


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_all_of_a_request_is_a_repeat(fidelity):
    """Two MPDUs of 100 bytes that noise takes each time; between them a BlockAckReq of 24 bytes at 24 Mb/s: 20 + 4 ceil((22 +
    192) / 96) = 32 us."""
    one, = served([(0, batch(0, 100, 100))], fidelity, access={"retry_limit": 2}, log_success=-10.0)
    length = 36 + 4 * math.ceil((22 + 8 * 208) / 260)
    assert one.tries.tolist() == [2, 2] and (one.airtime, one.again) == ((2 * length + 32) * 1000, (length + 32) * 1000)
