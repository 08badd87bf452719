"""Traces: instants by hand, against integration and the packet twin, Mahimahi's queue, files that do not do, digests."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelesssim.errors import InputError
from wirelesssim.model import build, plain, validate
from wirelesssim.radio import Channel, Iid, Trace
from wirelesssim.radio.rate_trace import RateTrace
from wirelesssim.radio.trace import TraceLink
from wirelesssim.radio.trace_file import INSTANT, read_trace
from wirelesssim.rng import Streams
from wirelesssim.scenario import load
from wirelesssim.simulation import simulate

STREAMS = Streams(5, domain="radio")
SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


def link(edges, rates, tail=None, offset=0.0, worker=0):
    trace = RateTrace(np.array(edges), np.array(rates), tail)
    return TraceLink(worker, STREAMS, Iid(probability=0.0), trace=trace, offset=offset)


def wrote(folder, text, name="rate.csv"):
    (folder / name).write_text(text)
    return str(folder / name)


# -- instants

def test_instants_by_hand():
    """1 Mbit/s for 1 s, none for 1 s, 2 Mbit/s for 1 s, again. From 0.5 s: 0.5 Mbit by 1 s, 2.5 by 3, 3.5 by 4, 5.5 by 6 s."""
    looped = link([0, 1, 2, 3], [1e6, 0, 2e6])
    bits = np.array([0, 4e5, 5e5, 6e5, 2.5e6, 3.5e6, 5.5e6, 5.6e6])
    assert np.allclose(looped.finish(0.5, bits).ends, [0.5, 0.9, 1, 2.05, 3, 4, 6, 6.1], rtol=1e-12)
    assert np.allclose(looped.finish(0.5, np.array([2e5, 3e5]), 0.5).ends, [0.9, 2.05], rtol=1e-12)
    assert np.allclose(looped.finish(300.5, bits).ends, 300 + np.array([0.5, 0.9, 1, 2.05, 3, 4, 6, 6.1]), rtol=1e-12)
    assert [looped.rate_at(t) for t in (0, 0.999, 1, 1.999, 2, 3, 4, 302)] == [1e6, 1e6, 0, 0, 2e6, 1e6, 0, 2e6]
    assert looped.expected_rate() == looped.control_rate == 1e6 and looped.max_rate() == 2e6 and not looped.constant
    held = link([0, 1, 2, 3], [1e6, 0, 2e6], tail=2e6)
    assert np.allclose(held.finish(0.5, bits).ends, [0.5, 0.9, 1, 2.05, 3, 3.5, 4.5, 4.55], rtol=1e-12)
    assert held.finish(10.0, np.array([4e6])).ends[0] == 12.0 and held.rate_at(10.0) == 2e6


def test_an_offset_reads_ahead():
    """What a link with offset 1.5 s does at t is what one without does at t + 1.5 s."""
    bits = np.array([3e5, 2.1e6])
    ahead, plainly = link([0, 1, 2, 3], [1e6, 0, 2e6], offset=1.5), link([0, 1, 2, 3], [1e6, 0, 2e6])
    assert np.allclose(ahead.finish(0.0, bits).ends, plainly.finish(1.5, bits).ends - 1.5, rtol=1e-12)
    assert ahead.rate_at(0.6) == plainly.rate_at(2.1) == 2e6
    assert np.allclose(link([0, 1, 2, 3], [1e6, 0, 2e6], offset=61.5).finish(0.0, bits).ends, ahead.finish(0.0, bits).ends)


@pytest.mark.parametrize("limit, arrives, gave_up", [
    (1.0, True, None), (0.999, False, 1.999), (0.25, False, 1.25), (0.0, False, 1.0)])
def test_a_sender_waits_out_an_outage_or_gives_up(limit, arrives, gave_up):
    """No rate from 1 to 2 s. From 0.5 s half a megabit is sent by 1 s, the rest waits for 1 s: exactly that is borne."""
    schedule = link([0, 1, 2, 3], [1e6, 0, 2e6]).finish(0.5, np.array([5e5, 6e5]), outage_limit=limit)
    assert schedule.ends[0] == 1.0 and math.isfinite(schedule.ends[1]) == arrives
    assert schedule.gave_up_at == (None if gave_up is None else pytest.approx(gave_up, rel=1e-12))


def test_an_outage_as_long_as_the_limit_is_borne_late_in_the_day():
    """3 ms of nothing in every 13, a limit of 3 ms: after 10^5 s the clock's roundings (1.5e-11 s) must not make it longer."""
    short = link([0, 0.010, 0.013], [1e6, 0])
    for turn in range(8_000_000, 8_000_050):
        start = 0.013 * turn
        assert short.finish_packet(start, 12_000.0, 1.0, 3e-3) == pytest.approx(start + 0.015, abs=1e-9)
        assert short.finish(start, np.array([12_000.0]), 1.0, 3e-3).ends[0] == pytest.approx(start + 0.015, abs=1e-9)


