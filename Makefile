# make run              sets everything up, reads the sample documents, serves them at http://127.0.0.1:8000
# make run DOCS=folder  does it with documents of yours
# make test             sets everything up and passes all checks

PYTHON ?= python3
DOCS ?= scrapers/samples
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test clean requirements

run: $(VENV)/.ready
	$(BIN)/feedwright migrate
	$(BIN)/feedwright ingest $(DOCS) || [ $$? -eq 3 ]
	$(BIN)/feedwright serve

test: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q

$(VENV)/.ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Feedwright needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

# After a change of the dependencies in pyproject.toml: pins anew, with hashes.
requirements: $(VENV)/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check pip-tools
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o requirements.txt pyproject.toml

clean:
	rm -rf $(VENV) feedwright.sqlite3*
