//! Flow: one forward and one backward pass, taken apart.

mod advice;
mod brought;
mod claims;
mod context;
mod contribution_model;
mod embed;
pub mod embedding;
mod export;
mod export_model;
mod gates_model;
mod ghost;
mod ghost_model;
mod gradient_model;
pub mod import;
mod import_dialog;
mod import_model;
mod import_sequence;
mod jacobian_model;
mod keys;
pub mod link;
pub mod nets;
mod panels;
mod phase;
mod phase_paint;
pub mod pin;
mod player;
mod pooled;
pub mod presets;
mod rail;
mod recent;
pub mod recent_work;
mod report;
mod report_model;
mod river;
mod river_geometry;
mod river_paint;
pub mod rows;
mod seeds;
pub mod settings;
mod size;
mod spectrum_model;
pub mod store;
mod tour;
mod verdict;
mod weights;
mod weights_model;
mod weights_tools;
mod words;

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::charts::frame::{self, Painter};
use crate::charts::Theme;
use crate::compute::remote::{Remote, Report};
use crate::compute::request::Answer;
use crate::compute::{timing, Analyses, Cache};
use crate::form::{Notice, NoticeList};
pub use embed::EmbedLab;
use settings::Settings;
use store::Store;

use context::{Act, Flow, RemoteState};
use ghost::GhostBar;
use import::{ImportHost, Importer};
use panels::{ContributionPanel, GatesPanel, GradientPanel, JacobianPanel, SpectrumPanel};
use phase::PhasePanel;
use rail::Rail;
use report::ReportPanel;
use river::River;
use size::SizeBanner;
use tour::Tour;
use verdict::VerdictStrip;
use weights::WeightsPanel;

/// The lab.
#[component]
pub fn FlowLab(store: Store, theme: Signal<Theme>, tour: RwSignal<bool>, importer: Importer) -> impl IntoView {
    let flow = start(store, theme);
    let sheet = RwSignal::new(false);
    // A large net from a link is still being analysed, or was cancelled: charts of nothing would be read as zero.
    let nothing = move || flow.analyses.with(|analyses| analyses.iter().next().is_none());
    let toggle_sheet = move |_| sheet.update(|open| *open = !*open);
    view! {
        <Tour open=tour controls=sheet/>
        <div class="lab">
            <Rail flow=flow store=store importer=importer open=sheet/>
            <main class="stage" id="stage" class:sheet-open=move || sheet.get() class:without-analysis=nothing>
                <ImportHost importer=importer/>
                <NoticeList notices=store.notices on_dismiss=move |notice| store.dismiss(&notice)/>
                <SizeBanner flow=flow/>
                <VerdictStrip flow=flow/>
                <GhostBar flow=flow store=store/>
                <River flow=flow/>
                <div class="panels">
                    <GradientPanel flow=flow store=store/>
                    <JacobianPanel flow=flow/>
                    <GatesPanel flow=flow/>
                    <WeightsPanel flow=flow store=store/>
                    <SpectrumPanel flow=flow/>
                    <ContributionPanel flow=flow/>
                    <PhasePanel flow=flow store=store/>
                    <ReportPanel flow=flow store=store/>
                </div>
            </main>
            <button class="rail-toggle" type="button" aria-expanded=move || sheet.get().to_string() aria-controls="rail" on:click=toggle_sheet>
                {move || if sheet.get() { "Close controls" } else { "Controls" }}
            </button>
        </div>
    }
}

/// The lab's signals, its computations and its keys; all end with the reactive owner.
fn start(store: Store, theme: Signal<Theme>) -> Flow {
    let flow = Flow {
        settings: store.settings,
        analyses: RwSignal::new(Arc::new(Analyses::default())),
        pin: store.pin,
        ghost: RwSignal::new(Arc::new(Analyses::default())),
        hovered: RwSignal::new(None),
        pinned: store.pinned,
        wave: RwSignal::new(None),
        theme,
        remote: RwSignal::new(RemoteState::default()),
        act: StoredValue::new(None),
    };
    compute_once_a_frame(flow, store);
    keys::listen(flow, store);
    flow
}

