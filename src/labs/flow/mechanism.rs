//! Why gradients vanish, in four points and a glossary: what a newcomer needs to read the charts.

use leptos::prelude::*;

use super::demand::on_demand;
use crate::controls::Term;
use crate::shell::strip::Strip;

/// A word and what it means.
struct Word {
    word: &'static str,
    meaning: &'static str,
}

const GLOSSARY: [Word; 7] = [
    Word {
        word: "Jacobian",
        meaning:
            "The matrix J of all partial derivatives ∂sₜ/∂sₜ₋₁: entry (i, j) says how far unit i of the state moves when unit j of the \
                  state before is changed a little.",
    },
    Word {
        word: "σ_max",
        meaning: "The largest singular value of a matrix: the most that it stretches any vector. It bounds a single step.",
    },
    Word {
        word: "ρ",
        meaning: "The spectral radius: the largest absolute value of an eigenvalue. Where the matrix is the same at every step, it is the \
                  factor per step in the long run; it can be below 1 although σ_max is above.",
    },
    Word { word: "lag", meaning: "ℓ, the number of steps back from the loss. Time t counts forward from the first input, lag backward." },
    Word {
        word: "horizon",
        meaning: "The largest lag at which the gradient still has at least the horizon level, by default 1%, of its size at the loss.",
    },
    Word {
        word: "saturated",
        meaning:
            "So far from zero that tanh or σ is flat: its slope is nearly 0, and what depends on that slope learns hardly anything. A \
                  forget gate that is saturated open still passes the state whole.",
    },
    Word {
        word: "loss direction",
        meaning: "The vector v that the loss multiplies the state with, L = v·h: the gradient that starts the way back.",
    },
];

/// The four points; words of the glossary are in brackets.
const POINTS: [&str; 4] = [
    "One step back in time multiplies the gradient by the transposed [Jacobian] of that step: the recurrent weights, scaled by the slopes of \
     the activation.",
    "ℓ steps back it has been multiplied ℓ times: a factor of 0.5 a step leaves 10⁻¹² after 40 steps, a factor of 2 makes it 10¹² times as \
     large. Vanishing is this product, not one bad step: [σ_max] bounds each step, and [ρ] sets the pace in the long run.",
    "LSTM and GRU add to their state instead of rewriting it. Along that path a step back multiplies by the forget gate f alone (in the GRU \
     the update gate z): 0.98 leaves 45% after 40 steps, 0.5 next to nothing. The forget bias b sets where the gate starts: σ(0) = 0.5, \
     σ(4) = 0.98.",
    "Clipping shortens a gradient that is too long and keeps its direction, so that one explosion does not throw the weights away. It never \
     lengthens one: against vanishing it does nothing.",
];

/// How to read the page, likewise.
const READING: &str = "The page counts from the loss: [lag] ℓ is the number of steps back and the [horizon] how far back 1% is left (or \
     another level that you set), both for one [loss direction]. A gate that is [saturated] no longer learns.";

/// A sentence in pieces: text, and in every second place a word of the glossary.
fn pieces(sentence: &'static str) -> impl Iterator<Item = (bool, &'static str)> {
    sentence.split(['[', ']']).enumerate().map(|(place, piece)| (place % 2 == 1, piece))
}

/// All of it, with words that explain themselves.
#[component]
pub fn Mechanism() -> impl IntoView {
    let piece = |(is_word, piece): (bool, &'static str)| {
        let word = GLOSSARY.iter().find(|word| is_word && word.word == piece);
        word.map_or_else(|| piece.into_any(), |word| view! { <Term word=word.word meaning=word.meaning/> }.into_any())
    };
    let point = |point| view! { <li>{pieces(point).map(piece).collect_view()}</li> };
    view! {
        <ol class="mechanism">{POINTS.into_iter().map(point).collect_view()}</ol>
        <p class="reading">{pieces(READING).map(piece).collect_view()}</p>
    }
}

/// The same, once the later part of the page is here, which brings it.
#[component]
pub fn Explained() -> impl IntoView {
    move || match on_demand() {
        Some(it) => untrack(|| (it.mechanism)()),
        None => view! { <p class="empty">"This comes with the rest of the page, which is not loaded yet."</p> }.into_any(),
    }
}

/// What "?" opens.
#[component]
pub fn HelpStrip(open: RwSignal<bool>, tour: RwSignal<bool>) -> impl IntoView {
    let take_tour = move |_| {
        open.set(false);
        tour.set(true);
    };
    view! {
        <Strip open label="Help">
            <div class="tour-text help-text">
                <h2>"Why gradients vanish"</h2>
                <Explained/>
            </div>
            <div class="tour-buttons">
                <button class="button primary" type="button" on:click=take_tour>"Take the tour"</button>
                <button class="button quiet" type="button" on:click=move |_| open.set(false)>"Close"</button>
            </div>
        </Strip>
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::labs::flow::words::{power_of_ten, share};

    #[test]
    fn the_points_use_every_word_of_the_glossary_and_no_other() {
        let mut used: Vec<_> =
            POINTS.into_iter().chain([READING]).flat_map(pieces).filter(|(is_word, _)| *is_word).map(|(_, word)| word).collect();
        let mut listed: Vec<_> = GLOSSARY.iter().map(|word| word.word).collect();
        used.sort_unstable();
        listed.sort_unstable();
        assert_eq!(used, listed);
    }

    #[test]
    fn their_figures_are_right() {
        let sigma = |b: f64| 1.0 / (1.0 + (-b).exp());
        let halved = 40.0 * 0.5f64.log10();
        assert!((halved + 12.0).abs() < 0.1 && POINTS[1].contains("10⁻¹² after 40 steps"), "{}", power_of_ten(halved));
        assert!(POINTS[2].contains(&format!("0.98 leaves {} after 40 steps", share(40.0 * 0.98f64.log10()))));
        assert!(POINTS[2].contains(&format!("σ(0) = {:.1}, σ(4) = {:.2}", sigma(0.0), sigma(4.0))));
    }
}