def test_an_outage_across_the_seam_is_one():
    """No rate from 2 to 3 s and from 3 to 4 s of the next turn: 2 s at a stretch, borne whole or not; and in every later turn."""
    seam = link([0, 1, 2, 3], [0, 1e6, 0])
    for turn in (0, 3, 300):
        assert seam.finish(turn + 1.5, np.array([6e5]), outage_limit=2.0).ends[0] == pytest.approx(turn + 4.1, rel=1e-12)
        assert seam.finish(turn + 1.5, np.array([6e5]), outage_limit=1.9).gave_up_at == pytest.approx(turn + 3.9, rel=1e-12)
        # begun in mid-outage, the wait counts from there: 1.5 s from 2.5 s on, in the same turn and in the next
        assert seam.finish(turn + 2.5, np.array([6e5]), outage_limit=1.6).ends[0] == pytest.approx(turn + 4.6, rel=1e-12)
        assert seam.finish(turn + 2.5, np.array([6e5]), outage_limit=1.4).gave_up_at == pytest.approx(turn + 3.9, rel=1e-12)
        assert seam.finish(turn + 3.5, np.array([6e5]), outage_limit=0.4).gave_up_at == pytest.approx(turn + 3.9, rel=1e-12)


def test_a_rate_that_ends_in_nothing():
    """`hold` on a last rate of 0: who has not sent all waits for ever, or gives up."""
    ended = link([0, 1, 2], [1e6, 0], tail=0.0)
    schedule = ended.finish(0.5, np.array([5e5, 6e5]))
    assert schedule.ends.tolist() == [1.0, np.inf] and schedule.gave_up_at == np.inf
    assert ended.finish(0.5, np.array([5e5, 6e5]), outage_limit=10.0).gave_up_at == 11.0
    assert ended.finish(5.0, np.array([1.0]), outage_limit=10.0).gave_up_at == 15.0 and ended.finish_packet(5.0, 1.0) is None
    assert ended.finish(0.5, np.array([5e5]), outage_limit=10.0).gave_up_at is None and ended.rate_at(7.0) == 0


def test_a_packet_that_ends_with_its_piece_does_not_wait_for_the_next():
    """100 packets of 12,000 bits fill 1 s at 1.2 Mbit/s exactly; 9 s of nothing follow, thousands of times.

    Sent one after the other from instants that the clock has rounded, the hundredth still ends at the outage's edge.
    """
    full = link([0, 1, 10], [1.2e6, 0])
    for turn in (0, 7, 3333):
        now = 10.0 * turn
        for _ in range(100):
            before, now = now, full.finish_packet(now, 12_000.0)
            assert full.finish(before, np.array([12_000.0])).ends[0] == pytest.approx(now, rel=1e-13)
        assert now == pytest.approx(10 * turn + 1, rel=1e-13)
        ends = full.finish(10.0 * turn, 12_000.0 * np.arange(1, 102)).ends
        assert ends[-2:] == pytest.approx([10 * turn + 1, 10 * turn + 10.01])


@st.composite
def traces(draw):
    steps = draw(st.lists(st.integers(1, 40), min_size=1, max_size=8))
    rates = draw(st.lists(st.sampled_from([0, 0, 1_000, 12_000, 777_777, 5_000_000]), min_size=len(steps), max_size=len(steps)))
    rates[draw(st.integers(0, len(steps) - 1))] = 1_200_000
    tail = draw(st.sampled_from([None, None, 0.0, 3e5]))
    return link(np.concatenate(([0], np.cumsum(steps))) / 20, np.array(rates, dtype=float), tail, draw(st.integers(0, 50)) / 10)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(one=traces(), start=st.integers(0, 400_000), packets=st.integers(1, 40), size=st.sampled_from([1, 320, 12_000, 250_007]),
       share=st.sampled_from([1.0, 0.5, 0.1]), limit=st.sampled_from([0.06, 0.5, 3.0, math.inf]))
