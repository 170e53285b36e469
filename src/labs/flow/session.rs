//! One state of the lab and its analyses: the live state, or the pinned one.
//!
//! However many settings change, the critical part is computed at most once a frame, right before the charts are painted, and what it leaves out
//! follows in the rest of that frame and in spare ones. What is more than a frame can wait for is left to workers.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::ExperimentError;
use wasm_bindgen::JsValue;

use super::compute::{Analyses, Cache};
use super::context::{Act, Flow, RemoteState};
use super::later::Parts;
use super::settings::Settings;
use super::store::Store;
use super::words;
use crate::charts::frame;
use crate::form::Notice;
use crate::jobs::timing::{self, Span};
use crate::labs::flow::compute::job::Progress;
use crate::labs::flow::compute::remote::{Answer, Remote, Report};
use crate::shell::later::{Later, Part};

/// Where the critical part took less than this, the cell in focus is refined in the same frame: a small net is complete at once.
const QUICK_MILLISECONDS: f64 = 6.0;
/// The most that an analysis and its refinement take of a frame.
const FRAME_MILLISECONDS: f64 = 14.0;
/// The first picture may take longer: there is nothing on the page yet that could stutter.
const FIRST_MILLISECONDS: f64 = 150.0;
/// A spare frame's share: short enough for the next pointer event to find the page free.
const SPARE_MILLISECONDS: f64 = 10.0;

/// A handle to a session; cheap to copy. The session ends with the reactive owner that starts it.
#[derive(Clone, Copy)]
pub struct Session {
    flow: Flow,
    store: Store,
    cache: StoredValue<Cache, LocalStorage>,
    /// The settings that were computed last.
    last: StoredValue<Option<Settings>, LocalStorage>,
    runs: StoredValue<u32>,
    /// The live state's cache, which the pinned state takes over from; `None` for the live state itself.
    live: Option<StoredValue<Cache, LocalStorage>>,
}

/// Starts the sessions of the live state and of the pinned one.
pub fn start(flow: Flow, store: Store, later: Later<Parts>) {
    let live = Session::new(flow, store, None);
    flow.act.set_value(Some(live.act()));
    // The first paint is a real result.
    live.compute();
    // The pinned state goes before the live one in a frame: what is pinned of it has been computed.
    let pinned = Session::new(flow, store, Some(live.cache));
    pinned.compute();
    request_frames(move || flow.pin.track());
    request_frames(move || flow.settings.track());
    Effect::new(move |_| {
        let Part::Here(parts) = later.part() else { return };
        [pinned, live].iter().for_each(|session| session.cache.update_value(|cache| cache.refine_with(parts.refine)));
        frame::want_spare_frame();
    });
    for session in [pinned, live] {
        frame::before_paint(move || session.compute());
        frame::in_spare_frames(move || session.refine());
    }
}

/// Asks for a frame whenever what `track` reads changes.
fn request_frames(track: impl Fn() + 'static) {
    Effect::new(move |before: Option<()>| {
        track();
        if before.is_some() {
            frame::request();
        }
    });
}

impl Session {
    fn new(flow: Flow, store: Store, live: Option<StoredValue<Cache, LocalStorage>>) -> Self {
        let (cache, last) = (StoredValue::new_local(Cache::default()), StoredValue::new_local(None));
        let session = Self { flow, store, cache, last, runs: StoredValue::new(0), live };
        cache.set_value(Cache::with_workers(Remote::new(move |report| session.hear(report))));
        session
    }

    fn is_live(&self) -> bool {
        self.live.is_none()
    }

    /// The settings of now; `None` where nothing is pinned.
    fn settings(&self) -> Option<Settings> {
        if self.is_live() {
            Some(self.flow.settings.get_untracked())
        } else {
            self.flow.pin.with_untracked(|pin| pin.as_ref().map(|pin| pin.settings.clone()))
        }
    }

