"""The scripted conversations: their format, what they check, and that all demands are covered."""

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import BackOfficeDown, ConfigError
from evaluation import scenario_files, scenario_report, scenarios
from evaluation.faults import Fault, Faulty, TooSlow
from evaluation.in_parallel import Outcome
from evaluation.play import demo_shop
from evaluation.replies import Choice, Message, Reply
from evaluation.scenario_checks import always, expected, forbidden, language_of

pytestmark = pytest.mark.unit

PERSON = Choice("Hablar con una persona", "/ask_human")
AGAIN = Choice("Reenviarlo", "/request_resend")
ORDER = "El pedido 48213 está retenido. ¿Qué prefiere?"


def reply(*texts, choices=(), **extra):
    extra.setdefault("state", {"language": "es"})
    extra.setdefault("parse", {"frustration": {"level": "calm"}})
    return Reply("hola", tuple(Message(text, tuple(choices)) for text in texts), **extra)


def names(found):
    return [what for what, _, _ in found]


class Booked:
    def __init__(self, operation, cents):
        self.id, self.operation, self.amount_cents, self.subject = "B", operation, cents, "x"


@pytest.mark.parametrize(
    "expect, met, missed",
    [
        ({"says": ["pedido", ["reembolso", "RETENÍDO"]]}, reply(ORDER), reply("Hola.")),
        ({"says_not": ["calma"]}, reply(ORDER), reply("Tenga calma.")),
        ({"facts": {"count": 1, "of": ["48213", "5 días"]}}, reply(ORDER), reply("Hola.")),
        (
            {"response": "utter_a"},
            Reply("", (Message("Sí.", response="utter_a"),)),
            Reply("", (Message("Sí.", response="utter_b"),)),
        ),
        ({"listens": True}, reply("Así no hay quien esté."), reply(ORDER, choices=[AGAIN])),
        ({"listens": True}, reply("Cuente."), reply("¿Cuál es el número de pedido?")),
        ({"choices": 2}, reply(ORDER, choices=[AGAIN, PERSON]), reply(ORDER, choices=[PERSON])),
        ({"person": True}, reply(ORDER, choices=[PERSON]), reply(ORDER)),
        ({"person": True}, reply("Se encarga una persona."), reply("El personal descansa.")),
        ({"words": 3}, reply("Uno dos tres."), reply("Uno dos tres cuatro.")),
        ({}, reply("¿Uno o dos?"), reply("¿Uno?", "¿O dos?")),
        ({"language": "en"}, reply("It is on the way to you."), reply(ORDER)),
        ({"silent": True}, Reply("hola", silent=True), reply(ORDER)),
        ({"promises": 1}, reply("Sí.", promises=({"due": "x", "owner": "bot"},)), reply("Sí.")),
        ({"step": ["resolve"]}, reply("a", state={"step": "resolve"}), reply("a")),
        ({"level": "calm"}, reply("a"), reply("a", parse={"frustration": {"level": "angry"}})),
        ({"handoff": True}, reply("a", handoff={"trigger": "x"}), reply("a")),
        ({}, reply("a"), reply("a", handoff={"trigger": "x"})),
        (
            {"handoff": {"trigger": ["x", "y"], "risk": "legal", "facts": {"order": "48213"}}},
            reply("a", handoff={"trigger": "y", "risk": ["legal"], "facts": {"order": "48213"}}),
            reply("a", handoff={"trigger": "z", "risk": ["legal"], "facts": {"order": "48213"}}),
        ),
        (
            {"handoff": {"has": [["cobro", "charge"]]}},
            reply("a", handoff={"trigger": "y", "happened": "Cobro doble"}),
            reply("a", handoff={"trigger": "y", "happened": "Retraso"}),
        ),
    ],
)
def test_an_expectation_is_met_or_told(expect, met, missed):
    assert names(expected(expect, met, [])) == []
    assert len(set(names(expected(expect, missed, [])))) == 1


@pytest.mark.parametrize(
    "expect, new, fine",
    [
        ({"booked": {"refund": 64.99}}, [Booked("refund", 6499)], True),
        ({"booked": {"refund": 64.99}}, [Booked("refund", 6498)], False),
        ({"booked": {"resend": True}}, [Booked("resend", 0)], True),
        ({"booked": {"resend": True}}, [], False),
        ({"not_booked": True}, [Booked("voucher", 1000)], False),
        ({"not_booked": ["refund"]}, [Booked("voucher", 1000)], True),
        ({"not_booked": ["refund"]}, [Booked("refund", 1000)], False),
    ],
)
def test_the_ledger_is_what_counts(expect, new, fine):
    assert (not names(expected(expect, reply("a"), new))) is fine


def test_either_is_right_when_a_handoff_may_be():
    for one in (reply("a"), reply("a", handoff={"trigger": "x"})):
        assert not names(expected({"handoff": "maybe"}, one, []))


