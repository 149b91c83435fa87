"""The handoff context: everything a person needs to go on without asking again.

One JSON document, with a version. It is built from the bot's payload, when there is one, and from
what is stored, so it is as complete when the customer pressed the button or the engine is dead.
Nothing in it is generated prose: its lines come from facts or are the customer's own words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.handoff.digest import with_quotes
from bot.handoff.instants import iso
from bot.handoff.records import Conversation, Json, Message

SCHEMA_VERSION = 1
QUOTE = 300  # characters kept of a message quoted in the summary
# Reason codes of handoffs that come without a payload; any other is a failing system.
REASONS = {"person_button": "asked_for_person"}
ASKED = ("asked_for_person", "accepted_person", "customer_request")  # by the customer


@dataclass(frozen=True)
class HandoffContext:
    """What goes with a handoff. Every field is always there; what is unknown is empty or null."""

    handoff_id: str  # the conversation's id and how many handoffs it had before
    conversation_id: str
    reference: str  # for the customer, dictatable
    initiator: str  # customer | bot | agent | system
    trigger: Json  # {type, rule, evidence}: which rule fired, and the words it fired on
    reason_code: str
    title: str  # the reason, in the agents' language
    description: str  # what happened, one line
    agent_message: str | None  # a note from the dialogue to the agent
    summary: Json  # {happened, wants, tried}
    topics: list[str]  # intents in order, each once
    last_topic: str | None
    phrases: list[str]  # the customer's last messages, newest last
    last_phrase: str | None
    intent: Json | None  # of the last message understood: {name, confidence, ranking}
    facts: Json
    entities: list[Json]  # [{entity, value}], each once
    language: Json  # {code, confidence}
    register: str | None  # tu | usted | vos
    step: str | None
    attempts: int  # to calm the customer down
    techniques: list[str]  # used, in order
    offers: list[Json]  # [{text, status: made | refused | accepted}]
    rejected_offers: list[str]
    failure_points: list[Any]  # where the bot failed
    misunderstood: int  # messages in a row not understood
    issue: str | None
    product: str | None
    priority: str
    team: str
    tier: str  # L1 | L2 | L3
    sla: Json  # {due_first_response, due_update, due_resolution, due_answer}
    customer: Json  # {id, name, email, identity_status}
    history: Json  # {conversations_30_days, tickets: [earlier ones], contacts, open, vip, …}
    orders: list[str]  # order numbers cited
    page: str | None
    origin: str | None
    disclosure: Json  # {version, at}: that it is an automatic assistant
    consent: Json  # what the customer agreed to
    risks: list[str]  # legal, regulator, press, churn, safety, abuse
    promises: list[Json]  # made in it: [{id, name, text, due, kept, owner, by, …}]
    compensation: Json  # {offered, allowed}
    versions: Json  # {model, …}
    transcript: list[Json] = field(default_factory=list)  # all of it, over all stretches
    frustration: Json = field(default_factory=dict)  # {now, peak, trend, level, messages}
    wait: Json = field(default_factory=dict)  # {entered_queue_at, position, minutes}
    status: Json = field(default_factory=dict)  # {now, at}
    returned: Json | None = None  # how it ended
    schema_version: int = SCHEMA_VERSION

    def to_dict(self) -> Json:
        """Return the context as JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Case:
    """What a handoff is about, before it has a ticket.

    Args:
        conversation: The conversation, as stored.
        messages: All its messages in order, late ones too.
        payload: What the bot asked for, or nothing.
        trigger: Who or what asked: a trigger's name, ``person_button``, ``engine_failed``…
    """

    conversation: Conversation
    messages: Sequence[Message]
    payload: Json
    trigger: str

    def known(self, key: str, default: Any = None) -> Any:
        """Return a value of the payload, else of the engine's last state, else ``default``."""
        for source in (self.payload, self.conversation.state or {}):
            if source.get(key) not in (None, "", [], {}):
                return source[key]
        return default

    @property
    def written(self) -> list[Message]:
        """The customer's messages, but for files that came without a word."""
        return [each for each in self.messages if each.author == "customer" and each.text]

    @property
    def parses(self) -> list[Json]:
        """What was understood of them, where anything was."""
        return [message.parse for message in self.written if message.parse]

    @property
    def issue(self) -> str | None:
        """What the case is about."""
        issue = self.known("issue")
        return str(issue) if issue else None

    @property
    def risks(self) -> list[str]:
        """Risk flags."""
        return list(self.known("risk", []))

    @property
    def reason_code(self) -> str:
        """Why it is handed over."""
        given = self.payload.get("reason_code")
        return str(given) if given else REASONS.get(self.trigger, "system_failure")

    @property
    def initiator(self) -> str:
        """Who began the handoff: customer, bot, agent or system."""
        if given := self.payload.get("initiator"):
            return str(given)
        if self.reason_code in ASKED:
            return "customer"
        return "bot" if self.payload else "system"


