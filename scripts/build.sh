#!/usr/bin/env bash
# Builds the release into dist/, unless it is there and nothing has changed since.
set -euo pipefail
cd "$(dirname "$0")/.."

inputs=(.cargo crates index.html Cargo.lock Cargo.toml pages public scripts src style Trunk.toml)
if [ -z "${UNROLL_PUBLIC_PATH:-}" ] && compgen -G 'dist/*.wasm.br' >/dev/null &&
  [ -z "$(find "${inputs[@]}" -type f -newer dist/index.html -print -quit)" ]; then
  echo "[build] dist is up to date"
  exit
fi
start=$(mktemp)
trap 'rm -f "$start"' EXIT
scripts/with wasm trunk build --release
# What changes during a build is newer than the build; one for a path of its own is none for the next.
if [ -z "${UNROLL_PUBLIC_PATH:-}" ]; then touch -r "$start" dist/index.html; else touch -d @0 dist/index.html; fi
