"""Cards, comparison, the gate before publishing, and archives that nobody can serve."""

import importlib.metadata
import io
import json
import tarfile

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import ConfigError, EncoderError, EngineError
from bot.settings import load
from bot.training import archives, cards, compare, compare_text, published, scoring
from bot.training.metrics import metrics
from bot.training.scoring import FRUSTRATION, INTENT, Answer, Text

pytestmark = pytest.mark.unit

ENCODER = "0123456789abcdef"
RASA = importlib.metadata.version("rasa")


def add(archive, name, content):
    raw = content.encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(raw)
    archive.addfile(entry, io.BytesIO(raw))


def make(folder, name, *, encoder=ENCODER, rasa=RASA, components=archives.REQUIRED):
    """Write an archive that looks like a trained model."""
    metadata = {
        "rasa_open_source_version": rasa,
        "trained_at": "2026-11-20T10:00:00",
        "predict_schema": {"nodes": {f"run_{one}": {"uses": one} for one in components}},
    }
    path = folder / f"{name}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        add(archive, "metadata.json", json.dumps(metadata))
        place = "components/train_bot.nlu.encoder_featurizer.EncoderFeaturizer3/texts.json"
        add(archive, place, json.dumps({"encoder": encoder}))
        # what does not compress, so that a cut hits data
        add(archive, "noise", "".join(f"{n * n * 7919 % 104729:x}" for n in range(20_000)))
    return path


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """An installation with an encoder, no model, and no engine."""
    shelf = tmp_path / "models" / "encoder"
    (shelf / ENCODER).mkdir(parents=True)
    manifest = {
        "hash": ENCODER, "source": "a test", "dimensions": 3, "prefix": "", "max_tokens": 8,
        "files": {},
    }  # fmt: skip
    (shelf / ENCODER / "encoder.json").write_text(json.dumps(manifest))
    (shelf / "current").write_text(ENCODER)
    environment = {
        "REMANSO_MODELS": str(tmp_path / "models"),
        "REMANSO_HOME": str(tmp_path / "home"),
        "REMANSO_ENGINE_URL": "http://127.0.0.1:1",  # nobody listens there
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    answering(monkeypatch)
    return load()


@pytest.fixture
def few_examples(monkeypatch):
    """Leave the real data unread: reading it takes seconds."""
    few = {"intents": {"greet": {"es": 2}}, "levels": {"calm": 2}}
    monkeypatch.setattr(cards, "counts", lambda root: few)


def remanso(*arguments, **options):
    return CliRunner().invoke(app, list(arguments), **options)


# What cannot be published.


def whole(path):
    return path


def cut_short(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_at_the_end(path):
    path.write_bytes(path.read_bytes()[:-4])


def no_archive(path):
    path.write_text("not an archive")


def empty(path):
    path.write_bytes(b"")


def without_metadata(path):
    with tarfile.open(path, "w:gz") as archive:
        add(archive, "readme", "hello")


def metadata_that_is_no_json(path):
    with tarfile.open(path, "w:gz") as archive:
        add(archive, "metadata.json", "{broken")


@pytest.mark.parametrize(
    "damage, options, told",
    [
        pytest.param(cut_short, {}, "damaged", id="truncated"),
        pytest.param(cut_at_the_end, {}, "damaged", id="last bytes missing"),
        pytest.param(no_archive, {}, "no archive", id="not a tar"),
        pytest.param(empty, {}, "damaged", id="empty"),
        pytest.param(without_metadata, {}, "metadata.json", id="no metadata"),
        pytest.param(metadata_that_is_no_json, {}, "damaged", id="damaged metadata"),
        pytest.param(whole, {"rasa": "3.5.0"}, f"Rasa 3.5.0; here is Rasa {RASA}", id="old Rasa"),
        pytest.param(whole, {"encoder": "f" * 16}, "encoder ffffffffffffffff", id="encoder gone"),
        pytest.param(whole, {"components": ["rasa.X"]}, "EncoderFeaturizer", id="other pipeline"),
    ],
)
def test_what_cannot_be_served_is_refused_and_nothing_changes(settings, damage, options, told):
    published.publish(settings, make(settings.models, "good"))
    before = (settings.models / "published.json").read_bytes()
    damage(make(settings.models, "bad", **options))
    done = remanso("publish", "bad", "--anyway", "--anyway")
    assert done.exit_code == 1
    assert "bad" in done.output and told in done.output and "remanso " in done.output
    assert (settings.models / "published.json").read_bytes() == before


def test_an_unknown_name_is_answered_with_the_closest(settings):
    make(settings.models, "remanso-1")
    done = remanso("publish", "remanzo-1")
    assert done.exit_code == 1
    assert "Did you mean 'remanso-1'" in done.output


def test_an_archive_elsewhere_is_not_published(settings, tmp_path):
    done = remanso("publish", str(make(tmp_path, "elsewhere")))
    assert done.exit_code == 1
    assert "Copy it there" in done.output


@pytest.mark.parametrize("name", ["m", "m.tar.gz", "path"])
def test_a_name_or_a_path_publishes(settings, name):
    path = make(settings.models, "m")
    done = remanso("publish", str(path) if name == "path" else name)
    assert done.exit_code == 0, done.output
    assert "Published m.tar.gz. No engine is running" in done.output
    assert "already published, since 20" in remanso("publish", "m").output


def test_what_the_engine_refuses_is_not_published(settings, monkeypatch):
    from bot.engine import Engine

    async def refuse(self, path):
        raise EngineError("/model: 422 bad_model")

    published.publish(settings, make(settings.models, "good"))
    make(settings.models, "new")
    monkeypatch.setattr(Engine, "load", refuse)
    done = remanso("publish", "new", "--anyway", "--anyway")
    assert done.exit_code == 1
    assert "keeps the model it had" in done.output and "422" in done.output
    assert published.published_model(settings).name == "good.tar.gz"


# Back again.


def test_rollback_serves_the_model_before(settings):
    for name in ("first", "second", "third"):
        published.publish(settings, make(settings.models, name))
    assert "second.tar.gz again" in remanso("rollback").output
    assert "first.tar.gz again" in remanso("rollback").output
    done = remanso("rollback")
    assert done.exit_code == 1
    assert "No earlier model" in done.output
    assert published.published_model(settings).name == "first.tar.gz"


def test_rollback_passes_over_a_damaged_model_and_says_so(settings):
    for name in ("first", "second", "third"):
        published.publish(settings, make(settings.models, name))
    no_archive(settings.models / "second.tar.gz")
    done = remanso("rollback")
    assert "Passed over: second.tar.gz is damaged" in done.output
    assert published.published_model(settings).name == "first.tar.gz"


# Comparison and gate, on answers given by hand.


TEXTS = [
    Text("quiero hablar con alguien", "ask_human", INTENT, "es"),
    Text("me quiero morir", "self_harm", INTENT, "es"),
    Text("hello", "greet", INTENT, "en"),
    Text("¿y mi pedido?", "order_status", INTENT, "es"),
    Text("sois lo peor", "angry", FRUSTRATION, "es"),
    Text("gracias", "calm", FRUSTRATION, "es"),
]
RIGHT = ["ask_human", "self_harm", "greet", "order_status", "frustrated", "annoyed"]


def said(*words):
    return [
        Answer(word if text.kind == INTENT else "vent", word, 0.9 if word == "frustrated" else 0.1)
        for text, word in zip(TEXTS, words, strict=True)
    ]


def answering(monkeypatch, **by_model):
    """Let archives answer as told, or right, instead of asking them."""
    monkeypatch.setattr(scoring, "development_texts", lambda: TEXTS)
    monkeypatch.setattr(
        scoring,
        "answers",
        lambda settings, models, texts: [
            said(*by_model.get(archives.stem(one), RIGHT)) for one in models
        ],
    )


LESS_HUMAN = ["greet", *RIGHT[1:]]
LESS_STATUS = [*RIGHT[:3], "greet", *RIGHT[4:]]


def test_a_comparison_lists_losses_with_the_weightiest_first():
    worse = ["greet", "self_harm", "bye", "order_status", "calm", "calm"]
    found = compare.of_answers("old", "new", TEXTS, said(*RIGHT), said(*worse))
    assert [one.text.expected for one in found.lost] == ["ask_human", "greet", "angry"]
    assert (found.lost[0].a, found.lost[0].b) == ("ask_human", "greet")
    assert [one.text.text for one in found.critical] == ["quiero hablar con alguien"]
    assert found.classes == {"ask_human": (1, 1, 0), "greet": (1, 1, 0)}
    assert (found.tests[INTENT].lost, found.tests[FRUSTRATION].lost) == (2, 1)
    told = "\n".join(compare_text.lines(found))
    assert "! ask_human: «quiero hablar con alguien»  A: ask_human  B: greet" in told
    assert json.loads(json.dumps(found.as_dict()))["critical"] == 1


def test_a_level_is_right_when_frustrated_or_not_is():
    found = compare.of_answers("old", "new", TEXTS, said(*RIGHT), said(*RIGHT[:4], "angry", "calm"))
    assert not found.lost and not found.won
    assert "No text is understood better or worse." in list(compare_text.lines(found))


@pytest.mark.parametrize(
    "won, lost, p", [(0, 0, 1.0), (5, 5, 1.0), (10, 0, 2 / 1024), (1, 8, 20 / 512)]
)
def test_mcnemar_is_exact(won, lost, p):
    assert compare.mcnemar(won, lost) == pytest.approx(p)


def test_a_model_that_loses_a_request_for_a_person_is_refused_unless_told_twice(
    settings, monkeypatch
):
    published.publish(settings, make(settings.models, "old"))
    make(settings.models, "new")
    answering(monkeypatch, old=RIGHT, new=LESS_HUMAN)
    done = remanso("publish", "new")
    assert done.exit_code == 1
    assert "no longer understands 1 text of safety or ask_human" in done.output
    assert "«quiero hablar con alguien»" in done.output
    assert "remanso publish new --anyway --anyway" in done.output
    assert remanso("publish", "new", "--anyway", input="no\n").exit_code == 1
    assert published.published_model(settings).name == "old.tar.gz"
    assert remanso("publish", "new", "--anyway", input="new\n").exit_code == 0
    assert published.published_model(settings).name == "new.tar.gz"
    assert remanso("publish", "old", "--anyway", "--anyway").exit_code == 0


def test_other_losses_are_told_and_published(settings, monkeypatch):
    published.publish(settings, make(settings.models, "old"))
    make(settings.models, "new")
    answering(monkeypatch, old=RIGHT, new=LESS_STATUS)
    done = remanso("publish", "new")
    assert done.exit_code == 0
    assert "It loses no texts of safety or ask_human and 1 of other" in done.output


def test_a_published_model_that_is_damaged_holds_no_new_one_up(settings, monkeypatch):
    published.publish(settings, make(settings.models, "old"))
    no_archive(settings.models / "old.tar.gz")
    make(settings.models, "new")
    answering(monkeypatch, old=RIGHT, new=LESS_HUMAN)
    assert remanso("publish", "new").exit_code == 0


def test_a_model_that_the_present_code_cannot_run_is_refused(settings, monkeypatch):
    def fail(*_):
        raise ConfigError("new.tar.gz does not fit the present code")

    make(settings.models, "new")
    monkeypatch.setattr(scoring, "answers", fail)
    done = remanso("publish", "new", "--anyway", "--anyway")
    assert done.exit_code == 1
    assert "does not fit" in done.output
    assert not (settings.models / "published.json").exists()


def test_the_compare_command_takes_names_and_its_own_texts(settings, monkeypatch, tmp_path):
    make(settings.models, "old"), make(settings.models, "new")
    answering(monkeypatch, old=RIGHT, new=LESS_HUMAN)
    assert "Lost by B (1)" in remanso("compare", "old", "new").output
    assert json.loads(remanso("compare", "old", "new", "--json").output)["b"] == "new"
    (tmp_path / "texts.yml").write_text("something: else\n")
    done = remanso("compare", "old", "new", "--on", str(tmp_path / "texts.yml"))
    assert done.exit_code == 1
    assert "neither 'nlu:'" in done.output


# Measures and cards.


def test_texts_are_read_in_both_formats(tmp_path):
    (tmp_path / "dev_en.yml").write_text("nlu:\n- intent: greet\n  examples: |\n    - hello\n")
    (tmp_path / "frustration_dev_es.yml").write_text(
        'examples:\n  - {text: "no", level: angry, context: ["otra vez"]}\n'
    )
    assert scoring.development_texts(tmp_path) == [
        Text("hello", "greet", INTENT, "en"),
        Text("no", "angry", FRUSTRATION, "es", ("otra vez",)),
    ]


def test_the_measures():
    measured = metrics(
        TEXTS, said("ask_human", "emergency", "ask_human", "order_status", "angry", "calm")
    )
    assert measured["intents"]["all"] == {
        "texts": 4, "accuracy": 0.5, "macro_f1": pytest.approx(0.4167, abs=1e-4),
        "ask_human_recall": 1.0, "ask_human_precision": 0.5, "safety_recall": 1.0,
    }  # fmt: skip
    assert measured["intents"]["en"]["accuracy"] == 0.0
    assert measured["frustration"]["es"]["f1"] == 1.0


def test_a_card_says_what_the_model_is(settings, monkeypatch):
    model = make(settings.models, "m")
    answering(monkeypatch, m=RIGHT)
    cards.write(settings, model, mark="abc", seconds=61.24)
    card = cards.read(model)
    assert (card["name"], card["data"], card["training_seconds"]) == ("m", "abc", 61.2)
    assert card["encoder"] == {"hash": ENCODER, "source": "a test"}
    assert card["rasa"] == RASA
    assert set(card["examples"]["intents"]["ask_human"]) == {"es", "en"}
    assert set(card["examples"]["levels"]) == {"calm", "annoyed", "frustrated", "angry"}
    assert "threshold" in card["thresholds"]["FallbackClassifier"]
    assert card["metrics"]["intents"]["es"]["accuracy"] == 1.0
    assert any("accuracy 1.000" in line for line in cards.essence(card))


def test_a_model_that_cannot_be_asked_still_gets_a_card(settings, monkeypatch, few_examples):
    def fail(*_):
        raise ConfigError("no encoder")

    monkeypatch.setattr(scoring, "answers", fail)
    model = make(settings.models, "m")
    card = cards.write(settings, model, mark="abc", seconds=1.0)
    assert card["not_measured"] == "no encoder"
    assert "no encoder" in " ".join(cards.essence(card))


def test_the_list_marks_the_published_model_and_what_is_wrong(settings, monkeypatch, few_examples):
    answering(monkeypatch, good=RIGHT)
    good = make(settings.models, "good")
    cards.write(settings, good, mark="abc", seconds=1.0)
    published.publish(settings, good)
    make(settings.models, "strange", encoder="f" * 16)
    no_archive(settings.models / "broken.tar.gz")
    rows = {row[1]: row for row in cards.table(settings)}
    assert rows["good"][0] == "*" and rows["good"][3] == "1.000"
    assert rows["strange"][0] == "" and rows["strange"][-1] == f"{'f' * 16} (missing)"
    assert rows["broken"][2] == "damaged"
    assert "* good" in remanso("models").output.replace("  ", " ")


def test_without_models_the_list_says_how_to_make_one(settings):
    assert "remanso train" in remanso("models").output


def test_errors_of_the_encoder_name_it(settings):
    with pytest.raises(EncoderError, match="f" * 16):
        archives.check(settings, make(settings.models, "m", encoder="f" * 16))
