"""Power and noise: thermal noise, SINR of a link, interference of other cells; numbers by hand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from ..model import build, validate
from ..radio import Geometry, PathLoss, Radio, noise_power
from ..rng import Streams
from ..units import from_db, to_db
from .row import Check, Seen, worst

__all__ = ["checks"]


def thermal_noise() -> Seen:
    """k 290 K = 4.003882e-21 W/Hz = -173.9752 dBm/Hz; 20 MHz add 73.0103 dB, a noise figure of 5 dB five: -95.9649 dBm."""
    found = [to_db(noise_power(1.0, 1.0) / 1e-3), to_db(noise_power(20e6, from_db(5.0)) / 1e-3)]
    return worst(np.array(found) - [-173.9752, -95.9649], 1e-4)


def link_sinr() -> Seen:
    """UMi with sight at d_2D = 101.48 m, 3.5 GHz, 20 MHz, NF 5 dB: 23 dBm + 2 + 6 dBi - 85.4472 dB + 95.9649 dBm = 41.5177 dB."""
    radio = validate(Radio, {"carrier": "3.5 GHz", "bandwidth": "20 MHz", "tx_power": "23 dBm", "noise_figure": "5 dB",
                             "path_loss": {"type": "umi", "state": "los"}, "antenna_gain": "6 dBi",
                             "worker_antenna_gain": "2 dBi"})
    return worst(to_db(radio.mean_sinr(np.array([[0.0, 101.48]]), None)[0]) - 41.5177, 1e-3)


def over_thermal() -> Seen:
    """An interference of 4 dB over thermal takes 4 dB of SINR."""
    places = np.array([[60.0, 80.0]])
    quiet, loud = (validate(Radio, {"interference": kind}).mean_sinr(places, Streams(0))[0]
                   for kind in ("none", {"type": "iot", "level": "4 dB"}))
    return worst(to_db(quiet / loud) - 4.0, 1e-9)


def cell_centre() -> Seen:
    """Downlink in the middle of 7 cells 200 m apart at half load: 1 + 6 0.5 P g(200 m)/N, of which the SINR has the inverse."""
    radio = validate(Radio, {"interference": {"type": "hexagonal", "load": "50 %"}, "path_loss": "log_distance"})
    geometry = build(Geometry, {"type": "hexagonal", "sites": 7, "inter_site_distance": "200 m"})
    gain, noise = build(PathLoss, "log_distance").gain, noise_power(radio.bandwidth, from_db(9.0))
    alone, rise = gain(0.0, radio.carrier) / noise, 1 + 3.0 * gain(200.0, radio.carrier) / noise
    found = radio.downlink_sinr(np.zeros((1, 2)), Streams(0), 1.0, from_db(9.0), geometry)[0]
    return worst(to_db(found * rise / alone), 1e-9)


def checks() -> Iterator[Check]:
    """Noise, the budget of a link, interference."""
    check = partial(Check, "power")
    yield check("thermal noise and noise figure", "k T0 B F, IEEE Std 100, by hand", "dB", thermal_noise)
    yield check("SINR of a link", "link budget by hand", "dB", link_sinr)
    yield check("interference over thermal", "definition", "SINR lost, dB", over_thermal)
    yield check("interference of six sites", "sum of their powers", "SINR in the middle, dB", cell_centre)