/// Where the critical part took less than this, the cell in focus is refined in the same frame: a small net is complete at once.
const QUICK_MILLISECONDS: f64 = 6.0;
/// The most that an analysis and its refinement take of a frame.
const FRAME_MILLISECONDS: f64 = 14.0;
/// The first picture may take longer: there is nothing on the page yet that could stutter.
const FIRST_MILLISECONDS: f64 = 150.0;
/// A spare frame's share: short enough for the next pointer event to find the page free.
const SPARE_MILLISECONDS: f64 = 10.0;

/// The heavy step: however many settings change, the critical part is computed at most once a frame, right before the charts are painted,
/// and what it leaves out follows in the rest of that frame and in spare ones. What is more than a frame can wait for is left to workers.
fn compute_once_a_frame(flow: Flow, store: Store) {
    let cache = StoredValue::new_local(Cache::default());
    let last = StoredValue::new_local(None::<Settings>);
    let runs = StoredValue::new(0_u32);
    let settings = move || flow.settings.get_untracked();
    // Shows what there is.
    let show = move |settings: &Settings, analyses: Analyses| {
        let (waits, behind) = cache.with_value(|cache| (cache.waits(settings), cache.is_behind(settings)));
        let (rests, cancelled, beyond) =
            cache.with_value(|cache| (cache.rests(settings), cache.is_cancelled(settings), cache.is_beyond_the_page(settings)));
        let before = flow.remote.get_untracked();
        let refined = before.refined.filter(|_| waits);
        let critical = before.critical.filter(|_| behind);
        let remote = RemoteState { behind, critical, refined, stopped: !waits && rests, cancelled, beyond };
        if remote != before {
            flow.remote.set(remote);
        }
        // The same analyses under other settings (another focus, another horizon level) leave the charts alone.
        if flow.analyses.with_untracked(|shown| !shown.same(&analyses)) {
            flow.analyses.set(Arc::new(analyses));
        }
    };
    let compute = move || {
        let settings = settings();
        if last.with_value(|last| last.as_ref() == Some(&settings)) {
            return;
        }
        let count = runs.get_value() + 1;
        runs.set_value(count);
        let span = timing::start();
        let result = cache.try_update_value(|cache| {
            let critical = timing::start();
            cache.analyses(&settings)?;
            if !cache.is_behind(&settings) {
                critical.end("unroll:critical", count, &describe(&settings));
            }
            if count == 1 {
                cache.refine(&settings, || span.elapsed() < FIRST_MILLISECONDS);
            } else if span.elapsed() < QUICK_MILLISECONDS {
                cache.refine_cell(settings.focus, || span.elapsed() < FRAME_MILLISECONDS);
            }
            let behind = cache.is_behind(&settings);
            cache.analyses(&settings).map(|analyses| (analyses, behind))
        });
        match result {
            Some(Ok((analyses, behind))) => {
                if !behind {
                    span.end("unroll:analysis", count, &describe(&settings));
                }
                show(&settings, analyses);
                if cache.with_value(|cache| cache.has_work(&settings)) {
                    frame::want_spare_frame();
                }
                if !behind {
                    count_generation();
                }
            }
            Some(Err(error)) => store.notify(Notice::warning(error.to_string())),
            None => {}
        }
        last.set_value(Some(settings));
    };
    let refine = move || {
        let settings = settings();
        let span = timing::start();
        let refined = cache.try_update_value(|cache| {
            let more = cache.refine(&settings, || span.elapsed() < SPARE_MILLISECONDS);
            (more, cache.analyses(&settings).ok())
        });
        let Some((more, analyses)) = refined else { return false };
        if let Some(analyses) = analyses {
            show(&settings, analyses);
        }
        more
    };
    let take = move |answer: Answer| {
        let settings = settings();
        let span = timing::start();
        let Some((new, newest)) = cache.try_update_value(|cache| {
            let newest = cache.is_newest(&answer);
            (cache.take(&answer), newest)
        }) else {
            return;
        };
        if newest {
            flow.remote.update(|remote| {
                remote.critical = (answer.critical < 1.0).then_some(answer.critical);
                remote.refined = (answer.critical == 1.0).then_some(answer.refined);
            });
        }
        if !new {
            return;
        }
        let detail = detail(&settings, words::cell_name(answer.cell));
        if answer.refined == 0.0 {
            let count = runs.get_value() + 1;
            runs.set_value(count);
            timing::Span::that_took(answer.milliseconds).end("unroll:critical", count, &detail);
            timing::Span::that_took(answer.milliseconds + span.elapsed()).end("unroll:analysis", count, &detail);
        } else {
            timing::Span::that_took(answer.milliseconds).end("unroll:complete", runs.get_value(), &detail);
        }
        if let Some(Ok(analyses)) = cache.try_update_value(|cache| cache.analyses(&settings)) {
            show(&settings, analyses);
            count_generation();
        }
    };
    let again = Painter::register(|| {}, None);
    let lose = move |what: &str| {
        store.notify(Notice::info(format!("{what}; large analyses are computed on the page's own thread, which makes dragging slower.")));
        // The frame's hook computes what the workers had under way.
        cache.update_value(Cache::lose_workers);
        last.set_value(None);
        again.mark_dirty();
    };
    cache.set_value(Cache::with_workers(Remote::new(move |report| match report {
        Report::Answer(answer) => take(answer),
        Report::Failed(what) => lose(what),
    })));
    flow.act.set_value(Some(Act {
        cancel: Callback::new(move |()| {
            let settings = settings();
            cache.update_value(|cache| cache.cancel(&settings));
            flow.remote.update(|remote| remote.critical = None);
            if let Some(Ok(analyses)) = cache.try_update_value(|cache| cache.analyses(&settings)) {
                show(&settings, analyses);
            }
        }),
        take_up: Callback::new(move |()| {
            cache.update_value(Cache::take_up);
            last.set_value(None);
            again.mark_dirty();
        }),
        stop: Callback::new(move |()| {
            cache.update_value(|cache| cache.stop_refining(&settings()));
            flow.remote.update(|remote| *remote = RemoteState { stopped: true, refined: None, ..*remote });
        }),
        resume: Callback::new(move |()| {
            cache.update_value(Cache::resume);
            flow.remote.update(|remote| *remote = RemoteState { stopped: false, refined: None, ..*remote });
            last.set_value(None);
            again.mark_dirty();
            frame::want_spare_frame();
        }),
    }));
    // The first paint is a real result.
    compute();
    // Before the live state goes on in the same frame: what is pinned of it has been computed.
    ghost::compute_when_pinned(flow, store, cache);
    // Nothing to paint by itself: it only asks for the frame in which the hook runs.
    watch_settings(flow);
    frame::before_paint(compute);
    frame::in_spare_frames(refine);
}

/// The detail of the User Timing measures.
fn describe(settings: &Settings) -> [(&'static str, JsValue); 3] {
    let cells: Vec<&str> = settings.shown_cells().map(words::cell_name).collect();
    detail(settings, &cells.join(","))
}

fn detail(settings: &Settings, cells: &str) -> [(&'static str, JsValue); 3] {
    [
        ("n", JsValue::from(settings.experiment(settings.focus).effective_hidden_size() as f64)),
        ("T", JsValue::from(settings.effective_seq_len() as f64)),
        ("cell", JsValue::from(cells)),
    ]
}

/// Asks for a frame whenever a setting changes.
fn watch_settings(flow: Flow) {
    let painter = Painter::register(|| {}, None);
    Effect::new(move |before: Option<()>| {
        flow.settings.track();
        if before.is_some() {
            painter.mark_dirty();
        }
    });
}

/// Journeys wait for this number instead of sleeping.
fn count_generation() {
    let Some(root) = web_sys::window().and_then(|w| w.document()).and_then(|d| d.document_element()) else { return };
    let next = root.get_attribute("data-generation").and_then(|g| g.parse::<u64>().ok()).unwrap_or(0) + 1;
    let _ = root.set_attribute("data-generation", &next.to_string());
}
