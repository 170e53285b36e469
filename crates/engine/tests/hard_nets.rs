//! The figures of random extreme nets, natively; the browser's half is `tests/web_hard.rs` of the page.

#[path = "../../../tests/shared/hard.rs"]
mod hard;

/// 240 nets, or as many as `UNROLL_HARD_NETS` says.
#[test]
fn the_figures_of_random_extreme_nets_are_those_of_full_decompositions() {
    let nets = std::env::var("UNROLL_HARD_NETS").ok().and_then(|nets| nets.parse().ok());
    hard::check(0..nets.unwrap_or(240));
}
