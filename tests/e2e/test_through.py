"""The measures of conversations that were really held are those of the tables they left."""

import pytest

from evaluation.through import play
from evaluation.through_tables import same

pytestmark = [pytest.mark.server, pytest.mark.long]

CONVERSATIONS = 35  # more than one block, so that what is stored grows older in between


def test_the_measures_of_played_conversations_equal_a_second_count(model, tmp_path):
    said = []
    told, counted, page = play(CONVERSATIONS, tmp_path, said.append)

    assert told["conversations"] == CONVERSATIONS
    assert told["cases"] >= 10
    assert same(told, counted) == []
    assert "<table" in page and said[-1] == "2 of 2 blocks played."
