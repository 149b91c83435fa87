"""Erasing and exporting a customer, through every table and file there is."""

import io
import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa
from desk_fakes import sqlite_only

from bot.errors import ConfigError, Conflict, DeskError, NotFound
from bot.handoff import logged, skeleton, tickets
from bot.handoff.attachments import Attachments
from bot.handoff.contact import Contacts
from bot.handoff.erasure import Erasure
from bot.handoff.export import Export
from bot.handoff.records import Identity, Reply
from bot.handoff.retention import Retention
from bot.handoff.store import conversations, messages
from bot.handoff.subject import Subject
from bot.handoff.tables import metadata
from bot.handoff.tables_desk import (
    approvals,
    jobs,
    mails,
    mentions,
    moments,
    notes,
    profiles,
    reads,
    reviews,
    saved_views,
    surveys,
)
from bot.handoff.tracker import Tracker

pytestmark = pytest.mark.database

WORD = "zarzaparrilla"  # in everything that anybody wrote
NAME = "Quiterio"  # in everything that names the customer
PHONE, ADDRESS, CUSTOMER = "600112299", "quiterio@ejemplo.es", "c-quiterio-1"


class Home:
    """A desk in a folder, with one customer of whom there is something everywhere."""

    def __init__(self, here, tmp_path):
        self.here, self.folder = here, tmp_path
        self.files = Attachments(here.desk, tmp_path / "attachments")
        self.tracker = Tracker(f"sqlite:///{tmp_path / 'tracker.db'}")
        with closing(sqlite3.connect(tmp_path / "tracker.db")) as file, file:
            file.execute("PRAGMA journal_mode=WAL")
            file.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id TEXT, data TEXT)")
        self.erasure = Erasure(here.desk, self.files, self.tracker)
        self.export = Export(here.desk, self.files, self.tracker)

    def customer(self, *, customer_id=CUSTOMER, closed=True, word=WORD):
        """Somebody who chatted, was handed over and served; return the ticket."""
        here, at = self.here, self.here.clock()
        who = Identity("verified", customer_id, f"{NAME} {word}", ADDRESS)
        conversation = here.store.create_conversation(identity=who, page=f"https://t/?{word}").id
        Contacts(here.desk).leave(conversation, email=ADDRESS, phone=PHONE, consent=True)
        file = self.files.keep(conversation, "customer", f"{word}.txt", f"la {word}".encode())
        message, _ = here.store.add_customer_message(
            conversation, f"Soy {NAME} y quiero mi {word}", "m1", attachments=[file.id]
        )
        parse = {"text": word, "frustration": {"score": 0.9, "level": "angry", "cues": [word]}}
        here.store.set_parse(message.id, parse)
        payload = {"facts": {"said": word}, "wants": word, "risk": ["legal"], "issue": "quality"}
        state = {"facts": {"x": word}}
        ticket, _ = here.desk.open_ticket(
            conversation, payload, trigger="asked", state=state, turn=message.turn
        )
        self.everywhere(ticket, message, word)
        with closing(sqlite3.connect(self.folder / "tracker.db")) as file, file:
            for number in range(3):
                data = json.dumps({"event": "user", "text": f"{word} {NAME} {number}"})
                file.execute(
                    "INSERT INTO events (sender_id, data) VALUES (?, ?)", (conversation, data)
                )
        if closed:
            with here.store.database.write() as connection:
                tickets.update(
                    connection,
                    ticket.ref,
                    status="resolved",
                    resolved_at=at,
                    resolution={"a": word},
                )
                conversations.update(connection, conversation, owner="bot", resume={"a": word})
        return ticket

    def everywhere(self, ticket, message, word):
        """A row of everything else."""
        ref, conversation, at = ticket.ref, ticket.conversation, self.here.clock()
        text = f"{NAME} {word}"
        with self.here.store.database.write() as connection:
            insert = lambda table, **row: connection.execute(sa.insert(table).values(**row))  # noqa: E731
            made = insert(
                notes, ticket=ref, at=at, agent="ana", kind="note", text=text, mentions=[]
            )
            note = made.inserted_primary_key[0]
            insert(mentions, ticket=ref, agent="ana", note=note, at=at)
            insert(
                approvals,
                ticket=ref,
                kind="refund",
                cents=100,
                subject=word,
                reason=text,
                asked_by="ana",
                asked_at=at,
                state="asked",
                answer=text,
                booking=word,
            )
            insert(reviews, ticket=ref, at=at, by="eva", text=text)
            insert(
                moments,
                conversation=conversation,
                ticket=ref,
                message=message.id,
                at=at,
                by="ana",
                text=text,
            )
            insert(
                jobs,
                kind="x",
                key=ref,
                due=at,
                ticket=ref,
                conversation=conversation,
                data={"w": text},
            )
            insert(
                surveys, ticket=ref, conversation=conversation, asked_at=at, score=2, comment=text
            )
            insert(
                mails,
                event=f"e{ref}",
                conversation=conversation,
                ticket=ref,
                kind="answer",
                recipient=ADDRESS,
                subject=word,
                text=text,
                language="es",
                made_at=at,
                next_at=at,
                message_id="<m>",
            )
            insert(saved_views, agent="ana", name=f"v{ref}", query={"q": NAME})
            insert(reads, at=at, agent="ana", kind="profile", customer_id=CUSTOMER)
            known = sa.select(profiles).where(profiles.c.customer_id == CUSTOMER)
            if connection.execute(known).first() is None:
                insert(
                    profiles,
                    customer_id=CUSTOMER,
                    text=text,
                    needs=[],
                    changed_by="ana",
                    changed_at=at,
                )
            log = lambda kind, **data: tickets.log(connection, ref, at, "agent:ana", kind, data)  # noqa: E731
            log("priority", **{"from": "low", "to": "high", "reason": text})
            log("labelled", **{"from": [], "to": [word]})
            log("receipt", sha256="0" * 64, format="pdf", upto=1)
            log("novelty", words=text)
            tickets.update(connection, ref, labels=[word])

    def left(self, *words):
        """The files of the home in which one of the words is, whatever part of the file."""
        found = set()
        for path in self.folder.rglob("*"):
            content = path.read_bytes().lower() if path.is_file() else b""
            found |= {path.name for word in words if word.lower().encode() in content}
        return found


