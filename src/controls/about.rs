//! What every control says about itself.

use leptos::prelude::*;

/// A control's name and what its help shows.
#[derive(Clone, Copy)]
pub struct About {
    /// The accessible name, unique on the page.
    pub name: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// MathML; empty where there is no formula.
    pub formula: &'static str,
    /// Why the control has no effect at present. It is disabled then, and the reason joins its help.
    pub idle: Signal<Option<String>>,
}

impl About {
    /// The id of the control's main element.
    pub fn id(&self) -> String {
        let slug: String = self.name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
        format!("control-{slug}")
    }

    /// Whether the control is disabled; tracked.
    pub fn is_idle(&self) -> bool {
        self.idle.with(Option::is_some)
    }
}
