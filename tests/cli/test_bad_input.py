"""Every kind of bad scenario: exit status 2, one line for each mistake, no traceback, nothing written.

The lines are written out: file:line (or variant), dotted key, rule, value, and the nearest name where one is wrong.
"""

import subprocess
import sys

import pytest
from bad_input_cases import CHANNEL, GOOD, OBJECTIVE, fits, spoilt, with_section

SECTIONS = "access, algorithm, backhaul, channel, codec, compute, data, description, ..."
ALIASES = "aliases that nest without end, or far too many keys"
PLANNED = "is planned and not in this version"


def test_the_base_is_good_and_the_matcher_is_strict(command):
    (command.folder / "s.yaml").write_text(GOOD)
    assert command("check", "s.yaml")[0] == 0
    assert fits("a b c d", "a b c d") and fits("a b c d", "a ...c d") and fits("a b c d", "a ...")
    assert not fits("a b c d", "a b c") and not fits("a b c d", "b ...") and not fits("a b c d", "a ...c") and not fits("ab",
                                                                                                                        "ab...b")


NO_MAPPING = {
    "": "s.yaml: is empty; `wirelesssim new FILE` writes a scenario to start from",
    "# only a comment\n": "s.yaml: is empty; ...",
    "- a\n- b\n": "s.yaml:1: must be a mapping of keys like `name: quickstart`, got a sequence ('- a')",
    "\n\nhello\n": "s.yaml:3: must be a mapping of keys ..., got a scalar ('hello')",
    "a: [1, 2\nb: 3\n": "s.yaml:2: is not YAML: expected ',' or ']', but got ':'",
    "workers: 3: 4\n": "s.yaml:1: is not YAML: mapping values are not allowed here",
    "name: a\nchannel:\n\ttype: fixed\n": "s.yaml:3: is not YAML: found character '\\t' that cannot start any token",
    "name: a\nworkers: *nobody\n": "s.yaml:2: is not YAML: found undefined alias 'nobody'",
    GOOD + "---\nname: b\n": "s.yaml:11: is not YAML: but found another document",
    bytes(range(256)): "s.yaml: is not text in UTF-8, so not a scenario file",
    GOOD.encode("utf-16"): "s.yaml: is not text in UTF-8, so not a scenario file",
    b"name: a\0b\n": "s.yaml: is not YAML: unacceptable character #x0000...",
    "a: " + "[" * 3000 + "]" * 3000: "s.yaml: is not YAML: maximum recursion depth exceeded...",
    "name: a\nx: " + "[" * 60 + "]" * 60: f"s.yaml:2: {ALIASES}",
    "name: &a {b: *a}\n": f"s.yaml:1: {ALIASES}",
    "workers: &a [*a]\n": f"s.yaml:1: {ALIASES}",
    "{a: 1}: 2\n": "s.yaml:1: a key must be a word",
    "<<: 3\n" + GOOD: "s.yaml:1: << must name a mapping",
    "name: !!python/object/apply:os.system ['touch hacked']\n":
        "s.yaml:1: the tag 'tag:yaml.org,2002:python/object/apply:os.system' is not allowed; a scenario is plain data",
    "name: a\nuse: !!python/name:os.system ''\n": "s.yaml:2: the tag ...os.system' is not allowed; a scenario is plain data",
    "name: !foo x\n": "s.yaml:1: the tag '!foo' is not allowed; a scenario is plain data",
}


@pytest.mark.parametrize("content", NO_MAPPING, ids=range(len(NO_MAPPING)))
def test_not_a_scenario_at_all(command, content):
    command.refuses_file(content, NO_MAPPING[content])


def test_aliases_cannot_fill_the_memory(command):
    """Nine levels of ten: 10^9 entries if they were written out."""
    levels = "".join(f"x{level}: &x{level} [{', '.join([f'*x{level - 1}'] * 10)}]\n" for level in range(1, 9))
    command.refuses_file(f"x0: &x0 [{', '.join('1' * 10)}]\n{levels}", f"s.yaml:...: {ALIASES}")


def test_no_file_to_read(command):
    command.refuses("run", "no.yaml", says="no.yaml: no such file; `wirelesssim new no.yaml` writes one to start from")
    command.refuses("sweep", ".", says=".: cannot be read: Is a directory")
    command.refuses("run", says="Missing argument 'file'.")


