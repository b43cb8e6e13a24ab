# make book   build the site            make test   prove it: library, notebooks, widgets, site, JupyterLab
# make serve  build and serve it        make bench  measure it
# make lab    work in the notebooks     make notebooks   run them and store their outputs
# make clean  remove everything built
#
# Every target sets up what it needs, once: a virtual environment, the pinned packages, the widget bundles, a Chromium.
# OPTIONAL=1 adds PyTorch, JAX and Optax, so that what the book says of them is tested as well.
# The tests run in four processes, three on fewer than four cores; WORKERS=0 runs them in one and shows each.

PYTHON   ?= python3
PORT     ?= 8000
OPTIONAL ?=
WORKERS  ?= $(shell $(PYTHON) -c "import os; print(3 if os.cpu_count() < 4 else 4)")

VENV := .venv
BIN  := $(VENV)/bin
PY   := $(BIN)/python
SITE := _build/html
# The virtual environment first: its Node and npm come from PyPI and are the only ones used.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

BASE    := $(VENV)/.base-installed
EXTRA   := $(VENV)/.optional-installed
BROWSER := $(VENV)/.browser-found
MODULES := node_modules/.package-lock.json
BUNDLES := kltext/widgets/static/site/shared.js
WIDGET_SOURCES := $(shell find kltext/widgets -path '*/static' -prune -o \( -name '*.js' -o -name '*.mjs' -o -name '*.css' \) -print)

.DEFAULT_GOAL := book
.PHONY: book serve lab test bench notebooks clean

book: $(BASE) $(BUNDLES)
	@$(BIN)/jupyter-book build . -W --keep-going
	@echo
	@echo "The book is built. Open it:  file://$(CURDIR)/$(SITE)/index.html"
	@echo "or serve it:                make serve"

serve: book
	@echo "Serving on http://127.0.0.1:$(PORT)/ (Ctrl-C stops)"
	@$(PY) -m http.server $(PORT) --bind 127.0.0.1 --directory $(SITE)

lab: $(BASE) $(BUNDLES)
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/chapters/kl-divergence.ipynb

notebooks: $(BASE) $(BUNDLES)
	$(PY) -m tools.notebooks chapters/*.ipynb

# nbval runs every notebook; the site to be tested is built from the outputs it compares, so that none is run twice but
# the one whose trained models the site needs. The processes share the cores, so none may take them all for its sums.
# What one process has compiled of tests and kltext, the other processes and the notebooks' kernels need not compile again.
test: export BOOK_OUTPUTS := stored
test: export PYTHONDONTWRITEBYTECODE :=
test: book $(BROWSER) $(if $(OPTIONAL),$(EXTRA))
	@CHROMIUM="$$($(PY) -m tools.chromium)" && export CHROMIUM KLTEXT_OPTIONAL=$(OPTIONAL) OPENBLAS_NUM_THREADS=1 && \
	  $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --doctest-modules --nbval --nbval-current-env tests kltext chapters

bench: book $(BROWSER) $(if $(OPTIONAL),$(EXTRA))
	@CHROMIUM="$$($(PY) -m tools.chromium)" && export CHROMIUM OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 && $(PY) -m benchmarks

clean:
	rm -rf _build $(VENV) node_modules kltext/widgets/static .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

$(PY):
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if v >= (3, 11) else f"Python 3.11 or newer is needed; {sys.executable} is {v.major}.{v.minor}. Try: make PYTHON=python3.12")'
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

# Installing kltext also bundles the widgets; the rules below do it again only when their sources have changed.
$(BASE): requirements.txt pyproject.toml | $(PY)
	@echo "Installing the pinned packages (a minute or two)"
	@$(PY) -m pip install --progress-bar on -r requirements.txt
	@touch $@

$(EXTRA): requirements-optional.txt | $(BASE)
	@echo "Installing PyTorch, JAX and Optax (large)"
	@$(PY) -m pip install --progress-bar on -r requirements-optional.txt
	@touch $@

# Installed while the book is built, if need be; where it is, the targets ask anew.
$(BROWSER): | $(BASE)
	@$(PY) -m tools.chromium > $@

$(MODULES): package.json package-lock.json | $(BASE)
	@echo "Installing the widgets' JavaScript modules"
	@$(BIN)/npm ci --no-audit --no-fund
	@touch $@

$(BUNDLES): $(WIDGET_SOURCES) $(MODULES)
	@echo "Bundling the widgets"
	@$(BIN)/npm run --silent build
	@touch $@
