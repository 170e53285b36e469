//! The first-visit tour: a strip under the top bar that names one thing at a time and outlines it. It covers nothing and blocks nothing.

use leptos::prelude::*;

struct Stop {
    title: &'static str,
    text: &'static str,
    /// What it talks about, as a CSS selector.
    target: &'static str,
    /// Whether it talks about a control: on a narrow screen those have to be opened.
    control: bool,
}

const STOPS: [Stop; 5] = [
    Stop {
        title: "One sequence, three nets",
        text: "An RNN, an LSTM and a GRU read the same series. The strip says how fast the gradient shrinks or grows on its way back, and how far it reaches.",
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
        title: "Move a slider, watch everything",
        text: "Drag Recurrent gain from 0.5 to 2: the RNN goes from forgetting to exploding. Every chart is recomputed exactly, on every frame.",
        target: ".control:has([aria-label='Recurrent gain'])",
        control: true,
    },
    Stop {
        title: "The LSTM has a valve",
        text: "Forget bias opens or closes it. At −2 the LSTM forgets as fast as the RNN; at 4 it carries the gradient across the whole sequence.",
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
            controls.set(STOPS[at.get()].control);
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
        <Show when=move || open.get()>
            <section
                class="tour-strip"
                role="dialog"
                aria-label="Tour"
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        open.set(false);
                    }
                }
            >
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
            </section>
        </Show>
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
