"""The figures of shared media: Wi-Fi contention beside Bianchi and ns-3, LoRa's time on air, ALOHA."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from style import drawn, look

from wirelesssim.network.aloha.alone import AlohaAlone
from wirelesssim.network.wifi.alone import makespan, medium_alone, saturated
from wirelesssim.radio.lora import time_on_air
from wirelesssim.radio.wifi import ack_duration, control_mode, legacy_mode, ppdu_duration
from wirelesssim.radio.wifi.bianchi import saturation_point
from wirelesssim.validation.reference import rows
from wirelesssim.view.style import COLOURS, LINES, MARKERS

AS_NS3 = {"eifs": "none"}
RUNS, SECONDS = 5, 4.0
STATIONS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50)
SUCCESS, COLLISION = 326e-6, 282e-6  # s, 802.11a at 54 Mb/s: data 248, SIFS 16, ACK 28, DIFS 34; data and DIFS
OWN_SHAPE = {"linestyle": "none", "marker": "*", "markersize": 8, "markerfacecolor": "white", "markeredgewidth": 0.9,
             "color": "black"}


def ns3(metric: str, **where: str) -> tuple[list[int], list[float]]:
    """Stations and values of the ns-3 points of `metric` whose columns are as `where` says."""
    found = [row for row in rows("wifi_ns3")
             if row["metric"] == metric and all(row[name] == said for name, said in where.items())]
    return [int(row["stations"]) for row in found], [float(row["value"]) for row in found]


@lru_cache(maxsize=None)
def contention(standard: str = "a", fields: tuple = (), rules: tuple = ()) -> tuple[np.ndarray, np.ndarray]:
    """Mb/s and collision probability against `STATIONS`, means of `RUNS` runs of `SECONDS` s."""
    def run(stations: int, seed: int):
        return saturated(medium_alone(stations, {"standard": standard}, dict(fields), seed=seed, rules=dict(rules)), SECONDS)

    runs = np.array([[run(stations, seed) for seed in range(RUNS)] for stations in STATIONS])
    rate = np.vectorize(lambda run: run.throughput() / 1e6)(runs).mean(axis=1)
    return rate, np.vectorize(lambda run: run.collision)(runs).mean(axis=1)


def _beside_bianchi(axes, which: int) -> None:
    """Throughput (0) or collision probability (1) of 802.11a at 54 Mb/s."""
    model = [saturation_point(stations, 16, 6) for stations in STATIONS]
    said = [point.throughput(8 * 1472, 9e-6, SUCCESS, COLLISION) / 1e6 for point in model] if not which else [
        point.collision for point in model]
    axes[0].plot(STATIONS, said, label="Bianchi's fixed point", **look(0))
    his = (("cw_min", 15), ("cw_max", 1023))
    axes[0].plot(STATIONS, contention(fields=(("rules", "bianchi"),), rules=his)[which], label="loop, his rules",
                 **look(0, line=False, mark=True))
    axes[0].plot(STATIONS, contention(fields=(("eifs", "none"),))[which], label="loop, no EIFS (as ns-3)", **look(1, mark=True))
    axes[0].plot(STATIONS, contention()[which], label="loop, EIFS of the standard", **look(2, mark=True))
    axes[0].plot(*ns3("collisions" if which else "Mbit/s", place="equal", standard="a"), label="ns-3 3.44", zorder=5, **OWN_SHAPE)
    axes[0].set(xlabel="stations", xlim=(0, 51))


def wifi_throughput():
    """Saturated 802.11a at 54 Mb/s, 1472 bytes a frame, against the number of stations."""
    def draw(made, axes):
        _beside_bianchi(axes, 0)
        axes[0].set(ylabel="throughput (Mbit/s)", ylim=(17, 31))
        axes[0].legend(loc="lower left")

    return drawn(draw)


def wifi_collisions():
    """The same: which part of all data transmissions fails."""
    def draw(made, axes):
        _beside_bianchi(axes, 1)
        axes[0].set(ylabel="collision probability", ylim=(0, 0.75))
        axes[0].legend(loc="lower right")

    return drawn(draw)


def wifi_makespan():
    """The time until messages that are ready together have all arrived, against the number of stations."""
    def draw(made, axes):
        counts = (1, 2, 3, 5, 7, 10, 15, 20)
        for number, (size, name) in enumerate(((100_000, "100 kB"), (1_000_000, "1 MB"))):
            ends = np.array([[makespan(medium_alone(stations, access=AS_NS3, seed=seed), size) for seed in range(10)]
                             for stations in counts])
            axes[0].loglog(counts, ends.mean(axis=1), label=f"{name} from each, mean of ten", **look(number, mark=True))
            axes[0].plot(counts, ends[0].mean() * np.array(counts), linewidth=0.7, color="0.5", linestyle=LINES[3],
                         label="$N$ times a lone station's" if number else None)
            axes[0].plot(*ns3("makespan", bytes=str(size)), label="ns-3 3.44" if number else None, zorder=5, **OWN_SHAPE)
        axes[0].set(xlabel="stations", ylabel="time of a round (s)", xticks=counts, xticklabels=counts, xlim=(0.9, 22))
        axes[0].minorticks_off()
        axes[0].legend(loc="upper left", fontsize=6)
        axes[0].set_ylim(0.018, 30)

    return drawn(draw)


def wifi_aggregation():
    """Saturated 802.11ac and ax at MCS 7, 20 MHz, with and without A-MPDU."""
    def draw(made, axes):
        for number, (standard, on) in enumerate((("ac", True), ("ax", True), ("ac", False), ("ax", False))):
            fields = (("eifs", "none"), ("aggregation", on))
            axes[0].plot(STATIONS, contention(standard, fields)[0], **look(number, mark=True),
                         label=f"802.11{standard}, {'A-MPDU' if on else 'frame by frame'}")
            axes[0].plot(*ns3("Mbit/s", standard=standard, aggregated="yes" if on else "no"), zorder=5,
                         label="ns-3 3.44" if number == 3 else None, **OWN_SHAPE)
        axes[0].set(xlabel="stations", ylabel="throughput (Mbit/s)", xlim=(0, 51), ylim=(0, 90))
        axes[0].legend(loc="upper right", ncols=2, fontsize=6)

    return drawn(draw)


def wifi_anomaly():
    """One slow station and nine at 54 Mb/s, saturated 802.11a: what each of them has, against the slow one's rate.

    By hand: the time in which each of ten stations at 54 Mb/s delivers a frame, and what a slower frame adds to it: its own time
    and its ACK's, and its time again in each of the p/(1 - p) collisions that it has before, p of Bianchi's fixed point.
    """
    def draw(made, axes):
        speeds, seconds = (6, 9, 12, 18, 24, 36, 48, 54), 40.0
        seen = np.array([[saturated(medium_alone(10, mcs=[row] + [7] * 9, seed=seed), seconds).delivered for seed in range(10)]
                         for row in range(8)]).mean(axis=1) * 8 * 1472 / seconds / 1e6  # (8, 10)
        data = np.array([ppdu_duration(legacy_mode(speed), 1536) for speed in speeds]) / 1e3  # us
        answer = np.array([ack_duration(control_mode(legacy_mode(speed))) for speed in speeds]) / 1e3
        p, cycle = saturation_point(10, 16, 6).collision, 8 * 1472 / seen[-1].mean()
        longer = (data - data[-1]) / (1 - p) + answer - answer[-1]
        axes[0].plot(speeds, 8 * 1472 / (cycle + longer), label="equal shares, by hand", **look(0))
        axes[0].plot(speeds, seen[:, 1:].mean(axis=1), label="a fast station, loop", **look(1, line=False, mark=True))
        axes[0].plot(speeds, seen[:, 0], label="the slow station, loop", **look(2, line=False, mark=True))
        axes[0].axhline(seen[-1].mean(), color="black", linestyle=LINES[3], label="all ten at 54 Mb/s")
        axes[0].set(xlabel="rate of the slow station (Mbit/s)", ylabel="throughput of a station (Mbit/s)", xlim=(0, 60),
                    ylim=(0, 3.2), xticks=speeds)
        axes[0].tick_params(axis="x", labelsize=7)
        axes[0].legend(loc="lower right")

    return drawn(draw)


def lora_airtime():
    """Time on air of LoRa at 125 kHz, coding rate 4/5, against the bytes of a frame; points of the data sheet's formula."""
    def draw(made, axes):
        sizes = np.arange(1, 236)
        for number, factor in enumerate(range(7, 13)):
            times = [1e3 * time_on_air(int(size), factor, 125e3) for size in sizes]
            axes[0].semilogy(sizes, times, label=f"SF {factor}", color=COLOURS[number], linestyle=LINES[number % len(LINES)])
            columns, usual = ("sf", "bandwidth", "coding", "implicit", "crc"), (str(factor), "125", "1", "0", "1")
            found = [row for row in rows("lora_airtime") if tuple(row[name] for name in columns) == usual]
            axes[0].plot([int(row["payload"]) for row in found], [float(row["ms"]) for row in found], MARKERS[number],
                         color=COLOURS[number], markerfacecolor="white", markeredgewidth=0.8)
        axes[0].plot([], [], "o", color="black", markerfacecolor="white", label="worked out apart")
        axes[0].set(xlabel="bytes of a frame, LoRaWAN's 13 of header included", ylabel="time on air (ms)", xlim=(0, 240),
                    ylim=(20, 5e4))
        axes[0].legend(loc="upper left", ncols=3, fontsize=6.5)

    return drawn(draw)


