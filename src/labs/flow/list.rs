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
use crate::shell::panel::{half, wide, Entry};

/// All of them.
pub const PANELS: [Entry<Flow>; 12] = [
    wide("verdict", "Verdict", "Verdict", |of, flow| view! { <VerdictStrip of flow/> }.into_any()).embeds(420),
    wide("compare", "Pinned state", "", |of, flow| view! { <GhostBar of flow/> }.into_any()).embeds(420),
    wide("river", "The river", "River", |of, flow| view! { <River of flow/> }.into_any()).embeds(560),
    half("gradient", "Gradient against time", "Gradient", |of, flow| view! { <GradientPanel of flow/> }.into_any()).embeds(420),
    half("jacobian", "Step Jacobian", "Jacobian", |of, flow| view! { <JacobianPanel of flow/> }.into_any()).embeds(420),
    wide("gates", "Gates and states", "Gates", |of, flow| view! { <GatesPanel of flow/> }.into_any()).embeds(1240),
    wide("weights", "Weights", "Weights", |of, flow| view! { <WeightsPanel of flow/> }.into_any()).embeds(1200),
    half("spectrum", "Spectrum at the cursor", "Spectrum", |of, flow| view! { <SpectrumPanel of flow/> }.into_any()).embeds(800),
    half("contribution", "Contribution by step", "Contribution", |of, flow| view! { <ContributionPanel of flow/> }.into_any()).embeds(600),
    wide("lyapunov", "Lyapunov exponents", "Lyapunov", |of, flow| view! { <LyapunovPanel of flow/> }.into_any()).embeds(860),
    wide("phase", "Phase map", "Phase map", |of, flow| view! { <PhasePanel of flow/> }.into_any()).embeds(700),
    wide("report", "Report", "Report", |of, flow| view! { <ReportPanel of flow/> }.into_any()).embeds(1400),
];

/// What an embed shows that names none.
pub const UNNAMED: &[&str] = &["verdict", "river", "gradient"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::flow::settings::Settings;
    use crate::shell::panel::tests::{agrees_with_documentation, agrees_with_journeys, names_are_unique};

    #[test]
    fn the_documentation_of_embeds_and_the_journeys_have_this_list() {
        names_are_unique(&PANELS);
        agrees_with_journeys("PANELS", include_str!("../../../e2e/pages/flow.ts"), &PANELS);
        agrees_with_documentation::<_, Settings>("## Panels of Flow", &PANELS);
        assert!(UNNAMED.iter().all(|name| <Settings as crate::form::Embeds>::PANELS.contains(name)));
    }
}
