"""The EU863-870 band: sub-bands with duty cycles, LoRaWAN's channels, and how long its payloads may be.

Sources: duty cycles ETSI EN 300 220-2 V3.2.1, annex B, bands K to Q (without listen before talk), which ERC Recommendation
70-03, annex 1, says alike; channels, second receive window and payload limits LoRaWAN Regional Parameters RP002-1.0.3, 2.4.
Left out: gaps between the sub-bands that other rules serve, and listen before talk, which lifts duty cycles.
"""

from __future__ import annotations

from typing import NamedTuple

from ...units import from_db, to_db

__all__ = ["BAND", "DEFAULT_CHANNELS", "LORAWAN_HEADER", "RX2_CHANNEL", "SUB_BANDS", "SubBand", "duty_cycle", "payload_limit",
           "sub_band"]

DEFAULT_CHANNELS = (868.1e6, 868.3e6, 868.5e6)  # Hz; RP002-1.0.3, 2.4.2
RX2_CHANNEL = 869.525e6  # Hz, with SF 12 unless said: RP002-1.0.3, 2.4.7
LORAWAN_HEADER = 13  # bytes: MHDR 1, FHDR 7 without options, FPort 1, MIC 4 (LoRaWAN 1.0.4, 4)
_PAYLOADS = {12: 51, 11: 51, 10: 51, 9: 115, 8: 222, 7: 222}  # bytes at DR0 to DR5, repeater compatible: RP002-1.0.3, 2.4.6


class SubBand(NamedTuple):
    """A sub-band: its letter in EN 300 220-2, its edges in Hz, the fraction of time that a device may send, and the ERP in W."""

    name: str
    low: float
    high: float
    duty_cycle: float
    power: float

    @property
    def eirp(self) -> float:
        """The EIRP in W of that ERP in whole dBm, as it is commonly said (25 mW: 14 dBm, 500 mW: 27 dBm): 2.15 dB more, the gain
        of a half-wave dipole (ITU-R BS.561)."""
        return 1e-3 * float(from_db(round(float(to_db(self.power / 1e-3))) + 2.15))


SUB_BANDS = (
    SubBand("K", 863.0e6, 865.0e6, 0.001, 0.025),
    SubBand("L", 865.0e6, 868.0e6, 0.01, 0.025),
    SubBand("M", 868.0e6, 868.6e6, 0.01, 0.025),
    SubBand("N", 868.7e6, 869.2e6, 0.001, 0.025),
    SubBand("P", 869.4e6, 869.65e6, 0.1, 0.5),
    SubBand("Q", 869.7e6, 870.0e6, 0.01, 0.025),
)
BAND = (SUB_BANDS[0].low, SUB_BANDS[-1].high)  # Hz


def sub_band(frequency: float, bandwidth: float = 125e3) -> SubBand:
    """The sub-band that holds a channel of `bandwidth` (Hz) around `frequency` (Hz); ValueError where none does."""
    for band in SUB_BANDS:
        if band.low <= frequency - bandwidth / 2 and frequency + bandwidth / 2 <= band.high:
            return band
    edges = ", ".join(f"{band.low / 1e6:g}-{band.high / 1e6:g}" for band in SUB_BANDS)
    raise ValueError(f"a channel of {bandwidth / 1e3:g} kHz must lie within one of {edges} MHz, got {frequency / 1e6:g} MHz")


def duty_cycle(frequency: float, bandwidth: float = 125e3) -> float:
    """The fraction of time that a device may send there."""
    return sub_band(frequency, bandwidth).duty_cycle


def payload_limit(factor: int) -> int:
    """Bytes of a whole frame (PHY payload) at most: the application's 51 to 222, and LoRaWAN's 13 of header."""
    return _PAYLOADS[factor] + LORAWAN_HEADER
