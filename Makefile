.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv/bin

# The first Python on the path that is new enough; name another with make PYTHON=...
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)
NEW_ENOUGH = '$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo 'Tuntas needs Python 3.11 or newer: install it, or name it with make PYTHON=...' >&2; exit 1; }
FAST := $(wildcard tests/unit tests/structure tests/workflow tests/property)
LOCK := $(VENV)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links -q
ARGS ?=
PICTURES = 1-form 2-receipt 3-tracking 3-tracking-phone 4-desk 5-case 6-verdict
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

.NOTPARALLEL:
.PHONY: help run setup dev test test-fast check pytest format lint types imports fix lock histories pictures chaos bench clean

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-10s %s\n' "$$name" "$$text"; done

run: setup ## Set up and run the demo on this machine until Ctrl-C (TUNTAS_DEMO=0: no demo)
	@TUNTAS_DEMO="$${TUNTAS_DEMO:-1}" exec $(VENV)/tuntas up

setup: ## Make .venv and install what running takes; quick when nothing changed
	@$(NEW_ENOUGH)
	@'$(PYTHON)' -m ops.bootstrap
	@$(VENV)/python -m ops.frontend

dev: ## Like setup, with the tools of development
	@$(NEW_ENOUGH)
	@'$(PYTHON)' -m ops.bootstrap --dev
	@$(VENV)/python -m ops.frontend

test: dev pytest ## Set up and run all tests; ARGS="..." goes to pytest

pytest:
	@$(VENV)/python -m ops.system_packages
	$(VENV)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-fast: dev ## Run the tests that need no server, in less than a minute
	$(VENV)/pytest $(FAST) -n 2 -m 'not server and not postgres and not browser and not chaos' $(ARGS)

check: dev format lint types imports pytest ## Everything that CI runs

format: dev
	$(VENV)/ruff format --check .

lint: dev ## Find mistakes with ruff
	$(VENV)/ruff check .

types: dev ## Check the types with mypy
	$(VENV)/mypy .

imports: dev ## Check which folder imports which
	$(VENV)/lint-imports

fix: dev ## Format and repair what ruff can
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .

lock: dev ## Resolve the dependencies anew into the lock files
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt
	$(LOCK) ops/requirements-node.in -o ops/requirements-node.txt

histories: dev ## Add the histories that the workflow tests make to the replay corpus
	mkdir -p tests/replay/histories/case/$(VERSION)
	TUNTAS_KEEP_HISTORIES=tests/replay/histories/case/$(VERSION) $(VENV)/pytest tests/workflow

pictures: dev ## Take the README's pictures anew
	$(VENV)/pytest tests/browser
	mkdir -p docs/pictures
	cd var/pictures && cp $(addsuffix .png,$(PICTURES)) ../../docs/pictures/

chaos: dev ## Kill processes while cases run, check that nothing is lost, and write the table of outcomes
	mkdir -p var && rm -f var/outcomes.jsonl
	TUNTAS_KILLS=$${TUNTAS_KILLS:-100} TUNTAS_OUTCOMES=var/outcomes.jsonl $(VENV)/pytest tests/chaos $(ARGS)
	$(VENV)/python -m tests.chaos.outcome var/outcomes.jsonl

bench: dev ## Measure pages with 1,000 and 100,000 cases on both databases, and write the table
	@$(VENV)/python -m ops.system_packages
	$(VENV)/python -m bench $(ARGS)
	$(if $(ARGS),,$(VENV)/python -m bench.engine)

clean: ## Delete what was installed and made, but not the data in var/
	rm -rf .venv node_modules web/static/vendor build *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
