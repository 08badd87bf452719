"""Headers by layer, and the wire behind the access point: sizes and times by hand, in both fidelities."""

import numpy as np
import pytest
from net_cases import Bench

from wirelesssim.errors import InputError
from wirelesssim.model import build, leaf_schema, plain
from wirelesssim.network.backhaul import Backhaul
from wirelesssim.network.headers import LAYERS
from wirelesssim.network.message import Message
from wirelesssim.network.transport import ARQ, Transport
from wirelesssim.scenario import Settings
from wirelesssim.simulation import Simulation

both = pytest.mark.parametrize("fidelity", ["burst", "packet"])
exact = dict(rel=1e-12)

# -- headers


def header(given):
    return build(Transport, {"type": "arq", "header": given}).header


def test_forty_bytes_by_hand():
    """IPv4 20 + UDP 8 + DTLS 13 + 8 + 16 + CoAP 5: 70 B before 40 B; 7/11 of the 110 B on the air are headers.

    At 1 Mbit/s they take 880 us instead of 320; of a packet of 1500 B the same headers are 4.7 %.
    """
    size = header(["ip", "udp", "dtls", "coap"])
    assert size == 8 * 70 and header(["ip", "tcp", "tls", "mqtt"]) == 8 * (20 + 20 + 5 + 1 + 16 + 1 + 2 + 2 + 2)
    message = Message.of(0, 1, [320], [320], size)
    assert message.total_bits == (320, 320, 880)
    bench = Bench({"type": "fixed", "rate": "1 Mbit/s"}, "unreliable")
    sent = bench.send([message.total_bits[2]], receipts=False)
    bench.run()
    assert sent.complete == pytest.approx(880e-6, **exact)
    assert size / 880 == pytest.approx(7 / 11) and size / 12_000 == pytest.approx(0.0467, abs=5e-5)
    assert build(Transport, {"type": "arq", "header": ["ip", "udp", "dtls", "coap"]}).room == 8 * 1430


@pytest.mark.parametrize("given, size", [
    ("28 B", 28), (224, 28), (["ip", "udp"], 28), (["ipv6", "udp", "coap"], 53), ("ip", 20), ([], 0), (["ip", "12 B", 8], 33),
    (["ip", "tcp", "tcp_timestamps"], 52), (["sdap", "pdcp", "rlc", "mac", "ip", "udp"], 38), (("ip", "ip"), 40)])
def test_sizes_and_lists(given, size):
    """1448 B of payload in 1500 B: TCP with timestamps over IPv4 takes 52, as every capture shows. A bare number is bits."""
    assert header(given) == 8 * size
    transport = build(Transport, {"type": "arq", "header": given})
    assert build(Transport, plain(transport)) == transport and plain(transport)["header"] == (f"{size} B" if size else "0 bit")


@pytest.mark.parametrize("given, words", [
    (["ip", "upd"], r"header.1 is an unknown layer 'upd'; did you mean 'udp'\? known: coap"),
    (["ip", "-1 B"], "header.1 must be >= 0"), ([["ip"]], "header.0 must be a size"), ("upd", "header is an unknown layer"),
    (["5 ms"], "header.0 must be a size like '1500 B', got '5 ms'"), (None, "header must be a size"),
    (["ip"] * 75, "header must be smaller than the mtu of 1500 B")])
def test_what_is_no_header_is_refused(given, words):
    with pytest.raises(InputError, match=words):
        header(given)


def test_every_layer_has_a_size_and_a_source():
    for name, (size, source) in LAYERS.items():
        assert 1 <= size <= 40 and any(word in source for word in ("RFC", "TS 3", "IEEE", "OASIS", "LoRaWAN 1")), name
    assert {"type": "array"}.items() <= leaf_schema(ARQ)["properties"]["header"]["anyOf"][-1].items()


# -- backhaul

U, L, A, B = 1e-3, 5e-3, 0.32e-3, 20e-3  # a packet, the link's latency, an acknowledgement, the backhaul
CHANNEL = {"type": "fixed", "rate": "1 Mbit/s", "latency": "5 ms"}
ENDS = pytest.mark.parametrize("acknowledges, answer", [("access_point", 0.0), ("server", 2 * B)])


def behind(bench, acknowledges):
    """Put a backhaul of B behind every access point of the bench."""
    wire = build(Backhaul, {"latency": "20 ms", "acknowledges": acknowledges})
    for uplink in bench.uplinks:
        uplink.to_server, uplink.answer_delay = wire.latency, wire.answer_delay
    return bench


@both
@ENDS
@pytest.mark.parametrize("scheme, access", [("burst", "dedicated"), ("burst", "tdma"), ("stop_and_wait", "dedicated"),
                                            ("stop_and_wait", "tdma")])
