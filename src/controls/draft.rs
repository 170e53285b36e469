//! Text that is being typed into a field and is not, or not only, the value yet.

use leptos::prelude::*;

/// What stands in the field, the value that the control reported last because of it, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Draft<T> {
    pub text: String,
    /// The value before the typing began.
    pub start: T,
    /// The value that this draft left behind. When the setting has moved on, by undo or a preset, the draft is stale.
    pub sent: T,
    pub message: Option<String>,
}

/// The draft, unless the value has moved on without it; tracked.
pub fn current<T>(draft: RwSignal<Option<Draft<T>>>, value: Signal<T>) -> Option<Draft<T>>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    draft.get().filter(|draft| value.with(|value| draft.sent == *value))
}
