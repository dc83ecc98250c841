# Needs python3 (3.11 or newer) with its venv module, and make. `make help` lists the targets.

PYTHON ?= python3
PY     := .venv/bin/python
READY  := .venv/.ready

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo run test check faults bench soak eval eval-stories train train-stories format wheel clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 15

setup: $(READY) ## create .venv with the locked dependencies

demo: $(READY) ## watch the whole program work on bundled news: no network, no account, 30 s
	@$(PY) -m monitor demo

run: $(READY) ## run the daemon with ./config.toml
	@$(PY) -m monitor run

# Most tests wait for the program, not for the processor: two at a time take half as long. In the order
# of the folders, since the longest files have few tests and would come last.
test: check ## all checks, then all tests
	$(PY) -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

check: $(READY) ## lint, format, types, import contracts
	$(PY) -m ruff check --quiet .
	$(PY) -m ruff format --check --quiet .
	$(PY) -m mypy
	.venv/bin/lint-imports

# ID=D4 counts the proof that leaving out known entries changes nothing; what that saves is printed by
# `python -m tests.adapters.measure_unseen`.
faults: $(READY) ## prove each fault with full amounts, a line for each (over an hour; ID=A1 for one)
	@$(PY) -m tests.faults $(ID)

bench: $(READY) ## measure cost and speed beside lemon24/reader (an hour; CASE=start for one, or OPTIONS)
	@$(PY) -m tests.bench $(CASE) $(OPTIONS)

soak: $(READY) ## a day of polling 200 feeds in half an hour: what grows? (SHARE=0.1 for a tenth)
	@$(PY) -m tests.soak $(if $(SHARE),--share $(SHARE))

CORPUS ?= ../shared/corpus
BUILT  := build

eval: $(READY) ## measure the shipped topics: goals beside figures (minutes; ABLATION=1 for each layer)
	@mkdir -p $(BUILT)
	@$(PY) -m monitor topics eval --corpus $(CORPUS) --plot $(BUILT)/calibration.svg $(if $(ABLATION),--ablation)

eval-stories: $(READY) ## measure how well articles become stories (a minute)
	@$(PY) -m monitor stories eval --corpus $(CORPUS)

train: $(READY) ## learn the shipped weights again; OWN=1: from our own texts alone, into build/
	@$(PY) -m monitor topics train --corpus $(CORPUS) $(if $(OWN),--own --out $(BUILT)/topics)

train-stories: $(READY) ## learn again what articles on one event have in common (minutes)
	@$(PY) -m monitor stories train --corpus $(CORPUS)

format: $(READY) ## bring the code into the house style
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .

wheel: $(READY) ## build the wheel into dist/
	@.venv/bin/uv build --wheel --quiet && ls dist/*.whl

clean: ## remove what was built; config.toml, the database and the digests stay
	@rm -rf .venv dist $(BUILT) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find monitor tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is newer than the lock: everything is installed. uv is the only thing pip installs,
# and it lives in .venv too. --compile-bytecode makes the first start as quick as the second.
$(READY): pyproject.toml uv.lock deploy/uv.txt
	@"$(PYTHON)" deploy/preflight.py
	@echo "Setting up .venv (once; about a minute) …"
	@$(PY) -c '' 2>/dev/null || "$(PYTHON)" -m venv --clear .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r deploy/uv.txt
	@UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv .venv/bin/uv sync --quiet --locked --compile-bytecode --all-extras
	@touch $@
