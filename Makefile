# Commands of the house. `make` alone lists them.
#
# Only Python 3.11 or newer and make are needed; everything else goes into .venv.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV ?= .venv
PY := $(VENV)/bin/python
# pip is silent unless something fails.
PIP := $(PY) -m pip -qq --disable-pip-version-check --no-input
# Workers share the cores: one thread each for linear algebra.
PYTEST := OPENBLAS_NUM_THREADS=1 $(PY) -m pytest -q
TESTS = $(PYTEST) --numprocesses $(WORKERS) --dist worksteal
# Processes that run tests.
WORKERS ?= 2
# What the development environment holds beside brianfit, and a file of versions that pip keeps to.
EXTRAS ?= dev
CONSTRAINTS ?=
# Versions of Python that make test-all looks for.
PYTHONS ?= 3.11 3.12 3.13
CANDIDATES := python3 python3.13 python3.12 python3.11

.PHONY: help
help:  ## list the commands
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*  ## (.*)/\1\t\2/' \
		| while IFS=$$'\t' read -r name what; do printf '  make %-14s %s\n' "$$name" "$$what"; done

# ---------------------------------------------------------------- environments

# A candidate counts only if it runs (a pyenv shim may exist and not run) and can make environments.
$(VENV)/bin/python:
	@for candidate in $(CANDIDATES); do \
		if "$$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			echo "Creating $(VENV) with $$("$$candidate" --version)"; \
			rm -rf $(VENV); \
			exec "$$candidate" -m venv $(VENV); \
		fi; \
	done; \
	echo "Expected Python 3.11 or newer with venv under one of the names: $(CANDIDATES); found none." >&2; \
	echo "Install it (on Debian and Ubuntu: apt-get install python3 python3-venv) and run make again." >&2; \
	exit 1

# The development set contains the run-time set, so one stamp serves for both.
$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing brianfit into $(VENV) (about a minute)"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	@echo "Installing brianfit with its development tools into $(VENV) (about two minutes)"
	@$(PIP) install $(if $(CONSTRAINTS),--constraint $(CONSTRAINTS)) --editable '.[$(EXTRAS)]'
	@touch $@ $(VENV)/.installed

# What builds the site is apart from what runs the tests.
$(VENV)/.installed-docs: pyproject.toml | $(VENV)/bin/python
	@echo "Installing brianfit with what builds its site into $(VENV) (about two minutes)"
	@$(PIP) install --editable '.[docs]'
	@touch $@ $(VENV)/.installed

.PHONY: install
install: $(VENV)/.installed-dev  ## create .venv with the development tools

# ---------------------------------------------------------------------- checks

.PHONY: check
check: $(VENV)/.installed-dev  ## format, lint, types, imports, architecture and unit tests (under two minutes)
	@echo "== format"; $(VENV)/bin/ruff format --check --output-format concise . \
		|| { echo "Run 'make format'." >&2; exit 1; }
	@echo "== lint"; $(VENV)/bin/ruff check --quiet .
	@echo "== types"; $(PY) -m mypy --no-error-summary
	@echo "== imports"; $(VENV)/bin/lint-imports --no-logo --no-cache >$(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }
	@echo "== architecture and unit tests"; $(TESTS) -m quick tests/architecture tests/unit

.PHONY: test
test: $(VENV)/.installed-dev  ## all tests, on two workers (WORKERS=n changes that; CHECKED=1: without those of check)
	@$(TESTS) --durations 10 $(if $(CHECKED),-m "not quick")

.PHONY: test-all
test-all:  ## all tests on each of Python 3.11, 3.12, 3.13 found here
	@for version in $(PYTHONS); do \
		if "python$$version" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
			echo "==== Python $$version"; \
			$(MAKE) --no-print-directory VENV=.venv-$$version CANDIDATES=python$$version test; \
		else \
			echo "==== Python $$version: python$$version does not run here, skipped"; \
		fi; \
	done

.PHONY: test-lowest
test-lowest:  ## all tests with the lowest allowed version of every package
	@$(MAKE) --no-print-directory VENV=.venv-lowest .venv-lowest/bin/python
	@.venv-lowest/bin/python .ci/lowest_versions.py >.venv-lowest/lowest.txt
	@$(MAKE) --no-print-directory VENV=.venv-lowest CONSTRAINTS=.venv-lowest/lowest.txt test

.PHONY: test-bare
test-bare:  ## all tests without optional packages
	@$(MAKE) --no-print-directory VENV=.venv-bare EXTRAS=test test

.PHONY: fuzz
fuzz: $(VENV)/.installed-dev  ## odd arguments, killed fits, flipped bits and hostile stores, as every night
	@BRIANFIT_FUZZ_CASES=2000 $(PYTEST) tests/fuzz
	@$(PY) -m tests.faults.kill 200
	@$(PY) -m tests.faults.flips 1000
	@$(PY) -m tests.fuzz.stores 300

.PHONY: docs
docs: $(VENV)/.installed-docs  ## build the site into docs/_build/html; warnings, dead links and gaps are errors
	@$(PY) -m sphinx -q -W -b html -d docs/_build/doctrees docs docs/_build/html
	@echo "The site: docs/_build/html/index.html; make docs-serve shows it"

.PHONY: docs-serve
docs-serve: docs  ## show the site at http://localhost:8000
	@$(PY) -m http.server --bind localhost --directory docs/_build/html 8000

.PHONY: format
format: $(VENV)/.installed-dev  ## format the code and mend what the linter can mend
	@$(VENV)/bin/ruff check --quiet --fix-only .
	@$(VENV)/bin/ruff format --quiet .

# -------------------------------------------------------------------- releases

.PHONY: changelog
changelog: $(VENV)/bin/python  ## gather changelog.d under a release: make changelog VERSION=0.2.0
	@$(PY) .ci/gather_changes.py $(VERSION)

.PHONY: dist
dist: $(VENV)/.installed-dev  ## build wheel and source into dist (TAG=v0.2.0: only if that is the version)
	@$(if $(TAG),test "v$$($(PY) -m hatchling version)" = "$(TAG)" || { echo "The tag $(TAG) is not the version." >&2; exit 1; })
	@rm -rf dist; $(PY) -m hatchling build

.PHONY: test-wheel
test-wheel: dist  ## install the wheel alone into an empty environment, run the commands from it
	@$(PY) -m tests.packaging.try_wheel dist/*.whl

# ------------------------------------------------------------------ seeing it

.PHONY: demo
demo: $(VENV)/.installed  ## fit a real recording; print the result, write demo.html and demo.png
	@$(PY) examples/fit/fit_cortical_cell.py
	@echo "For the command brianfit in this terminal: source $(VENV)/bin/activate"

.PHONY: bench
bench: $(VENV)/.installed-dev  ## measure speed and quality of search
	@$(PY) benchmarks/run.py

.PHONY: bench-quality
bench-quality: $(VENV)/.installed-dev  ## compare all optimizers on published problems (about half an hour)
	@$(PY) benchmarks/run.py published_problems single_starts

.PHONY: clean
clean:  ## remove environments and caches
	rm -rf .venv .venv-* docs/_build docs/gallery docs/reference/api docs/reference/command_line.rst docs/reference/models.rst .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist demo.html demo*.png
	find src tests benchmarks examples -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
