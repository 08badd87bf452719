"""`verify-models`: all checks pass, each topic's checks fail when its model is wrong, and what the command says."""

import csv
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from wirelesssim.cli import guarded
from wirelesssim.cli.app import app
from wirelesssim.errors import InputError
from wirelesssim.radio import GilbertElliott, Iid, UrbanMicro
from wirelesssim.validation import Check, Row, Seen, checks, chosen
from wirelesssim.validation import (crossings, fading, losses, motion, nr_cell, nr_links, nr_repeats, nr_tables, places, power,
                                    propagation, transport)
from wirelesssim.validation.reference import closed_form, rows
from wirelesssim.validation.row import differing, worst
from wirelesssim.validation.sampling import FALSE_ALARM, limit, means, shares

PUBLISHED = Path(__file__).parents[2] / "results" / "published" / "validation"


@pytest.fixture
def call(monkeypatch, capsys):
    """`call(*arguments)` -> status, standard output, standard error."""
    def one(*arguments):
        monkeypatch.setattr(sys, "argv", ["wirelesssim", "verify-models", *arguments])
        capsys.readouterr()
        status = guarded(app)
        said = capsys.readouterr()
        return status, said.out, said.err

    return one


@pytest.fixture(autouse=True)
def forget():
    """What checks share is counted anew: a test may have spoilt a model."""
    shared = [crossings.counts, fading._autocorrelation, fading._responses, losses._chains, losses._lost, nr_tables._blocks,
              motion._late, nr_links._lookup, places._states, places._shadowing, transport._messages]
    for each in shared:
        each.cache_clear()
    yield
    for each in shared:
        each.cache_clear()


def test_every_check_passes(call):
    """The whole default table, as JSON: status 0, every row within its tolerance, and numbers everywhere."""
    status, out, err = call("--json")
    said = json.loads(out)
    assert [row for row in said["rows"] if not row["passed"]] == []
    assert status == 0 and said["passed"] and said["failed"] == 0 and err == ""
    assert said["checks"] == len(said["rows"]) == len(chosen()) > 155
    for row in said["rows"]:
        assert 0 <= row["deviation"] <= row["tolerance"] < math.inf
    assert {row["topic"] for row in said["rows"]} == {"propagation", "places", "motion", "power", "fading", "nr", "nr cell",
                                                      "wifi", "loss", "transport", "low power"}


@pytest.mark.slow
def test_every_long_check_passes(call):
    status, out, _ = call("--slow", "--json")
    said = json.loads(out)
    assert status == 0 and [row for row in said["rows"] if not row["passed"]] == [] and said["checks"] == len(list(checks()))


def scaled(function, factor):
    return lambda *args, **said: factor * function(*args, **said)


def shifted(function, by):
    return lambda *args, **said: function(*args, **said) + by


# a model that is wrong by little (object, attribute, spoilt) -> the checks that must see it (words of theirs)
MISTAKES = [
    (UrbanMicro, "loss", 0.02, shifted, ["UMi NLOS", "UMi LOS"]),
    (propagation.los, "macro", 1.0001, scaled, ["UMa line of sight"]),
    (propagation, "wall_loss", 1e-3, shifted, ["walls, low"]),
    (power, "noise_power", 1.001, scaled, ["thermal noise"]),
    (power.Radio, "mean_sinr", 1.001, scaled, ["SINR of a link"]),
    (fading.Rayleigh, "outage", 1 + 1e-7, scaled, ["rayleigh, rician 1 -"]),
    (fading.Nakagami, "outage", 1 + 1e-7, scaled, ["nakagami incomplete"]),
    (fading.Scatter, "on_grid", 1.02, scaled, ["clarke J0(2"]),
    (nr_tables, "transport_block_size", 8, shifted, ["transport block size TS 38.214, 5.1.3.2, in", "base graph"]),
    (nr_tables, "peak_rate", 1.0, shifted, ["peak data rate"]),
    (nr_links, "deviations", 0.2, shifted, ["block error rate Monte Carlo"]),
    (nr_links, "code_block_threshold", 0.6, shifted, ["block error rate, 500 bits"]),
    (nr_links, "information", 1.05, scaled, ["mutual information, 16-QAM"]),
    (nr_links, "exponential_betas", 1.3, scaled, ["EESM, its beta"]),
    (nr_links, "uplink_power", 0.01, shifted, ["uplink power TS 38.213"]),
    (nr_links, "transport_error", 0.002, shifted, ["tables of the slot loop"]),
    (nr_repeats, "block_error_rate", 0.8, scaled, ["HARQ, chase", "RLC um", "RLC am, one", "RLC am, 2"]),
    (nr_repeats, "information", 0.9, scaled, ["HARQ, ir"]),
    (nr_cell, "peak_rate", 1.0001, scaled, ["simulated peak"]),
    (nr_cell, "gain_db", 0.01, shifted, ["uplink power of the slot loop"]),
]


