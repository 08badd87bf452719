"""What the books say of tries whose RTS was in vain: no packet was transmitted, and none lost.

802.11a at 54 Mb/s, RTS and CTS 28 us, SIFS 16, timeout 45, DIFS 34; windows of one slot, so that two that begin at once never part.
"""

import numpy as np
import pytest

from wirelesssim.network.message import Message, Transfer
from wirelesssim.network.wifi.air import StationAir
from wirelesssim.network.wifi.alone import medium_alone, overhead_of

PACKETS, BITS = np.array([0]), np.array([12_000])
HOW = [(fidelity, hidden) for fidelity in ("burst", "packet") for hidden in (None, [], [(0, 1)])]


def sent_of(fidelity, hidden, starts, access):
    """What `StationAir` makes of one packet of 1500 bytes from each of two stations, at `starts` (us)."""
    medium = medium_alone(2, access=access, rules={"cw_min": 0, "cw_max": 0}, fidelity=fidelity, hidden=hidden)
    got = {}

    def send(worker, at):
        yield medium.env.timeout(at * 1e-6)
        got[worker] = yield from StationAir(medium, worker, None, overhead_of(medium), 1.0).send(1, PACKETS, BITS, 1)

    for worker, at in enumerate(starts):
        medium.env.process(send(worker, at))
    medium.env.run()
    return got


def booked(sent, again=False):
    transfer = Transfer(Message.of(0, 1, BITS, BITS, 0), 0.0)
    transfer.aired[:] = again
    transfer.burst(PACKETS, sent.arrived, sent.seconds, sent.withheld)
    transfer.repeated(sent.repeats.count, sent.repeats.bits, sent.repeats.seconds)
    return transfer.attempts, transfer.lost, transfer.sent_bits, transfer.retransmitted_bits


@pytest.mark.parametrize("fidelity, hidden", HOW)
def test_a_packet_whose_every_rts_collides_is_never_on_the_air(fidelity, hidden):
    """Seven RTS each, no transmission and 0 bits; without RTS seven times 12,000, of which six are repeats."""
    for sent in sent_of(fidelity, hidden, (0, 0), {"rts_threshold": "1000 B"}).values():
        assert booked(sent) == (0, 0, 0, 0) and booked(sent, again=True) == (0, 0, 0, 0)
    for sent in sent_of(fidelity, hidden, (0, 0), {}).values():
        assert booked(sent) == (7, 7, 84_000, 72_000)


def test_after_rts_in_vain_the_data_go_once():
    """Hidden: 1's RTS from 30 to 58 hides from it the CTS to 0 (44 to 72). Its RTS at 137 and 244 spoil 0's data (88 to 336),
    which go twice; 1's own go once, after the RTS at 351 (`test_a_missed_cts`)."""
    sent = sent_of("burst", [(0, 1)], (0, 30), {"rts_threshold": "1000 B"})
    assert booked(sent[0]) == (2, 1, 24_000, 12_000)
    assert booked(sent[1]) == (1, 0, 12_000, 0)


@pytest.mark.parametrize("fidelity", ["burst", "packet"])
def test_data_that_noise_takes_are_repeats(fidelity):
    """RTS is answered each time, the data never arrive: seven times on the air."""
    medium = medium_alone(1, access={"rts_threshold": "1000 B"}, fidelity=fidelity, log_success=-1.0)
    process = medium.env.process(StationAir(medium, 0, None, overhead_of(medium), 1.0).send(1, PACKETS, BITS, 1))
    assert booked(medium.env.run(until=process)) == (7, 7, 84_000, 72_000)
