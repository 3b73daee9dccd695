# The main job is `make report`; `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
CM := $(BIN)/clearance-metrics
own := $(filter-out demo,$(patsubst data/raw/%/dataset.toml,%,$(wildcard data/raw/*/dataset.toml)))
DATASET ?= $(if $(word 2,$(own)),,$(or $(own),demo))
NOTICE ?= cn-2021-85
LANGUAGES ?= zh
FORMATS ?= html,pdf,word,excel
EACH ?=
WITHHOLD ?= 10
comma := ,
page := reports/$(DATASET)/$(firstword $(subst $(comma), ,$(LANGUAGES)))
each := $(if $(EACH),--by $(EACH) --withhold $(WITHHOLD))
stamp := reports/.built-$(DATASET)-$(subst $(comma),-,$(LANGUAGES)-$(FORMATS))$(if $(EACH),-$(EACH)-$(WITHHOLD))
tables := data/processed/$(DATASET)/receipt.json
code := $(shell find src notebooks -type f ! -path '*/__pycache__/*' ! -path '*/.*' ! -path 'notebooks/mine/*' | sed 's/[ :]/\\&/g')
raw := $(if $(DATASET),$(shell find data/raw/$(DATASET) -type f 2>/dev/null | sed 's/[ :]/\\&/g'))

# a stamp without its pages or tables is worth nothing
ifeq ($(and $(wildcard $(page)/run.json),$(wildcard data/processed/$(DATASET)/receipt.json)),)
$(shell rm -f reports/.built-$(DATASET)-*)
endif

.PHONY: help report test search oracles house setup engines lab bench study fuzz compat lock clean
.DEFAULT_GOAL := help

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18
	@echo "  DATASET=name picks data/raw/name; without it the only dataset there, or a simulated demo"
	@echo "  LANGUAGES=zh|en|zh,en and FORMATS=html,pdf,word,excel are those of the report"
	@echo "  EACH=port adds the same pages for each port, set beside all; WITHHOLD=10 is the smallest cell shown there"

report: check-dataset $(stamp) ## raw logs in, verdicts and pages out: reports/index.html
	@echo "reports/index.html leads to $(page)"

.PHONY: check-dataset
check-dataset:
	@test -n "$(DATASET)" || { echo "data/raw holds several datasets: $(own). Name one: make report DATASET=$(firstword $(own))"; exit 2; }
	@test "$(DATASET)" = demo -o -f "data/raw/$(DATASET)/dataset.toml" || { echo "data/raw/$(DATASET)/dataset.toml is not there. Put the files into data/raw/$(DATASET)/; $(CM) inspect data/raw/$(DATASET)/* --out data/raw/$(DATASET)/dataset.toml proposes it"; exit 2; }

$(tables): .venv/.ready data/raw/$(DATASET)/dataset.toml $(raw) $(filter src/%,$(code))
	$(CM) intake data/raw/$(DATASET)/dataset.toml --out data/processed/$(DATASET)
	@touch $@

$(stamp): $(tables) $(code)
	$(CM) report data/processed/$(DATASET) --notice $(NOTICE) --out reports --languages $(LANGUAGES) --formats $(FORMATS) $(each)
	@rm -f reports/.built-$(DATASET)-*
	@touch $@

# what changed is no failure of make, which knows one code: a job that acts on it calls the command
watched := reports/watch-$(DATASET).json
.PHONY: watch
watch: check-dataset $(tables) ## what changed since it was last asked: reports/watch-NAME.json
	@$(CM) watch data/processed/$(DATASET) --notice $(NOTICE) --lang $(firstword $(subst $(comma), ,$(LANGUAGES))) --since $(watched) --out $(watched) || { code=$$?; test $$code -ge 10 || exit $$code; }

data/raw/demo/dataset.toml: .venv/.ready $(wildcard src/clearance_metrics/simulation/*)
	$(CM) simulate --out data/raw/demo
	@touch $@

written := src tests bench study net fuzz docs
test: .venv/.ready ## run style and type checks, the tests and docstring examples
	$(BIN)/ruff check --quiet $(written)
	$(BIN)/ruff format --check --quiet $(written)
	$(BIN)/mypy
	$(BIN)/python -m pytest

TIMES ?= 5
search: .venv/.ready ## property tests on inputs drawn anew: TIMES=5
	for turn in $$(seq $(TIMES)); do \
	  $(BIN)/python -m pytest -m hypothesis --hypothesis-profile=anew tests || exit 1; done

oracles: .venv-oracles/.ready ## run the tests held against lifelines, in an environment with pandas 2
	.venv-oracles/bin/python -m pytest -m lifelines tests

.venv-oracles/.ready: requirements.lock requirements-oracles.lock pyproject.toml
	$(PYTHON) -m venv .venv-oracles
	for list in requirements.lock requirements-oracles.lock; do \
	  .venv-oracles/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $$list || exit 1; done
	.venv-oracles/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

house: ## count rooms, floors, imports between rooms, lines: CHECKOUTS="../before ." sets two side by side
	@$(PYTHON) tests/house.py $(CHECKOUTS)

setup: .venv/.ready ## only set up .venv from the lock file

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv .venv || { echo "The venv module is missing: on Debian or Ubuntu install python3-venv"; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

engines: .venv/.engines ## add Spark, and Ibis for PostgreSQL, to .venv, so that their tests run too

.venv/.engines: .venv/.ready requirements-engines.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-engines.lock
	@touch $@

# of the copies: not taken from the environment, where it lists several
LANGUAGE := $(firstword $(subst $(comma), ,$(LANGUAGES)))
mine := notebooks/mine/$(DATASET)
lab: check-dataset $(tables) ## JupyterLab on notebooks of your own: DATASET=name LANGUAGE=zh|en
	$(CM) lab data/processed/$(DATASET) --notice $(NOTICE) --out $(mine) --lang $(LANGUAGE)
	$(BIN)/jupyter lab --notebook-dir=$(mine)

.PHONY: gallery
gallery: .venv/.ready ## draw the pictures of docs/gallery.md anew, from the simulated demo
	$(BIN)/python docs/gallery.py

.PHONY: picture
picture: .venv/.ready ## draw the picture of the front page anew, from the simulated demo (needs Chromium)
	$(BIN)/python docs/picture.py

SIZE ?= 100000
RUNS ?= 5
bench: .venv-bench/.ready ## time against SQL, Polars, pandas, pm4py and lifelines: SIZE=cases RUNS=5
	.venv-bench/bin/python -m bench --size $(SIZE) --runs $(RUNS) $(if $(WORK),--work "$(WORK)") --out reports

.venv-bench/.ready: requirements.lock bench/requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv-bench
	for list in requirements.lock bench/requirements.txt; do \
	  .venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $$list || exit 1; done
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

LOGS ?= 2000
SEED ?= 85
study: .venv-oracles/.ready ## simulate: do intervals hold the truth, are verdicts right; some minutes: LOGS=2000 SEED=85
	OPENBLAS_NUM_THREADS=1 .venv-oracles/bin/python -m study --logs $(LOGS) --seed $(SEED) --out reports

INPUTS ?= 50000
fuzz: .venv/.ready ## odd and damaged inputs for every reader, seeded; half an hour: INPUTS=50000
	$(BIN)/python -m fuzz --inputs $(INPUTS) --seed 1

compat: ## run the tests on Python 3.11 to 3.13 with pandas 2 and 3, as far as these are installed
	./tests/compat.sh

LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade
EXTRA = $(BIN)/python -c 'import sys, tomllib; extra = tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]; print(*(line for name in sys.argv[1:] for line in extra[name]), sep="\n")'
# lifelines keeps pandas below 3, so what is held against it moves pandas and nothing else
BUT_PANDAS = grep -oE '^[a-z0-9._-]+==[^\]+' requirements.lock | grep -v '^pandas=='
lock: .venv/.ready ## renew the lock files: of the library, engines, oracles, the benchmark (needs uv)
	$(EXTRA) ibis | grep '^sqlglot' > .venv/bounds.txt
	$(LOCK) --extra dev -c .venv/bounds.txt pyproject.toml -o requirements.lock
	$(EXTRA) ibis spark postgres | $(LOCK) -c requirements.lock - -o requirements-engines.lock
	$(BUT_PANDAS) > .venv/but-pandas.txt
	$(EXTRA) oracles | $(LOCK) -c .venv/but-pandas.txt - -o requirements-oracles.lock
	$(LOCK) -c .venv/but-pandas.txt bench/requirements.in -o bench/requirements.txt

clean: ## delete what can be made again: data/processed, reports, the demo
	rm -rf data/raw/demo data/processed/* reports/* reports/.built-*
