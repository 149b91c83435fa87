import io
import subprocess
import sys
import tarfile

import pytest

from bot import lean_rasa
from bot.settings import ROOT

pytestmark = pytest.mark.unit


def archive(folder, metadata):
    path = folder / "model.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        info = tarfile.TarInfo("metadata.json")
        info.size = len(metadata)
        file.addfile(info, io.BytesIO(metadata))
    return path


@pytest.mark.parametrize(
    "uses, needed",
    [
        (b'{"uses": "bot.nlu.intent_classifier.IntentClassifier"}', False),
        (b'{"uses": "rasa.nlu.classifiers.diet_classifier.DIETClassifier"}', True),
        (b'{"uses": "rasa.core.policies.ted_policy.TEDPolicy"}', True),
        (b"", True),
    ],
)
def test_tensorflow_is_left_out_only_where_no_component_computes_with_it(tmp_path, uses, needed):
    assert lean_rasa.needs_tensorflow(archive(tmp_path, uses)) is needed


def test_an_archive_that_cannot_be_read_is_left_to_rasa(tmp_path):
    assert lean_rasa.needs_tensorflow(tmp_path / "missing.tar.gz")


@pytest.mark.parametrize(
    "arguments, model",
    [
        (["run", "--model", "a.tar.gz"], "a.tar.gz"),
        (["run", "-m", "a.tar.gz", "--port", "1"], "a.tar.gz"),
        (["run"], None),
        (["train", "--model", "a.tar.gz"], None),
    ],
)
def test_only_a_named_model_that_is_served_starts_lean(arguments, model):
    found = lean_rasa._model(arguments)
    assert (str(found) if found else None) == model


def test_a_placeholder_can_be_base_decorator_and_annotation():
    code = (
        "import sys; from bot import lean_rasa\n"
        "sys.meta_path.insert(0, lean_rasa._Placeholders())\n"
        "import tensorflow as tf\n"
        "from tensorflow.keras.layers import Layer\n"
        "class Mine(Layer):\n"
        "    @tf.function(experimental_relax_shapes=True)\n"
        "    def call(self, x: tf.Tensor | None) -> tf.Tensor: return 7\n"
        "assert Mine().call(None) == 7\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
