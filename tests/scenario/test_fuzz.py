"""A scenario spoilt at random is refused or loads; nothing else ever comes out, and what loads is kept whole."""

import random
import re
from pathlib import Path

import pytest

from wirelesssim.errors import InputError
from wirelesssim.scenario import load

TEXT = (Path(__file__).parents[2] / "scenarios" / "quickstart.yaml").read_text()
TOKENS = re.compile(r"\s+|[\w.%/-]+|.")
STRANGE = ["{", "}", "[", "]", ":", ",", "- ", "&a ", "*a", "!!int ", "!x ", "|", ">", "'", '"', "\t", "\n", "#", "~", "true",
           "no", "1e6",
           "1e999", "-1", "0", "9" * 400, "9" * 5000, "5 ms", "20 MHz", "0.5/L", "5 L", "85 %", "type", "loss", "radio",
           "gilbert_elliott",
           "<<: ", "\0", "é", "null", "---\n", "?", "[[", "{}", "@", "`", "%", " ", "1e-400", "[1, 2]", "uniform", "file", "path"]


def mutant(rng: random.Random) -> bytes:
    """The quickstart with a few tokens deleted, doubled, replaced or swapped, and now and then a byte."""
    tokens = TOKENS.findall(TEXT)
    for _ in range(rng.choice([1, 1, 1, 2, 3, 6])):
        place, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
        match rng.randrange(6):
            case 0:
                del tokens[place]
            case 1:
                tokens.insert(place, tokens[place])
            case 2:
                tokens[place] = rng.choice(STRANGE)
            case 3:
                tokens.insert(place, rng.choice(STRANGE))
            case 4:
                tokens[place], tokens[other] = tokens[other], tokens[place]
            case 5:
                tokens[place] = tokens[other]
    data = bytearray("".join(tokens).encode())
    if rng.random() < 0.2:
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def outcomes(seed: int, mutants: int, folder: Path) -> tuple[int, int]:
    """How many mutants were refused and how many loaded."""
    rng, path, loaded = random.Random(seed), folder / "mutant.yaml", 0
    for _ in range(mutants):
        path.write_bytes(mutant(rng))
        try:
            scenario = load(path)
            digests = [point.digest("") for point in scenario.points()]
        except InputError as error:
            for problem in map(str, error.problems):
                assert problem.startswith(f"{path}") and "\n" not in problem, path.read_bytes()
            continue
        loaded += 1
        path.write_text(scenario.yaml())
        assert [point.digest("") for point in load(path).points()] == digests, scenario.yaml()
    return mutants - loaded, loaded


def test_mutants_are_refused_or_load(tmp_path):
    refused, loaded = outcomes(1, 500, tmp_path)
    assert refused > 200 and loaded > 20  # both kinds are met


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 10))
def test_more_mutants(tmp_path, seed):
    refused, loaded = outcomes(seed, 2500, tmp_path)
    assert refused > 1000 and loaded > 100
