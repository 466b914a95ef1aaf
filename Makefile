# Two commands matter: `make demo` and `make test`. Both work from a bare clone.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: .venv/runtime ## a ward with eight refrigerators; ARGS="--for 60s --http-port 8090" passes options on
	@$(BIN)/coldchain demo $(ARGS)

# Four at a time also on two cores: tests of a service wait a good part of their time. Files in their order, for the
# longest are not last then. Python may keep what it compiled: hundreds of tests start programs of their own.
test: export PYTHONDONTWRITEBYTECODE =
test: .venv/test programs lint types imports ## everything that must hold; installs what the tests need (apt-get, as root)
	@$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder --reruns 1 --reruns-delay 2 $(ARGS)

lint: .venv/test ## style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/test ## mypy, strict
	@$(BIN)/mypy

imports: .venv/test ## imports point one way
	@$(BIN)/lint-imports

SECONDS ?= 60
fuzz: .venv/test ## mutated logger files and sensors' messages, SECONDS each: no crash, no hang, nothing lost
	@$(BIN)/python -m tests.loggers.fuzzing --seconds $(SECONDS) --samples ../shared/samples $(ARGS)
	@$(BIN)/python -m tests.payloads.fuzzing --seconds $(SECONDS) --samples ../shared/samples $(ARGS)

bench: .venv/test ## speeds, each as a ratio to a baseline of the same run
	@$(BIN)/python -m tests.benchmarks $(ARGS)

oracle: .venv/test ## the judge against an independent slow reading: 100,000 random traces
	@$(BIN)/python -m tests.domain.campaign $(ARGS)

mutants: .venv/test ## change any comparison of the domain: a test must fail (an hour)
	@$(BIN)/python -m tests.domain.mutants $(ARGS)

chaos: .venv/test programs ## 200 rounds of everything that can break; writes docs/reference/chaos.md (a quarter of an hour)
	@$(BIN)/python -m tests.chaos --table docs/reference/chaos.md $(ARGS)
	@$(BIN)/python -m tests.chaos.away

kills: .venv/test ## archiving and removing killed at every one of their steps (minutes; a tenth of them in make test)
	@COLDCHAIN_EVERY_STEP=1 $(BIN)/python -m pytest tests/records/test_archive.py tests/records/test_retention.py -q -k killed $(ARGS)

orders: .venv/test ## readings, restarts, backfills and moves in any order, against the sorted story: 2,000 times
	@$(BIN)/python -m tests.monitoring.campaign $(ARGS)

million: .venv/test programs ## a million sensors, a reading a minute each, through a real broker; ARGS="--minutes 10"
	@$(BIN)/python -m tests.benchmarks.million $(ARGS)

backfill: .venv/test ## a day from a thousand loggers at once, while fresh readings go on
	@$(BIN)/python -m tests.benchmarks.backfill $(ARGS)

lock: .venv/test ## new lock files from pyproject.toml
	@uv pip compile --universal --generate-hashes --no-header --python-version 3.11 --extra postgres --extra build -q pyproject.toml -o requirements.lock
	@uv pip compile --universal --generate-hashes --no-header --python-version 3.11 --extra postgres --extra build --extra test -q pyproject.toml -c requirements.lock -o requirements-test.lock

programs:
	@deploy/test-programs

.venv/runtime: requirements.lock pyproject.toml
	@deploy/make-venv $(PYTHON) requirements.lock
	@touch $@

.venv/test: requirements-test.lock pyproject.toml
	@deploy/make-venv $(PYTHON) requirements-test.lock
	@touch $@ .venv/runtime

.PHONY: help demo test lint types imports bench fuzz oracle mutants kills orders million backfill chaos lock programs
