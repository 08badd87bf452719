"""NB-IoT and LTE-M: block sizes and times of the standard, peak rates and messages by hand, and how far repetitions reach."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from ..model import build
from ..network.nbiot.access import coupling_loss_db
from ..radio import Channel
from ..radio.link import ConstantLink
from ..radio.loss import Iid
from ..radio.ltem import block_size
from ..radio.nbiot import TurnLink, modulation_order, preamble_time, resource_unit, schemes, transport_block_size
from ..radio.noise import noise_power
from ..radio.phy_ltem import LteM
from ..radio.phy_nbiot import NbIot
from ..rng import Streams
from ..units import from_db
from .reference import rows
from .row import Check, Seen, differing, worst

__all__ = ["block_messages", "block_times", "checks", "coverage", "peak_rates", "reference_channels", "sizes"]

_COLUMNS = {"nbiot": (1, 2, 3, 4, 5, 6, 8, 10), "lte": (1, 2, 3, 4, 5, 6)}
# tones, kHz, I_TBS, units, payload bits, bits a unit, ms in all (TS 36.104 gives no time)
_CHANNELS = (
    (1, 3.75, 0, 2, 32, 96, 64), (1, 3.75, 3, 1, 40, 192, 32), (1, 15, 0, 2, 32, 96, 16), (1, 15, 3, 1, 40, 192, 8),
    (3, 15, 5, 1, 72, 288, 4), (6, 15, 5, 1, 72, 288, 2), (12, 15, 5, 1, 72, 288, 1),
    (3, 15, 3, 1, 40, 288, None), (6, 15, 7, 1, 104, 288, None), (12, 15, 9, 1, 136, 288, None), (12, 15, 5, 5, 424, 288, None))
_BYTES = (1, 40, 1500, 100_000)
# coupling loss (dB; 23 dBm, noise figure 3 dB, two antennas), ms of `_BYTES` on the air if no block failed, of blocks whose
# header is 24 bits. One tone: I_TBS 8 on 6 units has 784 bits in 1 + 8 + 48 + 3 ms, I_TBS 7 on 1, 3, 4 units 80, 304, 448 in 20,
# 36, 44 ms; then I_TBS 1 on 10 units twice 320 in 173, on 8 232 in 141, I_TBS 0 on 2 units twice 8 in 45 ms; then I_TBS 0 on 10
# units 64 times 232 in 5955 ms with 19 pauses, on 2 units 128 times 8 in 2467, I_TBS 1 on 3 units 128 times 64 in 3651 ms.
# LTE-M: I_TBS 5 on six blocks, 480 bits each, one to three of them in 6, 7, 8 ms; then I_TBS 1 on five, 8 times, 152 each in 34,
# 42, 50 ms, and the rests of 8 and 144 bits in one block sent twice and three sent 4 times, 10 and 26 ms; where the cell allows
# 1, 4, 16, 32 times, I_TBS 0 on four, 4 times, 64 each in 18, 22, 26 ms
_MESSAGES = (
    (NbIot(), 144, (20, 44, 15 * 60 + 36, 1020 * 60 + 44)), (NbIot(), 154, (45, 173, 37 * 173 + 141, 2500 * 173)),
    (NbIot(), 164, (2467, 2 * 5955, 52 * 5955, 3448 * 5955 + 3651)),
    (LteM(), 134, (6, 6, 8 * 8 + 6, 555 * 8 + 7)), (LteM(max_repetitions=8), 144, (10, 50, 26 * 50 + 26, 1754 * 50 + 26)),
    (LteM(), 144, (18, 26 + 22, 62 * 26 + 22, 4166 * 26 + 22)))
_REQUIRED = ((1, -1.9), (16, -9.2), (64, -12.2))  # repetitions, dB on each of two antennas, 70 % of the throughput


def sizes(table: str) -> Seen:
    """Bits of every block of at most 1000, the points' `table`."""
    made = transport_block_size if table == "nbiot" else block_size
    return differing((made(int(row["i_tbs"]), place), bits) for row in rows("narrowband_sizes") if row["table"] == table
                     for place, bits in zip(_COLUMNS[table], map(int, row["sizes"].split())) if bits <= 1000)


def reference_channels() -> Seen:
    """Payload, bits a resource unit, and time of `_CHANNELS`."""
    pairs = []
    for tones, spacing, i_tbs, units, payload, bits, time in _CHANNELS:
        unit = resource_unit(tones, spacing * 1e3)
        found = (transport_block_size(i_tbs, units), unit.symbols * modulation_order(i_tbs, tones))
        lasts = None if time is None else round(units * unit.duration * 1e6)
        pairs.append(((*found, lasts), (payload, bits, None if time is None else 1000 * time)))
    return differing(pairs)


