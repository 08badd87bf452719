"""A Wi-Fi medium made for a run: rules, tables, links, each worker's transmitter and the access point."""

from __future__ import annotations

import numpy as np

from ...radio.phy_wifi import WifiCarrier, basic_modes
from ...radio.wifi import (Mode, ack_duration, block_ack_duration, block_ack_request_duration, control_mode, cts_duration,
                           log_success_per_bit, rts_duration)
from ...rng import Streams
from ..access import Site, Wired
from .access import Csma
from .air import AccessPoint, StationAir
from .hidden.loop import HiddenLoop
from .hidden.medium import HiddenContention
from .medium import Contention, LoopContention
from .rules import MODE, Rules
from .signals import Blocks
from .twin import SlotContention

__all__ = ["wire", "mode_table", "make_rules"]


def wire(access: Csma, site: Site) -> Wired:
    """The medium of `access`, by the compiled loop or, with `fidelity: packet`, by its twin; workers are its first rows, then the
    access point, then the background."""
    channel, workers, others = site.channel, site.workers, access.background.stations
    carrier: WifiCarrier = channel.phy.wifi(channel.bandwidth)
    basic = next(mode for mode in basic_modes() if mode.rate == access.basic_rate)
    modes = mode_table([*carrier.modes, basic], [*carrier.limits.tolist(), 0])
    rules = make_rules(access, carrier, workers, site.streams)
    still = np.full(1 + others, len(carrier.modes) - 1), np.zeros((1 + others, len(modes)))
    up = channel.block_sinrs(workers, site.geometry, site.streams)
    down = channel.downlink(workers, site.geometry, site.streams).sources
    signals = Blocks(up, down, _rows(carrier, basic), still, adapts=rules.up > 0)
    medium = _medium(access, site, rules, modes, signals)
    overhead = carrier.standard.msdu_overhead
    for place in range(others):
        stream = site.streams.counted("background", place)
        medium.occupy(workers + 1 + place, access.background.batches(stream, overhead))
    passes = getattr(site.transport, "retries", 7) + 1
    point = AccessPoint(medium, overhead, passes, site.streams.counted("reception", "downlink").key)
    airs = [StationAir(medium, worker, point, overhead, site.transport.outage_limit) for worker in range(workers)]
    return Wired(access.medium(site.env, workers), airs, point)


def _medium(access: Csma, site: Site, rules: Rules, modes: np.ndarray, signals: Blocks) -> Contention:
    """One collision domain, or a medium of its own for each station where some are hidden."""
    heard = access.hidden.heard(site)
    if heard is None or heard.all():
        return (SlotContention if site.fidelity == "packet" else LoopContention)(site.env, rules, modes, signals)
    hearing = np.ones((signals.stations, signals.stations), dtype=bool)
    hearing[:site.workers, :site.workers] = heard
    return (HiddenContention if site.fidelity == "packet" else HiddenLoop)(site.env, rules, modes, signals, hearing)


def mode_table(modes: list[Mode], limits: list[int]) -> np.ndarray:
    """(K,) of MODE, with the control frames that go with each; `limits` bytes of an A-MPDU in each."""
    table = np.zeros(len(modes), dtype=MODE)
    for row, (mode, limit) in enumerate(zip(modes, limits)):
        control = control_mode(mode)
        table[row] = (*mode.row, limit, ack_duration(control), block_ack_duration(control), block_ack_request_duration(control),
                      rts_duration(control), cts_duration(control))
    return table


def make_rules(access: Csma, carrier: WifiCarrier, workers: int, streams: Streams) -> Rules:
    """The rules of `access` with the times of the carrier's standard; the access point is row `workers`."""
    standard, bianchi, (up, down) = carrier.standard, access.rules == "bianchi", carrier.rate.memory
    aggregates = access.aggregation and standard.qos
    return Rules(
        slot=standard.slot, sifs=standard.sifs, difs=standard.aifs,
        eifs=standard.eifs if access.eifs == "standard" and not bianchi else standard.aifs, timeout=standard.ack_timeout,
        cw_min=standard.cw_min, cw_max=standard.cw_max, attempts=0 if bianchi else access.retry_limit, bianchi=bianchi,
        rts_threshold=2**40 if access.rts_threshold is None else access.rts_threshold // 8,
        window=64 if aggregates else 0, single=4 if aggregates and standard.name != "n" else 0,
        request=aggregates and access.after_missed_block_ack == "bar", access_point=workers, basic=len(carrier.modes),
        highest=len(carrier.modes) - 1, up=up, down=down, key=streams.counted("contention").key)


def _rows(carrier: WifiCarrier, basic: Mode):
    """SINR (M, bands) -> the mode of each worker (M,), -1 out of reach, and log success of a bit in every row of the table.

    In wide bands the copies of a basic mode in each 20 MHz have the band's SINR.
    """

    def rows(sinr: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        seen = carrier.effective(sinr)
        log_success = carrier.log_success(seen)
        return carrier.choose(log_success), np.column_stack([log_success, log_success_per_bit(seen, basic, carrier.law)])

    return rows
