# `make help` lists the targets. Everything happens in .venv; nothing else is installed, except
# by apt-get as root when Python itself lacks what `venv` needs.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first Python >= 3.11 found; PYTHON=… chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
BIN := .venv/bin
LOCKS := requirements/outils.txt requirements/production.txt requirements/developpement.txt
STAMP := .venv/.a-jour
# The peers that `make bench` measures have an environment of their own.
BENCH := .venv-bench
PORT ?=
UNE_FOIS ?=
LONG ?=
T ?=
# How many tests run at once, and which ones: `make test TESTS=tests/socle`.
N ?= auto
TESTS ?= tests

.PHONY: help env demo images bench test chaos quality fix migrations verrous lighthouse services-stop

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

env: $(STAMP) ## create or update .venv from the locks

$(STAMP): $(LOCKS) outils/environnement.sh
	@PYTHON="$(PYTHON)" sh outils/environnement.sh
	@touch $@

demo: $(STAMP) ## everything running with real data (PORT=8000, UNE_FOIS=1 to stop after the account)
	@exec env PORT="$(PORT)" UNE_FOIS="$(UNE_FOIS)" $(BIN)/python -m portal.demonstration

images: $(STAMP) ## pictures of the README and guides, from a running demonstration (PORT=8000)
	@$(BIN)/python outils/images.py

bench: $(BENCH)/.a-jour ## what matching costs, beside peers and SQL by hand (a few minutes)
	@$(BENCH)/bin/python -m bench

$(BENCH)/.a-jour: requirements/bench.txt $(STAMP)
	@echo "Installation des pairs du banc d’essai…"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(BENCH)
	@paquets() { $(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes \
	  --python $(BENCH)/bin/python "$$@" requirements/bench.txt; }; \
	  paquets 2>/dev/null || paquets --system-certs
	@touch $@

test: $(STAMP) ## every test (N=2 in parallel, TESTS=tests/socle for some)
	@$(BIN)/pytest -n $(N) --dist loadfile --no-loadscope-reorder $(TESTS)

chaos: $(STAMP) ## kill workers, brokers and databases; nothing may be lost (T=T9 for one, LONG=1)
	@CHAOS_LONG="$(LONG)" $(BIN)/python -m tests.chaos $(T)

quality: $(STAMP) ## style, types, templates, imports, migrations, deployment checks
	@sh outils/qualite.sh

fix: $(STAMP) ## rewrite what the style tools can rewrite
	-$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djlint --quiet --reformat templates

migrations: $(STAMP) ## write the migrations of changed models (APP=dossiers for one)
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations $(APP)

verrous: $(STAMP) ## rewrite the locks from requirements/*.in (MISE_A_JOUR=1 takes newer versions)
	@for nom in outils production developpement bench; do \
	  echo "$$nom" && sh outils/verrou.sh $$nom "$(MISE_A_JOUR)" || exit 1; done

lighthouse: $(STAMP) ## mobile scores of a running demonstration (PORT=8000; needs npm and Chromium)
	@PORT="$(PORT)" sh outils/lighthouse.sh

services-stop: ## stop whatever a demonstration killed hard left behind
	@$(BIN)/python -m portal.demonstration.arreter
