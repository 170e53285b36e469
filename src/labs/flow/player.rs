//! Plays the backward pass: a wave that runs from the last state to the first.

use leptos::prelude::*;
use leptos::reactive::graph::untrack;

use super::context::Flow;

/// A whole pass takes this long, whatever T.
const PASS_MILLISECONDS: f64 = 2600.0;

/// Starts the pass, or stops it where it is.
pub fn toggle(flow: Flow) {
    if flow.wave.get_untracked().is_some() {
        stop(flow);
    } else {
        start(flow);
    }
}

/// Stops; the cursor stays where the wave was.
pub fn stop(flow: Flow) {
    if let Some(wave) = flow.wave.get_untracked() {
        flow.pinned.set(Some(wave.round().max(0.0) as usize));
        flow.wave.set(None);
    }
}

fn start(flow: Flow) {
    flow.hovered.set(None);
    let last = untrack(|| flow.seq_len()) as f64;
    if prefers_reduced_motion() {
        // Without motion the pass is its result.
        flow.pinned.set(Some(0));
        return;
    }
    flow.wave.set(Some(last));
    advance(flow, last, None);
}

fn advance(flow: Flow, last: f64, started: Option<f64>) {
    request_animation_frame(move || {
        // The lab may be gone, or the pass stopped, by the time the frame comes.
        let Some(Some(_)) = flow.wave.try_get_untracked() else { return };
        let now = window().performance().map_or(0.0, |p| p.now());
        let started = started.unwrap_or(now);
        let done = (now - started) / PASS_MILLISECONDS;
        if done >= 1.0 {
            flow.wave.set(None);
            flow.pinned.set(Some(0));
        } else {
            flow.wave.set(Some(last * (1.0 - done)));
            advance(flow, last, Some(started));
        }
    });
}

fn prefers_reduced_motion() -> bool {
    window().match_media("(prefers-reduced-motion: reduce)").ok().flatten().is_some_and(|query| query.matches())
}