@pytest.mark.parametrize(("owner", "name", "by", "how", "seen_by"), MISTAKES, ids=[mistake[1] for mistake in MISTAKES])
def test_a_wrong_model_fails_its_check(owner, name, by, how, seen_by, monkeypatch, call):
    """Exit status 3, and the row says so."""
    monkeypatch.setattr(owner, name, how(getattr(owner, name), by))
    for words in seen_by:
        status, out, err = call("--only", words)
        assert status == 3 and "NO" in out and "failed: " in err, words


def test_wrong_losses_fail(monkeypatch, call):
    """Two per cent more loss while the chain is good; 31 % instead of 30; sojourns of half the length."""
    monkeypatch.setattr(losses, "_BURSTY", GilbertElliott(good="60 ms", bad="25 ms", loss_good="4 %", loss_bad="80 %"))
    assert call("--only", "weighted mean of both")[0] == 3
    monkeypatch.setattr(losses, "Iid", lambda probability: Iid(probability=probability + 0.01))
    assert call("--only", "P(F > k)")[0] == 3
    losses._chains.cache_clear()
    losses._lost.cache_clear()
    monkeypatch.setattr(losses, "_BURSTY", GilbertElliott(good="30 ms", bad="12.5 ms", loss_good="2 %", loss_bad="80 %"))
    for words in ("transition matrix", "covariance of a two-state"):
        assert call("--only", words)[0] == 3, words


def test_wrong_repeats_and_rounds_fail(monkeypatch, call):
    """Acknowledgements that are lost less often than stated, a try more than stated, a microsecond more of computing."""
    right = transport._run

    def spoilt(**said):
        if "transport" in said:
            said["transport"] = said["transport"] | {"ack": {"loss": 0.3 * said["transport"]["ack"]["loss"] / 0.4},
                                                     "retries": said["transport"]["retries"] + 1}
        return right(**said | ({"compute": {"type": "fixed", "time": "10.001 ms"}} if "compute" in said else {}))

    monkeypatch.setattr(transport, "_run", spoilt)
    for words in ("arq, burst 1/((1-p)(1-q))", "arq, stop_and_wait (1 - (1-s)^3)/s", "packets delivered", "one worker",
                  "three in turns"):
        assert call("--only", words)[0] == 3, words


def test_wrong_fields_fail(monkeypatch, call):
    """Levels in dB of 30 % more; a state that lasts over ten times the distance."""
    levels = places.to_db
    monkeypatch.setattr(places, "to_db", lambda gain: 1.3 * levels(gain))
    assert call("--only", "places shadowing*sigma")[0] == 3 and call("--only", "entry loss")[0] == 3
    monkeypatch.setattr(UrbanMicro, "state_decorrelation", 500.0)
    for words in ("two normals below", "decorrelation distances"):
        assert call("--only", words)[0] == 3


