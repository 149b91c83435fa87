"""A paper that a customer keeps: the same content as text, HTML and PDF.

Its words come from ``data/gateway/papers.yml``. The three forms say the same; the text form is the
one whose fingerprint is printed on all of them, so that anybody can prove that nothing was changed.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import lru_cache
from html import escape
from typing import Any, Literal

import yaml
from starlette.responses import Response

from bot.settings import ROOT
from bot.web.pdf import Style, pages

WORDS = ROOT / "data" / "gateway" / "papers.yml"
FORMATS = {"html": "text/html", "txt": "text/plain", "pdf": "application/pdf"}
LINE = "-" * 60
"""Before it everything counts for the fingerprint, after it nothing."""

Kind = Literal["heading", "fact", "text", "said"]

CSS = (
    "body{max-width:42rem;margin:2rem auto;padding:0 1rem;font:15px/1.5 system-ui,sans-serif;"
    "color:#1d2a2c;background:#fff}h1{font-size:24px;line-height:1.25}h2{font-size:16px;"
    "margin:1.6em 0 .4em}dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;"
    "margin:0}dt{color:#526164}dd{margin:0;overflow-wrap:anywhere}p{margin:0 0 .6em;"
    "overflow-wrap:anywhere}figure{margin:0 0 12px;padding:2px 0 2px 12px;"
    "border-left:3px solid #0f6b72;break-inside:avoid}figcaption{color:#526164;font-size:13px}"
    "figure p{margin:0;white-space:pre-wrap}footer{margin-top:2em;padding-top:8px;"
    "border-top:1px solid #7f8b8b;font-size:13px}code{overflow-wrap:anywhere}"
    "@media print{body{margin:0;max-width:none;font-size:12px}@page{size:A4;margin:18mm}}"
)
_CSS_HASH = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_CSS_HASH}'; frame-ancestors 'none'; sandbox"
"""Content-Security-Policy of a paper: nothing runs in it and nothing is loaded."""


@dataclass(frozen=True)
class Block:
    """One part of a paper.

    Args:
        kind: heading, fact (label and value), text, or said (somebody's words under a label).
        text: What it says.
        label: Of a fact or of words that were said.
    """

    kind: Kind
    text: str
    label: str = ""


@dataclass(frozen=True)
class Paper:
    """A titled sequence of blocks in one language; ``seal`` is its fingerprint, once it has one."""

    title: str
    language: str
    blocks: tuple[Block, ...]
    seal: str = ""

    def sealed(self) -> Paper:
        """Return the paper with the fingerprint of its text (SHA-256, hex)."""
        return replace(self, seal=hashlib.sha256(body(self).encode()).hexdigest())


@lru_cache(maxsize=1)
def _all_words() -> dict[str, Any]:
    return dict(yaml.safe_load(WORDS.read_text(encoding="utf-8")))


def words(language: str) -> dict[str, Any]:
    """Return the words of a language; Spanish for one that has none."""
    known = _all_words()
    return dict(known.get(language) or known["es"])


def say_instant(at: datetime, zone: tzinfo, language: str) -> str:
    """Return an instant as a paper says it, in the desk's time zone."""
    return at.astimezone(zone).strftime(words(language)["date_time"])


def say_zone(at: datetime, zone: tzinfo, language: str) -> str:
    """Return which time zone the times of a paper are in."""
    offset = at.astimezone(zone).strftime("%z")
    text = str(words(language)["zone"])
    return text.format(zone=str(zone), offset=f"{offset[:3]}:{offset[3:]}")


def body(paper: Paper) -> str:
    """Return the text that is fingerprinted: UTF-8, lines end with a line feed."""
    lines = [paper.title, ""]
    for block in paper.blocks:
        if block.kind == "heading":
            lines += ["", block.text, ""]
        elif block.kind == "fact":
            lines.append(f"{block.label}: {block.text}")
        elif block.kind == "said":
            lines += [block.label, *(f"  {line}" for line in block.text.splitlines()), ""]
        else:
            lines.append(block.text)
    return "\n".join(lines) + "\n"


def plain(paper: Paper) -> str:
    """Return a paper as text."""
    if not paper.seal:
        return body(paper)
    said = words(paper.language)
    return f"{body(paper)}{LINE}\n{said['seal']}: {paper.seal}\n{said['seal_note']}\n"


def html(paper: Paper) -> str:
    """Return a paper as one HTML file that needs nothing else."""
    parts: list[str] = []
    facts: list[str] = []

    def lay_facts() -> None:
        if facts:
            parts.append(f"<dl>{''.join(facts)}</dl>")
            facts.clear()

    for block in paper.blocks:
        text, label = escape(block.text), escape(block.label)
        if block.kind == "fact":
            facts.append(f"<dt>{label}</dt><dd>{text}</dd>")
            continue
        lay_facts()
        if block.kind == "heading":
            parts.append(f"<h2>{text}</h2>")
        elif block.kind == "said":
            parts.append(f"<figure><figcaption>{label}</figcaption><p>{text}</p></figure>")
        else:
            parts.append(f"<p>{text}</p>")
    lay_facts()
    said = words(paper.language)
    footer = (
        f"<footer><p>{escape(said['seal'])}:<br><code>{paper.seal}</code></p>"
        f"<p>{escape(said['seal_note'])}</p></footer>"
        if paper.seal
        else ""
    )
    return (
        f'<!doctype html>\n<html lang="{escape(paper.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(paper.title)}</title><style>{CSS}</style></head>"
        f"<body><main><h1>{escape(paper.title)}</h1>{''.join(parts)}{footer}</main></body></html>\n"
    )


def pdf(paper: Paper) -> bytes:
    """Return a paper as a PDF of A4 pages."""
    said = words(paper.language)
    styled: list[tuple[Style, str]] = [("title", paper.title)]
    for block in paper.blocks:
        if block.kind == "heading":
            styled.append(("heading", block.text))
        elif block.kind == "fact":
            styled.append(("text", f"{block.label}: {block.text}"))
        elif block.kind == "said":
            styled += [("label", block.label), ("said", block.text)]
        else:
            styled.append(("text", block.text))
    if paper.seal:
        styled.append(("small", f"{said['seal']}: {paper.seal}"))
        styled.append(("small", said["seal_note"]))
    return pages(
        styled, title=paper.title, language=paper.language, page=said["page"], signs=said["signs"]
    )


def response(paper: Paper, form: str, name: str, *, inline: bool = False) -> Response:
    """Return a paper as a file to keep, or to look at.

    Args:
        paper: Which one.
        form: One of :data:`FORMATS`.
        name: Of the file, without its ending; ASCII.
        inline: Shown by the browser instead of being saved.
    """
    render = {"html": html, "txt": plain, "pdf": pdf}[form]
    content = render(paper)
    place = "inline" if inline else "attachment"
    return Response(
        content,
        media_type=FORMATS[form],
        headers={
            "Content-Disposition": f'{place}; filename="{name}.{form}"',
            "Content-Security-Policy": POLICY,
            "Content-Language": paper.language,
            "Cache-Control": "no-store",
        },
    )
