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
PYTEST := $(PY) -m pytest
# Two workers, one thread each for the libraries below them.
WORKERS ?= 2
CANDIDATES := python3 python3.13 python3.12 python3.11

.PHONY: help
help:  ## list the commands
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*  ## (.*)/\1\t\2/' \
		| while IFS=$$'\t' read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

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
	@$(PIP) install --editable '.[dev]'
	@touch $@ $(VENV)/.installed

.PHONY: install
install: $(VENV)/.installed-dev  ## create .venv with the development tools
