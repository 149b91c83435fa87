"""Floors: what is accepted, and what is said when a number falls below."""

import pytest
import yaml

from bot.errors import ConfigError
from evaluation import floors

pytestmark = pytest.mark.unit


def test_floors_are_read_from_options():
    assert floors.parse(["intent_f1_es=0.9", "safety_recall_en=1"]) == {
        "intent_f1_es": 0.9,
        "safety_recall_en": 1.0,
    }


@pytest.mark.parametrize(
    "option, said",
    [
        pytest.param("intent_f1_es", "is not NAME=VALUE", id="no value"),
        pytest.param("intent_f_es=0.9", "Did you mean 'intent_f1_es'?", id="unknown metric"),
        pytest.param("intent_f1_es=much", "no number in [0, 1]", id="no number"),
        pytest.param("intent_f1_es=90", "no number in [0, 1]", id="percent"),
        pytest.param("intent_f1_es=nan", "no number in [0, 1]", id="nan"),
        pytest.param("intent_ece_es=0.1", "Accepted:", id="lower is better"),
    ],
)
def test_a_wrong_option_says_what_is_accepted(option, said):
    with pytest.raises(ConfigError) as error:
        floors.parse([option])
    assert said in str(error.value)


def test_a_metric_below_its_floor_is_named_with_what_it_was():
    headline = {"intent_f1_es": {"value": 0.871}, "intent_f1_en": {"value": 0.9}}
    wanted = {"intent_f1_es": 0.9, "intent_f1_en": 0.9, "safety_recall_es": 0.9}
    assert floors.below(headline, wanted) == [
        "intent_f1_es is 0.871, below its floor 0.9.",
        "safety_recall_es was not measured; its floor is 0.9.",
    ]


def test_the_file_of_floors_can_be_read():
    assert floors.read()


@pytest.mark.parametrize("content", ["- intent_f1_es", "intent_f1_es: [1]", "nothing_es: 0.5", "{"])
def test_a_wrong_file_is_refused_by_name(tmp_path, content):
    path = tmp_path / "floors.yml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=r"floors\.yml"):
        floors.read(path)


def test_every_accepted_name_is_measured(report):
    assert set(floors.accepted()) <= set(report["headline"])


def test_floors_are_written_once_each():
    names = [line.split(":")[0] for line in floors.FILE.read_text().splitlines() if ":" in line]
    names = [name for name in names if not name.startswith("#")]
    assert sorted(names) == sorted(yaml.safe_load(floors.FILE.read_text()))
