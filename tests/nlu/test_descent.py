"""Mini-batch regression: it separates what can be separated, and knows rare classes too."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bot.nlu import descent

pytestmark = pytest.mark.unit


def rows(classes, count=3, noise=0.1):
    random = np.random.default_rng(0)
    return csr_matrix(np.eye(count)[classes] + random.normal(size=(len(classes), count)) * noise)


def test_each_row_gets_its_class_even_a_rare_one():
    classes = np.array([0] * 60 + [1] * 30 + [2] * 3)
    targets = classes[:, None] == np.arange(3)
    matrix = rows(classes).astype(np.float32)
    weights, bias = descent.fit(matrix, targets, strength=5.0, exclusive=True)
    assert (matrix @ weights + bias).argmax(axis=1).tolist() == classes.tolist()


def test_outputs_that_do_not_exclude_each_other_are_learnt_apart():
    classes = np.array([0, 1, 2] * 20)
    targets = np.stack([classes > 0, classes > 1], axis=1)
    matrix = rows(classes).astype(np.float32)
    weights, bias = descent.fit(matrix, targets, strength=5.0, exclusive=False)
    assert ((matrix @ weights + bias > 0) == targets).all()


def test_the_same_rows_give_the_same_weights():
    classes = np.array([0, 1] * 20)
    matrix, targets = rows(classes), classes[:, None] == np.arange(2)
    one = descent.fit(matrix, targets, strength=1.0, exclusive=True)
    other = descent.fit(matrix, targets, strength=1.0, exclusive=True)
    np.testing.assert_array_equal(one[0], other[0])


def test_a_stronger_penalty_makes_smaller_weights():
    classes = np.array([0, 1] * 20)
    matrix, targets = rows(classes), classes[:, None] == np.arange(2)
    free, _ = descent.fit(matrix, targets, strength=10.0, exclusive=True)
    held, _ = descent.fit(matrix, targets, strength=0.01, exclusive=True)
    assert np.abs(held).max() < np.abs(free).max() / 2
