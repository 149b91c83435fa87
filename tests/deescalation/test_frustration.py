"""The maths of frustration, on made-up messages."""

import numpy as np
import pytest

from bot.deescalation import frustration
from bot.deescalation.frustration import (
    Conversation,
    FrustrationModel,
    Message,
    conversation,
)
from bot.deescalation.levels import check_cuts, level_of
from bot.deescalation.ordinal import mean_chance, true_shares
from bot.deescalation.turn import LEVELS
from bot.errors import ConfigError

pytestmark = pytest.mark.unit

CUTS = {"annoyed": 0.25, "frustrated": 0.5, "angry": 0.75}


def messages(grades, *, seed=0, listed=1.0):
    """Make messages whose first direction grows with the grade, and a cue that goes with it."""
    random = np.random.default_rng(seed)
    grades = np.asarray(grades)
    vectors = random.normal(size=(len(grades), 8)) * 0.5
    vectors[:, 0] += grades
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    typed = random.random((len(grades), 3))
    return Message(vectors, typed, (grades[:, None] > 1) * listed * np.ones((1, 2)))


GRADES = np.arange(400) % 4


@pytest.fixture(scope="module")
def model():
    levels = [LEVELS[g] for g in GRADES]
    return FrustrationModel.fit(messages(GRADES), levels, GRADES > 0, penalty=3.0)


def test_the_score_grows_with_the_level(model):
    test = messages(GRADES, seed=1)
    scores = model.score(model.logits(test))
    means = [scores[grade == GRADES].mean() for grade in range(4)]
    assert means == sorted(means)
    assert ((scores >= 0) & (scores <= 1)).all()


def test_levels_found_are_mostly_the_levels_given(model):
    scores = model.score(model.logits(messages(GRADES, seed=2)))
    found = np.array([LEVELS.index(level_of(score, CUTS)) for score in scores])
    assert np.abs(found - GRADES).mean() < 0.6


def test_a_complaint_has_a_chance_of_its_own_that_is_made_true_on_other_messages(model):
    other = messages(GRADES, seed=4)
    chances = model.complaint(other)
    assert ((chances >= 0) & (chances <= 1)).all()
    assert chances[GRADES > 0].mean() > chances[GRADES == 0].mean() + 0.3
    rare = GRADES > 1  # what counts as one there is rarer than what was learnt
    assert model.with_true_complaints(other, rare).complaint(other).mean() == pytest.approx(
        rare.mean(), abs=0.02
    )
    assert model.with_true_complaints(other, rare[rare]) is model


def test_the_word_list_has_no_say_in_a_complaint(model):
    test = messages(GRADES, seed=5)
    assert np.array_equal(model.complaint(test), model.complaint(test.without_list()))


def test_the_curve_makes_chances_true_and_no_two_messages_change_places():
    random = np.random.default_rng(3)
    dwelling = np.concatenate(
        [random.normal(place, 0.03, 300) for place in (0.05, 0.35, 0.65, 0.95)]
    )
    chances = np.clip(dwelling, 0.0, 1.0)
    reached = random.random(len(chances)) < np.where(
        chances < 0.5, chances / 4, 1 - (1 - chances) / 4
    )
    curve = true_shares(chances, reached)
    mended = np.interp(chances, *curve)
    assert (np.diff(curve, axis=1) > 0).all()
    assert (np.argsort(mended, kind="stable") == np.argsort(chances, kind="stable")).all()
    for low, high in ((0.25, 0.45), (0.55, 0.75)):
        there = (chances > low) & (chances < high)
        assert abs(mended[there].mean() - reached[there].mean()) < 0.03
        assert abs(chances[there].mean() - reached[there].mean()) > 0.1


@pytest.mark.parametrize("reached", [True, False])
def test_a_curve_of_one_message_is_still_a_curve(reached):
    curve = true_shares(np.array([0.4]), np.array([reached]))
    assert np.interp([0.0, 1.0], *curve).tolist() == [0.0, 1.0]
    assert 0.0 < np.interp(0.4, *curve) < 1.0


def test_a_model_without_the_curve_is_read_as_before(model):
    arrays = model.to_arrays()
    del arrays["curve"]
    logits = model.logits(messages(GRADES, seed=7))
    read = FrustrationModel.from_arrays(arrays)
    assert read.probability(logits).tolist() == model.probability(logits).tolist()


def test_probabilities_are_true_on_other_messages(model):
    test = messages(GRADES, seed=5)
    fitted = model.calibrated(model.logits(test), [LEVELS[g] for g in GRADES])
    chances = fitted.probability(fitted.logits(test))
    assert abs(chances.mean() - (GRADES >= 2).mean()) < 0.02
    assert ((chances >= 0) & (chances <= 1)).all()


def test_levels_begin_at_the_probabilities_that_they_are_given(model):
    fitted = model.with_cuts({"annoyed": 0.1, "frustrated": 0.4, "angry": 0.9})
    logits = fitted.logits(messages(GRADES, seed=6))
    hot = fitted.probability(logits) >= 0.4
    np.testing.assert_array_equal(fitted.score(logits) >= 0.5, hot)


