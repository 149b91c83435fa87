"""Every component: trained, persisted, loaded, and given anything a customer may send."""

import copy
import json

import numpy as np
import pytest
from component_checks import STRANGE, Pipeline, examples, message, same
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.errors import ConfigError, EncoderError
from bot.nlu import shared_encoder
from bot.nlu.also_detector import AlsoDetector
from bot.nlu.encoder_featurizer import EncoderFeaturizer, vector_of
from bot.nlu.frustration_classifier import FrustrationClassifier
from bot.nlu.intent_classifier import IntentClassifier
from bot.nlu.language_detector import LanguageDetector
from bot.nlu.normaliser import Normaliser
from bot.nlu.pattern_extractor import PatternExtractor
from bot.nlu.spacy_tokenizer import SpacyBlankTokenizer
from bot.nlu.turn_metadata import TurnMetadata

pytestmark = pytest.mark.model

GRADED = {
    "calm": ["hola, ¿cuándo llega?", "gracias, muy amable", "quiero cambiar la talla", "perfecto"],
    "annoyed": ["vaya, otra vez tarde", "pues menudo servicio", "no era eso", "¿y cuándo?"],
    "frustrated": ["llevo semanas así", "nadie me contesta", "es la cuarta vez", "no puedo más"],
    "angry": ["sois unos ladrones", "iros a la mierda", "sinvergüenzas", "me estáis robando"],
}
CONTEXT = [("no", "frustrated", ["sigue sin cargar", "tampoco"])] * 6 + [
    ("no", "calm", ["ah, estupendo"])
] * 6


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """A small folder of graded examples."""
    folder = tmp_path_factory.mktemp("frustration")
    rows = [{"text": text, "level": level} for level in GRADED for text in GRADED[level]]
    rows += [{"text": text, "level": level, "context": before} for text, level, before in CONTEXT]
    (folder / "es_small.yml").write_text(json.dumps({"examples": rows}), encoding="utf-8")
    cues = {"cues": {"insult": {"es": ["sinverguenz*", "ladrones"], "en": []}}}
    (folder / "cues.yml").write_text(json.dumps(cues), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def pipeline(graded, tmp_path_factory):
    return Pipeline(
        tmp_path_factory.mktemp("model"),
        (TurnMetadata, {}),
        (Normaliser, {}),
        (SpacyBlankTokenizer, {}),
        (EncoderFeaturizer, {}),
        (LanguageDetector, {}),
        (IntentClassifier, {"C": 1.0}),
        (AlsoDetector, {}),
        (PatternExtractor, {}),
        (FrustrationClassifier, {"folder": str(graded), "penalty": 3.0}),
    ).train()


@pytest.fixture(scope="session")
def loaded(pipeline):
    return pipeline.load()


TEXTS = [
    "hola",
    "Llevo TRES SEMANAS esperando el pedido 48213, sois unos ladrones!!!",
    "I want to talk to a human",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_loaded_pipeline_says_what_the_trained_one_said(pipeline, loaded, text):
    assert same(pipeline.parse(text), loaded.parse(text))


@pytest.mark.parametrize("name", sorted(STRANGE))
def test_any_text_gets_an_answer(loaded, name):
    parsed = loaded.parse(STRANGE[name], context=[STRANGE[name], "hola"])
    assert 0 <= parsed["frustration"]["score"] <= 1
    assert parsed["frustration"]["level"] in ("calm", "annoyed", "frustrated", "angry")
    assert parsed["language"]["code"] in ("es", "en", "other")
    assert parsed["intent"]["name"]
    json.dumps(parsed)
    for found in [*parsed["entities"], *parsed["frustration"]["cues"]]:
        assert 0 <= found["start"] < found["end"] <= len(STRANGE[name])


def test_many_messages_at_once_are_understood_as_one_by_one(loaded):
    together = loaded.process(*(message(text) for text in TEXTS))
    for text, one in zip(TEXTS, together, strict=True):
        assert same(one.as_dict(only_output_properties=True), loaded.parse(text))


def test_nothing_is_persisted_as_a_pickle(pipeline, tmp_path_factory):
    folder = pipeline.storage._storage_path
    suffixes = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert suffixes == {".json", ".npz"}


@pytest.mark.parametrize(
    "kind",
    [AlsoDetector, EncoderFeaturizer, FrustrationClassifier, IntentClassifier, LanguageDetector,
     Normaliser, PatternExtractor, SpacyBlankTokenizer, TurnMetadata],
    ids=lambda kind: kind.__name__,
)  # fmt: skip
def test_rasa_knows_every_component(kind):
    assert DefaultV1Recipe._registered_components[kind.__name__].clazz is kind


# The intent, and the quick reply


def test_the_intent_is_the_nearest_meaning(loaded):
    assert loaded.parse("¿puedo hablar con alguien?")["intent"]["name"] == "ask_human"
    assert loaded.parse("no me ha llegado el paquete")["intent"]["name"] == "late_delivery"


def test_the_ranking_falls_and_leaves_room_for_saying_nothing(loaded):
    ranking = loaded.parse("hola")["intent_ranking"]
    confidences = [one["confidence"] for one in ranking]
    assert confidences == sorted(confidences, reverse=True)
    assert 0.5 < sum(confidences) <= 1.0 + 1e-6


def test_a_clause_is_read_with_no_intent_favoured(pipeline):
    config = {"favour": {"late_delivery": 9.0}, "favour_from": 0.0}
    kinds = [kind for kind, _ in pipeline.components]
    favouring = copy.copy(pipeline)
    favouring.components = [
        (kind, {**given, **config} if kind is IntentClassifier else given)
        for kind, given in pipeline.components
    ]
    plain, more = (one.load() for one in (pipeline, favouring))
    assert more.parse("hola")["intent"]["name"] == "late_delivery"
    at = kinds.index(IntentClassifier)
    assert more.fresh[at].read(TEXTS) == plain.fresh[at].read(TEXTS)


def test_whoever_reads_a_message_is_no_part_of_what_is_told_of_it(loaded):
    parsed = loaded.parse("no me ha llegado el paquete y quiero hablar con una persona")
    assert "read_by" not in parsed
    assert all(one["name"] != parsed["intent"]["name"] for one in parsed["also"])


def test_a_pressed_quick_reply_is_obeyed_and_is_calm(loaded):
    pressed = {"intent": "ask_human", "entities": {"order_number": "48213"}}
    parsed = loaded.parse("MIERDA, mi pedido", choice=pressed)
    assert parsed["intent"] == {"name": "ask_human", "confidence": 1.0}
    assert [(one["entity"], one["value"]) for one in parsed["entities"]] == [
        ("order_number", "48213")
    ]
    assert parsed["frustration"] == {
        "score": 0.0,
        "probability": 0.0,
        "complaint": 0.0,
        "level": "calm",
        "cues": [],
    }


def test_what_the_channel_vouches_for_reaches_the_parse_data(loaded):
    turn = {"id": "t_1", "choice": None, "identity": {"status": "verified"}, "language": "en"}
    parsed = loaded.parse("ok", turn=turn)
    assert parsed["turn"] == turn
    assert parsed["language"]["code"] == "en"  # "ok" shows nothing: the conversation's language
    assert "turn" not in loaded.parse("ok")


def test_training_without_examples_still_loads(tmp_path):
    from rasa.shared.nlu.training_data.training_data import TrainingData

    empty = Pipeline(
        tmp_path, (Normaliser, {}), (EncoderFeaturizer, {}), (IntentClassifier, {})
    ).train(TrainingData())
    assert empty.load().parse("hola")["intent"] == {"name": None, "confidence": 0.0}


# The encoder


def test_the_vector_is_that_of_the_normalised_text(loaded):
    one, other = loaded.process(message("HOLAAA, BUENAS"), message("hola, buenas"))
    np.testing.assert_array_equal(vector_of(one), vector_of(other))


def test_a_model_refuses_another_encoder(pipeline, tmp_path, monkeypatch):
    monkeypatch.setenv("REMANSO_MODELS", str(tmp_path))
    with pytest.raises(EncoderError, match=r"trained with the sentence encoder .* `remanso train`"):
        pipeline.load()


def test_a_new_encoder_makes_rasa_train_again(monkeypatch):
    before = [kind.fingerprint_addon({}) for kind in (EncoderFeaturizer, FrustrationClassifier)]
    monkeypatch.setattr(shared_encoder, "mark", lambda: "another")
    after = [kind.fingerprint_addon({}) for kind in (EncoderFeaturizer, FrustrationClassifier)]
    assert all(one != other for one, other in zip(before, after, strict=True))


# Frustration


def scores(pipeline, *texts, **metadata):
    return [pipeline.parse(text, **metadata)["frustration"]["score"] for text in texts]


def test_anger_scores_higher_than_thanks(loaded):
    calm, angry = scores(loaded, "muchas gracias por todo", "sois unos sinvergüenzas")
    assert angry > calm + 0.3


def test_the_customers_own_earlier_messages_count(loaded):
    alone, after = scores(loaded, "no"), scores(loaded, "no", context=["sigue sin ir", "tampoco"])
    assert after != alone


def test_the_tracker_gives_the_same_as_the_same_context(loaded):
    tracker = DialogueStateTracker.from_events(
        "c", [UserUttered("sigue sin ir", {"name": "a"}), UserUttered("tampoco", {"name": "a"})]
    )
    by_tracker = loaded.parse("no", tracker=tracker)["frustration"]
    assert by_tracker == loaded.parse("no", context=["sigue sin ir", "tampoco"])["frustration"]


def test_quick_replies_and_notes_of_agents_are_not_the_customers_words(loaded):
    pressed = {"turn": {"choice": {"intent": "affirm"}}}
    tracker = DialogueStateTracker.from_events(
        "c",
        [
            UserUttered("sois unos ladrones", {"name": "affirm"}, parse_data=pressed),
            UserUttered("", {"name": "hand_back"}),
        ],
    )
    assert loaded.parse("no", tracker=tracker)["frustration"] == loaded.parse("no")["frustration"]


def test_a_changed_example_makes_rasa_train_again_and_changes_the_score(graded, tmp_path):
    def build(name):
        config = {"folder": str(graded), "penalty": 3.0}
        built = Pipeline(tmp_path / name, (FrustrationClassifier, config)).train(examples())
        return FrustrationClassifier.fingerprint_addon(config), built

    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    mark, before = build("one")
    path = graded / "es_small.yml"
    text = path.read_text(encoding="utf-8")
    try:
        line = '{"text": "el patito de goma", "level": "angry"}'
        path.write_text(
            text.replace('{"examples": [', f'{{"examples": [{line}, '), encoding="utf-8"
        )
        other, after = build("two")
    finally:
        path.write_text(text, encoding="utf-8")

    assert mark != other
    assert scores(after, "un patito de goma")[0] > scores(before, "un patito de goma")[0] + 0.05


def test_the_word_list_can_be_switched_off(graded, pipeline):
    config = {"folder": str(graded), "penalty": 3.0, "lexicon": False}
    off = Pipeline(
        pipeline.storage._storage_path, *pipeline.components[:-1], (FrustrationClassifier, config)
    )
    off.storage = pipeline.storage
    text = "no sé si son ladrones, ¿cuándo llega?"
    parsed = off.load().parse(text)["frustration"]
    assert parsed["cues"] == []
    assert parsed["probability"] != pipeline.parse(text)["frustration"]["probability"]


def test_wrong_cuts_stop_the_training_with_a_clear_error(tmp_path):
    with pytest.raises(ConfigError, match=r"config\.yml"):
        Pipeline(tmp_path, (FrustrationClassifier, {"levels": {"annoyed": 0.9}})).train()
