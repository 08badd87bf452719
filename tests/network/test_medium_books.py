"""Books where a medium carries both directions: acknowledgements as often as they were sent, packets as often as on the air."""

import pytest

from wirelesssim.network.air import Answered
from wirelesssim.scenario import load
from wirelesssim.simulation.traffic import Traffic


def made(preset, workers, bytes, transport=None, seed=1):
    whole = {"name": "case", "seed": seed, "workers": workers, "stop": {"rounds": 1},
             "objective": {"type": "messages", "uplink": f"{bytes} B"}, "network": {"preset": preset},
             "transport": transport or {}}
    [settings] = load(whole).settings.values()
    return Traffic(settings)


def uplink_rows(simulation):
    return [row for row in simulation.run().transmissions if row.direction == "uplink"]


def answers_of(simulation):
    """What the airs of its workers will say of acknowledgements, as it comes."""
    told = []

    def listening(air):
        spoken = air.answer

        def answer(*what):
            told.append((yield from spoken(*what)))
            return told[-1]
        return answer

    for worker in simulation.workers:
        worker.uplink.air.answer = listening(worker.uplink.air)
    return told


def test_a_gateway_that_may_not_answer_books_nothing():
    """What the gateway of a LoRaWAN cell says is seen at its transmitter: so many acknowledgements are on the books."""
    simulation, spoken = made("lora-sf7", 30, 40), []
    told = answers_of(simulation)
    simulation.workers[0].uplink.air.gateway.begun_frame = lambda band, start, end: spoken.append(start)
    ack = simulation.workers[0].transport.ack.size
    rows = uplink_rows(simulation)
    header = simulation.workers[0].transport.header
    booked = sum(row.on_air_bits - row.attempts * (40 * 8 + header) for row in rows)  # one packet a message
    assert booked == ack * len(spoken) and 0 < len(spoken) < len(told)
    assert sum(answer.transmissions for answer in told) == len(spoken)


@pytest.mark.parametrize(("preset", "workers", "never", "often"), [("ieee802154", 40, True, True), ("wifi-11a", 20, False, True)])
def test_acknowledgements_are_booked_as_often_as_they_were_sent(preset, workers, never, often):
    """One packet a message: what is on the books beyond its transmissions are acknowledgements, repeats of the MAC included."""
    simulation = made(preset, workers, 40)
    told, transport = answers_of(simulation), simulation.workers[0].transport
    rows = uplink_rows(simulation)
    booked = sum(row.on_air_bits - row.attempts * (40 * 8 + transport.header) for row in rows)
    assert booked == transport.ack.size * sum(answer.transmissions for answer in told)
    assert any(answer.transmissions == 0 for answer in told) == never
    assert any(answer.transmissions > 1 for answer in told) == often


def test_an_answer_sent_thrice_is_booked_thrice_and_one_unsent_not_at_all():
    simulation = made("wifi-11a", 1, 40)
    [worker] = simulation.workers
    fates = [Answered(False, 0), Answered(True, 3)]

    def answer(*_what):
        yield worker.env.timeout(1e-3)
        return fates.pop(0)

    worker.uplink.air.answer = answer
    [row] = uplink_rows(simulation)
    assert row.attempts == 2 and row.acknowledged == 1
    assert row.on_air_bits == 2 * (40 * 8 + worker.transport.header) + 3 * worker.transport.ack.size


@pytest.mark.parametrize("seed", range(1, 7))
@pytest.mark.parametrize(("workers", "bytes", "retries"), [(40, 2000, 1), (25, 700, 3), (8, 2000, 0)])
def test_payload_coded_on_air_in_this_order(seed, workers, bytes, retries):
    """A crowded 802.15.4 channel refuses frames: what never was on the air is no payload, and is not sent again later."""
    simulation = made("ieee802154", workers, bytes, {"retries": retries}, seed)
    rows = uplink_rows(simulation)
    for row in rows:
        assert row.payload_bits <= row.coded_bits <= row.on_air_bits - row.retransmitted_bits <= row.on_air_bits
        assert row.payload_bits <= 8 * bytes
        assert 0 <= row.packets_lost <= row.attempts
    if workers == 40:
        assert any(row.payload_bits < 8 * bytes for row in rows)  # the case occurs