    /// Brings the analyses up to date with the settings, as far as a frame can wait for it.
    fn compute(&self) {
        let settings = self.settings();
        if self.last.with_value(|last| *last == settings) {
            return;
        }
        match &settings {
            Some(settings) => self.analyse(settings),
            None => self.put(Analyses::default()),
        }
        self.last.set_value(settings);
    }

    fn analyse(&self, settings: &Settings) {
        let count = self.count_run();
        let span = timing::start();
        let result = self.cache.try_update_value(|cache| {
            if let Some(live) = self.live {
                // They change with the pin only, so the live state pays nothing for them.
                live.with_value(|live| cache.adopt(settings, live));
            }
            let critical = timing::start();
            cache.analyses(settings)?;
            if !cache.is_behind(settings) {
                self.measure(&critical, "unroll:critical", count, settings);
            }
            if !self.is_live() {
                // The frame is the live state's.
            } else if count == 1 {
                cache.refine(settings, || span.elapsed() < FIRST_MILLISECONDS);
            } else if span.elapsed() < QUICK_MILLISECONDS {
                cache.refine_cell(settings.focus, || span.elapsed() < FRAME_MILLISECONDS);
            }
            Ok::<_, ExperimentError>((cache.is_behind(settings), cache.has_work(settings)))
        });
        match result {
            Some(Ok((behind, has_work))) => {
                if !behind {
                    self.measure(&span, "unroll:analysis", count, settings);
                }
                self.show(settings);
                if has_work {
                    frame::want_spare_frame();
                }
                if !behind {
                    self.count_generation();
                }
            }
            Some(Err(error)) if self.is_live() => self.store.notify(Notice::warning(error.to_string())),
            Some(Err(error)) => self.store.notify(Notice::warning(format!("The pinned state cannot be computed. {error}"))),
            None => {}
        }
    }

    /// Refines in a spare frame; whether there is more to do.
    fn refine(&self) -> bool {
        let Some(settings) = self.settings() else { return false };
        let span = timing::start();
        let more = self.cache.try_update_value(|cache| cache.refine(&settings, || span.elapsed() < SPARE_MILLISECONDS));
        self.show(&settings);
        more.unwrap_or(false)
    }

    /// Shows what there is.
    fn show(&self, settings: &Settings) {
        let found = self.cache.try_update_value(|cache| {
            let analyses = cache.analyses(settings)?;
            let (waits, behind) = (cache.waits(settings), cache.is_behind(settings));
            let (rests, cancelled, beyond) = (cache.rests(settings), cache.is_cancelled(settings), cache.is_beyond_the_page(settings));
            let remote = RemoteState { behind, stopped: !waits && rests, cancelled, beyond, ..RemoteState::default() };
            Ok::<_, ExperimentError>((analyses, remote, waits))
        });
        // What is refused was said when it was computed.
        let Some(Ok((analyses, remote, waits))) = found else { return };
        if !self.is_live() {
            // What a worker still has to compute is not shown as what was pinned before it.
            return self.put(if remote.behind { Analyses::default() } else { analyses });
        }
        let before = self.flow.remote.get_untracked();
        let remote =
            RemoteState { refined: before.refined.filter(|_| waits), critical: before.critical.filter(|_| remote.behind), ..remote };
        if remote != before {
            self.flow.remote.set(remote);
        }
        self.put(analyses);
    }

    /// The same analyses under other settings (another focus, another horizon level) leave the charts alone.
    fn put(&self, analyses: Analyses) {
        let shown = if self.is_live() { self.flow.analyses } else { self.flow.ghost };
        if shown.with_untracked(|shown| !shown.same(&analyses)) {
            shown.set(Arc::new(analyses));
        }
    }

    /// The frame's hook computes anew.
    fn again(&self) {
        self.last.set_value(None);
        frame::request();
    }

