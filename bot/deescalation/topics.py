"""What an intent is about: its issue, and how the steps may treat it."""

from __future__ import annotations

ISSUES = (
    "late_delivery",
    "double_charge",
    "billing",
    "quality",
    "technical",
    "policy",
    "account",
    "order",
    "other",
)
"""Issue types, as in the slot ``issue``."""

ISSUE_OF = {
    "late_delivery": "late_delivery",
    "double_charge": "double_charge",
    "wrong_charge": "billing",
    "invoice_request": "billing",
    "payment_methods": "billing",
    "damaged_product": "quality",
    "wrong_item": "quality",
    "technical_problem": "technical",
    "policy_exception": "policy",
    "account_access": "account",
    "account_fraud": "account",
    "data_rights": "account",
    "order_status": "order",
    "cancel_order": "order",
    "return_item": "order",
    "change_address": "order",
}
"""Intent to issue; an intent that is not here leaves the issue as it was."""

COMPLAINTS = frozenset(
    {
        "late_delivery",
        "double_charge",
        "wrong_charge",
        "damaged_product",
        "wrong_item",
        "technical_problem",
        "policy_exception",
        "account_access",
    }
)
"""Intents that state a problem; the same one again means it was not heard."""

MATTERS = COMPLAINTS | {
    "order_status",
    "cancel_order",
    "change_address",
    "return_item",
    "invoice_request",
}
"""Intents that ask for something to be seen to; one is in hand at a time, the others wait."""

_SOLVED_BY = {
    "request_resend": frozenset({"late_delivery", "order_status", "damaged_product", "wrong_item"}),
    "request_refund": COMPLAINTS - {"technical_problem", "account_access"},
    "request_voucher": frozenset(
        {"late_delivery", "order_status", "damaged_product", "wrong_item"}
    ),
}


def solves(wish: str, matter: str) -> bool:
    """Return whether a wish, such as another parcel, is about the matter."""
    return matter in _SOLVED_BY.get(wish, ())


_KIN = {
    "order_status": "late_delivery",
    "wrong_item": "damaged_product",
    "wrong_charge": "double_charge",
}


def same_matter(one: str, other: str) -> bool:
    """Return whether two matters are the same one in other words."""
    return _KIN.get(one, one) == _KIN.get(other, other)


def is_matter(intent: str) -> bool:
    """Return whether an intent brings a matter, or a wish how to settle one."""
    return intent in MATTERS or intent in _SOLVED_BY


REPEATABLE = COMPLAINTS | {"not_solved", "already_told"}
"""Intents that, said a second time with nothing new in them, are a repeated complaint."""

TOPICS = frozenset(ISSUE_OF) | {
    "request_refund",
    "request_resend",
    "request_voucher",
    "store_info",
    "ask_capabilities",
    "bot_challenge",
    "opt_out",
}
"""Intents that a story or a rule takes up; an acknowledgement never replaces their answer."""

MOODLESS = frozenset({"inform", "affirm", "deny", "greet", "thanks", "bye", "wait_request"})
"""Intents whose words show no mood unless a cue is in them: "4482" is not a calm message."""

SMALL_TALK = frozenset({"greet", "thanks", "bye", "affirm", "deny", "wait_request"})
"""Intents that bring no matter with them: the bot may answer them alike."""

RESTING = SMALL_TALK | {"inform"}
"""Intents after which a matter that waits may be taken up."""

ANGER = frozenset({"vent", "abuse"})
"""Intents that only let off steam, unless a matter is beside them."""

AGAIN = frozenset({"repeated_contact", "already_told", "not_solved"})
"""Intents that say that it was said before; said in anger before any topic, they only vent."""

INTERNAL = frozenset({"hand_back"})
"""Intents that no customer said."""

FALLBACK = "nlu_fallback"


def issue_of(intent: str) -> str | None:
    """Return the issue an intent is about, or None when it names none."""
    return ISSUE_OF.get(intent)