def test_bursts_are_their_packets_one_by_one(one, start, packets, size, share, limit):
    """Instants equal to 1e-9, and the same instant of giving up, over random pieces, turns, offsets, shares and limits."""
    start /= 1000
    schedule, now = one.finish(start, size * np.arange(1, packets + 1), share, limit), start
    assert np.all(np.diff(schedule.ends[np.isfinite(schedule.ends)]) >= 0) and np.all(schedule.ends >= start)
    for place in range(packets):
        end = one.finish_packet(now, float(size), share, limit)
        if end is None:
            assert np.all(np.isinf(schedule.ends[place:]))
            assert schedule.gave_up_at == pytest.approx(one.gives_up_at(now, float(size), share, limit), rel=1e-9)
            return
        assert schedule.ends[place] == pytest.approx(end, rel=1e-9, abs=1e-9)
        now = end
    assert schedule.gave_up_at is None


@settings(max_examples=60, deadline=None, derandomize=True)
@given(one=traces(), start=st.integers(0, 20_000), bits=st.integers(1, 2_000_000))
def test_the_integral_of_the_rate_to_the_end_is_the_bits(one, start, bits):
    """Edges are multiples of 50 ms, offsets of 100 ms: midpoints of 1 ms steps from a start on the grid integrate exactly."""
    start /= 1000
    end = one.finish(start, np.array([bits])).ends[0]
    if not math.isfinite(end) or end - start > 40:
        return
    steps = int((end - start) * 1000 + 1e-6)
    carried = sum(one.rate_at(start + (k + 0.5) / 1000) for k in range(steps)) / 1000
    rest = end - start - steps / 1000
    carried += rest * one.rate_at(start + steps / 1000 + rest / 2) if rest > 1e-9 else 0
    assert carried == pytest.approx(bits, abs=1e-3)


# -- Mahimahi

def mahimahi(stamps, sizes, start, turns):
    """Departure (ms) of packets of `sizes` bytes that all wait from `start` (ms) on: the queue, one opportunity at a time."""
    waiting, ends = list(sizes), []
    for turn in range(turns):
        for stamp in stamps:
            now, left = turn * stamps[-1] + stamp, 1500
            while now > start and waiting and left:
                used = min(left, waiting[0])
                waiting[0], left = waiting[0] - used, left - used
                if not waiting[0]:
                    waiting.pop(0)
                    ends.append(now)
    return np.array(ends)


@pytest.mark.parametrize("stamps", [[5], [3, 3, 3, 9], [0, 1, 2, 2, 2, 7, 20], [0, 0, 4], [1, 2, 3, 4, 500]], ids=str)
@pytest.mark.parametrize("sizes", [[1500] * 12, [40] * 90, [3000, 1, 700, 1499, 1, 4500], [256] * 30],
                         ids=lambda sizes: str(sizes[:3]))
def test_mahimahi_against_its_queue(tmp_path, stamps, sizes):
    """Every packet leaves within the microsecond before the stamp of the opportunity at which the queue lets it go.

    Packets share an opportunity, go on in the next, and what passed before they came is lost; several starts.
    """
    one = TraceLink(0, STREAMS, Iid(probability=0.0), trace=read_trace(wrote(tmp_path, "\n".join(map(str, stamps)))))
    for start in (0, 1, 2.5, 3, 4.999, 77, 1000):
        left = mahimahi(stamps, sizes, start, turns=1000)[:len(sizes)] / 1000
        found = one.finish(start / 1000, 8.0 * np.cumsum(sizes)).ends
        assert np.all(found <= left + 1e-9) and np.all(found > left - INSTANT - 1e-9)
        now = start / 1000
        for size, expected in zip(sizes, left):
            now = one.finish_packet(now, 8.0 * size)
            assert expected - INSTANT - 1e-9 < now <= expected + 1e-9


