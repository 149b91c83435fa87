"""A simulated customer: reads what is on the screen, changes mood, says or presses something.

What is said follows from what was asked, from what the customer came for, and from the mood; never
from anything that a customer could not see.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bot.simulation import buttons
from bot.simulation import judge as judging
from bot.simulation import mood as moods
from bot.simulation.acts import Act, Impression, Screen
from bot.simulation.judge import Verdict
from bot.simulation.persona import Persona
from bot.simulation.plain_text import named, plain
from bot.simulation.writing import Writer

NOISE = 0.05  # standard deviation of the mood at the start
PRESSES = 0.6  # chance that a button that fits is pressed, rather than typed about
TYPED_PERSON = 0.5  # chance that a person is asked for in words although there is a button
ORDER_IN_INSULT = 0.5  # chance that whoever insults gives what was asked for all the same
GONE = -2.0  # patience at which anybody leaves, whatever they were about to say
AFTER_CONSULTING = 2  # patience that there is again when whoever decides was asked
TRIES_FOR_PERSON = 2  # times that a person is asked for before leaving
ACCEPTS = ("authority", "legal", "complaint", "asked", "patience", "abuse")


class Customer:
    """One simulated customer in one conversation.

    Args:
        persona: Who they are.
        seed: The same seed writes and decides the same to the same replies.
        book: The rules of moods.
        by_person: Whether they write with a person, not a bot.
        told: What they and the bot said before.
    """

    def __init__(
        self,
        persona: Persona,
        seed: str,
        book: moods.Rules | None = None,
        *,
        by_person: bool = False,
        told: tuple[Sequence[str], Sequence[str]] = ((), ()),
    ) -> None:
        self.persona, self.by_person = persona, by_person
        self.book = book or moods.rules(by_person)
        self._chance = random.Random(seed)
        self._writer = Writer(persona, self._chance, by_person=by_person)
        self.mood = min(1.0, max(0.0, persona.temper + self._chance.gauss(0, NOISE)))
        self.start = self.mood
        self.patience = persona.patience + self._chance.choice((-1, 0, 0, 1))
        self.asked_for_person = persona.due == "asked"
        self.served = False  # as far as the customer can see
        self.over = ""  # how it ended: solved, handed_over, left
        self._blocked = 0
        self._said, self._heard = list(told[0]), list(told[1])
        self._counts: Counter[str] = Counter()
        self._last = ""
        self._asked = "order"  # what was asked for last

    @property
    def is_due(self) -> bool:
        """Whether a person is due by now: the persona's reason, or they asked."""
        return self.persona.due is not None or self.asked_for_person

    def opening(self) -> Act:
        """Return the first message."""
        return self._say("ask_person" if self.persona.due == "asked" else "open", words="open")

    def read(self, screen: Screen) -> Impression:
        """Take in a reply; the mood and the patience change."""
        verdict = judging.judge(
            screen.texts,
            screen.choices,
            facts=self.persona.facts,
            before=self._heard,
            by_person=self.by_person,
        )
        shown = tuple(kind for kind in screen.deeds if kind in judging.STEPS)
        verdict = replace(verdict, done=tuple(dict.fromkeys((*verdict.done, *shown))))
        told = self._told(screen)
        helped = told or bool(set(verdict.done) & {*self.persona.wanted, "other"})
        blocked = self._is_blocked(verdict, screen) and not (self.by_person and helped)
        seen = moods.Seen(
            wanted=self.persona.wanted,
            told=told,
            asked_again=self._asked_again(verdict),
            blocked=blocked,
            handed_over=screen.handed_over,
            due=self.is_due and not screen.wrong_hands,
            consulted="supervisor" in screen.deeds,
        )
        found = tuple(moods.signals(verdict, seen, self.book))
        if self._last in ("thanks", "leave"):  # nothing more is expected of the bot
            found = tuple(one for one in found if one != "nothing_new")
        self.mood = moods.move(
            self.mood,
            found,
            self.book,
            calms=self.persona.calms,
            heats=self.persona.heats,
            earlier=self._counts,
        )
        self._counts.update(found)
        self._blocked += seen.blocked
        self.served = self.served or "step_done" in found
        self._spend(found, verdict)
        if seen.consulted:  # what was asked for has come
            self.asked_for_person, self._blocked = False, 0
            self.patience = max(self.patience, AFTER_CONSULTING)
        self._heard += screen.texts
        if screen.handed_over:
            self.over = "handed_over"
        return Impression(verdict, found, self.mood, self.patience)

    def answer(self, screen: Screen, impression: Impression) -> Act | None:
        """Return what the customer does next; None when they are gone."""
        if self.over:
            return None
        if self._last in ("thanks", "leave"):
            self.over = "solved" if self._last == "thanks" else "left"
            return None
        return self._next(screen, impression.verdict)

    def _next(self, screen: Screen, verdict: Verdict) -> Act:
        if self.served and self.by_person:
            return self._after_solution(screen, verdict)
        if self._blocked >= TRIES_FOR_PERSON + self.by_person or self.patience <= GONE:
            return self._say("leave")
        if self.persona.insults and self._chance.random() < self.persona.insults:
            wanted = set(verdict.asks) & {"order", "proof"}
            if not wanted or self._chance.random() >= ORDER_IN_INSULT:
                own = "insult" in self.persona.lines
                return self._say("insult", words=None if own else "more")
        if self.served and self.persona.due is None:
            return self._after_solution(screen, verdict)
        if self._asks_person(verdict):
            return self._for_person(screen)
        if self._chance.random() >= moods.cooperates(self.mood, self.book):
            shouts = self._chance.random() < self.book.cooperation["shouts_for_person"]
            return self._for_person(screen) if shouts else self._say("vent")
        return self._reply(screen, verdict)

    def _after_solution(self, screen: Screen, verdict: Verdict) -> Act:
        if "technical" in self.persona.wants and self._last != "tried_it":
            return self._say("tried_it")
        if "yes_no" in verdict.asks and "voucher" in verdict.offers and self._last != "yes":
            return self._yes(screen)
        return self._say("thanks")

    def _asks_person(self, verdict: Verdict) -> bool:
        if self.patience <= 0 or (self.asked_for_person and self._blocked):
            return True
        offered = "person" in verdict.asks or (verdict.offers_person and not self._helps(verdict))
        tired = self.mood >= self.book.levels["angry_from"] and self.patience <= 2
        return offered and (self.persona.due in ACCEPTS or tired)

    def _for_person(self, screen: Screen) -> Act:
        again = self.asked_for_person and self._last in ("ask_person", "ask_person_again")
        self.asked_for_person = True
        title = buttons.person(screen.choices)
        if title and self._chance.random() >= TYPED_PERSON:
            return self._press("ask_person", title)
        return self._say("ask_person_again" if again else "ask_person")

    def _reply(self, screen: Screen, verdict: Verdict) -> Act:
        """Answer what was asked; where nothing was, vent or say what is wanted."""
        asks = [self._asked if one == "same" else one for one in verdict.asks]
        if "order" in asks or self._my_order(screen):
            return self._order(screen)
        if "proof" in asks:
            return self._proof()
        return self._decide(screen, verdict) or self._explain(verdict)

    def _decide(self, screen: Screen, verdict: Verdict) -> Act | None:
        """Answer a question that has a yes, a no or a choice; None when there is none."""
        if buttons.yes(screen.choices) and (
            self._helps(verdict) or self._is_meant(screen, verdict)
        ):
            return self._yes(screen)
        if "choice" in verdict.asks or self._fitting(screen):
            return self._choose(screen)
        if "person" in verdict.asks:
            return self._stay(screen)
        if "yes_no" in verdict.asks:
            return self._yes(screen) if self._helps(verdict) else self._wish()
        return None

    def _explain(self, verdict: Verdict) -> Act:
        if "problem" in verdict.asks or verdict.not_understood:
            return self._say("more")
        if self.mood >= self.book.levels["angry_from"] and self._last != "vent":
            return self._say("vent")
        return self._wish()

    def _order(self, screen: Screen) -> Act:
        self._asked = "order"
        title = self._my_order(screen)
        if title and self._chance.random() < PRESSES:
            return self._press("give_order", title)
        if "order" not in self.persona.facts:
            return self._say("dont_have")
        again = "order" in named(" ".join(self._said), self.persona.facts)
        return self._say("give_order_again" if again else "give_order")

    def _proof(self) -> Act:
        self._asked = "proof"
        known = [one for one in ("email", "postcode") if one in self.persona.facts]
        return self._say(f"give_{self._chance.choice(known)}" if known else "dont_have")

    def _choose(self, screen: Screen) -> Act:
        title = self._fitting(screen)
        if title and self._chance.random() < PRESSES:
            return self._press("choose", title)
        return self._wish()

    def _fitting(self, screen: Screen) -> str | None:
        return buttons.fitting(screen.choices, self.persona.wanted, self.persona.topic)

    def _my_order(self, screen: Screen) -> str | None:
        return buttons.order(screen.choices, self.persona.facts.get("order", ()))

    def _is_meant(self, screen: Screen, verdict: Verdict) -> bool:
        """Return whether "do you mean this?" names what the customer came for."""
        guessed = verdict.not_understood and "problem" in verdict.asks
        return guessed and judging.about(self.persona.topic, " ".join(screen.texts))

    def _yes(self, screen: Screen) -> Act:
        title = buttons.yes(screen.choices)
        if title and self._chance.random() < PRESSES:
            return self._press("yes", title)
        return self._say("yes")

    def _stay(self, screen: Screen) -> Act:
        title = buttons.stay(screen.choices)
        if title and self._chance.random() < PRESSES:
            return self._press("stay", title)
        return self._say("stay")

    def _wish(self) -> Act:
        """Say what they want, or say it all again."""
        need = f"want_{self.persona.wants[0]}"
        return self._say("more" if self._last == need else need)

    def _helps(self, verdict: Verdict) -> bool:
        return bool(set(verdict.offers) & set(self.persona.wanted))

    def _told(self, screen: Screen) -> bool:
        text = plain(" ".join(screen.texts))
        return any(re.search(one, text) for one in self.persona.goal.get("told", ()))

    def _asked_again(self, verdict: Verdict) -> bool:
        said = named(" ".join(self._said), self.persona.facts)
        proof = {"email", "postcode"} & set(said)
        return (
            ("order" in verdict.asks and "order" in said)
            or ("proof" in verdict.asks and bool(proof))
            or ("problem" in verdict.asks and not verdict.not_understood)
        )

    def _is_blocked(self, verdict: Verdict, screen: Screen) -> bool:
        asked = self._last in ("ask_person", "ask_person_again")
        comes = screen.handed_over or verdict.transfers or verdict.consults
        return asked and not comes and "supervisor" not in screen.deeds

    def _spend(self, found: Sequence[str], verdict: Verdict) -> None:
        costs = self.book.patience
        if {"step_offered", "step_done"} & set(found):
            self.patience -= costs["progress"]
        elif (
            set(verdict.asks) & {"order", "proof", "same", "choice"} and "asked_again" not in found
        ):
            self.patience -= costs["question"]
        else:
            self.patience -= costs["nothing"]

    def _say(self, need: str, *, words: str | None = None) -> Act:
        text = self._writer.write(words or need, self.mood)
        self._said.append(text)
        self._last = need
        return Act(need, text)

    def _press(self, need: str, title: str) -> Act:
        self._said.append(title)
        self._last = need
        return Act(need, title, press=True)
