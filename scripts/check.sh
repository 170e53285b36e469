#!/usr/bin/env bash
# Everything that is checked without running the app. All steps run, so that one report names every failure.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=()
step() { # name, command…
  local name=$1; shift
  printf '[check] %s\n' "$name"
  "$@" || { failed+=("$name"); printf '[check] %s: FAILED\n' "$name" >&2; }
}

step "lock file"         cargo metadata --locked --format-version 1 --quiet >/dev/null
step "formatting"        cargo fmt --all --check
step "lints"             cargo clippy --quiet --workspace --all-targets -- -D warnings
# The toolchain that has the wasm target can be a distribution's, which comes without a clippy of its own version.
if [ "$(scripts/with wasm rustc --version)" = "$(rustc --version)" ]; then
  step "lints for wasm"  scripts/with wasm cargo clippy --quiet --package unroll --all-targets --target wasm32-unknown-unknown -- -D warnings
else
  step "types for wasm"  scripts/with wasm cargo check --quiet --package unroll --all-targets --target wasm32-unknown-unknown
fi
step "documentation"     env RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps
step "engine's crates"   scripts/check-engine-deps.sh
step "rules of the house" scripts/check-invariants.sh
step "types of the browser tests" npm run --silent types
within_budget() { scripts/build.sh && node scripts/size.mjs --check; }
step "budget of the first load" within_budget

if [ ${#failed[@]} -gt 0 ]; then
  printf '[check] failed: %s\n' "$(IFS=,; echo "${failed[*]}")" >&2
  exit 1
fi
echo "[check] all passed"