def _scheme(tones: int, spacing: float, *which: int):
    return next(one for one in schemes(tones, spacing, 7.0) if (one.i_tbs, one.units, one.repetitions) == which)


def block_times() -> Seen:
    """s. Ten units of 8 ms, eight times: 640 ms on the air and two pauses of 40 ms; 256 ms at once: none. A preamble: 4 (66.7 +
    5 x 266.7 us) = 5.6 ms; 128 of them and a gap of 40 ms: 756.8 ms."""
    return worst([_scheme(1, 15e3, 0, 10, 8).on_air - 0.720, _scheme(1, 3750.0, 0, 8, 1).on_air - 0.256,
                  preamble_time(1) - 0.0056, preamble_time(128) - 0.7568], 1e-12)


def peak_rates() -> Seen:
    """A tenth is sent again, and 24 bits of a block are headers. NB-IoT, a grant of 1 ms, 8 ms, the block, 3 ms: on twelve tones
    1000 bits in 4 units of 1 ms, 16 ms in all, on one 872 in 5 of 8 ms, 52 ms. LTE-M: three grants, a switch, three blocks of
    1000 bits, a switch, 8 ms. Relative."""
    found = [NbIot(tones=12).schemes[-1].rate, NbIot().schemes[-1].rate, LteM().schemes[-1].rate]
    return worst(np.array(found) / [0.9 * 976 / 0.016, 0.9 * 848 / 0.052, 0.9 * 3 * 976 / 0.008] - 1, 1e-12)


def block_messages() -> Seen:
    """Seconds of messages in whole blocks, times 0.9, beside `_MESSAGES`; the largest relative difference."""
    found = []
    for phy, loss, expected in _MESSAGES:
        sinr = 2 * from_db(23.0 - 30.0 - loss) / noise_power(phy.band, from_db(3.0))
        link = TurnLink(ConstantLink(0, Streams(1, domain="radio"), Iid(probability=0.0), phy.scheme(sinr).rate), phy.turns)
        found += [900 * float(link.finish(0.0, np.array([8.0 * size])).ends[0]) / milliseconds - 1
                  for size, milliseconds in zip(_BYTES, expected)]
    return worst(found, 1e-9)


def coverage() -> Seen:
    """The coupling loss (dB) up to which 32 bits in two units of 3.75 kHz (BPSK) get through at 10 % of errors.

    23 dBm less noise, -173.98 dBm/Hz + 3 dB + 35.74 dB, is 158.24 dB; less the SNR required on each antenna; less 0.76 dB, by
    which 10 % of errors are above 30 %: 159.4, 166.7 and 169.7 dB with 1, 16 and 64 repetitions.
    """
    channel = build(Channel, {"type": "radio", "carrier": "900 MHz", "bandwidth": "180 kHz", "tx_power": "23 dBm",
                              "noise_figure": "3 dB", "branches": 2, "phy": {"type": "nbiot", "spacing": "3.75 kHz"}})
    found = []
    for repetitions, required in _REQUIRED:
        one_antenna = from_db(_scheme(1, 3750.0, 0, 2, repetitions).required_db) / 2 * 3750 / 180e3  # over 180 kHz
        found.append(coupling_loss_db(from_db(23.0 - 30.0) / channel.noise, one_antenna) - (158.24 - required - 0.76))
    return worst(found, 0.1)


def checks() -> Iterator[Check]:
    """The rows of NB-IoT and LTE-M."""
    check = partial(Check, "low power")
    yield check("NB-IoT block sizes", "TS 36.213, table 16.5.1.2-2, as srsRAN prints it", "sizes that differ",
                partial(sizes, "nbiot"))
    yield check("NB-IoT resource units, modulation", "TS 36.101, table A.2.4-1; TS 36.104, table A.16.1-1",
                f"reference channels that differ, of {len(_CHANNELS)}", reference_channels)
    yield check("NB-IoT repeated blocks, preambles", "TS 36.211, 10.1.3.6 and 10.1.6.1, by hand", "s", block_times)
    yield check("NB-IoT, 1, 16, 64 repetitions", "TS 36.104, table 8.5.1.1.1-1 (fitted to), link budget by hand",
                "largest coupling loss, dB", coverage)
    yield check("LTE-M block sizes", "TS 36.213, table 7.1.7.2.1-1, as IMTAphy prints it", "sizes that differ",
                partial(sizes, "lte"))
    yield check("NB-IoT and LTE-M peak rates", "16 and 52 ms; 8 ms, by hand", "largest, relative", peak_rates)
    yield check("NB-IoT and LTE-M messages of 1 B to 100 kB", "whole transport blocks by hand, at 134 to 164 dB",
                "largest, relative", block_messages)
