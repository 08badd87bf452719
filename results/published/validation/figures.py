"""The figures of the validation: models as lines, references as points. IEEE column width, readable without colour.

The radio and the NR cell here, shared media in `shared_media`.
"""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D
from shared_media import SHARED_MEDIA
from style import drawn, look

from wirelesssim.radio.fading import Scatter
from wirelesssim.radio.nr import (Numerology, block_sinr, coded_bits, code_block_error, mcs_table, peak_rate, required_sinr,
                                  throughput, transport_block_size, uplink_power)
from wirelesssim.radio.nr.calibration import ERROR_RATES, error_points
from wirelesssim.radio.noise import noise_power
from wirelesssim.rng import Streams
from wirelesssim.units import from_db, to_db
from wirelesssim.validation.crossings import LEVELS, counts, crossing_rate, fade_duration
from wirelesssim.validation.nr_cell import law_gain, scheduled_rate
from wirelesssim.validation.nr_repeats import held_user
from wirelesssim.validation.propagation import law_of, loss
from wirelesssim.validation.reference import rows
from wirelesssim.view.style import COLOURS, LINES

BLOCKS, ELEMENTS, SLOT = 273, 144, 0.5e-3  # 100 MHz at 30 kHz; 14 symbols less two of DM-RS
SCENARIOS = {"UMi": "UMi street canyon", "UMa": "UMa", "RMa": "RMa", "InH-mixed": "InH mixed office", "InF-SL": "InF-SL",
             "InF-DH": "InF-DH"}
REACH = {"InH-mixed": (1, 150), "InF-SL": (1, 600), "InF-DH": (1, 600)}  # m: validity of table 7.4.1-1


def path_loss():
    """Path loss of six scenarios at 3.5 and 28 GHz, both states, with the points."""
    return drawn(_path_loss, len(SCENARIOS))


def _path_loss(made, axes):
    for panel, (scenario, title) in zip(axes, SCENARIOS.items()):
        for ghz, colour in ((3.5, COLOURS[0]), (28.0, COLOURS[1])):
            for state, dashes, mark in (("LOS", "-", "o"), ("NLOS", LINES[1], "s")):
                found = [row for row in rows("propagation_loss")
                         if (row["scenario"], row["state"], float(row["fc_ghz"])) == (scenario, state, ghz)]
                law = law_of(found[0], state.lower())
                d = np.geomspace(*REACH.get(scenario, (10, 5000)), 400)
                panel.semilogx(d, loss(law, d, 1e9 * ghz), color=colour, linestyle=dashes)
                panel.plot([float(row["d2d_m"]) for row in found], [float(row["pathloss_db"]) for row in found], mark,
                           color=colour, markerfacecolor="white", markeredgewidth=0.8)
        panel.set_title(title)
        panel.set_ylim(35, 200)
    black = {"color": "black", "markerfacecolor": "white", "markeredgewidth": 0.8}
    axes[0].legend(handles=[Line2D([], [], linestyle="-", marker="o", label="line of sight", **black),
                            Line2D([], [], linestyle=LINES[1], marker="s", label="without", **black)], loc="upper left")
    axes[1].legend(handles=[Line2D([], [], color=COLOURS[0], label="3.5 GHz (lower)"),
                            Line2D([], [], color=COLOURS[1], label="28 GHz (upper)")], loc="upper left")
    made.supxlabel("horizontal distance (m)", fontsize=8)
    made.supylabel("path loss (dB)", fontsize=8)


def autocorrelation():
    """Clarke fading: what 1000 realisations of 60 s give, and J0, J0^2."""
    return drawn(_autocorrelation)


def _autocorrelation(made, axes):
    from scipy.special import j0

    h = Scatter(Streams(6, domain="validation")("figure"), 1.0, paths=1000).on_grid(0.0, 0.05, 1200)
    power, steps = np.abs(h) ** 2 - 1, np.arange(0, 61, 2)
    length, tau = len(h) - steps[-1], np.linspace(0, 3, 400)
    gains = [(h[:length].conj() * h[step:length + step]).real.mean() for step in steps]
    powers = [(power[:length] * power[step:length + step]).mean() for step in steps]
    axes[0].plot(tau, j0(2 * np.pi * tau), label="$J_0(2\\pi f_d\\tau)$", **look(0))
    axes[0].plot(steps * 0.05, gains, label="complex gain, simulated", **look(0, line=False, mark=True))
    axes[0].plot(tau, j0(2 * np.pi * tau) ** 2, label="$J_0^2(2\\pi f_d\\tau)$", **look(1))
    axes[0].plot(steps * 0.05, powers, label="power, simulated", **look(1, line=False, mark=True))
    axes[0].set(xlabel="delay $f_d\\tau$", ylabel="autocorrelation", xlim=(0, 3), ylim=(-0.5, 1.05))
    axes[0].legend(loc="upper right")


