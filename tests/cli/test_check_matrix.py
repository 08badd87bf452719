"""`check` and `estimate` read a matrix as `sweep` does; `verify-models --only` a topic as a text spells it; what `list` says."""

import re

import pytest
from bad_input_cases import GOOD

from wirelesssim.experiment import estimate
from wirelesssim.validation import chosen


def test_check_counts_and_checks_the_points_of_a_matrix(command):
    (command.folder / "s.yaml").write_text(GOOD)
    status, _, err = command("check", "s.yaml", "--matrix", "channel.loss=0%,1%,2%", "--matrix", "workers=2,3")
    assert status == 0 and "2 variant(s), 12 point(s)" in err
    command.refuses("check", "s.yaml", "--matrix", "channel.loss=0%,200%", says="--matrix channel.loss=0%,200%...must...")
    command.refuses("check", "s.yaml", "--matrix", "channel.los=0%", says="--matrix channel.los=0%: ...mean 'channel.loss'?")


def test_without_a_file_there_is_nothing_to_change(command):
    (command.folder / "p.py").write_text("")
    command.refuses("check", "--use", "p.py", "--matrix", "workers=1,2", says="--matrix changes a scenario: ...")
    command.refuses("check", "--use", "p.py", "--set", "workers=1", says="--set changes a scenario: ...")


def test_estimate_reads_it_too(command, monkeypatch):
    (command.folder / "s.yaml").write_text(GOOD)
    asked = []
    monkeypatch.setattr(estimate, "estimate", lambda scenario, jobs: asked.append(scenario) or {})
    assert command("estimate", "s.yaml", "--matrix", "channel.loss=0%,1%,2%", "--json")[0] == 0
    assert [len(scenario.points()) for scenario in asked] == [6]


@pytest.mark.parametrize("words, topic", [("Wi-Fi", "wifi"), ("wi fi", "wifi"), ("WIFI", "wifi"), ("NR cell", "nr cell"),
                                          ("nr-cell", "nr cell"), ("low-power", "low power"), ("nr", "nr")])
def test_a_topic_however_it_is_written(words, topic):
    found = chosen(words)
    assert found and {check.topic for check in found} == {topic}


def test_words_of_a_model_however_they_are_written():
    """`nb iot` and `NB-IoT` are the same checks; a pattern of file names is still one."""
    for words, same in (("nb iot", "NB-IoT"), ("l[o-p]ra", "lora")):
        found, others = ([(check.model, check.metric) for check in chosen(said)] for said in (words, same))
        assert found == others != []


def test_list_says_on_which_scale_a_distribution_is(command):
    assert re.search(r"^uniform .*powers in watts", command("list", "distributions")[1], re.MULTILINE)
