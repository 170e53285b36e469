//! The panels of the lab, in the order of its page.

use leptos::prelude::*;

use super::context::Flow;
use super::ghost::GhostBar;
use super::panels::{ContributionPanel, GatesPanel, GradientPanel, JacobianPanel, SpectrumPanel};
use super::phase::PhasePanel;
use super::report::ReportPanel;
use super::river::River;
use super::verdict::VerdictStrip;
use super::weights::WeightsPanel;
use crate::shell::panel::{half, wide, Entry};

/// All of them.
pub const PANELS: [Entry<Flow>; 11] = [
    wide("verdict", "Verdict", "Verdict", |of, flow| view! { <VerdictStrip of flow/> }.into_any()).embeds(420),
    wide("compare", "Pinned state", "", |of, flow| view! { <GhostBar of flow/> }.into_any()).embeds(420),
    wide("river", "The river", "River", |of, flow| view! { <River of flow/> }.into_any()).embeds(480),
    half("gradient", "Gradient against time", "Gradient", |of, flow| view! { <GradientPanel of flow/> }.into_any()).embeds(420),
    half("jacobian", "Step Jacobian", "Jacobian", |of, flow| view! { <JacobianPanel of flow/> }.into_any()).embeds(420),
    wide("gates", "Gates and states", "Gates", |of, flow| view! { <GatesPanel of flow/> }.into_any()).embeds(900),
    wide("weights", "Weights", "Weights", |of, flow| view! { <WeightsPanel of flow/> }.into_any()).embeds(900),
    half("spectrum", "Spectrum at the cursor", "Spectrum", |of, flow| view! { <SpectrumPanel of flow/> }.into_any()).embeds(420),
    half("contribution", "Contribution by step", "Contribution", |of, flow| view! { <ContributionPanel of flow/> }.into_any()).embeds(560),
    wide("phase", "Phase map", "Phase map", |of, flow| view! { <PhasePanel of flow/> }.into_any()).embeds(600),
    wide("report", "Report", "Report", |of, flow| view! { <ReportPanel of flow/> }.into_any()).embeds(900),
];

/// What an embed shows that names none.
pub const UNNAMED: &[&str] = &["verdict", "river", "gradient"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::panel::tests::{agrees_with_journeys, names_are_unique};

    #[test]
    fn the_documentation_of_embeds_and_the_journeys_have_this_list() {
        names_are_unique(&PANELS);
        agrees_with_journeys("PANELS", include_str!("../../../e2e/pages/flow.ts"), &PANELS);
        let documented: Vec<(&str, &str)> = include_str!("../../../docs/embed.md")
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | "))
            .filter_map(|(id, rest)| Some((id, rest.split_once(" | ")?.1)))
            .collect();
        let listed: Vec<(&str, String)> = PANELS.iter().filter_map(|entry| Some((entry.id, entry.embed?.to_string()))).collect();
        assert_eq!(documented, listed.iter().map(|(id, height)| (*id, height.as_str())).collect::<Vec<_>>());
        assert_eq!(listed.iter().map(|(id, _)| *id).collect::<Vec<_>>(), crate::labs::flow::embedding::PANELS);
        assert!(UNNAMED.iter().all(|name| listed.iter().any(|(id, _)| id == name)));
    }
}
