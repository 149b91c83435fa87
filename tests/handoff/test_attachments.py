"""Files: what is taken and under which name, without what the camera wrote, and what goes."""

import os
import sys

import pytest
from pictures import GIF, OLE, PDF, PLACE, ZIP, exif, jpeg, png, segment, webp

from bot.errors import Conflict, DeskError, NotFound
from bot.handoff import tickets
from bot.handoff.attachments import CLEAN, REFUSED, UNSCANNED, Attachments, scanner, size_text
from bot.handoff.filetypes import clean_name, kind_of
from bot.handoff.metadata import without_place

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    "content, kind",
    [
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (webp(), "image/webp"),
        (GIF, "image/gif"),
        (PDF, "application/pdf"),
        ("Número de pedido: 48213\r\n\tgracias".encode(), "text/plain"),
        (b"\xef\xbb\xbfhola", "text/plain"),
        (b"a < b and c > d", "text/plain"),
    ],
)
def test_the_content_says_what_a_file_is(content, kind):
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="svg"),
        pytest.param(b"\xef\xbb\xbf \n<!DOCTYPE html><p>", id="html"),
        pytest.param(b"<?xml version='1.0'?><a/>", id="xml"),
        pytest.param(b"hola <ScRiPt>alert(1)</script>", id="script in text"),
        pytest.param(ZIP, id="office, zip"),
        pytest.param(OLE, id="old office"),
        pytest.param(b"MZ\x90\x00", id="program"),
        pytest.param(b"\x7fELF", id="program"),
        pytest.param(b"#!/bin/sh\n\x00", id="binary in text"),
        pytest.param("año".encode("latin-1"), id="not UTF-8"),
        pytest.param(b"RIFF\x00\x00\x00\x00AVI ", id="video"),
    ],
)
def test_what_may_run_or_is_unknown_is_refused(content):
    with pytest.raises(DeskError) as refused:
        kind_of(content)
    assert refused.value.code == "attachment_type"
    assert "png" in str(refused.value)


