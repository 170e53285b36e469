//! What the parts of the weights panel share: the block, what is selected of it, and how it is changed.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use leptos::reactive::graph::untrack;
use unroll_engine::{Experiment, Parameter, Weights};

use super::matrix;
use super::model::{self as model, Block};
use crate::charts::frame::Painter;
use crate::charts::watch::Watch;
use crate::charts::weight_grid_geometry::Place;
use crate::charts::WeightGridEvents;
use crate::form::Notice;
use crate::labs::flow::context::Flow;
use crate::labs::flow::store::Store;

/// Handles to what the parts of the panel share; cheap to copy.
#[derive(Clone, Copy)]
pub struct Editor {
    pub flow: Flow,
    pub store: Store,
    pub parameter: RwSignal<Parameter>,
    pub gate: RwSignal<usize>,
    /// As it was selected; [`Editor::place`] is within the block.
    selected: RwSignal<Option<Place>>,
    pub pointed: RwSignal<Option<Place>>,
    /// The block as it is shown; changed once a frame at most. `None` while the settings are no experiment.
    pub shown: RwSignal<Option<Arc<Block>>>,
    /// What is being typed in place of the selected weight.
    pub draft: RwSignal<Option<String>>,
    pub field: NodeRef<html::Input>,
    /// The panel, to move the focus within it.
    pub body: NodeRef<html::Div>,
    /// The weights before edits, and what they are of.
    base: StoredValue<Option<(Experiment, Arc<Weights>)>>,
}

impl Editor {
    pub fn new(flow: Flow, store: Store) -> Self {
        let editor = Self {
            flow,
            store,
            parameter: RwSignal::new(Parameter::WeightHh),
            gate: RwSignal::new(0),
            selected: RwSignal::new(None),
            pointed: RwSignal::new(None),
            shown: RwSignal::new(None),
            draft: RwSignal::new(None),
            field: NodeRef::new(),
            body: NodeRef::new(),
            base: StoredValue::new(None),
        };
        editor.shown.set(editor.block().map(Arc::new));
        editor
    }

    /// The block as the settings have it now, ahead of the frame that shows it; tracked. Weights are drawn only when something they depend
    /// on has changed.
    fn read(&self) -> Option<Block> {
        let (parameter, gate) = (self.parameter.get(), self.gate.get());
        self.flow.settings.with(|settings| {
            let experiment = model::unedited(settings);
            let known = self.base.with_value(|base| base.as_ref().filter(|(of, _)| *of == experiment).map(|(_, weights)| weights.clone()));
            let base = known.or_else(|| {
                let weights = Arc::new(experiment.weights().ok()?);
                self.base.set_value(Some((experiment, weights.clone())));
                Some(weights)
            })?;
            Some(Block::new(settings, base, parameter, gate))
        })
    }

    /// As [`Editor::read`], not tracked: for events.
    pub fn block(&self) -> Option<Block> {
        untrack(|| self.read())
    }

    /// The selected cell, within the block that is shown; tracked.
    pub fn place(&self) -> Option<Place> {
        let selected = self.selected.get()?;
        self.shown.with(|block| block.as_ref().map(|block| block.clamp(selected)))
    }

    /// Selects a cell.
    pub fn select(&self, place: Place) {
        self.draft.set(None);
        self.selected.set(Some(place));
    }

    /// The selected weight becomes what `new` makes of it. The gesture goes on until the store's commit.
    pub fn set(&self, new: impl FnOnce(f64) -> f64) {
        let (Some(block), Some(place)) = (self.block(), self.selected.get_untracked()) else { return };
        let place = block.clamp(place);
        let value = new(block.value(place));
        self.draft.set(None);
        self.store.settings.update(|settings| model::put(settings, &block.base, block.parameter, [(block.index(place), value)]));
    }

    /// Takes the edits of some weights back, as one step.
    pub fn take_back(&self, indices: impl FnOnce(&Block) -> Vec<usize>) {
        let Some(block) = self.block() else { return };
        self.draft.set(None);
        self.store.settings.update(|settings| model::take_back(settings, &block.base, block.parameter, &indices(&block)));
        self.store.commit();
    }

    /// Takes the edit of the selected weight back.
    pub fn reset(&self) {
        let place = self.selected.get_untracked();
        self.take_back(|block| place.map(|place| block.index(block.clamp(place))).into_iter().collect());
    }

    /// Takes a pasted matrix over the block, as one step; a notice says what does not fit. What is pasted into a field is the field's.
    pub fn paste(self, event: &web_sys::ClipboardEvent) {
        use wasm_bindgen::JsCast;
        let in_field = event.target().is_some_and(|target| target.dyn_ref::<web_sys::HtmlInputElement>().is_some());
        let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
        let (false, Some(block)) = (in_field || text.trim().is_empty(), self.block()) else { return };
        event.prevent_default();
        // The page's own listener takes pasted text for a file.
        event.stop_propagation();
        let selected = self.selected.get_untracked().map(|place| block.clamp(place));
        match matrix::parse_matrix(&text).and_then(|rows| matrix::placed(&block, &rows, selected)) {
            Ok(changes) => {
                self.draft.set(None);
                self.store.settings.update(|settings| model::put(settings, &block.base, block.parameter, changes));
                self.store.commit();
            }
            Err(sentence) => self.store.notify(Notice::warning(sentence)),
        }
    }

    /// Copies the block, unless text is selected.
    pub fn copy(self, event: &web_sys::ClipboardEvent) {
        use wasm_bindgen::JsCast;
        let on_grid = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|at| {
            // A selector that is sound cannot fail.
            at.closest(".weight-grid").ok().flatten().is_some()
        });
        let (true, Some(block), Some(data)) = (on_grid, self.block(), event.clipboard_data()) else { return };
        if data.set_data("text/plain", &matrix::as_text(&block)).is_ok() {
            event.prevent_default();
        }
    }

    /// Puts the keyboard's focus back on the grid.
    pub fn focus_grid(&self) {
        use wasm_bindgen::JsCast;
        let grid = self.body.get_untracked().and_then(|body| body.query_selector(".weight-grid").ok().flatten());
        if let Some(grid) = grid.and_then(|grid| grid.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Fails only for an element that has left the page.
            grid.focus().ok();
        }
    }

    pub fn events(self) -> WeightGridEvents {
        WeightGridEvents {
            select: Callback::new(move |place| self.select(place)),
            point: Callback::new(move |place| {
                if self.pointed.get_untracked() != place {
                    self.pointed.set(place);
                }
            }),
            change: Callback::new(move |by| self.set(|value| model::stepped(value, by))),
            end: Callback::new(move |()| self.store.commit()),
            type_number: Callback::new(move |text: String| {
                let Some(field) = self.field.get_untracked() else { return };
                if !text.is_empty() {
                    field.set_value(&text);
                    self.draft.set(Some(text.clone()));
                }
                field.focus().ok();
                if text.is_empty() {
                    field.select();
                }
            }),
            reset: Callback::new(move |()| self.reset()),
        }
    }

    /// Shows the block in the frame after a change, before the grid is painted.
    pub fn follow(self) {
        Effect::new(move |_| {
            let Some(body) = self.body.get() else { return };
            let watch = Watch::new();
            let tracked = watch.clone();
            let painter = Painter::register(
                move || {
                    let block = tracked.track(|| self.read());
                    if self.shown.with_untracked(|shown| shown.as_deref() != block.as_ref()) {
                        self.shown.set(block.map(Arc::new));
                    }
                },
                Some(body.into()),
            );
            watch.notify(painter);
            painter.mark_dirty();
        });
    }
}
