# Two commands: `make lab` and `make test`. All they install goes into .venv.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help lab test notebooks ledger bench mutants lint clean FORCE

TORCH := 2.13.0
VENV := .venv
PY := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
RECENT := -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
RUNS := $(shell $(PY) $(RECENT) && echo yes)
HERE := $(shell cat $(VENV)/.here 2>/dev/null)
NEWS := @jupyterlab/apputils-extension:announcements
LESSON = $(firstword $(sort $(wildcard notebooks/*.ipynb)))

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' Makefile | awk -F '|' '{printf "%-18s%s\n", $$1, $$2}'
	@echo '  ARGS="..." is passed on: make lab ARGS=--no-browser, make test ARGS="-k pooling"'

lab: $(VENV)/.lab  ## open the course in JupyterLab
	$(PY) -m jupyterlab --LabApp.default_url=/lab/tree/$(LESSON) $(ARGS)

# The two workers have a core each.
test: export OMP_NUM_THREADS := 1
test: $(VENV)/.test  ## run every test
	$(PY) -m ruff check .
	$(PY) -m pytest -n 2 --dist loadfile $(ARGS)

notebooks: $(VENV)/.test  ## run every notebook and store its outputs; ARGS=--fresh measures timings anew
	$(PY) scripts/run_notebooks.py $(ARGS)

ledger: $(VENV)/.lab  ## check every implementation against torch and finite differences; ARGS=--quick for a part
	$(PY) -m helpers.ledger $(ARGS)

bench: $(VENV)/.test  ## measure our speed beside torch; ONLY=pool for a part
	$(PY) -m benchmarks $(if $(ONLY),--only '$(ONLY)') $(ARGS)

mutants: $(VENV)/.test  ## list the small changes to the kernels that no test sees; ARGS="helpers.kernels.lstm*" for a part
	$(PIP) --editable '.[mutants]'
	$(PY) -m mutmut run $(ARGS)
	$(PY) -m mutmut results

lint: $(VENV)/.test  ## check the style of all code
	$(PY) -m ruff check . $(ARGS)

clean:  ## remove .venv and everything else that can be made again
	rm -rf $(VENV) build dist mutants *.egg-info .pytest_cache .ruff_cache .hypothesis benchmarks.json
	find . -type d '(' -name __pycache__ -o -name .ipynb_checkpoints ')' -prune -exec rm -rf {} +

# A .venv that runs is kept, whoever made it. One that does not (its Python was removed) is made again.
$(VENV)/.made: $(if $(RUNS),,FORCE)
	@$(PY) $(RECENT) && { $(PY) -m pip --version || $(PY) -m ensurepip; } >/dev/null 2>&1 || { \
	  for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	    if $$python $(RECENT) && $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	      echo "Making .venv with $$($$python --version)"; \
	      rm -rf $(VENV); $$python -m venv $(VENV); exit; \
	    fi; \
	  done; \
	  echo 'No Python 3.11 or newer with its venv module was found. Install one (Debian, Ubuntu: apt install python3-venv).' >&2; \
	  exit 1; }
	@touch $@

# torch comes first, by a step of its own, so that a CPU build is taken where pip is shown one.
$(VENV)/.torch-$(TORCH): $(VENV)/.made
	@echo 'Installing torch $(TORCH): a large download, once'
	@$(PIP) torch==$(TORCH)
	@touch $@

# .here remembers the folder: a project that was moved or copied is installed from its new place.
# JupyterLab's announcements ask the network for news and updates, even where the reader said no to news: they are off.
$(VENV)/.lab $(VENV)/.test: pyproject.toml $(VENV)/.torch-$(TORCH) \
                            $(if $(findstring <$(CURDIR)>,<$(HERE)>),,FORCE)
	@echo 'Installing what $(@:$(VENV)/.%=make %) needs'
	@$(PIP) --editable '.$(if $(filter %.test,$@),[test])'
	@$(PY) -m jupyterlab.labextensions disable --log-level=ERROR $(NEWS)
	@echo "$(CURDIR)" >$(VENV)/.here
	@touch $@ $(if $(filter %.test,$@),$(VENV)/.lab)  # the tests need all that the course needs