WORDS = (WORD, NAME, PHONE, ADDRESS, CUSTOMER)


@pytest.fixture
def home(here, tmp_path):
    return Home(here, tmp_path)


@sqlite_only
def test_no_word_of_an_erased_customer_is_left_in_any_file(home):
    for _ in range(6):  # free pages, moved cells, a log
        home.customer()
    before = home.left(WORD)
    assert "tracker.db" in before and before & {"desk.db", "desk.db-wal"}, "it looks where it must"

    done = home.erasure.erase(Subject(customer_id=CUSTOMER))

    assert (len(done.conversations), done.files, done.events) == (6, 1, 18)
    assert done.clean
    assert home.left(*WORDS) == set()


@sqlite_only
def test_other_customers_keep_every_word(home):
    other = home.customer(customer_id="c-other", word="remolacha")
    home.customer()
    home.erasure.erase(Subject(customer_id=CUSTOMER))
    assert home.here.store.messages(other.conversation)[-1].text
    assert "remolacha" in str(home.export.collect(Subject(customer_id="c-other")))
    assert home.left("remolacha") & {"desk.db", "desk.db-wal"}
    assert len(home.tracker.events(other.conversation)) == 3


def test_every_table_is_known_to_the_erasure():
    known = {table.name for table in skeleton.GONE}
    known |= {table.name for table, _ in skeleton.EMPTIED}
    known |= {*skeleton.BY_HAND, *skeleton.NOBODYS}
    assert known == set(metadata.tables)


