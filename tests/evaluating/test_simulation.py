"""Simulated customers: who they are, how their mood moves, what they say next."""

import ast
import random
from pathlib import Path

import pytest
import yaml

from bot.simulation import mood, persona, talk, writing
from bot.simulation.acts import Screen
from bot.simulation.customer import Customer
from bot.simulation.judge import judge
from bot.simulation.plain_text import plain
from evaluation import people
from evaluation import simulate_measures as measures

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
PERSONAS = people.read_all()
LATE = PERSONAS["late_coffee_maker"]
CALM = PERSONAS["status_lamp"]


class Scripted:
    """A bot that says what it is told to, in order; the last screen stays."""

    def __init__(self, *screens, booked=()):
        self.screens, self.booked, self.acts = list(screens), booked, []

    def act(self, act):
        self.acts.append(act)
        return self.screens.pop(0) if len(self.screens) > 1 else self.screens[0]

    def notes(self):
        return {"error": None, "trigger": None, "wording": []}

    def ledger(self):
        return self.booked


def play(who, *screens, seed="s", booked=()):
    bot = Scripted(*screens, booked=booked)
    return talk.talk(who, seed, lambda _: bot), bot


def screen(text, *choices, handed_over=False):
    return Screen((text,) if isinstance(text, str) else tuple(text), choices, handed_over)


# apart from the product


def test_the_simulation_shares_no_code_and_no_text_with_the_product():
    strangers = []
    for path in (ROOT / "bot" / "simulation").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            strangers += [
                f"{path.name}: {name}"
                for name in names
                if name.split(".")[0] in ("bot", "actions", "rasa", "rasa_sdk", "evaluation")
                and not name.startswith(("bot.simulation", "bot.errors"))
            ]
        code = text.replace(ast.get_docstring(ast.parse(text), clean=False) or "", "")
        strangers += [path.name for word in ("responses", "data/", '"data"') if word in code]
    assert not strangers


