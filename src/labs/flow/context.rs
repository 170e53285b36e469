//! What the panels of the Flow lab share: settings, analyses, one time cursor.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::{Analysis, Cell};

use super::compute::Analyses;
use super::pin::Pin;
use super::settings::Settings;
use super::store::Store;
use crate::charts::Theme;
use crate::shell::figure::Cursor;

/// How the workers stand with what is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RemoteState {
    /// What is shown is of earlier settings.
    pub behind: bool,
    /// The share of the critical part that is done, while a worker takes long over it.
    pub critical: Option<f64>,
    /// The share that is refined, while a worker is at it.
    pub refined: Option<f64>,
    /// The refinement was stopped, or waits to be asked for.
    pub stopped: bool,
    /// The user did not want to wait for the critical part.
    pub cancelled: bool,
    /// There are no workers, and the page would stop for long.
    pub beyond: bool,
}

/// What the user can do about an analysis that takes long, and about a refinement.
#[derive(Clone, Copy)]
pub struct Act {
    pub cancel: Callback<()>,
    pub take_up: Callback<()>,
    pub stop: Callback<()>,
    pub resume: Callback<()>,
}

/// Handles to the lab's shared signals; cheap to copy.
#[derive(Clone, Copy)]
pub struct Flow {
    /// The page's state and its ties to the address.
    pub store: Store,
    /// What the user has set.
    pub settings: RwSignal<Settings>,
    /// The analyses last computed; changed once a frame at most.
    pub analyses: RwSignal<Arc<Analyses>>,
    /// The settings that are compared with.
    pub pin: RwSignal<Option<Pin>>,
    /// Their analyses; none where nothing is pinned.
    pub ghost: RwSignal<Arc<Analyses>>,
    /// The state under the pointer.
    pub hovered: RwSignal<Option<usize>>,
    /// The state that was clicked or stepped to.
    pub pinned: RwSignal<Option<usize>>,
    /// How far the played backward pass has come, from T down to 0; `None` when it is not playing.
    pub wave: RwSignal<Option<f64>>,
    /// Light or dark.
    pub theme: Signal<Theme>,
    /// How the workers stand.
    pub remote: RwSignal<RemoteState>,
    /// Stops and resumes the refinement.
    pub act: StoredValue<Option<Act>>,
}

impl Flow {
    /// T of the live state.
    pub fn seq_len(&self) -> usize {
        self.analyses.with(|a| a.seq_len())
    }

    /// T of the time axis that the charts share: the longer of the live and the compared state.
    pub fn axis_len(&self) -> usize {
        self.seq_len().max(self.ghost.with(|a| a.seq_len()))
    }

    fn pointed(&self) -> Option<usize> {
        let wave = self.wave.get().map(|wave| wave.round().max(0.0) as usize);
        wave.or(self.hovered.get()).or(self.pinned.get())
    }

    /// The state the user points at: the wave's, else the hovered, else the pinned.
    pub fn marked(&self) -> Option<usize> {
        self.pointed().map(|k| k.min(self.seq_len()))
    }

    /// The state that the spectrum looks at: the marked one, else the middle.
    pub fn cursor(&self) -> usize {
        self.marked().unwrap_or(self.seq_len() / 2)
    }

    /// The cursor as charts take it.
    pub fn cursor_of_charts(self) -> Cursor {
        let state = |x: f64| x.round().max(0.0) as usize;
        Cursor {
            at: Signal::derive(move || self.pointed().map(|k| k.min(self.axis_len()) as f64)),
            hover: Callback::new(move |x: Option<f64>| self.hover(x.map(state))),
            pin: Callback::new(move |x| self.pin(state(x))),
        }
    }

    /// Points at a state, or at nothing.
    pub fn hover(&self, k: Option<usize>) {
        // Every pointer event calls this; only a change may wake the charts.
        if self.hovered.get_untracked() != k {
            self.hovered.set(k);
        }
    }

    /// Pins a state, or lets it go when it is pinned already.
    pub fn pin(&self, k: usize) {
        let k = k.min(untrack(|| self.seq_len()));
        let again = self.pinned.get_untracked() == Some(k);
        self.pinned.set((!again).then_some(k));
    }

    /// The cell that heatmaps and planes show.
    pub fn focus(&self) -> Cell {
        self.settings.with(|s| s.focus)
    }

    /// The analysis of the cell in focus.
    pub fn focused(&self) -> Option<(Cell, Arc<Analysis>)> {
        let focus = self.focus();
        self.analyses
            .with(|a| a.get(focus).map(|analysis| (focus, analysis.clone())).or_else(|| a.iter().next().map(|(c, a)| (c, a.clone()))))
    }
}
