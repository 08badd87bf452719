"""LoRaWAN in the EU863-870 band, as a scenario names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

import numpy as np
import simpy

from ...errors import InputError, Problem
from ...model import model
from ...radio.block_sinr import BlockSinr
from ...radio.lora import payload_limit, sub_band
from ...radio.phy_lora import Lora
from ...units import COUNT, FRACTION, Power, Quantity, Ratio, Time
from ..access import Access, Site, Wired
from ..medium import NoTurns
from .channels import Channels
from .duty import OBSERVATION
from .powers import carrier_problems, gateway_problems, known_workers, worker_problems

__all__ = ["LoRaWan"]

Factor = Annotated[int, Quantity(COUNT, ge=7, le=12)]
Duty = Annotated[float, Quantity(FRACTION, gt=0, le=1)]


@model
class LoRaWan(Access, name="lorawan"):
    """One LoRaWAN gateway and its workers, class A, in EU863-870; needs `channel: {type: radio, phy: {type: lora}}` of 125 kHz.

    Each packet is a frame, sent without listening on one of `channels`, drawn among those that are free first. After a frame
    of T s its sub-band is closed to the sender for T (1/d - 1) s, and in no hour is it on the air for more than d of it: 1 % in
    868.0 to 868.6 MHz, 0.1 % in 868.7 to 869.2, 10 % in 869.4 to 869.65, or `duty_cycle` in all. Nor does a frame go before
    the receive windows of the last have closed; then it waits, besides, uniformly over [0, `spread`), so that workers in step
    part. That wait is not the standard's, by which a frame goes at once: `spread: 0 s`, to be set where messages come at instants
    of their own. The default is for rounds: the model's end calls all workers at one nanosecond, and equal frames are held back
    equally, so that they would collide for certain, burst after burst, as no devices with clocks and chores of their own do; 2 s
    is a choice, above the longest frame of SF 7 to 11 (1.56 s), and costs 1 s a frame in the mean.
    A burst that the transport repeats begins with 1 to 3 s of waiting.
    The gateway reads up to `demodulators` frames at once on all channels and factors; a frame survives others of its own
    factor that are `capture` weaker in sum, of other factors by the matrix of Croce et al. While it sends it hears nothing.
    The transport's acknowledgement comes in a receive window: 1 s after the last frame on its channel and factor, or 2 s
    after at 869.525 MHz and `rx2_spreading_factor`, where the gateway's own duty cycle and transmitter allow; else it
    is not sent, and the burst counts as unheard. The model goes at 869.525 MHz, to which workers listen whenever they do
    not send (class C), also while they wait for an answer, as a multicast or one by one, in at most `passes`; who lacks a
    packet then takes no part in the round. The gateway sends with channel.downlink_tx_power in the workers' channels (14 dBm
    is what 868.0 to 868.6 MHz allow; the channel's own default is a base station's), with `rx2_power` at 869.525 MHz.
    A frame has the SNR of the fading block in which it begins, downwards as `Radio` has it, other sites sending with the same
    power. Up and down, chirps of opposite sense, do not disturb each other. InputError where somebody's EIRP, antenna gain
    included, is above what the sub-band allows, channels overlap, or the carrier lies in another band.

    Sources: LoRaWAN 1.0.4 (TS001); Regional Parameters RP002-1.0.3, 2.4; ETSI EN 300 220-2, annex B; Semtech SX1301 data sheet (8
    demodulators). Defaults: the three channels that all devices have, 27 dBm (500 mW ERP) and SF 12 for the
    second window; 6 dB of capture (Goursaud and Gorce 2015); 8 passes as 1 + 7 tries of the transport. Left out:
    joining, ADR and other commands, several gateways, FSK, 250 kHz.
    """

    carries_downlink: ClassVar[bool] = True

    channels: Channels = ("868.1 MHz", "868.3 MHz", "868.5 MHz")
    duty_cycle: Duty | None = None
    spread: Time = "2 s"
    capture: Ratio = "6 dB"
    demodulators: Annotated[int, Quantity(COUNT, ge=1, le=64)] = 8
    rx2_spreading_factor: Factor = 12
    rx2_power: Power = "27 dBm"
    passes: Annotated[int, Quantity(COUNT, ge=1, le=1000)] = 8

    def medium(self, env: simpy.Environment, workers: int) -> NoTurns:
        """No turns: who is ready, and may, sends."""
        return NoTurns(env)

    def problems(self, channel, downlink, transport, workers):
        phy = getattr(channel, "phy", None)
        if not isinstance(phy, Lora):
            rule = ("must be lora with the access lorawan: give channel: {type: radio, carrier: 868 MHz, bandwidth: 125 kHz, "
                    "phy: {type: lora}}, or another access")
            yield Problem(("channel", "phy"), rule)
            return
        if channel.bandwidth != 125e3:
            rule = f"must be 125 kHz with the access lorawan, got {channel.bandwidth / 1e3:g} kHz"
            yield Problem(("channel", "bandwidth"), rule)
        for keys, size, limit in ((("transport", "mtu"), transport.mtu, phy.largest_frame),
                                  (("transport", "ack", "size"), transport.ack.size,
                                   min(phy.largest_frame, payload_limit(self.rx2_spreading_factor)))):
            if size > 8 * limit:
                yield Problem(keys, f"must be <= {limit} B, the longest frame at these spreading factors (RP002-1.0.3, 2.4.6, "
                                    f"and 13 B of header), got {size // 8} B")
        yield from self._too_long(channel, phy, transport)
        yield from carrier_problems(channel)
        yield from gateway_problems(channel, self.channels, self.rx2_power)
        if known_workers(channel, workers):
            yield from worker_problems(channel, self.channels, workers, None)

    def drawn_problems(self, channel, workers, streams):
        return worker_problems(channel, self.channels, workers, streams)

    def _too_long(self, channel, phy: Lora, transport):
        """Frames that would break the duty cycle by themselves."""
        from .device import Plan

        airtime = self._plan(Plan, channel).airtime(transport.mtu, phy.factors[-1], True)
        least = min(self._duties(channel.bandwidth))
        if airtime > least * OBSERVATION:
            rule = (f"must not make a frame longer than {least * OBSERVATION:g} s, what the duty cycle of {100 * least:g} % "
                    f"leaves in an hour, got {airtime:.4g} s; lower it")
            yield Problem(("transport", "mtu"), rule)

    def _duties(self, bandwidth: float) -> tuple[float, ...]:
        """The fraction of time on each channel."""
        if self.duty_cycle is not None:
            return (self.duty_cycle,) * len(self.channels)
        return tuple(sub_band(frequency, bandwidth).duty_cycle for frequency in self.channels)

    def _plan(self, make, channel):
        bands = tuple(sub_band(frequency, channel.bandwidth).name for frequency in self.channels)
        return make(self.channels, bands, self._duties(channel.bandwidth), channel.bandwidth, channel.phy.coding, self.spread,
                    self.rx2_spreading_factor)

    def wire(self, site: Site) -> Wired:
        """The devices, and the gateway that hears and answers them."""
        from .device import Device, Plan
        from .ether import Ether
        from .gateway import Gateway

        env, channel, streams = site.env, site.channel, site.streams
        refused = list(self.drawn_problems(channel, site.workers, streams))
        if refused:
            raise InputError(refused)
        plan, ether = self._plan(Plan, channel), Ether(self.capture, self.demodulators)
        sources = channel.block_sinrs(site.workers, site.geometry, streams)
        devices = [Device(env, plan, ether, link, channel.phy.factor_for(float(source.mean(np.zeros(1))[0])), _snr(source),
                          streams.counted("lora", "device", link.worker).key, site.fidelity, site.transport.ack.loss)
                   for link, source in zip(site.links, sources)]
        downs = [[_snr(source) for source in channel.downlink_block_sinrs(site.workers, site.geometry, streams, power)]
                 for power in (channel.downlink_tx_power, self.rx2_power)]
        gateway = Gateway(env, plan, ether, devices, list(zip(*downs)), self.passes, site.fidelity, self.duty_cycle)
        for device in devices:
            device.gateway = gateway
        return Wired(self.medium(env, site.workers), devices, gateway)


def _snr(source: BlockSinr) -> Callable[[float], float]:
    """Received power over noise and interference at an instant, linear: of the block that holds it."""
    return lambda time: float(source(int(time / source.block_time), 1).mean())
