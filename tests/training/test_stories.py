"""A conversation becomes a story and a test story, unless that adds nothing or contradicts."""

import shutil

import pytest
import yaml
from tracker_fakes import (
    LISTEN,
    OURS,
    START,
    action,
    bot,
    declined,
    entity,
    handoff,
    late_delivery,
    loop,
    slot,
    store,
    user,
)
from typer.testing import CliRunner

from bot import cli_stories
from bot.errors import ConfigError
from bot.settings import ROOT
from bot.training.conversations import read
from bot.training.stories import draft, influencing, slug, write
from bot.training.story_check import covered_by, free_name

pytestmark = pytest.mark.unit

FOUND = [
    {"intent": "late_delivery"},
    {"slot_was_set": [{"resolution": "locate"}]},
    {"action": "order_form"},
    {"active_loop": "order_form"},
    {"active_loop": None},
    {"action": "action_show_delivery"},
]
DECLINED = [{"intent": "deny"}, {"action": "action_decline"}]
VENT = [user("vent", "vergüenza"), action("action_deescalate", OURS), LISTEN]
PERSON = [user("ask_human", "ya"), action("action_handoff", OURS), handoff("asked"), LISTEN]


def drafted(folder, *events, **options):
    settings = store(folder, c=list(events))
    return draft(read(settings, "c"), slots={"resolution"}, **options)


def test_acknowledgements_and_answers_to_a_form_are_not_in_the_story(tmp_path):
    made = drafted(tmp_path, *late_delivery(*declined()))
    assert made.steps == [*FOUND, *DECLINED]
    assert made.notes == ["Turn 1: action_acknowledge left out, the rest kept"]


def test_the_test_story_has_every_word_masked_and_entities_marked(tmp_path):
    made = drafted(tmp_path, *late_delivery(*declined()))
    words = [step["user"] for step in made.test if "user" in step]
    assert words[1:] == ["es el [48213](order_number)", "no, gracias"]
    assert "luz.perez" not in words[0] and "@" in words[0]
    assert [one.partition(" -> ")[0] for one in made.masked] == ["e-mail address"]


def test_the_test_story_is_what_rasa_reads(tmp_path):
    made = drafted(tmp_path, *late_delivery(*declined()), name="Un retraso: «no»")
    (story,) = yaml.safe_load(made.test_text())["stories"]
    assert story["story"] == "Un retraso: «no»"
    assert story["steps"][0]["user"].endswith("\n")
    (story,) = yaml.safe_load(made.text())["stories"]
    assert story["steps"] == made.steps


def test_an_entity_with_another_value_keeps_its_words(tmp_path):
    told = {**entity("amount", "veinte", "son veinte"), "value": "20"}
    made = drafted(
        tmp_path, *START, user("inform", "son veinte", entities=[told]), action("utter_x")
    )
    assert made.test[0]["user"] == 'son [veinte]{"entity": "amount", "value": "20"}'


def test_turns_that_only_calmed_are_left_out(tmp_path):
    made = drafted(tmp_path, *START, *VENT, *late_delivery()[3:])
    assert made.steps == FOUND
    assert made.notes[0] == "Turn 1: only action_deescalate: left out"


def test_a_question_in_the_middle_of_a_form_is_kept(tmp_path):
    asked = [
        *START,
        user("late_delivery", "no llega"),
        slot("resolution", "locate"),
        action("order_form"),
        loop("order_form"),
        LISTEN,
        user("store_info", "¿a qué hora abrís?"),
        {"event": "action_execution_rejected", "name": "order_form"},
        action("utter_store_info"),
        action("order_form"),
        LISTEN,
    ]
    kept = [{"intent": "store_info"}, {"action": "utter_store_info"}, {"action": "order_form"}]
    assert drafted(tmp_path, *asked).steps == [*FOUND[:4], *kept]


def test_a_handoff_ends_the_story(tmp_path):
    made = drafted(tmp_path, *late_delivery(*PERSON, *declined()))
    assert made.steps == FOUND
    assert made.notes[-1] == "Turn 3: handed over (asked): the story ends before it"


def test_only_the_turns_asked_for_are_taken(tmp_path):
    assert drafted(tmp_path, *late_delivery(*declined()), upto=2).steps == FOUND


@pytest.mark.parametrize("upto", [0, 4])
def test_a_turn_that_is_not_there_is_told(tmp_path, upto):
    with pytest.raises(ConfigError, match="turns 1 to 3"):
        drafted(tmp_path, *late_delivery(*declined()), upto=upto)


