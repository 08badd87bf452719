"""Times and books of single messages by hand, with losses that are written down. Both fidelities.

Numbers: packets of 1000 bits at 1 Mbit/s are u = 1 ms each, the latency is l = 5 ms, an acknowledgement of 40 B = 320 bits
at 1 Mbit/s takes a = 0.32 ms; the sender hears of a burst that ends at t at t + 2 l + a = t + 10.32 ms.
"""

import numpy as np
import pytest
from net_cases import Bench, Fades

from wirelesssim.radio import Iid, Shannon
from wirelesssim.radio.fading_link import AdaptiveLink
from wirelesssim.radio.link import ConstantLink
from wirelesssim.rng import Streams

CHANNEL = {"type": "fixed", "rate": "1 Mbit/s", "latency": "5 ms"}
U, L, A = 1e-3, 5e-3, 0.32e-3
WAIT = 2 * L + A
both = pytest.mark.parametrize("fidelity", ["burst", "packet"])


def arq(retries=7, scheme="burst", **said):
    return {"type": "arq", "retries": retries, "scheme": scheme, **said}


def exactly(transfer, **expected):
    """Times to 1e-12 relative, counts exactly."""
    for name, value in expected.items():
        found = getattr(transfer, name)
        if isinstance(value, list):
            assert found.astype(int).tolist() == value, name
        else:
            assert found == pytest.approx(value, rel=1e-12, abs=1e-15 if isinstance(value, float) else 0), name


@both
def test_no_loss(fidelity):
    """Three packets: sent at 3 u, complete at 3 u + l, acknowledged at 3 u + 2 l + a."""
    bench = Bench(CHANNEL, arq(), fidelity=fidelity)
    sent = bench.send([1000, 1000, 1000], at=2.0)
    bench.run()
    exactly(sent, complete=2 + 3 * U + L, end=2 + 3 * U + WAIT, delivered=[1, 1, 1], acknowledged=[1, 1, 1], attempts=3, lost=0,
            on_air_bits=3320, retransmitted_bits=0, on_air=3 * U, retransmission=0.0, queue=0.0, coded_bits=3000 - 3 * 224,
            payload_bits=3 * 388, heard=True)


@both
def test_lost_packets_are_sent_again_in_one_burst(fidelity):
    """Packets 1 and 3 of 4 are lost, then 3 again: bursts of 4, 2 and 1 packets.

    Burst 2 begins at 4 u + WAIT and takes 2 u, burst 3 at 6 u + 2 WAIT takes u: complete at 7 u + 2 WAIT + l.
    """
    bench = Bench(CHANNEL, arq(), fidelity=fidelity)
    bench.lose((1, 1, 1), (1, 3, 1), (1, 3, 2))
    sent = bench.send([1000] * 4)
    bench.run()
    exactly(sent, complete=7 * U + 2 * WAIT + L, end=7 * U + 3 * WAIT, attempts=7, lost=3, delivered=[1] * 4,
            acknowledged=[1] * 4, on_air_bits=7000 + 3 * 320, retransmitted_bits=3000, on_air=4 * U, retransmission=3 * U)


@both
def test_a_lost_acknowledgement_does_not_delay_the_server(fidelity):
    """The server has all at 2 u + l; the sender resends both packets and ends at 2 (2 u + WAIT)."""
    bench = Bench(CHANNEL, arq(), fidelity=fidelity)
    bench.lose(acknowledgements=[(1, 0, 1)])
    sent = bench.send([1000, 1000])
    bench.run()
    exactly(sent, complete=2 * U + L, end=4 * U + 2 * WAIT, attempts=4, lost=0, delivered=[1, 1], acknowledged=[1, 1],
            on_air_bits=4640, retransmitted_bits=2000)


@both
@pytest.mark.parametrize("lost_acknowledgements, acknowledged, heard", [
    ([], [1, 0], True), ([(1, 0, 1)], [1, 0], True), ([(1, 0, 1), (1, 0, 2)], [0, 0], False)])
def test_retry_limit(fidelity, lost_acknowledgements, acknowledged, heard):
    """One retry, packet 1 lost in both tries: the server knows when the last burst has arrived, and has one packet of two.

    First burst 2 u, second u (2 u if the acknowledgement was lost: then both packets are sent again).
    """
    bench = Bench(CHANNEL, arq(retries=1), fidelity=fidelity)
    bench.lose((1, 1, 1), (1, 1, 2), acknowledgements=lost_acknowledgements)
    sent = bench.send([1000, 1000])
    bench.run()
    second = 2 * U if lost_acknowledgements else U
    exactly(sent, complete=2 * U + WAIT + second + L, end=2 * U + second + 2 * WAIT, delivered=[1, 0], acknowledged=acknowledged,
            heard=heard, attempts=2 + round(second / U), lost=2)


