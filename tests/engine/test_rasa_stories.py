"""The test stories in ``tests/conversations`` pass with Rasa's own test."""

import pytest

from bot.settings import ROOT

pytestmark = pytest.mark.model


def test_the_test_stories_are_predicted_as_written(real, loop, tmp_path):
    from rasa.core.test import test as run_stories

    folder = str(ROOT / "tests" / "conversations")
    loop.run_until_complete(
        run_stories(
            folder, real, out_directory=str(tmp_path), fail_on_prediction_errors=True, e2e=False
        )
    )
