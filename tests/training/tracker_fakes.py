"""Tracker stores made by hand: Rasa's events as JSON in the table ``events``."""

import json

import sqlalchemy as sa

from bot.settings import Settings

DAY = 1_795_680_000.0  # seconds; 2026-11-26 08:00 UTC
RULE, MEMORY, OURS = "RulePolicy", "AugmentedMemoizationPolicy", "DeescalationPolicy"
LISTEN = {"event": "action", "name": "action_listen", "policy": RULE, "confidence": 1.0}
REWIND = {"event": "rewind"}
START = [
    {"event": "action", "name": "action_session_start", "policy": None, "confidence": 1.0},
    {"event": "session_started"},
    {**LISTEN, "policy": None},
]


def user(intent, text="hola", *, turn=None, confidence=0.9, level="calm", ranking=(), **parsed):
    best = {"name": intent, "confidence": confidence}
    data = {
        "intent": best,
        "intent_ranking": [best, *ranking],
        "entities": parsed.pop("entities", []),
        "frustration": {"score": 0.5, "level": level, "cues": []},
        "language": {"code": "es", "confidence": 0.9},
        "turn": {"id": turn or f"t_{intent}_{text}", "choice": parsed.pop("choice", None)},
    }
    return {"event": "user", "text": text, "parse_data": data}


def action(name, policy=RULE, confidence=1.0):
    return {"event": "action", "name": name, "policy": policy, "confidence": confidence}


def bot(response):
    return {"event": "bot", "text": "…", "metadata": {"utter_action": response}, "data": {}}


def handoff(trigger):
    return {"event": "bot", "text": None, "data": {"custom": {"handoff": {"trigger": trigger}}}}


def slot(name, value):
    return {"event": "slot", "name": name, "value": value}


def loop(name):
    return {"event": "active_loop", "name": name}


def entity(name, value, text):
    start = text.index(value)
    return {"entity": name, "value": value, "start": start, "end": start + len(value)}


def late_delivery(*last):
    """A late delivery up to the order that is found; the words hold an e-mail address."""
    words = "no llega, soy luz.perez@correo.es"
    return [
        *START,
        user("late_delivery", words, level="frustrated"),
        slot("resolution", "locate"),
        action("action_acknowledge", OURS),
        bot("utter_acknowledge"),
        REWIND,
        {**LISTEN, "policy": None},
        user("late_delivery", words, level="frustrated"),
        slot("resolution", "locate"),
        action("order_form"),
        loop("order_form"),
        slot("requested_slot", "order_number"),
        bot("utter_ask_order_number"),
        LISTEN,
        user("inform", "es el 48213", entities=[entity("order_number", "48213", "es el 48213")]),
        slot("order_number", "48213"),
        action("order_form"),
        slot("requested_slot", None),
        loop(None),
        action("action_show_delivery"),
        bot("utter_delivery_late"),
        LISTEN,
        *last,
    ]


def declined(name="action_decline"):
    """A no to what was offered, answered by an action."""
    return [user("deny", "no, gracias"), action(name, OURS, 0.01), bot("utter_declined"), LISTEN]


def store(folder, **conversations):
    """Write conversations into a tracker store; return the installation's settings."""
    settings = Settings(home=folder)
    engine = sa.create_engine(settings.tracker_database(), future=True)
    columns = [sa.Column("id", sa.Integer, primary_key=True), sa.Column("timestamp", sa.Float)]
    names = ("sender_id", "type_name", "intent_name", "action_name", "data")
    events = sa.Table("events", sa.MetaData(), *columns, *(sa.Column(n, sa.Text) for n in names))
    events.create(engine)
    rows = []
    for sender, told in conversations.items():
        for event in told:
            at = DAY + len(rows)
            rows.append(
                {
                    "sender_id": sender,
                    "timestamp": at,
                    "type_name": event["event"],
                    "action_name": event.get("name"),
                    "data": json.dumps({**event, "timestamp": at}),
                }
            )
    with engine.begin() as connection:
        connection.execute(events.insert(), rows) if rows else None
    engine.dispose()
    return settings
