"""Thresholds come from texts, and only their own lines of config.yml change."""

import numpy as np
import pytest

from bot.errors import ConfigError
from bot.training import thresholds

pytestmark = pytest.mark.unit

CONFIG = """pipeline:
  - name: bot.nlu.frustration_classifier.FrustrationClassifier
    levels: # a comment that stays
      annoyed: 0.25
      frustrated: 0.5 # old
      angry: 0.75
    lexicon: true
  - name: FallbackClassifier
    threshold: 0.4 # old
    ambiguity_threshold: 0.05
"""
LEVELS = ["calm"] * 40 + ["annoyed"] * 30 + ["frustrated"] * 20 + ["angry"] * 10
CHANCES = np.concatenate(
    [np.full(39, 0.02), [0.7], np.full(30, 0.2), np.full(20, 0.6), np.full(10, 0.95)]
)
SURE, RIGHT = [0.9] * 50 + [0.3] * 50, [True] * 48 + [False] * 2 + [False] * 40 + [True] * 10


def found():
    return thresholds.find(CHANCES.tolist(), LEVELS, SURE, RIGHT)


def test_the_cuts_lie_between_the_levels():
    cuts = found().levels
    assert 0.02 < cuts["annoyed"] <= 0.2 < cuts["frustrated"] <= 0.6 < cuts["angry"] <= 0.95
    assert found().f1 > 0.95


def test_calm_texts_are_called_frustrated_no_oftener_than_allowed():
    assert found().alarms <= thresholds.ALARMS


def test_a_guess_is_what_is_oftener_wrong_than_right():
    assert 0.3 < found().fallback <= 0.9
    assert found().right == pytest.approx(0.96)


def test_only_the_thresholds_lines_change(tmp_path):
    path = tmp_path / "config.yml"
    path.write_text(CONFIG, encoding="utf-8")
    text = thresholds.write(path, found(), "a-model")
    changed = [
        old for old, new in zip(CONFIG.splitlines(), text.splitlines(), strict=True) if old != new
    ]
    assert [line.split(":")[0].strip() for line in changed] == [
        "annoyed", "frustrated", "angry", "threshold",
    ]  # fmt: skip
    assert thresholds.present(path)["frustrated"] == found().levels["frustrated"]
    assert "a-model" in text


def test_a_config_without_the_line_is_left_as_it_is(tmp_path):
    path = tmp_path / "config.yml"
    path.write_text("pipeline:\n  - name: FallbackClassifier\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="annoyed"):
        thresholds.write(path, found(), "a-model")
    assert "annoyed" not in path.read_text(encoding="utf-8")
