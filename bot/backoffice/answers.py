"""What an answer of a company's systems means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from bot.errors import AboveAuthority, BackOfficeError, NotPossible

REFUSALS: dict[tuple[int, str], type[BackOfficeError]] = {
    (404, "not_found"): NotPossible,
    (409, "not_possible"): NotPossible,
    (422, "above_authority"): AboveAuthority,
}


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, whole."""

    status: int
    content: bytes

    @property
    def healthy(self) -> bool:
        """Whether whoever gave it is able to work, whatever they say."""
        return self.status < 500 and self.status != 429


@dataclass(frozen=True)
class Failure:
    """No answer, or none that can be used.

    Args:
        what: What was wrong, without a word of what was sent.
        perhaps: What was asked for may have been done all the same.
        again: The same request may be answered better a moment later.
    """

    what: str
    perhaps: bool = True
    again: bool = True


class _Error(msgspec.Struct):
    code: str
    detail: str = ""


class _ErrorAnswer(msgspec.Struct):
    error: _Error


def refusal(answer: Answer) -> BackOfficeError | None:
    """Return the refusal that an answer clearly is; None for any other answer.

    The status alone is not enough: a proxy's 404 is no missing order, and a framework's 422 is no
    limit of authority.
    """
    try:
        error = msgspec.json.decode(answer.content, type=_ErrorAnswer).error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    kind = REFUSALS.get((answer.status, error.code))
    return kind(error.detail or error.code) if kind else None


def value(answer: Answer, kind: Any) -> Any:
    """Return the answer as ``kind``, or a :class:`Failure` that says why it is none."""
    if 200 <= answer.status < 300:
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return Failure(f"it answered something else than agreed: {error}")
    if answer.status == 429:
        return Failure("it is asked too often (429)", perhaps=False)
    if answer.status >= 500:
        return Failure(f"it failed ({answer.status})")
    if answer.status == 409:
        return Failure("it is still busy with the same request, or disagrees (409)")
    hint = (
        " Is REMANSO_BACK_OFFICE_URL right?" if answer.status in (301, 302, 307, 308, 404) else ""
    )
    hint = " Is REMANSO_BACK_OFFICE_TOKEN right?" if answer.status in (401, 403) else hint
    return Failure(f"it refused the request ({answer.status}).{hint}", perhaps=False, again=False)
