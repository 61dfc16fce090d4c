# Every verb of the project. `make` alone regenerates the client, runs the contract suite against the mock and prints the verdict.
override SHELL := /bin/bash
override .SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := verdict
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory
# One worker more than cores: tests also wait for servers, browsers and timeouts.
export PYTEST_XDIST_AUTO_NUM_WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
# Without bytecode every process compiles hundreds of modules again; git ignores __pycache__.
unexport PYTHONDONTWRITEBYTECODE

override VENV := .venv
override BIN := $(VENV)/bin
override REQ := scripts/requirements
override SUITE := contract_tests/suite
PYTHON ?= python3
RUN := $(BIN)/python

# What a caller sets is data: a tag may be named `v1'$(shell ...)`. So make keeps these values as they are written, and
# recipes read them from the environment, in quotes; a list of words is not quoted.
$(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))), \
    $(eval override $(name) := $$(value $(name)))$(eval export $(name))))
override LANE := $(value LANE)
export PYTHON RUN

##@ Every day
.PHONY: verdict
verdict: $(VENV)/.dev ## Regenerate, prove the contract against the mock, print the verdict
	@"$$RUN" -m scripts.generate
	@"$$RUN" -m contract_tests.suite.run_suite

.PHONY: test
test: $(VENV)/.dev ## All tests: the tools and the contract
	@"$$RUN" -m pytest -n auto --dist worksteal $${TESTS-}

.PHONY: verify
verify: $(VENV)/.dev ## Compare a target with the description: make verify TARGET=mock|recorded|live [BASE_URL=...] [TIER=free] [YES=1]
	@tiers=(); for tier in $${TIER-}; do tiers+=(--tier "$$tier"); done; \
	    "$$RUN" -m contract_tests.verifier $${TARGET:+--target "$$TARGET"} $${BASE_URL:+--base-url "$$BASE_URL"} \
	    "$${tiers[@]}" $${BUDGET:+--max-calls "$$BUDGET"} $${YES:+--yes} $${VERIFY-}

.PHONY: apply-overlay
apply-overlay: $(VENV)/.dev ## Apply a proposed overlay to the description: make apply-overlay FILE=build/report/overlay.yaml
	@"$$RUN" -m scripts.overlay $${FILE:+"$$FILE"} --recordings $(SUITE)/recordings

.PHONY: generate
generate: $(VENV)/.dev ## openapi/ -> generated/
	@"$$RUN" -m scripts.generate

.PHONY: mock
mock: $(VENV)/.dev ## Serve the mock gateway: make mock [PORT=4010] [MOCK="--profile seed"]
	@"$$RUN" -m cometapi_suno_mock --port "$${PORT:-4010}" $${MOCK-}

.PHONY: docs
docs: $(VENV)/.docs ## The docs site, into build/docs/: guides, reference, and requests to the mock
	@"$$RUN" -m scripts.docs_site

.PHONY: diff
diff: $(VENV)/.dev ## What a change of the description means: make diff [BASE=<git ref or file>] [FORMAT=markdown|json|github]
	@"$$RUN" -m scripts.diff "$${BASE:-HEAD}" --format "$${FORMAT:-text}"

.PHONY: sources
sources: $(VENV)/.dev ## Have the documents behind the description changed: make sources [SOURCES="--file seed=page.html" | "--record"]
	@"$$RUN" -m scripts.sources $${SOURCES-}

##@ Before a commit
# Each file stays with one worker: what its tests share (an environment, a browser, Prism) is made once; a lock shares the wheel.
# Only files that name the mark are read; those that take minutes begin, or one worker would end long after the others.
override LONGEST := $(addprefix $(SUITE)/,test_environments.py verifier/test_accepted_changes.py client/test_wire_fuzzer.py) \
    $(addprefix scripts/tests/,repository/test_walkthrough.py diff/test_diff_oracle.py repository/test_rehearsals.py)
.PHONY: slow
slow: $(VENV)/.check ## The tests that need a registry, other tools or minutes
	@"$$RUN" -m pytest -n auto --dist loadfile --no-loadscope-reorder -m slow \
	    $${TESTS-$(LONGEST) $$(grep -rl --include='test_*.py' 'mark\.slow' scripts/tests $(SUITE) | sort -r)}

