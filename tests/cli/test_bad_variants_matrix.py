"""Bad variants, overlays of the command line and matrices: each line names the overlay that the key came from."""

import pytest
from bad_input_cases import CHANNEL, GOOD, spoilt

A_FRACTION = "must be a fraction like '2 %'"

VARIANTS = [
    ("SEC: {}", "SEC: 3", "s.yaml:10: variants.SEC must be a mapping laid over the scenario, got 3"),
    ("SEC: {}", "SEC: [a]", "s.yaml:10: variants.SEC must be a mapping laid over the scenario, got ['a']"),
    ("SEC: {}", "GD: {}", "s.yaml:10: variants.GD duplicate key, first given on line 9; keep one"),
    ("SEC: {}", "SEC: {chanel: {loss: 1 %}}",
     "s.yaml:10 (variant 'SEC'): chanel unknown key 'chanel'; did you mean 'channel'? known: access, ..."),
    ("SEC: {}", "SEC: {channel: {los: 1 %}}",
     "s.yaml:10 (variant 'SEC'): channel.los unknown key 'los' of channel 'fixed'; did you mean 'loss'? known: ..."),
    ("SEC: {}", "SEC:\n    channel:\n      loss: 5 ms",
     f"s.yaml:12 (variant 'SEC'): channel.loss {A_FRACTION}, got '5 ms', a time"),
    ("SEC: {}", "SEC: {channel: {rate: [1, 2]}}",
     "s.yaml:10 (variant 'SEC'): channel.rate must have one entry for each of the 3 workers, got 2"),
    ("SEC: {}", "SEC: {name: x}", "s.yaml:10: variants.SEC.name cannot differ between variants"),
    ("SEC: {}", "SEC: {matrix: {workers: [1]}}", "s.yaml:10: variants.SEC.matrix cannot differ between variants"),
    ("SEC: {}", "SEC: {algorithm: {type: gd}, transport: tpc}",
     "s.yaml:10 (variant 'SEC'): transport is an unknown transport 'tpc'; known: arq, unreliable"),
    ("GD: {algorithm: {type: gd, step", "GD: {algorithm: {type: gd, xi: 5 L, step",
     "s.yaml:9 (variant 'GD'): algorithm.xi unknown key 'xi' of algorithm 'gd'; known: batch, decay, participation, step_size, type; "
     "xi is a key of cgd, ... more types"),
    ("SEC: {}", "SEC: {workers: 4, channel: {rate: [1, 2, 3]}}",
     "s.yaml:10 (variant 'SEC'): channel.rate must have one entry for each of the 4 workers, got 3"),
]


@pytest.mark.parametrize(("old", "new", "says"), VARIANTS)
def test_a_mistake_in_a_variant_names_it_and_its_own_line(command, old, new, says):
    command.refuses_file(spoilt(old, new), says)


def test_a_mistake_below_the_variants_keeps_its_line(command):
    command.refuses_file(spoilt(CHANNEL, "channel: {type: fixed, rate: -1, loss: 5 ms}"), [
        "s.yaml:6: channel.rate must be > 0 bit/s, got -1", f"s.yaml:6: channel.loss {A_FRACTION}, got '5 ms', a time"])
    text = GOOD[:GOOD.index("variants")] + "variants: [a, b]\n"
    command.refuses_file(text, "s.yaml:8: variants must be a mapping of names to overlays, got ['a', 'b']")


