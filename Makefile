# Guatu (挂图). `make` alone lists what there is. Nothing but Python 3.11+, its venv module and make is needed to run it.

SHELL        := /bin/bash
.SHELLFLAGS  := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS    += --no-print-directory --warn-undefined-variables

PYTHON ?=
PORT   ?= 8000
VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PY     := $(BIN)/python
PIP    := $(PY) -m pip --disable-pip-version-check --no-input --quiet
export PYTHONDONTWRITEBYTECODE ?=
export PYTHONUTF8 := 1

# ======================================================================================= for everybody

.PHONY: help
help:  ## this list
	@grep -hE '^[a-z-]+:.*##|^# =+ ' $(MAKEFILE_LIST) \
	  | sed -E 's/^# =+ (.*)/\n\1/; s/^([a-z-]+):.*## (.*)/  make \1|\2/' | awk -F'|' 'NF==2{printf "%-18s %s\n",$$1,$$2;next}{print}'

.PHONY: run
run: $(STAMPS)/run front  ## the whole product on http://127.0.0.1:8000 with the demo campaign (PORT=… to move it)
	@exec $(BIN)/guatu serve --demo --port $(PORT)

# ====================================================================================== for developers

.PHONY: test
test: system $(STAMPS)/dev front lint  ## everything: lint, types, both stores, real browser (what CI runs)
	@bash scripts/test.sh

.PHONY: lint
lint: system $(STAMPS)/dev front  ## form, types, import column, migrations, deploy check, TypeScript
	@bash scripts/lint.sh

.PHONY: format
format: $(STAMPS)/dev  ## put every Python file in form
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

.PHONY: front
front: $(STAMPS)/run  ## build the front end if its sources changed
	@$(PY) scripts/front.py build

.PHONY: bench
bench: $(STAMPS)/dev front  ## the measurements, dated JSON into benchmarks/results/
	@for each in $$(grep -l __main__ benchmarks/*.py); do $(PY) $$each; done

.PHONY: wheel
wheel: $(STAMPS)/dev front  ## dist/guatu-*.whl: pages, words, packs, front end, all in
	@rm -rf dist && $(PY) -m build --wheel --no-isolation --outdir dist . >dist.log || { cat dist.log; exit 1; }; rm -f dist.log; ls dist

.PHONY: reference
reference: $(STAMPS)/dev  ## write docs/reference from the code
	@$(PY) scripts/reference.py

.PHONY: lock
lock: $(STAMPS)/dev  ## write the three lock files anew from pyproject.toml
	@bash scripts/lock.sh

.PHONY: clean
clean:  ## remove what was built (not .venv, not the store in .guatu)
	@rm -rf build dist guatu/kit/static/built front/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache htmlcov .coverage
	@find guatu tests scripts -name __pycache__ -type d -prune -exec rm -rf {} + ; find guatu -name '*.mo' -delete

# ========================================================================================= environment

.PHONY: system
system:  ## look for what only the system can give (browser, fonts, PostgreSQL); installs it when root
	@bash scripts/system.sh test

$(PY):
	@bash scripts/system.sh run
	@python=$$(bash scripts/python.sh $(PYTHON)); echo "venv   $$python -> $(VENV)"; "$$python" -m venv $(VENV)

$(STAMPS)/run: requirements.txt requirements-build.txt pyproject.toml | $(PY)
	@if ! [ -e $(STAMPS)/dev ]; then echo "install requirements.txt requirements-build.txt"; \
	  $(PIP) install --require-hashes -r requirements.txt -r requirements-build.txt; \
	  $(PIP) install --no-deps --no-build-isolation --no-index -e . ; fi
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements-dev.txt pyproject.toml $(STAMPS)/run | $(PY)
	@echo "install requirements-dev.txt"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@mkdir -p $(STAMPS) && touch $@
