# 民声 Minsheng. `make help` lists the words; CI runs the same ones.

CITY ?= yunchuan
PORT ?= 8000
HOST ?= 127.0.0.1
ADDRESS ?= http://127.0.0.1:$(PORT)
PYTHON3 ?= python3
JOBS ?= 2

VENV := .venv
BIN := $(VENV)/bin
SYSTEM_PG := /usr/lib/postgresql/15/bin
# What mypy holds to its strict rules; the rest is checked by tests.
STRICT := $(wildcard $(addprefix src/minsheng/,domain policy intelligence casework.py server conf))
TEST_SETTINGS := DJANGO_SETTINGS_MODULE=minsheng.conf.test

.PHONY: help run test test-browser figures check bench publications lighthouse story format ground tools python browser
.DEFAULT_GOAL := help

help:  ## list these words
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' Makefile | expand -t 16

run: ground  ## start everything for one city (CITY=yunchuan PORT=8000 HOST=127.0.0.1)
	@PYTHONDONTWRITEBYTECODE= exec $(BIN)/minsheng up --city $(CITY) --host $(HOST) --port $(PORT)

test: ground  ## all tests; a smoke pass runs on the system's PostgreSQL 15 too (ARGS= goes to pytest)
	@if [ -x $(SYSTEM_PG)/postgres ]; then \
	  echo "== smoke pass on the system's PostgreSQL 15"; \
	  MINSHENG_PG_BIN=$(SYSTEM_PG) $(BIN)/pytest -m smoke -q; \
	else \
	  echo "== skipped: smoke pass on PostgreSQL 15, since $(SYSTEM_PG) does not exist (apt-get install postgresql-15)"; \
	  test -z "$(MINSHENG_SKIP_NOTHING)"; \
	fi
	$(BIN)/pytest -n $(JOBS) $(ARGS)

test-browser: ground  ## only the tests that drive chromium
	$(BIN)/pytest -m browser $(ARGS)

figures: ground  ## simulate 60 days of all six cities and count every published figure again by plain SQL (DAYS=60)
	FIGURES_DAYS=$(or $(DAYS),60) $(BIN)/pytest -q -s tests/figures $(ARGS)

check: ground  ## what CI demands: style, types, layers, templates, migrations, API snapshot
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(STRICT)
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --check --lint src/minsheng/templates
	$(BIN)/python tools/messages.py
	$(TEST_SETTINGS) $(BIN)/minsheng openapi | diff -u tests/api/openapi.json -
	$(TEST_SETTINGS) $(BIN)/python -m django makemigrations --check --dry-run

bench: ground  ## speed and memory, beside pgbench of an equal raw transaction (ARGS= goes to minsheng bench)
	$(BIN)/minsheng bench $(ARGS)

publications: ground  ## one set of every publication of the demo city, as DOCX and PDF, into var/publications/ (CITY=yunchuan; the city must be there: make run)
	@set -e; out=var/publications; report() { $(BIN)/minsheng report "$$@" --city $(CITY) --out $$out; }; \
	week=$$(date -d '7 days ago' +%G-W%V); month=$$(date -d "$$(date +%Y-%m-01) -1 day" +%Y-%m); year=$$(( $$(date +%Y) - 1 )); \
	days=$$(date -d '31 days ago' +%F)~$$(date -d yesterday +%F); \
	for kind in feedback exposure special; do report $$kind --week $$week; done; \
	report ranking --month $$month; report yearly --year $$year; \
	report hot_topic --days $$days --topic 住房与物业 --category 03; report template

lighthouse:  ## measure the pages of a running city on a simulated phone (ADDRESS=http://127.0.0.1:8000); needs chromium
	@test -d tools/lighthouse/node_modules || npm ci --silent --prefix tools/lighthouse
	node tools/lighthouse/run.mjs $(ADDRESS)

story: ground  ## tell a story with its timeline in words (STORY=maanshan-window)
	$(BIN)/minsheng story $(STORY)

format: ground  ## let ruff and djlint put everything in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet src/minsheng/templates

# The ground: an environment for Python, the browser's libraries, the command `minsheng`. Each step compares before it works.
ground: tools python browser
	@$(BIN)/python tools/link.py
	@node tools/assets.mjs
	@for po in src/minsheng/locale/*/LC_MESSAGES/django.po; do \
	  mo=$${po%.po}.mo; test $$mo -nt $$po || $(BIN)/python tools/messages.py >/dev/null || test $$mo -nt $$po; \
	done  # a word without a translation is no reason not to start: make check names it

tools:
	@command -v $(PYTHON3) >/dev/null || { echo "python3 is missing: install Python 3.11 or newer (apt-get install python3 python3-venv)"; exit 1; }
	@$(PYTHON3) -c 'import sys; sys.exit(int(sys.version_info < (3, 11)))' || { echo "Python 3.11 or newer is needed; $(PYTHON3) is $$($(PYTHON3) -V). Name another with PYTHON3="; exit 1; }
	@test -x $(BIN)/python || $(PYTHON3) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing (apt-get install python3-venv)"; exit 1; }
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "Node is missing: install Node 18 or newer with npm (apt-get install nodejs npm)"; exit 1; }
	@node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' || { echo "Node 18 or newer is needed; this is $$(node -v)"; exit 1; }

python:
	@cmp -s requirements.lock $(VENV)/requirements.lock || { \
	  echo "== installing the pinned Python packages (once; some 120 MB)" && \
	  { test -x $(BIN)/python || $(PYTHON3) -m venv $(VENV); } && \
	  { $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null; } && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r requirements.lock && \
	  cp requirements.lock $(VENV)/requirements.lock; }

browser:
	@cmp -s package-lock.json node_modules/.minsheng.lock || { \
	  echo "== installing the pinned browser libraries (once)" && \
	  npm ci --silent && cp package-lock.json node_modules/.minsheng.lock; }
