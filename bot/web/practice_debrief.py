"""What a practice showed, reply by reply: what the customer noticed, and what the words did.

Nothing here says how an agent felt or is: only words are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.handoff.records import Json
from bot.simulation import mood
from bot.simulation.course import Course, Moment
from bot.simulation.plain_text import named
from bot.simulation.situation import Situation
from bot.web.rewording import findings

LEVELS = (
    (0.4, "calm"),
    (0.55, "annoyed"),
    (0.8, "frustrated"),
    (1.01, "angry"),
)
"""Mood below which it is that level; the bounds are those of ``mood.yml``."""
PROOF = {"order", "email", "postcode"}
"""Facts that identify; naming them calms nobody."""
GOOD = ("solved", "handed_over")


def level(feeling: float) -> str:
    """Return the level of frustration of a mood in [0, 1]."""
    return next(name for below, name in LEVELS if feeling < below)


def debrief(situation: Situation, course: Course, language: str, playbook: Json) -> Json:
    """Return the debrief of a practice that is over, as in :mod:`bot.web.practice_wire`.

    Args:
        situation: What was practised.
        course: Its course.
        language: Of the agent.
        playbook: Of :meth:`bot.web.playbooks.Playbooks.of`.
    """
    return {
        "start": round(course.start, 3),
        "end": round(course.mood, 3),
        "replies": _replies(situation, course),
        "steps": [
            {"step": step, "reached": how} for step, how in _steps(situation, course).items()
        ],
        "unused": _unused(situation, course),
        "guide": list(situation.about[language].guide),
        "first": playbook["first"],
        "say": playbook["say"][:2],
    }


def facts_of(situation: Situation) -> list[Json]:
    """Return what the customer has said of the matter, by name."""
    return [{"name": name, "value": values[0]} for name, values in situation.persona.facts.items()]


def _replies(situation: Situation, course: Course) -> list[Json]:
    said = list(situation.said("bot"))
    rows = []
    for moment in course.moments:
        found = findings(
            moment.text,
            language=situation.persona.language,
            level=level(moment.before),
            previous=said,
        )
        names = ("rule", "text", "reason", "better")
        rows.append(
            {
                "reply": moment.reply,
                "text": moment.text,
                "before": round(moment.before, 3),
                "after": round(moment.impression.mood, 3),
                "level": level(moment.impression.mood),
                "noticed": _noticed(moment, situation.persona.facts),
                "findings": [{name: one[name] for name in names} for one in found],
            }
        )
        said.append(moment.text)
    return rows


def _noticed(moment: Moment, facts: Mapping[str, Sequence[str]]) -> list[Json]:
    moves = mood.rules(by_person=True).moves
    words = [
        next(value for value in facts[name] if named(moment.text, {name: [value]}))
        for name in moment.impression.verdict.facts
    ]
    return [
        {
            "code": code,
            "facts": words if code == "acknowledged_with_fact" else [],
            "calms": moves[code] < 0,
        }
        for code in moment.impression.signals
    ]


def _in_danger(situation: Situation) -> bool:
    """Return whether somebody is at risk: an order's facts and thanks are beside the point then."""
    return situation.persona.due == "safety"


def _steps(situation: Situation, course: Course) -> dict[str, str]:
    seen = [moment.impression.verdict for moment in course.moments]
    signals = {code for moment in course.moments for code in moment.impression.signals}
    calm = level(course.start) == "calm"
    sorry = sum(one.apologises for one in seen)
    owed = "not_needed" if calm else "no"
    danger, regretted = _in_danger(situation), any(one.acknowledges for one in seen)
    heard = "acknowledged_with_fact" in signals or (danger and regretted)
    thanked = any(one.thanks for one in seen)
    return {
        "listen": "yes" if heard else owed,
        "apologise": "too_often" if sorry > 1 else "yes" if regretted or sorry else owed,
        "solve": "yes" if course.over in GOOD else "no",
        "thank": "yes" if thanked else "not_needed" if danger else "no",
    }


def _unused(situation: Situation, course: Course) -> list[Json]:
    if _in_danger(situation):
        return []
    used: set[Any] = {name for one in course.moments for name in one.impression.verdict.facts}
    return [one for one in facts_of(situation) if one["name"] not in used | PROOF]
