//! The report panel: the cell in focus in words, what is worth trying, and what trying it did.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::Analysis;

use super::advice::Advice;
use super::model::{self as model, Report};
use crate::browser::download;
use crate::form::Notice;
use crate::jobs::pool::{Pool, Work};
use crate::labs::flow::claims::Figures;
use crate::labs::flow::context::Flow;
use crate::labs::flow::settings::Settings;
use crate::labs::flow::store::Store;
use crate::labs::flow::sweep::report::{pieces, Measures, ReportPlan};
use crate::labs::flow::words::cell_name;
use crate::shell::panel::{Panel, Slot};

/// n²T of the largest layer that is measured without being asked for: some seconds of a worker.
const MOST_AT_ONCE: usize = 64 * 64 * 128;

/// What is measured beyond the analysis, and how far it is.
#[derive(Clone, Copy)]
struct Measuring {
    flow: Flow,
    found: RwSignal<Option<Arc<Found>>>,
    running: RwSignal<bool>,
    pool: StoredValue<Option<Pool<ReportPlan>>, LocalStorage>,
}

#[derive(Clone)]
struct Found {
    plan: ReportPlan,
    pieces: Vec<Option<[f64; 2]>>,
}

impl Measuring {
    fn new(flow: Flow, store: Store) -> Self {
        let measuring = Self { flow, found: RwSignal::new(None), running: RwSignal::new(false), pool: StoredValue::new_local(None) };
        let say = move |sentence| store.notify(Notice::info(sentence));
        measuring.pool.set_value(Some(Pool::new(move |from, values: &[f64]| measuring.take(from, values), say)));
        measuring
    }

    fn plan(&self) -> Option<ReportPlan> {
        let cell = self.flow.focused()?.0;
        Some(self.flow.settings.with(|settings| ReportPlan::new(settings, cell)))
    }

    fn start(&self) {
        let Some(plan) = untrack(|| self.plan()) else { return };
        self.found.set(Some(Arc::new(Found { pieces: vec![None; plan.pieces()], plan: plan.clone() })));
        self.running.set(true);
        self.pool.with_value(|pool| pool.iter().for_each(|pool| pool.start(plan.clone())));
    }

    /// Measures a net as soon as it is brought: whoever brings one wants to know where its gradient dies. One that takes long waits to be
    /// asked for.
    fn follow_brought_nets(self) {
        let brought = Memo::new(move |_| {
            let (cell, analysis) = self.flow.focused()?;
            let weights = &analysis.problem.weights;
            let short = weights.hidden_size.pow(2) * analysis.seq_len <= MOST_AT_ONCE;
            let net = self.flow.settings.with(|settings| settings.given(cell).map(|given| Arc::as_ptr(given) as usize))?;
            short.then_some((cell, net))
        });
        Effect::new(move |_| {
            if brought.get().is_some() {
                self.start();
            }
        });
    }

    fn cancel(&self) {
        self.pool.with_value(|pool| pool.iter().for_each(Pool::cancel));
        self.running.set(false);
    }

    fn take(&self, from: usize, values: &[f64]) {
        self.found.update(|found| {
            if let Some(found) = found {
                let found = Arc::make_mut(found);
                found.pieces[from..].iter_mut().zip(pieces(values)).for_each(|(slot, piece)| *slot = Some(piece));
            }
        });
        if self.known() == self.pieces() {
            self.running.set(false);
        }
    }

    fn known(&self) -> usize {
        self.found.with(|found| found.as_ref().map_or(0, |found| found.pieces.iter().flatten().count()))
    }

    fn pieces(&self) -> usize {
        self.found.with(|found| found.as_ref().map_or(1, |found| found.pieces.len()))
    }

    /// What was measured, as long as it is of what the page shows.
    fn measures(&self) -> Option<Measures> {
        let found = self.found.get()?;
        (Some(&found.plan) == self.plan().as_ref()).then(|| found.plan.measures(&found.pieces))
    }
}

/// A suggestion that was tried.
#[derive(Clone)]
struct Tried {
    title: &'static str,
    before: Arc<Analysis>,
    settings: Settings,
}

/// The panel.
#[component]
pub fn ReportPanel(of: Slot, flow: Flow) -> impl IntoView {
    let store = flow.store;
    let measuring = Measuring::new(flow, store);
    measuring.follow_brought_nets();
    let report = Memo::new(move |_| {
        let (cell, analysis) = flow.focused()?;
        let measures = measuring.measures();
        Some(flow.settings.with(|settings| model::report(settings, cell, &analysis, measures.as_ref())))
    });
    let tried = RwSignal::new(None::<Tried>);
    let headline = Signal::derive(move || report.with(|report| report.as_ref().map(|report| report.headline.clone()).unwrap_or_default()));
    let save = move |_| {
        let Some(report) = report.get_untracked() else { return };
        let name = untrack(|| flow.focused().map_or("net", |(cell, _)| cell_name(cell)).to_ascii_lowercase());
        let name = format!("unroll-{name}-report.md");
        if !download::save(&name, "text/markdown", model::markdown(&report).as_bytes()) {
            store.notify(Notice::warning(format!("The browser did not take {name} as a download.")));
        }
    };
    let print = move |_| {
        // Fails only where the browser has no printing.
        let _ = window().print();
    };
    view! {
        <Panel
            of
            headline=headline
            about="The cell in focus in words and figures, and what follows from them. “Try it” changes the settings as one step, which Undo takes back."
        >
            <div class="report-tools">
                <MeasureTools measuring=measuring/>
                <button class="button" type="button" on:click=save>"Save as Markdown"</button>
                <button class="button" type="button" on:click=print>"Print"</button>
            </div>
            {move || report.get().map(|report| body(flow, store, report, tried))}
        </Panel>
    }
}

