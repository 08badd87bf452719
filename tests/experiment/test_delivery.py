"""The summary of runs in which nobody learns, and the commands on them."""

import json
import sys
from pathlib import Path

import pytest

import wirelesssim
from wirelesssim.cli import guarded
from wirelesssim.cli.app import app
from wirelesssim.errors import InputError
from wirelesssim.experiment.delivery import without_learner
from wirelesssim.view import summary_json, summary_table

SCENARIO = """
workers: 2
stop: {rounds: 4}
objective: {type: messages, uplink: 1472 B}
channel: {type: fixed, rate: 1 Mbit/s, latency: 5 ms}
access: {type: tdma}
transport: {type: unreliable}
feedback: {type: none}
variants:
  clean: {}
  deaf: {channel: {loss: 100 %}}
"""


@pytest.fixture
def results(tmp_path):
    (tmp_path / "a.yaml").write_text(SCENARIO)
    return wirelesssim.run(wirelesssim.load(tmp_path / "a.yaml"))


def test_the_figures_by_hand(results):
    # 1500 B in 12 ms each, in turn; a round is 24 + 5 ms, four are 116 ms: 8 messages of 11,776 bits
    clean, deaf = results.summary().to_dict("records")
    assert (clean["messages"], clean["delivered"], clean["lost"], clean["in_flight"]) == (8, 8, 0, 0)
    assert clean["delay_s"] == pytest.approx(0.018) and clean["queue_s"] == pytest.approx(0.006)
    assert clean["until_s"] == pytest.approx(0.116) and clean["throughput"] == pytest.approx(8 * 11_776 / 0.116)
    assert (deaf["delivered"], deaf["lost"], deaf["packets_lost"], deaf["throughput"]) == (0, 8, 8, 0)
    assert without_learner(results.rounds)


def test_the_last_round_counts_though_its_sender_hears_later(tmp_path):
    """1 MB in packets of whole 10,000 B without headers on a link of 10 Mbit/s that is never idle: 10 Mbit/s but for round trips
    (2 x 1 us for each message) and what is said of acknowledgements."""
    (tmp_path / "a.yaml").write_text("""
workers: 1
stop: {rounds: 2}
objective: {type: messages, uplink: 1 MB}
channel: {type: fixed, rate: 10 Mbit/s, latency: 1 us}
transport: {type: arq, mtu: 10000 B}
""")
    [row] = wirelesssim.run(wirelesssim.load(tmp_path / "a.yaml")).summary().to_dict("records")
    assert row["delivered"] == 2 and row["throughput"] == row["packet_throughput"]
    assert row["throughput"] == pytest.approx(16e6 / row["until_s"]) and 9.9e6 < row["throughput"] < 10e6


def test_packets_of_messages_in_part_have_a_throughput_of_their_own(tmp_path):
    """Ten packets of 1472 B a message, of which half are lost: hardly any message is whole (2^-10)."""
    lossy = SCENARIO.replace("1472 B", "14720 B").replace("deaf: {channel: {loss: 100 %}}", "half: {channel: {loss: 50 %}}")
    (tmp_path / "a.yaml").write_text(lossy)
    results = wirelesssim.run(wirelesssim.load(tmp_path / "a.yaml"))
    clean, half = results.summary().to_dict("records")
    assert clean["packet_throughput"] == clean["throughput"] == pytest.approx(80 * 11_776 / clean["until_s"])
    sent = results.transmissions[(results.transmissions["direction"] == "uplink") & (results.transmissions["variant"] == "half")]
    assert sent["delivered"].max() < 10 and half["throughput"] == 0  # none is whole
    assert half["packet_throughput"] == pytest.approx(sent["delivered"].sum() * 11_776 / half["until_s"]) and sent["delivered"].sum() > 20
    table = summary_table(results.summary())
    assert any("packet throughput:" in str(line) for line in table.renderables)
    alone = summary_table(results.summary().iloc[:1])
    assert not any("packet throughput:" in str(line) for line in alone.renderables)


def test_what_the_limit_of_time_cuts_is_in_flight(tmp_path):
    (tmp_path / "a.yaml").write_text(SCENARIO.replace("{rounds: 4}", "{simulated_time: 30 ms}"))
    clean, deaf = wirelesssim.run(wirelesssim.load(tmp_path / "a.yaml")).summary().to_dict("records")
    assert (clean["messages"], clean["delivered"], clean["in_flight"]) == (4, 2, 2)  # round 2 began at 29 ms
    assert (deaf["lost"], deaf["in_flight"]) == (2, 2)


def test_tables_say_all_of_it(results):
    written = summary_json(results.summary())
    assert written[0]["delivered"] == 8 and written[1]["delay_s"] is None
    from rich.console import Console
    with (console := Console(width=200)).capture() as caught:
        console.print(summary_table(results.summary()))
    assert "delivered" in caught.get() and "18.0 ms" in caught.get() and "812 kbit/s" in caught.get()


@pytest.mark.parametrize("y", ["accuracy", "objective"])
def test_a_plot_of_learning_is_refused_in_words(results, y):
    with pytest.raises(InputError, match="choose y from delay, delivered, throughput, as nobody learns here"):
        results.plot(y=y)


def test_the_plot_of_a_notebook(results):
    """Of the clean variant all is delivered in the end, of the deaf one nothing; 8 x 11,776 bits in 116 ms are 812.1 kbit/s."""
    axes, = results.plot().axes
    clean, deaf = axes.lines
    assert clean.get_ydata()[-1] == 100 and deaf.get_ydata().tolist() == [0] * len(deaf.get_ydata())
    assert results.plot(x="round", y="throughput").axes[0].lines[0].get_ydata()[-1] == pytest.approx(812.1, rel=1e-3)  # kbit/s


def test_commands(tmp_path, monkeypatch, capsys):
    (tmp_path / "a.yaml").write_text(SCENARIO)

    def call(*argv):
        monkeypatch.setattr(sys, "argv", ["wirelesssim", *map(str, argv)])
        return guarded(app), *capsys.readouterr()

    out = tmp_path / "r"
    status, text, _ = call("sweep", tmp_path / "a.yaml", "--matrix", "workers=1,3", "--out", out, "--json", "-j", "1")
    said = json.loads(text)
    assert status == 0 and [Path(path).name for path in said["figures"]] == ["delay.png", "delay.pdf"] and [row["matrix"]["workers"] for row in said["summary"]] == [1, 3, 1, 3]
    assert call("check", out / "scenario.yaml")[0] == 0
    status, text, _ = call("run", tmp_path / "a.yaml", "--out", tmp_path / "one")
    assert status == 0 and "delivered" in text and "812 kbit/s" in text and f"figure  {tmp_path / 'one' / 'delivered.png'}" in text
    assert call("plot", out, "--y", "throughput")[0] == 0 and (out / "throughput-workers.png").exists()
    status, _, err = call("plot", tmp_path / "one", "--y", "accuracy")
    assert status == 2 and "choose y from delay, delivered, throughput" in err
    assert call("estimate", tmp_path / "a.yaml")[0] == 0
