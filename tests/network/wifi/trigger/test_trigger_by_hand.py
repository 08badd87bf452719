"""Trigger-based OFDMA by hand: durations of exchanges, units, turns, polls, what goes down, and what nobody hears."""

import numpy as np
import pytest
from trigger_cases import TriggerBench

from wirelesssim.radio.wifi import ResourceUnits, legacy_mode, multi_station_ack_duration, report_duration, trigger_duration

PACKET = 12_000  # bits; an MPDU of 1538 bytes, 1542 with its delimiter
FIDELITIES = ["burst", "packet"]


def us(seconds):
    return seconds * 1e6


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_one_worker_and_no_loss(fidelity):
    """At 60 dB one unit of 242 tones in HE-MCS 11, 1950 bits a symbol of 14.4 us after 48 us. Trigger and block ACK of 34
    bytes at 24 Mb/s: 294 bits, 4 symbols, 36 us each. The data: 22 + 8 * 1542 = 12358 bits, 7 symbols: 148.8 us.
    36 + 16 + 148.8 + 16 + 36 = 252.8 us from an idle medium on."""
    bench = TriggerBench([60.0], fidelity=fidelity).send(0, (1, PACKET, 0.25)).run()
    (_, start, end, sent), = bench.sent
    assert us(end - start) == pytest.approx(252.8, abs=1e-3)
    assert us(sent.seconds) == pytest.approx(148.8) and us(sent.access) == pytest.approx(104.0, abs=1e-3)
    assert sent.arrived.tolist() == [True] and not sent.gave_up and sent.repeats.count == 0


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_the_second_exchange_waits_for_aifs_and_its_backoff(fidelity):
    """42 MPDUs of 1538 bytes: 41 * 1544 + 1542 = 64,846 bytes fit, the 43rd goes in a second exchange: AIFS 43 us and a backoff
    later. The first has 22 + 518768 bits, 267 symbols: 3892.8 us."""
    bench = TriggerBench([60.0], fidelity=fidelity).send(0, (43, PACKET, 0.0)).run()
    first = 36_000 + 16_000 + 48_000 + 267 * 14_400 + 16_000 + 36_000
    backoff = bench.cell.draws.slots(first, 15)
    assert 0 <= backoff <= 15
    (_, _, end, sent), = bench.sent
    assert us(end) == pytest.approx(first / 1e3 + 43 + 9 * backoff + 252.8, abs=1e-3)
    assert us(sent.seconds) == pytest.approx(3892.8 + 148.8) and sent.arrived.all()


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_units_follow_the_number_of_users_and_turns_go_round(fidelity):
    """20 MHz: 1 user 242 tones, 2 106, 3 and 4 52, 5 to 9 26 tones; with 10, nine go first, and the tenth alone has the band."""
    for users, tones in ((1, 242), (2, 106), (3, 52), (4, 52), (5, 26), (9, 26)):
        bench = TriggerBench([60.0] * users, fidelity=fidelity)
        for worker in range(users):
            bench.send(worker, (1, PACKET, 0.0))
        bench.run()
        mode = bench.rules.units.modes[bench.rules.units.tones.index(tones)][11]
        symbols = -(-12358 // mode.bits_per_symbol)
        assert bench.cell.exchanges == 1 and us(bench.sent[0][3].seconds) == pytest.approx(48 + 14.4 * symbols)
    bench = TriggerBench([60.0] * 10, fidelity=fidelity)
    for worker in range(10):
        bench.send(worker, (2, PACKET, 0.0))
    bench.run()
    assert bench.cell.exchanges == 2 and [worker for worker, *_ in bench.sent] == list(range(10))


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_users_of_one_trigger_last_as_long_as_the_longest(fidelity):
    """One packet beside 64 of 40 bytes: both are on the air for 64 * 84 - 2 bytes (78 + 4 + 2 of padding, but for the last)."""
    bench = TriggerBench([60.0, 60.0], fidelity=fidelity).send(0, (1, PACKET, 0.0)).send(1, (64, 320, 0.0)).run()
    mode = bench.rules.units.modes[1][11]
    symbols = -(-(22 + 8 * (64 * 84 - 2)) // mode.bits_per_symbol)
    assert [us(sent.seconds) for *_, sent in bench.sent] == pytest.approx([48 + 14.4 * symbols] * 2)


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_a_poll_tells_the_access_point_who_has_data(fidelity):
    """Ready at 1 ms, polled at 5 ms: of 10 workers first 9, then 1. Poll of 28 + 5 n bytes at 6 Mb/s: 606 bits, 26 symbols, and
    286 bits, 12 symbols; report of 34 bytes, 12 bits a symbol in 26 tones: 25 symbols. The next burst waits for the poll at
    10 ms."""
    bench = TriggerBench([60.0] * 10, {"poll": 5e-3}, fidelity=fidelity).send(3, (1, PACKET, 1e-3), (1, PACKET, 0.0)).run()
    report = 48_000 + 25 * 14_400
    first = 5_000_000 + (20_000 + 26 * 4_000) + 16_000 + report
    second = first + 43_000 + 9_000 * bench.cell.draws.slots(first, 15) + (20_000 + 12 * 4_000) + 16_000 + report
    data = second + 43_000 + 9_000 * bench.cell.draws.slots(second, 15) + 252_800
    assert bench.sent[0][2] * 1e9 == pytest.approx(data, abs=1)
    assert bench.sent[0][2] < bench.sent[1][1] + 1e-9 and 10e-3 < bench.sent[1][2] < 12e-3
    assert trigger_duration(legacy_mode(6), 9, basic=False) == 124_000 and report_duration(bench.rules.units.modes[-1]) == report


def test_control_frames_by_hand():
    """Trigger to 9: 28 + 54 bytes, 678 bits, 8 symbols at 24 Mb/s; block ACK to 9: 22 + 108 bytes, 1062 bits, 12 symbols."""
    fast = legacy_mode(24)
    assert trigger_duration(fast, 9) == 52_000 and multi_station_ack_duration(fast, 9) == 68_000


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_a_worker_has_its_power_in_its_unit(fidelity):
    """At 11 dB over the band 242/26 more in the smallest unit are 20.7 dB: HE-MCS 4 (from 16.6 dB on), not 2 (from 9.9 dB on)."""
    bench = TriggerBench([11.0] * 9, fidelity=fidelity)
    assert bench.rules.units.row(3, 10**1.1) == 4 and bench.rules.units.row(0, 10**1.1) == 2
    for worker in range(9):
        bench.send(worker, (1, PACKET, 0.0))
    bench.run()
    per_symbol = 24 * 4 * 3 // 4
    assert [us(sent.seconds) for *_, sent in bench.sent] == pytest.approx([48 + 14.4 * -(-12358 // per_symbol)] * 9)


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_a_packet_that_no_small_unit_holds_gets_a_larger_one(fidelity):
    """26 tones in HE-MCS 0, 12 bits a symbol: 377 symbols in 5.484 ms are 562 bytes. A worker at -5.8 dB has MCS 0 there (from
    3.1 dB on, 9.7 dB being gained) but not in 52 tones; one packet of 500 bytes goes, one of 1500 bytes does not."""
    low = TriggerBench([-5.8], fidelity=fidelity, outage_limit=0.5).send(0, (1, 4000, 0.0)).run()
    assert not low.sent[0][3].gave_up and low.sent[0][3].seconds > 0
    far = TriggerBench([-5.8], fidelity=fidelity, outage_limit=0.5).send(0, (1, PACKET, 0.0)).run()
    assert far.sent[0][3].gave_up and far.sent[0][2] == 0.5 and len(far.sent[0][3].arrived) == 0


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_out_of_reach_waits_for_a_better_block(fidelity):
    """Rayleigh at -6 dB, blocks of 10 ms: it begins at the start of the first block in which some unit carries it."""
    fading = {"type": "rayleigh", "coherence_time": 10e-3}
    bench = TriggerBench([-6.0], fading=fading, fidelity=fidelity, seed=4, outage_limit=5.0).send(0, (1, PACKET, 0.0)).run()
    least = float(bench.rules.units.least_sinr(1538).min())
    block = next(index for index in range(500) if bench.cell.signals.at(0, index * 10_000_000) >= least)
    assert block > 0
    assert bench.starts[0][0] == block * 10_000_000


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_a_model_to_all_by_hand(fidelity):
    """Three frames of 1538 bytes at 6 Mb/s: 22 + 12304 bits, 514 symbols, 2076 us; between them AIFS and a backoff. At 60 dB all
    have it after the first pass."""
    bench = TriggerBench([60.0, 60.0], fidelity=fidelity)
    books = bench.carry(3, PACKET, at=0.1)
    bench.run()
    now = 100_000_000 + 2_076_000
    for _ in range(2):
        now += 43_000 + 9_000 * bench.cell.draws.slots(now, 15) + 2_076_000
    assert [(worker, value) for worker, _, value in bench.carried] == [(0, True), (1, True)]
    assert all(time * 1e9 == pytest.approx(now, abs=1) for _, time, _ in bench.carried)
    assert books.attempts == 3 and books.lost == 0 and books.end * 1e9 == pytest.approx(now, abs=1)
    assert books.on_air == pytest.approx(3 * 2076e-6) and books.delivered.all()


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_a_model_comes_again_to_whom_misses_it_and_is_given_up_after_seven_passes(fidelity):
    """At -20 dB a worker hears nothing: seven passes over both frames, then False; the other has it after the first."""
    bench = TriggerBench([60.0, -20.0], fidelity=fidelity)
    books = bench.carry(2, PACKET)
    bench.run()
    assert [(worker, value) for worker, _, value in bench.carried] == [(0, True), (1, False)]
    assert books.attempts == 14 and books.retransmitted_bits == 12 * PACKET and books.lost == 14 and not books.delivered.any()
    assert bench.carried[0][1] < bench.carried[1][1] / 6 and books.end == bench.carried[1][1]


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_a_model_to_one_by_hand(fidelity):
    """HE-MCS 11 in 20 MHz, 1950 bits a symbol of 13.6 us after 43.2 us: A-MPDUs of 42 and 1 MPDUs, 267 and 7 symbols, each with
    SIFS and a block ACK of 32 us."""
    bench = TriggerBench([60.0, 60.0], fidelity=fidelity)
    books = bench.carry(43, PACKET, worker=1)
    bench.run()
    first = 43_200 + 267 * 13_600 + 16_000 + 32_000
    end = first + 43_000 + 9_000 * bench.cell.draws.slots(first, 15) + 43_200 + 7 * 13_600 + 48_000
    assert [(worker, value) for worker, _, value in bench.carried] == [(1, True)]
    assert bench.carried[0][1] * 1e9 == pytest.approx(end, abs=1) and books.attempts == 43 and books.lost == 0


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_an_answer_by_hand(fidelity):
    """40 bytes are an MPDU of 78, 82 with its delimiter: 678 bits, 1 symbol of HE-MCS 11; 43.2 + 13.6 + 16 + 28 us. At -20 dB
    seven tries are not heard."""
    bench = TriggerBench([60.0, -20.0], fidelity=fidelity).answer(0, 0.1).answer(1, 0.2).run()
    (first, at, heard), (second, _, unheard) = bench.answers
    assert (first, heard, second, unheard) == (0, True, 1, False)
    assert us(at - 0.1) == pytest.approx(100.8, abs=1e-3) and bench.cell.exchanges == 2


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_jobs_and_triggers_take_turns(fidelity):
    """Two answers and two workers with data, all at once: answer, trigger, answer, trigger."""
    bench = TriggerBench([60.0] * 2, {"most_users": 1}, fidelity=fidelity)
    bench.send(0, (1, PACKET, 0.1)).send(1, (1, PACKET, 0.1)).answer(0, 0.1).answer(1, 0.1).run()
    order = sorted([(end, "data", worker) for worker, _, end, _ in bench.sent]
                   + [(end, "answer", worker) for worker, end, _ in bench.answers])
    assert [what for _, *what in order] == [["answer", 0], ["data", 0], ["answer", 1], ["data", 1]]


@pytest.mark.parametrize("bandwidth, tones, counts", [
    (20e6, (242, 106, 52, 26), (1, 2, 4, 9)), (40e6, (484, 242, 106, 52, 26), (1, 2, 4, 8, 18)),
    (80e6, (996, 484, 242, 106, 52, 26), (1, 2, 4, 8, 16, 37))])
def test_units_fill_the_band_and_no_more(bandwidth, tones, counts):
    units = ResourceUnits(bandwidth, 1, 1600, "nist", TriggerBench([0.0]).rules.units.rate)
    assert (units.tones, units.counts) == (tones, counts)
    assert all(tone * count <= tones[0] for tone, count in zip(tones, counts))
