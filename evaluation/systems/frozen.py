"""The same pipeline on the base encoder, as it is before fine-tuning: what tuning adds."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path

from bot.encoder import shelf
from bot.errors import ConfigError
from bot.settings import ROOT, Settings
from bot.training import published
from evaluation.systems.graph import Graph, run
from evaluation.systems.remanso import encoder_megabytes


class Frozen(Graph):
    """The same heads, trained on the vectors of the untuned encoder."""

    def __init__(self, settings: Settings, base: str) -> None:
        """Train it, or take the one that is kept for the present data.

        Args:
            settings: The installation.
            base: Hash of the untuned encoder.

        Raises:
            EncoderError: that encoder is missing.
            ConfigError: training failed.
        """
        self._manifest = shelf.manifest(settings.models, base)
        super().__init__(
            "frozen encoder",
            f"The same pipeline on the encoder before it was tuned ({base}).",
            _trained(settings, base),
            settings,
        )

    def megabytes(self) -> float:
        """Return the size of the archive and its encoder in MB."""
        return super().megabytes() + encoder_megabytes(self._manifest)


def kept(settings: Settings, base: str) -> Path:
    """Return where the model of the present data is kept, or will be."""
    mark = hashlib.sha256(f"{published.fingerprint(settings)} {base}".encode()).hexdigest()[:12]
    return settings.models / f"benchmark-frozen-{mark}.tar.gz"


def _trained(settings: Settings, base: str) -> Path:
    model = kept(settings, base)
    if model.is_file():
        return model
    name = model.name.removesuffix(".tar.gz")
    with tempfile.TemporaryDirectory(dir=settings.models, prefix=".frozen-") as folder:
        models = Path(folder)
        place = shelf.shelf(models)
        place.mkdir()
        (place / base).symlink_to((shelf.shelf(settings.models) / base).resolve())
        shelf.set_current(models, base)
        run(["-m", __name__, folder, name], models, "Training on the frozen encoder")
        made = models / model.name
        if not made.is_file():
            raise ConfigError("Training on the frozen encoder left no model behind.")
        os.replace(made, model)
    return model


def main() -> None:
    """Train the NLU part of ``config.yml`` into a folder: ``FOLDER NAME``."""
    from bot.lean_rasa import leave_out_tensorflow

    leave_out_tensorflow()
    from rasa.model_training import train_nlu

    train_nlu(
        config=str(ROOT / "config.yml"),
        nlu_data=str(ROOT / "data" / "nlu"),
        domain=str(ROOT / "domain.yml"),
        output=sys.argv[1],
        fixed_model_name=sys.argv[2],
    )


if __name__ == "__main__":
    main()
