//! The first-visit tour: a strip under the top bar that names one thing at a time and outlines it. It covers nothing and blocks nothing.

use leptos::prelude::*;

use crate::shell::strip::Strip;

struct Stop {
    title: &'static str,
    text: &'static str,
    /// What it talks about, as a CSS selector.
    target: &'static str,
    /// Whether it talks about a control: on a narrow screen those have to be opened.
    control: bool,
}

const STOPS: [Stop; 4] = [
    Stop {
        title: "One series, three fates",
        text: "Three nets read the same 40 sunspots. The strip says how much of the loss’s gradient is left at the first state: of the RNN’s nothing, of the GRU’s 2%, of the LSTM’s 43%.",
        target: "[data-panel=verdict]",
        control: false,
    },
    Stop {
        title: "The river is the gradient",
        text: "It starts at the loss on the right and flows back in time. Wide means large, a thread means gone. Press Space to play it, or drag across it.",
        target: "[data-panel=river]",
        control: false,
    },
    Stop {
        title: "The LSTM has a valve",
        text: "Drag Forget bias from 4 to 0 and watch the strip: of the LSTM’s gradient 43% was left, and now less than a millionth. The RNN has no such gate, and does not change.",
        target: ".control:has([aria-label='Forget bias'])",
        control: true,
    },
    Stop {
        title: "One cursor for all charts",
        text: "Hover any chart, or use ← and →; click to pin. Presets tell the whole story in order, and the address bar always holds a link to what you see.",
        target: "[data-panel=gradient]",
        control: false,
    },
];

/// The tour. `controls` is the sheet of controls on a narrow screen; `open` shows the tour; it closes itself with Skip, Done or Esc.
#[component]
pub fn Tour(open: RwSignal<bool>, controls: RwSignal<bool>) -> impl IntoView {
    let at = RwSignal::new(0_usize);
    // Outlining the target belongs to the tour alone, so it is done here rather than by every panel.
    Effect::new(move |_| outline(open.get().then(|| STOPS[at.get()].target)));
    Effect::new(move |_| {
        if open.get() {
            let stop = &STOPS[at.get()];
            controls.set(stop.control);
            // The sheet of controls opens with the next frame.
            request_animation_frame(move || bring_into_view(stop.target));
        }
    });
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if is_open && was_open != Some(true) {
            at.set(0);
        }
        is_open
    });
    let last = STOPS.len() - 1;
    view! {
        <Strip open label="Tour">
            <div class="tour-text" aria-live="polite">
                <h2>{move || STOPS[at.get()].title}</h2>
                <p>{move || STOPS[at.get()].text}</p>
            </div>
            <div class="tour-buttons">
                <span class="count">{move || format!("{} of {}", at.get() + 1, STOPS.len())}</span>
                <button class="button" type="button" disabled=move || at.get() == 0 on:click=move |_| at.update(|a| *a -= 1)>
                    "Back"
                </button>
                <button
                    class="button primary"
                    type="button"
                    on:click=move |_| if at.get() == last { open.set(false) } else { at.update(|a| *a += 1) }
                >
                    {move || if at.get() == last { "Done" } else { "Next" }}
                </button>
                <button class="button quiet" type="button" on:click=move |_| open.set(false)>
                    "Skip"
                </button>
            </div>
        </Strip>
    }
}

/// Scrolls what the tour talks about into view, where it is not.
fn bring_into_view(selector: &str) {
    let Ok(Some(target)) = document().query_selector(selector) else { return };
    let (place, height) = (target.get_bounding_client_rect(), window().inner_height().ok().and_then(|height| height.as_f64()));
    // The sheet of controls hides what is under it, so a control has to stand well inside.
    let visible = place.top() >= 0.0 && height.is_some_and(|height| place.top() + place.height().min(height / 2.0) <= height - 48.0);
    let inside = target.closest(".rail").ok().flatten().is_none_or(|rail| {
        let rail = rail.get_bounding_client_rect();
        rail.top() <= place.top() && place.bottom() <= rail.bottom()
    });
    if !(visible && inside) {
        target.scroll_into_view_with_bool(false);
    }
}

fn outline(selector: Option<&str>) {
    const MARK: &str = "data-tour";
    let Some(document) = web_sys::window().and_then(|w| w.document()) else { return };
    if let Ok(Some(old)) = document.query_selector(&format!("[{MARK}]")) {
        let _ = old.remove_attribute(MARK);
    }
    if let Some(Ok(Some(new))) = selector.map(|s| document.query_selector(s)) {
        let _ = new.set_attribute(MARK, "");
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use unroll_engine::{analyse_critical, Cell};

    use super::*;
    use crate::labs::flow::settings::Settings;
    use crate::labs::flow::words::share;

    #[test]
    fn its_claims_hold_on_the_page_as_it_opens() {
        let left = |cell, forget_bias| {
            let settings = Settings { forget_bias, ..Settings::default() };
            analyse_critical(&settings.experiment(cell)).unwrap().left.log10_left()
        };
        let [rnn, lstm, gru] = [Cell::Rnn, Cell::Lstm, Cell::Gru].map(|cell| left(cell, 4.0));
        let percent = |log10: f64| format!("{:.0}%", 100.0 * 10f64.powf(log10));
        assert_eq!(Settings::default().seq_len, 40);
        for part in ["40 sunspots".to_owned(), format!("GRU’s {}", percent(gru)), format!("LSTM’s {}", percent(lstm))] {
            assert!(STOPS[0].text.contains(&part), "{part}: {}", STOPS[0].text);
        }
        assert!(rnn < -8.0, "{}", share(rnn));
        assert!(
            STOPS[2].text.contains(&format!("{} was left", percent(lstm))) && left(Cell::Lstm, 0.0) < -6.0,
            "{}",
            share(left(Cell::Lstm, 0.0))
        );
        assert_eq!(left(Cell::Rnn, 0.0), rnn);
    }
}
