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


def test_what_computes_with_scikit_learn_is_looked_for_too(tmp_path):
    path = archive(
        tmp_path, b'{"uses": "rasa.nlu.extractors.crf_entity_extractor.CRFEntityExtractor"}'
    )
    assert not lean_rasa.needs_tensorflow(path)
    assert lean_rasa.needs_tensorflow(path, also=lean_rasa.LEARNING)


def test_packages_and_single_modules_are_left_out_and_their_neighbours_are_not():
    code = (
        "import sys; from bot import lean_rasa\n"
        "sys.meta_path.insert(0, lean_rasa._Placeholders(frozenset({'email', 'json.tool'})))\n"
        "import email.mime.text, json.tool, json.decoder\n"
        "class Mine(email.mime.text.MIMEText, dict): pass\n"
        "assert type(json.tool.main) is lean_rasa._Class\n"
        "assert json.decoder.JSONDecoder().decode('[1]') == [1]\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


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


def test_what_was_left_out_for_the_understanding_can_be_imported_afterwards():
    code = (
        "import sys; from bot import lean_rasa\n"
        "with lean_rasa.all_but_the_graph_left_out():\n"
        "    import scipy.sparse, packaging.tags, jsonschema, spacy.cli\n"
        "    from rasa.engine.recipes import default_recipe\n"
        "    from rasa.shared.nlu.training_data.features import Features\n"
        "    assert type(scipy.sparse.csr_matrix) is lean_rasa._Class\n"
        "    try: import rich\n"
        "    except ImportError: pass\n"
        "    else: raise AssertionError\n"
        "import numpy, rich, jsonschema, packaging.tags, sklearn.metrics\n"
        "from packaging import tags\n"
        "assert isinstance(jsonschema.ValidationError, type(Exception))\n"
        "assert not isinstance(tags, lean_rasa._Module)\n"
        "assert sklearn.metrics.f1_score([1, 0], [1, 1]) > 0\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
