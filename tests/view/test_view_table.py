"""The summary on a terminal and as JSON; progress on a terminal, in a file, and quiet."""

import io
import json
import re

import pandas as pd
import pytest
from rich.console import Console
from view_cases import grid, rounds

from wirelesssim.experiment.summary import summary
from wirelesssim.view import Progress, summary_json, summary_table
from wirelesssim.view.table import bits, percent, seconds


def printed(table, width=300):
    stream = io.StringIO()
    Console(file=stream, width=width, color_system=None).print(table)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("value, text", [
    (12.34, "12.3 s"), (0.34, "340 ms"), (0, "0 s"), (9000, "9000 s"), (36000, "10.0 h"),
    (5e-6, "5.00 µs"), (99.97, "100 s"), (float("nan"), "—")])
def test_seconds(value, text):
    assert seconds(value) == text


def test_bits_and_percent():
    assert bits(27.36e6) == "3.42 MB" and bits(0) == "0 B" and percent(0.8951) == "89.5 %" and percent(-0.2) == "-20.0 %"


def test_a_table_by_hand():
    lines = printed(summary_table(summary(rounds(), None, ["50 %", "80 %"])))
    # 50 % at round 6, 80 % at round 9 (9/11): GD 9 and 9.09 s; 1 MB a second on air; GD-SEC a quarter of both
    assert [" ".join(line.split()) for line in lines[2:4]] == [
        "GD 2 10 90.9 % 6.03 s 9.04 s 4.52 MB 6.78 MB 9.04 MB 113 kB 0.0 % 0.0 % — —",
        "GD-SEC 2 10 90.9 % 1.51 s 2.26 s 1.13 MB 1.70 MB 2.26 MB 28.3 kB 75.0 % 75.0 % — —"]
    assert [line.strip() for line in lines[4:]] == ["uplink bits and packets at 80 %; saved against GD, a ratio of means"]


def test_what_was_not_reached_is_said():
    table = rounds(replications=3)
    table.loc[(table["variant"] == "GD-SEC") & (table["replication"] == 2), "accuracy"] = 0.1
    lines = printed(summary_table(summary(table, None, ["50 %", "95 %"])))
    # replications 0 and 1 of GD-SEC reach 50 % at round 6: 1.5 and 1.515 s, a quarter of GD's; nobody reaches 95 %
    assert "1.51 s (2 of 3)" in lines[3] and "—" in lines[3] and "75.0 %  75.0 %" in lines[3] and "of 3" not in lines[2]
    assert lines[1].count("saved*") == 2 and lines[4].startswith("uplink bits and packets at 50 %; saved against GD")
    assert lines[5].startswith("(n of N): the mean over the n of N replications that reached")
    assert lines[6].strip() == "* over the pairs of replications that both reached: GD-SEC 2 of 3"


def test_a_variant_that_reaches_nothing_is_read_at_its_end():
    table = rounds()
    table.loc[table["variant"] == "GD-SEC", "accuracy"] = 0.1
    lines = printed(summary_table(summary(table, None, ["50 %"])))
    assert " 50 % " in lines[2] and " end " in lines[3] and lines[4].startswith("uplink bits and packets where `at` says")


def test_the_variant_that_sets_the_common_target_is_named():
    table = rounds(("GD", "GD-SEC", "GD-SOEC"))
    table.loc[table["variant"] == "GD-SOEC", "accuracy"] = table["accuracy"].clip(upper=0.6)
    lines = printed(summary_table(summary(table, None, ["50 %", "80 %"])))
    assert lines[-1].strip() == "50 % is the hardest target that all reached because of GD-SOEC; others reached a harder one"
    swept = pd.concat([table.assign(**{"channel.loss": "1 %"}),
                       rounds(("GD", "GD-SEC", "GD-SOEC"), points=grid(channel__loss=["0 %"]))])
    swept = swept[["variant", "replication", "channel.loss", *table.columns[2:]]]
    assert printed(summary_table(summary(swept, None, ["50 %", "80 %"])))[-1].strip().endswith("(so at 1 of 2 points)")


def test_rows_that_diverged_are_marked():
    table = rounds(("GD", "GD-SEC", "GD-SOEC"))
    gone = (table["variant"] == "GD-SOEC") | (table["variant"] == "GD-SEC") & (table["replication"] == 1)
    lines = printed(summary_table(summary(table.assign(diverged=gone), None, ["50 %"])))
    assert "90.9 %" in lines[2] and "90.9 % (1 of 2)" in lines[3] and " diverged " in lines[4]
    silent = rounds().assign(objective=float("nan"), accuracy=float("nan"), diverged=gone)  # nothing was evaluated
    lines = printed(summary_table(summary(silent)))
    assert lines[1].split()[3] == "end" and "diverged" not in lines[1]


def test_an_end_is_told_by_accuracy_or_by_what_a_target_is_of():
    both = rounds().assign(error=0.0125, objective=2.5)
    heads = [" ".join(printed(summary_table(summary(both, None, [target])))[1].split()) for target in ("50 %", "error:1e-3")]
    assert "accuracy" in heads[0] and "error" not in heads[0] and "accuracy error" in heads[1]
    alone = rounds().assign(accuracy=float("nan"), objective=2.5)
    assert "objective" in printed(summary_table(summary(alone)))[1] and "2.5" in printed(summary_table(summary(alone)))[2]


