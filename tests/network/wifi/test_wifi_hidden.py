"""Stations that do not hear each other: the loop beside the twin with nobody hidden, cases by hand, laws, and what RTS mends.

By hand: 802.11a at 54 Mb/s, an MPDU of 1536 bytes 248 us, of 100 bytes 20 + 4 ceil(822 / 216) = 36 us; ACK, RTS and CTS at 24
Mb/s 28 us; SIFS 16, slot 9, DIFS 34, timeout 45 us; windows of one slot, so that every backoff is 0. Times in us.
"""

import numpy as np
import pytest
import simpy
from contention_cases import random_case, random_medium, random_traffic
from hidden_cases import on_air

from wirelesssim.network.wifi.alone import medium_alone, saturated
from wirelesssim.network.wifi.batch import Batch
from wirelesssim.network.wifi.hidden.ether import ACK, CTS, DATA, REQUEST, RTS
from wirelesssim.network.wifi.hidden.medium import HiddenContention
from wirelesssim.network.wifi.rules import BROADCAST, DELIVERED, LOST, SENT

STILL = {"cw_min": 0, "cw_max": 0}


def hidden_case(seed, share):
    """The traffic of `random_case`, where each pair of workers is hidden with probability `share`; (log, counts, medium)."""
    model, draw = random_medium(seed, "packet")
    size = model.signals.stations
    apart = np.triu(np.random.default_rng([seed, 7]).random((size, size)) < share, 1)
    apart[:, model.rules.access_point] = False
    medium = HiddenContention(simpy.Environment(), model.rules, model.modes, model.signals, ~(apart | apart.T), [])
    log = []
    random_traffic(medium, draw, seed, log)
    medium.env.run()
    return sorted(log), [(who.transmissions, who.failures) for who in medium.stations], medium


def standard_seeds(*seeds):
    """Those whose rules are the standard's."""
    return [seed for seed in range(*seeds) if not random_medium(seed, "packet")[0].rules.bianchi]


@pytest.mark.parametrize("first", range(0, 80, 10))
def test_nobody_hidden_is_the_twin(first):
    """Frame for frame: fates, times, tries, airtimes, counts."""
    for seed in standard_seeds(first, first + 10):
        log, counts, _ = hidden_case(seed, 0.0)
        expected, _, expected_counts = random_case(seed, "packet")
        assert (log, counts) == (expected, expected_counts), seed


@pytest.mark.slow
def test_nobody_hidden_is_the_twin_at_length():
    for seed in standard_seeds(1000, 2500):
        log, counts, _ = hidden_case(seed, 0.0)
        expected, _, expected_counts = random_case(seed, "packet")
        assert (log, counts) == (expected, expected_counts), seed