def test_wrong_cells_fail(monkeypatch, call):
    """A slot more to decode; turns in place of fairness; another HARQ loop in one of both loops; 1 % less of a gain in dB."""
    right = nr_cell.CellAlone
    monkeypatch.setattr(nr_cell, "CellAlone", lambda sinr, access=None, *rest, **said: right(
        sinr, {"decoding": 2} | (access or {}), *rest, **said))
    for words in ("40 bytes, FDD", "40 bytes, TDD", "40 bytes, configured", "40 bytes, from idle", "8 + ceil(bits",
                  "simulated peak"):
        assert call("--only", words)[0] == 3, words
    monkeypatch.setattr(nr_cell, "CellAlone", lambda sinr, access=None, *rest, **said: right(
        sinr, (access or {}) | ({"scheduler": "round_robin"} if "scheduler" in (access or {}) else {"olla_step": 1e-6}), *rest,
        **said))
    for words in ("gain of 4 users, 15 dB, 40 s", "gain of 4 users, -8 dB, 40 s", "1.1: a tenth fails"):
        assert call("--only", words)[0] == 3, words
    monkeypatch.setattr(nr_cell, "CellAlone", lambda sinr, access=None, *rest, **said: right(
        sinr, (access or {}) | ({"harq_delay": 9} if said.get("fidelity") == "packet" else {"max_blocks": 100}), *rest, **said))
    for words in ("slot loop, 40 bytes", "bits over rate", "none, all, all"):
        assert call("--only", words)[0] == 3, words
    monkeypatch.setattr(nr_cell, "gain_db", lambda rules, user, mean_db, count: 0.99 * rules.spread_db[count])
    assert call("--only", "cell edge, slot loop")[0] == 3


def test_wrong_places_and_ways_fail(monkeypatch, call):
    """A disc that is a tenth larger; a walk that is a tenth faster, or pauses a fifth less; a rate of a thousandth less."""
    right = motion.build

    def spoilt(family, said):
        worse = {"disc": {"radius": "110 m"}, "linear": {"speed": "3.01 km/h"}, "random_waypoint": {
            "pause": 0.8 * said.get("pause", 0.0), "max_speed": 1.1 * said.get("max_speed", 1.0)}}
        return right(family, said | worse[said["type"]])

    monkeypatch.setattr(motion, "build", spoilt)
    trace = motion.RateTrace
    monkeypatch.setattr(motion, "RateTrace", lambda edges, rates: trace(edges, 0.999 * rates))
    monkeypatch.setattr(motion, "read_trace", lambda path: trace(np.array([0.0, 5e-3]), np.array([9.6e6])))
    for words in ("uniform over the area", "place after 60 s", "mean leg", "yoon", "integral by hand", "mm-link"):
        assert call("--only", words)[0] == 3, words


def test_wrong_crossings_fail(monkeypatch):
    """Fading that is 5 % faster than it should be crosses 5 % more often."""
    right = crossings.Clarke
    monkeypatch.setattr(crossings, "Clarke", lambda doppler, step: right(doppler=1.05 * doppler, step=1.05 * step))
    size, seen = (40, 14), {}
    for name in ("crossings", "durations"):
        seen[name] = getattr(crossings, name)(size, 0.03)
    assert all(found.deviation > found.tolerance for found in seen.values())


def test_closed_forms_of_crossings_are_the_points():
    """Ten digits, computed apart."""
    for _, x, value in closed_form("lcr"):
        assert crossings.crossing_rate(x) == pytest.approx(value, rel=1e-9)
    for _, x, value in closed_form("afd"):
        assert crossings.fade_duration(x) == pytest.approx(value, rel=1e-9)


def test_a_table_and_a_choice(call):
    status, out, err = call("--only", "UMI *nlos")
    assert status == 0 and "1 of 1 checks passed" in err
    assert "UMi NLOS" in out and "UMa" not in out and "7.4.1-1" in out and "0.01" in out and "yes" in out
    printed = [" ".join(line.split()) for line in call("--only", "propagation")[1].splitlines()]
    assert sum("table 7.4.1-1; points of Sionna 2.2.0 path loss, largest of" in line for line in printed) == 19  # none is folded
    assert {check.topic for check in chosen("NR")} == {"nr"}
    assert {check.topic for check in chosen("SINR")} == {"power", "nr", "nr cell"}
    status, out, err = call("--only", "peak data", "--json")
    assert json.loads(out)["rows"][0]["reference"].startswith("TS 38.306, 4.1.2") and status == 0