#[component]
fn MeasureTools(measuring: Measuring) -> impl IntoView {
    let running = measuring.running;
    let fresh = move || measuring.measures().is_some();
    let words = move || match (running.get(), measuring.found.with(Option::is_some), fresh()) {
        (true, ..) => format!("{} of {} measured", measuring.known(), measuring.pieces()),
        (false, true, false) => "The settings have changed since the measurement.".to_owned(),
        (false, true, true) if measuring.known() < measuring.pieces() => "The measurement was cancelled.".to_owned(),
        _ => String::new(),
    };
    view! {
        <Show when=move || !running.get() fallback=move || view! {
            <button class="button" type="button" on:click=move |_| measuring.cancel()>"Cancel"</button>
            <progress aria-label="Progress of the measurement" max=move || measuring.pieces().to_string() prop:value=move || measuring.known() as f64></progress>
        }>
            <button
                class="button"
                type="button"
                title="Growth and horizon of every layer, and the gradient’s norm over 32 seeds, in the background; done at once for a small net that is brought"
                on:click=move |_| measuring.start()
            >
                "Measure layers and gradient norms"
            </button>
        </Show>
        <span class="map-state" role="status">{words}</span>
    }
}

fn body(flow: Flow, store: Store, report: Report, tried: RwSignal<Option<Tried>>) -> impl IntoView {
    let Report { figures, gates, gates_sentence, open_units, layers, layers_sentence, clipping, advice, .. } = report;
    let figures: Vec<_> = figures.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }).collect();
    let sentence = Some(advice.sentence().to_owned()).filter(|sentence| !sentence.is_empty());
    let suggestions = if let Advice::Try(suggestions) = advice { suggestions } else { Vec::new() };
    let suggestions: Vec<_> = suggestions
        .into_iter()
        .map(|suggestion| {
            let title = suggestion.title;
            let settings = suggestion.settings;
            let apply = move |_| {
                let Some((_, before)) = untrack(|| flow.focused()) else { return };
                store.apply(settings.clone());
                tried.set(Some(Tried { title, before, settings: store.settings.get_untracked() }));
            };
            view! {
                <li>
                    <p><b>{title}"."</b> " " {suggestion.why}</p>
                    <button class="button" type="button" aria-label=format!("Try it: {title}") on:click=apply>"Try it"</button>
                </li>
            }
        })
        .collect();
    view! {
        <div class="report">
            <section>
                <h3 class="sub-head">"Figures"</h3>
                <dl class="report-figures">{figures}</dl>
            </section>
            <section>
                <h3 class="sub-head">"Gates"</h3>
                {three_columns("Gates", ["gate", "mean", "saturated"], gates)}
                <p>{gates_sentence}</p>
                <p>{open_units}</p>
            </section>
            {(!layers_sentence.is_empty()).then(|| view! {
                <section>
                    <h3 class="sub-head">"Layers"</h3>
                    {(!layers.is_empty()).then(|| three_columns("Layers", ["layer", "growth per step", "horizon"], layers))}
                    <p>{layers_sentence}</p>
                </section>
            })}
            <section class="report-try">
                <h3 class="sub-head">"What to try"</h3>
                <p class="tried" role="status">{move || tried_words(flow, tried)}</p>
                <ul>
                    {sentence.map(|sentence| view! { <li><p>{sentence}</p></li> })}
                    {suggestions}
                    <li><p><b>"Clipping."</b> " " {clipping}</p></li>
                </ul>
            </section>
        </div>
    }
}

fn three_columns(caption: &'static str, head: [&'static str; 3], rows: Vec<(String, String, String)>) -> impl IntoView {
    let rows: Vec<_> = rows.into_iter().map(|(a, b, c)| view! { <tr><th scope="row">{a}</th><td>{b}</td><td>{c}</td></tr> }).collect();
    view! {
        <table class="report-table">
            <caption class="visually-hidden">{caption}</caption>
            <thead><tr>{head.into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect_view()}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// What a suggestion did, as long as the page still shows it.
fn tried_words(flow: Flow, tried: RwSignal<Option<Tried>>) -> String {
    let Some(Tried { title, before, settings }) = tried.get() else { return String::new() };
    let level = flow.settings.with(|now| (*now == settings).then_some(now.horizon_level));
    let (Some(level), Some((_, after))) = (level, flow.focused()) else { return String::new() };
    if Arc::ptr_eq(&before, &after) || flow.remote.with(|remote| remote.behind) {
        return format!("{title}: being analysed…");
    }
    let [before, after] = [&before, &after].map(|analysis| Figures::of(&analysis.left, level));
    format!("{title}: left {} → {}, horizon {} → {}.", before.left, after.left, before.horizon, after.horizon)
}
