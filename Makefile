# Every target says in a "##" comment what it does; `make` alone prints them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

DEMO ?= demo/$(shell date +%Y-%m-%d-%H%M%S)
WORKERS ?= 2
BIN := .venv/bin

.PHONY: help demo app lab report test lint format types soak bench replay bundle screenshots pins clean

help: ## this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

demo: ## the whole story on the embedded company: capture, incident, plan, restore, proof, report
	@tools/bootstrap.sh
	@tools/system.sh paper
	@$(BIN)/akika demo --dir $(DEMO)

app: ## the workbench in the browser, on the embedded company just after an incident
	@tools/bootstrap.sh workbench
	@tools/system.sh paper
	@$(BIN)/akika app --demo $(DEMO)

lab: ## JupyterLab with the notebooks, on the embedded company just after an incident
	@tools/bootstrap.sh workbench
	@tools/system.sh paper
	@$(BIN)/akika lab --demo $(DEMO)

report: ## the report of the newest demo once more
	@tools/bootstrap.sh
	@tools/report.sh

test: ## install what is needed, then lint, types, import contracts and all tests
	@tools/bootstrap.sh dev,workbench
	@tools/system.sh paper browser node
	@tools/clients.sh
	@$(MAKE) lint types
	@$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal

lint: ## ruff (rules and format) and the import contracts
	@tools/bootstrap.sh dev,workbench
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/lint-imports --no-logo

format: ## put the source into the house's form
	@tools/bootstrap.sh dev,workbench
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .

types: ## mypy, strict
	@tools/bootstrap.sh dev,workbench
	$(BIN)/mypy

soak: ## the long campaigns, and everything drawn with many more examples (the better part of an hour on two cores)
	@tools/bootstrap.sh dev,workbench
	@tools/clients.sh
	AKIKA_TEST_PROFILE=soak $(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal -m "soak or hypothesis"

bench: ## figures of this machine: start-up, canonical form, and what else benchmarks/ holds
	@tools/bootstrap.sh dev,workbench
	@for file in benchmarks/*.py; do $(BIN)/python "$$file" || exit 1; done

replay: ## recorded exchanges asked again of the twin: how much of each answer is equal
	@tools/bootstrap.sh dev
	@$(BIN)/python tools/replay.py

bundle: ## build the browser modules anew from widgets/src (needs Node)
	@cd widgets/src && npm ci --silent --no-audit --no-fund && npm run --silent build

screenshots: ## take the pictures of README and guide anew (needs Chromium)
	@tools/bootstrap.sh dev,workbench
	@tools/system.sh paper browser
	$(BIN)/python tools/screenshots.py

pins: ## write constraints.txt anew from what .venv holds
	@tools/bootstrap.sh dev,workbench
	$(BIN)/python tools/pin.py

clean: ## remove caches and built files; .venv and demo stay
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find akika_forensics widgets tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
