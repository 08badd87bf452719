"""Wi-Fi at the link: rates, durations, aggregation, error rates, choice of rate; pure functions (802.11a, n, ac, ax at 5 GHz).

    standards, modes          constants of the MAC, modulation and coding schemes, resource units
    durations, aggregation    how long a frame lasts, in integer nanoseconds; A-MPDU
    trigger                   frames of trigger-based uplink OFDMA: sizes and resource units
    error_laws                the error rate of a bit against SNR: a pessimistic and an optimistic law
    rate_choice, detection    which mode a station sends in; who hears whom
    kernels                   the integers of it, compiled
"""

from .aggregation import DELIMITER_BYTES, MAX_AMPDU_BYTES, MAX_AMPDU_MPDUS, aggregate, ampdu_bytes, ampdu_limit
from .detection import PREAMBLE_DETECTION_DBM, detection_power, hearing
from .durations import (ack_duration, block_ack_duration, block_ack_request_duration, cts_duration, largest_psdu, ppdu_duration,
                        rts_duration)
from .error_laws import LAWS, log_success_per_bit, packet_error_rate, required_snr
from .modes import BASIC_RATES, DATA_TONES, RESOURCE_UNITS, Mode, control_mode, legacy_mode, modes, resource_unit_modes
from .rate_choice import HOPELESS, REFERENCE_BITS, Arf, Best, FixedMcs, RateChoice
from .standards import (ACK_BYTES, BLOCK_ACK_BYTES, BLOCK_ACK_REQUEST_BYTES, CTS_BYTES, LONGEST_PPDU, RTS_BYTES, STANDARDS,
                        WifiStandard, standard)
from .trigger import UNIT_COUNTS, ResourceUnits, multi_station_ack_duration, report_duration, trigger_duration

__all__ = [
    "WifiStandard", "standard", "STANDARDS", "ACK_BYTES", "CTS_BYTES", "RTS_BYTES", "BLOCK_ACK_BYTES", "BLOCK_ACK_REQUEST_BYTES",
    "LONGEST_PPDU", "Mode", "modes", "resource_unit_modes", "legacy_mode", "control_mode", "BASIC_RATES", "DATA_TONES",
    "RESOURCE_UNITS", "ppdu_duration", "largest_psdu", "ack_duration", "cts_duration", "rts_duration", "block_ack_duration",
    "block_ack_request_duration", "MAX_AMPDU_BYTES", "MAX_AMPDU_MPDUS", "DELIMITER_BYTES", "ampdu_bytes", "ampdu_limit",
    "aggregate", "LAWS", "log_success_per_bit", "packet_error_rate", "required_snr", "RateChoice", "FixedMcs", "Best", "Arf",
    "REFERENCE_BITS", "HOPELESS", "PREAMBLE_DETECTION_DBM", "detection_power", "hearing", "ResourceUnits",
    "UNIT_COUNTS", "trigger_duration", "report_duration", "multi_station_ack_duration",
]
