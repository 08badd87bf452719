"""Workers with powers of their own on media without a cell: who hears whom, and the way back from a LoRaWAN gateway."""

import numpy as np
import pytest
import simpy

from wirelesssim.model import build
from wirelesssim.network.access import Access, Site
from wirelesssim.network.nbiot.access import coupling_loss_db
from wirelesssim.network.wifi.alone import medium_alone
from wirelesssim.network.wifi.batch import Batch
from wirelesssim.network.wifi.rules import DELIVERED, LOST
from wirelesssim.radio import Channel, Geometry
from wirelesssim.rng import Streams
from wirelesssim.scenario import Settings
from wirelesssim.simulation.wiring import Wiring


def wired(**sections):
    settings = Settings.of({"workers": 3, "stop": {"rounds": 1}, "objective": {"type": "messages", "uplink": "50 B"}} | sections)
    return Wiring(simpy.Environment(), settings, 0).wired


def heard_by(powers):
    """Who hears each of three workers 30 m apart when 20 dBm in free space is noticed at 45 m."""
    there = 20 - 20 * np.log10(4 * np.pi * 45 * 5.2e9 / 299_792_458)
    channel = build(Channel, {"type": "radio", "carrier": "5.2 GHz", "tx_power": powers, "path_loss": "free_space",
                              "phy": "wifi"})
    places = build(Geometry, {"type": "positions", "places": [[0, 1], [30, 1], [60, 1]]})
    streams = Streams(1, domain="radio")
    site = Site(None, channel.links(3, places, streams), channel, places, None, None, streams)
    heard = build(Access, {"type": "csma", "hidden": {"threshold": f"{there} dBm"}}).hidden.heard(site)
    return [[listener for listener in range(3) if listener != sender and heard[listener, sender]] for sender in range(3)]


def test_the_senders_power_decides_who_hears_it():
    """45 m at 20 dBm; 8 dB more are a factor of 2.5, 113 m; 8 dB less 18 m. The strong one is heard by those whom it does not
    hear, the weak one by nobody."""
    assert heard_by("20 dBm") == [[1], [0, 2], [1]]
    assert heard_by(["28 dBm", "20 dBm", "20 dBm"]) == [[1, 2], [0, 2], [1]]
    assert heard_by(["20 dBm", "12 dBm", "20 dBm"]) == [[1], [], [1]]


def one_way(ready, fidelity):
    """A frame each of 248 us (802.11a, 54 Mb/s), ready at `ready` us, backoffs of 0: 1 hears 0, and 0 does not hear 1. (fate, end
    in us, tries) of both."""
    made = medium_alone(2, hidden=[], rules={"cw_min": 0, "cw_max": 0}, fidelity=fidelity)
    hearing = np.ones((3, 3), dtype=bool)
    hearing[0, 1] = False
    medium = type(made)(simpy.Environment(), made.rules, made.modes, made.signals, hearing)
    done = [medium.transmit(station, Batch(np.array([1536]), np.array([station]), 0, ready=np.array([1000 * time])))
            for station, time in enumerate(ready)]
    medium.env.run()
    return [(int(one.value.fates[0]), one.value.times[0] / 1000, int(one.value.tries[0])) for one in done]


@pytest.mark.parametrize("fidelity", ["burst", "packet"])
def test_one_hears_and_is_not_heard(fidelity):
    """0 first: 1 waits for its ACK and DIFS, 248 + 16 + 28 + 34 = 326. 1 first: 0 breaks in at 100, and again each
    248 + 45 + 34 = 327 after its last; 1, which hears that, begins DIFS after 0's end at 348, 382, and each 327 on, so that all
    seven overlap. Given up 293 after the last begins, at 100 + 6 327 and 382 + 5 327."""
    assert one_way([0, 100], fidelity) == [(DELIVERED, 248, 1), (DELIVERED, 326 + 248, 1)]
    assert one_way([100, 0], fidelity) == [(LOST, 100 + 6 * 327 + 293, 7), (LOST, 382 + 5 * 327 + 293, 7)]


LORA = {"type": "radio", "carrier": "868.1 MHz", "bandwidth": "125 kHz", "phy": "lora", "tx_power": "14 dBm",
        "noise_figure": "6 dB", "worker_noise_figure": "6 dB", "downlink_tx_power": "14 dBm"}


def lora_cell(geometry=None, **said):
    """SNR up, down in the workers' channels and down at 869.525 MHz, (3, M) dB."""
    made = wired(channel=LORA | said, access={"type": "lorawan", "channels": ["868.1 MHz"]}, downlink="multicast",
                 geometry=geometry or {"type": "ring", "radius": "300 m"},
                 transport={"type": "arq", "mtu": "100 B", "header": ["lorawan"]})
    return 10 * np.log10([[device.snr(0.0), *(snr(0.0) for snr in made.carrier.downs[device])] for device in made.airs]).T


def test_a_gateways_frames_do_not_ask_what_the_worker_sends_with():
    """10 dB less sent up is none less down; 3 dB more noise at the worker are 3 dB less; 27 dBm are 13 dB more than 14."""
    up, down, second = lora_cell(tx_power=["14 dBm", "4 dBm", "14 dBm"], worker_noise_figure=["6 dB", "6 dB", "9 dB"])
    assert np.allclose(up - up[0], [0, -10, 0]) and np.allclose(down - up[0], [0, 0, -3])
    assert np.allclose(second, down + 13)


def test_a_gateways_frames_meet_what_other_sites_send():
    """With equal powers and noise up is down but for the interference, users' upwards and sites' downwards: that of the sites
    at the worker's own place, as `downlink_sinr` has it; `iot` is the same both ways, and does not grow with the power."""
    cells = {"type": "hexagonal", "sites": 7, "inter_site_distance": "3 km"}
    up, down, second = lora_cell(cells, interference="hexagonal")
    radio, places = build(Channel, LORA | {"interference": "hexagonal"}), build(Geometry, cells)
    streams = Streams(1, domain="radio")
    for snrs, power_dbm in ((down, 14), (second, 27)):
        wanted = radio.downlink_sinr(places.positions(3, streams), streams, 1e-3 * 10 ** (power_dbm / 10), 10**0.6, places)
        assert np.allclose(snrs, 10 * np.log10(wanted))
    assert np.ptp(up - down) > 1 and np.all(second < down + 12)
    quiet, same, more = lora_cell(interference={"type": "iot", "level": "5 dB"})
    assert np.allclose(quiet, same) and np.allclose(more, same + 13)


def test_one_antenna_sends_what_four_hear():
    """Four branches are 6 dB more upwards, and none more downwards."""
    up, down, _ = lora_cell(branches=4)
    assert np.allclose(up - down, 10 * np.log10(4))


def test_a_coupling_loss_is_none_of_the_power():
    """10 dB more sent are 10 dB more received: the same place, the same coverage class."""
    weak, strong = (coupling_loss_db(power / 1e-15, 100 * power) for power in (0.02, 0.2))
    assert abs(weak - strong) < 1e-9 and abs(weak - 130) < 1e-9
