"""What customers keep: receipts and transcripts, the same in every form, with a fingerprint."""

import hashlib
import html
import re
import zlib
from datetime import datetime, timedelta, timezone

import pytest
from agents_client import Agent, add_agent

from bot.web import paper, pdf
from bot.web.paper import Block, Paper

pytestmark = pytest.mark.server

COMPLAINT = "Llevo tres semanas esperando ¿y nadie contesta? Son 42,90 € <b>mi dinero</b>"


@pytest.fixture
def client(gateway):
    client = gateway(company="Tienda Alborada")
    add_agent(client)
    return client


@pytest.fixture
def eva(client, customer):
    eva = customer(client)
    eva.say(COMPLAINT)
    eva.person()
    eva.case = eva.view()["case"]
    return eva


def receipt(eva, form="txt", *, key="token", **query):
    path = f"/api/v1/receipts/{eva.case['reference']}"
    headers = eva.headers if key == "token" else {}
    return eva.client.get(path, params={"format": form, **query}, headers=headers)


def transcript(eva, form="txt"):
    path = f"{eva.path}/transcript?format={form}"
    return eva.client.get(path, headers=eva.headers)


def pdf_text(content):
    """The words of a PDF of ours, in order."""
    out = []
    for packed in re.findall(rb"stream\n(.*?)\nendstream", content, flags=re.S):
        for shown in re.findall(rb"Td \((.*)\) Tj", zlib.decompress(packed)):
            out.append(re.sub(rb"\\(.)", rb"\1", shown).decode("cp1252"))
    return " ".join(out)


def html_text(content):
    return html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", content)))


def words(text):
    return re.sub(r"\W+", " ", text).split()


def events(client, ref):
    view = Agent(client).get(f"/api/v1/tickets/{ref}").json()
    return [each["data"] for each in view["events"] if each["kind"] == "receipt"]


def test_a_receipt_says_what_was_written_when_and_what_comes_next(eva):
    text = receipt(eva).text

    assert COMPLAINT in text
    assert eva.case["reference"] in text and eva.case["code"] in text
    assert "Tienda Alborada" in text
    assert re.search(r"Recibida: \d\d/\d\d/\d{4}, \d\d:\d\d", text)
    assert "Horas de Europe/Madrid, UTC+0" in text
    assert "contesta como tarde el" in text and "Tendrá noticias" in text


def test_a_receipt_of_a_snoozed_case_asks_nothing_of_the_customer(client, eva):
    ana, path = Agent(client), f"/api/v1/tickets/{eva.case['reference']}"
    ana.post(f"{path}/claim")
    soon = (datetime.now(timezone.utc) + timedelta(days=9)).isoformat()
    assert ana.post(f"{path}/snooze", until=soon).status_code == 200
    text = receipt(eva).text
    assert "Tendrá noticias" in text
    assert "espera su respuesta" not in text and "darle una solución" not in text

    assert ana.post(f"{path}/waiting").status_code == 200
    assert "espera su respuesta" in receipt(eva).text


def test_the_fingerprint_is_of_the_text_above_the_line(eva):
    text = receipt(eva).text
    above, _, below = text.partition(paper.LINE)

    assert hashlib.sha256(above.encode()).hexdigest() in below


def test_every_form_says_the_same_with_the_same_fingerprint(eva):
    text = receipt(eva).text
    as_html = html_text(receipt(eva, "html").text)
    as_pdf = pdf_text(receipt(eva, "pdf").content)
    seal = re.search(r"[0-9a-f]{64}", text).group()

    assert seal in as_html and seal in as_pdf.replace(" ", "")
    assert set(words(text)) <= set(words(as_html)) | {seal}
    assert set(words(text)) <= set(words(as_pdf)) | {"1"}


def test_what_a_customer_wrote_is_never_markup(eva):
    page = receipt(eva, "html")

    assert "<b>mi dinero</b>" not in page.text
    assert "&lt;b&gt;mi dinero&lt;/b&gt;" in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "script-src" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "attachment" in page.headers["content-disposition"]


def test_the_style_is_the_one_that_the_policy_names(eva):
    page = receipt(eva, "html", show="1")
    style = re.search(r"<style>(.*?)</style>", page.text, flags=re.S).group(1)

    assert style == paper.CSS
    assert "inline" in page.headers["content-disposition"]


def test_handing_out_is_logged_once_for_each_text_and_form(client, eva):
    for form in ("txt", "txt", "pdf"):
        receipt(eva, form)
    first = events(client, eva.case["reference"])
    eva.say("y otra cosa")
    receipt(eva, "txt")
    later = events(client, eva.case["reference"])

    assert [each["format"] for each in first] == ["txt", "pdf"]
    assert first[0]["sha256"] == first[1]["sha256"]
    assert len(later) == 3 and later[2]["sha256"] != first[0]["sha256"]
    assert COMPLAINT not in str(later)


