"""The same scenario and seed give the same bytes, whatever the processes, the load, the folder or the order; seeds are apart."""

import multiprocessing
import os
import sys

import numpy as np
import pandas as pd
import pytest
from experiment_cases import DIGITS, QUADRATIC, scenario, swept, tables_of

from wirelesssim.simulation import simulate

prepare = sys.modules["wirelesssim.simulation.prepare"]  # the module: the package shows its function of the same name

RADIO = {"channel": {"type": "radio", "fading": {"type": "rayleigh"}, "loss": "10 %"},
         "geometry": {"type": "disc", "radius": "150 m"},
         "downlink": {"type": "multicast", "rate": "1 Mbit/s"}, "matrix": {"channel.bandwidth": ["180 kHz", "1 MHz"]}}


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """The tables of a sweep with data, in one process."""
    folder = tmp_path_factory.mktemp("once")
    swept(folder, DIGITS, replications=2)
    return tables_of(folder)


def test_two_processes_give_the_bytes_of_one(once, tmp_path):
    outcome = swept(tmp_path, DIGITS, jobs=2, replications=2)
    assert outcome.ran == 8 and tables_of(tmp_path) == once


def _burn(seconds):
    import time

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        np.linalg.qr(np.ones((60, 60)))


def test_another_folder_and_a_busy_machine_give_the_same_bytes(once, tmp_path):
    context = multiprocessing.get_context("spawn")
    load_ = [context.Process(target=_burn, args=(60,), daemon=True) for _ in range(2)]
    for process in load_:
        process.start()
    try:
        swept(tmp_path, DIGITS, replications=2)
    finally:
        for process in load_:
            process.terminate()
            process.join()
    assert tables_of(tmp_path) == once


def test_tables_hold_no_wall_clock_and_no_path(once, tmp_path):
    """Two runs at two instants in two folders agree in every byte of every table: what differs stands in no table."""
    header = once["rounds.csv"].split(b"\n")[0]
    assert b"wall" not in header and str(tmp_path.parent).encode() not in b"".join(once.values())


@pytest.mark.parametrize("base", [QUADRATIC, QUADRATIC | RADIO], ids=["fixed", "radio"])
def test_the_order_of_variants_changes_no_row(tmp_path, base):
    orders = [base["variants"], dict(reversed(base["variants"].items()))]
    for number, variants in enumerate(orders):
        swept(tmp_path / str(number), base, variants=variants)
    first, second = (tables_of(tmp_path / str(number)) for number in range(2))
    assert {name: text for name, text in first.items() if name.startswith("points")} == {
        name: text for name, text in second.items() if name.startswith("points")}
    for name in ("rounds.csv", "transmissions.csv", "workers.csv"):
        assert first[name] != second[name]
        assert sorted(first[name].splitlines()) == sorted(second[name].splitlines())


def test_blas_threads_change_no_byte(tmp_path):
    from threadpoolctl import threadpool_limits

    for threads in (1, 4):
        with threadpool_limits(limits=threads):
            swept(tmp_path / str(threads), DIGITS, matrix=None, data={"type": "digits", "normalize": "standard"})
    assert tables_of(tmp_path / "1") == tables_of(tmp_path / "4")


def _tables(base, seed, variant="GD-SEC", replication=0):
    prepare._MADE.clear()  # what is kept between points must not hide a dependence
    recorder = simulate(scenario(base, seed=seed, matrix=None).settings[variant], replication)
    return ([row.objective for row in recorder.rounds],
            [(row.start_s, row.end_s) for row in recorder.transmissions], [row.packets_lost for row in recorder.transmissions])


def test_the_two_seeds_are_apart():
    base = DIGITS | {"algorithm": {"type": "gd", "step_size": "1/L"}, "variants": {"GD": {}}}
    objective, times, lost = _tables(base, {"learning": 1, "radio": 1}, "GD")
    other_radio = _tables(base, {"learning": 1, "radio": 2}, "GD")
    assert other_radio[0] == objective  # ARQ delivers all, so the learning is the same
    assert other_radio[1] != times and other_radio[2] != lost
    other_learning = _tables(base, {"learning": 2, "radio": 1}, "GD")
    assert other_learning[0] != objective
    assert other_learning[1] == times and other_learning[2] == lost  # GD's messages are all of one size


def test_replications_are_streams_of_one_seed_and_do_not_depend_on_their_number(tmp_path):
    for count in (1, 3):
        swept(tmp_path / str(count), matrix=None, replications=count)
    one, three = (tables_of(tmp_path / str(count)) for count in (1, 3))
    assert {name: text for name, text in three.items() if name in one and name.startswith("points")} == {
        name: text for name, text in one.items() if name.startswith("points")}
    rounds = pd.read_parquet(tmp_path / "3" / "rounds.parquet")
    ends = rounds[rounds["round"] == 25].groupby("variant")["simulated_time_s"].nunique()
    assert (ends == 3).all()  # three different channels


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="needs the affinity of processors")
def test_processors_that_a_process_may_not_use_do_not_count():
    from wirelesssim.experiment.execution import cores

    mine = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(mine)})
        assert cores() == 1
    finally:
        os.sched_setaffinity(0, mine)
