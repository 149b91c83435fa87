"""A small writer of PDF files: text on A4 pages in Helvetica, nothing else.

Helvetica comes with every reader and has the letters of Western European languages (Windows code
page 1252). What it has not is not dropped: it is named in brackets, and a line says so.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from typing import Literal

Style = Literal["title", "heading", "text", "label", "said", "small"]

WIDTH, HEIGHT = 595.0, 842.0  # A4, points
MARGIN = 56.0
FOOT = 34.0  # baseline of the page number
GREY, INK = "0.32 0.38 0.39", "0.11 0.16 0.17"

# Style -> (font, size, leading, space before, indent, colour); points.
STYLES: dict[Style, tuple[str, float, float, float, float, str]] = {
    "title": ("F2", 17.0, 22.0, 0.0, 0.0, INK),
    "heading": ("F2", 11.5, 16.0, 12.0, 0.0, INK),
    "text": ("F1", 10.0, 14.0, 2.0, 0.0, INK),
    "label": ("F1", 8.5, 12.0, 7.0, 10.0, GREY),
    "said": ("F1", 10.0, 14.0, 0.0, 10.0, INK),
    "small": ("F1", 8.5, 12.0, 8.0, 0.0, GREY),
}
BOLD = 1.09
"""The bold letters are at most so much wider on average; a wider guess only wraps earlier."""

# Widths of Helvetica in thousandths of the size, from the font's public metrics.
_WIDTHS = {
    **dict.fromkeys(" !,./:;I[]\\ft·ÍÌÎÏíìîï", 278),
    **dict.fromkeys("-()r¡`´", 333),
    **dict.fromkeys("ijl'", 222),
    **dict.fromkeys("cksvxyzJçýÿšž", 500),
    **dict.fromkeys("ABEKPSVXYÁÀÂÃÄÅÉÈÊËÝŠŸ&", 667),
    **dict.fromkeys("CDHNRUÇÑÚÙÛÜÐw", 722),
    **dict.fromkeys("GOQÓÒÔÕÖØ", 778),
    **dict.fromkeys("FTZßø¿Ž", 611),
    **dict.fromkeys("mM", 833),
    **dict.fromkeys("W", 944),
    **dict.fromkeys("—…Æ@‰™œŒ%æ", 1015),
    **dict.fromkeys("+<=>~¬±×÷", 584),
    **dict.fromkeys("“”„‹›*•ªº°", 400),
    **dict.fromkeys("‘’‚|¦", 260),
    **dict.fromkeys("©®¼½¾", 834),
}
_OTHER = 556  # digits and most small letters

_ALIKE = str.maketrans({"\t": "  ", "\u00a0": " ", "\u2011": "-", "\u2212": "-", "\u202f": " "})


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return about how wide a text is, in points; rather too much than too little."""
    thousandths = sum(_WIDTHS.get(letter, _OTHER) for letter in text)
    return thousandths / 1000 * size * (BOLD if bold else 1.0)


def printable(text: str) -> tuple[str, bool]:
    """Return a text in the letters that the font has, and whether any had to be named."""
    out, named = [], False
    for letter in unicodedata.normalize("NFC", text).translate(_ALIKE):
        if letter == "\n" or (letter.isprintable() and _known(letter)):
            out.append(letter)
            continue
        base = unicodedata.normalize("NFKD", letter)[:1]
        if letter.isalpha() and base != letter and _known(base):
            out.append(base)
        elif unicodedata.category(letter) not in ("Cc", "Cf", "Mn"):  # those show nothing
            out.append(f"[{unicodedata.name(letter, f'U+{ord(letter):04X}').lower()}]")
            named = True
    return "".join(out), named


