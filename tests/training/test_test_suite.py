"""In which runs the whole test suite is run."""

import pytest

from bot.training.test_suite import parts

pytestmark = pytest.mark.unit


def test_what_is_asked_for_is_all_that_is_run():
    assert parts(["-k", "widget"]) == [["-k", "widget"]]


def test_every_test_is_in_one_run():
    marks = [run[run.index("-m") + 1] for run in parts([])]
    assert marks == ["not browser and not alone", "browser and not alone", "alone"]


def test_units_can_be_left_out_and_nothing_else_is():
    first, *others = parts([], beyond_units=True)
    assert first[:2] == ["-m", "not browser and not alone and not unit"]
    assert others == parts([])[1:]