def level_crossings():
    """Level crossing rate and fade duration of 200 realisations of 358/fd, with their closed forms."""
    return drawn(_level_crossings)


def _level_crossings(made, axes):
    level, found = np.linspace(-22, 6, 300), counts(200, 14)
    axes[0].semilogy(level, crossing_rate(level), label="crossings per $1/f_d$", **look(0))
    axes[0].plot(LEVELS, found.rate, label="simulated", **look(0, line=False, mark=True))
    axes[0].plot(level, fade_duration(level), label="fade duration $\\times f_d$", **look(1))
    axes[0].plot(LEVELS, found.below / found.rate, label="simulated", **look(1, line=False, mark=True))
    axes[0].set(xlabel="level over the root-mean-square value (dB)", ylabel="rate, duration", xlim=(-22, 6), ylim=(0.02, 10))
    axes[0].legend(loc="upper left")


def block_error_rate():
    """The error law and simulated points of six code blocks that the fit has not seen."""
    return drawn(_block_error_rate)


def _block_error_rate(made, axes):
    points = error_points()
    held = np.flatnonzero((points.use == "held") & (points.source == "a"))
    chosen = [held[np.argmin(np.abs(points.sinr_db[held, 1] - near))] for near in (-6, -0.5, 5.5, 11.5, 17, 21)]
    for number, each in enumerate(chosen):
        order, size, sent = (int(column[each]) for column in (points.modulation_order, points.size, points.coded_bits))
        sinr_db = np.arange(points.sinr_db[each, 0] - 3, points.sinr_db[each, 2] + 3, 0.02)
        rate = code_block_error(sinr_db, order, size, sent, int(points.graph[each]))
        keep = rate > 8e-4
        dashed = look(number % 5) | {"color": COLOURS[number]}
        axes[0].semilogy(sinr_db[keep], rate[keep], **dashed)
        name = "QPSK" if order == 2 else f"{2**order}-QAM"
        axes[0].plot(points.sinr_db[each], ERROR_RATES, **look(number, line=False, mark=True),
                     label=f"{name}, $k$ = {size}, $r$ = {size / sent:.2f}")
    axes[0].set(xlabel="$E_s/N_0$ (dB)", ylabel="block error rate", ylim=(1e-3, 1.3), xlim=(-9, 25))
    axes[0].legend(loc="lower center", ncols=2, fontsize=5.8, bbox_to_anchor=(0.5, 1.0), frameon=False, columnspacing=1.0)


def rates():
    """Throughput of one layer on 100 MHz against SINR: each scheme, the best one, the peak of TS 38.306, Shannon."""
    return drawn(_rates)


def _rates(made, axes):
    sinr_db, table = np.arange(-10.0, 36.0, 0.1), mcs_table(2)
    each = np.array([throughput(sinr_db, table.at(index), BLOCKS, ELEMENTS, SLOT) for index in range(len(table))]) / 1e6
    shannon = BLOCKS * 360e3 * np.log2(1 + from_db(sinr_db)) / 1e6
    for curve in each[::3]:
        axes[0].plot(sinr_db, curve, color="0.6", linewidth=0.5)
    axes[0].plot([], [], color="0.6", linewidth=0.5, label="every third scheme alone")
    axes[0].plot(sinr_db, each.max(axis=0), label="best scheme of table 2", **look(0))
    axes[0].plot(sinr_db, shannon, label="Shannon, 98.28 MHz", **look(1))
    axes[0].axhline(peak_rate(BLOCKS, Numerology(1), 1, 8) / 1e6, label="peak rate, TS 38.306", **look(3))
    axes[0].set(xlabel="SINR (dB)", ylabel="rate of one layer (Mbit/s)", xlim=(-10, 35), ylim=(0, 900))
    axes[0].legend(loc="upper left")


def cell_edge():
    """SINR of each resource block of a 23 dBm user on 4, 51 and 273 blocks, and where the lowest scheme stops."""
    return drawn(_cell_edge)


