//! What the panels of the Flow lab share: settings, analyses, one time cursor.

use std::sync::Arc;

use leptos::prelude::*;
use unroll_engine::{Analysis, Cell};

use crate::charts::Theme;
use crate::compute::Analyses;
use crate::state::settings::Settings;

/// Handles to the lab's shared signals; cheap to copy.
#[derive(Clone, Copy)]
pub struct Flow {
    /// What the user has set.
    pub settings: RwSignal<Settings>,
    /// The analyses last computed; changed once a frame at most.
    pub analyses: RwSignal<Arc<Analyses>>,
    /// The state under the pointer.
    pub hovered: RwSignal<Option<usize>>,
    /// The state that was clicked or stepped to.
    pub pinned: RwSignal<Option<usize>>,
    /// How far the played backward pass has come, from T down to 0; `None` when it is not playing.
    pub wave: RwSignal<Option<f64>>,
    /// Light or dark.
    pub theme: Signal<Theme>,
}

impl Flow {
    /// T of the shared time axis.
    pub fn seq_len(&self) -> usize {
        self.analyses.with(|a| a.seq_len())
    }

    /// The state all charts look at: the wave's, else the hovered, else the pinned, else the middle.
    pub fn cursor(&self) -> usize {
        let last = self.seq_len();
        self.marked().unwrap_or(last / 2).min(last)
    }

    /// The same, or nothing where the user points at nothing.
    pub fn marked(&self) -> Option<usize> {
        self.wave.get().map(|w| w.round().max(0.0) as usize).or(self.hovered.get()).or(self.pinned.get()).map(|k| k.min(self.seq_len()))
    }

    /// The cell that heatmaps and planes show.
    pub fn focus(&self) -> Cell {
        self.settings.with(|s| s.focus)
    }

    /// The analysis of the cell in focus.
    pub fn focused(&self) -> Option<(Cell, Arc<Analysis>)> {
        let focus = self.focus();
        self.analyses.with(|a| a.get(focus).map(|analysis| (focus, analysis.clone())).or_else(|| a.iter().next().map(|(c, a)| (c, a.clone()))))
    }
}
