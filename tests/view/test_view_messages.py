"""Figures of messages: delay, delivered share and throughput, by hand; and what is refused."""

import io
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from wirelesssim.errors import InputError
from wirelesssim.experiment.delivery import along, deliveries
from wirelesssim.view import plot


def results(values=("1 %", "2 %"), key="channel.loss", replications=2, variants=("A",), lost=1):
    """A run is of four messages of 1000 bits, one a round, ready at 0, 1, 2, 3 s; the last `lost` of them are lost.

    Delays are 10, 20, 30, 40 ms, times 1 + replication, times the place of the value (1, 2, ...); a run ends at 4 s.
    """
    rounds, sent = [], []
    for place, value in enumerate(values or [None], start=1):
        for variant in variants:
            for replication in range(replications):
                labels = {"variant": variant, "replication": replication} | ({key: value} if values else {})
                rounds.append(pd.DataFrame(labels | {
                    "round": range(5), "simulated_time_s": np.arange(5.0), "objective": np.nan, "error": np.nan,
                    "accuracy": np.nan, "uplink_on_air_bits": 1000.0 * np.arange(5), "simulated_until_s": 4.0}))
                whole = np.arange(4) < 4 - lost
                sent.append(pd.DataFrame(labels | {
                    "round": range(1, 5), "worker": 0, "direction": "uplink", "start_s": np.arange(4.0),
                    "end_s": np.arange(4) + 0.01 * np.arange(1, 5) * (1 + replication) * place, "payload_bits": 1000,
                    "on_air_bits": 1100, "retransmitted_bits": 0, "packets": 1, "packets_lost": 1 - whole, "attempts": 1,
                    "delivered": whole.astype(int)}))
    return SimpleNamespace(history=pd.concat(rounds, ignore_index=True), transmissions=pd.concat(sent, ignore_index=True))


def drawn(figure):
    figure.savefig(io.BytesIO(), format="svg")
    return figure


def legend(axes):
    return [text.get_text() for text in (axes.get_legend() or axes.figure.legends[0]).get_texts()]


def test_figures_of_a_run():
    made = deliveries(*vars(results()).values())
    assert made["delivered_share"].tolist() == [0.75] * 4 and made["throughput"].tolist() == [3000 / 4] * 4
    assert made["delay_s"].tolist() == pytest.approx([0.02, 0.04, 0.04, 0.08])
    assert made["delay_95_s"].tolist() == pytest.approx([0.029, 0.058, 0.058, 0.116])  # 0.9 of the way from the second to the third


def test_figures_along_a_run():
    """At 2 s two messages were ready and had come; the third was delivered later, the fourth lost."""
    made = along(*vars(results(values=None, replications=1)).values())
    assert made["delay_s"].tolist() == pytest.approx([np.nan, 0.01, 0.02, 0.03, np.nan], nan_ok=True)
    assert made["delivered_share"].tolist() == pytest.approx([np.nan, 1, 1, 1, 0.75], nan_ok=True)
    assert made["throughput"].tolist() == pytest.approx([np.nan, 1000, 1000, 1000, 750], nan_ok=True)


@pytest.mark.parametrize("style", [None, "ieee"])
def test_delay_against_what_is_swept_unless_said(style):
    figure = drawn(plot(results(), style=style))
    axes, = figure.axes
    assert (figure.measure, figure.against) == ("delay", "channel.loss")
    assert axes.get_xlabel() == "channel.loss (%)" and axes.get_ylabel() == "Message delay (ms)"
    assert legend(axes) == ["95 % t interval, 2 runs", "thin dotted: 95 % quantile"]  # of 116 ms the unit is ms
    mean, upper = axes.containers[0].lines[0], next(line for line in axes.lines if line.get_fillstyle() == "none")
    assert mean.get_ydata() == pytest.approx([30, 60]) and upper.get_ydata() == pytest.approx([43.5, 87])
    bar = axes.containers[0].lines[2][0].get_segments()[0]
    assert bar[1, 1] == pytest.approx(30 + 10 * np.tan(0.475 * np.pi))  # t of one degree of freedom
    assert axes.get_ylim()[1] > 87


def test_delivered_and_throughput_against_a_key():
    axes, = drawn(plot(results(), y="delivered")).axes
    assert axes.get_ylabel() == "Messages delivered (%)" and axes.containers[0].lines[0].get_ydata().tolist() == [75, 75]
    assert axes.get_ylim() == (-2, 102) and axes.get_legend() is None  # all alike: one line, no spread
    axes, = drawn(plot(results(), x="channel.loss", y="throughput")).axes
    assert axes.get_ylabel() == "Throughput (bit/s)" and axes.containers[0].lines[0].get_ydata().tolist() == [750, 750]


def test_two_keys_are_a_heat_map():
    two = results(values=["1 %"])
    for table in vars(two).values():
        table.insert(3, "channel.rate", "1 Mbit/s")
    figure = drawn(plot(two))
    assert (figure.measure, figure.against) == ("delay", "channel.loss,channel.rate")
    assert [text.get_text() for text in figure.axes[0].texts] == ["30"] and figure.axes[1].get_ylabel() == "Message delay (ms)"


