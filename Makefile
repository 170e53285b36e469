.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help serve build test fuzz soak bench size check fmt first screenshots clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

serve: ## Install what is missing, build the release and serve it on 127.0.0.1:8080 (PORT=… for another port)
	@scripts/setup.sh check
	@node scripts/serve.mjs --check
	@$(MAKE) --no-print-directory build
	@exec node scripts/serve.mjs

build: ## Install what is missing and build the release into dist/
	@scripts/setup.sh build
	@scripts/build.sh

test: ## Run all tests: native, in a browser, and journeys through the release build
	@scripts/setup.sh test
	@scripts/test.sh

fuzz: ## Damage sound files at random and read them (UNROLL_FUZZ_ITERATIONS=… per format, UNROLL_FUZZ_SEED=…)
	UNROLL_FUZZ_ITERATIONS=$${UNROLL_FUZZ_ITERATIONS:-100000} cargo test --package unroll-formats --test fuzz_bounded

soak: ## Look for a false or badly written sentence in 10,000 random states (PROPTEST_CASES=… for another number)
	PROPTEST_CASES=$${PROPTEST_CASES:-10000} cargo test --package unroll --lib -- claims_search

bench: ## Measure the engine (criterion) and the page while sliders are dragged
	@scripts/setup.sh test
	cargo bench --package unroll-engine
	@scripts/build.sh
	@scripts/with native npm run --silent bench
	@scripts/with native npm run --silent bench:load

size: build ## Build the release and show how large it is: every file, and the first load of every route
	@node scripts/size.mjs

check: ## Formatting, lints, documentation, the rules of the house, and the budget of the first load
	@scripts/setup.sh build
	@scripts/check.sh

fmt: ## Format the Rust code
	cargo fmt --all

first: ## Make pages/first.html anew, the picture that is seen until the page runs
	UNROLL_WRITE_FIRST=1 cargo test --package unroll --lib -- labs::flow::first

screenshots: ## Take the pictures in docs/ again
	@scripts/setup.sh test
	@scripts/build.sh
	@scripts/with native npm run --silent screenshots

clean: ## Remove everything that was built here; the tools in ~/.cache/unroll stay
	cargo clean
	rm -rf dist node_modules e2e/results e2e/report