SETS = {  # KEY=VALUE -> what follows `--set KEY=VALUE: `
    "channel.loss": "must be KEY=VALUE, for example --set channel.loss=5%",
    "=5": "'' is not a dotted key like channel.loss",
    "channel..loss=5%": "'channel..loss' is not a dotted key like channel.loss",
    "chanel.loss=5%": "unknown key 'chanel'; did you mean 'channel'? known: access, ...",
    "channel.los=5%": "channel.los unknown key 'los' of channel 'fixed'; did you mean 'loss'? known: jitter, ...",
    "channel.loss=5ms": f"channel.loss {A_FRACTION}, got '5ms', a time",
    "channel.loss=": f"channel.loss {A_FRACTION}, got null",
    "channel.rate=1e6 s": "channel.rate must be a rate like '10 Mbit/s', got '1e6 s', a time",
    "channel.rate=0e6": "channel.rate must be > 0 bit/s, got 0.0",
    "channel=3": "channel must be a mapping with `type`, got 3; known: fixed, radio, trace",
    "channel={type: fixed": "channel is an unknown channel '{type: fixed'; known: fixed, radio, trace",
    "channel.rate.mean=3": "channel.rate.mean has no place: channel.rate is '1 Mbit/s', not a mapping",
    "workers.a=3": "workers.a has no place: workers is 3, not a mapping",
    "workers=!!python/name:os.system x":
        "the tag 'tag:yaml.org,2002:python/name:os.system' is not allowed; a scenario is plain data",
    "workers={a: 1, a: 2}": "a duplicate key, first given on line 1; keep one",
    "workers=yes": "workers must be a whole number like '10', got 'yes'",
    "stop.rounds=no": "stop.rounds must be a whole number like '10', got 'no'",
    "seed.radio=-1": "seed.radio must be >= 0, got -1",
    "replications=0": "replications must be >= 1, got 0",
    "name=a/b": "name must be usable as a folder's name, got 'a/b'",
    "targets.error=-1": "targets.error.0 must be > 0, got -1",
    "transport.ack.size=5 ms": "transport.ack.size must be a size like '1500 B', got '5 ms', a time",
    "transport.scheme=window": "transport.scheme must be 'burst' or 'stop_and_wait', got 'window'",
    "server.missing=drop": "server.missing must be 'keep_last', 'zero' or 'rescale', got 'drop'",
    "codec.value_bits=33": "codec.value_bits must be 64, 32, 16 or, quantised, 2 to 15, got 33",
    "compute.time=3 m": "compute.time must be a time like '5 ms', got '3 m', a distance",
    "server=buffered": "server.type 'buffered' is planned and not in this version; known: synchronous",
    "downlink={type: multicast, rate: 5 ms}": "downlink.rate must be a rate like '10 Mbit/s', got '5 ms', a time",
}


@pytest.mark.parametrize("text", SETS)
def test_set(command, text):
    command.refuses_file(GOOD, f"--set {text}: {SETS[text]}", "--set", text)


def test_set_under_a_variant_or_a_type_that_it_does_not_fit(command):
    command.refuses_file(GOOD,
                         f"--set variants.SEC.channel.loss=5ms (variant 'SEC'): channel.loss {A_FRACTION}, got '5ms', a time",
                         "--set", "variants.SEC.channel.loss=5ms")
    command.refuses_file(GOOD, "s.yaml:5: algorithm.xi unknown key 'xi' of algorithm 'gd'; known: ...; xi is a key of ...",
                         "--set", "algorithm.type=gd")


