.PHONY: run native test test-quick test-package test-oldest test-sign-in check docs format screenshots clean
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CONSTRAINTS := constraints.txt
OLDEST := VENV=.venv-oldest CONSTRAINTS=constraints-oldest.txt
PIP_INSTALL := PIP_CONSTRAINT=$(CONSTRAINTS) $(BIN)/pip install --quiet --disable-pip-version-check
# What starts whole environments, servers and suites of others.
PACKAGE := tests/package tests/testing tests/browser/examples tests/browser/test_below_a_path.py \
  tests/browser/test_demo_app.py tests/docs/test_site.py tests/host/test_servers.py
PYTEST := $(BIN)/python -m pytest --dist worksteal
AXE := tests/browser/node_modules/.package-lock.json
OIDC_PROVIDER := tests/interop/node_modules/.package-lock.json

# Debian's packages, by what they are for. alsa-utils brings ALSA's library under whatever name this release has for it.
WINDOW := libegl1 libgl1 libx11-xcb1 libxcomposite1 libxdamage1 libxrandr2 libxtst6 alsa-utils libdbus-1-3 \
  libfontconfig1 libgbm1 libnss3 libxcb-cursor0 libxcb-dri3-0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 \
  libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-sync1 libxcb-xkb1 libxkbcommon-x11-0 libxkbfile1
DISPLAY_PROGRAMS := xvfb openbox xdotool
CHROMIUM := chromium-headless-shell fonts-liberation
NGINX := nginx
NPM := npm

# $(call debian,PACKAGES): install them if one is missing, as root or by a sudo that asks nothing; elsewhere do nothing.
APT_GET := $(shell test "$$(id -u)" = 0 || echo sudo -n) env DEBIAN_FRONTEND=noninteractive apt-get -qq
debian = { ! command -v apt-get || dpkg -s $(1); } >/dev/null 2>&1 \
  || { echo 'Installing $(1) (the first time only) ...' && $(APT_GET) update \
       && $(APT_GET) install --yes --no-install-recommends $(1) >/dev/null; } \
  || { echo 'Needed, and not installed: apt-get install $(1)' >&2; exit 1; }

run: $(VENV)/run  ## start the app on http://localhost:8080
	@$(BIN)/python main.py

native: $(VENV)/native  ## install what a window of its own needs
	@$(call debian,$(WINDOW))
	@echo 'Now: $(BIN)/python main.py --native'

test: $(VENV)/test $(AXE) $(OIDC_PROVIDER)  ## everything, in a real browser, in a real window, with real providers
	@$(BIN)/python -m tests.browser.chromium || $(call debian,$(CHROMIUM))
	@$(BIN)/python -m tests.browser.nginx || $(call debian,$(NGINX))
	@$(call debian,$(WINDOW) $(DISPLAY_PROGRAMS))
	@$(PYTEST) --numprocesses 4 $(PACKAGE:%=--ignore %)  # on two cores: a browser test waits for half of its time

test-package: $(VENV)/test  ## what others have of it: the wheel, the examples, behind nginx, in FastAPI, in their tests
	@$(BIN)/python -m tests.browser.chromium || $(call debian,$(CHROMIUM))
	@$(BIN)/python -m tests.browser.nginx || $(call debian,$(NGINX))
	@$(PYTEST) --numprocesses 3 $(PACKAGE)

test-quick: $(VENV)/test  ## what takes none of these
	@$(PYTEST) --numprocesses 2 --ignore tests/browser --ignore tests/interop $(PACKAGE:%=--ignore %) -m 'not window'

test-oldest:  ## the same, and a sign-in in a browser, with the oldest versions of all that pyproject.toml names
	@$(MAKE) --no-print-directory test-quick test-sign-in $(OLDEST)

test-sign-in: $(VENV)/test
	@$(BIN)/python -m tests.browser.chromium || $(call debian,$(CHROMIUM))
	@$(PYTEST) tests/browser/test_main_job.py

check: $(VENV)/test docs  ## style, types, the architecture and the documentation
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_architecture.py

docs: $(VENV)/test  ## the documentation, in build/docs/index.html; a warning is an error
	@$(BIN)/python -m sphinx -q -W --keep-going -b html -d build/doctrees docs build/docs

format: $(VENV)/test
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

screenshots: $(VENV)/test  ## the pictures in docs/screenshots, light and dark, desktop and phone
	@$(BIN)/python -m tests.browser.chromium || $(call debian,$(CHROMIUM))
	@$(BIN)/python -m tests.browser.screenshots

clean:
	rm -rf $(VENV) .venv-oldest build .mypy_cache .pytest_cache .ruff_cache

$(VENV)/run: pyproject.toml $(CONSTRAINTS)
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

$(AXE) $(OIDC_PROVIDER): tests/%/node_modules/.package-lock.json: tests/%/package-lock.json
	@command -v npm >/dev/null || $(call debian,$(NPM))
	@npm ci --prefix tests/$* --no-audit --no-fund --silent
	@touch $@