COLUMNS = ("runs", "rounds", "final accuracy", "50 %", "60 %", "80 %", "payload", "coded", "on air", "sent again", "bits saved", "time saved",
           "packets lost", "packets again")


def headed(lines):
    """The tables of a print: each its header, a cell a column, and its rows; blank lines stand between them."""
    blocks = "\n".join(line.rstrip() for line in lines).split("\n\n")
    for block in blocks:
        upper, lower, *rows = ["", *block.splitlines()] if block.startswith("variant") else block.splitlines()
        ends = [match.end() for match in re.finditer(r"\S+(?: \S+)*", lower)]  # a number ends where its header does
        starts = [0, *(end + 1 for end in ends)]
        yield [f"{upper[a:b].strip()} {lower[a:b].strip()}".strip() for a, b in zip(starts, ends)], rows


@pytest.mark.parametrize("width", [None, 300, 151, 150, 100, 80, 60])
def test_a_table_keeps_every_column_at_every_width(width):
    points = grid(channel__loss=["0 %", "10 %"], channel__rate=["10 Mbit/s", "100 Mbit/s"])
    table = rounds(("GD", "GD-SEC", "GD-SOEC"), points=points)
    packets = {"packets": 100_000, "packets_lost": 12_345, "attempts": 123_456}
    sent = table[table["round"] > 0].assign(direction="uplink", start_s=0.0, **packets)
    whole = summary(table, sent, ["50 %", "60 %", "80 %"])
    lines = printed(summary_table(whole, width), width=width or 300)
    assert max(len(line.rstrip()) for line in lines) <= (width or 300)
    caption = next(number for number, line in enumerate(lines) if line.startswith("uplink bits"))
    tables = list(headed(lines[:caption]))
    assert (len(tables) == 1) == (width is None or width >= 151)  # 151 characters are what it needs
    shown = [name.removeprefix("time to ") for names, _ in tables for name in names]
    assert [name for name in shown if name in COLUMNS] == list(COLUMNS)
    for names, rows in tables:
        assert names[:3] == ["variant", "loss", "channel.rate"] and len(rows) == 12
        assert [row.split()[0] for row in rows] == ["GD", "GD-SEC", "GD-SOEC"] * 4
        assert [" ".join(row.split()[1:5]) for row in rows[::3]] == [
            f"{loss} {rate}" for loss in ("0 %", "10 %") for rate in ("10 Mbit/s", "100 Mbit/s")]


def test_names_too_long_for_the_width_are_folded_and_not_cut():
    name = "gradient descent with a name that nobody would write in one line"
    table = rounds(replications=1).replace({"variant": {"GD-SEC": name}})
    lines = printed(summary_table(summary(table, None, ["80 %"]), 30), width=30)
    first = lines[:next(number for number, line in enumerate(lines) if not line.strip())]
    assert all(word in " ".join(first) for word in name.split()) and max(map(len, lines)) <= 30
    assert "…" not in "".join(lines) and any("9.00 s" in line for line in lines)


def test_json_is_plain_and_null_where_nothing_is_known():
    table = summary(rounds(replications=1, points=grid(channel__loss=["1 %"])), None, ["80 %", "95 %"])
    row = json.loads(json.dumps(summary_json(table), allow_nan=False))[1]
    assert (row["variant"], row["matrix"], row["replications"], row["at"]) == ("GD-SEC", {"channel.loss": "1 %"}, 1, "80 %")
    assert row["targets"] == {"80 %": {"simulated_time_s": 2.25, "reached": 1.0},
                              "95 %": {"simulated_time_s": None, "reached": 0.0}}
    assert row["uplink_bits"] == {"payload": 9e6, "coded": 13.5e6, "on_air": 18e6, "retransmitted": 225e3}
    assert row["final"] == {"objective": 1.0 + 1e-10, "error": None, "accuracy": 10 / 11} and row["diverged"] == 0
    assert row["set_by"] is None
    assert row["saving"] == {"bits": 0.75, "simulated_time": 0.75, "pairs": 1} and row["packets"] == {"lost": None, "sent_again": None}


def test_a_summary_read_back_from_a_file_prints_the_same(tmp_path):
    table = summary(rounds(points=grid(channel__loss=["0 %", "1 %"])), None, ["80 %"])
    table.to_csv(tmp_path / "summary.csv", index=False)
    assert printed(summary_table(pd.read_csv(tmp_path / "summary.csv"))) == printed(summary_table(table))


def watched(terminal, quiet=False):
    stream = io.StringIO()
    with Progress(quiet=quiet, console=Console(file=stream, force_terminal=terminal, width=100, color_system=None)) as progress:
        progress.update("GD [1]", 3, 300, 1.25, 0.456)
        progress.update("messages", 3)
        progress.finished("GD [1]", "85 % after 12.3 s [1/2]")
    return stream.getvalue()


def test_progress_in_a_file_is_one_line_for_what_has_finished():
    assert watched(False) == "GD [1]: 85 % after 12.3 s [1/2]\n"


def test_progress_on_a_terminal_has_bars_and_the_line():
    shown = watched(True)
    assert "GD [1]: 85 % after 12.3 s [1/2]\n" in shown and "messages" in shown and "round 3  0 s simulated" in shown


def test_quiet_is_silent():
    assert watched(True, quiet=True) == watched(False, quiet=True) == ""