def parts(signal, modes):
    """From when to when (ns) the preamble of an A-MPDU is on the air, and each MPDU that was spared, with its delimiter: the
    first bit of that is in symbol floor(bits before / bits of a symbol)."""
    kind, place = modes[signal.exchange.mode], 0
    data = signal.start + int(kind["preamble"])
    spans = [(signal.start, data)]
    for frame in signal.exchange.frames:
        if any(frame is one for one in signal.spared):
            first = 8 * place // int(kind["bits_per_symbol"])
            last = -(-(int(kind["overhead"]) + 8 * (place + 4 + frame.size)) // int(kind["bits_per_symbol"]))
            spans.append((data + first * int(kind["symbol"]), min(signal.end, data + last * int(kind["symbol"]))))
        place += 4 + (frame.size + 3) // 4 * 4
    return spans


def heard(medium, row):
    """Whom the station hears."""
    return [sender for sender, listeners in enumerate(medium.ether.listeners) if row in listeners]


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_laws(first):
    """Every frame meets a fate, not before it is ready; nobody sends twice at once; who begins of its own accord has heard
    nothing for DIFS, but what began less than a slot before; what arrived overlapped with nothing that its receiver hears,
    of an A-MPDU in its preamble and in its own symbols."""
    for seed in standard_seeds(first, first + 10):
        log, _, medium = hidden_case(seed, 0.5)
        rules, signals = medium.rules, medium.log
        fates = [fate for row in log for fate in row[4:4 + (len(row) - 7) // 3]]
        assert set(fates) <= {DELIVERED, LOST, SENT}
        for who in medium.stations:
            own = sorted((s.start, s.end) for s in signals if s.sender == who.row)
            assert all(before[1] < after[0] for before, after in zip(own, own[1:]))
            assert all(frame.time > frame.ready for frame in who.burst.frames)
        for signal in signals:
            others = [s for s in signals if s is not signal and s.end > signal.start - rules.difs and s.start < signal.end]
            first_of_exchange = signal.kind in (RTS, REQUEST) or (signal.kind == DATA and not any(
                s.kind == CTS and s.end == signal.start - rules.sifs and s.exchange is signal.exchange for s in others))
            for other in others:
                if first_of_exchange and other.sender in heard(medium, signal.sender):
                    assert other.start > signal.start - rules.slot
                if signal.to != BROADCAST and signal.received(signal.to) and other.end > signal.start:
                    assert other.sender != signal.to
                    if other.sender in heard(medium, signal.to):
                        assert signal.kind == DATA and len(signal.exchange.frames) > 1
                        assert not any(other.start < end and begin < other.end for begin, end in parts(signal, medium.modes))


def test_answers_follow_what_arrived():
    """An ACK or a CTS begins SIFS after a frame that its sender received, and a frame is delivered at the end of data."""
    for seed in standard_seeds(15):
        log, _, medium = hidden_case(seed, 0.6)
        ends = {(s.exchange, s.end): s for s in medium.log if s.kind in (RTS, DATA, REQUEST)}
        answers = [s for s in medium.log if s.kind in (CTS, ACK)]
        assert len(answers) > 5
        for answer in answers:
            asked = ends[answer.exchange, answer.start - medium.rules.sifs]
            assert asked.to == answer.sender and asked.received(answer.sender)
        arrivals = {(s.sender, s.end) for s in medium.log if s.kind == DATA and s.to != BROADCAST and s.received(s.to)}
        for station, _, _, _, *rest in log:
            count = (len(rest) - 3) // 3
            times = [time for fate, time in zip(rest[:count], rest[count:2 * count]) if fate == DELIVERED]
            assert {(station, time) for time in times} <= arrivals


def both(traffic, **medium):
    """What the twin has on the air, its medium, and what comes of the batches of `traffic`, (station, Batch) each; the compiled
    loop must do the same."""
    seen = []
    for fidelity in ("burst", "packet"):
        made = medium_alone(**medium, rules=STILL, trace=100, fidelity=fidelity)
        done = [made.transmit(station, batch) for station, batch in traffic]
        made.env.run()
        seen.append((on_air(made), [(one.value.fates.tolist(), (one.value.times / 1000).tolist(), one.value.tries.tolist())
                                    for one in done]))
    assert seen[0] == seen[1]
    return made, seen[1][1]


def batch(ready, *sizes, to=0, tag=0):
    """Frames of `sizes` bytes, all ready at `ready` us."""
    return Batch(np.array(sizes), np.arange(len(sizes)) + tag, to, ready=np.full(len(sizes), round(ready * 1000)))


def by_hand(ready, hidden, access=None, sizes=None, to=0, stations=2):
    """One frame a station, ready at `ready` (us; station: time), nobody with a backoff; (fates, times us, tries), the medium."""
    size = max(stations, 1 + max(station for pair in hidden for station in pair))
    traffic = [(station, batch(time, (sizes or {}).get(station, 1536), to=to, tag=station)) for station, time in ready.items()]
    medium, found = both(traffic, stations=size, access=access, hidden=hidden)
    return {station: tuple(column[0] for column in one) for station, one in zip(ready, found)}, medium


def starts(medium, station):
    """(kind, start in us) of what the station sent."""
    return [(signal.kind, signal.start / 1000) for signal in medium.log if signal.sender == station]


def test_two_that_overlap_again_and_again():
    """0 sends at 0, 1 at 100, whom it does not hear: both are lost, time out 45 us after their ends and send again after DIFS,
    each 248 + 45 + 34 = 327 us later: the offset stays, and all seven overlap. Lost at 6 327 + 248 + 45, and 100 later."""
    found, medium = by_hand({0: 0, 1: 100}, [(0, 1)])
    assert found == {0: (LOST, 2255, 7), 1: (LOST, 2355, 7)}
    assert starts(medium, 0) == [(DATA, 327 * number) for number in range(7)]
    assert [who.failures for who in medium.stations] == [7, 7, 0]


def test_the_same_two_if_they_hear_each_other():
    """1 waits for 0's ACK and DIFS: 248 + 16 + 28 + 34 = 326."""
    found, medium = by_hand({0: 0, 1: 100}, [(0, 2)])
    assert found == {0: (DELIVERED, 248, 1), 1: (DELIVERED, 326 + 248, 1)}


def test_a_frame_in_the_gap_before_the_acknowledgement():
    """1 begins at 250, in the 16 us before the ACK to 0: that arrives, since 0 does not hear 1, but the access point sends and
    does not receive 1's frame; 1 times out at 250 + 248 + 45 and sends DIFS later, at 577."""
    found, medium = by_hand({0: 0, 1: 250}, [(0, 1)])
    assert found == {0: (DELIVERED, 248, 1), 1: (DELIVERED, 577 + 248, 2)}
    assert starts(medium, 2) == [(ACK, 264)]  # with 1's frame all is over


def test_the_acknowledgement_is_heard_a_slot_after_its_start():
    """ACK from 264 to 292. Ready at 272.9, 1 has not heard it and sends; at 273 it has, and waits till 292 + 34."""
    assert by_hand({0: 0, 1: 272.9}, [(0, 1)])[0][1] == (DELIVERED, 272.9 + 248 + 45 + 34 + 248, 2)
    assert by_hand({0: 0, 1: 273}, [(0, 1)])[0][1] == (DELIVERED, 292 + 34 + 248, 1)


def test_rts_limits_what_is_lost():
    """RTS from 0 to 28 and from 10 to 38 overlap, time out at 73 and 83, and meet again 107 us later, seven times: 28 us of
    airtime each in place of 248. Alone in the cell from 60 on, CTS from 44 to 72 says all: 1 waits for its end,
    88 + 248 + 16 + 28 = 380, and DIFS; its RTS, CTS and two SIFS take 88."""
    found, medium = by_hand({0: 0, 1: 10}, [(0, 1)], {"rts_threshold": "1000 B"})
    assert found == {0: (LOST, 6 * 107 + 73, 7), 1: (LOST, 6 * 107 + 83, 7)}
    assert all(signal.kind == RTS and signal.end - signal.start == 28_000 for signal in medium.log)
    assert [who.burst.airtime for who in medium.stations[:2]] == [7 * 28_000] * 2
    found, _ = by_hand({0: 0, 1: 60}, [(0, 1)], {"rts_threshold": "1000 B"})
    assert found == {0: (DELIVERED, 88 + 248, 1), 1: (DELIVERED, 414 + 88 + 248, 1)}


def test_a_missed_cts():
    """1 sends RTS from 30 to 58, before it hears the CTS to 0 (44 to 72), which so escapes it: its next RTS, at 58 + 45 + 34 =
    137, spoils 0's data (88 to 336), as does that at 244. That of 351 is alone; 0 misses its ACK at 381 and then hears the CTS
    to 1 (395 to 423), which reserves the medium till 351 + 88 + 248 + 16 + 28 = 731."""
    found, medium = by_hand({0: 0, 1: 30}, [(0, 1)], {"rts_threshold": "1000 B"})
    assert starts(medium, 0)[:3] == [(RTS, 0), (DATA, 88), (RTS, 731 + 34)]
    assert starts(medium, 1)[:4] == [(RTS, 30), (RTS, 137), (RTS, 244), (RTS, 351)]
    assert starts(medium, 2)[:2] == [(CTS, 44), (CTS, 351 + 28 + 16)] and found[1] == (DELIVERED, 351 + 88 + 248, 4)


def test_a_reservation_without_a_frame_falls():
    """2 receives 0's RTS, which the access point does not, as 1's overlaps there (10 to 38; neither 0 nor 2 hears 1). No CTS:
    at 28 + 16 + 28 + 45 + 9 = 126 the reservation falls, DIFS later 2 sends."""
    found, medium = by_hand({0: 0, 1: 10, 2: 60}, [(0, 1), (1, 2)], {"rts_threshold": "1000 B", "retry_limit": 1})
    assert found[0] == (LOST, 73, 1) and found[1] == (LOST, 83, 1)
    assert starts(medium, 2) == [(RTS, 160), (DATA, 248)] and found[2] == (DELIVERED, 248 + 248, 1)


@pytest.mark.parametrize("eifs, wait", [("standard", 94), ("none", 34)])
def test_eifs_after_an_overlap(eifs, wait):
    """2 hears 0 (to 248) and 1 (100 to 348) overlap, and waits EIFS from the end of the last."""
    _, medium = by_hand({0: 0, 1: 100, 2: 50}, [(0, 1)], {"eifs": eifs, "retry_limit": 1})
    assert starts(medium, 2) == [(DATA, 348 + wait)]


@pytest.mark.parametrize("eifs, begins", [("standard", 342), ("none", 326)])
@pytest.mark.parametrize("hidden", [None, [], [(0, 1)]])
@pytest.mark.parametrize("fidelity", ["burst", "packet"])
def test_eifs_after_noise(fidelity, hidden, eifs, begins):
    """To the access point 0's data, 0 to 248, that noise takes, are undecodable: it sends 100 bytes to 1, 36 us, at 248 + EIFS
    94. Where there is no EIFS it waits as all who heard them, for the ACK to 292, and DIFS. All is in vain, after one try: the
    wait for an ACK is over 45 us after the end."""
    medium = medium_alone(2, access={"retry_limit": 1, "eifs": eifs}, rules=STILL, hidden=hidden, log_success=-1.0,
                          fidelity=fidelity)
    done = [medium.transmit(0, batch(0, 1536)), medium.transmit(2, batch(50, 100, to=1, tag=5))]
    medium.env.run()
    assert [one.value.times.tolist() for one in done] == [[293_000], [1000 * (begins + 36 + 45)]]
    assert done[1].value.first == 1000 * begins


@pytest.mark.parametrize("fidelity", ["burst", "packet"])
@pytest.mark.parametrize("ready, begins", [(100, 342), (260, 342), (341, 342), (350, 350)])
def test_when_a_frame_comes_to_who_waits_for_eifs(ready, begins, fidelity):
    """As above; the access point's frame comes while the data are on the air, in EIFS, or after it."""
    for hidden in (None, []):
        medium = medium_alone(2, access={"retry_limit": 1}, rules=STILL, hidden=hidden, log_success=-1.0, fidelity=fidelity)
        medium.transmit(0, batch(0, 1536))
        done = medium.transmit(2, batch(ready, 100, to=1, tag=5))
        medium.env.run()
        assert done.value.first == 1000 * begins


def test_a_decoded_frame_ends_eifs():
    """The access point (row 3) sends to 0 till 36, 1 from 5 to 41, both 100 bytes: 0, which does not hear 1, has its frame; at 2
    they overlap, EIFS till 41 + 94 = 135. But 2 decodes 0's ACK (52 to 80), and waits DIFS from then."""
    found, medium = by_hand({3: 0, 1: 5, 2: 20}, [(0, 1)], {"retry_limit": 1}, {3: 100, 1: 100}, stations=3)
    assert found[3] == (DELIVERED, 36, 1) and found[1][0] == LOST
    assert starts(medium, 2) == [(DATA, 80 + 34)]


def test_who_answers_counts_on_thereafter():
    """0's 900 bytes last till 20 + 4 ceil(7222 / 216) = 156, their ACK from 172 to 200. 1's RTS (158 to 186) begins before the
    ACK and ends within it. The access point, ready to send at 180, does so DIFS after its ACK."""
    _, medium = by_hand({0: 0, 1: 158, 2: 180}, [(0, 1)], {"rts_threshold": "1000 B"}, {0: 900, 2: 100})
    assert starts(medium, 2)[:2] == [(ACK, 172), (DATA, 234)]


def test_an_acknowledgement_that_is_lost():
    """The access point (row 2) sends 100 bytes to 0 at 0, 1 sends to it at 5. 0 does not hear 1, and has its frame at 36; its
    ACK (52 to 80) meets 1's frame (5 to 253) at the access point. That misses it at 81, waits for 1's end and DIFS, sends
    again at 287, till 323; the ACK ends at 367. 1 hears the frame, not the ACK, and honours the reservation: DIFS after 367."""
    found, medium = by_hand({2: 0, 1: 5}, [(0, 1)], sizes={2: 100})
    assert starts(medium, 2)[:2] == [(DATA, 0), (DATA, 287)] and starts(medium, 0) == [(ACK, 52), (ACK, 339)]
    assert found[2] == (DELIVERED, 36, 1) and found[1] == (DELIVERED, 401 + 248, 2)
    assert medium.stations[2].transmissions == 2 and medium.stations[2].failures == 1


def test_a_reserved_station_sends_no_cts():
    """2 reserves the medium around itself by an RTS that the access point did not receive (1's overlaps there). 0 hears 2 and
    not 1: the access point's RTS for 0, at 38 + 94 = 132 with EIFS, comes before 0's reservation ends at 380, but after it has
    fallen at 126; 40 us sooner, with `eifs: none`, at 72, it is not answered."""
    for eifs, answered in (("standard", True), ("none", False)):
        access = {"rts_threshold": "1000 B", "retry_limit": 1, "eifs": eifs}
        _, medium = by_hand({2: 0, 1: 10, 3: 20}, [(0, 1), (1, 2)], access)
        assert starts(medium, 3)[0] == (RTS, 132 if answered else 72)
        assert bool(starts(medium, 0)) is answered


def test_a_cts_that_is_lost_leaves_its_sender_free():
    """The access point's RTS to 0 (0 to 28) is answered from 44 to 72, when 1, which 0 does not hear and which began at 5, is on
    the air till 85 (400 bytes, 20 + 4 ceil(3222 / 216) us): no data follow. 0's own frame, ready at 110, finds the medium idle
    since 72, longer than DIFS, and goes at once; the reservation in the RTS, till 380, binds others."""
    access = {"rts_threshold": "1000 B", "retry_limit": 1}
    found, medium = by_hand({2: 0, 1: 5, 0: 110}, [(0, 1)], access, {1: 400, 0: 100})
    assert starts(medium, 0) == [(CTS, 44), (DATA, 110)] and found[0] == (DELIVERED, 146, 1) and found[2] == (LOST, 73, 1)


def test_a_reservation_of_the_sender_itself_does_not_keep_from_answering():
    """1 begins at 5 and misses the access point's RTS to it (0 to 28), which 0 heeds, till 380 if nothing is heard till 126. At
    73 + 34 = 107 the access point, at its retry limit, turns to 0 with an RTS: CTS 16 us after its end at 135, data from 195 to
    443."""
    traffic = [(2, batch(0, 1536, to=1)), (2, batch(0, 1536, to=0, tag=1)), (1, batch(5, 100))]
    medium, found = both(traffic, stations=2, access={"rts_threshold": "1000 B", "retry_limit": 1}, hidden=[(0, 1)])
    assert starts(medium, 2)[:3] == [(RTS, 0), (RTS, 107), (DATA, 195)] and starts(medium, 0) == [(CTS, 151)]
    assert found[:2] == [([LOST], [73], [1]), ([DELIVERED], [443], [1])]


@pytest.mark.parametrize("begins, spoilt", [(35.9, [0, 1, 2, 3]), (36, [0]), (300, [1]), (224, [0, 1]), (420, [2]), (790, [3])])
def test_a_part_of_an_a_mpdu_that_overlaps(begins, spoilt):
    """802.11n at 65 Mb/s: 260 bits in 4 us after 36 us of preamble; 100 bytes 36 + 4 ceil(822 / 260) = 52 us. Of four MPDUs of
    1538 bytes, 1544 with delimiter and padding, the one from bit b on takes the symbols floor(b / 260) to
    ceil((22 + b + 8 1542) / 260): 36 to 228, 224 to 420, 416 to 608, 604 to 800 us. 1 is on the air for 52 us from `begins` on.
    What it does not meet arrives, and 0, which does not hear 1, has the BlockAck from 816 to 848; if it meets the preamble,
    nothing does, and 0 waits till 845."""
    traffic = [(0, batch(0, *[1538] * 4)), (1, batch(begins, 100))]
    access = {"retry_limit": 1}
    medium, found = both(traffic, stations=2, phy={"standard": "n"}, access=access, hidden=[(0, 1)])
    lost = 845 if begins < 36 else 848
    assert found[0] == ([LOST if place in spoilt else DELIVERED for place in range(4)],
                        [lost if place in spoilt else 800 for place in range(4)], [1] * 4)
    assert found[1] == ([LOST], [begins + 52 + 45], [1])


@pytest.mark.parametrize("fidelity", ["burst", "packet"])
@pytest.mark.parametrize("hidden", [None, [], [(0, 1)]])
def test_rts_in_vain_say_nothing_of_data(fidelity, hidden):
    """802.11n, two A-MPDUs of 2 ready together, RTS (28 us) that collide 3 times, each SIFS + slot + 20 + AIFS = 45 + 43 us after
    the last: no BlockAckReq follows, as no data were sent, and the rate control, which falls after one missed acknowledgement,
    stays. Lost at 2 116 + 28 + 45."""
    medium = medium_alone(2, {"standard": "n", "rate": {"type": "arf", "up": 9, "down": 1}}, rules=STILL, hidden=hidden,
                          access={"rts_threshold": "1000 B", "retry_limit": 3}, fidelity=fidelity)
    done = [medium.transmit(station, batch(0, 1538, 1538)) for station in range(2)]
    medium.env.run()
    for one in (event.value for event in done):
        assert one.fates.tolist() == [LOST] * 2 and one.times.tolist() == [305_000] * 2 and one.airtime == 3 * 28_000
        assert one.tries.tolist() == one.unanswered.tolist() == [3] * 2
    if fidelity == "burst":
        assert medium.state.links["mode"][:2].tolist() == [7, 7]


def share_of_second_attempts(runs):
    """Of two hidden stations whose first frames collide: how often the second of both do not."""
    found = 0
    for seed in range(runs):
        medium = medium_alone(2, access={"retry_limit": 2}, hidden=[(0, 1)], seed=seed, rules={"cw_min": 15})
        done = [medium.transmit(station, Batch(np.array([536]), np.array([station]))) for station in range(2)]
        medium.env.run()
        found += all(event.value.fates[0] == DELIVERED for event in done)
    return found / runs


def test_second_attempts_of_two():
    """536 bytes last 20 + 4 ceil(4310 / 216) = 100 us. Both send at 0 and fail; backoffs a, b are uniform over 0 to 31. They
    overlap if |a - b| 9 < 100; at |a - b| = 12, 13 the later begins within SIFS + slot of the end of the first, before it
    hears the ACK, which deafens the access point; from 14 on (126 us > 100 + 16 + 9) it waits. Sum of 2 (32 - d) over d >= 14:
    342 of 1024. 600 runs: a standard error of .0193; 4.9 of them, a false alarm of 1e-6."""
    assert abs(share_of_second_attempts(600) - 342 / 1024) < 4.9 * 0.0193


def test_what_hidden_stations_cost_and_rts_restores():
    """Ten saturated stations: all hear each other, two halves that do not, nobody hears anybody. Throughput falls steeply, RTS
    gives most of it back; without hidden pairs RTS costs a little."""
    halves = [(one, other) for one in range(5) for other in range(5, 10)]
    everyone = [(one, other) for one in range(10) for other in range(one)]
    plain, guarded = ([saturated(medium_alone(10, access=access, hidden=pairs), 1.0).throughput() / 1e6
                       for pairs in ([], halves, everyone)] for access in ({}, {"rts_threshold": "100 B"}))
    assert 25 < plain[0] < 28 and 6 < plain[1] < 12 and plain[2] < 5
    assert 24 < guarded[0] < plain[0] and guarded[1] > 0.75 * guarded[0] and guarded[2] > 0.7 * guarded[0]


def test_the_same_again():
    """A run is a function of its seed."""
    assert hidden_case(5, 0.5)[:2] == hidden_case(5, 0.5)[:2]
