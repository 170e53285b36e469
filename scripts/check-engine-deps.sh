#!/usr/bin/env bash
# The engine knows no browser: none of these crates may be anywhere under it, for any target it is built for.
set -euo pipefail
cd "$(dirname "$0")/.."
for target in "$(rustc -vV | sed -n 's/^host: //p')" wasm32-unknown-unknown; do
  tree=$(cargo tree --quiet --package unroll-engine --edges normal,build --prefix none --target "$target")
  if found=$(grep -E '^(wasm-bindgen|web-sys|js-sys|gloo|leptos)[a-z_-]* v' <<<"$tree"); then
    printf 'unroll-engine depends on browser crates on %s:\n%s\n' "$target" "$(sort -u <<<"$found")" >&2
    exit 1
  fi
done
