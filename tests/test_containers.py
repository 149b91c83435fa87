"""Dockerfile and compose.yaml: linted, and private parts stay private."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def lint(*command):
    program = BIN / command[0]
    if not program.exists() and not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    result = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_dockerfile_passes_its_linter():
    lint("hadolint", "Dockerfile")


def test_the_compose_file_passes_its_linter():
    lint("yamllint", "-d", "{extends: relaxed, rules: {line-length: {max: 110}}}", "compose.yaml")


def test_only_the_gateway_publishes_a_port():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert [name for name, service in services.items() if service.get("ports")] == ["web"]
    private = [name for name, service in services.items() if service["networks"] == ["private"]]
    assert sorted(private) == ["actions", "engine"]


def test_images_install_with_hashes_and_run_without_root():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    stages = re.split(r"^FROM ", text, flags=re.M)[1:]
    assert len(stages) == 2
    for stage in stages:
        assert "--require-hashes" in stage
        assert re.search(r"^USER \d+$", stage, flags=re.M)


def test_everything_that_is_copied_exists():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    sources = [
        name for line in re.findall(r"^COPY (.+) \S+$", text, flags=re.M) for name in line.split()
    ]
    assert [name for name in sources if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    "name",
    [
        "requirements.lock",
        "requirements-serve.lock",
        "requirements-web.lock",
        "requirements-web-test.lock",
    ],
)
def test_lock_files_have_hashes_and_no_addresses(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    pins = re.findall(r"^[a-zA-Z0-9_.-]+(?:\[[^]]*\])?==\S+", text, flags=re.M)
    assert len(pins) > 20
    assert text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text


def test_serving_installs_no_torch_and_the_gateway_no_rasa():
    serve = (ROOT / "requirements-serve.lock").read_text(encoding="utf-8")
    web = (ROOT / "requirements-web.lock").read_text(encoding="utf-8")
    for name in ("torch==", "transformers==", "sentence-transformers=="):
        assert f"\n{name}" not in serve
    for name in ("rasa==", "tensorflow==", "onnxruntime==", "spacy==", "numpy=="):
        assert f"\n{name}" not in web


def test_the_gateways_image_has_every_folder_of_data_that_its_code_reads():
    web = (ROOT / "Dockerfile").read_text(encoding="utf-8").split(" AS engine")[0]
    read = {
        name
        for folder in ("bot/web", "bot/handoff")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r'"data" / "(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert read >= {"responses", "gateway"}
    assert [name for name in sorted(read) if f"COPY data/{name} " not in web] == []