def test_no_table_that_says_whose_it_is_counts_as_nobodys():
    named = {"conversation", "customer_id", "customer", "text", "recipient"}
    for name in skeleton.NOBODYS:
        assert not named & set(metadata.tables[name].c.keys()), name


CODES = {
    "messages": "conversation turn author sender name language level response variation",
    "turns": "id conversation kind status",
    "tickets": "ref conversation status priority team reason_code trigger owner_agent context "
    "language disposition channel tier issue offered_to cause opened_as",
    "promises": "conversation ticket turn name owner made_by",
    "notes": "ticket agent kind mentions client_id",
    "approvals": "ticket kind asked_by state decided_by problem",
    "reviews": "ticket by agent",
    "moments": "conversation ticket by",
    "surveys": "ticket conversation reviewed_by",
    "jobs": "kind key ticket conversation outcome",
    "mails": "event conversation ticket kind language",
    "reads": "agent kind conversation query refs",  # no words that were sought
    "conversations": "id language origin disclosure_version",
}
"""Columns that stay although text may stand in them: ids, codes, names of staff, the site."""


@pytest.mark.parametrize("table, values", skeleton.EMPTIED, ids=lambda each: str(each)[:20])
def test_a_new_column_is_emptied_or_was_thought_about(table, values):
    wordy = {
        column.name for column in table.c if isinstance(column.type, (sa.String, sa.Text, sa.JSON))
    }
    assert wordy - set(values) == set(CODES[table.name].split())


def test_the_measures_stay_what_they_were(home):
    ticket = home.customer()
    with home.here.store.database.read() as connection:
        before = tickets.events(connection, ticket.ref)
    home.erasure.erase(Subject(customer_id=CUSTOMER))
    with home.here.store.database.read() as connection:
        after = tickets.events(connection, ticket.ref)
        scored = messages.moods(connection, [ticket.conversation])
        survey = connection.execute(sa.select(surveys)).one()
    assert [each.kind for each in after] == [*(each.kind for each in before), "erased"]
    assert logged.cases(after[:-1]) == logged.cases(before)
    assert scored[ticket.conversation] == [(0.9, "angry")]
    assert (survey.score, survey.comment) == (2, None)


def test_a_log_keeps_codes_and_drops_words():
    assert skeleton.event_data("priority", "agent:ana", {"to": "high", "reason": "una queja"}) == {
        "to": "high"
    }
    rule = {"to": "high", "reason": "third_contact"}
    assert skeleton.event_data("priority", "system", rule) == rule
    assert skeleton.event_data("opened", "agent:ana", {"reason": "by_hand"}) == {
        "reason": "by_hand"
    }
    assert skeleton.event_data("labelled", "agent:ana", {"to": ["vecino"]}) == {}
    assert skeleton.event_data("novelty", "agent:ana", {"words": "x"}) == {}


def test_while_a_case_is_open_nothing_is_erased_unless_somebody_insists(home):
    ticket = home.customer(closed=False)
    with pytest.raises(Conflict) as refused:
        home.erasure.erase(Subject(customer_id=CUSTOMER))
    assert refused.value.code == "case_open"
    assert ticket.ref in str(refused.value)
    assert home.here.store.messages(ticket.conversation)[0].text

    home.erasure.erase(Subject(customer_id=CUSTOMER), who="agent:root", force=True)

    with home.here.store.database.read() as connection:
        event = tickets.events(connection, ticket.ref)[-1]
        assert tickets.get(connection, ticket.ref).status == "resolved"
    assert (event.kind, event.actor, event.data) == ("erased", "agent:root", {"forced": True})
    assert home.here.store.conversation(ticket.conversation).owner == "bot"


def test_one_conversation_alone_leaves_what_is_known_of_its_customer(home):
    first, second = home.customer(), home.customer()
    home.erasure.erase(Subject(conversation=first.conversation))
    with home.here.store.database.read() as connection:
        assert connection.execute(sa.select(profiles)).one()
    assert home.here.store.messages(second.conversation)[-1].text
    home.erasure.erase(Subject(conversation=second.conversation))
    with home.here.store.database.read() as connection:
        assert connection.execute(sa.select(profiles)).first() is None


