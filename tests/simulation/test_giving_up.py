"""A sender that gives up in a fade: what it had sent was applied, and it must learn so, or the two memories part."""

from learning_cases import apart, errors, run

CELL = {
    "channel": {"type": "radio", "bandwidth": "20 kHz", "tx_power": "-28 dBm", "fading": {"type": "rayleigh", "coherence_time": "20 ms"}},
    "geometry": {"type": "ring", "radius": "100 m"}, "feedback": "ack"}
IMPATIENT = {"mtu": "100 B", "header": "28 B", "outage_limit": "60 ms"}


def partly(simulation):
    """The number of messages of which some packets arrived and some did not."""
    rows = [row for row in simulation.recorder.transmissions if row.direction == "uplink"]
    return sum(0 < row.delivered < row.packets for row in rows)


def test_memories_agree_after_messages_were_given_up_half_way():
    """Nothing is lost on the air: each partial message is one that was given up. Unanswered, GD-SEC diverges in round 35."""
    for transport in ({"type": "arq", "retries": 1, **IMPATIENT}, {"type": "unreliable", **IMPATIENT}):
        simulation = run(**CELL, transport=transport, stop={"rounds": 400})
        assert partly(simulation) > 50
        assert simulation.recorder.divergence is None
        assert apart(simulation) < 1e-12
        assert errors(simulation)[-1] < 1e-10
