//! What of the lab comes after its first screen. Nothing else in the page may name what is in here, or it stays in the page's module.

use super::context::Lab;
use super::list;
use crate::shell::outputs::bring_outputs;
use crate::shell::panel::Views;

/// All of it.
#[derive(Clone, Copy)]
pub struct Parts {
    /// The panels below the first screen.
    pub(super) panels: Views<Lab>,
}

impl Parts {
    /// To be called in what is split off: it names all of it.
    pub fn all() -> Self {
        bring_outputs();
        Self { panels: list::later }
    }
}