def test_code_or_link_open_a_receipt_and_nothing_else_does(client, eva, customer):
    ref = eva.case["reference"]
    link = client.app.state.gateway.tokens.sign_link(ref)
    other = client.app.state.gateway.tokens.sign_link("R-AAAAAA")

    assert receipt(eva, key="", code=eva.case["code"]).status_code == 200
    assert receipt(eva, key="", link=link).status_code == 200
    assert receipt(eva, key="", code="AAAAAAAA").status_code == 404
    assert receipt(eva, key="", link=other).status_code == 401
    assert receipt(eva, key="").status_code == 401
    stranger = customer(client)
    path = f"/api/v1/receipts/{ref}"
    assert client.get(path, headers=stranger.headers).status_code == 401
    assert client.get("/api/v1/receipts/R-AAAAAA", headers=stranger.headers).status_code == 401


@pytest.mark.parametrize("form", ["docx", "", "../../etc/passwd"])
def test_an_unknown_format_is_refused_with_those_there_are(eva, form):
    for answer in (receipt(eva, form), transcript(eva, form)):
        assert answer.status_code == 400
        assert "html, txt, pdf" in answer.json()["error"]["text"]


def test_without_words_the_receipt_says_so(client, customer):
    eva = customer(client)
    eva.person()
    eva.case = eva.view()["case"]
    assert "Sin texto: pidió hablar con una persona." in receipt(eva).text


def test_a_second_case_has_its_own_words(client, eva):
    ana, ref = Agent(client), eva.case["reference"]
    ana.act(ref, "claim")
    ana.act(ref, "resolve", disposition="solved", note="hecho", cause="knowledge")
    closed = receipt(eva).text
    eva.say("ahora es por otra cosa")
    eva.person()
    eva.case = eva.view()["case"]
    second = receipt(eva).text

    assert "El caso se cerró el" in closed
    assert "ahora es por otra cosa" in second and COMPLAINT not in second


def test_a_receipt_is_in_the_conversations_language(client, customer):
    eva = customer(client, language="en")
    eva.say("my order has not come")
    eva.person()
    eva.case = eva.view()["case"]
    text = receipt(eva).text
    assert "Receipt of your complaint" in text and "customer care" in text


def test_a_transcript_tells_bot_person_and_customer_apart(client, eva):
    ana, ref = Agent(client), eva.case["reference"]
    ana.act(ref, "claim")
    ana.act(ref, "messages", text="Buenas tardes, soy Ana.", client_id="a1")
    text = transcript(eva).text

    for line in ("· Usted\n", "· Asistente automático\n", "· Ana Ruiz, persona del equipo\n"):
        assert line in text
    assert "Buenas tardes, soy Ana." in text and COMPLAINT in text
    assert ref in text
    assert set(words(text)) <= set(words(html_text(transcript(eva, "html").text)))
    assert set(words(text)) <= set(words(pdf_text(transcript(eva, "pdf").content))) | {"1"}


def test_a_transcript_is_its_customers_only(client, eva, customer):
    stranger = customer(client)
    path = f"{eva.path}/transcript"
    assert client.get(path, headers=stranger.headers).status_code == 401
    assert client.get(path).status_code == 401


# The PDF writer


def made(*texts):
    styled = [("said", text) for text in texts]
    return pdf.pages(styled, title="Título", language="es", page="{number}/{pages}", signs="SIGNOS")


def test_letters_of_our_languages_and_signs_of_money_are_kept():
    text = "áéíóúüñ ÁÉÍÓÚÜÑ ¿? ¡! €£¢ «» “” … — ç l·l (paréntesis) \\ barra"
    assert text in pdf_text(made(text))


def test_what_the_font_lacks_is_named_and_said():
    text = pdf_text(made("qué enfado 😠 ł ё\u200b"))

    assert "[angry face]" in text and "[latin small letter l with stroke]" in text
    assert "SIGNOS" in text
    assert "SIGNOS" not in pdf_text(made("sin nada raro, ni ﬁ ni ā"))


def test_long_texts_go_over_pages_and_long_words_are_broken():
    content = made("palabra " * 2000, "x" * 3000)
    text = pdf_text(content)

    assert content.count(b"/Type /Page ") >= 4
    assert text.count("palabra") == 2000
    assert text.count("x") >= 3000
    assert "1/" in text


def test_no_line_is_wider_than_the_page():
    room = pdf.WIDTH - 2 * pdf.MARGIN
    for text in ("mmmm WWWW " * 40, "iiii llll " * 80, "á" * 500):
        assert all(pdf.width(line, 10) <= room for line in pdf.wrapped(text, 10, room))


def test_objects_are_where_the_table_says():
    content = made("hola")
    table = int(re.search(rb"startxref\n(\d+)", content).group(1))
    places = re.findall(rb"(\d{10}) 00000 n", content[table:])

    assert content[table:].startswith(b"xref")
    for number, place in enumerate(places, start=1):
        assert content[int(place) :].startswith(b"%d 0 obj" % number)


def test_a_paper_without_blocks_is_still_a_paper():
    empty = Paper("Nada", "es", ()).sealed()
    assert paper.html(empty) and paper.plain(empty) and paper.pdf(empty).startswith(b"%PDF-")
    assert Paper("Nada", "es", (Block("text", "x"),)).sealed().seal != empty.seal
