"""The whole OpenAPI document, played against the real gateway: no crash, answers as described.

Requests are made from the document by schemathesis, always the same ones. Half of them name things
that exist. What is of a wrong type or broken is sent by ``test_attacks.py``.
"""

import warnings

import pytest
from agents_client import Agent
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from role_table import operations

from bot.web import auth, openapi

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

pytestmark = [
    pytest.mark.server,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ROUNDS = 15
"""Requests per operation."""
ALL = operations("agent", "session", "conversation", None)
DOCUMENT = openapi.document(ALL, "http://testserver")
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


def proofs(security, case, tokens, boss):
    """Return the headers that may come with an operation."""
    if security == "conversation":
        return [case["headers"]]
    if security == "session":
        return [{"Cookie": f"{auth.COOKIE}={boss.cookie}", "X-CSRF-Token": boss.csrf}]
    return [tokens[name] for name in ("jefa", "bea", "ana", "tom")] if security else [{}]


@pytest.fixture(scope="module")
def boss(desk):
    return Agent(desk, "jefa")


@pytest.mark.parametrize("operation", ALL, ids=lambda each: f"{each.method} {each.path}")
def test_an_operation_answers_as_described_to_whatever_comes(desk, case, tokens, boss, operation):
    described = SCHEMA[operation.path][operation.method]
    headers = proofs(operation.security, case, tokens, boss)

    @settings(
        max_examples=ROUNDS,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(made=described.as_strategy(), proof=st.sampled_from(headers), known=st.booleans())
    def played(made, proof, known):
        if known:
            for name in made.path_parameters or {}:
                made.path_parameters[name] = case[name]
        sent = made.as_transport_kwargs(base_url="http://testserver")
        sent["headers"] = {**(sent.get("headers") or {}), **proof}
        sent.pop("cookies", None)
        desk.cookies.clear()
        answer = desk.request(follow_redirects=False, **sent)
        made.validate_response(answer, checks=CHECKS)

    played()
