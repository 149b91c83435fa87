"""Rasa without TensorFlow: only for models that never compute with it."""

import io
import json
import subprocess
import sys
import tarfile

import pytest

from bot.training import lean

pytestmark = pytest.mark.unit


def archive(path, *uses):
    nodes = {f"run_{at}": {"uses": name} for at, name in enumerate(uses)}
    content = json.dumps({"train_schema": {"nodes": nodes}, "predict_schema": {"nodes": {}}})
    with tarfile.open(path, "w:gz") as file:
        entry = tarfile.TarInfo("metadata.json")
        entry.size = len(content)
        file.addfile(entry, io.BytesIO(content.encode()))
    return path


OURS = "bot.nlu.normaliser.Normaliser"
FALLBACK = "rasa.nlu.classifiers.fallback_classifier.FallbackClassifier"


@pytest.mark.parametrize(
    ("uses", "needed"),
    [
        pytest.param([OURS, FALLBACK], False, id="ours and Rasa's light ones"),
        pytest.param(
            [OURS, "rasa.nlu.classifiers.diet_classifier.DIETClassifier"], True, id="DIET"
        ),
        pytest.param(["rasa.core.policies.ted_policy.TEDPolicy"], True, id="TED"),
        pytest.param([OURS, "somebody.elses.Component"], True, id="a stranger"),
    ],
)
def test_a_model_needs_tensorflow_when_a_component_may_compute_with_it(tmp_path, uses, needed):
    assert lean.needs_tensorflow(archive(tmp_path / "m.tar.gz", *uses)) is needed


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_what_cannot_be_read_is_loaded_in_full(tmp_path, content):
    path = tmp_path / "m.tar.gz"
    if content is not None:
        path.write_bytes(content)
    assert lean.needs_tensorflow(path) is True


def run(code):
    return subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)


def test_the_stand_in_can_be_subclassed_but_never_computes():
    code = """
from bot.training import lean
assert lean.without_tensorflow() and lean.without_tensorflow()
import tensorflow as tf
from tensorflow.keras.layers import Layer
import tensorflow_addons.text.crf

class Mine(Layer):
    def call(self, x: tf.Tensor, **more: tf.data.Dataset) -> tf.Tensor: ...
    @tf.function
    def kept(self): return 1

assert Mine.kept(None) == 1
try:
    Mine()
except RuntimeError as error:
    assert "TensorFlow" in str(error)
else:
    raise SystemExit("an absent layer was built")
"""
    done = run(code)
    assert done.returncode == 0, done.stderr


def test_the_stand_in_leaves_a_tensorflow_that_is_there():
    code = """
import sys, types
sys.modules["tensorflow"] = types.ModuleType("tensorflow")
from bot.training import lean
assert not lean.without_tensorflow()
"""
    done = run(code)
    assert done.returncode == 0, done.stderr
