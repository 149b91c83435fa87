"""No message of the customer is lost and none is doubled, whatever happens to the line."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.widget_stage import bubble, say, shown
from tests.fake_engine import wait_until

pytest_plugins = ("tests.e2e.widget_fixtures",)
pytestmark = pytest.mark.browser

BLOCKED_STORAGE = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("blocked", "SecurityError"); } });"""


def test_a_message_and_its_answer_are_shown_once_also_after_a_reload(page, stage):
    say(page, "Falta mi pedido")
    bubble(page, "Anotado: «Falta mi pedido»").wait_for()
    assert shown(page) == ["Falta mi pedido"]
    page.reload()
    bubble(page, "Anotado").wait_for()
    assert shown(page) == ["Falta mi pedido"]
    assert stage.said() == ["Falta mi pedido"]
    assert stage.said("bot")[1:] == shown(page, "bot")[1:]


def test_what_is_written_without_network_goes_out_once_and_in_order(page, stage):
    page.context.set_offline(True)
    say(page, "Uno")
    say(page, "Dos")
    expect(page.locator("remanso-chat .state").last).to_have_text(
        "Se enviará al volver la conexión"
    )
    page.context.set_offline(False)
    bubble(page, "Anotado: «Dos»").wait_for()
    assert stage.said() == ["Uno", "Dos"] == shown(page)


def test_what_is_written_while_the_server_is_down_goes_out_when_it_is_back(page, stage):
    stage.act("down", "on")
    stage.act("restart")
    say(page, "¿Hay alguien?")
    expect(page.locator("remanso-chat .link")).to_contain_text("Reconectando")
    stage.act("down", "")
    bubble(page, "Anotado: «¿Hay alguien?»").wait_for()
    assert stage.said() == ["¿Hay alguien?"] == shown(page)
    expect(page.locator("remanso-chat .link")).to_be_hidden()


def test_an_answer_lost_on_its_way_back_does_not_double_the_message(page, stage):
    tries = []

    def lose_first_answer(route):
        tries.append(route)
        route.fetch()  # it reaches the server
        if len(tries) == 1:
            route.abort()
        else:
            route.continue_()

    def tell_nothing(route):  # else a look at the history may bring it before the second try
        answer = route.fetch()
        news = {"messages": []} if len(tries) < 2 else {}
        route.fulfill(response=answer, json={**answer.json(), **news})

    stage.act("sockets", "")
    stage.act("restart")
    page.route(re.compile(r"/messages\?wait=0"), lose_first_answer)
    page.route(re.compile(r"/messages\?after="), tell_nothing)
    say(page, "Solo una vez")
    bubble(page, "Anotado").wait_for(timeout=15000)
    expect(page.locator("remanso-chat .customer.pending")).to_have_count(0)
    assert len(tries) == 2
    assert stage.said() == ["Solo una vez"] == shown(page)


def test_a_message_that_waits_survives_a_reload(page, stage):
    stage.act("down", "on")
    stage.act("restart")
    say(page, "Antes de recargar")
    bubble(page, "Antes de recargar").wait_for()
    page.reload()
    bubble(page, "Antes de recargar").wait_for()
    stage.act("down", "")
    bubble(page, "Anotado: «Antes de recargar»").wait_for()
    assert stage.said() == ["Antes de recargar"] == shown(page)


def test_a_refused_message_says_why_and_can_be_sent_again_or_edited(page, stage):
    stage.act("refuse", "on")
    say(page, "Demasiado pronto")
    state = page.locator("remanso-chat .state.failed")
    expect(state).to_contain_text("No enviado. Son muchos mensajes en un minuto.")
    page.get_by_role("button", name="Editar").click()
    field = page.locator("remanso-chat textarea")
    expect(field).to_have_value("Demasiado pronto")
    field.press("Enter")
    expect(state).to_be_visible()
    stage.act("refuse", "")
    page.get_by_role("button", name="Reintentar").click()
    bubble(page, "Anotado: «Demasiado pronto»").wait_for()
    assert stage.said() == ["Demasiado pronto"] == shown(page)


def test_a_second_tab_shows_the_same_conversation(page, stage):
    begun = stage.stored()["conversations"]
    second = page.context.new_page()
    second.goto(stage.url)
    bubble(second, "¿Qué ha pasado?").wait_for()
    say(page, "Desde la primera")
    bubble(second, "Anotado: «Desde la primera»").wait_for()
    say(second, "Desde la segunda")
    bubble(page, "Anotado: «Desde la segunda»").wait_for()
    assert shown(page) == shown(second) == ["Desde la primera", "Desde la segunda"]
    assert stage.stored()["conversations"] == begun


def test_it_works_where_no_socket_gets_through(page, stage):
    stage.act("sockets", "")
    stage.act("restart")
    say(page, "Sin sockets")
    bubble(page, "Anotado: «Sin sockets»").wait_for()
    stage.act("bot", "Y esto llega solo.")
    bubble(page, "Y esto llega solo.").wait_for(timeout=15000)
    assert stage.said() == ["Sin sockets"] == shown(page)


def test_it_works_where_the_browser_keeps_nothing(context, stage):
    context.add_init_script(BLOCKED_STORAGE)
    page = context.new_page()
    page.goto(stage.url)
    bubble(page, "¿Qué ha pasado?").wait_for()
    say(page, "Sin memoria")
    bubble(page, "Anotado: «Sin memoria»").wait_for()
    assert shown(page) == ["Sin memoria"]


def test_a_conversation_the_server_forgot_begins_anew_with_what_was_not_sent(page, stage):
    begun = stage.stored()["conversations"]
    stage.act("forget")
    say(page, "¿Sigue ahí?")
    bubble(page, "Anotado: «¿Sigue ahí?»").wait_for()
    assert shown(page) == ["¿Sigue ahí?"]
    assert stage.stored()["conversations"] == begun + 1


def test_messages_missed_while_away_come_once_and_in_order(page, stage):
    stage.act("down", "on")
    stage.act("restart")
    for number in range(1, 6):
        stage.act("bot", f"Aviso {number}")
    stage.act("down", "")
    bubble(page, "Aviso 5").wait_for()
    assert shown(page, "bot")[-5:] == [f"Aviso {number}" for number in range(1, 6)]


def test_what_comes_late_for_a_conversation_left_behind_is_not_shown_in_the_new_one(page, stage):
    held = []
    stage.act("sockets", "")
    stage.act("restart")
    page.route(re.compile(r"/messages\?wait=0"), lambda route: held.append(route))
    say(page, "De la otra conversación")
    wait_until(lambda: page.wait_for_timeout(20) or held)
    answer = held[0].fetch()
    page.locator("remanso-chat").first.evaluate("(chat) => chat.forget()")
    bubble(page, "De la otra conversación").wait_for(state="detached")
    held[0].fulfill(response=answer)
    page.unroute_all()
    say(page, "De la nueva")
    bubble(page, "Anotado: «De la nueva»").wait_for()

    assert shown(page) == ["De la nueva"]


def test_what_was_not_sent_when_the_customer_logs_out_is_not_sent_for_the_next(page, stage):
    stage.act("down", "on")
    stage.act("restart")
    say(page, "Es cosa mía")
    bubble(page, "Es cosa mía").wait_for()
    page.locator("remanso-chat").first.evaluate("(chat) => chat.forget()")
    bubble(page, "Es cosa mía").wait_for(state="detached")
    stage.act("down", "")
    say(page, "Soy otra persona")
    bubble(page, "Anotado: «Soy otra persona»").wait_for()

    assert shown(page) == stage.said() == ["Soy otra persona"]
