"""Builds conversations by hand, one customer turn after the other."""

from itertools import count

from bot.deescalation.state import ConversationState, CustomerTurn, advance

SCORES = {"calm": 0.1, "annoyed": 0.45, "frustrated": 0.7, "angry": 0.9}
_ids = count(1)


def turn(intent, level="calm", text="", **more):
    """Return a customer turn; its score follows from the level unless it is given."""
    given = {"score": SCORES[level], "confidence": 0.9, "language": "es", **more}
    return CustomerTurn(
        id=f"t{next(_ids)}", text=text or f"mensaje {intent}", intent=intent, level=level, **given
    )


def after(*turns, state=None):
    """Return the state after some turns; each is a CustomerTurn or an intent."""
    state = state or ConversationState()
    for one in turns:
        state = advance(state, turn(one) if isinstance(one, str) else one)
    return state