@pytest.mark.parametrize(
    "subject",
    [Subject(email=ADDRESS.upper()), Subject(customer_id=CUSTOMER)],
    ids=["address", "customer"],
)
def test_a_customer_is_found_by_what_they_are_known_by_and_erased_once(home, subject):
    home.customer()
    assert len(home.erasure.erase(subject).conversations) == 1
    with pytest.raises(NotFound):
        home.erasure.erase(subject)


@pytest.mark.parametrize(
    "subject", [Subject(), Subject(customer_id="a", email="b"), Subject(email="  ")]
)
def test_a_subject_is_exactly_one_thing(home, subject):
    with pytest.raises(DeskError) as refused:
        home.erasure.erase(subject)
    assert refused.value.code == "no_subject"


def test_places_that_trainers_wrote_are_told_and_not_touched(home, tmp_path):
    ticket = home.customer()
    folder = tmp_path / "data"
    (folder / "nlu").mkdir(parents=True)
    example = folder / "nlu" / "complaint.yml"
    example.write_text(
        f"- Otra cosa\n- Soy {NAME} y quiero mi  {WORD}\n# conversation {ticket.conversation}\n"
    )
    home.erasure = Erasure(home.here.desk, home.files, home.tracker, written=[folder])

    done = home.erasure.erase(Subject(customer_id=CUSTOMER))

    assert [(each.file, each.line, each.what) for each in done.traces] == [
        ("data/nlu/complaint.yml", 2, "sentence"),
        ("data/nlu/complaint.yml", 3, "conversation"),
    ] or done.traces[0].what == "name"
    assert WORD in example.read_text()


def test_what_is_too_old_goes_by_itself_and_what_is_open_or_young_stays(home):
    old, open_one = home.customer(), home.customer(closed=False)
    home.here.clock.forward(days=360)
    young = home.customer()
    home.here.clock.forward(days=10)

    done = home.erasure.expired(Retention(12))

    assert done.conversations == (old.conversation,)
    for kept in (open_one, young):
        assert home.here.store.messages(kept.conversation)[0].text
    assert home.erasure.expired(Retention(12)).conversations == ()
    assert home.erasure.expired(Retention(0)).conversations == ()


def test_a_conversation_that_went_on_lately_is_not_old(home):
    ticket = home.customer()
    home.here.clock.forward(days=300)
    home.here.store.add_customer_message(ticket.conversation, "¿y?", "m7")
    home.here.clock.forward(days=100)
    assert home.erasure.expired(Retention(12)).conversations == ()


