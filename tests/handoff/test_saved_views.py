"""An agent's own views of the queue."""

import pytest

from bot.errors import DeskError, NotFound
from bot.handoff.saved_views import MOST, SavedViews

pytestmark = pytest.mark.database


@pytest.fixture
def saved(here):
    return SavedViews(here.desk)


def test_a_view_keeps_its_filters_under_a_clean_name(here, saved):
    agent = here.agent()
    kept = saved.save(agent, "  Mis   urgentes ", {"view": "all", "priority": "urgent", "q": ""})
    assert kept["name"] == "Mis urgentes"
    assert kept["query"] == {"view": "all", "priority": "urgent"}
    assert saved.listing(agent) == [kept]


def test_the_same_name_again_changes_the_view(here, saved):
    agent = here.agent()
    first = saved.save(agent, "cobros", {"team": "billing"})
    second = saved.save(agent, "cobros", {"team": "billing", "language": "en"})
    assert second["id"] == first["id"]
    assert saved.listing(agent) == [second]


def test_views_are_each_agents_own(here, saved):
    ana, beto = here.agent(), here.agent("beto")
    kept = saved.save(ana, "mía", {})
    saved.save(beto, "mía", {"view": "mine"})
    with pytest.raises(NotFound):
        saved.delete(beto, kept["id"])
    saved.delete(ana, kept["id"])
    assert saved.listing(ana) == []
    assert len(saved.listing(beto)) == 1


@pytest.mark.parametrize(
    "name, query, code",
    [
        pytest.param("  ", {}, "view_name", id="no name"),
        pytest.param("x" * 61, {}, "view_name", id="long name"),
        pytest.param("a\x07b", {}, "view_name", id="unprintable"),
        pytest.param("v", {"colour": "red"}, "filter_name", id="unknown filter"),
        pytest.param("v", {"priority": "red"}, "filter", id="unknown value"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_kept(here, saved, name, query, code):
    agent = here.agent()
    with pytest.raises(DeskError) as refused:
        saved.save(agent, name, query)
    assert refused.value.code == code
    assert saved.listing(agent) == []


def test_there_is_an_end_to_views(here, saved):
    agent = here.agent()
    for number in range(MOST):
        saved.save(agent, f"vista {number}", {})
    with pytest.raises(DeskError, match="delete one first"):
        saved.save(agent, "una más", {})
    saved.save(agent, "vista 1", {"view": "mine"})  # an old one may still change