def test_a_message_over_a_backhaul(fidelity, acknowledges, answer, scheme, access):
    """Two packets, the second lost once. WAIT = 2 l + a, and 2 b if the server answers.

    Burst: 2 u + WAIT + u + l + b; stop-and-wait: (u + WAIT) twice, then u + l + b. The sender's part ends with its last WAIT.
    """
    bench = behind(Bench(CHANNEL, {"type": "arq", "scheme": scheme}, access, fidelity=fidelity), acknowledges)
    bench.lose((1, 1, 1))
    sent = bench.send([1000, 1000])
    bench.run()
    wait, before = 2 * L + A + answer, 2 if scheme == "stop_and_wait" else 1
    assert sent.complete == pytest.approx(3 * U + before * wait + L + B, **exact)
    assert sent.end == pytest.approx(3 * U + (before + 1) * wait, **exact)
    assert (sent.attempts, sent.lost, sent.on_air_bits) == (3, 1, 3000 + 320 * (before + 1)) and sent.acknowledged.all()


@ENDS
def test_acknowledgements_are_asked_at_their_times(acknowledges, answer):
    """On the air from the burst's arrival, or from 2 b later, for a."""
    bench = behind(Bench(CHANNEL, "arq"), acknowledges)
    bench.lose()
    bench.send([1000], at=1.0)
    bench.run()
    begin = 1 + U + L + answer
    assert np.allclose(bench.uplinks[0].air.acknowledgement_loss.asked, [(1, 0, 1, begin, begin + A)], rtol=1e-14)


def rounds(fidelity="burst", **sections):
    """Durations of two rounds of a 1-packet GD (1848 bits on the air, 1 Mbit/s up, 2 Mbit/s down, 10 ms a gradient)."""
    recorder = Simulation(Settings.of({
        "workers": 2, "stop": {"rounds": 2}, "objective": {"type": "quadratic", "dimension": 50}, "algorithm": {"type": "gd"},
        "codec": {"type": "dense"}, "compute": {"type": "fixed", "time": "10 ms"}, "channel": CHANNEL,
        "downlink": {"type": "multicast", "rate": "2 Mbit/s"}, "fidelity": fidelity} | sections)).run()
    return np.diff([row.simulated_time_s for row in recorder.rounds]), recorder


@both
@pytest.mark.parametrize("scheme", ["burst", "stop_and_wait"])
def test_a_round_crosses_the_backhaul_twice(fidelity, scheme):
    """b + d + l down, c, u + l + b up, d = 0.924 ms and u = 1.848 ms; on the air the model begins b after the server sends."""
    wire, transport = {"latency": "20 ms"}, {"type": "arq", "scheme": scheme}
    took, recorder = rounds(fidelity, backhaul=wire, transport=transport)
    assert took == pytest.approx([B + 0.924e-3 + L + 10e-3 + 1.848e-3 + L + B] * 2, **exact)
    down = [row for row in recorder.transmissions if row.direction == "downlink"]
    assert down[0].start_s == pytest.approx(B, **exact) and down[0].end_s == pytest.approx(B + 0.924e-3, **exact)
    took, _ = rounds(fidelity, backhaul=wire, transport=transport, downlink="ideal")  # there at once; then up as before
    assert took[0] == pytest.approx(10e-3 + 1.848e-3 + L + B, **exact)
    for row in recorder.workers:
        spent = row.compute_s + row.queue_s + row.access_s + row.on_air_s + row.retransmission_s + row.wait_s
        assert spent == pytest.approx(2 * B + 0.924e-3 + 2 * L + 10e-3 + 1.848e-3, **exact)


def test_none_is_nothing():
    """No backhaul, and one of 0 s: the same numbers, bit for bit; and without one the settings say nothing of it."""
    without, plainly = rounds()[1], rounds(backhaul={"latency": 0})[1]
    assert without.rounds == plainly.rounds and without.transmissions == plainly.transmissions
    settings = Settings.of({"objective": {"type": "quadratic", "dimension": 5}, "algorithm": {"type": "gd"}, "channel": CHANNEL})
    assert "backhaul" not in settings.plain() and "backhaul" in settings.plain_all()


@pytest.mark.parametrize("given, words", [
    ({"latency": "-1 ms"}, "backhaul.latency must be >= 0"), ({"latency": "5 MHz"}, "backhaul.latency must be a time"),
    ({"acknowledges": "gnb"}, "backhaul.acknowledges must be 'access_point' or 'server'"),
    ({"rate": "1 Gbit/s"}, "backhaul.rate unknown key 'rate'")])
def test_bad_backhauls_are_refused(given, words):
    with pytest.raises(InputError, match=words):
        rounds(backhaul=given)
