"""The simulated customers' judge: what a careful reader sees in a reply, label by label."""

from functools import cache
from pathlib import Path

import pytest
import yaml

from bot.simulation.judge import judge, kinds

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(__file__).with_name("labelled_replies.yml")
LABELS = {
    "names_fact": lambda seen: bool(seen.facts),
    "acknowledges": lambda seen: seen.acknowledges,
    "asks_order": lambda seen: "order" in seen.asks,
    "asks_proof": lambda seen: "proof" in seen.asks,
    "asks_problem": lambda seen: "problem" in seen.asks,
    "offers_step": lambda seen: bool(seen.offers),
    "done": lambda seen: bool(seen.done),
    "told": lambda seen: seen.told,
    "offers_person": lambda seen: seen.offers_person,
    "transfers": lambda seen: seen.transfers,
    "cheer": lambda seen: seen.cheer,
    "calm_down": lambda seen: seen.calm_down,
    "promise": lambda seen: seen.promise,
    "not_understood": lambda seen: seen.not_understood,
    "repeats": lambda seen: seen.repeats,
}
LEAST = 0.95  # accuracy of each label


@cache
def labelled():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


@cache
def mistakes():
    """Label, whether it is there, and the reply, for every verdict that is wrong."""
    return list(_mistakes())


def _mistakes():
    data = labelled()
    for one in data["replies"]:
        seen = judge(
            one["say"], one.get("choices", ()), facts=data["facts"], before=one.get("before", ())
        )
        for label, holds in LABELS.items():
            if holds(seen) != (label in one["is"]):
                yield label, label in one["is"], " ".join(one["say"])


def test_there_are_enough_labelled_replies_of_every_kind():
    data = labelled()
    assert len(data["replies"]) >= 100
    used = [label for one in data["replies"] for label in one["is"]]
    assert set(used) == set(LABELS)
    assert min(used.count(label) for label in LABELS if label != "repeats") >= 4


@pytest.mark.parametrize("label", LABELS)
def test_the_judge_sees_what_a_reader_sees(label):
    count = len(labelled()["replies"])
    wrong = [row for row in mistakes() if row[0] == label]
    assert 1 - len(wrong) / count >= LEAST, wrong


@pytest.mark.parametrize("label", LABELS)
def test_the_judge_misses_few_of_what_is_there(label):
    there = sum(label in one["is"] for one in labelled()["replies"])
    missed = [row for row in mistakes() if row[0] == label and row[1]]
    assert len(missed) <= 0.15 * there, missed


def test_a_fact_counts_however_it_is_written():
    facts = {"wait": ["21 días"], "product": ["cafetera"], "amount": ["59"]}
    assert judge(["Son veintiún días."], facts=facts).facts == ("wait",)
    assert judge(["las cafeteras"], facts=facts).facts == ("product",)
    assert judge(["59,00 € y 590"], facts=facts).facts == ("amount",)
    assert judge(["en 2159 no"], facts=facts).facts == ()


def test_generic_is_an_acknowledgement_that_fits_anybody():
    facts = {"product": ["manta"]}
    assert judge(["Lamento lo ocurrido."], facts=facts).generic
    assert not judge(["Lamento lo de la manta."], facts=facts).generic


def test_a_question_about_the_order_is_no_repetition_with_another_number():
    before = ["El pedido 48213 va con retraso."]
    assert not judge(["El pedido 50118 va con retraso."], facts={}, before=before).repeats
    assert judge(["El pedido 48213 va con retraso"], facts={}, before=before).repeats


@pytest.mark.parametrize(
    "title, kind",
    [
        ("Reenviarlo", "resend"),
        ("Devolverme el dinero", "refund"),
        ("Refund me", "refund"),
        ("Hablar con una persona", "person"),
        ("Cancelarlo", "cancel"),
    ],
)
def test_buttons_are_read_by_their_titles(title, kind):
    assert kind in kinds(title)