@pytest.mark.parametrize(
    "never, new, what",
    [
        ({"says": ["RETENIDO"]}, [], "never says"),
        ({"responses": ["utter_a"]}, [], "never responds"),
        ({"booked": ["refund"]}, [Booked("refund", 1)], "never booked"),
        ({"handoff": ["legal_threat"]}, [], "never handed over"),
    ],
)
def test_what_must_never_happen(never, new, what):
    said = Reply("", (Message(ORDER, response="utter_a"),), handoff={"trigger": "legal_threat"})
    assert names(forbidden(never, said, new)) == [what]
    assert not names(forbidden(never, reply("Hola."), []))


@pytest.mark.parametrize(
    "text, said, what",
    [
        ("Hola.", ["Hola."], "repeated_text"),
        ("Lamento la espera.", ["Lamento el retraso del pedido."], "second_apology"),
        ("Cálmese, por favor.", [], "wording"),
        ("El pedido {order} llega.", [], "nothing unfilled"),
        ("Su pedido es None.", [], "nothing unfilled"),
    ],
)
def test_what_is_always_checked(text, said, what):
    found = names(always({}, reply(text), said, "es"))
    assert any(what in one for one in found), found
    assert not names(always({}, reply("Su pedido sale mañana a las 12:00."), [], "es"))


def test_a_failure_inside_is_told_unless_it_is_expected():
    failed = reply("Sigue una persona.", error={"kind": "action_failed"})
    assert names(always({}, failed, [], "es")) == ["no error"]
    assert not names(always({"error": True}, failed, [], "es"))


def test_somebody_upset_gets_short_messages_and_a_promise_has_a_time():
    upset = {"frustration": {"level": "angry"}}
    long = " ".join(["palabra"] * 46) + "."
    assert "short when upset" in names(always({}, reply(long, parse=upset), [], "es"))
    vague = reply("Sale mañana.", promises=({"name": "resend", "owner": "bot"},))
    assert names(always({}, vague, [], "es")) == ["promise has a time and an owner"]


def test_the_language_of_a_reply():
    assert language_of("Your order is on the way to you.") == "en"
    assert language_of("Su pedido va de camino y llega mañana.") == "es"


