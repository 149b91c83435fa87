"""Each mistake of a trainer is found, with its place, its fix, and whether it fails."""

import pytest

from bot.settings import ROOT
from bot.training import checks_examples, checks_project, checks_stories, validate
from bot.training.finding import Finding
from tests.training import small_checkout as checkout

pytestmark = pytest.mark.unit

NLU = "data/nlu/es_people.yml"
STORY = "  - story: {name}\n    steps:\n      - intent: greet\n      - action: {action}\n"


@pytest.fixture
def root(tmp_path):
    return checkout.make(tmp_path)


def change(root, name, old, new):
    path = root / name
    content = path.read_text(encoding="utf-8") if path.exists() else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content.replace(old, new) if old else content + new, encoding="utf-8")


def one(found):
    (finding,) = found
    return finding


def test_a_finding_reads_as_place_severity_problem_and_fix():
    assert str(Finding("a.yml:3", "Wrong.", "Do this.")) == "a.yml:3: Wrong. Do this."
    assert str(Finding("a.yml:3", "Odd.", warning=True)) == "a.yml:3: warning: Odd."


def test_copies_within_an_intent_fail_and_near_copies_warn(root):
    change(root, NLU, "    - páseme con un agente\n", "    - Páseme con un AGENTE\n" * 2)
    found = one(checks_examples.intents(root))
    assert (found.place, found.warning) == (f"{NLU}:8", False)
    assert f"({NLU}:7)" in found.problem
    change(root, NLU, "    - Páseme con un AGENTE\n" * 2, "    - quiero hablar con una persona a\n")
    assert one(checks_examples.intents(root)).warning


def test_one_text_in_two_intents_fails(root):
    change(root, NLU, "- mi pedido no llega", "- páseme con un agente")
    found = one(checks_examples.intents(root))
    assert (found.place, found.warning) == (f"{NLU}:11", False)
    assert f"'ask_human' in {NLU}:7" in found.problem


def test_an_intent_with_one_example_fails_and_one_far_behind_warns(root):
    change(root, NLU, "    - páseme con un agente\n", "")
    assert "'ask_human' has one example" in one(checks_examples.intents(root)).problem
    words = "luz gas agua sol mar río casa mesa silla pan vino flor rosa tren avión".split()
    more = "".join(f"    - {word}\n" for word in words)
    change(root, NLU, "    - mi pedido no llega\n", more + "    - mi pedido no llega\n")
    change(root, NLU, "    - quiero hablar", "    - agente\n    - quiero hablar")
    found = one(checks_examples.intents(root))
    assert found.warning
    assert "examples add --intent ask_human --language es" in found.fix


@pytest.mark.parametrize(
    "old, new",
    [
        ("- páseme con un agente", "- Necesito que me atienda un ser humano"),
        ("- páseme con un agente", "- la persona del reparto fue muy amable"),
    ],
)
def test_a_held_out_text_in_training_fails(root, old, new):
    change(root, NLU, old, new)
    found = one(checks_examples.intents(root))
    assert found.place == f"{NLU}:7"
    assert "evaluation/nlu/" in found.problem


def test_domain_and_examples_name_the_same_intents(root):
    change(root, NLU, "- intent: late_delivery", "- intent: late_deliveri")
    found = {finding.place: str(finding) for finding in checks_project.domain(root)}
    assert "no example" in found["domain.yml:3"]
    assert "no example" in found["domain.yml:4"]
    assert "Did you mean 'late_delivery'" in found[f"{NLU}:11"]
    assert len(found) == 3


@pytest.mark.parametrize(
    "new, told",
    [
        ("  - {text: x, level: angri}\n", "Did you mean 'angry'"),
        ("  - {level: angry}\n", "has no text"),
        ("  - {text: x, level: angry, regoin: es}\n", "Did you mean 'region'"),
        ("  - {text: x, level: angry, style: furios}\n", "Did you mean 'furious'"),
        ("  - {text: x, level: angry, context: nada}\n", "list of texts"),
        ("  - {text: x, level: calm, complaint: yes please}\n", "complaint 'yes please'"),
        ("  - {text: x, level: angry, complaint: false}\n", "with level 'angry'"),
    ],
)
def test_a_wrong_graded_example_is_told_with_its_line(root, new, told):
    change(root, "data/frustration/es_shop.yml", "", new)
    found = one(checks_examples.frustration(root))
    assert found.place == "data/frustration/es_shop.yml:5"
    assert told in str(found)


def test_one_message_with_two_levels_fails_unless_the_context_differs(root):
    again = '  - {{text: "No.", level: angry, context: ["{}"]}}\n'
    change(root, "data/frustration/es_shop.yml", "", again.format("tampoco"))
    assert list(checks_examples.frustration(root)) == []
    change(root, "data/frustration/es_shop.yml", "tampoco", "ah, gracias")
    assert "'angry' here and 'calm'" in one(checks_examples.frustration(root)).problem


