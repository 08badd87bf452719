"""What the MAC of 802.11a, n, ac and ax holds constant: instants in integer nanoseconds, sizes in bytes.

Times of the 5 GHz band with 20 MHz channels or wider: IEEE Std 802.11-2020, table 17-21 (slot, SIFS, CWmin, CWmax of the OFDM
PHY, which 19.4.4, 21.4.4 and, in 802.11ax-2021, 27.4.4 repeat), 10.3.2.3 (DIFS, AIFS), table 9-155 (EDCA). Left out: 2.4 GHz
(SIFS 10 us and a signal extension of 6 us after each n and ax frame), DSSS, half- and quarter-clocked timing.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import InputError, Problem, unknown

__all__ = ["WifiStandard", "standard", "STANDARDS", "ACK_BYTES", "CTS_BYTES", "RTS_BYTES", "BLOCK_ACK_BYTES",
           "BLOCK_ACK_REQUEST_BYTES", "LONGEST_PPDU"]

ACK_BYTES = CTS_BYTES = 14  # frame control 2, duration 2, receiver 6, FCS 4: 802.11-2020, 9.3.1.3 and 9.3.1.4
RTS_BYTES = 20  # and a transmitter of 6: 9.3.1.2
BLOCK_ACK_BYTES = 32  # RTS's fields, control 2, starting sequence 2, bitmap of 64 bits: compressed, 9.3.1.8
BLOCK_ACK_REQUEST_BYTES = 24  # RTS's fields, control 2, starting sequence 2: 9.3.1.7
LONGEST_PPDU = 5_484_000  # ns, aPPDUMaxTime: tables 19-25, 21-28

_HEADER, _QOS_HEADER, _FCS, _LLC = 24, 26, 4, 8  # data frame 9.2.4; with QoS control; LLC/SNAP of IEEE 802.2 and RFC 1042


@dataclass(frozen=True)
class WifiStandard:
    """One generation: `slot`, `sifs`, `ack_timeout` in ns; contention windows; `attempts` of a frame before it is lost.

    `qos`: EDCA best effort (AIFSN 3, TXOP limit 0), QoS headers and A-MPDU; otherwise DCF and none of them. `ack_timeout` is
    SIFS + slot + 20 us: the preamble of an 11a ACK would have begun (10.3.2.11, from memory, with
    aRxPHYStartDelay 20 us). `attempts` 7:
    dot11ShortRetryLimit's default (annex C).
    """

    name: str
    qos: bool
    slot: int = 9_000
    sifs: int = 16_000
    cw_min: int = 15
    cw_max: int = 1023
    attempts: int = 7

    @property
    def difs(self) -> int:
        """SIFS + 2 slots, ns."""
        return self.sifs + 2 * self.slot

    @property
    def aifs(self) -> int:
        """The idle time before a contender's slots, ns: SIFS + 3 slots with EDCA best effort, DIFS without."""
        return self.sifs + (3 if self.qos else 2) * self.slot

    @property
    def ack_timeout(self) -> int:
        """SIFS + slot + 20 us, ns."""
        return self.sifs + self.slot + 20_000

    @property
    def eifs(self) -> int:
        """What a bystander waits after a frame that it cannot decode: SIFS + ACK at 6 Mb/s (44 us) + AIFS, ns; 10.3.2.3.7."""
        return self.sifs + 44_000 + self.aifs

    @property
    def msdu_overhead(self) -> int:
        """Bytes that an MPDU adds to a packet of IP: MAC header 24 (26 with QoS), LLC/SNAP 8, FCS 4."""
        return (_QOS_HEADER if self.qos else _HEADER) + _LLC + _FCS


STANDARDS = {name: WifiStandard(name, qos=name != "a") for name in ("a", "n", "ac", "ax")}


def standard(name: str) -> WifiStandard:
    """The constants of "a", "n", "ac" or "ax"; InputError for another name."""
    if name not in STANDARDS:
        raise InputError(Problem(("standard",), f"is an {unknown('Wi-Fi standard', name, STANDARDS)}"))
    return STANDARDS[name]
