"""Bad options, results paths, figures, and files that `new` must not touch."""

import json

import pytest
from bad_input_cases import DATA, GOOD, SAMPLES, fits, spoilt

OPTIONS = [
    (["--seed", "x"], "Invalid value for '--seed': must be a whole number >= 0, got 'x'"),
    (["--seed", "-1"], "Invalid value for '--seed': must be a whole number >= 0, got '-1'"),
    (["--seed", "1.5"], "Invalid value for '--seed': must be a whole number >= 0, got '1.5'"),
    (["-j", "0"], "Invalid value for '-j' / '--jobs': must be a whole number >= 1, got '0'"),
    (["-j", "two"], "Invalid value for '-j' / '--jobs': must be a whole number >= 1, got 'two'"),
    (["--replications", "0"], "Invalid value for '--replications': must be a whole number >= 1, got '0'"),
    (["--sed", "1"], "No such option: --sed...--seed..."),
    (["more"], "Got unexpected extra argument(s) (more)"),
]


@pytest.mark.parametrize(("options", "says"), OPTIONS)
@pytest.mark.parametrize("name", ["run", "sweep"])
def test_numbers(command, name, options, says):
    command.refuses_file(GOOD, says, *options, command=name)


def test_options_that_come_later(command):
    command.refuses_file(GOOD, "--shard 1/2: shards are planned and not in this version; leave it out", "--shard", "1/2",
                         command="sweep")
    command.refuses_file(GOOD, "--executor dask: dask is planned and not in this version; known: joblib",
                         "--executor", "dask", command="sweep")
    command.refuses_file(GOOD, "--executor jobli: unknown executor 'jobli'; known: joblib", "--executor", "jobli",
                         command="sweep")
    command.refuses("rnu", "x.yaml", says="No such command 'rnu'...")


def test_seed_replaces_both_seeds_of_the_file(command):
    """A control: what is good is not refused."""
    (command.folder / "s.yaml").write_text(GOOD + "seed: {learning: 3}\n")
    assert command("run", "s.yaml", "--seed", "7", "--quiet")[0] == 0
    assert json.loads((command.folder / "results/small/manifest.json").read_text())["seed"] == {"learning": 7, "radio": 7}


@pytest.mark.parametrize("path", ["afile", "afile/below", "/proc/none", "a" * 300])
def test_a_results_path_that_cannot_be_a_folder(command, path):
    (command.folder / "afile").write_text("precious")
    command.refuses_file(GOOD, f"the results path {path} cannot be a folder: ...; choose another with --out DIR", "--out", path)


@pytest.mark.parametrize("name", ["run", "sweep", "estimate", "check"])
def test_every_command_reads_a_scenario_with_the_same_care(command, name):
    command.refuses_file(spoilt("workers: 3", "workers: x"), "s.yaml:2: workers must be a whole number like '10', got 'x'",
                         command=name)
    command.refuses(name, "no.yaml", says="no.yaml: no such file; ...")


def test_check_needs_something(command):
    command.refuses("check", says="check needs a scenario FILE, or --use FILE for a plug-in file, or both")
    (command.folder / "empty.py").write_text("x = 1\n")
    command.refuses("check", "--use", "empty.py", says="empty.py: defines no model; write `@model class Mine(Algorithm, ...`")
    command.refuses("check", "--use", "no.py", says="the plug-in file ...no.py cannot be read: No such file or directory")


def test_list(command):
    command.refuses("list", "chanels", says="list: unknown kind 'chanels'; did you mean 'channels'? known: access, ...")


def test_new_never_writes_over_a_file_and_knows_its_data(command):
    (command.folder / "mine.yaml").write_text("precious")
    (command.folder / "folder").mkdir()
    command.refuses("new", "mine.yaml", says="mine.yaml is there already; choose another name, or remove it first")
    command.refuses("new", "folder", says="folder is there already; ...")
    command.refuses("new", "no/x.yaml", says="no/x.yaml cannot be written: No such file or directory")
    command.refuses("new", "x.yaml", "--data", "mnst",
                    says="--data mnst: is an unknown set 'mnst'; did you mean 'mnist'? known: ...")
    command.refuses("new", "x.yaml", "--messages", "10dB", says="--messages must be a size like '1500 B', got '10dB', a ratio")
    command.refuses("new", "x.yaml", "--messages", "0B", says="--messages must be > 0 bit, got 0B")
    command.refuses("new", "x.yaml", "--messages", "1kB", "--data", "iris",
                    says="--messages 1kB has nothing to learn and needs no --data, got 'iris'; leave one of them out")
    command.refuses("new", "x.yaml", "--data", "no.csv", says="--data no.csv: ...no.csv: there is no such file; ...")
    command.refuses("new", "x.yaml", "--data", "a9a", says="--data a9a: 'a9a' is not here, and a run downloads nothing; ...")


