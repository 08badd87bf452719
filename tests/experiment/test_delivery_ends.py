"""What the end of a run cuts off: messages in flight, messages that wait, and what is told of them."""

import pytest

import wirelesssim
from wirelesssim.cli.warned import warnings
from wirelesssim.experiment.delivery import deliveries
from wirelesssim.view import summary_json, summary_table

OVERLOAD = """
workers: 1
stop: {rounds: 2}
objective: {type: messages, uplink: 1 MB, arrivals: {type: periodic, period: 900 ms}}
channel: {type: fixed, rate: 1 Mbit/s, latency: 10 ms}
transport: {type: unreliable, header: 0 B}
feedback: none
"""
QUEUES = """
workers: 3
stop: {rounds: 25}
objective: {type: messages, uplink: 4 kB, arrivals: {type: poisson, rate: [20 Hz, 25 Hz, 40 Hz]}}
channel: {type: fixed, rate: [1 Mbit/s, 2 Mbit/s, 3 Mbit/s], latency: 2 ms, loss: 20 %}
transport: {type: arq, retries: 1}
"""


def run(folder, text, stop="rounds: 25"):
    (folder / "a.yaml").write_text(text.replace("rounds: 25", stop))
    return wirelesssim.run(wirelesssim.load(folder / "a.yaml"))


def told(results):
    [row] = results.summary().to_dict("records")
    return row


def test_no_more_than_the_channel_carries(tmp_path):
    """8 s a message on a link that is never idle: the second is with the server at 16.01 s. By then a third is in flight, begun
    at 16 s, and of those ready at 0, 0.9, ..., 15.3 s (18 of them) fifteen wait. Delays: 8 s, and 16 - 0.9 s."""
    results = run(tmp_path, OVERLOAD)
    row = told(results)
    assert row["until_s"] == pytest.approx(16.01)
    assert (row["messages"], row["delivered"], row["lost"], row["in_flight"], row["waiting"]) == (3, 2, 0, 1, 15)
    assert row["throughput"] == pytest.approx(16e6 / 16.01) and row["delay_s"] == pytest.approx((8 + 15.1) / 2)
    assert row["packet_throughput"] == row["throughput"] and row["uplink_on_air_bits"] == 16e6
    assert results.transmissions["end_s"].max() == pytest.approx(16.01)


def test_the_same_run_whatever_ends_it(tmp_path):
    """By rounds, or by a limit of time at the instant of the last: the same messages begun, delivered and waiting; the limit
    cuts, besides, what a sender still did for the last rounds, whose loss the server knew."""
    by_rounds = told(run(tmp_path, QUEUES))
    by_time = told(run(tmp_path, QUEUES, stop=f"simulated_time: {by_rounds['until_s'] + 1e-9} s"))
    names = ["rounds", "messages", "delivered", "waiting"]
    assert {name: by_time[name] for name in names} == {name: by_rounds[name] for name in names}
    assert 0 <= by_time["in_flight"] - by_rounds["in_flight"] == by_rounds["lost"] - by_time["lost"] <= 3
    assert by_time["throughput"] == pytest.approx(by_rounds["throughput"], rel=1e-6)
    assert by_rounds["in_flight"] > 0 and by_rounds["messages"] > 3 * 25  # the faster workers are rounds ahead
    assert by_time["until_s"] == pytest.approx(by_rounds["until_s"], abs=1e-8)


@pytest.mark.parametrize("stop", ["rounds: 25", "simulated_time: 1.3 s"])
def test_a_delay_is_of_a_sender_that_was_done(tmp_path, stop):
    """No row of a later round ends after the run, and what ends with it has no delay: the sender still waited for an answer."""
    results = run(tmp_path, QUEUES, stop=stop)
    row, sent = told(results), results.transmissions
    last = results.rounds["round"].max()
    later = sent[sent["round"] > last]
    assert len(later) and later["end_s"].max() <= row["until_s"] + 1e-12
    done = sent[(sent["delivered"] == sent["packets"]) & ((sent["round"] <= last) | (sent["end_s"] < row["until_s"]))]
    if "time" in stop:
        done = done[done["end_s"] < row["until_s"]]
    assert row["delay_s"] == pytest.approx((done["end_s"] - done["start_s"]).mean())
    assert row["messages"] == row["delivered"] + row["lost"] + row["in_flight"]


def test_an_overload_is_warned_of(tmp_path):
    flying, waiting = warnings(results := run(tmp_path, OVERLOAD))
    assert "1 of 3 messages begun were in flight at the end" in flying
    assert "15 of 18 messages that were ready were not begun at the end" in waiting and "delivered share" in waiting
    table = summary_table(results.summary())
    assert any("waiting: ready, and not begun" in str(line) for line in table.renderables)
    assert summary_json(results.summary())[0]["waiting"] == 15


def test_a_network_that_keeps_up_is_not(tmp_path):
    results = run(tmp_path, OVERLOAD.replace("1 MB", "1 kB"))
    assert warnings(results) == [] and told(results)["waiting"] == 0
    assert not any("waiting" in str(line) for line in summary_table(results.summary()).renderables)


def test_results_that_do_not_say_what_waited(tmp_path):
    """Of a manifest older than the count nothing is known: no column, no warning of it."""
    results = run(tmp_path, OVERLOAD)
    row = deliveries(results.history.drop(columns="messages_waiting"), results.transmissions).iloc[0]
    assert row["waiting"] != row["waiting"] and row["delivered"] == 2
    for point in results.manifest["points"]:
        point["messages_waiting"] = None
    assert len(warnings(results)) == 1 and "in flight" in warnings(results)[0]
    summary_table(results.summary())