def test_mahimahi_by_hand(tmp_path):
    """Two opportunities at 10 ms, one at 40 ms: 4500 B a turn of 40 ms, 0.9 Mbit/s. 40 B at 11 ms wait until 40 ms.

    Held, nothing comes after 40 ms.
    """
    path = wrote(tmp_path, "10\n10\n40\n", "up")
    looped = validate(Trace, {"path": path}).links(1, None, STREAMS)[0]
    assert looped.expected_rate() == pytest.approx(36_000 / 0.040)
    assert looped.finish(0.011, np.array([320.0])).ends[0] == pytest.approx(0.040, abs=INSTANT)
    assert looped.finish(0.041, np.array([320.0])).ends[0] == pytest.approx(0.050, abs=INSTANT)
    held = validate(Trace, {"path": path, "repeat": "hold"}).links(1, None, STREAMS)[0]
    assert held.finish(0.011, np.array([12_000.0, 12_001.0]), outage_limit=1.0).gave_up_at == pytest.approx(1.040)


# -- files

@pytest.mark.parametrize("head, factor", [
    ("time_s,rate_mbit_s", 1e6), ("time_s,bit/s", 1.0), ("time (s), rate (kbit/s)", 1e3), ("time_s,rate_gbps", 1e9),
    ("Time [s],Rate [Mbit/s]", 1e6), ("time_s,Mbps", 1e6)])
def test_units_in_the_header(tmp_path, head, factor):
    """Two rows, 3 s apart: the last lasts 3 s, too; time counts from the first; other columns and their order do not matter."""
    trace = read_trace(wrote(tmp_path, f"# measured\n\n{head}\n100,2\n103,4\n"))
    assert trace.edges.tolist() == [0, 3, 6] and trace.rates.tolist() == [2 * factor, 4 * factor] and trace.tail is None
    swapped = ",".join(reversed(head.split(",")))
    other = read_trace(wrote(tmp_path, f"place,{swapped}\nroad,2,100\ntown,4,103\n", "other"), loops=False)
    assert other.edges.tolist() == [0, 3, 6] and other.rates.tolist() == trace.rates.tolist() and other.tail == 4 * factor


def test_milliseconds_and_a_single_row(tmp_path):
    assert read_trace(wrote(tmp_path, "time_ms,rate_bit_s\n0,1\n250,2\n")).edges.tolist() == [0, 0.25, 0.5]
    assert link([0, 1], [8.0]).finish(0.3, np.array([80.0])).ends[0] == pytest.approx(10.3)
    assert read_trace(wrote(tmp_path, "time_s,bit/s\n7,8\n", "one")).rates.tolist() == [8.0]


BAD = {
    "": "rate.csv: is empty",
    "# nothing\n\n": "is empty",
    "time_s,rate_mbit_s\n": "rate.csv:1: has no rows",
    "time_s,rate\n0,1\n": "rate.csv:1: must name one column of time",
    "time_s,rate_mbit_s,kbit/s\n0,1,1\n": "two of rate",
    "0,1\n1,2\n": "rate.csv:1: must name",
    "time_s,bit/s\n0,1\n0,2\n": "rate.csv:3: times must grow, got 0 after 0",
    "# x\ntime_s,bit/s\n5,1\n4,2\n": "rate.csv:4: times must grow, got 4 after 5",
    "time_s,bit/s\n0,1\n1,-2\n": "rate.csv:3: a rate must be >= 0, got -2",
    "time_s,bit/s\n0,1\n1\n": "rate.csv:3: must have a finite time",
    "time_s,bit/s\n0,nan\n": "rate.csv:2: must have a finite",
    "time_s,bit/s\n0,1e999\n": "rate.csv:2: must have a finite",
    "time_s,bit/s\n0,0\n1,0\n": "must have a rate above 0 somewhere, has none in 2 rows",
    "5\n4\n": "rate.csv:2: milliseconds must not fall, got 4 after 5",
    "5\n5.5\n": "rate.csv:2: must be a whole number of milliseconds, got '5.5'",
    "0\n0\n": "must last longer than 0 ms",
}


@pytest.mark.parametrize("text", BAD, ids=repr)
def test_a_file_that_does_not_do_is_refused_with_its_line(tmp_path, text):
    for given in ({"path": wrote(tmp_path, text)}, {"paths": [wrote(tmp_path, text)]}):
        with pytest.raises(InputError) as caught:
            build(Channel, {"type": "trace", **given})
        problem, = caught.value.problems
        assert BAD[text] in problem.message and problem.path == tuple(given)[:1] + ((0,) if "paths" in given else ())