@pytest.mark.parametrize(
    "given, kind, kept",
    [
        ("foto.png", "image/png", "foto.png"),
        ("FOTO.JPEG", "image/jpeg", "FOTO.jpeg"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Temp\\nota.txt", "text/plain", "nota.txt"),
        ("foto.exe", "image/png", "foto.exe.png"),
        ("factura\u202egnp.exe", "application/pdf", "facturagnp.exe.pdf"),
        ("a\x00b\nc\u200b.txt", "text/plain", "abc.txt"),
        ('"><img src=x>.png', "image/png", "img src=x.png"),
        ("", "image/gif", "archivo.gif"),
        ("....", "image/gif", "archivo.gif"),
        (".png", "image/png", "png.png"),
        ("señal de tráfico.pdf", "application/pdf", "señal de tráfico.pdf"),
    ],
)
def test_names_are_safe_and_end_as_their_content_does(given, kind, kept):
    assert clean_name(given, kind) == kept


def test_a_long_name_keeps_its_ending():
    name = clean_name("a" * 500 + ".png", "image/png")
    assert len(name) == 120
    assert name.endswith(".png")


@pytest.mark.parametrize(
    "kind, content, clean",
    [
        pytest.param("image/png", png((b"eXIf", PLACE), (b"tEXt", PLACE)), png(), id="png"),
        pytest.param("image/jpeg", jpeg(exif(1), segment(0xFE, PLACE)), jpeg(), id="jpeg"),
        pytest.param("image/jpeg", jpeg(tail=jpeg(exif(1))), jpeg(), id="second picture behind"),
        pytest.param("image/gif", GIF, GIF, id="gif stays"),
    ],
)
def test_pictures_lose_the_place_they_were_taken_at(kind, content, clean):
    assert without_place(content, kind) == clean


def test_a_webp_says_that_its_metadata_is_gone():
    cleaned = without_place(webp((b"EXIF", PLACE), (b"XMP ", PLACE)), "image/webp")
    assert PLACE not in cleaned
    assert cleaned[20] == 0
    assert cleaned == without_place(cleaned, "image/webp")


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_which_way_up_a_picture_is_stays(orientation):
    cleaned = without_place(jpeg(exif(orientation)), "image/jpeg")
    assert PLACE not in cleaned
    assert b"Exif\x00\x00MM" in cleaned
    assert without_place(cleaned, "image/jpeg") == cleaned


@pytest.mark.parametrize(
    "kind, content",
    [
        ("image/jpeg", b"\xff\xd8\xff\xe1\xff\xff" + PLACE),
        ("image/jpeg", jpeg()[:-2]),
        ("image/png", png()[:20]),
        ("image/webp", webp()[:-4]),
    ],
)
def test_a_broken_picture_stays_as_it_came(kind, content):
    assert without_place(content, kind) == content


@pytest.fixture
def files(here, tmp_path):
    return Attachments(here.desk, tmp_path / "files", limit=2000, most=3)


def stored(tmp_path):
    return [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


def test_a_file_lies_by_its_content_and_the_case_says_that_it_came(here, files, tmp_path):
    ticket = here.ticket("hola")
    made = files.keep(ticket.conversation, "customer", "../../foto.png", png())

    (path,) = stored(tmp_path)
    assert path.name == made.digest
    assert path.read_bytes() == png()
    assert path.stat().st_mode & 0o077 == 0
    assert (made.name, made.type, made.scan) == ("foto.png", "image/png", UNSCANNED)
    with here.store.database.read() as connection:
        event = tickets.events(connection, ticket.ref)[-1]
    assert (event.kind, event.data["type"]) == ("attached", "image/png")
    assert "foto" not in str(event.data)


@pytest.mark.parametrize(
    "content, code",
    [(b"", "attachment_empty"), (b"x" * 2001, "attachment_size"), (ZIP, "attachment_type")],
)
def test_what_is_refused_leaves_nothing(here, files, tmp_path, content, code):
    conversation = here.chat("hola")
    with pytest.raises(DeskError) as refused:
        files.keep(conversation, "customer", "x", content)
    assert refused.value.code == code
    assert stored(tmp_path) == []


def test_a_conversation_has_so_many_files_and_no_more(here, files):
    conversation = here.chat("hola")
    for number in range(3):
        files.keep(conversation, "customer", "x", b"texto %d" % number)
    with pytest.raises(Conflict) as refused:
        files.keep(conversation, "customer", "x", b"otro")
    assert refused.value.code == "attachment_many"


def test_a_file_is_given_to_its_own_conversation_only(here, files):
    mine, other = here.chat("hola"), here.chat("hola")
    made = files.keep(mine, "customer", "x", b"texto")
    assert files.get(made.id, mine)[1].read_bytes() == b"texto"
    for number, conversation in ((made.id, other), ("a_nothing", mine), ("../../secret", mine)):
        with pytest.raises(NotFound):
            files.get(number, conversation)


def test_a_message_takes_the_uploads_of_its_own_sender_once(here, files):
    conversation = here.chat("hola")
    mine = files.keep(conversation, "customer", "x.txt", b"texto")
    theirs = files.keep(conversation, "agent:ana", "y.txt", b"otro")

    message, _ = here.store.add_customer_message(
        conversation, "", "m9", attachments=[mine.id, mine.id]
    )

    assert message.attachments == [mine.as_dict()]
    assert message.turn is None, "the bot has nothing to answer"
    for number, kind, code in (
        (mine.id, Conflict, "attachment_taken"),
        (theirs.id, NotFound, "attachment_unknown"),
        ("a_nothing", NotFound, "attachment_unknown"),
    ):
        with pytest.raises(kind) as refused:
            here.store.add_customer_message(conversation, "y", f"n{number}", attachments=[number])
        assert refused.value.code == code
    assert [each.text for each in here.store.messages(conversation)] == ["hola", ""]


def test_an_agent_sends_a_file_without_a_word(here, files):
    ticket, agent = here.ticket("hola"), here.agent()
    here.desk.claim(ticket.ref, agent)
    made = files.keep(ticket.conversation, "agent:ana", "etiqueta.pdf", PDF)
    (message,) = here.desk.say(ticket.ref, agent, "", "a1", [made.id]).messages
    assert message.as_dict()["attachments"][0]["name"] == "etiqueta.pdf"
    with pytest.raises(DeskError):
        here.desk.say(ticket.ref, agent, " ", "a2")


def test_the_same_content_twice_lies_there_once_until_the_last_is_gone(here, files, tmp_path):
    first, second = here.chat("hola"), here.chat("hola")
    one = files.keep(first, "customer", "x", b"texto")
    here.store.add_customer_message(first, "", "m9", attachments=[one.id])
    files.keep(second, "customer", "y", b"texto")

    here.clock.forward(hours=25)
    files.look_again()
    assert len(stored(tmp_path)) == 1, "the first still needs it"
    with pytest.raises(NotFound):
        files.get("x", second)


def test_uploads_that_nobody_sent_are_thrown_away_after_a_day(here, files, tmp_path):
    files.keep(here.chat("hola"), "customer", "x", b"texto")
    files.look_again()
    assert len(stored(tmp_path)) == 1
    here.clock.forward(hours=25)
    files.look_again()
    assert stored(tmp_path) == []


def test_what_a_dead_process_left_is_thrown_away_after_a_day(here, files, tmp_path):
    folder = tmp_path / "files" / "ab"
    folder.mkdir(parents=True)
    half, whole = folder / ".abc.a_1", folder / ("ab" + "0" * 62)
    young = folder / ("ab" + "1" * 62)
    for path in (half, whole, young):
        path.write_bytes(b"x")
        moment = here.clock.now.timestamp() - (0 if path == young else 90_000)
        os.utime(path, (moment, moment))
    files.look_again()
    assert stored(tmp_path) == [young]


@pytest.mark.parametrize(
    "code, verdict", [(0, CLEAN), (1, REFUSED), (2, UNSCANNED), (50, UNSCANNED)]
)
def test_a_scanner_speaks_by_its_exit_code(tmp_path, code, verdict):
    scan = scanner(f'{sys.executable} -c "import sys; sys.exit({code})"')
    assert scan(tmp_path / "x") == verdict


def test_a_scanner_that_is_not_there_leaves_files_unscanned(tmp_path):
    assert scanner("/nowhere/scan")(tmp_path) == UNSCANNED
    assert scanner("")(tmp_path) == UNSCANNED


def test_an_infected_file_is_refused_and_gone(here, tmp_path):
    ticket = here.ticket("hola")
    files = Attachments(here.desk, tmp_path / "files", scan=lambda path: REFUSED)
    with pytest.raises(DeskError) as refused:
        files.keep(ticket.conversation, "customer", "x", b"texto")
    assert refused.value.code == "attachment_unsafe"
    assert stored(tmp_path) == []
    with here.store.database.read() as connection:
        assert tickets.events(connection, ticket.ref)[-1].data["scan"] == REFUSED


def test_a_file_that_the_scanner_refuses_later_is_not_given_any_more(here, files, tmp_path):
    conversation = here.chat("hola")
    made = files.keep(conversation, "customer", "x", b"texto")
    later = Attachments(here.desk, tmp_path / "files", scan=lambda path: REFUSED)
    assert later.look_again() == [conversation]
    assert stored(tmp_path) == []
    with pytest.raises(NotFound):
        files.get(made.id, conversation)
    assert later.look_again() == []


@pytest.mark.parametrize(
    "size, text", [(10_000_000, "10 MB"), (1_500_000, "1.5 MB"), (2000, "2 kB"), (12, "12 B")]
)
def test_sizes_are_said_as_people_do(size, text):
    assert size_text(size) == text