KEYS = [  # (old, new, says)
    ("workers: 3", "worker: 3", f"s.yaml:2: worker unknown key 'worker'; did you mean 'workers'? known: {SECTIONS}"),
    ("workers: 3", '"a\\nb": 3', f"s.yaml:2: a b unknown key 'a\\nb'; known: {SECTIONS}"),  # one line all the same
    ("workers: 3", "3: 4", f"s.yaml:2: 3 unknown key '3'; known: {SECTIONS}"),
    ("workers: 3", "channel.loss: 4 %", f"s.yaml:2: channel.loss unknown key 'channel.loss'; ...known: {SECTIONS}"),
    ("rate: 1 Mbit/s", "rat: 1 Mbit/s",  # misspelt is not missing, too: one line
     "s.yaml:6: channel.rat unknown key 'rat' of channel 'fixed'; did you mean 'rate'? known: jitter, latency, loss, rate, type"),
    ("latency: 5 ms", "latancy: 5 ms, bandwith: 1", [
        "s.yaml:6: channel.latancy unknown key 'latancy' of channel 'fixed'; did you mean 'latency'? known: ...",
        "s.yaml:6: channel.bandwith unknown key 'bandwith' of channel 'fixed'; known: ..."]),
    ("rounds: 2", "rouds: 2",
     "s.yaml:3: stop.rouds unknown key 'rouds'; did you mean 'rounds'? known: rounds, simulated_time, target"),
    ("rounds: 2", "target: {acuracy: 1}",
     "s.yaml:3: stop.target.acuracy unknown key 'acuracy'; did you mean 'accuracy'? known: accuracy, error"),
    ("workers: 3", "workers: 3\nworkers: 4", "s.yaml:3: workers duplicate key, first given on line 2; keep one"),
    ("latency: 5 ms", "latency: 5 ms, rate: 2", "s.yaml:6: channel.rate duplicate key, first given on line 6; keep one"),
    ("workers: 3", "seed: {learning: 1, radios: 2}",
     "s.yaml:2: seed.radios unknown key 'radios'; did you mean 'radio'? known: learning, radio"),
    ("workers: 3", "targets: {acuracy: 80 %}",
     "s.yaml:2: targets.acuracy unknown key 'acuracy'; did you mean 'accuracy'? known: accuracy, error"),
    (OBJECTIVE + "\n", "", "s.yaml:8 (variant 'GD'): objective is required; known: lasso, linear, logistic, messages, mlp, nonlinear_least_squares, quadratic, softmax, torch"),
    (CHANNEL + "\n", "", "s.yaml:8 (variant 'GD'): channel is required; known: fixed, radio, trace"),
    ("algorithm: {type: gd_sec, step_size: 0.5/L, xi: 5 L}\n", "",
     "s.yaml:9 (variant 'SEC'): algorithm is required; known: cgd, chb, ..."),
    ("rate: 1 Mbit/s, ", "", "s.yaml:6: channel.rate is required"),
    (OBJECTIVE, "objective: {type: softmax}",  # nothing to point at but the first variant that lacks it
     "s.yaml:9 (variant 'GD'): data is required by the objective softmax, for example {type: mnist}"),
    (OBJECTIVE, OBJECTIVE + "\ndata: iris",
     "s.yaml:5: data is not used by the objective quadratic, which brings its own; leave it out"),
]


@pytest.mark.parametrize(("old", "new", "says"), KEYS)
def test_keys(command, old, new, says):
    command.refuses_file(spoilt(old, new), says)


