"""The present dialogue on a published model's understanding, without training the understanding.

Stories, rules, texts, the domain and the settings of the policies are read from the checkout and
trained in some seconds (no neural policy); intents, entities and frustration stay those of the
model. So an evaluation can tell what a change of the dialogue does, or of one of its settings.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError
from bot.settings import ROOT

DEESCALATION = "bot.policies.deescalation_policy.DeescalationPolicy"
DIALOGUE = ("rules", "stories", "responses")
"""Folders of ``data`` that the dialogue is made of."""
CORE = ("run_", "rule_only_data_provider", "select_prediction", "domain_provider")


def fresh(
    model: Path,
    output: Path,
    *,
    project: Path = ROOT,
    settings: Mapping[str, Any] | None = None,
) -> Path:
    """Write a model with the understanding of ``model`` and the dialogue of ``project``.

    Args:
        model: A trained archive.
        output: The archive to write.
        project: Folder with ``config.yml``, ``domain.yml`` and ``data``.
        settings: Keys of the policy ``DeescalationPolicy`` to set otherwise; None takes one away.

    Raises:
        ConfigError: the dialogue cannot be trained.
    """
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        dialogue = _train(project, here, settings or {})
        _unpack(model, here / "old")
        _unpack(dialogue, here / "new")
        _join(here / "old", here / "new")
        output.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(output, "w:gz") as archive:
            for path in sorted((here / "new").iterdir()):
                archive.add(path, arcname=path.name)
    return output


def _train(project: Path, folder: Path, settings: Mapping[str, Any]) -> Path:
    """Train the dialogue alone; return its archive."""
    from bot.training.quiet_rasa import quiet_rasa

    config = _config(project, settings)
    (folder / "config.yml").write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
    (folder / "domain.yml").write_text(
        yaml.safe_dump(_domain(project), allow_unicode=True), "utf-8"
    )
    for name in DIALOGUE[:2]:
        shutil.copytree(project / "data" / name, folder / "data" / name)
    with quiet_rasa(), _cache(folder / "cache"), contextlib.redirect_stdout(io.StringIO()):
        from rasa.model_training import train_core

        trained = train_core(
            str(folder / "domain.yml"),
            str(folder / "config.yml"),
            str(folder / "data"),
            str(folder / "models"),
            fixed_model_name="dialogue",
        )
    if not trained:
        raise ConfigError("The dialogue was not trained. `remanso validate` tells why.")
    return Path(trained)


def _config(project: Path, settings: Mapping[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((project / "config.yml").read_text("utf-8"))
    for policy in config["policies"]:
        if policy["name"] == DEESCALATION:
            changed = {**policy, **settings}
            policy.clear()
            policy.update({key: value for key, value in changed.items() if value is not None})
    return config


def _domain(project: Path) -> dict[str, Any]:
    """Return the domain with its texts: Rasa reads them with the training data of the NLU."""
    domain: dict[str, Any] = yaml.safe_load((project / "domain.yml").read_text("utf-8"))
    responses = dict(domain.get("responses") or {})
    for path in sorted((project / "data" / "responses").rglob("*.yml")):
        responses |= (yaml.safe_load(path.read_text("utf-8")) or {}).get("responses") or {}
    return {**domain, "responses": responses}


@contextlib.contextmanager
def _cache(folder: Path) -> Iterator[None]:
    """Keep Rasa's cache out of the checkout while the block runs."""
    before = os.environ.get("RASA_CACHE_DIRECTORY")
    os.environ["RASA_CACHE_DIRECTORY"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["RASA_CACHE_DIRECTORY"]
        else:
            os.environ["RASA_CACHE_DIRECTORY"] = before


def _unpack(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as opened:
        for member in opened.getmembers():
            member.name = member.name.lstrip("/")
            opened.extract(member, folder, set_attrs=False)


def _join(old: Path, new: Path) -> None:
    """Put the understanding of ``old`` into ``new``."""
    understanding = json.loads((old / "metadata.json").read_text("utf-8"))
    dialogue = json.loads((new / "metadata.json").read_text("utf-8"))
    nodes = dialogue["predict_schema"]["nodes"]
    for name, node in understanding["predict_schema"]["nodes"].items():
        if _is_dialogue(name, node):
            continue
        nodes[name] = node
        kept = (node.get("resource") or {}).get("name")
        if kept and (old / "components" / kept).exists():
            shutil.copytree(old / "components" / kept, new / "components" / kept)
    for name in ("nlu_target", "training_type", "language"):
        dialogue[name] = understanding[name]
    (new / "metadata.json").write_text(json.dumps(dialogue), "utf-8")


def _is_dialogue(name: str, node: Mapping[str, Any]) -> bool:
    takes = node.get("needs") or {}
    policy = name.startswith("run_") and "rule_only_data" in takes
    return policy or name in CORE[1:]