MATRIX = [  # (the matrix section, says)
    ("matrix:\n  algorithm.decay.ratio: [0.9]", "12: matrix.algorithm.decay.ratio no such key in any variant: algorithm.decay.ratio "
     "unknown key 'ratio' of step decay 'constant'; known: type; ratio is a key of geometric: write {type: geometric, ratio: 0.9}"),
    ("matrix:\n  downlink.rate: [1 Mbit/s]", "12: matrix.downlink.rate no such key in any variant: downlink.rate unknown key 'rate' "
     "of downlink 'ideal'; known: type; rate is a key of multicast, unicast: write {type: multicast, rate: '1 Mbit/s'}, for example"),
    ("matrix:\n  backhaul.latency: [1 MHz]", "12 (matrix): backhaul.latency must be a time like '5 ms', got '1 MHz', a frequency"),
    ("matrix:\n  channel.los: [0 %]", "12: matrix.channel.los no such key in any variant; did you mean 'channel.loss'?"),
    ("matrix:\n  chanel.loss: [0 %]", "12: matrix.chanel.loss no such key in any variant; did you mean 'channel.loss'?"),
    ("matrix:\n  channel..loss: [0 %]", "12: 'channel..loss' is not a dotted key like channel.loss"),
    ("matrix:\n  channel.loss: 3", "12: matrix.channel.loss must be a list of at least one value, got 3"),
    ("matrix:\n  channel.loss: []", "12: matrix.channel.loss must be a list of at least one value, got []"),
    ("matrix:\n  channel.loss:", "12: matrix.channel.loss must be a list of at least one value, got null"),
    ("matrix:\n  channel.loss: [1 %, 1 %]", "12: matrix.channel.loss must not hold a value twice, got ['1 %', '1 %']"),
    ("matrix:\n  channel.loss: [0 %, 5 ms]", f"12 (matrix): channel.loss {A_FRACTION}, got '5 ms', a time"),
    ("matrix:\n  channel.loss: [0 %, ~]", f"12 (matrix): channel.loss {A_FRACTION}, got null"),
    ("matrix:\n  name: [a, b]", "12: matrix.name cannot be swept; sweep a setting, such as channel.loss"),
    ("matrix: [1]", "11: matrix must be a mapping of dotted keys to lists of values, got [1]"),
    ("matrix:\n  channel: [{loss: 3}]", "12 (matrix): channel.loss must be <= 100 %, got 3"),
    ("matrix:\n  transport.mtu: [100 B]\n  transport.header: [28 B, 95 B]",  # each is good, both together are not
     "12 (matrix): transport.mtu leaves 5 bytes after the header, too few for one coded entry; raise mtu or lower header"),
    ("matrix:\n  compute.time: [1 s, {type: uniform, low: -2 s, high: -1 s}]",  # only the draw shows it
     "12 (matrix): compute.time must be >= 0 s, got -1... drawn for worker 0; choose another distribution"),
]


@pytest.mark.parametrize(("section", "says"), MATRIX)
def test_matrix_in_the_file(command, section, says):
    command.refuses_file(GOOD + section + "\n", f"s.yaml:{says}", command="sweep")


def test_a_run_checks_the_matrix_that_it_leaves_out(command):
    command.refuses_file(GOOD + "matrix:\n  workers: [0]\n", "s.yaml:12 (matrix): workers must be >= 1, got 0")


def test_a_sweep_needs_a_matrix(command):
    for text in (GOOD, GOOD + "matrix:\n", GOOD + "matrix: {}\n"):
        command.refuses_file(text, "s.yaml: matrix is required by `sweep`, for example ...; `wirelesssim run s.yaml` runs ...",
                             command="sweep")


OPTION = {
    "channel.loss": "must be KEY=V1,V2,…, for example --matrix channel.loss=0%,1%,10%",
    "channel.loss=": "must be KEY=V1,V2,…, ...",
    "channel.loss=[1": "must be KEY=V1,V2,…, ...",
    "=1": "'' is not a dotted key like channel.loss",
    "channel.los=1%,2%": "matrix.channel.los no such key in any variant; did you mean 'channel.loss'?",
    "channel.loss=1%,1%": "matrix.channel.loss must not hold a value twice, got ['1%', '1%']",
    "name=a,b": "matrix.name cannot be swept; sweep a setting, such as channel.loss",
}


@pytest.mark.parametrize("text", OPTION)
def test_matrix_option(command, text):
    command.refuses_file(GOOD, f"--matrix {text}: {OPTION[text]}", "--matrix", text, command="sweep")


@pytest.mark.parametrize(("text", "says"), [
    ("channel.loss=1%,5ms", f"channel.loss {A_FRACTION}, got '5ms', a time"), ("workers=3,0", "workers must be >= 1, got 0"),
    ("stop.rounds=2,x", "stop.rounds must be a whole number like '10', got 'x'"),
    ("channel.rate=[1,2,3],[1,2]", "channel.rate must have one entry for each of the 3 workers, got 2"),
])
def test_a_bad_value_of_the_matrix_option(command, text, says):
    command.refuses_file(GOOD, f"--matrix {text} (matrix): {says}", "--matrix", text, command="sweep")