def test_stories_with_one_name_and_stories_that_contradict_fail(root):
    content = "stories:\n" + STORY.format(name="A", action="utter_greet")
    change(root, "data/stories/a.yml", "", content + STORY.format(name="A", action="utter_greet"))
    assert one(checks_stories.stories(root)).place == "data/stories/a.yml:6"
    change(
        root, "data/stories/b.yml", "", "stories:\n" + STORY.format(name="B", action="utter_bye")
    )
    contradiction = next(f for f in checks_stories.stories(root) if "begins alike" in f.problem)
    assert contradiction.place == "data/stories/b.yml:5"
    assert "utter_greet (data/stories/a.yml:5)" in contradiction.problem


def test_a_story_without_steps_fails(root):
    change(root, "data/stories/a.yml", "", "stories:\n  - story: A\n")
    assert "no steps" in one(checks_stories.stories(root)).problem


def test_rules_under_another_condition_do_not_contradict(root):
    rule = "  - rule: {0}\n    condition:\n      - active_loop: {1}\n" + (
        "    steps:\n      - intent: greet\n      - action: {1}\n"
    )
    change(root, "data/rules/a.yml", "", "rules:\n" + rule.format("A", "x") + rule.format("B", "y"))
    assert list(checks_stories.stories(root)) == []


def test_choices_within_a_story_are_followed_one_by_one(root):
    content = (
        "stories:\n  - story: A\n    steps:\n      - or:\n        - intent: greet\n"
        "        - intent: bye\n      - action: utter_x\n"
    )
    change(root, "data/stories/a.yml", "", content + STORY.format(name="B", action="utter_y"))
    assert "begins alike" in one(checks_stories.stories(root)).problem


@pytest.mark.parametrize(
    "content", ["nlu:\n- intent: [x\n", "nlu: []\nnlu: []\n", "a: 'x\n", "\ta: b\n"]
)
def test_a_file_that_is_no_yaml_is_the_only_finding_and_has_its_line(root, content):
    change(root, "data/nlu/es_broken.yml", "", content)
    found = one(validate.findings(root))
    assert found.place.startswith("data/nlu/es_broken.yml:")
    assert "not readable as YAML" in found.problem


def test_a_file_of_another_form_than_expected_is_told_not_raised(root):
    change(root, "data/nlu/es_broken.yml", "", "nlu: nonsense\n")
    assert any("no list 'nlu'" in str(finding) for finding in validate.findings(root))


def test_a_response_with_one_wording_warns_unless_it_may_come_twice(tmp_path):
    text = "responses:\n  utter_x:\n    - id: x_es_1\n      text: Hola.\n      metadata: {}\n"
    (tmp_path / "x.yml").write_text(text.replace("{}", "{language: es}"))
    found = one(checks_project.texts(tmp_path))
    assert (found.place, found.warning) == ("data/responses/x.yml:3", True)
    (tmp_path / "x.yml").write_text(text.replace("{}", "{language: es, repeat: true}"))
    assert list(checks_project.texts(tmp_path)) == []


ARTICLE = """---
title: Devoluciones
updated: 2026-03-03
language: es
intents: [late_delivery]
questions: ["¿cómo devuelvo algo?", "no me gusta", "lo quiero devolver"]
---

Hay 30 días para devolver un producto.
"""


def test_a_help_article_with_a_mistake_is_told_with_its_line(root):
    file = "data/knowledge/returns.es.md"
    assert list(checks_project.knowledge(root)) == []
    change(root, file, "", ARTICLE)
    change(root, "data/knowledge/returns.en.md", "", ARTICLE.replace(": es", ": en"))
    assert list(checks_project.knowledge(root)) == []
    change(root, file, "late_delivery", "late_deliveri")
    assert "Did you mean 'late_delivery'" in str(one(checks_project.knowledge(root)))
    change(root, file, "late_deliveri", "late_delivery")
    change(root, file, "Hay 30 días", "Cálmese: hay 30 días")
    assert one(checks_project.knowledge(root)).place == f"{file}:9"
    change(root, file, "updated: 2026-03-03", "updated: ayer")
    places = {found.place: found.warning for found in checks_project.knowledge(root)}
    assert places == {f"{file}:3": False, file: True}


def test_rasas_own_check_runs_when_there_are_only_warnings(root, monkeypatch):
    monkeypatch.setattr(validate, "_ours", lambda root: [Finding("x", "Odd.", warning=True)])
    monkeypatch.setattr(validate, "rasas", lambda root: [Finding("rasa", "Wrong.")])
    assert [finding.place for finding in validate.findings(root)] == ["rasa", "x"]


def test_the_projects_own_domain_stories_and_graded_fields_have_no_errors():
    found = [
        *checks_project.domain(ROOT),
        *checks_stories.stories(ROOT),
        *checks_project.triggers(ROOT / "config.yml"),
    ]
    assert [str(finding) for finding in found if not finding.warning] == []
