"""Workers that are not heard: their share, the causes, and what the commands say of it."""

import json
import math
import re
import sys

import numpy as np
import pandas as pd
import pytest

from wirelesssim.cli import guarded
from wirelesssim.cli.app import app
from wirelesssim.experiment.api import run
from wirelesssim.experiment.statistics import in_order
from wirelesssim.experiment.unheard import share_heard, unheard
from wirelesssim.scenario import load

ONE_FAR = """
workers: 2
stop: {rounds: 3}
objective: {type: quadratic, dimension: 10}
algorithm: {type: gd_sec, step_size: 0.5/L, xi: 1 L, beta: 0.1}
compute: {type: fixed, time: 1 ms}
geometry: [[50, 0], [20000, 0]]
channel: {type: radio, path_loss: {type: umi, state: nlos}, phy: nr}
access: ofdma
transport: {type: arq, outage_limit: 1 s}
"""


def ran(tmp_path, text, changes=()):
    file = tmp_path / "s.yaml"
    file.write_text(text)
    return run(load(file, changes))


def table(**counts):
    """One trajectory of so many rounds as the lists are long, after its start."""
    length = len(counts["workers_heard"]) + 1
    names = ("workers_heard", "workers_silent", "workers_lost", "workers_late")
    columns = {name: [0, *counts.get(name, [0] * (length - 1))] for name in names}
    return pd.DataFrame({"variant": "a", "replication": 0, "round": range(length),
                         "simulated_time_s": np.arange(length, dtype=float), **columns})


def test_share_is_of_all_that_were_asked():
    """3 + 2 heard, 1 silent, 1 lost, 1 late of 8: 6/8. Nobody asked, or a table without the counts: not known."""
    rounds = table(workers_heard=[3, 2], workers_silent=[1, 0], workers_lost=[0, 1], workers_late=[0, 1])
    assert share_heard(in_order(rounds)).tolist() == [0.75]
    assert math.isnan(share_heard(in_order(table(workers_heard=[0, 0]))).iloc[0])
    assert math.isnan(share_heard(in_order(rounds.drop(columns="workers_late"))).iloc[0])


def found(results):
    return unheard(results.history, results.transmissions, results.workers).to_dict("records")


def test_a_worker_without_a_rate(tmp_path):
    """The second of two is 20 km away: three of six worker-rounds are lost, and no packet was ever on the air."""
    row, = found(ran(tmp_path, ONE_FAR, ["downlink=ideal"]))
    assert row == {"variant": "gd_sec", "replications": 1, "asked": 6, "lost": 3, "unreached": 0, "unsent": 3, "failed": 0,
                   "never": 1, "of_workers": 2}


def test_a_worker_that_the_model_does_not_reach(tmp_path):
    results = ran(tmp_path, ONE_FAR, ["downlink=multicast"])
    row, = found(results)
    assert (row["asked"], row["lost"], row["unreached"], row["unsent"], row["failed"], row["never"]) == (6, 3, 3, 0, 0, 1)
    assert results.rounds["workers_lost"].tolist() == [0, 1, 1, 1]
    down = results.transmissions[results.transmissions["direction"] == "downlink"]
    assert (down["delivered"] == 0).all() and (down["receivers"] == 1).all()
    assert results.summary()["heard"].tolist() == [0.5]


LOSSY = """
workers: 3
replications: 2
stop: {rounds: 20}
objective: {type: quadratic, dimension: 10}
algorithm: {type: gd_sec, step_size: 0.5/L, xi: 40 L, beta: 0.1}
channel: {type: fixed, rate: 1 Mbit/s, loss: [0 %, 0 %, 60 %]}
transport: {type: unreliable, silence: free}
"""


def test_messages_that_are_lost_on_the_air_and_silence_that_is_none(tmp_path):
    """One packet a message: `failed` is the messages of worker 2 that did not come. Whoever is silent at no cost, in no time of
    computing either, is heard; and some are, of 120."""
    results = ran(tmp_path, LOSSY)
    row, = found(results)
    sent = results.transmissions
    assert row["failed"] == row["lost"] == (sent["delivered"] == 0).sum() > 5 and row["asked"] == 120
    assert (row["never"], row["unsent"], row["unreached"]) == (0, 0, 0) and results.rounds["workers_silent"].sum() > 0
    assert results.summary()["heard"].tolist() == pytest.approx([1 - row["lost"] / 120])


def test_nothing_lost_is_no_row(tmp_path):
    assert found(ran(tmp_path, LOSSY, ["channel.loss=0 %"])) == []


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run_command(*words):
        monkeypatch.setattr(sys, "argv", ["wirelesssim", *map(str, words)])
        status = guarded(app)
        said = capsys.readouterr()
        return status, said.out, said.err
    return run_command


def test_the_printed_summary_and_the_warnings(call, tmp_path):
    """`heard` only where something is missing; the step size is not to blame for what an outage does."""
    (tmp_path / "s.yaml").write_text(ONE_FAR + "downlink: multicast\n")
    status, out, err = call("run", "s.yaml", "--out", "r")
    assert status == 0 and re.search(r"rounds +heard +error", out) and "50.0 %" in out and "heard: share of the asked" in out
    assert "warning: gd_sec: the server heard nothing in 3 of 6 worker-rounds (50 %): 3 where the model did not reach" in err
    assert "never heard: 1 of 2 workers; out of reach? see geometry" in err
    assert "ended above its own start" in err and "50 % of its worker-rounds were lost" in err and "step_size" not in err
    said = json.loads(call("run", "s.yaml", "--out", "r", "--json")[1])
    assert said["summary"][0]["heard"] == 0.5 and len(said["warnings"]) == 2
    assert call("run", "s.yaml", "--out", "r", "--quiet") == (0, "", "")
    (tmp_path / "t.yaml").write_text(LOSSY)
    status, out, err = call("run", "t.yaml", "--set", "channel.loss=0 %", "--out", "t")
    assert status == 0 and "heard" not in out and "heard" not in err


def test_warnings_are_capped(call, tmp_path):
    """Seven rows, five by name; a swept number of workers is a column of the same name as a table."""
    (tmp_path / "s.yaml").write_text(LOSSY.replace("[0 %, 0 %, 60 %]", "60 %"))
    err = call("sweep", "s.yaml", "--matrix", "workers=2,3,4,5,6,7,8", "-j", "1", "--replications", "1", "--out", "r")[2]
    assert err.count("the server heard nothing in") == 5 and "workers=6: the server" in err
    assert "warning: and 2 more rows had workers that were not heard" in err
    assert "see channel.loss, transport.retries" in err and "not unique" not in err
