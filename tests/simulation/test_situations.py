"""What agents practise with, and the course of a practice."""

import pytest
import yaml

from bot.settings import ROOT
from bot.simulation.course import NotPlayable, Reply, play
from bot.simulation.persona import PersonaError
from bot.simulation.plain_text import plain
from bot.simulation.situation import is_draft, read, read_all
from evaluation import people

pytestmark = pytest.mark.unit

FOLDER = ROOT / "data" / "practice"
ALL = read_all(FOLDER)
PRAM = ALL["late_pram"]
SEEDS = [str(number) for number in range(12)]


def course(situation, *replies, seed="1"):
    made = [one if isinstance(one, Reply) else Reply(one) for one in replies]
    return play(situation, seed, made)


def spoken(persona):
    return [*persona.open, *persona.more, *(one for own in persona.lines.values() for one in own)]


# what there is


def test_there_is_something_for_every_complaint_mood_and_place():
    people_ = [one.persona for one in ALL.values()]
    assert len(ALL) >= 14
    assert {"late_delivery", "double_charge", "quality", "technical", "policy"} <= {
        one.issue for one in ALL.values()
    }
    assert {"ES", "MX", "AR", "CO", "EN"} <= {one.region for one in people_}
    assert sum(one.language == "en" for one in people_) >= 4
    assert {"safety", "legal", "authority"} <= {one.due for one in people_}
    assert any(one.insults for one in people_)
    assert any("polite" in one.style and one.temper > 0.7 for one in people_)
    assert any(one.temper < 0.25 for one in people_)


def test_none_of_the_evaluations_words_are_used_for_practice():
    theirs = {plain(text) for one in people.read_all().values() for text in spoken(one)}
    ours = {plain(text) for one in ALL.values() for text in spoken(one.persona)}
    assert not theirs & ours
    assert not set(ALL) & set(people.read_all())


