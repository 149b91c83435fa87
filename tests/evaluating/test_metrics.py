"""The metrics agree with scikit-learn, for every resample at once."""

import numpy as np
import pytest
from sklearn import metrics as known

from evaluation import metrics

pytestmark = pytest.mark.unit

CHANCE = np.random.default_rng(1)
N = 300
TRUTH = CHANCE.random(N) < 0.4
SCORES = np.round(np.clip(TRUTH * 0.3 + CHANCE.random(N) * 0.7, 0, 1), 2)  # with ties
FOUND = SCORES > 0.5
CLASSES = CHANCE.integers(0, 6, N)
GUESSED = np.where(CHANCE.random(N) < 0.7, CLASSES, CHANCE.integers(0, 6, N))
WEIGHTS = metrics.resampled(N, resamples=8)


@pytest.mark.parametrize(
    "metric, reference",
    [
        pytest.param(
            metrics.precision(TRUTH, FOUND),
            lambda w: known.precision_score(TRUTH, FOUND, sample_weight=w),
            id="precision",
        ),
        pytest.param(
            metrics.recall(TRUTH, FOUND),
            lambda w: known.recall_score(TRUTH, FOUND, sample_weight=w),
            id="recall",
        ),
        pytest.param(
            metrics.f1(TRUTH, FOUND),
            lambda w: known.f1_score(TRUTH, FOUND, sample_weight=w),
            id="f1",
        ),
        pytest.param(
            metrics.share(TRUTH == FOUND),
            lambda w: known.accuracy_score(TRUTH, FOUND, sample_weight=w),
            id="accuracy",
        ),
        pytest.param(
            metrics.macro_f1(CLASSES, GUESSED, 6),
            lambda w: known.f1_score(CLASSES, GUESSED, average="macro", sample_weight=w),
            id="macro f1",
        ),
        pytest.param(
            metrics.roc_auc(TRUTH, SCORES),
            lambda w: known.roc_auc_score(TRUTH, SCORES, sample_weight=w),
            id="roc auc with ties",
        ),
    ],
)
def test_it_is_scikit_learns_number_in_every_resample(metric, reference):
    found = metric(WEIGHTS)
    assert found == pytest.approx([reference(row) for row in WEIGHTS])


def test_an_abstention_counts_as_a_miss_and_not_as_a_class():
    found = metrics.macro_f1(np.array([0, 0, 1]), np.array([0, -1, 1]), 2)
    assert found(np.ones((1, 3)))[0] == pytest.approx((2 / 3 + 1) / 2)


def test_a_class_that_is_never_right_but_guessed_lowers_only_the_others():
    """A class that nobody asked for is no class of the test; its guesses are misses elsewhere."""
    found = metrics.macro_f1(np.array([0, 0]), np.array([0, 1]), 2)
    assert found(np.ones((1, 2)))[0] == pytest.approx(2 / 3)


def test_the_roc_curve_holds_scikit_learns_area():
    x, y = metrics.roc_curve(TRUTH, SCORES)
    assert known.auc(x, y) == pytest.approx(known.roc_auc_score(TRUTH, SCORES))
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)


def test_the_precision_recall_curve_has_scikit_learns_points():
    recalls, precisions = metrics.pr_curve(TRUTH, SCORES)
    p, r, _ = known.precision_recall_curve(TRUTH, SCORES)
    ours = {(round(a, 9), round(b, 9)) for a, b in zip(recalls, precisions, strict=True)}
    assert ours <= {(round(a, 9), round(b, 9)) for a, b in zip(r, p, strict=True)}


def test_the_confusion_table_is_scikit_learns():
    ours = metrics.confusion(CLASSES, GUESSED, 6)
    assert (ours == known.confusion_matrix(CLASSES, GUESSED)).all()


def test_what_is_found_outside_the_classes_is_left_out_of_the_table():
    assert metrics.confusion(np.array([0, 1]), np.array([-1, 1]), 2).tolist() == [[0, 0], [0, 1]]


def test_bins_of_equal_mass_hold_as_many_texts_each():
    places = metrics.equal_mass(np.linspace(0, 1, 100), 10)
    assert np.bincount(places).tolist() == [10] * 10


def test_like_chances_share_a_bin():
    assert len(set(metrics.equal_mass(np.full(50, 0.3), 10))) == 1


def test_true_chances_have_no_calibration_error_and_sure_wrong_ones_all():
    ones = np.ones((1, 4))
    truth = np.array([True, True, False, False])
    assert metrics.ece(truth, truth.astype(float))(ones)[0] == 0
    assert metrics.ece(truth, 1 - truth.astype(float))(ones)[0] == 1


def test_the_calibration_error_is_that_of_the_reliability_bins():
    bins = metrics.reliability(TRUTH, SCORES)
    expected = sum(abs(one["said"] - one["true"]) * one["texts"] for one in bins) / N
    found = metrics.ece(TRUTH, SCORES)(np.ones((1, N)))[0]
    assert found == pytest.approx(expected)


def test_resamples_draw_as_many_texts_and_are_the_same_every_time():
    again = metrics.resampled(N, resamples=8)
    assert (again == WEIGHTS).all()
    assert (WEIGHTS.sum(axis=1) == N).all()


def test_an_interval_holds_its_value_and_narrows_with_more_texts():
    few, many = (
        metrics.interval(metrics.share(np.arange(n) % 2 == 0), metrics.resampled(n))
        for n in (40, 4000)
    )
    assert few.low < few.value < few.high
    assert many.high - many.low < (few.high - few.low) / 5


def test_what_is_not_defined_is_null_in_json():
    nothing = np.zeros(5, dtype=bool)
    found = metrics.interval(metrics.recall(nothing, nothing), metrics.resampled(5))
    assert found.to_dict() == {"value": None, "low": None, "high": None}


@pytest.mark.parametrize(
    "wins, losses, p",
    [
        pytest.param(0, 0, 1.0, id="never apart"),
        pytest.param(5, 5, 1.0, id="even"),
        pytest.param(10, 0, 2 / 2**10, id="one-sided split"),
        pytest.param(8, 2, 2 * 56 / 2**10, id="eight to two"),
    ],
)
def test_mcnemars_exact_p(wins, losses, p):
    ours = [True] * wins + [False] * losses + [True] * 3
    theirs = [False] * wins + [True] * losses + [True] * 3
    found = metrics.mcnemar(ours, theirs)
    assert found == {"only_ours": wins, "only_theirs": losses, "p": pytest.approx(p)}


def test_mcnemar_of_thousands_of_texts_is_a_number():
    found = metrics.mcnemar(np.ones(3000, dtype=bool), np.zeros(3000, dtype=bool))
    assert found["p"] == pytest.approx(0.0, abs=1e-300)
