"""A small checkout for tests: data of two intents and four levels, and held-out texts."""

import shutil

from bot.settings import ROOT

PERSON = """version: "3.1"
nlu:
# Plain requests.
- intent: ask_human
  examples: |
    - quiero hablar con una persona
    - páseme con un agente

- intent: late_delivery
  examples: |
    - mi pedido no llega
    - ¿dónde está lo que compré?
# The end.
"""
GRADED = """# Graded.
examples:
  - {text: "no", level: calm, region: es, domain: shop, style: even, context: ["ah, gracias"]}
  - {text: "sois unos ladrones", level: angry, region: es, domain: shop, style: furious}
"""
HELD_OUT = """version: "3.1"
nlu:
- intent: ask_human
  examples: |
    - necesito que me atienda un ser humano
"""
LOOKALIKES = 'not_ask_human:\n  - "la persona del reparto fue muy amable"\n'
FRUSTRATION = 'examples:\n  - {text: "esto ya pasa de castaño oscuro", level: angry}\n'
FILES = {
    "data/nlu/es_people.yml": PERSON,
    "data/frustration/es_shop.yml": GRADED,
    "evaluation/nlu/test_es.yml": HELD_OUT,
    "evaluation/nlu/lookalikes_es.yml": LOOKALIKES,
    "evaluation/nlu/frustration_test_es.yml": FRUSTRATION,
    "domain.yml": "intents:\n  - ask_human\n  - late_delivery\n  - greet\n  - nlu_fallback\n",
}


def make(root):
    """Write the small checkout into the folder ``root`` and return it."""
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (root / "data" / "patterns").mkdir()
    shutil.copy(ROOT / "data" / "patterns" / "language.yml", root / "data" / "patterns")
    return root


def state(root):
    """Return the content of every file below ``root``."""
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