def test_nobody_practises_with_what_the_model_learns():
    trained = {
        plain(line.strip()[2:])
        for path in (ROOT / "data" / "nlu").glob("*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith("- ")
    }
    long = [text for one in ALL.values() for text in spoken(one.persona) if len(text.split()) > 3]
    assert not [text for text in long if plain(text) in trained]


def test_rasa_takes_no_situation_for_training_data():
    keys = {"nlu", "stories", "rules", "responses", "version", "intents"}
    for path in FOLDER.glob("*.yml"):
        assert not keys & set(yaml.safe_load(path.read_text(encoding="utf-8"))), path.name


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("seed", SEEDS[:3])
def test_a_customer_finds_words_whatever_is_written(name, seed):
    said = ["Buenas.", "¿Me da su número de pedido?", "Cálmese.", "Le llamarán.", "No.", "Espere."]
    lines = course(ALL[name], *said, *said, seed=seed).lines
    assert all(line.text and "{" not in line.text for line in lines)


@pytest.mark.parametrize("name", [name for name, one in ALL.items() if one.deeds])
def test_the_good_end_of_a_situation_can_be_reached(name):
    situation = ALL[name]
    deed = situation.deeds[0]
    most = {**situation.may, **(situation.supervisor or {})}[deed]
    asked = [Reply(deed="supervisor")] if (situation.may.get(deed) or most) != most else []
    facts = " ".join(values[0] for values in situation.persona.facts.values())
    ended = course(
        situation, f"Lo siento: {facts}.", *asked, Reply(deed=deed, amount=most), Reply(deed="end")
    )
    assert ended.over == "solved"
    assert ended.mood < ended.start


@pytest.mark.parametrize("name", [name for name, one in ALL.items() if one.team])
def test_the_right_team_calms_and_another_does_not(name):
    situation = ALL[name]
    right = course(situation, Reply(deed="transfer", team=situation.team))
    wrong = course(situation, Reply(deed="transfer", team="general"))
    assert (right.over, wrong.over) == ("handed_over", "wrong_team")
    assert right.mood < right.start < wrong.mood


# the course


def test_words_move_the_mood_both_ways():
    heard = course(PRAM, "Tres semanas sin el cochecito es demasiado, lo siento.")
    told_off = course(PRAM, "Cálmese, por favor.")
    assert heard.mood < heard.start < told_off.mood


def test_what_was_told_to_the_bot_need_not_be_asked_again():
    seen = course(PRAM, "¿Me da su número de pedido?").moments[0].impression
    assert "asked_again" in seen.signals


def test_a_customer_asks_a_person_for_their_supervisor_and_not_for_a_person():
    said = [
        line.text.lower()
        for seed in SEEDS
        for line in course(PRAM, *["Estamos en ello."] * 9, seed=seed).lines
    ]
    asked = [text for text in said if "supervisor" in text or "encargad" in text or "jefe" in text]
    assert asked
    assert not [text for text in said if "un humano" in text or "ser humano" in text]


def test_whoever_is_left_alone_leaves():
    overs = {course(PRAM, *["Estamos en ello."] * 30, seed=seed).over for seed in SEEDS}
    assert overs == {"left"}


def test_asking_a_supervisor_is_noticed_and_gives_more():
    situation = ALL["charged_twice_argentina"]
    asked = course(situation, Reply(deed="supervisor"), "Ya lo está viendo.")
    assert asked.may["refund"] == 90_000
    assert "consulted" in asked.moments[0].impression.signals


def test_a_supervisor_may_say_no():
    asked = course(ALL["used_mattress_policy"], Reply(deed="supervisor"))
    assert asked.lines[-1].allowed == ()
    assert asked.may == ALL["used_mattress_policy"].may


def test_a_fact_that_was_wanted_is_the_solution():
    situation = ALL["where_is_it_colombia"]
    ended = course(situation, "Le llega el jueves entre las 9 y las 13 h.", Reply(deed="end"))
    assert ended.over == "solved"


@pytest.mark.parametrize(
    ("reply", "field"),
    [
        (Reply(), "replies[0]"),
        (Reply("a", "end"), "replies[0]"),
        (Reply(deed="cancel"), "replies[0].deed"),
        (Reply(deed="refund", amount=10_000), "replies[0].amount"),
        (Reply(deed="refund", amount=float("nan")), "replies[0].amount"),
        (Reply(deed="transfer"), "replies[0].team"),
    ],
)
def test_what_cannot_be_played_is_named(reply, field):
    with pytest.raises(NotPlayable) as found:
        course(PRAM, reply)
    assert found.value.field == field


def test_nothing_happens_after_the_end():
    ended = course(PRAM, Reply(deed="end"), "¿Sigue ahí?")
    assert [line.who for line in ended.lines] == ["customer", "deed"]


# wrong files


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("issue: late_delivery\n", "", "'issue' is missing"),
        ("money: €", "monye: €", "'money' is missing"),
        ("good: {deeds: [resend, refund]}", "good: {deeds: [resnd]}", "'resnd' is none of"),
        ("good: {deeds: [resend, refund]}", "good: {}", "deeds, told or team"),
        ("refund: 189, voucher: 20}", "refund: lots, voucher: 20}", "'refund' is a positive"),
        ("temper: 0.88", "temper: 8.8", "'temper' is 8.8"),
        ("  called: Rosario\n", "", "'called' is missing"),
        ("region: ES", "region: FR", "'region' is 'FR'"),
        ('"Una solución con día', "Una solución: con día", "is a list of texts"),
        ("who: customer", "who: nobody", "each line has"),
        ("money: €", "money: [", "not readable as YAML"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(tmp_path, old, new, told):
    text = (FOLDER / "late_pram.yml").read_text(encoding="utf-8")
    assert old in text
    if new.startswith("Una solución:"):
        text = text.replace('disculpa."]', "disculpa]")
    path = tmp_path / "late_pram.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PersonaError, match=r"^late_pram\.yml:\d+: ") as found:
        read(path)
    assert told in str(found.value)


def test_the_line_is_that_of_the_field(tmp_path):
    lines = (FOLDER / "late_pram.yml").read_text(encoding="utf-8").splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("  temper:"))
    lines[place] = "  temper: 2"
    path = tmp_path / "late_pram.yml"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(PersonaError, match=rf":{place + 1}: "):
        read(path)


def test_a_draft_is_not_practised(tmp_path):
    path = tmp_path / "late_pram.yml"
    path.write_text("draft: true\n" + (FOLDER / path.name).read_text(encoding="utf-8"), "utf-8")
    assert is_draft(path)
    with pytest.raises(PersonaError, match="draft"):
        read(path)


def test_a_solution_stops_whoever_was_about_to_leave():
    # unheard and asking for a supervisor, until what they need is done
    for seed in SEEDS:
        said = ["Cálmese.", "Estamos en ello.", Reply(deed="resend"), "Sale otro hoy.", "Gracias."]
        assert course(PRAM, *said, seed=seed).over in ("", "solved")


def test_money_does_not_settle_a_case_that_was_for_urgent_help():
    situation = ALL["cannot_pay_english"]
    paid = Reply(deed="refund", amount=64)
    ended = course(situation, paid, "I have refunded the 64 pounds.", Reply(deed="end"))
    assert ended.over == "missed"
