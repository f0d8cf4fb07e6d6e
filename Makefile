# Needs Python 3.11 or newer, cargo and make. Each target installs what else it needs into .venv.

PYTHON ?= python3
CASES ?= 1000000
FUZZ_SECONDS ?= 600
FUZZ_TARGETS ?=
CARGO_FUZZ_VERSION := 0.13.2
# The tests of the only module with unsafe code and of its callers, and few cases of each: Miri is slow.
MIRI_TESTS ?= simd json
MIRI_CASES ?= 8
MIRI = PROPTEST_CASES=$(MIRI_CASES) MIRIFLAGS=-Zmiri-disable-isolation \
	cargo +nightly miri test --package rulebus-matcher --lib -- $(MIRI_TESTS)

BIN := .venv/bin
RUST_SOURCES := Cargo.toml $(shell find rust -name Cargo.toml -o -name '*.rs')
PACKAGE := $(RUST_SOURCES) pyproject.toml README.md $(shell find python -name '*.py*' -not -path '*/__pycache__/*')
ARM := aarch64-unknown-linux-gnu
CARGO_TEST := cargo test --profile checked --package rulebus-matcher
COUNT_INSTRUCTIONS := cargo bench --profile release --package rulebus-matcher --bench instructions

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint format bench bench-peers bench-cliffs bench-threads bench-delivery performance-page fuzz fuzz-properties \
	fuzz-delivery fuzz-targets miri docs clean instructions-baseline test-rust test-properties test-instructions \
	test-arm test-python test-wheel lint-rust lint-python

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-21s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.module .venv/.group-example ## Run the product log: an API, two stores and a bus between them
	PYTHONPATH=examples $(BIN)/python -m product_log.demo

test: test-rust test-properties test-instructions test-python test-wheel ## Run everything that a change must pass

test-rust: ## Run the tests of the crates, their doctests and the flatness check
	$(CARGO_TEST) --package rulebus-event
	cargo bench --profile release --package rulebus-matcher --bench flat

test-arm: export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER = aarch64-linux-gnu-gcc
test-arm: export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER = qemu-aarch64 -L /usr/aarch64-linux-gnu
test-arm: ## Run the tests of the crates as 64-bit Arm, in an emulator
	@command -v qemu-aarch64 >/dev/null && command -v aarch64-linux-gnu-gcc >/dev/null || { \
		echo "the emulator or the linker is missing; get both with: apt-get install qemu-user gcc-aarch64-linux-gnu"; exit 1; }
	@test -d "$$(rustc --print target-libdir --target $(ARM))" || { \
		echo "the standard library for Arm is missing; get it with: rustup target add $(ARM)"; exit 1; }
	$(CARGO_TEST) --package rulebus-event --target $(ARM)

test-properties: ## Hold the matcher against the reference on 100,000 random rule sets
	PROPTEST_CASES=100000 $(CARGO_TEST) --test properties --test event_faults

test-instructions: ## Hold the instructions that the matcher takes against the baseline (needs valgrind)
	$(COUNT_INSTRUCTIONS)

instructions-baseline: ## Write the baseline of instructions anew
	$(COUNT_INSTRUCTIONS) -- --renew

test-python: .venv/.module .venv/.group-test ## Run the tests of the package and of the examples
	$(BIN)/python -m pytest

