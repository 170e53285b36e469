//! Settings that show something.

use super::Form;

/// One station of a lab's story.
pub struct Preset<S: 'static> {
    /// Its word in test names and element ids.
    pub id: &'static str,
    pub title: &'static str,
    /// What it shows, in a sentence or two.
    pub lesson: &'static str,
    /// Makes its settings.
    pub settings: fn() -> S,
}

impl<S: Form> Preset<S> {
    /// The preset's settings. What the user brought stays.
    pub fn over(&self, current: &S) -> S {
        self.settings().with_brought(current)
    }

    /// The preset's settings.
    pub fn settings(&self) -> S {
        (self.settings)()
    }

    /// Whether the page shows this preset.
    pub fn is(&self, current: &S) -> bool {
        self.over(current) == *current
    }
}
