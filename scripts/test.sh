#!/usr/bin/env bash
# The three rings of tests. A failing ring does not hide the next one. Ends with each runner's own summary lines and the
# sum of their counts, alone on the last line.
set -uo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never NO_COLOR=true
unset FORCE_COLOR

logs=${CARGO_TARGET_DIR:-target}/test-logs
mkdir -p "$logs" && rm -f "$logs"/*.log
status=0

ring() { # name, command…
  local name=$1; shift
  printf '\n[test] %s\n' "$name"
  "$@" 2>&1 </dev/null | tee "$logs/$name.log"
  local code=${PIPESTATUS[0]}
  [ "$code" -eq 0 ] || { status=1; echo "exit $code" >"$logs/$name.failed"; }
}

journeys() { scripts/build.sh && scripts/with native npm run --silent journeys; }

rm -f "$logs"/*.failed "$logs/sum"
ring native   cargo test --workspace --no-fail-fast
ring browser  scripts/with wasm cargo test --workspace --no-fail-fast --target wasm32-unknown-unknown --test 'web*'
ring journeys journeys

# cargo and the browser runner print "test result: ok. 3 passed; 1 failed; …", Playwright "  3 passed (2s)" and "  1 failed".
passed=0 failed=0
printf '\n[test] summaries\n'
for name in native browser journeys; do
  read -r p f < <(awk '
    /^test result: / { for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) p += $(i-1); if ($i ~ /^failed/) f += $(i-1) } }
    /^ +[0-9]+ passed( |$)/ { p += $1 }
    /^ +[0-9]+ (failed|flaky|interrupted|did not run)( |$)/ { f += $1 }
    END { print p + 0, f + 0 }' "$logs/$name.log")
  grep -hE '^test result: |^ +[0-9]+ (passed|failed|flaky|interrupted|skipped|did not run)' "$logs/$name.log" | sed "s/^ */$name: /"
  if [ -e "$logs/$name.failed" ] && [ "$f" -eq 0 ]; then
    echo "$name: stopped before it could report a failed test ($(cat "$logs/$name.failed")); counted as one failure"
    f=1
  elif [ ! -e "$logs/$name.failed" ] && [ "$p" -eq 0 ]; then
    echo "$name: ran no test; counted as one failure"
    f=1 status=1
  fi
  passed=$((passed + p)) failed=$((failed + f))
done
echo "$passed passed, $failed failed" | tee "$logs/sum"
exit "$status"
