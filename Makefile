# SPDX-License-Identifier: Apache-2.0
# Entry points. Each does its own set-up and reuses what is there; see scripts/.

.PHONY: help setup build demo test bench bench-prover fuzz mutants lint format book metadata weights clean

help: ## What there is to do
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: ## Install what is missing
	@scripts/setup.sh

build: setup ## Build the node and the tools
	@scripts/build.sh

demo: build ## Prove, verify and pay for one inference; KEEP=1 leaves the chain running
	@scripts/demo.sh

test: setup ## Everything that proves the project works
	@scripts/test.sh

bench: build ## Measure verification against arkworks; writes docs/bench
	@scripts/bench.sh

bench-prover: build ## Measure proving against EZKL, circom, snarkjs and arkworks; writes docs/bench
	@scripts/bench-prover.sh

fuzz: setup ## Look for inputs that break decoders or verification; SECONDS=60 TARGET=verify
	@scripts/fuzz.sh $(if $(SECONDS),--seconds $(SECONDS)) $(TARGET)

mutants: setup ## Look for changes to primitives/ that no test sees; CRATE=bn254 SHARD=1/8
	@scripts/mutants.sh $(if $(SHARD),--shard $(SHARD)) $(CRATE)

lint: setup ## Everything that can be checked without running it
	@scripts/lint.sh

format: setup ## Mend the formatting of Rust, TOML, JavaScript and Python
	@scripts/lint.sh --format

book: ## docs/ as a book of HTML pages
	@scripts/book.sh

metadata: setup ## Write the runtime's metadata that the command line is compiled against
	@scripts/metadata.sh

weights: setup ## Measure the weights of calls, for runtime/src/weights/
	@scripts/weights.sh

clean: ## Remove build products and cached artifacts
	@scripts/clean.sh