@sqlite_only
def test_free_pages_are_cleaned_later_when_somebody_reads_all_the_time(home, monkeypatch):
    home.customer()
    monkeypatch.setattr("bot.handoff.vacuum.TRIES", 1)
    monkeypatch.setattr("bot.handoff.vacuum.PATIENCE", 0.2)
    with closing(sqlite3.connect(home.folder / "desk.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM messages").fetchone()
        assert not home.erasure.erase(Subject(customer_id=CUSTOMER)).clean
        reader.execute("COMMIT")
    assert home.erasure.clean()
    assert home.left(*WORDS) == set()


def test_a_turn_that_ends_after_the_erasure_brings_nothing_back(home):
    here = home.here
    conversation = here.chat(f"mi {WORD}")
    turn = here.store.open_turn(conversation)
    here.store.start_turn(turn.id)
    asked = here.store.messages(conversation)[0]
    home.erasure.erase(Subject(conversation=conversation))

    state = {"facts": {"x": WORD}}
    here.store.finish_turn(turn.id, replies=[Reply(WORD)], parse={"text": WORD}, state=state)
    with pytest.raises(Conflict):
        here.desk.open_ticket(conversation, {"wants": WORD}, trigger="asked", turn=turn.id)
    here.store.set_parse(asked.id, {"text": WORD, "frustration": {"score": 0.1, "level": "calm"}})
    with closing(sqlite3.connect(home.folder / "tracker.db")) as file, file:
        file.execute("INSERT INTO events (sender_id, data) VALUES (?, ?)", (conversation, WORD))
    here.clock.forward(minutes=15)
    home.erasure.clean()

    (message,) = here.store.messages(conversation, late=True)
    assert (message.text, message.parse) == ("", None)
    assert here.store.conversation(conversation).state is None
    assert home.tracker.forget([conversation]) == 0


def test_a_process_that_dies_in_between_leaves_the_rest_to_the_next(home, monkeypatch):
    ticket = home.customer()
    monkeypatch.setattr(home.tracker, "forget", lambda names: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        home.erasure.erase(Subject(customer_id=CUSTOMER))
    monkeypatch.undo()
    assert len(home.tracker.events(ticket.conversation)) == 3

    home.here.clock.forward(minutes=15)
    assert Erasure(home.here.desk, home.files, home.tracker).clean()

    assert home.tracker.events(ticket.conversation) == []


def test_what_goes_by_age_is_cleaned_once_a_day(home, monkeypatch):
    cleaned = []
    monkeypatch.setattr("bot.handoff.erasure.cleaned", lambda path: cleaned.append(path) or True)
    home.customer()
    home.here.clock.forward(days=370)
    assert len(home.erasure.expired(Retention(12)).conversations) == 1
    assert cleaned == []
    home.here.clock.forward(hours=25)
    assert home.erasure.clean()
    assert cleaned
    del cleaned[:]
    assert home.erasure.clean()
    assert cleaned == []


def test_an_export_has_everything_and_says_what_it_leaves_out(home):
    ticket = home.customer()
    target = io.BytesIO()

    whole = home.export.pack(Subject(customer_id=CUSTOMER), target, who="agent:root")

    (one,) = whole["conversations"]
    assert one["conversation"]["contact_email"] == ADDRESS
    for part in ("messages", "tickets", "notes", "surveys", "mails", "moments", "approvals"):
        assert WORD in str(one[part]), part
    assert len(one["engine"]) == 3
    assert whole["profile"][0]["customer_id"] == CUSTOMER
    assert whole["left_out"]
    with zipfile.ZipFile(target) as archive:
        assert json.loads(archive.read("customer.json")) == whole
        (file,) = [name for name in archive.namelist() if name.startswith("files/")]
        assert archive.read(file).decode() == f"la {WORD}"
    with home.here.store.database.read() as connection:
        event = tickets.events(connection, ticket.ref)[-1]
    assert (event.kind, event.actor, event.data) == ("read", "agent:root", {"kind": "export"})


def test_without_an_engine_there_is_nothing_to_forget(home, tmp_path):
    tracker = Tracker(f"sqlite:///{tmp_path / 'none.db'}")
    assert (tracker.events("c_1"), tracker.forget(["c_1"])) == ([], 0)
    assert not (tmp_path / "none.db").exists()
    with closing(sqlite3.connect(tmp_path / "none.db")) as file:
        file.execute("CREATE TABLE other (x)")
    assert (tracker.events("c_1"), tracker.forget(["c_1"])) == ([], 0)


@pytest.mark.parametrize(
    "data, wrong",
    [
        ("12", "Example"),
        ({"month": 1}, "Did you mean"),
        ({"months": -1}, "0 or more"),
        ({"months": True}, "no number"),
        ({"sent_days": -1}, "0 or more"),
        ({"lists_day": 9}, "Did you mean"),
    ],
)
def test_a_wrong_retention_stops_the_start(data, wrong):
    with pytest.raises(ConfigError, match=wrong):
        Retention.from_dict(data)


def test_months_are_kept_in_days():
    assert Retention.from_dict(None).months == 0
    assert timedelta(days=Retention.from_dict({"months": 12}).days) == timedelta(days=365.25)
