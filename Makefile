# Every habit is one word; `make` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PORT ?= 8000
DATA_DIR ?= ./var
export PORT DATA_DIR

# Set-up runs with our own Python once that exists, before that with any: it finds a good one itself.
FIND_PYTHON = for python in .venv/bin/python python3 python3.13 python3.12 python3.14 python /usr/bin/python3; do \
	"$$python" -c "" 2>/dev/null && break; python=; done; \
	test -n "$$python" || { echo "make: Regulars needs Python 3.12 or newer; found none." >&2; exit 1; }
SETUP = $(FIND_PYTHON); "$$python" -S tools/setup.py
BIN = .venv/bin

.PHONY: help setup run test check fmt words bench docs clean

help: ## list these words
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16
	@echo "  PORT=8000 and DATA_DIR=./var can be given: make run PORT=8001"

setup: ## environment, locked packages, assets; does nothing when nothing changed
	@$(SETUP)

run: setup ## start Regulars with a demo store; Ctrl-C stops everything
	@REGULARS_SUPERVISOR=$$PPID exec $(BIN)/regulars serve

test: setup ## run all tests, installing a browser if there is none
	@$(SETUP) --browser
	@$(BIN)/python -m pytest -n 2 --dist worksteal --durations=40

check: setup ## lint, types, import contracts, migrations, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint regulars --lint --quiet
	@if grep -rnEi --include='*.html' '[[:space:]](style|on[a-z]+)=|hx-on|<style|js:' regulars; then \
		echo "make: templates hold no inline style or script (strict CSP)" >&2; exit 1; fi
	$(BIN)/regulars makemigrations --check --dry-run
	$(BIN)/regulars check
	$(BIN)/python tools/translations.py check

fmt: ## put code and templates in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint regulars --reformat --quiet

words: ## gather new words of the interface into the catalogues of its languages
	$(BIN)/python tools/translations.py update

bench: setup ## measure this machine and write docs/performance.md
	@$(BIN)/regulars bench

docs: setup ## write docs/reference/ anew
	@$(BIN)/regulars docs

clean: ## remove everything that set-up made; data stays
	rm -rf .venv .tools ui/node_modules regulars/*/static regulars/staticfiles regulars/kit/fonts
	rm -f regulars/locale/*/LC_MESSAGES/django.mo
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results dist build