A_RATE, A_TIME, A_NUMBER = "must be a rate like '10 Mbit/s'", "must be a time like '5 ms'", "must be a whole number like '10'"
VALUES = [  # (old, new, says after the file)
    ("workers: 3", "workers: three", f"2: workers {A_NUMBER}, got 'three'"),
    ("workers: 3", "workers: [3]", f"2: workers {A_NUMBER}, got [3]"),
    ("workers: 3", "workers: {a: 1}", f"2: workers {A_NUMBER}, got {{'a': 1}}"),
    ("workers: 3", "workers: 2.5", "2: workers must be a whole number, got 2.5"),
    ("workers: 3", "workers: true", f"2: workers {A_NUMBER}, got True"),
    ("workers: 3", "workers: no", f"2: workers {A_NUMBER}, got 'no'"),
    ("workers: 3", "workers: 0", "2: workers must be >= 1, got 0"),
    ("workers: 3", "replications: 0", "2: replications must be >= 1, got 0"),
    ("workers: 3", "fidelity: fast", "2: fidelity must be 'burst' or 'packet', got 'fast'"),
    ("workers: 3", "workers: " + "9" * 5000, "2: workers must be finite, got '999...'"),  # more digits than int() reads
    ("rate: 1 Mbit/s", "rate: 5 ms", f"6: channel.rate {A_RATE}, got '5 ms', a time"),
    ("rate: 1 Mbit/s", "rate: -1", "6: channel.rate must be > 0 bit/s, got -1"),
    ("rate: 1 Mbit/s", "rate: on", f"6: channel.rate {A_RATE}, got 'on'"),
    ("rate: 1 Mbit/s", "rate: true", f"6: channel.rate {A_RATE}, got True"),
    ("rate: 1 Mbit/s", "rate:", f"6: channel.rate {A_RATE}, got null"),
    ("rate: 1 Mbit/s", "rate: .nan", f"6: channel.rate {A_RATE}, got '.nan'"),
    ("rate: 1 Mbit/s", "rate: 1e999", "6: channel.rate must be finite, got inf"),
    ("rate: 1 Mbit/s", "rate: " + "9" * 400, "6: channel.rate must be finite, got 999..."),
    ("rate: 1 Mbit/s", "rate: 1 MBit/s",
     "6: channel.rate has an unknown unit 'MBit/s' in '1 MBit/s'; did you mean 'Mbit/s'? units of a rate: bit/s, ..."),
    ("rate: 1 Mbit/s", "rate: [1 Mbit/s, 2 Mbit/s]", "6: channel.rate must have one entry for each of the 3 workers, got 2"),
    ("rate: 1 Mbit/s", "rate: [1, 2, -3]", "6: channel.rate.2 must be > 0 bit/s, got -3"),
    ("rate: 1 Mbit/s", "rate: {type: lognorm, mean: 1, sigma: 1}",
     "6: channel.rate.type unknown distribution 'lognorm'; did you mean 'lognormal'? known: exponential, lognormal, normal_db, uniform"),
    ("rate: 1 Mbit/s", "rate: {type: lognormal, mean: 1 ms, sigma: 1}", f"6: channel.rate.mean {A_RATE}, got '1 ms', a time"),
    ("rate: 1 Mbit/s", "rate: {type: uniform, low: -3, high: -1}",  # only the draw shows it
     "6: channel.rate must be > 0 bit/s, got -... drawn for worker 0; choose another distribution"),
    ("latency: 5 ms", "latency: 5 MHz", f"6: channel.latency {A_TIME}, got '5 MHz', a frequency"),
    ("loss: 1 %}", "loss: 120 %}", "6: channel.loss must be <= 100 %, got 120 %"),
    ("loss: 1 %}", "loss: [1 %, 2 %]}", "6: channel.loss must have one entry for each of the 3 workers, got 2"),
    ("loss: 1 %}", "loss: {type: gilbert_eliott}}",
     "6: channel.loss.type unknown loss 'gilbert_eliott'; did you mean 'gilbert_elliott'? known: gilbert_elliott, iid"),
    ("rounds: 2", "rounds: 0", "3: stop.rounds must be >= 1, got 0"),
    ("stop: {rounds: 2}", "stop: 5", "3: stop must be a mapping of rounds, simulated_time, target, got 5"),
    ("rounds: 2", "simulated_time: 0 s", "3: stop.simulated_time must be > 0 s, got 0 s"),
    ("rounds: 2", "target: 85 %", "3: stop.target must be a mapping of accuracy, error, got '85 %'"),
    ("rounds: 2", "target: {accuracy: 85}", "3: stop.target.accuracy must be <= 100 %, got 85"),
    ("rounds: 2", "target: {error: 0}", "3: stop.target.error must be > 0, got 0"),
    ("rounds: 2", "target: {}", "3: stop.target must be either {accuracy: 85 %} or {error: 1e-3}"),
    ("rounds: 2", "target: {accuracy: 85 %}",  # a quadratic classifies nothing: the run would never end
     "3: stop.target.accuracy must not be given, got 0.85: without classes and test samples ...; use rounds or error"),
    ("workers: 3", "targets: {accuracy: [80 %, 180 %]}", "2: targets.accuracy.1 must be <= 100 %, got 180 %"),
    ("workers: 3", "targets: {accuracy: 0 %}", "2: targets.accuracy.0 must be > 0 %, got 0 %"),
    ("workers: 3", "targets: {error: [1e-3, -1]}", "2: targets.error.1 must be > 0, got -1"),
    ("workers: 3", "targets: 80 %", "2: targets must be a mapping of accuracy, error, got '80 %'"),
    ("workers: 3", "seed: -1", "2: seed must be a whole number >= 0 or {learning: 1, radio: 2}, got -1"),
    ("workers: 3", "seed: {learning: x}", f"2: seed.learning {A_NUMBER}, got 'x'"),
    ("step_size: 0.5/L, xi: 5 L", "step_size: 5 L",
     "5: algorithm.step_size must be a number or relative to L like '0.5/L', got '5 L'"),
    ("xi: 5 L", "xi: 0.5/L", "5: algorithm.xi must be a number or relative to L like '5 L', got '0.5/L'"),
    ("xi: 5 L", "beta: 1.5", "5: algorithm.beta must be <= 1, got 1.5"),
    ("header: 28 B", "header: 1500 B",
     "7: transport.header must be smaller than the mtu of 1500 B, which includes it, got 1500 B"),
    ("mtu: 1500 B", "mtu: 30 B",
     "7: transport.mtu leaves 2 bytes after the header, too few for one coded entry; raise mtu or lower header"),
    ("mtu: 1500 B", "mtu: 1500.01 B", "7: transport.mtu must be a whole number of bits, got '1500.01 B'"),
    ("mtu: 1500 B", "retries: -1", "7: transport.retries must be >= 0, got -1"),
    ("mtu: 1500 B", "ack: {loss: 2}", "7: transport.ack.loss must be <= 100 %, got 2"),
    ("name: small", "name: a/b", "1: name must be usable as a folder's name, got 'a/b'"),
    ("name: small", "name: ..", "1: name must be usable as a folder's name, got '..'"),
    ("name: small", 'name: "a\\nb"', "1: name must be usable as a folder's name, got 'a\\nb'"),
    ("name: small", "name: ' '", "1: name must be usable as a folder's name, got ' '"),
    ("name: small", "name: 2024", "1: name must be text, got 2024; put it in quotes"),
    ("name: small", "description: [a]", "1: description must be text, got ['a']"),
    ("name: small", "use: plugin.py", "1: use must be a list, got 'plugin.py'"),
    ("dimension: 5", "dimension: 1e6",  # 3 * 8 * M d^2 = 7.2e13 bytes of matrices
     "4: objective needs about 7.2e+04 GB of memory with 3 workers, but ... GB are free; lower workers, samples or dimension"),
    ("workers: 3", "workers: 1e12", "4: objective needs about ... GB of memory with 1000000000000 workers, but ..."),
]


