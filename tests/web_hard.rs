//! The figures of random extreme nets, in a browser; the native half is `crates/engine/tests/hard_nets.rs`.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[path = "shared/hard.rs"]
mod hard;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn the_figures_of_random_extreme_nets_are_those_of_full_decompositions() {
    hard::check(0..240);
}