def test_the_distribution_where_nothing_is_swept():
    """F of one replication: 0, then 25 % at 10, 50 % at 20, 75 % at 30 ms, where it stays: the fourth was lost."""
    figure = drawn(plot(results(values=None, replications=1)))
    axes, = figure.axes
    assert (figure.measure, figure.against) == ("delivered", "delay")
    assert axes.get_xlabel() == "Message delay (ms)" and axes.get_ylabel() == "Delivered within the delay (%)"
    assert axes.lines[0].get_drawstyle() == "steps-post" and axes.get_legend() is None and axes.get_xscale() == "linear"
    assert axes.lines[0].get_xdata() == pytest.approx([0, 10, 20, 30])
    assert axes.lines[0].get_ydata() == pytest.approx([0, 25, 50, 75])


def test_a_distribution_goes_on_to_the_longest_delay_of_all_and_has_a_band():
    axes, = plot(results(variants=("A", "B"), values=["1 %", "2 %"]), x="delay").axes
    assert legend(axes)[:2] == ["A, loss = 1 %", "B, loss = 1 %"] and len(axes.collections) == 4
    assert all(line.get_xdata()[-1] == pytest.approx(120) and line.get_ydata()[-1] == 75 for line in axes.lines)
    at_20 = axes.lines[0].get_ydata()[axes.lines[0].get_xdata() < 20.001][-1]
    assert at_20 == pytest.approx((50 + 25) / 2)  # delays of 10, 20, 30 and of 20, 40, 60 ms


def test_what_is_in_flight_is_in_no_share():
    cut = results(values=None, replications=1)
    cut.history["simulated_until_s"] = 4.04  # when the fourth message was cut: later than the last row
    cut.transmissions.loc[3, "end_s"] = 4.04
    [row] = deliveries(*vars(cut).values()).to_dict("records")
    assert (row["in_flight"], row["lost"], row["delivered_share"]) == (1, 0, 1.0)
    assert plot(cut).axes[0].lines[0].get_ydata()[-1] == 100


@pytest.mark.parametrize("x, y, label, last", [
    ("simulated_time", "delay", "Message delay (ms)", 45), ("round", "delivered", "Messages delivered (%)", 75),
    ("bits", "throughput", "Throughput (", 0.75)])
def test_along_a_run(x, y, label, last):
    axes, = drawn(plot(results(values=None), x=x, y=y)).axes
    assert axes.get_ylabel().startswith(label)
    shown = axes.lines[0].get_ydata()
    assert shown[-1] == pytest.approx(last)  # delay: the third message, 30 and 60 ms


def test_several_results_side_by_side():
    axes, = plot({"one": results(), "two": results(values=("2 %", "3 %"))}).axes
    assert legend(axes)[:2] == ["A (one)", "A (two)"] and axes.containers[1].lines[0].get_xdata().tolist() == [2, 3]


@pytest.mark.parametrize("options, says", [
    ({"y": "accuracy"}, "accuracy is empty in this table: .*; choose y from delay, delivered, throughput"),
    ({"x": "delay", "y": "throughput"}, "y 'throughput' does not go with x delay"),
    ({"x": "delay", "y": "objective"}, "y 'objective' does not go with x delay"),
    ({"y": "delay", "at": "3 s"}, "at means nothing for y 'delay'.*leave it out"),
    ({"y": "delay", "target": "80 %"}, "target means nothing for y 'delay'"),
    ({"x": "delays"}, "unknown x 'delays'; did you mean 'delay'"),
    ({"y": "troughput"}, "unknown y 'troughput'; did you mean 'throughput'")])
def test_refused_in_words(options, says):
    with pytest.raises(InputError, match=says):
        plot(results(), **options)


def test_where_nothing_was_delivered_there_is_no_delay():
    nothing = results(lost=4)
    with pytest.raises(InputError, match="no message was delivered, so that none has a delay; choose y from delivered, throughput"):
        plot(nothing)
    assert plot(nothing, y="delivered").axes[0].containers[0].lines[0].get_ydata().tolist() == [0, 0]
    drawn(plot(nothing, y="throughput"))
    nothing.transmissions = nothing.transmissions.iloc[:0]
    with pytest.raises(InputError, match="of messages on the uplink, and no run has any"):
        plot(nothing, y="throughput")


def test_a_value_at_which_nothing_came_is_a_gap():
    gap = results(replications=1)
    gap.transmissions.loc[gap.transmissions["channel.loss"] == "2 %", "delivered"] = 0
    axes, = drawn(plot(gap)).axes
    assert axes.containers[0].lines[0].get_ydata() == pytest.approx([20, np.nan], nan_ok=True)


def test_a_table_of_rounds_alone_has_no_messages():
    with pytest.raises(InputError, match="give plot the Results"):
        plot(results().history)
    with pytest.raises(InputError, match="y 'delay' is of the table of transmissions: give plot the Results"):
        plot(results().history, y="delay")


def test_a_wide_range_of_delays_has_a_log_axis():
    wide = results(values=None, replications=1)
    wide.transmissions.loc[2, "end_s"] = 2 + 10.0
    axes, = drawn(plot(wide)).axes
    assert axes.get_xscale() == "log" and axes.get_xlabel() == "Message delay (s)" and axes.get_xlim()[0] == pytest.approx(0.01 / 1.2)
