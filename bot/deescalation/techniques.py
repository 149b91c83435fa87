"""The named techniques of de-escalation. None is used twice in a conversation.

A technique is applied by a text: ``metadata.technique`` of a variation in ``data/responses``.
Here is what each one is, its step of L.A.S.T. (listen, apologise, solve, thank), and when it may
be used. To add one: a row below, and variations that carry its name in both languages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.deescalation.conversation import ConversationState
from bot.deescalation.turn import at_least


@dataclass(frozen=True)
class Technique:
    """One technique.

    Args:
        name: As in ``metadata.technique``.
        last: Its step of L.A.S.T.
        what: What it does, for trainers and agents.
        facts: The facts of which at least one must be known; none: no fact is needed.
        from_level: Lowest level at which it fits.
        topic: True needs a known issue, False needs it unknown, None fits both.
        words: Most words of the newest message at which it fits; 0 sets no limit.
        guest: Only for a customer whom the site does not vouch for.
    """

    name: str
    last: str
    what: str
    facts: tuple[str, ...] = ()
    from_level: str = "calm"
    topic: bool | None = None
    words: int = 0
    guest: bool = False

    def fits(self, state: ConversationState) -> bool:
        """Return whether the technique may be used now."""
        known = not self.facts or any(name in state.facts for name in self.facts)
        topic = self.topic is None or self.topic == (state.issue is not None)
        brief = not self.words or (len(state.text.split()) <= self.words and not state.facts)
        met = known and topic and brief and not (self.guest and state.known)
        return met and at_least(state.level, self.from_level)


_ALL = (
    Technique("name_the_wait", "listen", "Says how long they have waited.", ("wait", "date")),
    Technique("name_the_fact", "listen", "Names what went wrong, with their own facts."),
    Technique("count_contacts", "listen", "Says how often they had to ask.", ("contacts",)),
    Technique("reflect_words", "listen", "Gives their problem back in their own words."),
    Technique("normalise_feeling", "listen", "Says that the anger is a normal reaction."),
    Technique("invite_to_tell", "listen", "Leaves room: they may tell it all.", words=8),
    Technique("own_it", "apologise", "Takes the matter on for the company, without excuses."),
    Technique("regret_once", "apologise", "Regrets what happened, once and plainly."),
    Technique("say_what_happens", "solve", "Says what happens now, who does it and by when."),
    Technique("give_control", "solve", "Gives the choice back: two ways to go on."),
    Technique(
        "one_small_step", "solve", "Asks for the one thing that is needed to go on.", guest=True
    ),
    Technique("thank_for_telling", "thank", "Thanks for the report without cheer."),
    Technique("calm_boundary", "listen", "One calm limit to insults, with a way on."),
)

TECHNIQUES = {technique.name: technique for technique in _ALL}


def closed_to(state: ConversationState) -> tuple[str, ...]:
    """Return the techniques that must not be used now: used before, or not fitting.

    It is the ``avoid`` of :meth:`bot.deescalation.phrasing.Phrasebook.choose`.
    """
    unfit = (name for name, one in TECHNIQUES.items() if not one.fits(state))
    return tuple(dict.fromkeys((*state.techniques, *unfit)))


def unknown(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of ``names`` that are no technique."""
    return tuple(sorted(set(names) - set(TECHNIQUES)))