@both
@pytest.mark.parametrize("access", ["dedicated", "tdma"])
def test_stop_and_wait(fidelity, access):
    """Packets of 1000, 2000 and 500 bits; tries 2, 1 and 2: the last is lost once, packet 0's first acknowledgement is.

    Cycle of a packet: its time + WAIT. Complete: 2 (u + WAIT) + (2 u + WAIT) + (u/2 + WAIT) + u/2 + l. `dedicated` at burst
    fidelity is the sampled path; `tdma` alone on the medium must be the same.
    """
    bench = Bench(CHANNEL, arq(scheme="stop_and_wait"), access, fidelity=fidelity)
    bench.lose((1, 2, 1), acknowledgements=[(1, 0, 1)])
    sent = bench.send([1000, 2000, 500])
    bench.run()
    exactly(sent, complete=5 * U + 4 * WAIT + L, end=5 * U + 5 * WAIT, attempts=5, lost=1, delivered=[1] * 3,
            acknowledged=[1] * 3, on_air_bits=5000 + 5 * 320, retransmitted_bits=1500, on_air=3.5 * U,
            retransmission=1.5 * U)


@both
@pytest.mark.parametrize("access", ["dedicated", "tdma"])
def test_stop_and_wait_repeats_what_the_server_has(fidelity, access):
    """The last packet arrives at once, its acknowledgement is lost twice, its third try is lost: the limit of 3 tries ends it.

    Complete at u + l; the sender goes on till 3 (u + WAIT), and believes the packet lost.
    """
    bench = Bench(CHANNEL, arq(2, "stop_and_wait"), access, fidelity=fidelity)
    bench.lose((1, 0, 3), acknowledgements=[(1, 0, 1), (1, 0, 2)])
    sent = bench.send([1000])
    bench.run()
    exactly(sent, complete=U + L, end=3 * (U + WAIT), attempts=3, lost=1, delivered=[1], acknowledged=[0], heard=True,
            retransmitted_bits=2000, on_air_bits=3960)


@both
@pytest.mark.parametrize("access", ["dedicated", "tdma"])
def test_an_answer_to_a_lost_packet_is_heard(fidelity, access):
    """The receiver answers every burst: the sender of a packet lost in all tries still hears that nothing came."""
    for scheme in ("burst", "stop_and_wait"):
        bench = Bench(CHANNEL, arq(1, scheme), access, fidelity=fidelity)
        bench.lose((1, 0, 1), (1, 0, 2), acknowledgements=[(1, 0, 1)])
        sent = bench.send([1000])
        bench.run()
        exactly(sent, complete=2 * U + WAIT + L, end=2 * (U + WAIT), delivered=[0], acknowledged=[0], heard=True, lost=2)


@both
@pytest.mark.parametrize("receipts, end, bits", [(True, 2 * U + WAIT, 2320), (False, 2 * U, 2000)])
def test_unreliable(fidelity, receipts, end, bits):
    """Each packet once; complete at 2 u + l either way; a receipt, if asked for, one frame."""
    bench = Bench(CHANNEL, "unreliable", fidelity=fidelity)
    bench.lose((1, 1, 1))
    sent = bench.send([1000, 1000], receipts=receipts)
    bench.run()
    exactly(sent, complete=2 * U + L, end=end, delivered=[1, 0], acknowledged=[1, 0] if receipts else [0, 0], heard=receipts,
            on_air_bits=bits, attempts=2, lost=1, retransmitted_bits=0)


@both
@pytest.mark.parametrize("scheme", ["burst", "stop_and_wait"])
def test_an_acknowledgement_of_no_bits_is_still_one(fidelity, scheme):
    """`ack: {size: 0 B}`: free, but it tells, and takes the latency."""
    bench = Bench(CHANNEL, arq(scheme=scheme, ack={"size": 0}), fidelity=fidelity)
    sent = bench.send([1000])
    bench.run()
    exactly(sent, complete=U + L, end=U + 2 * L, attempts=1, acknowledged=[1], on_air_bits=1000)


