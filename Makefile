# make demo [PORT=8000] [DICOM=/folder]   set everything up and run the product
PYTHON ?= python3
PORT ?= 8000
DICOM ?=
VENV := .venv

# The stamp is named by the lock file's content: the same lock is never installed twice, a changed one always is.
INSTALLED := $(VENV)/.installed-$(shell cksum < requirements.lock | tr ' ' '-')

.DEFAULT_GOAL := demo
export DICOM

.PHONY: demo
demo: $(INSTALLED)
	@exec $(VENV)/bin/python -m portal.demo.run --port '$(PORT)' $(if $(DICOM),--dicom "$$DICOM")

# True when this Python is new enough and can make virtual environments.
CAN_MAKE_VENV := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

$(VENV)/bin/python:
	@$(PYTHON) -c '$(CAN_MAKE_VENV)' 2>/dev/null || { \
		echo 'Lightbox needs Python 3.11 or newer with its venv module.' >&2; \
		echo 'On Debian and Ubuntu: apt-get install python3-venv. Another Python: make PYTHON=python3.12 demo' >&2; \
		exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(INSTALLED): | $(VENV)/bin/python
	@echo 'Installing the packages of requirements.lock into $(VENV) (once, about a minute) ...'
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@rm -f $(VENV)/.installed-* && touch $@

# --- For developers ------------------------------------------------------------------------------------------

DEV_INSTALLED := $(VENV)/.dev-$(shell cksum < requirements-dev.lock | tr ' ' '-')
BIN := $(VENV)/bin
NPM_INSTALLED := node_modules/.installed-$(shell cksum < package-lock.json | tr ' ' '-')

.PHONY: test test-fast fast-pacs_gateway fast-others lint format bench bench-browser bench-there bench-browser-there lock parts
# Everything, on real parts; the part that touches the database runs on PostgreSQL and on SQLite.
test: $(DEV_INSTALLED) parts $(NPM_INSTALLED) lint
	@$(SIDE_BY_SIDE) postgresql-portal postgresql-pacs_gateway
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS)
	$(BIN)/python -m pytest

# Spoiled files, codestreams and headers against the readers and the renderer; the same ones in every run of the same length.
SECONDS ?= 60
fuzz: $(DEV_INSTALLED)
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

# What a developer runs all the time: SQLite, no browser, no archive.
test-fast: $(DEV_INSTALLED)
	@$(SIDE_BY_SIDE) fast-pacs_gateway fast-others

# Each half starts servers of its own, and prints when it is done.
SIDE_BY_SIDE := $(MAKE) --no-print-directory --jobs=2 --output-sync=target
FAST = $(BIN)/python -m pytest -q -m 'not slow and not stack and not browser and not orthanc and not dcmtk' -o cache_dir=.pytest_cache/$@
fast-pacs_gateway:
	$(FAST) tests/pacs_gateway

fast-others:
	$(FAST) --ignore=tests/pacs_gateway

postgresql-%:
	TEST_DATABASE=postgresql $(FAST) tests/$*

# mypy reads the settings; nothing is started or written.
CHECK_SETTINGS := LIGHTBOX_MODE=test SECRET_KEY=lint REDIS_BROKER_URL=unix:///lint REDIS_CACHE_URL=unix:///lint

lint: $(DEV_INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(CHECK_SETTINGS) $(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(DEV_INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# On Debian's Python, as Orthanc beside us is Debian's: one built without optimisation takes up to a fifth longer.
BENCH_PYTHON ?= /usr/bin/python3
bench bench-browser:
	@$(MAKE) --no-print-directory PYTHON=$(BENCH_PYTHON) VENV=.venv-bench $@-there

bench-there: parts $(DEV_INSTALLED)
	$(BIN)/python -m bench
	$(BIN)/python -m bench.windowable
	$(BIN)/python -m bench.gateway

bench-browser-there: parts $(DEV_INSTALLED) $(NPM_INSTALLED)
	$(BIN)/python -m bench.browser

# Debian's packages for the tests: installed when we are root, else named.
parts:
	@sh tools/debian-parts

# What the browser tests use of npm's packages; tests that need one say so where it is missing.
$(NPM_INSTALLED): | parts
	@if command -v npm >/dev/null; then \
		echo 'Installing the packages of package-lock.json (once) ...'; \
		npm ci --silent --no-audit --no-fund && touch $@; \
	else echo 'npm is missing: the tests that audit pages are skipped by name.'; fi

# Write the lock files again after a change in pyproject.toml.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra dev pyproject.toml -o requirements-dev.lock

$(DEV_INSTALLED): | $(VENV)/bin/python
	@echo 'Installing the packages of requirements-dev.lock into $(VENV) (once, about a minute) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@rm -f $(VENV)/.dev-* && touch $@
