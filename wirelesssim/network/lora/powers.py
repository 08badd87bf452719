"""Whether a LoRaWAN cell keeps to its band: the carrier within EU863-870, what everybody radiates within the sub-band's limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ...errors import Problem
from ...perworker import Distribution
from ...radio.lora import BAND, RX2_CHANNEL, sub_band
from ...radio.radio_channel import Radio
from ...rng import Streams
from ...units import to_db

__all__ = ["carrier_problems", "gateway_problems", "known_workers", "worker_problems"]

_ROUNDING = 1e-9  # relative


def carrier_problems(channel: Radio) -> Iterator[Problem]:
    """A carrier outside the band of the channels: path loss would be that of another."""
    low, high = BAND
    if not low <= channel.carrier <= high:
        rule = (f"must be within {low / 1e6:g} to {high / 1e6:g} MHz, the band of the channels of the access lorawan, "
                f"got {channel.carrier / 1e6:g} MHz; say 868.3 MHz, for example")
        yield Problem(("channel", "carrier"), rule)


def gateway_problems(channel: Radio, channels: Sequence[float], rx2_power: float) -> Iterator[Problem]:
    """What the gateway radiates beyond the limit, in the workers' `channels` (Hz) and, with `rx2_power` (W), at `RX2_CHANNEL`."""
    for keys, power, used in ((("channel", "downlink_tx_power"), channel.downlink_tx_power, channels),
                              (("access", "rx2_power"), rx2_power, (RX2_CHANNEL,))):
        yield from _too_loud(keys, "antenna_gain", power * channel.antenna_gain, used, channel.bandwidth)


def known_workers(channel: Radio, workers: int) -> bool:
    """Whether each worker's EIRP stands in the scenario: nothing of it is drawn, and lists are as long as they must be."""
    given = [field.given for field in (channel.tx_power, channel.worker_antenna_gain)]
    return not any(isinstance(one, Distribution) or isinstance(one, tuple) and len(one) != workers for one in given)


def worker_problems(channel: Radio, channels: Sequence[float], workers: int, streams: Streams | None) -> Iterator[Problem]:
    """The loudest of the workers, if it radiates beyond the limit of some of the `channels` (Hz), any of which it may choose.

    `streams` draw what is drawn; None where `known_workers`.
    """
    eirps = channel.eirps(workers, streams)
    loudest = int(np.argmax(eirps))
    which = "" if eirps.min() == eirps.max() else f" for worker {loudest}"
    eirp = float(eirps[loudest])
    yield from _too_loud(("channel", "tx_power"), "worker_antenna_gain", eirp, channels, channel.bandwidth, which)


def _too_loud(keys: tuple[str, str], gain: str, eirp: float, channels: Sequence[float], bandwidth: float,
              which: str = "") -> Iterator[Problem]:
    """An `eirp` (W) beyond the least limit of the sub-bands of `channels`."""
    band = min((sub_band(frequency, bandwidth) for frequency in channels), key=lambda one: one.eirp)
    if eirp > band.eirp * (1 + _ROUNDING):
        rule = (f"must be <= {_dbm(band.eirp)} of EIRP, {gain} included: sub-band {band.name}, {band.low / 1e6:g} to "
                f"{band.high / 1e6:g} MHz, allows {1e3 * band.power:g} mW of ERP (EN 300 220-2, annex B); got "
                f"{_dbm(eirp)}{which}; lower it by {to_db(eirp / band.eirp):.3g} dB")
        yield Problem(keys, rule)


def _dbm(power: float) -> str:
    return f"{float(to_db(power / 1e-3)):.4g} dBm"
