"""Validation: every model against a reference that is not this package, as one table (`wirelesssim verify-models`).

    row                  what a check is, and what it found
    sampling             tolerances that come from a sampling error, with one false-alarm rate for all
    reference            the points that ship here (points/*.csv; the `#` lines say what made them)
    propagation, places, power   path loss; what is drawn per place; noise, interference
    motion               places, mobility, traces of rates
    fading, crossings    gains in time, over frequency, over antennas; long runs of Clarke fading
    nr_tables, nr_links  5G NR: integers; error rates, effective SINR, power
    nr_repeats, nr_cell  an NR cell: HARQ and RLC; latency, rate, the cell's edge, schedulers
    wifi_links, wifi_contention, wifi_trigger    Wi-Fi: rates, durations, errors; contention; trigger-based OFDMA
    losses, transport    packet loss; repeats and whole rounds, run from end to end
    messages             queues, headers, satellites and Ethernet, without a learner
    low_power, wpan, narrowband    LoRa and ALOHA; IEEE 802.15.4; NB-IoT and LTE-M
    catalogue            all checks, and the choice among them

A check is a small function of no arguments that returns how far the model was from its reference and how far it may be
(`Seen`). Where draws are involved the streams are fixed, so that a table is the same wherever it is made. Above the radio, the
network and the simulation; nothing but the command imports it. Left out: learning, whose laws hold to the last bit and are tests.
"""

from .catalogue import checks, chosen
from .row import Check, Row, Seen

__all__ = ["Check", "Row", "Seen", "checks", "chosen"]
