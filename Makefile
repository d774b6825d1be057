# make run              sets everything up, reads the sample documents, serves them at http://127.0.0.1:8000
# make run DOCS=folder  does it with documents of yours
# make test             sets everything up and passes all checks
# make attack           kills, fills, floods and poisons the system in every round of tests/attack (takes long)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# The samples have a store of their own, so that they never stand among your documents.
ifndef DOCS
DOCS := scrapers/samples
export DATABASE_URL ?= sqlite:///samples.sqlite3
endif

.PHONY: run test attack audit clean requirements

run: $(VENV)/.ready
	@test -e "$(DOCS)" || { echo "There is no $(DOCS)." >&2; exit 1; }
	$(BIN)/feedwright migrate
	$(BIN)/feedwright ingest "$(DOCS)" || [ $$? -eq 3 ] # 3: some documents could not be read, the others were
	$(BIN)/feedwright serve

test: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q -n auto --dist loadfile

attack: $(VENV)/.ready-dev
	ATTACK=full $(BIN)/pytest -q tests/attack

# Asks what is known of the pinned packages; needs the network. The tool stands apart: it is no part of what it judges.
audit: requirements.txt
	$(PYTHON) -m venv $(VENV)-audit
	$(VENV)-audit/bin/pip install --quiet --disable-pip-version-check pip-audit
	$(VENV)-audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.txt

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
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-header --no-emit-options -o requirements.txt pyproject.toml

clean:
	rm -rf $(VENV) $(VENV)-audit feedwright.sqlite3* samples.sqlite3*