.PHONY: check
check: $(VENV)/.check ## Lint, types, layers, and that generated/ follows from openapi/
	@{ "$$RUN" -m scripts.lint && \
	    "$$RUN" -m scripts.generate --check && \
	    "$$RUN" -m scripts.release.version_gate && \
	    $(BIN)/ruff check . && \
	    $(BIN)/ruff format --check . && \
	    $(BIN)/lint-imports && \
	    $(BIN)/mypy && \
	    MYPYPATH=contract_tests $(BIN)/mypy --config-file= --strict -p cometapi_suno_mock && \
	    $(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml && \
	    $(BIN)/zizmor --quiet --strict-collection --offline --persona auditor .github; \
	} & others=$$!; \
	    status=0; $(BIN)/basedpyright || status=1; wait $$others && exit $$status

.PHONY: format
format: $(VENV)/.dev ## Format what is written by hand
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

.PHONY: soak
soak: $(VENV)/soak/.done ## Put load on the mock and check every answer: make soak SOAK="--workers 2 --seconds 60"
	@$(VENV)/soak/bin/python -m contract_tests.load.soak $${SOAK-}

# The tests of each lane. `make test` has already run all tests with the locked dependencies, so that lane only has to
# prove the wheel. schemathesis pins its dependencies, so `lowest` leaves out the tests that need it.
override LANE_locked := $(addprefix $(SUITE)/,client/test_public_api.py mock/test_pytest_plugin.py mock/test_serving.py test_readme.py test_workflow.py)
override LANE_lowest := $(addprefix $(SUITE)/,client mock test_client_outside.py test_readme.py test_workflow.py)
override LANE_newest := $(LANE_lowest) $(addprefix $(SUITE)/,test_client_reads.py test_client_sends.py)

.PHONY: lane
lane: $(VENV)/.check ## The client's tests with the wheel: make lane LANE=lowest|locked|newest [PYTHON=python3.13]
	@"$$RUN" -m scripts.release.dependency_matrix "$${LANE:-locked}" --python "$$PYTHON" -- \
	    -p contract_tests.suite.support.assert_installed_wheel $(LANE_$(or $(LANE),locked))

.PHONY: bench
bench: $(VENV)/bench/.done ## What a call costs with this client and with others, into docs/: make bench [BENCH="--rounds 9"]
	@$(VENV)/bench/bin/python -m scripts.bench $${BENCH-}

.PHONY: bench-mock
bench-mock: $(VENV)/.dev ## How fast the mock is compared with Prism, into docs/: make bench-mock [BENCH="--rounds 9"]
	@"$$RUN" -m contract_tests.load.mock_bench $${BENCH-}

.PHONY: growth
growth: $(VENV)/.dev ## What 12, 120 and 480 operations cost: generating, importing, serving, calling
	@"$$RUN" -m scripts.bench.scaling $${GROWTH-}

##@ Release
.PHONY: release-notes
release-notes: $(VENV)/.dev ## Draft the section of CHANGELOG.md from what changed since the last release
	@"$$RUN" -m scripts.release.release_notes

.PHONY: release-check
release-check: $(VENV)/.check ## May this tag be released: make release-check TAG=v1.2.3
	@"$$RUN" -m scripts.release.release_check "$${TAG-}"

# Every date inside is that of the commit, so that the same commit gives the same bytes.
.PHONY: build
build: $(VENV)/.check ## Wheel and sdist into dist/, the same bytes from every clone of a commit
	@rm -rf dist
	@epoch=$$(git log -1 --format=%ct 2>/dev/null || echo 1577836800); export SOURCE_DATE_EPOCH="$${SOURCE_DATE_EPOCH:-$$epoch}"; \
	    "$$RUN" -m build --no-isolation --outdir dist
	@"$$RUN" -m twine check --strict dist/*
	@sha256sum dist/*

##@ The environment
.PHONY: lock
lock: $(VENV)/.uv ## Compile the requirement locks again, with hashes
	@$(BIN)/uv pip compile pyproject.toml --extra mock --extra speed --group dev $(LOCK) -o $(REQ)/dev.txt
	@$(BIN)/uv pip compile pyproject.toml --extra mock --extra speed --group dev --group docs -c $(REQ)/dev.txt $(LOCK) -o $(REQ)/docs.txt
	@$(BIN)/uv pip compile pyproject.toml --extra mock --extra speed --group dev --group docs --group check -c $(REQ)/docs.txt $(LOCK) -o $(REQ)/check.txt
	@$(BIN)/uv pip compile pyproject.toml --extra mock --group soak -c $(REQ)/uv.txt $(LOCK) -o $(REQ)/soak.txt
	@$(BIN)/uv pip compile pyproject.toml --extra speed --extra transports --group bench -c $(REQ)/dev.txt $(LOCK) -o $(REQ)/bench.txt

.PHONY: clean
clean: ## Remove the environment and everything that was built
	@rm -rf $(VENV) build dist

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

override LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

$(VENV)/.uv: $(REQ)/uv.txt
	@"$$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.12")'
	@"$$PYTHON" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(REQ)/uv.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.uv $(REQ)/dev.txt pyproject.toml
	@$(BIN)/uv pip install --quiet --python "$$RUN" --require-hashes -r $(REQ)/dev.txt
	@$(BIN)/uv pip install --quiet --python "$$RUN" --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.docs: $(VENV)/.dev $(REQ)/docs.txt
	@$(BIN)/uv pip install --quiet --python "$$RUN" --require-hashes -r $(REQ)/docs.txt
	@touch $@

$(VENV)/soak/.done: $(VENV)/.uv $(REQ)/soak.txt
	@$(BIN)/uv venv --quiet --clear --python "$$RUN" $(VENV)/soak
	@$(BIN)/uv pip install --quiet --python $(VENV)/soak/bin/python --require-hashes -r $(REQ)/soak.txt
	@touch $@

$(VENV)/bench/.done: $(VENV)/.uv $(REQ)/bench.txt
	@$(BIN)/uv venv --quiet --clear --python "$$RUN" $(VENV)/bench
	@$(BIN)/uv pip install --quiet --python $(VENV)/bench/bin/python --require-hashes -r $(REQ)/bench.txt
	@touch $@

$(VENV)/.check: $(VENV)/.dev $(REQ)/check.txt
	@$(BIN)/uv pip install --quiet --python "$$RUN" --require-hashes -r $(REQ)/check.txt
	@touch $@