def test_without_the_word_list_its_cues_change_nothing(model):
    with_cues, without = messages(GRADES, seed=3), messages(GRADES, seed=3, listed=0.0)
    same = model.logits(with_cues, listed=False)
    np.testing.assert_array_equal(same, model.logits(without, listed=False))
    assert not np.allclose(model.logits(with_cues), model.logits(without))


def test_a_model_comes_back_from_its_arrays(model):
    again = FrustrationModel.from_arrays(model.to_arrays())
    test = messages(GRADES, seed=4)
    np.testing.assert_array_equal(again.logits(test), model.logits(test))
    np.testing.assert_array_equal(again.cuts, model.cuts)


def test_the_same_data_give_the_same_model(model):
    levels = [LEVELS[g] for g in GRADES]
    again = FrustrationModel.fit(messages(GRADES), levels, GRADES > 0, penalty=3.0)
    np.testing.assert_array_equal(again.weights, model.weights)


ALONE = np.array([-1.0, -2.0, -3.0])
ANGRY_BEFORE = Conversation(ALONE + 2, carried=0.9, repeated=1.0)
QUIET_BEFORE = Conversation(ALONE, carried=frustration.QUIET, repeated=0.0)


def learnt(model):
    levels = ["frustrated"] * 20 + ["calm"] * 20
    befores = [ANGRY_BEFORE] * 20 + [QUIET_BEFORE] * 20
    return model.fit_conversation(np.tile(ALONE, (40, 1)), befores, levels, penalty=1.0)


def test_anger_before_raises_what_is_said_now(model):
    fitted = learnt(model)
    assert (fitted.past >= 0).all()
    assert (fitted.in_conversation(ALONE, ANGRY_BEFORE) > ALONE).all()


def test_a_quiet_past_changes_nothing(model):
    np.testing.assert_allclose(learnt(model).in_conversation(ALONE, QUIET_BEFORE), ALONE)


def test_reading_together_moves_a_message_only_so_far(model):
    fitted = learnt(model)
    near = Conversation(ALONE + frustration.SHIFT, carried=0.9)
    far = Conversation(ALONE + 50, carried=0.9)
    np.testing.assert_allclose(
        fitted.in_conversation(ALONE, far), fitted.in_conversation(ALONE, near)
    )


def test_no_examples_with_context_leave_the_model_as_it_is(model):
    assert model.fit_conversation(np.zeros((0, 3)), [], [], penalty=1.0) is model


def test_the_same_message_again_counts_as_repeated():
    same, other = np.eye(4)[0], np.eye(4)[1]
    assert conversation(same, ALONE, [(same, 0.4)]).repeated == 1.0
    assert conversation(same, ALONE, [(other, 0.4)]).repeated == 0.0


def test_only_the_last_messages_count_and_the_newest_most():
    vector = np.eye(4)[0]
    past = [(np.eye(4)[1], score) for score in (1.0, 0.0, 0.0, 0.9)]
    found = conversation(vector, ALONE, past).carried
    assert 0.0 < found < 0.9
    assert found == conversation(vector, ALONE, past[1:]).carried
    assert found > conversation(vector, ALONE, [*past[1:3][::-1], past[3]][::-1]).carried


@pytest.mark.parametrize(
    ("score", "level"),
    [(0.0, "calm"), (0.2499, "calm"), (0.25, "annoyed"), (0.5, "frustrated"), (0.75, "angry"),
     (1.0, "angry")],
)  # fmt: skip
def test_a_level_begins_exactly_at_its_cut(score, level):
    assert level_of(score, CUTS) == level


@pytest.mark.parametrize(
    ("cuts", "said"),
    [
        pytest.param({**CUTS, "furious": 0.9}, "Unknown level 'furious'", id="unknown"),
        pytest.param({"annoyed": 0.2}, "must name", id="missing"),
        pytest.param({**CUTS, "angry": 0.4}, "growing", id="not growing"),
        pytest.param({**CUTS, "angry": 1.0}, "between 0 and 1", id="at one"),
        pytest.param({**CUTS, "angry": "high"}, "must name", id="a word"),
    ],
)
def test_wrong_cuts_are_errors_that_say_what_is_accepted(cuts, said):
    with pytest.raises(ConfigError, match=said):
        check_cuts(cuts)


def test_the_step_that_is_asked_counts_most():
    annoyed, frustrated = [3.0, -1.0, -1.0], [3.0, 1.0, -1.0]
    both_others = [9.0, -1.0, -1.0]  # sure to be annoyed, no more frustrated than the first
    means = mean_chance(np.array([annoyed, both_others, frustrated]))
    assert means[1] - means[0] < (means[2] - means[0]) / 10
    expected = [0.8176 + 12 * 0.3775, 0.9890 + 12 * 0.3775, 0.8176 + 8 * 0.6225 + 4 * 0.3775]
    assert means * 13 == pytest.approx(expected, abs=1e-3)


def test_extreme_logits_give_finite_scores(model):
    scores = model.score(np.array([[1e6, 1e6, 1e6], [-1e6, -1e6, -1e6]]))
    np.testing.assert_allclose(scores, [1.0, 0.0], atol=1e-15)