def test_a_choice_of_nothing_is_refused(call):
    status, out, err = call("--only", "nothing of the kind")
    assert status == 2 and out == ""
    assert err == ("error: --only nothing of the kind: no check has it in its model, reference or metric, and it is no topic; "
                   "known topics: propagation, places, motion, power, fading, nr, nr cell, wifi, loss, transport, low power\n")
    assert call("--only", "1000 runs of 1280")[2].rstrip().endswith("some are of the long statistics: add --slow")
    assert len(chosen("1000 runs of 1280", slow=True)) == 3
    with pytest.raises(InputError):
        chosen("{")


def test_no_number_is_no_pass():
    assert not Row("t", "m", "r", "x", math.nan, 1.0).passed and Row("t", "m", "r", "x", 1.0, 1.0).passed
    assert not Check("t", "m", "r", "x", lambda: Seen(1.1, 1.0)).run().passed


def test_the_worst_is_what_uses_most_of_its_tolerance():
    assert worst([0.5, -0.3, 0.0], [1.0, 0.4, 0.0]) == (0.3, 0.4)
    assert worst([0.0, 1e-9], 0.0) == (1e-9, 0.0) and worst([0.0, 0.0], 0.0) == (0.0, 0.0)
    assert math.isnan(worst([0.5, math.nan], 1.0).deviation)
    assert differing([(1, 1), ((2, 3), (2, 4))]) == (1, 0)


def test_tolerances_are_sampling_errors():
    """z with 2 k (1 - Phi(z)) = 1e-6: Phi(-4.8916) = 5e-7 for k = 1; and four samples by hand."""
    assert FALSE_ALARM == 1e-6 and limit(1) == pytest.approx(4.8916, abs=1e-4)
    for count in (1, 8, 100):
        assert count * math.erfc(limit(count) / math.sqrt(2)) == pytest.approx(1e-6, rel=1e-6)
    # 1, 2, 3, 4: mean 2.5, variance 5/3, standard error sqrt(5/12)
    assert means([1, 2, 3, 4], 2.0) == pytest.approx((0.5, limit(1) * math.sqrt(5 / 12)))
    assert shares([0.3, 0.52], [0.5, 0.5], 100) == pytest.approx((0.2, limit(2) * 0.05))
    # 2000 tables of eight right means, each of 50 samples: Student, not normal, hence 1.3; 0.002 false alarms expected if normal
    draw = np.random.default_rng(1).standard_normal((2000, 50, 8))
    assert all(seen.deviation <= 1.3 * seen.tolerance for seen in (means(table, np.zeros(8)) for table in draw))


def test_points_say_where_they_come_from():
    names = {path.stem for path in (Path(propagation.__file__).parent / "points").glob("*.csv")}
    assert len(names) == 16
    for name in names:
        text = (Path(propagation.__file__).parent / "points" / f"{name}.csv").read_text()
        assert text.startswith("# ") and len(rows(name)) >= 5, name


def test_other_commands_do_not_load_it():
    code = ("import sys; from wirelesssim.cli.app import app; import wirelesssim.experiment.execution; "
            "assert not [name for name in sys.modules if name.startswith('wirelesssim.validation')]")
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_is_published_is_this_table():
    """The published table has every check of today, passed."""
    with (PUBLISHED / "table.csv").open() as file:
        published = list(csv.DictReader(file))
    key = ("topic", "model", "reference", "metric")
    assert [tuple(row[name] for name in key) for row in published] == [
        tuple(getattr(check, name) for name in key) for check in checks()]
    assert all(row["passed"] == "yes" and float(row["deviation"]) <= float(row["tolerance"]) for row in published)
    assert {path.name for path in PUBLISHED.glob("*.png")} == {path.stem + ".png" for path in PUBLISHED.glob("*.pdf")} != set()
