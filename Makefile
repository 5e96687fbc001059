# 'make run' and 'make test' are all that most people need; 'make help' lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
# PYTHON=... chooses another one; ARGS=... is handed on by run, test, bench, fuzz and lab
PYTHON ?=
ARGS ?=
FUZZ ?= 1000000
DEBIAN := chrony curl dnsmasq-base fish fonts-dejavu-core iproute2 lftp nmap picocom python3-venv telnet tmux \
  tshark zsh

.PHONY: help setup run test system-deps lint bench fuzz pictures lab clean

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' Makefile | while IFS=$$'\t' read -r name about; do \
	  printf 'make %-12s %s\n' "$$name" "$$about"; done

setup: $(STAMP) ## make .venv with everything (quick when it is there already)
	@:

run: $(STAMP) ## the shell, with simulated units
	@$(BIN)/unitbench --sim $(ARGS)

test: $(STAMP) ## all tests that this machine can run; what was skipped is listed at the end
	@$(BIN)/python -m pytest $(ARGS)

lint: $(STAMP) ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(STAMP) ## benchmarks
	@$(BIN)/python -m tests.benchmarks $(ARGS)

fuzz: $(STAMP) ## random input, FUZZ=1000000 in all; UNITBENCH_SEED=N for other ones
	@UNITBENCH_FUZZ=$(FUZZ) $(BIN)/python -m pytest -m fuzz --timeout 0 $(ARGS)

pictures: $(STAMP) ## the README's pictures, taken from the real thing
	@$(BIN)/python -m tests.pictures

lab: $(STAMP) ## JupyterLab on the live session
	@$(BIN)/unitbench lab $(ARGS)

clean: ## remove .venv and what builds and tools leave
	@rm -rf $(VENV) dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .coverage htmlcov
	@find kit shell tests -name __pycache__ -type d -prune -exec rm -rf {} +

# All that the set-up says goes to stderr: 'make run' hands the shell's stdout on unspoilt.
$(STAMP): pyproject.toml
	@exec </dev/null >&2; \
	for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
	  "$$python" -c '$(NEW_ENOUGH)' 2>/dev/null && break || python=; \
	done; \
	if [ -z "$$python" ]; then \
	  echo 'unitbench needs Python 3.11 or newer; install one, or name it: make setup PYTHON=/path/to/python3.12'; \
	  exit 1; \
	fi; \
	if ! $(BIN)/python -c '$(NEW_ENOUGH)' 2>/dev/null; then \
	  if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "$$python cannot make virtual environments; on Debian and Ubuntu: sudo apt-get install python3-venv"; \
	    exit 1; \
	  fi; \
	  echo "making $(VENV) with $$python; this takes a minute, once"; \
	  "$$python" -m venv --clear $(VENV); \
	fi; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[notebook,dev]'; \
	$(BIN)/python -m compileall -q kit shell; \
	touch $@

system-deps: ## install the Debian packages that some tests need
	@if ! command -v apt-get >/dev/null; then \
	  echo 'no apt-get here; install these by other means: chromium $(DEBIAN)' >&2; \
	  exit 1; \
	fi; \
	root=; if [ "$$(id -u)" -ne 0 ]; then root=sudo; fi; \
	apt="$$root env DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes"; \
	$$apt update; \
	browser=chromium; \
	apt-cache policy chromium | grep 'Candidate: [0-9]' >/dev/null || browser=chromium-browser; \
	$$apt install --no-install-recommends $$browser $(DEBIAN)
