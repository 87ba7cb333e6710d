# Rollcall: everything starts here. `make help` lists the targets.
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup setup-test system-run system-test weights demo run test test-slow screenshots check audit bench bench-blas clean

export PYTHON
python := .venv/bin/python
installed := .venv/installed
photos := .cache/photos/complete
# Processes that `make test` runs the tests in; the slow ones run alone, for they count seconds and machines.
WORKERS ?= 2

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

# The stamp is touched last: a set-up that was interrupted is taken up again, one that is done costs nothing.
$(installed): requirements.txt setup/dlib/pyproject.toml setup/environment.sh
	@setup/environment.sh requirements.txt
	@touch $@

$(photos): setup/fetch_photos.py | $(installed)
	@$(python) setup/fetch_photos.py
	@touch $@

# The system's packages come first: who may not install them learns it before the long download.
setup: system-run $(installed) $(photos) weights ## make .venv, install what the program needs, fetch weights and photographs

setup-test: system-test $(installed) $(photos) weights

# No stamp: they lie in the user's cache, which others may clear, and without a network this is tried again next time.
weights: $(installed)
	@$(python) setup/fetch_models.py

system-run system-test:
	@setup/system_packages.sh $(@:system-%=%)

demo: setup ## play a class against a server of its own, on real photographs
	@$(python) face_recog_server.py demo

run: setup ## start the server on SQLite; ARGS="--port 20061" and the like are handed on
	@$(python) face_recog_server.py serve $(ARGS)

test: setup-test ## run the tests but the slow ones, those on MySQL included; ARGS="-k wire" and the like are handed on
	@$(python) -m pytest -n $(WORKERS) -m "not slow" $(ARGS)

test-slow: setup-test ## run the slow tests
	@$(python) -m pytest -m slow $(ARGS)

screenshots: setup-test ## make the pictures of the documents anew, of the real window without a screen and the pages in a browser
	@$(python) -m setup.screenshots
	@$(python) -m setup.page_screenshots

check: $(installed) ## check the layout, lint and check the types
	@$(python) -m ruff format --check .
	@$(python) -m ruff check .
	@$(python) -m mypy

# In an environment of its own: what looks through the pins must change none of them.
audit: ## look for known holes of the pinned libraries (asks the package index: needs a network)
	@test -x .cache/audit/bin/pip-audit || { $(python) -m venv .cache/audit && \
	  .cache/audit/bin/python -m pip install --quiet pip-audit==2.10.1; }
	@grep -v '^\./' requirements.txt >.cache/audit/requirements.txt
	@.cache/audit/bin/pip-audit --strict --disable-pip --no-deps --requirement .cache/audit/requirements.txt

bench: setup-test ## measure beside the references; ONLY=server_wire,models picks parts
	@$(python) -m bench $(if $(ONLY),--only $(ONLY))

bench-blas: setup-test ## build dlib with OpenBLAS (ten minutes, a compiler) and measure beside it
	@setup/build_dlib_openblas.sh .cache/dlib-openblas
	@ROLLCALL_BENCH_DLIB=.cache/dlib-openblas $(python) -m bench $(if $(ONLY),--only $(ONLY))

clean: ## remove what was made here: .venv, photographs fetched, caches (never knowns/ nor a database)
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
	rm -rf setup/dlib/build setup/dlib/dlib.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