def lines_of(folder):
    for path in sorted(folder.glob("*.yml")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip().startswith("- "):
                yield " ".join(plain(line.strip()[2:].strip("\"'")).split())


def test_customers_do_not_write_what_the_model_was_trained_on():
    trained = set(lines_of(ROOT / "data" / "nlu")) | set(lines_of(ROOT / "evaluation" / "nlu"))
    mine = [text for one in PERSONAS.values() for text in (*one.open, *one.more)]
    assert not [text for text in mine if plain(text) in trained]


# who they are


def test_there_are_enough_personas_in_both_languages_with_every_reason_for_a_person():
    assert len(PERSONAS) >= 14
    assert {one.language for one in PERSONAS.values()} == {"es", "en"}
    assert {one.due for one in PERSONAS.values()} == {None, *persona.DUE}
    assert any(one.calms == 0 for one in PERSONAS.values())
    assert any(one.temper < 0.2 for one in PERSONAS.values())


@pytest.mark.parametrize("name", PERSONAS)
def test_a_persona_can_say_everything_it_may_need(name):
    who = PERSONAS[name]
    needs = ("open", "more", "vent", "ask_person", "thanks", "leave", f"want_{who.wants[0]}")
    for need in needs:
        for level in (0.1, 0.6, 0.95):
            text = writing.Writer(who, random.Random(1)).write(need, level)
            assert text and "{" not in text


@pytest.mark.parametrize("name", PERSONAS)
def test_a_persona_is_a_customer_of_the_demo_shop(name):
    shop = yaml.safe_load((ROOT / "bot" / "backoffice" / "demo.yml").read_text(encoding="utf-8"))
    who = PERSONAS[name]
    customer = next(one for one in shop["customers"] if one["id"] == who.customer)
    orders = [one["number"] for one in shop["orders"] if one["customer"] == who.customer]
    assert set(who.facts.get("email", [customer["email"]])) == {customer["email"]}
    assert set(who.facts.get("postcode", [customer["postcode"]])) == {customer["postcode"]}
    assert set(who.facts.get("order", orders)) <= set(orders)


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_need_has_four_variations_in_every_temper(language):
    for need, tempers in writing.words(language).items():
        assert set(tempers) == {"calm", "cross", "furious"}, need
        assert min(len(set(texts)) for texts in tempers.values()) >= persona.LEAST, need


def test_both_languages_know_the_same_needs():
    assert set(writing.words("es")) == set(writing.words("en"))


@pytest.mark.parametrize(
    "change, field",
    [
        ({"due": "boredom"}, "due"),
        ({"temper": 1.5}, "temper"),
        ({"open": ["one"]}, "open"),
        ({"goal": {}}, "goal"),
        ({"region": "FR"}, "region"),
        ({"shoe_size": 41}, "shoe_size"),
    ],
)
def test_a_wrong_persona_is_refused_by_name(tmp_path, change, field):
    path = people.FOLDER / "late_coffee_maker.yml"
    data = yaml.safe_load(path.read_text(encoding="utf-8")) | change
    wrong = tmp_path / path.name
    wrong.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(persona.PersonaError, match=field):
        persona.read(wrong)


# what they write


def test_the_same_seed_writes_the_same():
    one, two = (writing.Writer(LATE, random.Random("7")) for _ in range(2))
    needs = ["open", "vent", "give_order", "ask_person", "vent"]
    assert [one.write(need, 0.9) for need in needs] == [two.write(need, 0.9) for need in needs]


def test_numbers_and_addresses_are_never_misspelt():
    for seed in range(60):
        writer = writing.Writer(PERSONAS["late_flask_rosario"], random.Random(seed))
        assert "florencia.acuna@ejemplo.com.ar" in writer.write("give_email", 0.9)
        assert "50524" in writer.write("give_order", 0.6)


def test_words_of_a_region_are_only_used_there():
    tagged = {
        writing.Writer(LATE, random.Random(seed)).write("vent", 0.9).lower() for seed in range(80)
    }
    assert not any("chantas" in text for text in tagged)


# moods


def moved(text, *, before=0.9, seen=None, counts=None, choices=()):
    book = mood.rules()
    verdict = judge([text], choices, facts=LATE.facts)
    found = mood.signals(verdict, seen or mood.Seen(wanted=("resend", "refund")), book)
    return mood.move(before, found, book, earlier=counts), found


def test_a_fact_calms_more_than_words_that_fit_anybody():
    named, _ = moved("Veintiún días sin la cafetera: es normal que le moleste.")
    generic, _ = moved("Lamento las molestias.")
    nothing, _ = moved("Bien.")
    assert named < generic < 0.9 < nothing


def test_the_same_comfort_does_not_work_for_ever():
    text = "Lamento los 21 días."
    assert moved(text)[0] < moved(text, counts={"acknowledged_with_fact": 2})[0]


@pytest.mark.parametrize(
    "text", ["Cálmese, por favor.", "¡Qué alegría verle!", "No le he entendido."]
)
def test_some_replies_make_it_worse(text):
    assert moved(text, before=0.6)[0] > 0.6


def test_cheer_only_hurts_who_is_angry():
    assert "cheer_when_angry" in moved("¡Hola! Su pedido está en camino.")[1]
    calm, _ = moved("¡Hola! ¿Cuál es su pedido?", before=0.2)
    assert calm == 0.2


def test_a_person_who_was_not_asked_for_does_not_calm():
    due = mood.Seen(wanted=(), handed_over=True, due=True)
    unasked = mood.Seen(wanted=(), handed_over=True)
    assert moved("Le paso con una persona.", seen=due)[0] < 0.9
    assert moved("Le paso con una persona.", seen=unasked)[0] > 0.9


def test_every_move_has_a_size_in_its_direction():
    book = mood.rules()
    calming = {name for name, size in book.moves.items() if size < 0}
    assert calming == {
        "acknowledged_with_fact",
        "acknowledged_generic",
        "step_offered",
        "step_done",
        "handed_over_when_due",
    }
    assert book.scaled("step_done", 0.5).moves["step_done"] == book.moves["step_done"] / 2


def test_whoever_is_furious_cooperates_less():
    book = mood.rules()
    assert mood.cooperates(0.2, book) > mood.cooperates(0.6, book) > mood.cooperates(0.9, book)


# what they do


def test_gives_the_order_when_asked_and_says_so_when_asked_again():
    asks = screen("¿Me dice el número de pedido?")
    record, _ = play(CALM, asks, asks, asks)
    needs = [turn["need"] for turn in record["turns"]]
    assert "give_order" in needs or "give_order_again" in needs
    assert any("asked_again" in turn["signals"] for turn in record["turns"])


def test_presses_or_names_the_choice_that_serves_them():
    offers = screen("¿Qué prefiere?", "Reenviarlo", "Devolverme el dinero", "Una persona")
    said = []
    for seed in range(20):
        _, bot = play(PERSONAS["late_curtains_english"], offers, seed=str(seed))
        said += [act.text for act in bot.acts if act.press]
    assert "Reenviarlo" in said
    assert "Devolverme el dinero" not in said


def test_thanks_and_goes_when_it_is_done():
    done = screen("Hecho: le devuelvo 89,90 € del pedido 48213. Referencia REF-1.")
    record, bot = play(LATE, done, screen("De nada."), booked=["refund"])
    assert [act.need for act in bot.acts] == ["open", "thanks"]
    assert (record["over"], record["resolved"]) == ("solved", True)
    assert record["end"] < record["start"]


def test_believes_the_ledger_and_not_the_words():
    done = screen("Hecho: le devuelvo 89,90 € del pedido 48213. Referencia REF-1.")
    record, _ = play(LATE, done, screen("De nada."), booked=[])
    assert not record["resolved"]


def test_asks_for_a_person_when_patience_ends_and_leaves_when_blocked():
    record, bot = play(PERSONAS["nothing_calms"], screen("Estamos en ello."))
    needs = [act.need for act in bot.acts]
    assert "ask_person" in needs
    assert needs[-1] == "leave"
    assert record["over"] == "left"
    assert any("blocked_from_person" in turn["signals"] for turn in record["turns"])


def test_nothing_calms_whom_nothing_calms():
    record, _ = play(
        PERSONAS["nothing_calms"], screen("Lamento los cinco días sin los auriculares.")
    )
    assert record["end"] >= record["start"]


def test_a_conversation_ends_with_the_person():
    record, bot = play(LATE, screen("Le paso con una persona.", handed_over=True))
    assert len(bot.acts) == 1
    assert record["over"] == "handed_over"
    assert record["due"] is None


def test_whoever_asked_for_a_person_was_due_one():
    quiet = screen("Estamos en ello.", "Hablar con una persona")
    handed = screen("Le paso con una persona.", handed_over=True)
    record, _ = play(PERSONAS["nothing_calms"], *[quiet] * 4, handed)
    assert record["due"] == "patience"


def test_the_same_seed_has_the_same_conversation():
    screens = [screen("¿Me dice el número de pedido?"), screen("¿Qué prefiere?", "Reenviarlo")]
    one, _ = play(LATE, *screens, seed="a")
    two, _ = play(LATE, *screens, seed="a")
    other, _ = play(LATE, *screens, seed="b")
    assert one == two
    assert one != other


def test_a_stay_button_is_pressed_by_whoever_does_not_want_a_person():
    who = Customer(CALM, "1")
    who.opening()
    seen = screen("¿Quiere que siga una persona?", "Hablar con una persona", "Seguir aquí")
    acts = {who.answer(seen, who.read(seen)).need for _ in range(2)}
    assert acts <= {"stay", "want_status"}


# numbers


def record_of(name, *, over="solved", resolved=True, start=0.8, end=0.2, due=None, turns=None):
    first = {
        "said": "tres semanas sin la cafetera",
        "acknowledges": True,
        "facts": ["wait"],
        "signals": ["step_done"],
        "repeats": False,
        "error": None,
        "handed_over": over == "handed_over",
    }
    return {
        "persona": name,
        "start": start,
        "end": end,
        "over": over,
        "resolved": resolved,
        "due": due,
        "turns": turns if turns is not None else [first],
    }


def test_precision_and_recall_of_handoffs():
    records = [
        record_of("late_coffee_maker", over="handed_over", resolved=False),
        record_of("lawyer_bicycle", over="handed_over", resolved=False, due="legal"),
        record_of("lawyer_bicycle", over="left", resolved=False, due="legal"),
        record_of("late_coffee_maker"),
    ]
    found = measures.measure(records, PERSONAS)
    assert found["handoff_recall"]["value"] == 0.5
    assert found["handoff_precision"]["value"] == 0.5
    assert found["resolved"] == {"value": 0.5, "low": 0.0, "high": 1.0, "of": 2}


def test_intervals_hold_the_value_and_narrow_with_more_conversations():
    few = measures.measure([record_of("late_coffee_maker")] * 5, PERSONAS)["calmed"]
    mixed = [record_of("late_coffee_maker", end=end) for end in (0.2, 0.9) * 100]
    many = measures.measure(mixed, PERSONAS)["calmed"]
    assert few["value"] == few["low"] == 1.0
    assert many["low"] < many["value"] == 0.5 < many["high"]
    assert many["high"] - many["low"] < 0.2


def test_who_came_calm_does_not_count_as_calmed():
    found = measures.measure([record_of("status_lamp", start=0.1, end=0.1)], PERSONAS)
    assert found["calmed"]["value"] is None


def test_other_rules_of_moods_are_counted_on_the_recorded_words():
    done = screen("Hecho: reenviado el pedido 48213, la cafetera. Lo lamento.")
    record, _ = play(LATE, done, screen("De nada."))
    book = mood.rules()
    same = measures.replayed(record, LATE, book)
    weaker = measures.replayed(record, LATE, book.scaled("step_done", 0.5))
    assert same["end"] == pytest.approx(record["end"])
    assert weaker["end"] > same["end"]


def test_a_conversation_is_written_for_people():
    record, _ = play(LATE, screen("Le paso con una persona.", handed_over=True))
    text = talk.written(record)
    assert "late_coffee_maker" in text
    assert "handed_over_unasked" in text
