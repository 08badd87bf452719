"""LoRa and the EU863-870 band of LoRaWAN: time on air, SNR limits, capture, channels and their duty cycles. Pure."""

from .airtime import bit_rate, low_data_rate, payload_symbols, symbol_time, time_on_air
from .capture import CO_FACTOR_CAPTURE_DB, REJECTION_DB, rejection
from .eu868 import BAND, DEFAULT_CHANNELS, LORAWAN_HEADER, RX2_CHANNEL, SUB_BANDS, duty_cycle, payload_limit, sub_band
from .sensitivity import FACTORS, sensitivity_dbm, snr_limit, snr_limit_db

__all__ = [
    "symbol_time", "low_data_rate", "payload_symbols", "time_on_air", "bit_rate",
    "FACTORS", "snr_limit", "snr_limit_db", "sensitivity_dbm",
    "CO_FACTOR_CAPTURE_DB", "REJECTION_DB", "rejection",
    "BAND", "SUB_BANDS", "DEFAULT_CHANNELS", "RX2_CHANNEL", "LORAWAN_HEADER", "sub_band", "duty_cycle", "payload_limit",
]
