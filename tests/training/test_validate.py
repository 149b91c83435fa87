"""What trainers change is checked, and a mistake is told with its place and its fix."""

import pytest

from bot.settings import ROOT
from bot.training.checks_project import POLICY, texts, triggers

pytestmark = pytest.mark.unit

TEXT = """
responses:
  utter_x:
    - id: x_es_1
      text: "{text}"
      metadata: {{language: es}}
"""


def test_the_projects_own_texts_and_triggers_pass():
    assert list(texts(ROOT / "data" / "responses")) == []
    assert list(triggers(ROOT / "config.yml")) == []


@pytest.mark.parametrize("said", ["Cálmese, por favor.", "Es la política de la empresa."])
def test_a_text_that_inflames_is_named_with_a_better_one(tmp_path, said):
    (tmp_path / "x.yml").write_text(TEXT.format(text=said), encoding="utf-8")
    found = list(texts(tmp_path))
    assert found and "x_es_1" in found[0].problem and "Better:" in found[0].fix
    assert found[0].place == "data/responses/x.yml:4"


def test_a_broken_file_is_one_finding(tmp_path):
    (tmp_path / "x.yml").write_text("responses:\n  utter_x: nonsense\n", encoding="utf-8")
    assert len(list(texts(tmp_path))) == 1


@pytest.mark.parametrize(
    "config, told",
    [
        (f"policies:\n- name: {POLICY}\n  triggers: {{explicit_reqest: {{}}}}", "explicit_request"),
        (f"policies:\n- name: {POLICY}\n  max_attempt: 2", "max_attempts"),
        ("policies: []", "no policy"),
        ("pipeline: []", "policies"),
    ],
)
def test_a_wrong_trigger_configuration_is_explained(tmp_path, config, told):
    path = tmp_path / "config.yml"
    path.write_text(config, encoding="utf-8")
    assert told in " ".join(map(str, triggers(path)))
