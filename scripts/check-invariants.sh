#!/usr/bin/env bash
# The invariants of ARCHITECTURE.md that a search can keep. Each prints the lines that break it.
set -uo pipefail
cd "$(dirname "$0")/.."
status=0

forbid() { # sentence, pattern, paths…; lines that are comments do not count
  local sentence=$1 pattern=$2; shift 2
  local found; found=$(grep -rnE --exclude-dir=target "$pattern" "$@" 2>/dev/null | grep -vE '^[^:]+:[0-9]+:\s*//')
  [ -z "$found" ] && return
  printf '%s\n%s\n' "$sentence" "$found" >&2
  status=1
}
only_in() { # the place, sentence, pattern, paths…
  local place=$1 sentence=$2 pattern=$3; shift 3
  local files; mapfile -t files < <(find "$@" -name '*.rs' ! -path "$place")
  forbid "$sentence" "$pattern" "${files[@]}"
}

pure=(src/form/{mod,row,vocabulary,link,embed,preset,undo,notice}.rs src/controls/value.rs src/labs/{flow,train,lineage}/{settings,rows,presets,link}.rs src/labs/flow/{pin,nets,fragment}.rs src/labs/{train,lineage}/options.rs src/labs/lineage/{models,claims}.rs src/labs/words.rs src/charts/scale.rs)
for file in "${pure[@]}"; do [ -f "$file" ] || { echo "The list of pure modules names $file, which there is not." >&2; status=1; }; done
forbid "These modules are pure: no leptos and no browser in them." '\b(leptos|web_sys|js_sys|wasm_bindgen)::' "${pure[@]}"
forbid "Charts and controls know no lab." 'crate::(labs|shell)' src/charts src/controls
forbid "The shell knows no lab." 'crate::labs' src/shell
forbid "No lab knows another's page." 'labs::train' src/labs/flow
forbid "Lineage knows no other lab, and none knows it." 'labs::(flow|train)' src/labs/lineage
forbid "No lab knows Lineage." 'labs::lineage' src/labs/flow src/labs/train
forbid "Train knows of Flow what a state of it is and where it is kept, and no more." 'labs::flow::(page|list|context|panels|files|compute|embed\b)' src/labs/train
models=$(find src/labs -path '*/panels/*' -name model.rs)
forbid "A panel's model is pure: no leptos and no browser in it." '\b(leptos|web_sys|js_sys|wasm_bindgen)::' $models
forbid "Charts know no settings." 'crate::(form|controls)' src/charts
forbid "Controls know no form." 'crate::form' src/controls
forbid "A form knows no lab but in its tests." 'crate::labs' src/form/{mod,row,vocabulary,link,preset,notice,store,group,rail,menu,notice_list}.rs
forbid "Jobs know no lab, no form and no view." '\b(leptos|crate::(labs|form|charts|controls))\b' src/jobs
forbid "What a worker runs has no view." '\bleptos::' src/serve.rs src/labs/flow/{compute,sweep} src/labs/train/runs/{job,message}.rs src/labs/lineage/compute
forbid "Charts and controls take props and signals, never context." '(use_context|expect_context|provide_context)' src/charts src/controls
only_in src/browser/history.rs "The History API is called in src/browser/history.rs only." '\.history\(\)' src
only_in src/browser/storage.rs "Local storage is called in src/browser/storage.rs only." 'local_storage\(|session_storage\(' src
only_in src/browser/clipboard.rs "The clipboard is called in src/browser/clipboard.rs only." '\.clipboard\(\)' src
only_in src/form/link.rs "Links are read and written in src/form/link.rs only." 'form_urlencoded::\{?parse' src/form src/labs/train
only_in src/charts/canvas.rs "2D contexts are taken in src/charts/canvas.rs only." 'get_context\(' src
only_in crates/numerics/src/linalg/spectrum.rs "Full decompositions are called in crates/numerics/src/linalg/spectrum.rs only." 'try_svd|singular_values_unordered|complex_eigenvalues\(\)|nalgebra::' crates/*/src src
only_in crates/numerics/src/rng.rs "Random numbers come from crates/numerics/src/rng.rs only." 'ChaCha|rand_chacha' crates/*/src src
forbid "Numerics know no net." '\b(Cell|Lstm|Gru|Rnn|Weights|Trace|Experiment|unroll_engine)\b' crates/numerics/src
engine=crates/engine/src
forbid "Cells, passes, weights and inputs know no experiment." 'crate::(experiment|analysis)\b' \
  $engine/{vocabulary,range,weights,problem,init,rng,unroll,bptt,running_product,product,graded,wide,lyapunov,spectra,inverse,given}.rs $engine/{cell,signal,lineage}
forbid "The engine's elementary functions come from libm, so that native and wasm agree in every bit." \
  '[a-z0-9_)]\.(exp|exp_m1|ln|ln_1p|log2|log10|tanh|sinh|cosh|sin|cos|tan|atan2|powf|hypot|cbrt)\(' \
  crates/numerics/src crates/engine/src
forbid "Every test runs." '#\[ignore|\b(test|describe)\.(skip|only|fixme)\(' src crates tests e2e/journeys
forbid "Journeys wait for a state, never for a time." 'waitForTimeout|setTimeout' e2e/journeys e2e/pages
forbid "No path of one machine belongs in the repository." '/(home|root|work|tmp)/[a-z]' README.md ARCHITECTURE.md docs src crates scripts/setup.sh e2e/journeys

exit "$status"
