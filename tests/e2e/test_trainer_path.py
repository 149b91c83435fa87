"""The path of docs/training.md: a trainer's change reaches a conversation that is under way."""

import json
import re

import pytest

from tests.checkout import Checkout
from tests.system import Customer

pytestmark = [pytest.mark.server, pytest.mark.long]

SPANISH = """
version: "3.1"
nlu:
- intent: gift_wrap
  examples: |
    - ¿me lo podéis envolver para regalo?
    - quiero que vaya envuelto para regalo
    - ¿hacéis envoltorio de regalo?
    - envoltorio de regalo, por favor
    - es un regalo, ¿lo envolvéis con papel bonito?
    - ¿cuánto cuesta envolverlo para regalo?
    - que lo envuelvan con un lazo
    - con papel de regalo, porfa
    - ¿puede ir en papel de regalo y con una tarjeta?
    - lo quiero envuelto, es para el cumpleaños de mi madre
    - ¿se puede pedir con envoltura de regalo?
    - necesito que venga envuelto, es un regalo de boda
    - pónganle moño y papel de regalo
    - me lo envuelven?
"""
ENGLISH = """
version: "3.1"
nlu:
- intent: gift_wrap
  examples: |
    - can you gift wrap it?
    - do you do gift wrapping
    - I'd like it wrapped as a present
    - how much is gift wrap
    - please put it in wrapping paper with a bow
    - it's a birthday present, can it come wrapped?
"""
RULE = """  - rule: Wrapped as a present
    steps:
      - intent: gift_wrap
      - action: utter_gift_wrap
"""
TEXTS = """
version: "3.1"
responses:
  utter_gift_wrap:
    - id: gift_wrap_es_1
      text: "Sí, lo envolvemos para regalo por 3 €. Se elige al terminar la compra."
      metadata: {language: es}
    - id: gift_wrap_es_2
      text: "El envoltorio de regalo cuesta 3 € y lleva una tarjeta con el texto que se quiera."
      metadata: {language: es}
    - id: gift_wrap_en_1
      text: "Yes, gift wrapping is 3 €. It can be chosen at the end of the purchase."
      metadata: {language: en}
    - id: gift_wrap_en_2
      text: "Gift wrapping costs 3 € and comes with a card and a text of your choice."
      metadata: {language: en}
"""
MORE = "¿me ponéis el libro en papel de regalo con un lacito?"
GRADED = "Pedí que fuera envuelto para regalo y llegó en una bolsa de basura, qué vergüenza pasé"


@pytest.fixture(scope="module")
def checkout(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trainer") / "checkout"
    copy = Checkout(folder, model)
    copy.remanso("publish", model.name)
    with copy:
        yield copy


def teach(checkout):
    """What a trainer does for a new intent: YAML for what is new, commands for one more."""
    checkout.edit("domain.yml", "  - store_info\n", "  - store_info\n  - gift_wrap\n")
    checkout.write("data/nlu/es_gift_wrap.yml", SPANISH)
    checkout.write("data/nlu/en_gift_wrap.yml", ENGLISH)
    checkout.add("data/rules/answers.yml", RULE)
    checkout.write("data/responses/gift_wrap.yml", TEXTS)
    checkout.remanso("examples", "add", "--intent", "gift_wrap", MORE)
    checkout.remanso("frustration", "add", "--level", "frustrated", GRADED)


def served(checkout):
    """The name of the published model."""
    published = checkout.folder / "models" / "published.json"
    return json.loads(published.read_text(encoding="utf-8"))["model"].removesuffix(".tar.gz")


def said(replies):
    return " ".join(reply["text"] for reply in replies)


def test_a_new_intent_is_answered_in_a_conversation_under_way(checkout):
    before = served(checkout)
    customer = Customer(checkout, language="es")
    heard = customer.say(
        "llevo tres semanas esperando el pedido 48213 y nadie me contesta, esto es una vergüenza"
    )
    assert "postal" in said(heard)

    teach(checkout)
    checkout.remanso("validate")
    trained = checkout.remanso("train", "--no-publish")
    name = re.search(r"(remanso-\w+)\.tar\.gz", trained).group(1)
    assert name != before == served(checkout)
    card = json.loads((checkout.folder / "models" / f"{name}.json").read_text(encoding="utf-8"))
    assert card["examples"]["intents"]["gift_wrap"] == {"en": 6, "es": 15}
    assert card["metrics"]["intents"]["es"]["accuracy"] > 0.4

    compared = json.loads(checkout.remanso("compare", "published", name, "--json"))
    assert (compared["a"], compared["b"]) == (before, name)
    if compared["critical"]:  # what a real trainer would mend, and here is only told twice
        refused = checkout.remanso("publish", name, code=1)
        assert "safety or ask_human" in refused and served(checkout) == before
        told = checkout.remanso("publish", name, "--anyway", "--anyway")
    else:
        told = checkout.remanso("publish", name)
    assert "The running engine answers with model" in told
    assert served(checkout) == name
    assert "already published" in checkout.remanso("publish", name)
    assert re.search(rf"^\* +{name} .*\n +{before} ", checkout.remanso("models"), re.M)

    assert "Cafetera Alba" in said(customer.say("28013"))  # the question was not asked again
    assert "3 €" in said(customer.say("¿me lo podéis envolver para regalo?"))

    assert f"{before}.tar.gz again" in checkout.remanso("rollback")
    assert served(checkout) == before
    assert "9:00" in said(customer.say("¿qué horario de atención al cliente tenéis?"))
    texts = [message["text"] for message in customer.messages()]
    for mine in ("28013", "¿me lo podéis envolver para regalo?"):
        assert texts.count(mine) == 1
    replies = [message["text"] for message in customer.messages() if message["author"] == "bot"]
    assert len(replies) == len(set(replies))


def test_a_damaged_model_changes_nothing(checkout):
    before = served(checkout)
    whole = (checkout.folder / "models" / f"{before}.tar.gz").read_bytes()
    (checkout.folder / "models" / "broken.tar.gz").write_bytes(whole[: len(whole) // 2])
    assert "broken.tar.gz is damaged" in checkout.remanso("publish", "broken", code=1)
    assert served(checkout) == before
    answer = Customer(checkout, language="es").say("¿qué horario de atención al cliente tenéis?")
    assert "9:00" in said(answer)