def _cell_edge(made, axes):
    path_loss_db, density, table = np.linspace(80, 150, 400), noise_power(1.0, from_db(5.0)), mcs_table(1)
    for number, blocks in enumerate((4, 51, 273)):
        power = uplink_power(blocks, 1, path_loss_db, 23.0, -90.0, 0.8)
        sinr_db = to_db(block_sinr(power, from_db(-path_loss_db), blocks, 360e3, density))
        label = f"{blocks} blocks" if number else "4 resource blocks"
        axes[0].plot(path_loss_db, sinr_db, label=label, markevery=(10 + 12 * number, 45), **look(number, mark=True))
    lowest, size = table.at(0), transport_block_size(table.at(0), 4, ELEMENTS)
    needed = float(required_sinr(lowest, size, 0.1, coded_bits(lowest, 4, ELEMENTS)))
    axes[0].axhline(needed, color="black", linestyle=LINES[3], label="MCS 0 at 10 % block errors")
    at = 130.0
    low, high = (float(to_db(block_sinr(uplink_power(blocks, 1, at, 23.0, -90.0, 0.8), from_db(-at), blocks, 360e3, density)))
                 for blocks in (273, 4))
    axes[0].annotate("", (at, low), (at, high), arrowprops={"arrowstyle": "<->", "linewidth": 0.7})
    axes[0].text(at - 11.5, low + 0.5, f"{high - low:.2f} dB", fontsize=7)
    axes[0].set(xlabel="path loss (dB)", ylabel="SINR of a block (dB)", xlim=(80, 150), ylim=(-35, 25))
    axes[0].legend(loc="lower left")


def harq():
    """Transmissions a block against the level of the first one: the closed form, and 3000 blocks in a cell's slot loop."""
    return drawn(_harq)


def _harq(made, axes):
    offsets, fine = np.arange(-1.0, 6.01, 0.5), np.arange(-1.0, 6.01, 0.1)
    for number, (kind, name) in enumerate((("chase", "chase combining"), ("ir", "incremental redundancy"))):
        points = []
        for below in offsets:
            cell, _ = held_user(below, {"harq": kind, "rlc": "um"})
            cell.run()
            sent, blocks = cell.cell.state.counts[2:]
            points.append(sent / blocks)
        lines = [1 + np.cumprod(held_user(below, {"harq": kind}, blocks=1)[1])[:3].sum() for below in fine]
        axes[0].plot(-fine, lines, label=f"{name}, $1 + b_1 + b_1 b_2 + b_1 b_2 b_3$", **look(number))
        axes[0].plot(-offsets, points, label=f"{name}, slot loop", **look(number, line=False, mark=True))
    axes[0].set(xlabel="SINR over the 10 % point (dB)", ylabel="transmissions a block", ylim=(0.9, 4.9))
    axes[0].legend(loc="upper right")


def fair_gain():
    """Gain of proportional fair over round robin against the number of users: the rate law, the cell, the harmonic sum."""
    return drawn(_fair_gain)


def _fair_gain(made, axes):
    users = np.array([1, 2, 3, 4, 6, 8])
    axes[0].plot(users, [sum(1 / k for k in range(1, n + 1)) for n in users], color="black", linestyle=LINES[3],
                 label="$1 + 1/2 + ... + 1/U$")
    fair = {"type": "proportional_fair", "window": 2000}
    for number, (mean_db, phy) in enumerate(((-8.0, {"mcs_table": 3}), (5.0, {}), (15.0, {}))):
        law, found = [], []
        for n in users:
            (best, cell), (even, _) = (scheduled_rate(name, n, mean_db, phy, 20.0) for name in (fair, "round_robin"))
            gain, outage = law_gain(cell, n, mean_db)
            law.append(gain)
            found.append(best / even * (1 - outage**n) / (1 - outage))  # turns pass over users without any scheme
        axes[0].plot(users, law, label=f"$E[\\max r]/E[r]$ at {mean_db:g} dB", **look(number))
        axes[0].plot(users, found, label="cell, 20 s", **look(number, line=False, mark=True))
    axes[0].set(xlabel="users of equal mean SINR", ylabel="gain over round robin", xlim=(0.5, 8.5), ylim=(0.9, 3.4))
    axes[0].legend(loc="upper left", fontsize=6)


FIGURES = {"path-loss": path_loss, "autocorrelation": autocorrelation, "level-crossings": level_crossings,
           "block-error-rate": block_error_rate, "throughput": rates, "cell-edge": cell_edge,
           "harq": harq, "fair-gain": fair_gain} | SHARED_MEDIA