@pytest.fixture
def results(command):
    """Results without a matrix in `ran`, with channel.loss swept in `swept`."""
    (command.folder / "s.yaml").write_text(GOOD)
    assert command("run", "s.yaml", "--out", "ran", "--quiet")[0] == 0
    assert command("sweep", "s.yaml", "--out", "swept", "--quiet", "-j", "1", "--matrix", "channel.loss=0%,1%")[0] == 0
    return command


RAN = [  # (options, says) of `plot ran`
    (["--x", "tim"], "unknown x 'tim'; known: bits, delay, round, simulated_time"),
    (["--x", "simulatedtime"], "unknown x 'simulatedtime'; did you mean 'simulated_time'? known: ..."),
    (["--x", "energy"], "x 'energy' is planned, not in this version; known: ..."),
    (["--x", "channel.loss"], "unknown x 'channel.loss'; known: ..."),
    (["--y", "acuracy"], "unknown y 'acuracy'; did you mean 'accuracy'? known: ..."),
    (["--y", "energy_to_target"], "y 'energy_to_target' is planned, not in this version; known: ..."),
    (["--y", "accuracy"], "accuracy is empty in this table: its objective classifies nothing; choose y from error, ..."),
    (["--y", "time_to_target"], "y 'time_to_target' needs a swept parameter on the x axis, got x 'simulated_time'; ..."),
    (["--target", "abc"], "target accuracy must be a fraction like '2 %', got 'abc'; write '85 %' or 'error:1e-3'"),
    (["--target", "185%"], "target accuracy must be <= 100 %, got 185%; ..."),
    (["--target", "error:-1"], "target error must be > 0, got -1; ..."),
    (["--target", "eror:1"], "unknown kind of target 'eror'; did you mean 'error'? known: accuracy, error"),
    (["--at", "10 s"], "at is an instant for a swept key on the x axis, got '10 s' with x 'simulated_time'; leave it out"),
    (["--style", "iee"], "unknown style 'iee'; did you mean 'ieee'? known: ieee, screen"),
    (["-o", "x.gif"], "x.gif: unknown kind of figure file '.gif'; known: .pdf, .png, .svg"),
    (["-o", "noext"], "noext: unknown kind of figure file ''; known: ..."),
    (["-o", "s.yaml/x.png"], "s.yaml/x.png: the figure cannot be written: ...; choose another file with -o"),
]
SWEPT = [
    (["--x", "channel.los"], "unknown x 'channel.los'; did you mean 'channel.loss'? known: ..."),
    (["--x", "channel.loss,channel.loss"], "x must be one word or two different swept keys, got 'channel.loss,channel.loss'"),
    (["--x", "channel.loss", "--y", "error"], "y 'error' against channel.loss needs an instant: --at 10s; or choose y from ..."),
    (["--x", "channel.loss", "--y", "error", "--at", "5 bit"], "at must be a time like '5 ms', got '5 bit', a size"),
    (["--x", "channel.loss", "--y", "error", "--at", "-5 s"], "at must be >= 0 s, got -5 s"),
    (["--x", "channel.loss", "--y", "time_to_target"],
     "y 'time_to_target' needs a target: --target '85 %', or --target error:1e-3"),
    (["--x", "channel.loss", "--y", "bits_to_target", "--target", "85%"], "target 85 % is of the accuracy, which is empty ..."),
]


def test_plot(results):
    for folder, cases in (("ran", RAN), ("swept", SWEPT)):
        for options, says in cases:
            results.refuses("plot", folder, *options, says=says)