@pytest.mark.parametrize(("old", "new", "says"), VALUES, ids=lambda value: value[:40])
def test_values(command, old, new, says):
    command.refuses_file(spoilt(old, new), f"s.yaml:{says}")


RADIO = [
    ("geometry: {type: disc, radius: 100 m}", CHANNEL,
     "11: geometry is not used by a fixed channel; leave it out or use {type: radio}"),
    ("downlink: multicast\naccess: ofdma",
     "channel: {type: radio, phy: {type: nr, duplex: {type: tdd, downlink_slots: 0, uplink_slots: 9}}}",
     "6: channel.phy.duplex.downlink_slots must leave a whole slot of downlink for a downlink without a rate; ..."),
    ("geometry: [[1, 2], [3, 4]]", "channel: radio", "11: geometry.places must have one entry for each of the 3 workers, got 2"),
    ("geometry: [[1, 2], [3, 4], [5]]", "channel: radio", "11: geometry.places.2 must be [x, y], got [5]"),
    ("geometry: {type: disc, radius: 5 m}", "channel: radio", "11: geometry.minimum must be <= radius (5 m), got 10 m; ..."),
    ("seed: 1", "channel: {type: radio, bandwidth: 5 GHz}", "6: channel.bandwidth must be <= carrier (3.5e+09 Hz), got 5e+09 Hz"),
    ("seed: 1", "channel: {type: radio, tx_power: 23 dB}",
     "6: channel.tx_power must be a power like '23 dBm', got '23 dB', a ratio"),
    ("seed: 1", "channel: {type: radio, path_loss: umi, carrier: 300 MHz, bandwidth: 1 MHz}",
     "6: channel.carrier must be 500 MHz to 100 GHz with path_loss 'umi', got 300 MHz; ..."),
    ("seed: 1", "channel: {type: radio, path_loss: {type: umi, ut_height: 100 m}}",
     "6: channel.path_loss.ut_height must be <= 22.5 m, got 100 m"),
    ("seed: 1", "channel: {type: radio, path_loss: {type: uma, state: line}}",
     "6: channel.path_loss.state must be 'field', 'los' or 'nlos', got 'line'"),
    ("seed: 1", "channel: {type: radio, shadowing: standard}", "6: channel.shadowing.type must not be 'standard' with ..."),
    ("seed: 1", "channel: {type: radio, interference: hexagonal}", "6: channel.interference.type must not be 'hexagonal' without ..."),
    ("geometry: {type: hexagonal, inter_site_distance: -200 m}", "channel: radio",
     "11: geometry.inter_site_distance must be > 0 m, got -200 m"),
    ("seed: 1", "channel: {type: radio, mobility: {type: trace, path: nowhere.csv}}",
     "6: channel.mobility.path ...nowhere.csv: cannot be read as a CSV file: No such file or directory;..."),
    ("seed: 1", "channel: {type: radio, fading: {type: raleigh}}",
     "6: channel.fading.type unknown fading 'raleigh'; did you mean 'rayleigh'? known: ..."),
]