def test_nothing_left_is_told_with_the_reasons(tmp_path):
    with pytest.raises(ConfigError, match=r"(?s)Nothing is left.*Turn 1.*Turn 2"):
        drafted(tmp_path, *START, *VENT, *PERSON)


def test_a_story_gets_a_name_of_its_intents(tmp_path):
    assert drafted(tmp_path, *late_delivery(*declined())).name == "Late delivery, deny"


@pytest.mark.parametrize(
    "name, file", [("Año nuevo: ¿sí?", "ano_nuevo_si"), ("../etc/x", "etc_x"), ("¿?", "story")]
)
def test_a_name_becomes_a_plain_file_name(name, file):
    assert slug(name) == file


def test_only_slots_that_influence_are_told():
    assert influencing(ROOT / "domain.yml") == {"resolution"}


@pytest.fixture
def root(tmp_path):
    """A checkout with one story: a late delivery that is declined, then thanks."""
    folder = tmp_path / "root"
    (folder / "data" / "stories").mkdir(parents=True)
    steps = [*FOUND, *DECLINED, {"intent": "thanks"}, {"action": "action_thanks"}]
    text = yaml.safe_dump({"stories": [{"story": "Late delivery, deny", "steps": steps}]})
    (folder / "data" / "stories" / "one.yml").write_text(text, encoding="utf-8")
    return folder


def test_a_story_that_is_there_already_is_found(tmp_path, root):
    made = drafted(tmp_path, *late_delivery(*declined()))
    known = covered_by(root, made.steps)
    assert known.name == "Late delivery, deny"
    assert known.place.startswith("data/stories/one.yml:")
    other = drafted(root, *late_delivery(*declined("action_other")))
    assert covered_by(root, other.steps) is None


def test_a_name_that_is_taken_gets_a_number_unless_it_was_chosen(tmp_path, root):
    made = drafted(tmp_path, *late_delivery(*declined()))
    assert free_name(root, made, given=False) == "Late delivery, deny (2)"
    with pytest.raises(ConfigError, match="another --name"):
        free_name(root, made, given=True)


@pytest.fixture
def add(root, monkeypatch):
    """Run ``remanso story add`` in that checkout; return its code, its text and what it wrote."""

    def run(settings, *words):
        monkeypatch.setattr(cli_stories, "ROOT", root)
        monkeypatch.setattr(cli_stories, "load", lambda: settings)
        shutil.copy(ROOT / "domain.yml", root)
        before = set(root.rglob("*.yml"))
        done = CliRunner().invoke(cli_stories.story_app, list(words))
        return done.exit_code, done.output, set(root.rglob("*.yml")) - before

    return run


@pytest.mark.parametrize(
    "words, told",
    [
        pytest.param(("--from", "c"), "Nothing to add", id="there already"),
        pytest.param(("--from", "nobody"), "There is no conversation", id="bad id"),
        pytest.param(("--from", "empty"), "the customer said nothing", id="empty"),
        pytest.param(("--from", "c", "--upto", "9"), "turns 1 to 3", id="out of range"),
    ],
)
def test_what_cannot_be_added_is_told_and_nothing_is_written(tmp_path, add, words, told):
    silent = [*START, user("hand_back", "")]
    code, text, written = add(store(tmp_path, c=late_delivery(*declined()), empty=silent), *words)
    assert code == 1
    assert told in " ".join(text.split())
    assert not written


def test_both_files_are_written(tmp_path, root):
    made = drafted(tmp_path, *late_delivery(), name="A new one")
    story, test = write(root, made)
    assert story.read_text("utf-8") == made.text()
    assert test.relative_to(root).as_posix() == "tests/conversations/a_new_one.yml"
    assert [path.name for path in story.parent.iterdir() if path.name != "one.yml"] == [story.name]


def test_an_existing_file_is_never_overwritten(tmp_path, root):
    made = drafted(tmp_path, *late_delivery(), name="One")
    with pytest.raises(ConfigError, match="already there"):
        write(root, made)
    assert not (root / "tests").exists()


def test_when_the_second_file_cannot_be_written_the_first_is_gone(tmp_path, root):
    (root / "tests").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(OSError):
        write(root, drafted(tmp_path, *late_delivery(), name="A new one"))
    assert [path.name for path in (root / "data" / "stories").iterdir()] == ["one.yml"]


def test_what_was_said_is_not_in_the_story(tmp_path):
    made = drafted(tmp_path, *late_delivery(bot("utter_x")))
    assert "llega" not in made.text() and "48213" not in made.text()
