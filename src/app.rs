//! Which page a path leads to. It is the only place that knows the code of every lab.

use leptos::prelude::*;

use crate::browser::history;
use crate::labs::{flow, train};
use crate::shell::labs::{of_route, TRAIN};

/// The whole page: the lab that the path names.
#[component]
pub fn App() -> impl IntoView {
    match of_route(&history::route()).route {
        route if route == TRAIN.route => train::page(),
        _ => flow::page(),
    }
}