@pytest.mark.parametrize(("more", "channel", "says"), RADIO)
def test_what_does_not_go_with_the_channel(command, more, channel, says):
    command.refuses_file(spoilt(CHANNEL, channel) + more + "\n", f"s.yaml:{says}")


UNKNOWN = {"algorithm": ("gdsec", "gd_sec"), "codec": ("denser", "dense"), "compute": ("fixt", "fixed"),
           "channel": ("fixd", "fixed"),
           "access": ("tdm", "tdma"), "downlink": ("multi", "multicast"), "transport": ("arg", "arq"), "feedback": ("akc", "ack"),
           "server": ("synchron", "synchronous"), "objective": ("quadratc", "quadratic"), "geometry": ("dsc", "disc"),
           "data": ("mnst", "mnist")}


@pytest.mark.parametrize("section", UNKNOWN)
def test_unknown_models(command, section):
    """Of every family that a section names, long and short."""
    wrong, right = UNKNOWN[section]
    text = with_section(section, f"{{type: {wrong}}}")
    line = text.splitlines().index(f"{section}: {{type: {wrong}}}") + 1
    command.refuses_file(text,
                         f"s.yaml:{line}: {section}.type unknown {section} {wrong!r}; did you mean {right!r}? known: ...")
    command.refuses_file(with_section(section, wrong),
                         f"s.yaml:{line}: {section} is an unknown ... {wrong!r}; did you mean {right!r}? ...")


@pytest.mark.parametrize("section", sorted(set(UNKNOWN) - {"geometry", "data"}))  # empty means none; a list means places
@pytest.mark.parametrize(("value", "read"), [("7", "7"), ("true", "True"), ("[a]", "['a']"), ("", "null")])
def test_a_section_that_is_no_model(command, section, value, read):
    text = with_section(section, value)
    line = text.splitlines().index(f"{section}: {value}") + 1
    command.refuses_file(text, f"s.yaml:{line}: {section} must be a mapping with `type`, got {read}; known: ...")


LATER = [("energy", "{type: battery}", f"energy {PLANNED}; the energy column stays empty"),
         ("transport", "{type: tcp}", f"transport.type 'tcp' {PLANNED}; known: arq, unreliable"),
         ("feedback", "broadcast", f"feedback.type 'broadcast' {PLANNED}; known: ack, none"),
         ("server", "{type: deadline}", f"server.type 'deadline' {PLANNED}; known: synchronous"),
         ("server", "fastest_k", f"server.type 'fastest_k' {PLANNED}; ..."),
         ("server", "{type: buffered}", f"server.type 'buffered' {PLANNED}; ..."),
         ("compute", "straggler", f"compute.type 'straggler' {PLANNED}; known: fixed")]


@pytest.mark.parametrize(("section", "value", "says"), LATER)
def test_what_is_planned_is_refused_by_name(command, section, value, says):
    text = with_section(section, value)
    command.refuses_file(text, f"s.yaml:{text.splitlines().index(f'{section}: {value}') + 1}: {says}")


def test_a_real_process(tmp_path):
    """The installed command says the same: status, one line, no traceback."""
    for name, text, says in (("a.yaml", spoilt("rate: 1 Mbit/s", "rate: -1"),
                              "error: {}:6: channel.rate must be > 0 bit/s, got -1\n"),
                             ("b.yaml", "[1", "error: {}:1: is not YAML: ...\n")):
        (tmp_path / name).write_text(text)
        done = subprocess.run([sys.executable, "-c", "from wirelesssim.cli import main; main()", "run", tmp_path / name],
                              capture_output=True, text=True, cwd=tmp_path, timeout=120)
        assert done.returncode == 2 and done.stdout == "" and fits(done.stderr, says.format(tmp_path / name)), done
        assert "Traceback" not in done.stderr and not (tmp_path / "results").exists()