@both
@pytest.mark.parametrize("transport", ["unreliable", arq(), arq(scheme="stop_and_wait")], ids=str)
def test_out_of_reach(fidelity, transport):
    """A link without a rate: the sender gives up after the 10 s of `outage_limit`; nothing was on the air."""
    link = ConstantLink(0, Streams(0), Iid(probability=0.0), rate=0.0, latency=L)
    bench = Bench(links=[link], transport=transport, fidelity=fidelity)
    sent = bench.send([1000, 1000])
    bench.run()
    exactly(sent, complete=10 + L, end=10.0, attempts=0, lost=0, delivered=[0, 0], on_air_bits=0, payload_bits=0,
            coded_bits=0, heard=False)


@both
@pytest.mark.parametrize("transport, tries", [("unreliable", 1), (arq(2), 3), (arq(2, "stop_and_wait"), 3)], ids=str)
def test_a_rate_that_the_channel_does_not_carry(fidelity, transport, tries):
    """A link that is always too weak for its rate: every packet of every try fails, at the cost of its time."""
    link = ConstantLink(0, Streams(0), Iid(probability=0.0), rate=1e6, broken=True, latency=L)
    bench = Bench(links=[link], transport=transport, fidelity=fidelity)
    sent = bench.send([1000, 1000])
    bench.run()
    exactly(sent, attempts=2 * tries, lost=2 * tries, delivered=[0, 0], acknowledged=[0, 0])


@both
def test_a_sender_gives_up_in_an_outage(fidelity):
    """1 Mbit/s until 10 ms, then none: packets of 4000 bits end at 4 and 8 ms, the third is cut; after 20 ms more it gives up.

    The server knows at 30 ms + l, and answers: the worker must learn that two packets were applied. The cut packet and the
    one behind it count no bits: they were not sent.
    """
    link = AdaptiveLink(0, Streams(0), Iid(probability=0.0), bandwidth=1e6, phy=Shannon(gap=1.0), fading=Fades(1, 0),
                        mean_sinr=1.0, latency=L)
    link.reachable = True
    for transport in ("unreliable", arq()):
        bench = Bench(links=[link], transport={"outage_limit": "20 ms", **({"type": transport} if isinstance(transport, str)
                                                                           else transport)}, fidelity=fidelity)
        sent = bench.send([4000] * 4)
        bench.run()
        exactly(sent, complete=0.03 + L, end=0.03 + WAIT, attempts=2, lost=0, delivered=[1, 1, 0, 0],
                acknowledged=[1, 1, 0, 0], on_air_bits=8000 + 320, coded_bits=8000 - 448, payload_bits=(4000 - 224), retransmitted_bits=0,
                on_air=0.03)


@both
def test_giving_up_after_the_server_has_all(fidelity):
    """The acknowledgement is lost, the repeat meets an outage: complete stays where it was, and nothing is told twice.

    Packet done at 1 ms, silence till 11.32 ms (block 1 is out), given up at 11.32 + 20 ms.
    """
    link = AdaptiveLink(0, Streams(0), Iid(probability=0.0), bandwidth=1e6, phy=Shannon(gap=1.0), fading=Fades(1, 0),
                        mean_sinr=1.0, latency=L)
    bench = Bench(links=[link], transport=arq(outage_limit="20 ms"), fidelity=fidelity)
    bench.lose(acknowledgements=[(1, 0, 1)])
    sent = bench.send([1000])
    bench.run()
    exactly(sent, complete=U + L, end=U + WAIT + 0.02, attempts=1, delivered=[1], acknowledged=[0], retransmission=0.02)


def test_attempts_are_asked_at_their_times():
    """Start and end of each packet of a second burst, and of the acknowledgements, as the loss processes see them."""
    bench = Bench(CHANNEL, arq())
    bench.lose((1, 0, 1), (1, 2, 1))
    bench.send([1000, 2000, 3000], at=1.0)
    bench.run()
    air, again = bench.uplinks[0].air, 1 + 6 * U + WAIT
    asked = [(1, 0, 1, 1.0, 1 + U), (1, 1, 1, 1 + U, 1 + 3 * U), (1, 2, 1, 1 + 3 * U, 1 + 6 * U),
             (1, 0, 2, again, again + U), (1, 2, 2, again + U, again + 4 * U)]
    assert np.allclose(air.loss.asked, asked, rtol=1e-14)
    frames = [(1, 0, n, end + L, end + L + A) for n, end in ((1, 1 + 6 * U), (2, again + 4 * U))]
    assert np.allclose(air.acknowledgement_loss.asked, frames, rtol=1e-14)
