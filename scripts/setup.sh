#!/usr/bin/env bash
# Makes this machine able to build and test Unroll. Safe to repeat: a step whose result is already there says so and costs nothing.
#
#   scripts/setup.sh check    installs nothing; says what only you can install: Rust, Node.js, a C linker
#   scripts/setup.sh build    what `make serve` needs: wasm target, wasm-bindgen, wasm-split, Trunk, wasm-opt
#   scripts/setup.sh test     the same, plus a browser and its driver
#
# Tools go to $UNROLL_TOOLS (default ~/.cache/unroll), so that other checkouts find them too. The script leaves two files
# there which scripts/with reads: wasm-env.sh (the compiler for wasm builds) and browser-env.sh (the browser and its driver).
# UNROLL_WASM_VIA=debian skips to the third way of having the wasm target; CHROME and CHROMEDRIVER name a browser of yours.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly WASM=wasm32-unknown-unknown
readonly TRUNK_VERSION=0.21.14
readonly WASM_SPLIT_VERSION=0.2.4
tools=${UNROLL_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/unroll}
mkdir -p "$tools/bin"
tools=$(cd "$tools" && pwd)
export PATH="$tools/bin:$PATH"

say()  { printf '[setup] %s\n' "$*"; }
fail() { printf '[setup] error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# --- What the script does not install ---------------------------------------------------------------------------------
prerequisites() {
  have cargo && have rustc || fail "Rust is missing. Install a toolchain (https://rustup.rs; the minimum is rust-version in Cargo.toml) and run this again."
  have node && have npm || fail "Node.js is missing. Install version 20 or newer with npm and run this again."
  local major; major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || fail "Node.js $(node --version) is too old; version 20 or newer is needed."
  have cc || fail "A C linker (cc) is missing; Rust needs one. On Debian: apt-get install gcc libc6-dev."
}

# --- Debian packages --------------------------------------------------------------------------------------------------
apt_install() { # purpose, usual duration, packages…
  local purpose=$1 duration=$2; shift 2
  local missing=() p
  for p in "$@"; do dpkg -s "$p" >/dev/null 2>&1 || missing+=("$p"); done
  [ ${#missing[@]} -eq 0 ] && { say "$purpose: present"; return; }
  have apt-get || fail "$purpose is missing and there is no apt-get to install ${missing[*]}. Install it by hand and run this again."
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    have sudo || fail "$purpose is missing, and installing ${missing[*]} needs root or sudo. Install it by hand and run this again."
    sudo=(sudo)
  fi
  say "$purpose: installing ${missing[*]} ($duration)"
  # An index that does not refresh (a dead third-party source) is no reason to stop: the package may be known already.
  "${sudo[@]}" apt-get update -qq >"$tools/apt.log" 2>&1 || say "apt-get update failed (see $tools/apt.log); trying with the index at hand"
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >>"$tools/apt.log" 2>&1 </dev/null \
    || { tail -n 20 "$tools/apt.log" >&2; fail "apt-get could not install ${missing[*]}; its full log is $tools/apt.log"; }
}

# --- The wasm target: three ways, the cheapest first ------------------------------------------------------------------
has_wasm_std() { ls "$(rustc --print target-libdir --target $WASM 2>/dev/null)"/libcore-*.rlib >/dev/null 2>&1; }

write_wasm_env() { # its text on standard input
  cat >"$tools/wasm-env.sh.new" && mv "$tools/wasm-env.sh.new" "$tools/wasm-env.sh"
}

wasm_target() {
  if [ "${UNROLL_WASM_VIA:-}" = debian ]; then debian_std; return; fi
  if has_wasm_std; then say "wasm target: present in the active toolchain"; write_wasm_env </dev/null; return; fi
  # A refused download answers at once; the timeout is for a network that answers nothing.
  if have rustup && timeout 120 rustup target add $WASM >"$tools/rustup.log" 2>&1 && has_wasm_std; then
    say "wasm target: added by rustup"; write_wasm_env </dev/null; return
  fi
  say "wasm target: no download possible here; using Debian's rustc-web with a standard library built from its source"
  debian_std
}

debian_std() {
  apt_install "rustc-web" "about 1 min" rustc-web cargo-web rust-web-src lld-19
  # Links in a folder of their own let a wasm build put this compiler first on PATH and leave every other build alone.
  local bin=$tools/wasm-bin overlay=$tools/sysroot binary
  mkdir -p "$bin"
  for binary in cargo rustc; do
    [ -x "/usr/bin/$binary" ] || fail "the package $binary-web left no /usr/bin/$binary; this script does not know its layout."
    ln -sfn "/usr/bin/$binary" "$bin/$binary"
  done
  local version; version=$("$bin/rustc" --version)
  if [ "$(cat "$overlay/version" 2>/dev/null)" = "$version" ]; then
    say "wasm standard library: present ($version)"
  else
    say "wasm standard library: building for $version (about 1 min)"
    local work=$tools/build-std lib=$overlay/lib/rustlib host
    rm -rf "$work" "$overlay"; mkdir -p "$work/src" "$lib/$WASM/lib"
    printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$work/Cargo.toml"
    : >"$work/src/lib.rs"
    # Bitcode must be embedded, or link-time optimisation of the app cannot read these libraries.
    (cd "$work" && PATH="$bin:$PATH" RUSTC_BOOTSTRAP=1 \
      CARGO_TARGET_DIR="$work/target" CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19 \
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=-Cembed-bitcode=yes \
      cargo build --release --target $WASM -Zbuild-std=std,panic_abort,test >"$tools/build-std.log" 2>&1) \
      || { tail -n 20 "$tools/build-std.log" >&2; fail "the standard library did not build; full log: $tools/build-std.log"; }
    find "$work/target/$WASM/release/deps" -name '*.rlib' ! -name 'libempty-*' -exec cp {} "$lib/$WASM/lib/" \;
    host=$("$bin/rustc" -vV | sed -n 's/^host: //p')
    ln -s "$("$bin/rustc" --print sysroot)/lib/rustlib/$host" "$lib/"
    rm -rf "$work"
    # cargo does not notice that the sysroot changed, so objects built against the old one must go.
    rm -rf "${CARGO_TARGET_DIR:-target}/debian"
    printf '%s' "$version" >"$overlay/version"
  fi
  # A target folder of its own: two compilers in one make each other's proc macros unreadable.
  write_wasm_env <<ENV
export PATH="$bin:\$PATH"
export CARGO_TARGET_DIR="\${CARGO_TARGET_DIR:-\$root/target}/debian"
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="--sysroot $overlay"
ENV
}

# --- wasm-bindgen, wasm-split, Trunk, wasm-opt ------------------------------------------------------------------------
locked_version() { awk -v name="\"$1\"" '$1=="name" && $3==name {found=1} found && $1=="version" {gsub(/"/,"",$3); print $3; exit}' Cargo.lock; }

cargo_tool() { # binary, crate, version, usual duration, extra flags…
  local binary=$1 crate=$2 version=$3 duration=$4; shift 4
  # wasm-split-cli does not say its version, but cargo knows what it installed.
  if [[ "$("$binary" --version 2>/dev/null || true)" == *" $version"* ]] ||
    { [ -x "$tools/bin/$binary" ] && cargo install --list --root "$tools" | grep -qxF "$crate v$version:"; }; then
    say "$binary $version: present"; return
  fi
  say "$binary $version: compiling ($duration on two cores)"
  # A debug build starts working minutes earlier than a release build, and neither tool is what a build waits for.
  local install=(cargo install --quiet --debug --root "$tools" --force --version "$version" "$@" "$crate")
  export CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR="$tools/build-tools"
  # A registry mirror can lag behind the tool's own lock file; then the newest versions that the mirror has will do.
  "${install[@]}" --locked >"$tools/$binary.log" 2>&1 \
    || { say "$binary $version: its lock file does not resolve here; compiling with the versions that do"
         "${install[@]}" >>"$tools/$binary.log" 2>&1; } \
    || { tail -n 20 "$tools/$binary.log" >&2; fail "$crate $version did not install; full log: $tools/$binary.log"; }
  unset CARGO_PROFILE_DEV_DEBUG CARGO_TARGET_DIR
}

node_modules() {
  if [ node_modules/.package-lock.json -nt package-lock.json ]; then say "npm packages: present"; return; fi
  say "npm packages: installing wasm-opt and the browser test runner (about 20 s)"
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
}

# --- A browser and its driver -----------------------------------------------------------------------------------------
first_of() { local name; for name in "$@"; do have "$name" && { command -v "$name"; return; }; done; return 1; }

browser() {
  local chrome driver
  find_browser() {
    chrome=${CHROME:-$(first_of chromium google-chrome google-chrome-stable chromium-browser || true)}
    driver=${CHROMEDRIVER:-$(first_of chromedriver || true)}
    [ -n "$chrome" ] && [ -n "$driver" ]
  }
  if find_browser; then say "browser: $chrome with $driver"
  else apt_install "Chromium and its driver" "about 1 min" chromium chromium-driver; find_browser || fail "no Chromium and chromedriver on PATH after installing them."; fi
  # The driver must start the same browser as Playwright does.
  CHROME=$chrome node -e '
    const settings = JSON.parse(require("fs").readFileSync("webdriver.json", "utf8"));
    settings["goog:chromeOptions"].binary = process.env.CHROME;
    console.log(JSON.stringify(settings));' >"$tools/webdriver.json"
  cat >"$tools/browser-env.sh" <<ENV
export CHROME="$chrome"
export CHROMEDRIVER="$driver"
export WASM_BINDGEN_TEST_WEBDRIVER_JSON="$tools/webdriver.json"
ENV
}

build_tools() {
  prerequisites
  wasm_target
  cargo_tool wasm-bindgen wasm-bindgen-cli "$(locked_version wasm-bindgen)" "about 2 min"
  cargo_tool wasm-split-cli wasm_split_cli_support "$WASM_SPLIT_VERSION" "about 1 min" --features build-binary
  cargo_tool trunk trunk "$TRUNK_VERSION" "about 6 min" --no-default-features --features rustls
  rm -rf "$tools/build-tools"
  node_modules
}

test_tools() {
  build_tools
  browser
}

case "${1:-}" in
  check) prerequisites ;;
  build) build_tools; say "ready" ;;
  test)  test_tools; say "ready" ;;
  *)     fail "usage: scripts/setup.sh check|build|test" ;;
esac
