#!/usr/bin/env bash
# Numerics, engine and formats know no browser: none of these crates may be anywhere under them, for any target they are built for.
set -euo pipefail
cd "$(dirname "$0")/.."
for package in unroll-numerics unroll-engine unroll-formats; do
  for target in "$(rustc -vV | sed -n 's/^host: //p')" wasm32-unknown-unknown; do
    tree=$(cargo tree --quiet --package "$package" --edges normal,build --prefix none --target "$target")
    if found=$(grep -E '^(wasm-bindgen|web-sys|js-sys|gloo|leptos)[a-z_-]* v' <<<"$tree"); then
      printf '%s depends on browser crates on %s:\n%s\n' "$package" "$target" "$(sort -u <<<"$found")" >&2
      exit 1
    fi
  done
done
