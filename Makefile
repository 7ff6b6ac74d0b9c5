# Every command sets up what it needs; the first one takes a few minutes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export LIJI_HOME ?= $(CURDIR)/var

.DEFAULT_GOAL := help
.PHONY: help run test test-clock test-deep check fuzz mutants bench example demo lock shots clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.ready ## the running product with the demo company; prints address and demo sign-ins
	@$(BIN)/python -m liji.web.assets && $(BIN)/python -m liji.web.messages
	@$(BIN)/liji demo && $(BIN)/liji serve

test: $(VENV)/.dev-ready ## everything, headless, browser tests included
	@tools/browser.sh
	@tools/java.sh
	@$(MAKE) --no-print-directory lint
	env -u LIJI_HOME $(BIN)/python -m pytest -n 2 --no-loadscope-reorder -q

test-clock: $(VENV)/.dev-ready ## what depends on the day, at the edges of months and years: MOMENTS='"2026-12-01 00:30"'
	env -u LIJI_HOME $(BIN)/python -m tests.edges $(MOMENTS)

test-deep: $(VENV)/.dev-ready ## the long random runs
	env -u LIJI_HOME LIJI_DEEP=1 $(BIN)/python -m pytest -n 2 -q tests/properties

check: $(VENV)/.dev-ready lint ## fast: lint, types, imports, unit tests
	env -u LIJI_HOME $(BIN)/python -m pytest -q -x tests/unit

lint: $(VENV)/.dev-ready
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz: $(VENV)/.dev-ready ## search for texts that break the plan language's readers: SECONDS=60 for each
	$(BIN)/pip install -q 'atheris==3.0.0'
	@for harness in formula document layout fact cell; do $(BIN)/python -m tests.fuzz $$harness --seconds $(or $(SECONDS),60) || exit 1; done

mutants: $(VENV)/.dev-ready ## do the tests notice changed code: MODULES="liji.plan.lexer …" EACH=15 (0: all)
	$(BIN)/pip install -q 'mutmut==3.8.1'
	@mkdir -p var && LIJI_HOME=$(CURDIR)/var $(BIN)/python tools/mutants.py run $(MODULES) --each $(or $(EACH),15)

bench: $(VENV)/.dev-ready ## the benchmarks, with a table at the end
	@tools/java.sh
	env -u LIJI_HOME $(BIN)/python -m benchmarks

example: $(VENV)/.ready ## AdventureWorks: real people, orders and targets, reconciled to the cent
	@$(BIN)/python -m examples.adventureworks

lock: ## pin the dependencies anew
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-trusted-host --strip-extras --allow-unsafe --no-header -o requirements.lock pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-trusted-host --strip-extras --allow-unsafe --no-header --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-trusted-host --strip-extras --allow-unsafe --no-header -o requirements-node.lock requirements-node.in

shots: $(VENV)/.dev-ready ## pictures of every page, phone and desktop, zh and en, into var/shots
	@tools/browser.sh
	env -u LIJI_HOME LIJI_SHOTS=$(CURDIR)/var/shots $(BIN)/python -m pytest -q tests/browser/test_pictures.py

$(VENV)/.ready: requirements.lock pyproject.toml package-lock.json
	@tools/setup.sh $(PYTHON) $(VENV) requirements.lock
	@touch $@

$(VENV)/.dev-ready: requirements-dev.lock pyproject.toml package-lock.json
	@tools/setup.sh $(PYTHON) $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/.ready

clean: ## remove what was built; data in var/ stays
	rm -rf $(VENV) node_modules liji/web/static/vendor
