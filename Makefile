# The verbs of this house. `make help` lists them; README names the two that do all.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input
# Options for pytest, for example: make test PYTEST_ARGS="-k extension -n 0"
PYTEST_ARGS ?= -n auto
# Folder of papers for the contact sheet; the demo writes one of each there.
PAPERS ?= out/catalogue

.DEFAULT_GOAL := help
.PHONY: help setup demo test chaos check format system bench contact-sheet lock wheel clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv with everything in it; the command is .venv/bin/gongkai

# Work is redone only when a lock or the project file changes.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "gongkai needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments." >&2; \
	  echo "The system package that holds them: python3-venv (Debian, Ubuntu, Kylin, UOS); python3 itself (Fedora, openEuler)." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## set everything up and run the sample cases from receipt to reply
	$(BIN)/gongkai demo

test: setup system ## set everything up and run all tests
	$(BIN)/python -m pytest $(PYTEST_ARGS)

# Half of the kills for each database; the same seed begins in the same way.
KILLS ?= 5000
chaos: setup system ## kill at random and restart servers, long: make chaos KILLS=5000 SEED=1
	$(BIN)/python -m tests.crash.chaos --kills $(KILLS) $(if $(SEED),--seed $(SEED)) $(CHAOS_ARGS)

# What tests need of the system: installed where this is root on Debian or Ubuntu and it is missing.
# Elsewhere the tests that need it are skipped, and say so.
# The tests run a PostgreSQL server of their own: the package is told to start none.
CLUSTERS := /etc/postgresql-common/createcluster.conf
system:
	@test "$$(id -u)" = 0 && command -v apt-get >/dev/null || exit 0; \
	missing=; \
	command -v soffice >/dev/null || missing="$$missing libreoffice-writer-nogui"; \
	command -v pdftoppm >/dev/null || missing="$$missing poppler-utils"; \
	command -v fc-list >/dev/null || missing="$$missing fontconfig"; \
	fc-list 2>/dev/null | grep -q 'Serif CJK' || missing="$$missing fonts-noto-cjk"; \
	fc-list 2>/dev/null | grep -q HanaMinB || missing="$$missing fonts-hanazono"; \
	command -v cc >/dev/null || missing="$$missing gcc libc6-dev"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { missing="$$missing postgresql"; \
	  mkdir -p $(dir $(CLUSTERS)); test -e $(CLUSTERS) || echo 'create_main_cluster = false' >$(CLUSTERS); }; \
	test -n "$$missing" || exit 0; \
	echo "installing$$missing"; \
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	  apt-get install -qq -y --no-install-recommends $$missing >/dev/null; } || \
	  echo "could not install$$missing: tests that need it are skipped" >&2

check: setup ## format, lint, types, import contracts
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## put the code into its format and mend what can be mended
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: setup ## measure; fails when a promise of speed is broken
	$(PIP) install --quiet --require-hashes -r requirements-bench.lock
	$(BIN)/python -m bench

contact-sheet: demo system ## picture every paper of the catalogue in docs/contact_sheet/
	$(BIN)/python docs/contact_sheet/make.py $(PAPERS)

wheel: setup ## build the wheel into dist/
	$(BIN)/python -m build --quiet --wheel --no-isolation

lock: .tools/bin/uv ## pin every dependency again, with hashes
	.tools/bin/uv pip compile pyproject.toml --extra dev $(LOCK) -o requirements.lock
	.tools/bin/uv pip compile pyproject.toml -c requirements.lock $(LOCK) -o requirements-run.lock
	.tools/bin/uv pip compile pyproject.toml --extra bench -c requirements.lock $(LOCK) -o requirements-bench.lock

LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links --no-config

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip --disable-pip-version-check install --quiet uv

clean: ## remove what the verbs made, the database in var/ excepted
	rm -rf $(VENV) .tools dist out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