def aloha():
    """Throughput of ALOHA against the load: pure and slotted with Poisson arrivals, slotted with N senders."""
    def draw(made, axes):
        load, points = np.linspace(0, 3, 200), np.array([0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0])
        slots = {"type": "slotted_aloha", "retries": 0, "slot": 1e-3}
        axes[0].plot(load, load * np.exp(-2 * load), label="$G e^{-2G}$, pure", **look(0))
        axes[0].plot(points, [_received({"type": "aloha", "retries": 0}, G) for G in points], **look(0, line=False, mark=True))
        axes[0].plot(load, load * np.exp(-load), label="$G e^{-G}$, slotted", **look(1))
        axes[0].plot(points, [_received(slots, G) for G in points], **look(1, line=False, mark=True))
        for number, senders in ((2, 2), (3, 5)):
            shares = load[load <= senders]
            axes[0].plot(shares, shares * (1 - shares / senders) ** (senders - 1), **look(number),
                         label=f"$G (1 - G/N)^{{N-1}}$, $N$ = {senders}")
            some = points[points < senders]
            access = [slots | {"first": "delayed", "probability": G / senders} for G in some]
            found = [AlohaAlone(each, senders, mtu=1000).saturate(10 + 1e-7) / 1e4 for each in access]
            axes[0].plot(some, found, **look(number, line=False, mark=True))
        axes[0].plot([], [], "o", color="black", markerfacecolor="white", label="simulated")
        axes[0].set(xlabel="load $G$ (frames a frame time)", ylabel="throughput (frames a frame time)", xlim=(0, 3),
                    ylim=(0, 0.72))
        axes[0].legend(loc="upper right")

    return drawn(draw)


def _received(access: dict, load: float) -> float:
    """Frames received a frame time of 10,000 with Poisson arrivals."""
    arrived, times = AlohaAlone(access, mtu=1000).poisson(load, 10_000)
    return float(arrived.sum() / times[-1] * 1e-3)


SHARED_MEDIA = {"wifi-throughput": wifi_throughput, "wifi-collisions": wifi_collisions, "wifi-makespan": wifi_makespan,
                "wifi-aggregation": wifi_aggregation, "wifi-anomaly": wifi_anomaly, "lora-airtime": lora_airtime, "aloha": aloha}