def test_other_input_is_refused_by_name(tmp_path):
    good = wrote(tmp_path, "5\n")
    none, folder = str(tmp_path / "none"), str(tmp_path)
    for given, words in (({}, "must be given, or else paths, one a worker, got neither"),
                         ({"path": good, "paths": [good]}, "got both"), ({"path": none}, "cannot be read: No such file"),
                         ({"path": folder}, "cannot be read"), ({"paths": []}, "must name one file"),
                         ({"path": good, "format": "csv"}, "must name one column"),
                         ({"path": good, "offset": -1}, "offset must be >= 0"), ({"path": "a\0b"}, "cannot be read"),
                         ({"path": good, "repeat": "once"}, "must be 'loop' or 'hold'")):
        with pytest.raises(InputError, match=words):
            build(Channel, {"type": "trace", **given})
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is not text"):
        build(Channel, {"type": "trace", "path": str(tmp_path / "bytes")})


# -- in a scenario

def scenario(folder, channel, **said):
    text = {"objective": {"type": "quadratic", "dimension": 50}, "algorithm": {"type": "gd"}} | {
        "workers": 3, "stop": {"rounds": 2}, "channel": {"type": "trace", **channel}, **said}
    (folder / "one.yaml").write_text(yaml.safe_dump(text))
    return load(folder / "one.yaml")


def test_paths_start_at_the_scenarios_folder_and_content_counts(tmp_path):
    """The digest changes with the file's content and not with its place; so finished results are not taken for others."""
    digests = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        wrote(tmp_path / folder, "time_s,bit/s\n0,1e6\n", "r.csv")
        made = scenario(tmp_path / folder, {"path": "r.csv"})
        assert made.points()[0].settings.channel.path == str(tmp_path / folder / "r.csv")
        digests.append(made.points()[0].digest(None))
    wrote(tmp_path / "b", "time_s,bit/s\n0,2e6\n", "r.csv")
    digests.append(scenario(tmp_path / "b", {"path": "r.csv"}).points()[0].digest(None))
    assert digests[0] == digests[1] != digests[2]
    again = scenario(tmp_path / "a", {"paths": ["r.csv", "../b/r.csv", "r.csv"], "offset": ["0 s", "1 s", "2 s"]})
    links = again.points()[0].settings.channel.links(3, None, STREAMS)
    assert [one.rate_at(0.0) for one in links] == [1e6, 2e6, 1e6]
    assert plain(build(Channel, plain(again.points()[0].settings.channel))) == plain(again.points()[0].settings.channel)


def test_variants_and_matrix_may_name_other_files(tmp_path):
    """A new path keeps the other keys of the channel; a motion's file is moved and counted in the same way."""
    for name, rate in (("r.csv", 1), ("s.csv", 2)):
        wrote(tmp_path, f"time_s,bit/s\n0,{rate}\n", name)
    made = scenario(tmp_path, {"path": "r.csv", "latency": "7 ms"}, variants={"r": {}, "s": {"channel": {"path": "s.csv"}}},
                    matrix={"channel.path": ["r.csv", "s.csv"]})
    assert [settings.channel.path for settings in made.settings.values()] == [str(tmp_path / name) for name in ("r.csv", "s.csv")]
    assert made.settings["s"].channel.latency.given == 0.007
    assert [point.settings.channel.path[-5:] for point in made.points()] == ["r.csv", "s.csv"] * 2
    wrote(tmp_path, "time_s,x_m,y_m\n0,0,50\n9,90,50\n", "way.csv")
    said = {"objective": {"type": "quadratic", "dimension": 50}, "algorithm": {"type": "gd"}}
    moving = [scenario(tmp_path, {"type": "radio", "mobility": {"type": "trace", "path": "way.csv"}}, **said)]
    before = moving[0].points()[0].digest(None)
    wrote(tmp_path, "time_s,x_m,y_m\n0,0,50\n9,91,50\n", "way.csv")
    assert moving[0].points()[0].digest(None) != before