test-wheel: dist/.wheel ## Install the wheel into a clean environment and try it there
	$(PYTHON) -m venv --clear target/wheel-environment
	target/wheel-environment/bin/python -m pip install --quiet dist/*.whl
	cd target/wheel-environment && bin/python -I $(CURDIR)/tests/wheel/smoke.py

lint: lint-rust lint-python ## Check format, types, style, the stub and the layers

lint-rust:
	@cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || { \
		echo "rustfmt or clippy is missing; get both with: rustup component add rustfmt clippy"; exit 1; }
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- --deny warnings

lint-python: .venv/.module .venv/.group-lint
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest rulebus._core
	$(BIN)/pyright
	PATH="$(CURDIR)/$(BIN):$$PATH" pyright --verifytypes rulebus --ignoreexternal
	$(BIN)/lint-imports

format: .venv/.group-lint ## Format all code
	cargo fmt --all
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/.module .venv/.group-bench ## Time the matcher and the bus; each benchmark first checks its answer
	cargo bench --package rulebus-matcher
	$(BIN)/python -m pytest benches --benchmark-columns=min,median,iqr,rounds --benchmark-sort=name

bench-peers: .venv/.module ## Hold other matchers against rulebus, and time all of them in turns
	PYTHONPATH=benches $(BIN)/python -m peers

bench-cliffs: .venv/.module ## Time rulebus on every size of every cliff
	PYTHONPATH=benches $(BIN)/python -m peers --peers rulebus --workloads skip cliffs --output benches/results/cliffs

bench-threads: .venv/.module ## Time matching with one thread and with two
	PYTHONPATH=benches $(BIN)/python -m threads

bench-delivery: .venv/.module .venv/.group-bench-delivery ## Hold delivery against bare queues and other buses, in turns
	PYTHONPATH=benches $(BIN)/python -m delivery

performance-page: .venv/.created ## Put the results of these four into docs/performance.md and docs/performance-delivery.md
	PYTHONPATH=benches $(BIN)/python -m peers.page
	PYTHONPATH=benches $(BIN)/python -m delivery.page

fuzz: fuzz-properties fuzz-delivery fuzz-targets ## Search for faults: CASES random runs each, then FUZZ_SECONDS for each fuzz target

fuzz-properties: ## Hold the matcher against the reference on CASES random rule sets (1,000,000)
	PROPTEST_CASES=$(CASES) $(CARGO_TEST) --test properties --test event_faults

fuzz-delivery: .venv/.module .venv/.group-test ## Hold delivery against its promises in CASES random runs (1,000,000)
	SEEDS=$(CASES) $(BIN)/python -m pytest tests/simulation --show-capture=no --timeout=0

fuzz-targets: target/tools/bin/cargo-fuzz ## Run FUZZ_TARGETS (all) for FUZZ_SECONDS each (600)
	CARGO_FUZZ=$(CURDIR)/$< rust/fuzz/run $(FUZZ_SECONDS) $(FUZZ_TARGETS)

# Miri sees only the features that the code is compiled for, so what is chosen at run time needs a second turn.
miri: ## Interpret the unit tests that reach unsafe code (needs the nightly component miri)
	@cargo +nightly miri --version >/dev/null 2>&1 || { echo "Miri is missing; get it with:" \
		"rustup toolchain install nightly --no-self-update --component miri,rust-src"; exit 1; }
	$(MIRI)
	RUSTFLAGS=-Ctarget-feature=+avx2,+pclmulqdq $(MIRI)

docs: .venv/.module .venv/.group-docs ## Build the documentation in target/docs
	$(BIN)/sphinx-build --fail-on-warning docs target/docs

clean: ## Remove everything that the other targets made
	cargo clean
	rm -rf .venv dist target python/rulebus/_core.*.so

target/tools/bin/cargo-fuzz:
	cargo install --quiet --locked --root target/tools --version $(CARGO_FUZZ_VERSION) cargo-fuzz

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is older than Python 3.11; name a newer one with: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	touch $@

.venv/.group-%: pyproject.toml | .venv/.created
	$(BIN)/python -m pip install --quiet --group $*
	touch $@

# An editable install: a change of Python code needs no further step.
.venv/.module: $(RUST_SOURCES) pyproject.toml .venv/.group-build
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/maturin develop --release
	touch $@

dist/.wheel: $(PACKAGE) .venv/.group-build
	rm -rf dist
	$(BIN)/maturin build --release --out dist
	touch $@