def wrapped(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Return the lines of a text that fit into ``room`` points; too long words are broken."""
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            tried = f"{line} {word}" if line else word
            if width(tried, size, bold=bold) <= room:
                line = tried
                continue
            if line:
                lines.append(line)
            *full, line = _broken(word, size, room, bold)
            lines += full
        lines.append(line)
    return lines


def pages(
    styled: Iterable[tuple[Style, str]], *, title: str, language: str, page: str, signs: str
) -> bytes:
    """Return a PDF file.

    Args:
        styled: Paragraphs in order, each with its style.
        title: Of the document.
        language: Its code, for screen readers.
        page: Words of the foot: ``{number}`` of ``{pages}``.
        signs: Said at the end when a sign had to be named.
    """
    paragraphs, named = [], False
    for style, text in styled:
        shown, any_named = printable(text)
        named = named or any_named
        paragraphs.append((style, shown))
    if named:
        paragraphs.append(("small", printable(signs)[0]))
    sheets = _laid_out(paragraphs)
    streams = []
    for number, sheet in enumerate(sheets, start=1):
        foot = page.format(number=number, pages=len(sheets))
        sheet.append(_line("F1", 8.5, MARGIN, FOOT, foot, GREY))
        streams.append(b"\n".join(sheet))
    return _file(streams, printable(title)[0], language)


def _known(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _broken(word: str, size: float, room: float, bold: bool) -> list[str]:
    parts = [""]
    for letter in word:
        if parts[-1] and width(parts[-1] + letter, size, bold=bold) > room:
            parts.append("")
        parts[-1] += letter
    return parts


def _laid_out(paragraphs: Sequence[tuple[Style, str]]) -> list[list[bytes]]:
    sheets: list[list[bytes]] = [[]]
    y = HEIGHT - MARGIN
    for style, text in paragraphs:
        font, size, leading, before, indent, colour = STYLES[style]
        bold = font == "F2"
        lines = wrapped(text, size, WIDTH - 2 * MARGIN - indent, bold=bold)
        keep = 3 if style in ("heading", "label") else 1  # not alone at the foot of a page
        if y - before - keep * leading < MARGIN + FOOT:
            sheets.append([])
            y = HEIGHT - MARGIN
        elif sheets[-1]:
            y -= before
        for line in lines:
            if y - leading < MARGIN:
                sheets.append([])
                y = HEIGHT - MARGIN
            y -= leading
            sheets[-1].append(_line(font, size, MARGIN + indent, y, line, colour))
        if style == "title":
            y -= 6.0
    return sheets


def _line(font: str, size: float, x: float, y: float, text: str, colour: str) -> bytes:
    shown = _string(text)
    return f"{colour} rg BT /{font} {size} Tf {x:.1f} {y:.1f} Td ".encode() + shown + b" Tj ET"


def _string(text: str) -> bytes:
    raw = text.encode("cp1252", "replace")
    for special in (b"\\", b"(", b")"):
        raw = raw.replace(special, b"\\" + special)
    return b"(" + raw + b")"


def _unicode(text: str) -> bytes:
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"


def _file(streams: Sequence[bytes], title: str, language: str) -> bytes:
    """Put the objects of a file together, with the table of where each begins."""
    kids = b" ".join(b"%d 0 R" % (6 + 2 * number) for number in range(len(streams)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (" + language.encode() + b") "
        b"/ViewerPreferences << /DisplayDocTitle true >> >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % len(streams),
        _font("Helvetica"),
        _font("Helvetica-Bold"),
        b"<< /Title " + _unicode(title) + b" /Producer (Remanso) >>",
    ]
    for number, stream in enumerate(streams):
        packed = zlib.compress(stream, 9)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] " % (WIDTH, HEIGHT)
            + b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents %d 0 R >>"
            % (7 + 2 * number)
        )
        objects.append(
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed)
            + packed
            + b"\nendstream"
        )
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


def _font(name: str) -> bytes:
    return (
        b"<< /Type /Font /Subtype /Type1 /BaseFont /"
        + name.encode()
        + b" /Encoding /WinAnsiEncoding >>"
    )