def test_plot_without_results(results):
    results.refuses("plot", says="Missing argument 'FOLDER…'.")
    results.refuses("plot", "nowhere",
                    says="nowhere holds no results (no manifest.json); give a folder that `run` or `sweep` wrote")
    results.refuses("plot", "ran", "ran/points", says="ran/points holds no results (no manifest.json); ...")
    results.refuses("plot", "s.yaml", says="s.yaml/manifest.json cannot be read: ...")
    for broken in ("{", "[]", "\xff"):
        (results.folder / "ran/manifest.json").write_bytes(broken.encode("latin-1"))
        results.refuses("plot", "ran", says="ran/manifest.json cannot be read: ...")
    (results.folder / "swept/rounds.parquet").write_text("no table")
    results.refuses("plot", "swept", says="swept/rounds.parquet cannot be read: ...")


BAD_DATA = [  # (data, says after the file)
    ("{path: no.csv}", "4: data.path ...no.csv: there is no such file; a relative path starts at the scenario's folder"),
    ("{path: .}", "4: data.path ...: is a folder; name a file in it"),
    ("{path: nan.csv}", "4: data.path ...nan.csv: row 2, column 2 (b), is not a number (NaN, or missing); fill or drop ..."),
    ("{path: text.npz}", "4: data.path ...text.npz: is not an NPZ file; write it with numpy.savez(path, X=X, y=y)"),
    ("{path: bytes}", "4: data.path ...bytes: is not text, so neither LIBSVM nor CSV; give ..."),
    ("{path: empty.csv}", "4: data.path ...empty.csv: has no samples; the file is empty"),
    ('{path: "a\\0b"}', "4: data.path 'a\\x00b' cannot be a file's path: ..."),
    ("{path: 3}", "4: data.path (a file) or type (a set by name) is required, got 3; known: a9a, ..."),
    ("{}", "4: data.path (a file) or type (a set by name) is required; known: a9a, ..."),
    ("{path: d.csv, trian: 5}", "4: data.trian unknown key 'trian' of data 'file'; did you mean 'train'? known: ..."),
    ("{type: iris, path: d.csv}", "4: data.path unknown key 'path' of data 'iris'; known: ..."),
    ("{path: d.csv, train: 100}", "4: data.train must be <= 20, the samples of d.csv, got 100"),
    ("{path: d.csv, train: 19, test: 5}", "4: data.test must be <= 1, what train = 19 leaves of the 20 samples of d.csv, got 5"),
    ("{path: d.csv, label: z}", "4: data.label must be the name of a column, got 'z'; known: a, b, y"),
    ("{path: d.csv, normalize: max}", "4: data.normalize must be 'auto', 'none' or 'standard', got 'max'"),
    ("{path: d.libsvm, normalize: standard}", "4: data.normalize must be 'auto' or 'none' for d.libsvm: 'standard' would ..."),
    ("{path: d.csv, partition: iidd}", "4: data.partition is an unknown partition 'iidd'; did you mean 'iid'? known: ..."),
    ("{path: d.csv, partition: {type: shards, per_worker: 9}}",
     "4: data.partition.per_worker must be <= 5 for 16 training samples and 3 workers, got 9"),
    ("{path: d.csv, partition: column}",
     "4: data.partition.column is required for d.csv, which does not say where its samples come from: ..."),
    ("{path: d.csv, group: y}", "4: data.group must be another column than the label, got 'y'"),
    ("{path: d.csv, partition: {type: dirichlet, minimum: 9}}",
     "4: data.partition.minimum must be <= 5 for 16 training samples and 3 workers, got 9"),
    ("{path: real.csv}", "5: objective.type must be linear or lasso where labels are numbers and not classes (...), got 'logistic'"),
    ("{path: three.csv}",
     "5: objective.type must be softmax unless there are exactly two classes, got 'logistic' with 3 classes"),
]


@pytest.fixture
def files(command):
    """The data files that BAD_DATA names."""
    for name, content in {"d.csv": SAMPLES, "nan.csv": "a,b,y\n1,2,0\n3,,1\n", "text.npz": "hello", "bytes": "\0\1\2" * 99,
                          "empty.csv": "",
                          "d.libsvm": "1 1:1 3:2\n0 2:1\n" * 9,
                          "real.csv": "a,y\n" + "".join(f"{i},{i * .37}\n" for i in range(20)),
                          "three.csv": "a,y\n" + "".join(f"{i},{i % 3}\n" for i in range(20))}.items():
        (command.folder / name).write_text(content)
    return command


@pytest.mark.parametrize(("data", "says"), BAD_DATA)
def test_data(files, data, says):
    files.refuses_file(spoilt("{path: d.csv}", data, DATA), f"s.yaml:{says}")


