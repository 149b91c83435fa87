"""The layers: who may import whom, and the tree of exceptions."""

import ast
import re
from pathlib import Path

import pytest

from bot import errors

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parent.parent
ANYONE = {"bot.errors", "bot.settings", "bot.closed_days"}
ALLOWED = {
    "bot.deescalation": set(),
    "bot.handoff": set(),
    "bot.backoffice": set(),
    "bot.encoder": set(),
    "bot.nlu": {"bot.deescalation", "bot.encoder"},
    "bot.policies": {"bot.deescalation"},
    "bot.channels": {"bot.deescalation"},
    "bot.nlg": {"bot.deescalation"},
    "bot.engine": set(),
    "bot.simulation": set(),
    "bot.web": {
        "bot.handoff",
        "bot.deescalation",
        "bot.backoffice",
        "bot.engine",
        "bot.simulation",
    },
    "bot.training": {
        "bot.deescalation",
        "bot.encoder",
        "bot.nlu",
        "bot.engine",
        "bot.lean_rasa",
        "bot.simulation",
    },
    "bot.lean_rasa": {"bot.channels"},
    "bot.supervisor": set(),
    "bot.errors": set(),
    "bot.closed_days": set(),
    "bot.settings": set(),
    "actions": {"bot.deescalation", "bot.backoffice"},
}
# The command line and the benchmarks may use everything.
FREE = ("bot.cli", "evaluation")
RASA = {"bot.lean_rasa", "bot.nlu", "bot.policies", "bot.channels", "bot.nlg", "bot.training"}
HEAVY = {
    "rasa": RASA,
    "rasa_sdk": {"actions"},
    "tensorflow": set(),
    "torch": {"bot.encoder"},
    "sentence_transformers": {"bot.encoder"},
    "transformers": {"bot.encoder"},
    "onnxruntime": {"bot.encoder"},
    "spacy": {"bot.nlu"},
    "starlette": {"bot.web"},
    "uvicorn": {"bot.web"},
    "sanic": {"bot.channels"},
}


def modules():
    for folder in ("bot", "actions"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, ".".join(path.relative_to(ROOT).with_suffix("").parts)


def part_of(module):
    """The layer that a dotted name belongs to: ``bot.web`` for ``bot.web.chat``."""
    return ".".join(module.split(".")[:2]) if module.startswith("bot.") else module.split(".")[0]


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            if node.module == "bot":
                yield from (f"bot.{alias.name}" for alias in node.names)
            else:
                yield node.module
        elif isinstance(node, ast.ImportFrom):
            pytest.fail(f"{path}: write imports in full, not relative")


def test_every_layer_imports_only_what_it_may():
    wrong = []
    for path, module in modules():
        layer = part_of(module)
        if layer.startswith(FREE) or module == "bot.__init__":
            continue
        for imported in imports_of(path):
            ours = imported.startswith("bot.") or imported.split(".")[0] == "actions"
            target = part_of(imported)
            if ours and target not in {layer} | ANYONE | ALLOWED[layer]:
                wrong.append(f"{module} imports {imported}")
            outside = imported.split(".")[0]
            if outside in HEAVY and layer not in HEAVY[outside]:
                wrong.append(f"{module} imports {imported}")
    assert not wrong, "\n".join(wrong)


def test_serving_never_imports_torch():
    building = {"restore", "export", "tuning", "build"}
    for path, module in modules():
        if any(name.split(".")[0] == "torch" for name in imports_of(path)):
            assert module.rsplit(".", 1)[-1] in building, module


def test_the_exception_tree_in_the_docstring_is_the_real_one():
    drawn = re.findall(r"^ *[*+-] (\w+)", errors.__doc__, flags=re.M)
    real = [
        name
        for name, thing in vars(errors).items()
        if isinstance(thing, type) and issubclass(thing, errors.RemansoError)
    ]
    elsewhere = re.findall(r"- (\w+) +\(((?:bot|actions)\.[\w.]+)\)", errors.__doc__)
    for name, module in elsewhere:
        source = (ROOT / Path(*module.split("."))).with_suffix(".py").read_text(encoding="utf-8")
        assert f"class {name}(" in source
    assert sorted(drawn) == sorted(real + [name for name, _ in elsewhere])


def test_everything_raised_on_purpose_is_in_the_tree():
    strangers = []
    for path, module in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_error = isinstance(node, ast.ClassDef) and any(
                isinstance(base, ast.Name)
                and base.id in ("Exception", "RuntimeError", "ValueError")
                for base in node.bases
            )
            if is_error and module != "bot.errors":
                strangers.append(f"{module}.{node.name}")
    assert not strangers


def test_no_module_grows_beyond_three_hundred_lines():
    long = [
        f"{module}: {lines}"
        for path, module in modules()
        if "migrations" not in module  # one is a snapshot of what changed at once
        and (lines := path.read_text(encoding="utf-8").count("\n")) > 300
    ]
    assert not long


def test_pages_write_text_only_as_text():
    banned = re.compile(r"innerHTML|insertAdjacentHTML|outerHTML|document\.write|eval\(")
    found = [
        str(path)
        for path in (ROOT / "bot/web/static").rglob("*.js")
        if banned.search(path.read_text(encoding="utf-8"))
    ]
    assert not found
