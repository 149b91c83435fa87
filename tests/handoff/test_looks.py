"""Who saw which cases in a list is kept once, and told to administrators."""

import pytest
from desk_fakes import fake_desk

from bot.errors import NotAllowed
from bot.handoff.looks import MOST, Looks

pytestmark = pytest.mark.database


@pytest.fixture
def here(tmp_path):
    made = fake_desk(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def looks(here):
    return Looks(here.desk)


@pytest.fixture
def ana(here):
    return here.agent("ana")


@pytest.fixture
def admin(here):
    return here.agent("root", role="admin")


def kept(looks, admin, **filters):
    return [
        (each["agent"], each["kind"], each["refs"]) for each in looks.listing(admin, **filters)[0]
    ]


def test_a_list_is_kept_with_who_what_filters_and_cases(looks, ana, admin):
    assert looks.note(ana, "queue", ["R-A", "R-B", "R-A"], {"view": "mine", "team": "", "q": ""})

    (look,), following = looks.listing(admin)

    assert (look["agent"], look["kind"], look["refs"]) == ("ana", "queue", ["R-A", "R-B"])
    assert (look["query"], following) == ({"view": "mine"}, None)


def test_the_same_list_again_is_one_look_and_only_what_is_new_another(here, looks, ana, admin):
    looks.note(ana, "queue", ["R-A", "R-B"], {"view": "queue"})
    here.clock.forward(minutes=5)

    assert not looks.note(ana, "queue", ["R-B", "R-A"], {"view": "queue"})
    assert looks.note(ana, "queue", ["R-A", "R-C"], {"view": "queue"})
    assert kept(looks, admin) == [("ana", "queue", ["R-C"]), ("ana", "queue", ["R-A", "R-B"])]

    here.clock.forward(hours=1)
    assert looks.note(ana, "queue", ["R-A"], {"view": "queue"})


@pytest.mark.parametrize(
    "kind, filters", [("overview", {}), ("queue", {"view": "mine"})], ids=["list", "filters"]
)
def test_another_list_or_other_filters_are_another_look(looks, ana, kind, filters):
    looks.note(ana, "queue", ["R-A"], {"view": "queue"})
    assert looks.note(ana, kind, ["R-A"], filters)


def test_another_agent_is_another_look(here, looks, ana, admin):
    looks.note(ana, "queue", ["R-A"])
    assert looks.note(here.agent("leo"), "queue", ["R-A"])
    assert kept(looks, admin, of="ana") == [("ana", "queue", ["R-A"])]


def test_the_words_of_a_search_are_not_kept(looks, ana, admin):
    looks.note(ana, "search", ["R-A"], {"view": "all", "q": "Lucía Ferrer"})
    assert looks.listing(admin, kind="search")[0][0]["query"] == {"view": "all", "q": "…"}


def test_an_empty_list_is_no_look(looks, ana, admin):
    assert not looks.note(ana, "queue", [])
    assert kept(looks, admin) == []


def test_a_long_list_is_cut_and_says_so(looks, ana, admin):
    looks.note(ana, "measures", [f"R-{number}" for number in range(MOST + 7)])
    (look,) = looks.listing(admin)[0]
    assert (len(look["refs"]), look["query"]) == (MOST, {"more": 7})


def test_looks_come_in_pages(looks, ana, admin):
    for number in range(3):
        looks.note(ana, "queue", [f"R-{number}"])
    page, following = looks.listing(admin, limit=2)
    rest, end = looks.listing(admin, limit=2, after=following)
    assert [each["refs"] for each in (*page, *rest)] == [["R-2"], ["R-1"], ["R-0"]]
    assert end is None


@pytest.mark.parametrize("role", ["agent", "supervisor", "trainer"])
def test_only_administrators_are_told(here, looks, role):
    with pytest.raises(NotAllowed):
        looks.listing(here.agent("otra", role=role))
