.PHONY: run native test check format screenshots clean
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check

run: $(VENV)/run  ## start the app on http://localhost:8080
	@$(BIN)/python main.py

native: $(VENV)/native  ## install what a window of its own needs
	@$(BIN)/python -m app.native.debian
	@echo 'Now: $(BIN)/python main.py --native'

test: $(VENV)/test  ## everything, the browser tests too
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.browser.axe
	@$(BIN)/python -m tests.native.display
	@$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

check: $(VENV)/test  ## style, types and the architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_architecture.py

format: $(VENV)/test
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

screenshots: $(VENV)/test  ## the pictures in docs/screenshots, light and dark, desktop and phone
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.browser.screenshots

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache

$(VENV)/run: pyproject.toml constraints.txt
	@echo 'Installing into $(VENV) (the first time only) ...'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/native: $(VENV)/run
	@echo 'Installing what the window needs (the first time only) ...'
	@$(PIP_INSTALL) --editable '.[native]'
	@touch $@

$(VENV)/test: $(VENV)/run
	@echo 'Installing what the tests need (the first time only) ...'
	@$(PIP_INSTALL) --editable '.[test]'
	@touch $@