def case_fields(case: Case) -> Json:
    """Return the fields of a context that the case alone decides."""
    conversation = case.conversation
    entities = _entities(case.parses)
    refused = [each["text"] for each in _offers(case) if each.get("status") == "refused"]
    return {
        "conversation_id": conversation.id,
        "initiator": case.initiator,
        "trigger": _trigger(case),
        "reason_code": case.reason_code,
        "agent_message": case.payload.get("agent_message"),
        "summary": summary(case),
        "facts": dict(case.known("facts", {})),
        "entities": entities,
        "register": case.known("register", conversation.register),
        "step": case.known("step"),
        "attempts": int(case.known("attempts", 0)),
        "techniques": list(case.known("techniques", [])),
        "offers": _offers(case),
        "rejected_offers": refused or [_text(each) for each in case.known("refused", [])],
        "failure_points": list(case.known("failure_points", [])),
        "misunderstood": int(case.known("misunderstood", 0)),
        "issue": case.issue,
        "product": _first(entities, "product"),
        "orders": [each["value"] for each in entities if each["entity"] == "order_number"],
        "risks": case.risks,
        **_understood(case),
        **_customer(conversation),
    }


def summary(case: Case) -> Json:
    """Return three lines: what happened, what they want, what was tried.

    Each is what the bot put together, if it did, and the customer's own words.
    """
    lines = {key: str(case.payload.get(key) or "") for key in ("happened", "wants", "tried")}
    lines["tried"] = lines["tried"] or "; ".join(each["text"] for each in _offers(case))
    texts = [message.text for message in case.written]
    told = with_quotes(lines, texts)
    if texts and not told["wants"]:  # nothing sounds like a wish: their last words are nearest
        told["wants"] = _quote(texts[-1])
    return told


def transcript(messages: Sequence[Message]) -> list[Json]:
    """Return all messages as agents see them."""
    return [message.for_agent() for message in messages]


def frustration(messages: Sequence[Message]) -> Json:
    """Return the frustration of each message of the customer, with its peak and trend."""
    scored = []
    for message in messages:
        seen = (message.parse or {}).get("frustration")
        if message.author == "customer" and seen:
            scored.append({"message": message.id, **seen})
    return {**mood([(each["score"], each["level"]) for each in scored]), "messages": scored}


def mood(scores: Sequence[tuple[float, str]]) -> Json:
    """Return how a customer feels: now, at the peak, and where it is going.

    Args:
        scores: (score in [0, 1], level) of each message, in order.
    """
    if not scores:
        return {"now": None, "peak": None, "trend": None, "level": None}
    values = [score for score, _ in scores]
    before = values[-4:-1]
    change = values[-1] - sum(before) / len(before) if before else 0.0
    trend = "rising" if change > 0.1 else "falling" if change < -0.1 else "steady"
    return {"now": values[-1], "peak": max(values), "trend": trend, "level": scores[-1][1]}


def peak_level(messages: Sequence[Message]) -> str | None:
    """Return the frustration level at the peak."""
    scored = frustration(messages)["messages"]
    return max(scored, key=lambda each: each["score"])["level"] if scored else None


def _trigger(case: Case) -> Json:
    written = case.written
    quote = _quote(written[-1].text) if written else ""
    return {
        "type": case.payload.get("trigger") or case.trigger,
        "rule": case.payload.get("rule") or case.trigger,
        "evidence": case.payload.get("evidence") or quote,
    }


def _understood(case: Case) -> Json:
    topics: list[str] = []
    for parse in case.parses:
        name = (parse.get("intent") or {}).get("name")
        if name:
            topics = [each for each in topics if each != name] + [name]
    last = case.parses[-1] if case.parses else {}
    intent = last.get("intent")
    ranking = last.get("intent_ranking") or []
    language = last.get("language") or {}
    phrases, code = [each.text for each in case.written[-5:]], case.conversation.language
    return {
        "topics": topics,
        "last_topic": topics[-1] if topics else None,
        "phrases": phrases,
        "last_phrase": phrases[-1] if phrases else None,
        "intent": {**intent, "ranking": ranking} if intent else None,
        "language": {"code": code, "confidence": language.get("confidence")},
    }


def _customer(conversation: Conversation) -> Json:
    identity, shown = conversation.identity, iso(conversation.disclosure_at)
    return {
        "customer": {
            "id": identity.customer_id,
            "name": identity.name,
            "email": identity.email,
            "identity_status": identity.status,
        },
        "page": conversation.page,
        "origin": conversation.origin,
        "disclosure": {"version": conversation.disclosure_version, "at": shown},
        "consent": {"disclosure_shown": shown is not None},
    }


def _offers(case: Case) -> list[Json]:
    return [
        {"text": _text(each), "status": each.get("status", "made")}
        if isinstance(each, Mapping)
        else {"text": str(each), "status": "made"}
        for each in case.known("offers", [])
    ]


def _text(offer: Any) -> str:
    return str(offer.get("text", "")) if isinstance(offer, Mapping) else str(offer)


def _entities(parses: Sequence[Json]) -> list[Json]:
    found: dict[tuple[str, str], Json] = {}
    for parse in parses:
        for each in parse.get("entities") or ():
            key = str(each.get("entity")), str(each.get("value"))
            found.setdefault(key, {"entity": each.get("entity"), "value": each.get("value")})
    return list(found.values())


def _first(entities: Sequence[Json], kind: str) -> str | None:
    return next((str(each["value"]) for each in entities if each["entity"] == kind), None)


def _quote(text: str) -> str:
    text = " ".join(text.split())
    return f"«{text if len(text) <= QUOTE else text[: QUOTE - 1] + '…'}»"
