# Every target sets up .venv by itself, once; `make` alone tells what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test test-browser test-integrations browser check format bench screenshots clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "labtop needs Python 3.11 or later; name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $@

demo: $(READY) ## four real trainings, live on the screen
	@$(BIN)/labtop demo

test: $(READY) ## every test
	$(BIN)/python -m pytest -n 3 --dist loadfile

test-browser: browser ## reports in a real Chromium; CHROME=path names one
	$(BIN)/python -m pytest tests/browser

browser: $(READY)
	@said=$$($(BIN)/python -m pip install --quiet --disable-pip-version-check --group browser 2>&1) \
	  || { echo "playwright cannot be installed: $${said##*$$'\n'}" >&2; exit 1; }
	@$(BIN)/python -m tests.browser.chromium >/dev/null

test-integrations: ## callbacks with the real frameworks, in an environment of their own; ARGS=NAME chooses
	@$(PYTHON) -m tests.integrations $(ARGS)

check: $(READY) ## format, lint, types, import rules, spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

format: $(READY) ## put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## the figures of the README, measured here; ARGS=--help says what can be chosen
	$(BIN)/python -m benchmarks $(ARGS)

screenshots: $(READY) ## draw every view from the real app into screenshots/
	$(BIN)/python -m screenshots

clean: ## remove .venv and caches
	rm -rf $(VENV) .venv-integrations .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
