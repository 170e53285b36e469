//! What the lab's views share: settings, what was found for them, and the worker that finds it.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;

use super::compute::message::{Afar, Numbers, OfView, Order, Told};
use super::compute::reach::{Found, Square};
use super::models::Place;
use super::settings::{LineageSettings, Route, View};
use super::store::LineageStore;
use crate::charts::Theme;
use crate::jobs::hand::Failure;
use crate::jobs::host::Host;
use crate::jobs::lane::{Event, Lane};
use crate::shell::figure::Cursor;

/// Numbers with the settings they are of.
pub type Of<T> = Option<(Arc<LineageSettings>, Arc<T>)>;

/// Handles to the lab's signals; cheap to copy.
#[derive(Clone, Copy)]
pub struct Lab {
    pub store: LineageStore,
    pub theme: Signal<Theme>,
    /// The curves of the overview.
    pub curves: RwSignal<Of<Vec<Found>>>,
    /// The matrices of the view, by model.
    pub matrices: RwSignal<BTreeMap<Place, Arc<Square>>>,
    /// What a view other than the overview shows.
    pub numbers: RwSignal<Of<Result<Numbers, String>>>,
    /// More is to come for the settings of now.
    pub busy: RwSignal<bool>,
    /// Why nothing is computed, as a sentence.
    pub nowhere: RwSignal<Option<String>>,
    /// The input step under the pointer, on all charts that have one.
    pub hovered: RwSignal<Option<f64>>,
    lane: StoredValue<Option<Rc<Lane<Afar>>>, LocalStorage>,
}

/// The settings that decide numbers; what only the view has is at its default.
fn decisive(settings: &LineageSettings) -> LineageSettings {
    let default = LineageSettings::default();
    let LineageSettings { relative, measure, layer, level, .. } = default;
    let mut of = LineageSettings { relative, measure, layer, level, route: Route::Total, ..settings.clone() };
    of.normalise();
    // Models are the overview's alone.
    if of.view != View::Reach {
        of.models = default.models;
    }
    of
}

impl Lab {
    /// Ends with the reactive owner it is called in.
    pub fn new(store: LineageStore, theme: Signal<Theme>) -> Self {
        let lab = Self {
            store,
            theme,
            curves: RwSignal::new(None),
            matrices: RwSignal::new(BTreeMap::new()),
            numbers: RwSignal::new(None),
            busy: RwSignal::new(true),
            nowhere: RwSignal::new(None),
            hovered: RwSignal::new(None),
            lane: StoredValue::new_local(None),
        };
        lab.lane.set_value(Some(Rc::new(Lane::new(move |event| lab.hear(event)))));
        let decisive = Memo::new(move |_| store.settings.with(decisive));
        Effect::new(move |before: Option<View>| {
            let (settings, view) = decisive.with(|settings| (settings.clone(), settings.view));
            if before.is_some_and(|before| before != view) {
                lab.matrices.update(BTreeMap::clear);
            }
            lab.ask(settings);
            view
        });
        lab
    }

    fn ask(&self, settings: LineageSettings) {
        let Some(lane) = self.lane.get_value() else { return };
        self.busy.set(true);
        let order = Order { settings };
        if let Err(failure) = lane.ask(order.clone()) {
            self.give_up(&lane, failure);
            // The stand-in says that there is nothing.
            lane.ask(order).ok();
        }
    }

    fn give_up(&self, lane: &Lane<Afar>, failure: Failure) {
        lane.move_here(Host::<Afar>::in_page);
        self.nowhere.set(Some(format!("{}, and this lab computes in one. Reload the page to try again.", failure.words())));
    }

    fn hear(&self, event: Event<Told>) {
        // The page may be going away.
        let Some(Some(lane)) = self.lane.try_get_value() else { return };
        let settings = self.store.settings.with_untracked(decisive);
        match event {
            Event::News { generation, news } if generation == lane.generation() => self.take(settings, news),
            Event::News { .. } => {}
            Event::Stopped { failure, again } => {
                if !again {
                    self.give_up(&lane, failure);
                }
                self.ask(settings);
            }
        }
    }

    fn take(&self, settings: LineageSettings, news: Told) {
        let of = Arc::new(settings);
        match news {
            Told::Curves { found, complete } => {
                let matrices = super::compute::reach::has_matrices(&of);
                self.matrices.update(|all| all.retain(|place, _| matrices && of.models.get(*place) == Some(&true)));
                self.curves.set(Some((of, Arc::new(found))));
                if complete && !matrices {
                    self.busy.set(false);
                }
            }
            Told::Matrix(place, square) => self.matrices.update(|all| drop(all.insert(place, Arc::new(square)))),
            Told::View(numbers) => {
                if !super::compute::reach::has_matrices(&of) {
                    self.matrices.update(BTreeMap::clear);
                }
                self.numbers.set(Some((of, Arc::new(*numbers))));
            }
            Told::Done | Told::Nowhere => self.busy.set(false),
        }
    }

    /// Reads the numbers of a view with the settings they are of, or gives the sentence that stands in their place; tracked.
    pub fn read<T: OfView, R>(&self, read: impl FnOnce(&T, &LineageSettings) -> R) -> Result<R, String> {
        let (settings, found) = self.numbers.get().ok_or_else(|| self.instead())?;
        let numbers = found.as_ref().as_ref().map_err(String::clone)?;
        // Those of the view before may still be there.
        T::of(numbers).map(|numbers| read(numbers, &settings)).ok_or_else(|| self.instead())
    }

    /// What stands in the place of numbers; tracked.
    pub fn instead(&self) -> String {
        self.nowhere.get().unwrap_or_else(|| "Computing…".to_owned())
    }

    /// The cursor of charts whose x axis has input steps.
    pub fn cursor(self) -> Cursor {
        let hover = move |at: Option<f64>| self.hover(at);
        Cursor { at: self.hovered.into(), hover: Callback::new(hover), ..Cursor::none() }
    }

    /// The cursor of charts whose x axis has lags.
    pub fn lag_cursor(self) -> Cursor {
        let newest = Memo::new(move |_| self.store.settings.with(LineageSettings::loss_step) as f64);
        let at = Signal::derive(move || self.hovered.get().map(|step| newest.get() - step).filter(|lag| *lag >= 0.0));
        let hover = move |lag: Option<f64>| self.hover(lag.map(|lag| newest.get_untracked() - lag));
        Cursor { at, hover: Callback::new(hover), ..Cursor::none() }
    }

    /// The cursor of charts on which a click puts the loss.
    pub fn loss_cursor(self) -> Cursor {
        let store = self.store;
        let put = move |step: f64| {
            store.settings.update(|settings| settings.back = settings.steps.saturating_sub(1 + step.max(0.0) as usize));
            store.commit();
        };
        Cursor { pin: Callback::new(put), ..self.cursor() }
    }

    fn hover(&self, step: Option<f64>) {
        if self.hovered.get_untracked() != step {
            self.hovered.set(step);
        }
    }
}
