//! The panels of the lab, in the order of its page.

use leptos::prelude::*;

use super::context::Lab;
use super::panels::back::view::{LagPanel, WaterfallPanel};
use super::panels::curves::view::{GradientPanel, LossPanel};
use super::panels::cut::view::CutPanel;
use super::panels::net::view::{GatesPanel, SpectrumPanel};
use crate::labs::train::panels::checkpoints::view::KeptPanel;
use crate::labs::train::panels::cliff::view::CliffPanel;
use crate::labs::train::panels::examples::view::ExamplesPanel;
use crate::labs::train::panels::run::view::RunBar;
use crate::labs::train::panels::runs::view::Strip;
use crate::shell::panel::{half, later_half, later_wide, wide, Entry, View};

/// All of them.
pub const PANELS: [Entry<Lab>; 12] = [
    wide("run", "Run", "", |of, lab| view! { <RunBar of lab/> }.into_any()).embeds(260),
    wide("runs", "Runs", "Runs", |of, lab| view! { <Strip of lab/> }.into_any()).embeds(360),
    half("loss", "Loss", "Loss", |of, lab| view! { <LossPanel of lab/> }.into_any()).embeds(420),
    half("gradient", "Gradient norm", "Gradient", |of, lab| view! { <GradientPanel of lab/> }.into_any()).embeds(420),
    half("waterfall", "The gradient’s way back", "Way back", |of, lab| view! { <WaterfallPanel of lab/> }.into_any()).embeds(420).behind(),
    half("lags", "Where the weight gradient comes from", "Lags", |of, lab| view! { <LagPanel of lab/> }.into_any()).embeds(420).behind(),
    later_half("spectrum", "Recurrent weights", "Weights", 420).embeds(420).behind(),
    later_half("gates", "Gates that keep the state", "Gates", 420).embeds(420).behind(),
    later_half("cut", "What truncation throws away", "Truncation", 420).embeds(420).behind(),
    later_half("checkpoints", "Checkpoints", "Checkpoints", 420),
    later_wide("examples", "Examples", "Examples", 520).behind(),
    later_wide("cliff", "The loss cliff of one unit", "Cliff", 620).embeds(800).behind(),
];

/// Those that come later.
pub fn later(id: &str) -> Option<View<Lab>> {
    let view: View<Lab> = match id {
        "spectrum" => |of, lab| view! { <SpectrumPanel of lab/> }.into_any(),
        "gates" => |of, lab| view! { <GatesPanel of lab/> }.into_any(),
        "cut" => |of, lab| view! { <CutPanel of lab/> }.into_any(),
        "checkpoints" => |of, lab| view! { <KeptPanel of lab/> }.into_any(),
        "examples" => |of, lab| view! { <ExamplesPanel of lab/> }.into_any(),
        "cliff" => |of, lab| view! { <CliffPanel of lab/> }.into_any(),
        _ => return None,
    };
    Some(view)
}

/// What an embed shows that names none.
pub const UNNAMED: &[&str] = &["run", "runs", "loss"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::train::settings::TrainSettings;
    use crate::shell::panel::tests::{agrees_with_documentation, agrees_with_journeys, names_are_unique, views_are_there};

    #[test]
    fn the_documentation_of_embeds_and_the_journeys_have_this_list() {
        names_are_unique(&PANELS);
        views_are_there(&PANELS, later);
        agrees_with_journeys("TRAIN_PANELS", include_str!("../../../e2e/pages/train.ts"), &PANELS);
        agrees_with_documentation::<_, TrainSettings>("## Panels of Train", &PANELS);
        assert!(UNNAMED.iter().all(|name| <TrainSettings as crate::form::Embeds>::PANELS.contains(name)));
    }
}