def test_more_workers_than_samples_names_the_overlay(files):
    rule = "must be <= 16, the training samples, so that each worker has one, got 17"
    files.refuses_file(spoilt("workers: 3", "workers: 17", DATA), f"s.yaml:2: workers {rule}")
    files.refuses_file(spoilt("SEC: {}", "SEC: {workers: 17}", DATA), f"s.yaml:11 (variant 'SEC'): workers {rule}")
    files.refuses_file(DATA + "matrix:\n  workers: [3, 17]\n", f"s.yaml:13 (matrix): workers {rule}", command="sweep")
    files.refuses_file(DATA, f"--set workers=17: workers {rule}", "--set", "workers=17", command="estimate")
    files.refuses_file(spoilt("SEC: {}", "SEC: {data: {path: no.csv}}", DATA),
                       "s.yaml:11 (variant 'SEC'): data.path ...no such file; ...")


def test_a_target_that_can_never_be_told(files):
    never = "s.yaml:3: stop.target.accuracy must not be given, got 0.9: without classes and test samples ..."
    stop = spoilt("rounds: 2", "target: {accuracy: 90 %}", DATA)
    files.refuses_file(spoilt("{path: d.csv}", "{path: d.csv, test: 0}", stop), never)
    files.refuses_file(spoilt("logistic", "linear", spoilt("d.csv", "real.csv", stop)), never)


def test_a_target_of_an_error_whose_minimum_is_unknown(files):
    """A sigmoid's squared error without a penalty is not convex: f* is not known, and the run would never end."""
    stop = spoilt("logistic, l2: 1e-3", "nonlinear_least_squares", spoilt("rounds: 2", "target: {error: 1e-3}", DATA))
    (files.folder / "s.yaml").write_text(stop)
    status, _out, err = files("run", "s.yaml", "--quiet")
    assert status == 2 and not list((files.folder / "results/small/points").iterdir())
    assert fits(err, "error: stop.target.error must not be given, got 0.001: the minimum f* is not known; use accuracy, or a larger l2\n")


PLUGINS = {
    "missing.py": (None, "the plug-in file ...missing.py cannot be read: No such file or directory"),
    "folder": (None, "the plug-in file ...folder cannot be read: Is a directory"),
    "words.txt": ("x = 1\n", "the plug-in file ...words.txt must be a Python file ending in .py"),
    "syntax.py": ("x = 1\ndef f(:\n", "...syntax.py:2: the plug-in file failed: SyntaxError: ..."),
    "raises.py": ("x = 1\n\nraise RuntimeError('two\\nlines')\n",
                  "...raises.py:3: the plug-in file failed: RuntimeError: two lines"),
    "leaves.py": ("import sys\nsys.exit(0)\n", "...leaves.py:2: the plug-in file failed: SystemExit: 0"),
    "imports.py": ("import no_such_module_here\n", "...imports.py:1: the plug-in file failed: ModuleNotFoundError: ..."),
    "bytes.py": ("\0\0", "...bytes.py: the plug-in file failed: ...Error: source code ...cannot contain null bytes"),
    "bare.py": ("from wirelesssim.nodes.compute import Compute\nclass Mine(Compute, name='mine'):\n    pass\n",
                "...bare.py: the plug-in file failed: TypeError: Mine lacks @model"),
    "half.py": ("from wirelesssim.nodes.compute import Compute\nfrom wirelesssim.model import model\n@model\n"
                "class Mine(Compute, name='mine'):\n    pass\n",
                "...half.py:3: the plug-in file failed: TypeError: Mine lacks times, which ..."),
    "taken.py": ("from wirelesssim.nodes.compute import Compute\nfrom wirelesssim.model import model\n@model\n"
                 "class Mine(Compute, name='fixed'):\n    def times(self, workers, streams): ...\n",
                 "...taken.py:3: the plug-in file failed: TypeError: compute 'fixed' is already wirelesssim..."),
}


@pytest.mark.parametrize("name", PLUGINS)
def test_plugins(command, name):
    content, says = PLUGINS[name]
    (command.folder / "folder").mkdir()
    if content is not None:
        (command.folder / name).write_text(content)
    command.refuses_file(spoilt("name: small\n", f"name: small\nuse: [{name}]\n"), f"s.yaml:2: use.0 {says}")
