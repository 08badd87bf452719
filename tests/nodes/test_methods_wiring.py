"""What a method asks of the nodes: who gets the model, how long computing takes, what its messages and its broadcast cost."""

import pytest
from node_cases import HEADER, durations, simulation

from wirelesssim.errors import InputError

UNICAST = {"type": "unicast", "rate": "2 Mbit/s"}


def made(algorithm, **sections):
    """A run of 12 rounds of 4 workers that has run, and its recorder."""
    simulated = simulation(workers=4, rounds=sections.pop("rounds", 12), algorithm=algorithm, **sections)
    return simulated, simulated.run()


def rows_of(recorder, direction, round):
    """The workers that this direction's transmissions of a round are of."""
    return [row.worker for row in recorder.transmissions if row.direction == direction and row.round == round]


@pytest.mark.parametrize("algorithm", [
    {"type": "lag_ps", "xi": 100}, "cyc_iag", "nounif_iag", {"type": "gd_sec", "participation": "round_robin"},
    {"type": "gd", "participation": {"type": "random", "fraction": 0.3}}], ids=str)
def test_only_who_is_asked_gets_the_model_computes_and_sends(algorithm):
    simulated, recorder = made(algorithm, downlink=UNICAST, rounds=40)
    asked_of = {round: [row.worker for row in recorder.workers if row.round == round] for round in range(1, 41)}
    for row in recorder.rounds[1:]:
        asked = asked_of[row.round]
        assert rows_of(recorder, "downlink", row.round) == rows_of(recorder, "uplink", row.round) == asked
        assert row.workers_unscheduled == 4 - len(asked) and row.workers_heard + row.workers_silent == len(asked)
    counts = {len(asked) for asked in asked_of.values()}
    assert counts == {1} if simulated.settings.algorithm.type_name in ("cyc_iag", "nounif_iag", "gd") else max(counts) < 5
    assert sum(len(asked) for asked in asked_of.values()) < 160


def test_a_lazy_server_polls_everybody_first_and_nobody_often():
    """A round in which nobody is polled takes no time and no bit, and moves the model."""
    _, recorder = made({"type": "lag_ps", "xi": 100}, downlink=UNICAST, rounds=40)
    rows = recorder.rounds
    assert rows[1].workers_unscheduled == 0
    idle = [k for k in range(2, 41) if rows[k].workers_unscheduled == 4]
    assert len(idle) > 5
    for k in idle:
        assert rows[k].simulated_time_s == rows[k - 1].simulated_time_s and rows[k].objective != rows[k - 1].objective
        assert rows[k].uplink_on_air_bits == rows[k - 1].uplink_on_air_bits
        assert rows[k].downlink_on_air_bits == rows[k - 1].downlink_on_air_bits


def test_workers_in_turn():
    _, recorder = made("cyc_iag", downlink=UNICAST)
    assert [row.worker for row in recorder.workers] == [0, 1, 2, 3] * 3


@pytest.mark.parametrize("absent, computing, models", [("freeze", 2, 2), ("accumulate", 4, 4)])
def test_who_may_not_speak(absent, computing, models):
    """Half in turn: workers 0 and 1, then 2 and 3. Accumulating takes the model and a gradient, and not even a marker is sent."""
    _, recorder = made({"type": "gd_sec", "participation": {"type": "round_robin", "absent": absent}}, downlink=UNICAST)
    for round in range(1, 13):
        speaking = [0, 1] if round % 2 else [2, 3]
        assert rows_of(recorder, "uplink", round) == speaking
        assert len(rows_of(recorder, "downlink", round)) == models
        assert [row.compute_s for row in recorder.workers if row.round == round] == [pytest.approx(0.01)] * computing
        assert recorder.rounds[round].workers_unscheduled == 2


def test_each_local_step_takes_a_gradient_of_time():
    """10 ms a gradient: with E = 7 a round is 60 ms longer than with E = 1; messages are the same."""
    one, seven = (made({"type": "fedavg", "local_steps": steps})[1] for steps in (1, 7))
    assert durations(seven) - durations(one) == pytest.approx(0.06)
    assert [row.compute_s for row in seven.workers] == [pytest.approx(0.07)] * 48
    assert seven.rounds[-1].uplink_on_air_bits == one.rounds[-1].uplink_on_air_bits


def test_signs_go_both_ways():
    """d = 50: 50 bits of payload up from each worker and down to all, where the model takes 50 * 32 down."""
    signs, gradients = (made(name)[1] for name in ("signsgd", "gd"))
    for recorder, bits in ((signs, 50), (gradients, 50 * 32)):
        assert {row.payload_bits for row in recorder.transmissions} == {bits}
    per_round = signs.rounds[1].downlink_on_air_bits - HEADER
    assert 56 <= per_round <= 56 + 8 * 8 and per_round % 8 == 0  # seven bytes of signs and a frame's own few
    assert signs.rounds[-1].downlink_on_air_bits == 12 * signs.rounds[1].downlink_on_air_bits


@pytest.mark.parametrize("bits, down", [(64, 64), (32, 32), (16, 32), (8, 32)])
def test_a_model_is_never_cheaper_than_32_bits_a_coordinate(bits, down):
    """d = 50: workers have the model unrounded, whatever their gradients take; quantised to 8 bits these bring a scale of 32."""
    _, recorder = made("gd", codec={"type": "dense", "value_bits": bits})
    sizes = {row.direction: row.payload_bits for row in recorder.transmissions}
    assert sizes == {"uplink": 50 * bits + 32 * (bits == 8), "downlink": 50 * down}


def test_positions_that_both_ends_know_cost_nothing():
    """10 of 50 entries of 32 bits: drawn by a common seed they are 320 bits and the frame's head, the largest also say where."""
    drawn, largest = (made({"type": name, "j": 10}, codec={"type": "auto"})[1] for name in ("rand_j", "top_j"))
    up = {name: {(row.payload_bits, row.coded_bits) for row in recorder.transmissions if row.direction == "uplink"}
          for name, recorder in (("drawn", drawn), ("largest", largest))}
    assert {payload for payload, _ in up["drawn"] | up["largest"]} == {320}
    assert max(coded for _, coded in up["drawn"]) <= 320 + 8 * 5
    assert min(coded for _, coded in up["largest"]) > max(coded for _, coded in up["drawn"])


def test_a_quantised_update_is_as_wide_as_its_levels():
    """QSGD with s = 7: 4 bits a coordinate and a norm of 32; LAQ with 3 bits: 3 and 32; whatever the codec's width."""
    for algorithm, bits in (({"type": "qgd", "levels": 7}, 50 * 4 + 32), ({"type": "laq", "bits": 3}, 50 * 3 + 32)):
        _, recorder = made(algorithm)
        assert {row.payload_bits for row in recorder.transmissions if row.direction == "uplink" and row.payload_bits} == {bits}


@pytest.mark.parametrize("algorithm, got", [({"type": "gd", "batch": 5}, "got 5"), ("sgd_sec", "got 32"), ("qsgd", "got")])
def test_a_minibatch_needs_samples(algorithm, got):
    said = f"algorithm.batch must be null for the objective quadratic, which has no samples, {got}.*; say batch: null"
    with pytest.raises(InputError, match=said):
        simulation(algorithm=algorithm)
    kind = algorithm if isinstance(algorithm, str) else algorithm["type"]
    assert simulation(algorithm={"type": kind, "batch": None}).run().rounds  # the way out
