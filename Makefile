.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
# A uv of our own unless a working one is on the PATH.
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .tools/bin/uv)
COMPILE = $(UV) pip compile pyproject.toml --generate-hashes --no-emit-index-url --quiet
LINUX = --python-version 3.10 --python-platform x86_64-manylinux_2_28
.PHONY: help run serve train test check format lint types unit js lock clean

help: ## Show this help
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/.full ## Install, build, train what is missing, and start everything
	@$(BIN)/remanso run

serve: .venv/.serve ## Start a machine that only serves a published model (no torch)
	@$(BIN)/remanso serve

train: .venv/.full ## Train a model on the present data
	@$(BIN)/remanso train

test: .venv/.full ## Run the whole test suite, real browser included
	@$(BIN)/remanso test $(if $(BEYOND_UNITS),--beyond-units)
	@$(BIN)/python -m tests.other_pythons $(UV)

check: .venv/.full format-check lint types unit js ## Format, lint, types and unit tests (two minutes)

format: .venv/.full ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix-only --quiet .

format-check: .venv/.full
	@$(BIN)/ruff format --check --quiet . || { echo 'Run "make format".'; exit 1; }

lint: .venv/.full
	@$(BIN)/ruff check .

types: .venv/.full
	@$(BIN)/mypy

unit: .venv/.full ## Run the unit tests only
	@$(BIN)/python -m pytest -q -m unit -n auto --dist loadfile

js: ## Check the types of the pages' JavaScript (needs node)
	@command -v npm >/dev/null || { echo 'SKIPPED: node is missing, the pages are not type-checked.'; exit 0; }; \
	  { [ -d node_modules ] || npm ci --silent --no-audit --no-fund; } && npx --no-install tsc -p tsconfig.json

lock: .tools/bin/uv ## Renew the lock files from pyproject.toml
	$(COMPILE) $(LINUX) --group web --group engine --group train --group dev -o requirements.lock
	$(COMPILE) $(LINUX) --group web --group engine -c requirements.lock -o requirements-serve.lock
	$(COMPILE) --universal --python-version 3.10 --group web -o requirements-web.lock
	$(COMPILE) --universal --python-version 3.10 --group web --group web-test -c requirements-web.lock -o requirements-web-test.lock

clean: ## Remove what can be rebuilt: environment, tools, caches (never data)
	rm -rf .venv .tools node_modules .mypy_cache .ruff_cache .pytest_cache

.tools/bin/uv:
	@echo 'Getting uv, the installer ...'
	@python3 -m venv .tools || { echo 'Python lacks venv. On Debian or Ubuntu: apt-get install python3-venv'; exit 1; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv

.venv/.full: requirements.lock $(filter .tools/bin/uv,$(UV))
	@echo 'Installing what building, training and serving need (downloads about 3.5 GB the first time) ...'
	@[ -x $(BIN)/python ] || $(UV) venv --quiet .venv
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@rm -f .venv/.serve && touch $@

.venv/.serve: requirements-serve.lock $(filter .tools/bin/uv,$(UV))
	@[ -e .venv/.full ] || { echo 'Installing what serving needs (downloads about 1 GB the first time) ...'; \
	  [ -x $(BIN)/python ] || $(UV) venv --quiet .venv; \
	  $(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements-serve.lock; \
	  $(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; }
	@touch $@
