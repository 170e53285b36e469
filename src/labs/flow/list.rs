//! The panels of the lab, in the order of its page.

use leptos::prelude::*;

use super::context::Flow;
use super::panels::contribution::view::ContributionPanel;
use super::panels::gates::view::GatesPanel;
use super::panels::gradient::view::GradientPanel;
use super::panels::jacobian::view::JacobianPanel;
use super::panels::lyapunov::view::LyapunovPanel;
use super::panels::spectrum::view::SpectrumPanel;
use crate::labs::flow::panels::compare::view::GhostBar;
use crate::labs::flow::panels::phase::view::PhasePanel;
use crate::labs::flow::panels::report::view::ReportPanel;
use crate::labs::flow::panels::river::view::River;
use crate::labs::flow::panels::verdict::view::VerdictStrip;
use crate::labs::flow::panels::weights::view::WeightsPanel;
use crate::shell::panel::{half, later_half, later_wide, wide, Entry, View};

/// All of them.
pub const PANELS: [Entry<Flow>; 12] = [
    wide("verdict", "Verdict", "Verdict", |of, flow| view! { <VerdictStrip of flow/> }.into_any()).embeds(420),
    wide("compare", "Pinned state", "", |of, flow| view! { <GhostBar of flow/> }.into_any()).embeds(420),
    wide("river", "The river", "River", |of, flow| view! { <River of flow/> }.into_any()).embeds(560),
    half("gradient", "Gradient against time", "Gradient", |of, flow| view! { <GradientPanel of flow/> }.into_any()).embeds(420),
    half("jacobian", "Step Jacobian", "Jacobian", |of, flow| view! { <JacobianPanel of flow/> }.into_any()).embeds(420),
    later_wide("gates", "Gates and states", "Gates", 1000).embeds(1270),
    later_wide("weights", "Weights", "Weights", 900).embeds(1200),
    later_half("spectrum", "Spectrum at the cursor", "Spectrum", 620).embeds(800),
    later_half("contribution", "Contribution by step", "Contribution", 620).embeds(600),
    later_wide("lyapunov", "Lyapunov exponents", "Lyapunov", 620).embeds(860),
    later_wide("phase", "Phase map", "Phase map", 620).embeds(700),
    later_wide("report", "Report", "Report", 900).embeds(1400),
];

/// Those that come later.
pub fn later(id: &str) -> Option<View<Flow>> {
    let view: View<Flow> = match id {
        "gates" => |of, flow| view! { <GatesPanel of flow/> }.into_any(),
        "weights" => |of, flow| view! { <WeightsPanel of flow/> }.into_any(),
        "spectrum" => |of, flow| view! { <SpectrumPanel of flow/> }.into_any(),
        "contribution" => |of, flow| view! { <ContributionPanel of flow/> }.into_any(),
        "lyapunov" => |of, flow| view! { <LyapunovPanel of flow/> }.into_any(),
        "phase" => |of, flow| view! { <PhasePanel of flow/> }.into_any(),
        "report" => |of, flow| view! { <ReportPanel of flow/> }.into_any(),
        _ => return None,
    };
    Some(view)
}

/// What an embed shows that names none.
pub const UNNAMED: &[&str] = &["verdict", "river", "gradient"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::flow::settings::Settings;
    use crate::shell::panel::tests::{agrees_with_documentation, agrees_with_journeys, names_are_unique, views_are_there};

    #[test]
    fn the_documentation_of_embeds_and_the_journeys_have_this_list() {
        names_are_unique(&PANELS);
        views_are_there(&PANELS, later);
        agrees_with_journeys("PANELS", include_str!("../../../e2e/pages/flow.ts"), &PANELS);
        agrees_with_documentation::<_, Settings>("## Panels of Flow", &PANELS);
        assert!(UNNAMED.iter().all(|name| <Settings as crate::form::Embeds>::PANELS.contains(name)));
    }
}
