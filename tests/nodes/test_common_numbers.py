"""Common random numbers: what variants share, whatever they send and whenever; and what a new worker leaves alone."""

import numpy as np
import pytest
from node_cases import simulation

CHANNEL = {"type": "fixed", "rate": "1 Mbit/s", "latency": "3 ms", "jitter": "1 ms", "loss": "30 %"}
BURSTY = {"type": "gilbert_elliott", "good": "60 ms", "bad": "40 ms", "loss_bad": "90 %"}
RADIO = {"type": "radio", "bandwidth": "1 MHz", "tx_power": "0 dBm", "shadowing": "lognormal",
         "fading": {"type": "rayleigh", "coherence_time": "10 ms"}}
GD = {"algorithm": {"type": "gd"}, "codec": {"type": "dense", "value_bits": 64}}
SEC = {"algorithm": {"type": "gd_sec", "xi": "20 L"}, "codec": {"type": "auto"}}


def fates(transport, access="dedicated", **said):
    """(worker, round, packet, attempt) -> arrived, of all that a run sent; and the jitter of each message."""
    simulated = simulation(3, rounds=10, dimension=400, channel=CHANNEL, access=access,
                           transport={"mtu": "200 B"} | transport, **said)
    seen, late = {}, {}
    for worker in simulated.workers:
        watch(worker, seen, late)
    simulated.run()
    return seen, late


def watch(worker, seen, late):
    loss, plain, one_way = worker.uplink.air.loss, worker.uplink.air.loss.arrivals, worker.uplink.one_way

    def arrivals(round, packets, attempt, starts, ends):
        arrived = plain(round, packets, attempt, starts, ends)
        seen.update({(worker.index, round, int(packet), attempt): bool(came) for packet, came in zip(packets, arrived)})
        return arrived

    def delay(round, first):
        if first:
            late[worker.index, round] = one_way(round, first)
        return one_way(round, first)

    loss.arrivals, worker.uplink.one_way = arrivals, delay


@pytest.mark.parametrize("others", [
    {"transport": {"type": "arq"}} | SEC, {"transport": {"type": "arq", "scheme": "stop_and_wait"}} | SEC,
    {"transport": {"type": "unreliable"}} | GD, {"transport": {"type": "arq"}, "access": "tdma"} | GD,
    {"transport": {"type": "arq"}, "compute": {"type": "fixed", "time": "70 ms"}} | SEC], ids=str)
def test_packets_have_the_same_fates(others):
    """GD at 64 bits by bursts against smaller messages, other schemes, access and times: same (worker, round, packet, try)."""
    (base, late), (other, other_late) = fates({"type": "arq"}, **GD), fates(others["transport"], **{
        key: value for key, value in others.items() if key != "transport"})
    common = base.keys() & other.keys()
    assert all(base[key] == other[key] for key in common)
    assert len(common) >= 0.5 * len(other) and 0 < sum(base[key] for key in common) < len(common)
    assert late == other_late and len(set(late.values())) == 30


def links(workers, **said):
    return [worker.uplink.link for worker in simulation(workers, **said).workers]


TIMES = np.linspace(0.0, 3.0, 400)


def test_a_radio_is_the_same_for_every_variant_and_number_of_workers():
    """Gains, places and shadowing at the same instants, whoever asks first; a fifth worker changes nobody's channel."""
    down = {"downlink": {"type": "multicast", "rate": "2 Mbit/s"}}
    base = [[link.rate_at(time) for time in TIMES] for link in links(4, channel=RADIO, **down)]
    for workers, said in ((4, SEC), (5, GD), (5, SEC | {"access": "tdma"})):
        simulated = simulation(workers, rounds=4, channel=RADIO, **said, **down)
        simulated.run()  # asked in another order before
        for worker in range(4):
            link = simulated.workers[worker].uplink.link
            assert [link.rate_at(time) for time in reversed(TIMES)][::-1] == base[worker]
    assert len({tuple(rates) for rates in base}) == 4


def test_bursts_of_loss_come_at_the_same_times():
    """The two-state chain of each worker, after runs of other methods, and beside a new worker."""
    states = []
    for workers, said in ((3, GD), (3, SEC | {"access": "tdma"}), (4, SEC)):
        simulated = simulation(workers, rounds=6, channel=CHANNEL | {"loss": BURSTY}, **said)
        simulated.run()
        states.append([simulated.workers[worker].uplink.air.loss.bad_at(TIMES) for worker in range(3)])
    assert np.array_equal(states[0], states[1]) and np.array_equal(states[0], states[2])
    assert 0.1 < np.mean(states[0]) < 0.9 and not np.array_equal(states[0][0], states[0][1])


def test_drawn_rates_stay_when_a_worker_joins():
    """Rates, latencies and gradient times drawn from distributions: worker m's is its own."""
    law = {"type": "lognormal", "mean": "2 Mbit/s", "sigma": 0.5}
    said = dict(channel={"type": "fixed", "rate": law, "latency": {"type": "uniform", "low": "1 ms", "high": "9 ms"}},
                compute={"type": "fixed", "time": {"type": "uniform", "low": "1 ms", "high": "9 ms"}})
    few, many = simulation(3, **said).workers, simulation(4, **said).workers
    for one, same in zip(few, many):
        assert (one.uplink.link.rate, one.uplink.link.latency, one.compute_time) == (
            same.uplink.link.rate, same.uplink.link.latency, same.compute_time)
    assert len({worker.uplink.link.rate for worker in many}) == 4


@pytest.mark.parametrize("transport", ["arq", {"type": "arq", "scheme": "stop_and_wait"}, "unreliable"], ids=str)
@pytest.mark.parametrize("fidelity", ["burst", "packet"])
def test_a_run_repeats_itself(transport, fidelity):
    said = dict(rounds=6, dimension=400, channel=CHANNEL | {"loss": BURSTY}, access="tdma")
    said |= {"transport": transport, "fidelity": fidelity}
    one, two = simulation(3, **said).run(), simulation(3, **said).run()
    assert (one.rounds, one.transmissions, one.workers) == (two.rounds, two.transmissions, two.workers)
    other = simulation(3, seed={"learning": 1, "radio": 2}, **said).run()
    assert other.transmissions != one.transmissions