    fn hear(&self, report: Report) {
        match report {
            Report::Answer(answer) => self.take(&answer),
            Report::Stopped(cell) => {
                self.cache.update_value(|cache| cache.forget(cell));
                self.again();
            }
            Report::Failed(what) => {
                // The live state speaks for both.
                if self.is_live() {
                    let sentence = "large analyses are computed on the page's own thread, which makes dragging slower.";
                    self.store.notify(Notice::info(format!("{what}; {sentence}")));
                }
                // The frame's hook computes what the workers had under way.
                self.cache.update_value(Cache::lose_workers);
                self.again();
            }
        }
    }

    fn take(&self, answer: &Answer) {
        let Some(settings) = self.settings() else { return };
        let Progress { milliseconds, critical, refined, .. } = answer.progress;
        let span = timing::start();
        let taken = self.cache.try_update_value(|cache| (cache.is_newest(answer), cache.take(answer)));
        let Some((newest, new)) = taken else { return };
        if newest && self.is_live() {
            self.flow.remote.update(|remote| {
                remote.critical = (critical < 1.0).then_some(critical);
                remote.refined = (critical == 1.0).then_some(refined);
            });
        }
        if !new {
            return;
        }
        if self.is_live() {
            let detail = detail(&settings, words::cell_name(answer.cell));
            if refined == 0.0 {
                let count = self.count_run();
                Span::that_took(milliseconds).end("unroll:critical", count, &detail);
                Span::that_took(milliseconds + span.elapsed()).end("unroll:analysis", count, &detail);
            } else {
                Span::that_took(milliseconds).end("unroll:complete", self.runs.get_value(), &detail);
            }
        }
        self.show(&settings);
        self.count_generation();
    }

    /// What the user can do about an analysis that takes long.
    fn act(self) -> Act {
        let remote = move |change: &dyn Fn(&mut RemoteState)| self.flow.remote.update(change);
        Act {
            cancel: Callback::new(move |()| {
                let Some(settings) = self.settings() else { return };
                self.cache.update_value(|cache| cache.cancel(&settings));
                remote(&|remote| remote.critical = None);
                self.show(&settings);
            }),
            take_up: Callback::new(move |()| {
                self.cache.update_value(Cache::take_up);
                self.again();
            }),
            stop: Callback::new(move |()| {
                let Some(settings) = self.settings() else { return };
                self.cache.update_value(|cache| cache.stop_refining(&settings));
                remote(&|remote| *remote = RemoteState { stopped: true, refined: None, ..*remote });
            }),
            resume: Callback::new(move |()| {
                self.cache.update_value(Cache::resume);
                remote(&|remote| *remote = RemoteState { stopped: false, refined: None, ..*remote });
                self.again();
                frame::want_spare_frame();
            }),
        }
    }

    fn count_run(&self) -> u32 {
        self.runs.update_value(|runs| *runs += 1);
        self.runs.get_value()
    }

    /// A User Timing measure of the live state.
    fn measure(&self, span: &Span, name: &str, count: u32, settings: &Settings) {
        if self.is_live() {
            let cells: Vec<&str> = settings.shown_cells().map(words::cell_name).collect();
            span.end(name, count, &detail(settings, &cells.join(",")));
        }
    }

    /// Journeys wait for this number instead of sleeping.
    fn count_generation(&self) {
        let root = web_sys::window().and_then(|w| w.document()).and_then(|d| d.document_element());
        let Some(root) = root.filter(|_| self.is_live()) else { return };
        let next = root.get_attribute("data-generation").and_then(|g| g.parse::<u64>().ok()).unwrap_or(0) + 1;
        let _ = root.set_attribute("data-generation", &next.to_string());
    }
}

fn detail(settings: &Settings, cells: &str) -> [(&'static str, JsValue); 3] {
    [
        ("n", JsValue::from(settings.experiment(settings.focus).effective_hidden_size() as f64)),
        ("T", JsValue::from(settings.effective_seq_len() as f64)),
        ("cell", JsValue::from(cells)),
    ]
}
