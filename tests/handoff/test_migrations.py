"""A file written by an older version opens, and keeps what was in it."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.errors import StoreError
from bot.handoff import people, tickets
from bot.handoff.store import Store, promises
from bot.handoff.store.database import Database
from bot.handoff.tables import metadata

pytestmark = pytest.mark.database

OLD_ROWS = (
    "INSERT INTO conversations (id, created_at, language, owner, status, identity_status)"
    " VALUES ('c_old', '2026-01-02 03:04:05.000000', 'es', 'bot', 'open', 'anonymous')",
    "INSERT INTO turns (id, conversation, kind, status, created_at)"
    " VALUES ('t_old', 'c_old', 'message', 'open', '2026-01-02 03:04:06.000000')",
    "INSERT INTO messages (conversation, turn, author, sender, text, choices, client_id,"
    " created_at, late) VALUES ('c_old', 't_old', 'customer', 'customer', 'hola', '[]', 'm1',"
    " '2026-01-02 03:04:06.000000', 0)",
)


OLD_TICKET = (
    "INSERT INTO tickets (ref, conversation, status, priority, rank, team, reason_code, trigger,"
    " context, language, created_at, queued_at, due_first_response, resolved_at, resolution)"
    " VALUES ('R-222222', 'c_old', 'returned', 'medium', 2, 'billing', 'other', 'x', '{}', 'es',"
    " '2026-01-02 03:04:07.000000', '2026-01-02 03:04:07.000000', '2026-01-02 03:09:07.000000',"
    ' \'2026-01-02 04:00:00.000000\', \'{"agreed": "Devolver", "promised": ['
    '{"text": "El ingreso", "due": "2026-01-05T18:00:00Z"},'
    ' {"text": "Una llamada", "due": null}]}\')'
)


def url(tmp_path):
    return f"sqlite:///{tmp_path / 'old.db'}"


def test_a_file_of_the_first_version_is_brought_up_to_date_with_its_rows(tmp_path):
    old = Database(url(tmp_path))
    old.migrate("0001")
    with old.write() as connection:
        for row in OLD_ROWS:
            connection.execute(sa.text(row))
    old.close()

    store = Store(url(tmp_path))

    assert store.conversation("c_old").created_at.isoformat() == "2026-01-02T03:04:05+00:00"
    assert [message.text for message in store.messages("c_old")] == ["hola"]
    assert [turn.id for turn in store.unfinished_turns()] == ["t_old"]
    with store.database.read() as connection:
        assert "tickets" in sa.inspect(connection).get_table_names()
    store.close()


def test_what_agents_had_promised_moves_to_the_ledger_and_wakes_nobody(tmp_path):
    old = Database(url(tmp_path))
    old.migrate("0002")
    with old.write() as connection:
        connection.execute(sa.text(OLD_ROWS[0]))
        connection.exec_driver_sql(OLD_TICKET)
    old.close()

    store = Store(url(tmp_path))
    with store.database.read() as connection:
        money, call = promises.of_conversation(connection, "c_old")
        assert promises.overdue(connection, store.clock()) == []

    assert (money.text, money.owner, money.made_by) == ("El ingreso", "billing", "agent")
    assert (money.ticket, money.due.isoformat()) == ("R-222222", "2026-01-05T18:00:00+00:00")
    assert money.made_at.isoformat() == "2026-01-02T04:00:00+00:00"
    assert (call.due, call.alarmed_at) == (None, None)
    store.close()


def test_notes_of_before_ids_stay_and_none_is_taken_for_another(tmp_path):
    old = Database(url(tmp_path))
    old.migrate("0005")
    note = (
        "INSERT INTO notes (ticket, at, agent, kind, text, mentions)"
        " VALUES ('R-222222', '2026-01-02 03:05:00.000000', 'ana', 'note', :text, '[]')"
    )
    with old.write() as connection:
        connection.execute(sa.text(OLD_ROWS[0]))
        connection.exec_driver_sql(OLD_TICKET)
        for text in ("uno", "dos"):
            connection.execute(sa.text(note), {"text": text})
    old.close()

    store = Store(url(tmp_path))
    with store.database.read() as connection:
        assert [each["text"] for each in people.notes_of(connection, "R-222222")] == ["uno", "dos"]
        assert tickets.get(connection, "R-222222").owner_agent is None
    store.close()


def test_the_migrations_build_exactly_the_tables_of_the_code(tmp_path):
    store = Store(url(tmp_path))

    with store.database.read() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, metadata)

    assert [each for each in differences if "sqlite_sequence" not in repr(each)] == []
    store.close()


def test_migrating_twice_changes_nothing(tmp_path):
    Store(url(tmp_path)).close()
    Store(url(tmp_path)).close()


def test_a_file_of_a_newer_version_is_refused_clearly(tmp_path):
    store = Store(url(tmp_path))
    with store.database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()

    with pytest.raises(StoreError, match="newer"):
        Store(url(tmp_path))
