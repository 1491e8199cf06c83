# make run: from the five seed pages to a tagged table. make test: what CI runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What only releases need, apart from what the tests run with.
TOOLS := $(VENV)/tools
WEAK_CODE := $(shell find khabar/weak khabar/arabic -name '*.py' -o -name '*.txt' -o -name '*.tsv') khabar/text.py khabar/remembering.py khabar/pages.py
OUT := runs/seeds

.PHONY: run test browser-test fuzz check lock clean
.DELETE_ON_ERROR:

run: $(OUT)/view.html
	@$(BIN)/python -m khabar show $(OUT)/tagged.jsonl
	@echo "weak labels:  data/weak/seeds.jsonl"
	@echo "report:       $(OUT)/sources/report.html (and report.json)"
	@echo "model:        $(OUT) (its card: $(OUT)/README.md)"
	@echo "tagged pages: $(OUT)/tagged.jsonl"
	@echo "to look at:   $(OUT)/view.html"

test: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

# The page view in Chromium: skipped by "make test" where there is none, here that is a failure.
browser-test: $(VENV)/.installed-test
	KHABAR_BROWSER=required $(BIN)/pytest -m browser

# A million inputs by atheris: target by target, ten times what "make test" puts through it. Takes hours; an input that
# fails stays in runs/fuzz and stops it.
fuzz: $(VENV)/.installed-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt 'atheris>=3.0,<4'
	for target in $$($(BIN)/python -c 'from tests.fuzz.test_fuzz import INPUTS; print(*INPUTS)'); do $(BIN)/python -m tools.fuzz $$target || exit; done

# Known vulnerabilities of the released set, besides what "make test" finds. Asks a service on the network; fails without it.
check: test $(TOOLS)/.installed
	$(TOOLS)/bin/python tools/audit_dependencies.py requirements.lock

# The released set with hashes: what pyproject.toml declares, at the versions of constraints.txt. Commit what it writes.
lock: $(TOOLS)/.installed
	$(TOOLS)/bin/uv pip compile --quiet --no-config --default-index https://pypi.org/simple \
	  --universal --python-version 3.11 --extra html --extra excel --constraint constraints.txt \
	  --generate-hashes --no-annotate --custom-compile-command 'make lock' --output-file requirements.lock pyproject.toml

$(TOOLS)/.installed: Makefile | $(VENV)/bin/python
	$(BIN)/python -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9 pip-audit==2.10.1
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "khabar needs Python 3.11 or newer; name one with make PYTHON=python3.11" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

$(OUT)/sources/report.json: $(wildcard seeds/*.txt) $(WEAK_CODE) | $(VENV)/.installed
	$(BIN)/python -m khabar label seeds -o data/weak/seeds.jsonl --report $(@D) --gold data/gold/seeds

$(OUT)/model.safetensors: configs/seeds.yaml $(OUT)/sources/report.json | $(VENV)/.installed
	$(BIN)/python train.py --config configs/seeds.yaml

$(OUT)/tagged.jsonl: $(OUT)/model.safetensors
	$(BIN)/python infer.py seeds --model $(OUT) -o $@

$(OUT)/view.html: $(OUT)/tagged.jsonl
	$(BIN)/python -m khabar view $(OUT)/tagged.jsonl -o $@

clean:
	rm -rf runs .mypy_cache .pytest_cache .ruff_cache
