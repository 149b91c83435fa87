"""The three lines of a ticket hold what a colleague needs, and nothing that is false."""

import pytest

from bot.settings import load
from bot.training.published import published_model
from evaluation.in_parallel import in_parallel
from evaluation.summaries import play, read, recall

pytestmark = [pytest.mark.model, pytest.mark.long]


def test_the_lines_of_thirty_tickets_hold_what_a_colleague_needs(model):
    outcomes = in_parallel(play, read(), model=published_model(load()), workers=1)

    assert [outcome.error for outcome in outcomes if outcome.error] == []
    results = [outcome.value for outcome in outcomes]
    assert len(results) == 30
    assert recall(results) >= 0.95, [one.missing for one in results if one.missing]
    assert [one.false for one in results if one.false] == []
