#!/usr/bin/env bash
# Trunk's pre_build hook: compiles all modules at once. What Trunk asks cargo for afterwards is then there.
set -euo pipefail
cd "$(dirname "$0")/.."
profile=(); [ "${TRUNK_PROFILE:-debug}" = release ] && profile=(--release)
cargo build --target wasm32-unknown-unknown --package unroll-pages --bins "${profile[@]}"
