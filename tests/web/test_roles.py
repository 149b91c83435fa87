"""The table of roles and operations holds, and nothing is done by who may not."""

import pytest
from agents_client import bearer
from role_table import ALL, BODIES, ROLES, WHO, label, operations, request, stored

from bot.web import app

pytestmark = pytest.mark.server

PEOPLE = operations("agent", "session")


def test_every_operation_has_a_row_and_every_row_an_operation():
    outside = {"customers", "operators"}
    known = {(each.method, each.path) for each in app.operations() if each.tag not in outside}
    assert known - {("POST", "/api/v1/session")} == set(ROLES)


def test_every_body_has_an_example():
    bodies = {each.path for each in app.operations() if each.body is not None}
    assert bodies <= set(BODIES)


@pytest.mark.parametrize("operation", PEOPLE, ids=label)
def test_nobody_without_proof_does_anything(desk, case, operation):
    before = stored(desk)
    for headers in ({}, {"Cookie": "remanso_session=guess"}, {"Authorization": "Bearer rt_x"}):
        answer = request(desk, operation, case, headers)
        assert answer.status_code in (401, 403), answer.text
    answer = request(desk, operation, case, case["headers"])
    assert answer.status_code in (401, 403)  # a customer's key opens nothing here
    assert answer.json()["error"]["text"]
    assert stored(desk) == before


LIMITED = [each for each in PEOPLE if ROLES[each.method, each.path] != ALL]


@pytest.mark.parametrize("operation", LIMITED, ids=label)
def test_a_role_that_may_not_is_refused_and_changes_nothing(desk, case, tokens, operation):
    before = stored(desk)
    may = ROLES[operation.method, operation.path]
    for username, role in WHO.items():
        if role not in may:
            answer = request(desk, operation, case, tokens[username])
            assert answer.status_code == 403, f"{role}: {answer.text}"
            assert answer.json()["error"]["text"]
    assert stored(desk) == before


@pytest.mark.parametrize("operation", LIMITED, ids=label)
def test_a_role_that_may_is_not_refused(desk, case, tokens, operation):
    names = {**case, "id": "987654", "username": "otto"}
    for username, role in WHO.items():
        if role in ROLES[operation.method, operation.path]:
            answer = request(desk, operation, names, tokens[username])
            assert answer.status_code not in (401, 403, 500), f"{role}: {answer.text}"


OF_TICKETS = [each for each in operations("agent") if "{ref}" in each.path]


@pytest.mark.parametrize("operation", OF_TICKETS, ids=label)
def test_another_teams_ticket_is_closed_to_an_agent(desk, case, tokens, operation):
    before = stored(desk)
    options = {"content": b"hola"} if operation.path.endswith("/attachments") else {}
    answer = request(desk, operation, case, tokens["otto"], **options)
    assert answer.status_code in (403, 404), answer.text
    assert answer.json()["error"]["text"]
    assert stored(desk) == before


LOOKS = {"/api/v1/tickets/{ref}/check", "/api/v1/data/export", "/api/v1/practice/{name}"}
"""Asked with a body, and yet nothing is changed."""
CHANGES = [each for each in operations("agent") if each.method != "GET" and each.path not in LOOKS]


@pytest.mark.parametrize("operation", CHANGES, ids=label)
def test_a_token_that_may_only_read_changes_nothing(desk, case, operation):
    reading = bearer(desk, "jefa", scopes=["tickets:read"])
    before = stored(desk)
    answer = request(desk, operation, case, reading)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "scope"
    assert stored(desk) == before
