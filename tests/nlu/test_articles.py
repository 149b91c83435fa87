"""The help articles: each can be quoted, and a mistake in one is told with its file and line."""

from datetime import date

import pytest
import yaml

from bot.deescalation.wording import check
from bot.errors import ConfigError
from bot.nlu import articles
from bot.settings import ROOT

pytestmark = pytest.mark.unit

FOLDER = ROOT / "data" / "knowledge"
ALL = articles.read_folder(FOLDER)
GOOD = """---
title: Devoluciones
updated: 2026-03-03
language: es
intents: [return_item]
questions:
  - "¿cómo devuelvo un producto?"
  - "no me gusta"
  - "lo quiero devolver"
---

Hay 30 días para devolver un producto.

La etiqueta está
en «Mis pedidos».
"""


def write(folder, text, name="returns.es.md"):
    folder = folder / "data" / "knowledge"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_an_article_is_read_with_the_lines_of_its_paragraphs(tmp_path):
    article = articles.read(write(tmp_path, GOOD))
    assert (article.slug, article.language, article.updated) == ("returns", "es", date(2026, 3, 3))
    assert article.intents == ("return_item",)
    assert [(one.text, one.line) for one in article.passages] == [
        ("Hay 30 días para devolver un producto.", 12),
        ("La etiqueta está en «Mis pedidos».", 14),
    ]


@pytest.mark.parametrize(
    "old, new, told",
    [
        pytest.param("---\ntitle", "title", ":1: it has no front matter", id="no front matter"),
        pytest.param(
            "title:", "titel:", ":2: unknown field 'titel'. Did you mean 'title'", id="typo"
        ),
        pytest.param("intents: [return_item]\n", "", "'intents' is missing", id="missing field"),
        pytest.param("2026-03-03", "marzo", ":3: updated is 'marzo'", id="no day"),
        pytest.param("language: es", "language: en", ":4: language is 'en'", id="other language"),
        pytest.param('  - "no me gusta"\n', "", ":6: 2 questions", id="few questions"),
        pytest.param("[return_item]", "return_item", ":5: intents is no list", id="no list"),
        pytest.param(
            "producto.\n",
            "producto" + " más" * 30 + ".\n",
            ":12: the paragraph has 37 words",
            id="long",
        ),
        pytest.param("«Mis pedidos».", "{order}.", ":14: the paragraph has '{'", id="braces"),
        pytest.param("title: Dev", "title: [Dev", "not readable as YAML", id="no YAML"),
        pytest.param(
            "title: Devoluciones",
            "title: uno dos tres cuatro cinco seis",
            ":2: the title",
            id="title",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, old, new, told):
    path = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ConfigError) as error:
        articles.read(path)
    assert str(error.value).startswith("data/knowledge/returns.es.md:")
    assert told in str(error.value)


def test_a_file_of_another_name_and_an_empty_folder_are_told(tmp_path):
    path = write(tmp_path, GOOD, "returns.md")
    with pytest.raises(ConfigError, match=r"returns\.md:1: the name"):
        articles.read(path)
    path.unlink()
    with pytest.raises(ConfigError, match="No help articles"):
        articles.read_folder(path.parent)


def test_there_are_enough_subjects_and_each_is_there_in_both_languages():
    languages = {}
    for one in ALL:
        languages.setdefault(one.slug, set()).add(one.language)
    assert len(languages) >= 28
    assert {slug for slug, found in languages.items() if found != {"es", "en"}} == set()


def test_an_article_says_the_same_of_itself_in_both_languages():
    by_slug = {}
    for one in ALL:
        by_slug.setdefault(one.slug, []).append((one.updated, one.intents, len(one.passages)))
    assert {slug for slug, both in by_slug.items() if both[0] != both[1]} == set()


@pytest.mark.parametrize("article", ALL, ids=lambda one: f"{one.slug}-{one.language}")
def test_an_article_is_short_and_calm_and_speaks_to_any_register(article):
    assert 60 <= sum(len(one.text.split()) for one in article.passages) <= 160
    for one in article.passages:
        for start in ("", "¿Le paso con una persona? ", "¿Te paso con una persona? "):
            text = start + one.text if article.language == "es" else one.text
            assert not check(text, language=article.language, level="angry"), one.text


def test_articles_name_intents_of_the_domain():
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert {intent for one in ALL for intent in one.intents} <= set(domain["intents"])


def test_no_question_stands_for_two_articles():
    seen = {}
    for one in ALL:
        for question in one.questions:
            seen.setdefault(question.lower(), set()).add(one.slug)
    assert [question for question, slugs in seen.items() if len(slugs) > 1] == []
