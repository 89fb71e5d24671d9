# The one entry to everything. Needs Python >= 3.11, git and Node >= 20 with npm; sets up the rest by itself.

SHELL := bash
# Where it is set, each of the many servers that tests start would compile all modules for itself.
unexport PYTHONDONTWRITEBYTECODE
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

STATIC := tilemaker/server/static
VIEWER_SOURCES := $(shell git ls-files -co --exclude-standard frontend 2>/dev/null | grep -vE '\.test\.tsx?$$')
# The first of these that runs (a version manager may leave names behind that do not) and is new enough.
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
# More than there are cores: many tests wait for servers that start or stop.
TEST_WORKERS ?= 4
BENCH ?=
PEER ?= tilemaker==3.1.0

.PHONY: help demo viewer test check format bench bench-peers bench-plots openapi pins clean

help:  ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1 \t\2/p' $(MAKEFILE_LIST) | expand -t 24

demo: .make/python .make/viewer  ## Show a synthetic sky in the browser
	$(BIN)/tilemaker dev

viewer: .make/viewer  ## Build the viewer

test: .make/system .make/python .make/viewer  ## Set everything up and run all of the tests
	$(MAKE) check

check: .make/python .make/viewer  ## Format, lint, types, structure, tests of the server and of the viewer
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	cd frontend && npm run --silent lint && npm run --silent types && npm run --silent test && npm run --silent test:browser
	$(BIN)/pytest -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder --cov --cov-report=term

format: .make/python  ## Format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .make/python  ## Measure how quick it is (BENCH=--full for a map of 5.4 GB; see benchmarks/README.md)
	$(BIN)/python -m benchmarks $(BENCH)

bench-peers: .make/python .make/peer/done  ## The same beside tilemaker 3.1.0, in an environment of its own
	$(BIN)/python -m benchmarks --peer .make/peer $(BENCH)

bench-plots: .make/python  ## Draw docs/speed.md anew from the newest result on a large map
	$(BIN)/python -m benchmarks.plots

openapi: .make/python .make/node  ## Write openapi.json and the types of the viewer anew, after a change of the API
	$(BIN)/python -m tilemaker.server.openapi openapi.json
	cd frontend && npm run --silent schema

pins: .make/python  ## Write down the versions installed now
	(sed -n '/^#/p' constraints.txt; $(BIN)/pip freeze --exclude-editable | grep -v '^#') > .make/pins
	mv .make/pins constraints.txt

clean:  ## Remove everything that can be made again
	rm -rf .venv .make $(STATIC) frontend/node_modules build dist .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# ── Stamps: a step is done again only when what it is made from has changed ──────────────────────────────────────────────

.make/python: pyproject.toml constraints.txt
	@mkdir -p .make
	@test -n "$(PYTHON)" || { echo "tilemaker needs Python 3.11 or newer: name one with make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv .venv
	TILEMAKER_SKIP_FRONTEND=1 $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

.make/node: frontend/package.json frontend/package-lock.json
	@mkdir -p .make
	cd frontend && npm ci --no-audit --no-fund
	@touch $@

.make/viewer: .make/node $(VIEWER_SOURCES)
	cd frontend && npm run build
	@touch $@

.make/peer/done:
	$(PYTHON) -m venv .make/peer
	.make/peer/bin/pip install --quiet --disable-pip-version-check '$(PEER)'
	@touch $@

# The programs that some tests drive. Where they cannot be installed, those tests skip and say so.
.make/system: .ci/system-packages
	@mkdir -p .make
	bash .ci/system-packages
	@touch $@