def folder(tmp_path, text):
    (tmp_path / "one.yml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "text, told",
    [
        ("- {name: a, steps: [{say: hola, expet: {}}]}", "Did you mean 'expect'?"),
        ("- {name: a, steps: [{say: hola, expect: {sais: x}}]}", "Did you mean 'says'?"),
        ("- {name: a, steps: [{say: no}]}", "in quotes"),
        ("- {name: a, steps: []}", "no steps"),
        ("- {name: a, steps: [{say: hola, press: x}]}", "needs one of"),
        ("- {name: A b, steps: [{say: hola}]}", "lower case"),
        ("- {name: a, shop: {fault: {kind: dwn}}, steps: [{say: hola}]}", "Did you mean 'down'?"),
        ("- {name: a, steps: [{say: x}]}\n- {name: a, steps: [{say: y}]}", "two scenarios"),
        ("name: a", "list of scenarios"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(tmp_path, text, told):
    with pytest.raises(ConfigError, match=told.replace("?", r"\?")):
        scenario_files.read(folder(tmp_path, text))


def test_scenarios_are_chosen_by_name_group_or_tag(tmp_path):
    text = "- {name: a, tags: [money], steps: [{say: x}]}\n- {name: b, steps: [{say: y}]}"
    found = scenario_files.read(folder(tmp_path, text))
    assert [one.name for one in scenario_files.selected(found, ["money"])] == ["a"]
    assert (
        len(scenario_files.selected(found, ["one"])) == len(scenario_files.selected(found, [])) == 2
    )
    with pytest.raises(ConfigError, match="No scenario is called 'moneys'"):
        scenario_files.selected(found, ["moneys"])


@pytest.fixture(scope="module")
def real():
    return scenario_files.read()


def test_all_five_complaints_in_three_moods_and_both_languages(real):
    known = {one.name for one in real}
    for complaint in ("delay", "billing", "technical", "quality", "policy"):
        for mood in ("calm", "frustrated", "furious"):
            assert {f"{complaint}-{mood}-es", f"{complaint}-{mood}-en"} <= known
    assert len(real) >= 80


def test_every_switched_on_trigger_has_a_scenario(real):
    """Flags only raise a priority, and these are reached in other ways."""
    import yaml

    from bot.deescalation.firing import TRIGGERS
    from bot.settings import ROOT

    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    on = {name for policy in config["policies"] for name in policy.get("triggers") or {}}
    acts = {name: TRIGGERS[name].firing.act for name in on if name in TRIGGERS}
    offers = {name for name, act in acts.items() if act != "handoff"}
    reasons = {TRIGGERS[name].firing.reason_code: name for name in acts}
    text = "\n".join(path.read_text("utf-8") for path in scenario_files.FOLDER.glob("*.yml"))
    named = {name for name in acts if name in text}
    named |= {name for code, name in reasons.items() if code in text}
    assert not set(acts) - named - offers


def test_the_demo_shop_has_every_customer_that_is_signed_in(real):
    shop = demo_shop()
    for customer in {one.customer for one in real if one.customer}:
        assert shop.customer(customer), customer


@pytest.mark.parametrize(
    "kind, error, done",
    [("down", BackOfficeDown, False), ("lost", BackOfficeDown, True), ("hangs", TooSlow, True)],
)
def test_a_fault_tells_the_truth_to_nobody_but_the_ledger(kind, error, done):
    shop = demo_shop()
    broken = Faulty(shop, Fault(kind, methods=("resend",)))
    assert broken.order("48213").number == "48213"
    with pytest.raises(error):
        broken.resend("48213", key="k")
    assert bool(shop.ledger()) is done


def test_a_fault_begins_and_ends_when_it_should():
    broken = Faulty(demo_shop(), Fault("down", methods=("ping",), after=1, times=1))
    broken.ping()
    with pytest.raises(BackOfficeDown):
        broken.ping()
    broken.ping()


class FakeTalk:
    """A conversation whose replies are ready."""

    def __init__(self, shop, replies):
        self.shop, self.ready, self.replies, self.handed_over = shop, list(replies), [], False

    def say(self, text):
        if "resend" in text:
            self.shop.resend("48213", key="k")
        self.replies.append(self.ready.pop(0))
        self.handed_over = self.replies[-1].handoff is not None
        return self.replies[-1]

    def transcript(self, last=None):
        return "\n".join(one.text for one in self.replies)


class FakeBot:
    def __init__(self, *replies):
        self.replies = replies

    def conversation(self, *, shop, **about):
        self.talk = FakeTalk(shop, self.replies)
        return self.talk


def scenario(tmp_path, text):
    return scenario_files.read(folder(tmp_path, text))[0]


def test_a_scenario_that_goes_as_written_passes(tmp_path):
    script = scenario(
        tmp_path,
        "- name: a\n  customer: C-1001\n  steps:\n"
        "    - {say: hola, expect: {says: [retenido]}}\n"
        "    - {say: resend, expect: {booked: {resend: true}}}\n"
        "  ends: {booked: {resend: 1}, handed_over: false}\n",
    )
    result = scenarios.play(FakeBot(reply(ORDER), reply("Sale mañana a las 12:00.")), script)
    assert result.passed, result.missed


def test_a_scenario_tells_each_thing_that_was_missed_and_ends_at_an_unwanted_handoff(tmp_path):
    script = scenario(
        tmp_path,
        "- name: a\n  steps:\n    - {say: hola, expect: {says: [adiós]}}\n    - {say: y}\n"
        "  ends: {booked: {resend: 1}}\n",
    )
    handed = reply(ORDER, handoff={"trigger": "x"})
    result = scenarios.play(FakeBot(handed), script)
    assert [one.what for one in result.missed] == ["says", "handoff", "ends booked"]
    assert "48213" in result.missed[0].around


def test_the_report_has_the_transcript_and_the_groups(tmp_path):
    missed = scenarios.Missed(1, "hola", "says", "adiós", "hola", "  customer: hola")
    results = [
        scenarios.Result("a", "delay", (), (), ""),
        scenarios.Result("b", "delay", (), (missed,), ""),
    ]
    console = Console(record=True, width=120)
    scenario_report.show(results, console)
    shown = console.export_text()
    assert "customer: hola" in shown
    assert "1 of 2 pass" in shown
    path = scenario_report.write(results, tmp_path, model="m.tar.gz", seconds=1.0)
    assert '"delay"' in path.read_text(encoding="utf-8")


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Run the command with conversations that are not played."""
    seen = []

    def run(missed, *arguments):
        def played(chosen, archive, *, workers):
            seen.append((len(chosen), workers))
            return [scenarios.Result(one.name, one.group, (), missed, "") for one in chosen]

        monkeypatch.setattr(scenarios, "play_all", played)
        (tmp_path / "m.tar.gz").touch()
        options = ["--model", str(tmp_path / "m.tar.gz"), "--output", str(tmp_path)]
        call = ["evaluate", "--scenarios", *options, *arguments]
        return CliRunner().invoke(app, call), seen

    return run


def test_the_command_plays_what_it_is_told_to(command, tmp_path):
    found, [(count, workers)] = command((), "--only", "delay-calm-es", "--workers", "1")
    assert found.exit_code == 0, found.output
    assert (count, workers) == (1, 1)
    assert (tmp_path / "scenarios.json").is_file()


def test_the_command_ends_with_one_when_a_scenario_fails(command):
    missed = scenarios.Missed(1, "hola", "says", "adiós", "hola", "  customer: hola")
    found, _ = command((missed,), "--only", "delay-calm-es")
    assert found.exit_code == 1
    assert "delay-calm-es" in found.output


def test_a_conversation_that_breaks_is_a_scenario_that_fails(monkeypatch, real):
    broken = Outcome(real[0], None, "Traceback: boom", "  customer: hola")
    monkeypatch.setattr(scenarios, "in_parallel", lambda *_, **__: [broken])
    [result] = scenarios.play_all(real[:1], "m.tar.gz")
    assert [one.what for one in result.missed] == ["crash"]
    assert "boom" in result.missed[0].got