@pytest.mark.parametrize("channel, said, words", [
    ({"path": "no.csv"}, {}, "one.yaml:"), ({"path": "no.csv"}, {}, "channel.path"), ({"path": "no.csv"}, {}, "No such file"),
    ({"paths": ["r.csv"]}, {}, "channel.paths must have one entry for each of the 3 workers, got 1"),
    ({"path": "r.csv"}, {"downlink": "multicast"}, "downlink.rate is required with a trace channel"),
    ({"path": "r.csv"}, {"geometry": {"type": "disc", "radius": "50 m"}}, "geometry is not used by a trace channel")])
def test_a_scenario_says_where_the_mistake_is(tmp_path, channel, said, words):
    wrote(tmp_path, "time_s,bit/s\n0,1e6\n", "r.csv")
    with pytest.raises(InputError) as caught:
        scenario(tmp_path, channel, **said)
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["time_s,rate_kbit_s\n0,100\n0.05,0\n0.1,400\n0.17,30\n", "3\n3\n20\n21\n90\n"])
def test_a_run_is_the_same_packet_by_packet(tmp_path, text):
    """1000 coordinates in packets of 256 B, no loss: three rounds at either fidelity, with and without a shared medium."""
    wrote(tmp_path, text, "r.csv")
    for access in ("dedicated", "tdma", "fdma"):
        rows = []
        for fidelity in ("burst", "packet"):
            made = scenario(tmp_path, {"path": "r.csv", "offset": ["0 s", "13 ms", "71 ms"]}, stop={"rounds": 3}, access=access,
                            objective={"type": "quadratic", "dimension": 1000}, transport={"type": "arq", "mtu": "256 B"},
                            codec="dense", fidelity=fidelity)
            recorder = simulate(made.points()[0].settings)
            rows.append([row.simulated_time_s for row in recorder.rounds] + [row.end_s for row in recorder.transmissions])
        assert rows[0] == pytest.approx(rows[1], rel=1e-9) and rows[0][3] > 0.1


def test_a_round_on_a_trace_by_hand(tmp_path):
    """1848 bits (50 values and headers): 100 kbit/s till 10 ms, none till 50 ms, 1 Mbit/s: 1000 by 10 ms, 848 by 50.848 ms."""
    wrote(tmp_path, "time_s,rate_kbit_s\n0,100\n0.01,0\n0.05,1000\n0.1,1\n", "r.csv")
    made = scenario(tmp_path, {"path": "r.csv", "latency": "7 ms"}, codec="dense", workers=1, stop={"rounds": 1})
    assert simulate(made.points()[0].settings).rounds[-1].simulated_time_s == pytest.approx(0.057848, rel=1e-12)
    gave_up = scenario(tmp_path, {"path": "r.csv"}, codec="dense", workers=1, stop={"rounds": 1},
                       transport={"type": "arq", "outage_limit": "30 ms"})
    last = simulate(gave_up.points()[0].settings).rounds[-1]
    assert last.simulated_time_s == pytest.approx(0.040, rel=1e-12) and last.workers_lost == 1


def test_offsets_are_drawn_for_each_worker(tmp_path):
    path = wrote(tmp_path, "time_s,bit/s\n0,1e6\n30,2e6\n")
    channel = validate(Trace, {"path": path, "offset": {"type": "uniform", "low": "0 s", "high": "60 s"}})
    offsets = [one.offset for one in channel.links(6, None, STREAMS)]
    assert len(set(offsets)) == 6 and all(0 <= offset < 60 for offset in offsets)
    assert [one.offset for one in channel.links(8, None, STREAMS)][:6] == offsets


def test_the_library_trace_is_what_its_command_makes():
    made = subprocess.run([sys.executable, str(SCENARIOS / "traces" / "make.py")], capture_output=True, text=True, check=True)
    assert made.stdout == (SCENARIOS / "traces" / "drive.csv").read_text()
    trace = read_trace(str(SCENARIOS / "traces" / "drive.csv"))
    assert trace.length == 60 and trace.mean_rate == pytest.approx(160_815) and trace.max_rate == 8e5


def test_bad_arrays_are_a_programmers_mistake():
    for edges, rates in (([0, 1], [0.0]), ([0, 1], [-1.0]), ([1, 2], [1.0]), ([0, 0], [1.0]), ([0, 1, 2], [1.0])):
        with pytest.raises(ValueError):
            RateTrace(np.array(edges), np.array(rates))
