//! The panels of the lab, view by view, in the order of its pages.

use leptos::prelude::*;

use super::context::Lab;
use super::panels::attention::view::{AlignmentPanel, GradientsPanel, OpennessPanel, SplitPanel};
use super::panels::cost::view::CostPanel;
use super::panels::generate::view::GeneratePanel;
use super::panels::layers::view::{DepthPanel, HeadsPanel, PlacePanel, StreamsPanel};
use super::panels::limits::view::{CursePanel, ParityPanel};
use super::panels::matrix::view::MatrixPanel;
use super::panels::memory::view::{EndsPanel, PastPanel};
use super::panels::passes::view::{PassesPanel, SeesPanel};
use super::panels::poles::view::{HoldPanel, KernelPanel, PolesPanel};
use super::panels::reach::view::ReachPanel;
use super::panels::scans::view::{EffortPanel, TreePanel};
use super::panels::selects::view::{KeptPanel, OpensPanel};
use super::settings::View;
use crate::shell::panel::{half, wide, Entry};

/// Those of all views.
pub static PANELS: [Entry<Lab>; 25] = [
    wide("reach", "Reach against lag", "Reach", |of, lab| view! { <ReachPanel of lab/> }.into_any()).embeds(640),
    wide("matrix", "Every output, every input", "Matrices", |of, lab| view! { <MatrixPanel of lab/> }.into_any()).embeds(1380),
    wide("cost", "What it costs", "Costs", |of, lab| view! { <CostPanel of lab/> }.into_any()).embeds(1100),
    wide("passes", "Two passes over one input", "Passes", |of, lab| view! { <PassesPanel of lab/> }.into_any()).embeds(600),
    wide("sees", "Which inputs every output sees", "Matrices", |of, lab| view! { <SeesPanel of lab/> }.into_any()).embeds(1100),
    wide("generate", "Why it cannot generate", "Generate", |of, lab| view! { <GeneratePanel of lab/> }.into_any()).embeds(680),
    wide("split", "By which path", "Paths", |of, lab| view! { <SplitPanel of lab/> }.into_any()).embeds(640),
    half("alignment", "Alignment", "Alignment", |of, lab| view! { <AlignmentPanel of lab/> }.into_any()).embeds(540),
    half("gradients", "Gradient matrix", "Gradient", |of, lab| view! { <GradientsPanel of lab/> }.into_any()).embeds(580),
    wide("openness", "Attention saturates too", "Saturation", |of, lab| view! { <OpennessPanel of lab/> }.into_any()).embeds(560),
    wide("depth", "Gradient by depth", "Depth", |of, lab| view! { <DepthPanel of lab/> }.into_any()).embeds(640),
    wide("streams", "Residual stream and attention", "Paths", |of, lab| view! { <StreamsPanel of lab/> }.into_any()).embeds(640),
    wide("heads", "Weights of attention", "Heads", |of, lab| view! { <HeadsPanel of lab/> }.into_any()).embeds(1100),
    wide("place", "Gradient matrix of the transformer", "Gradient", |of, lab| view! { <PlacePanel of lab/> }.into_any()).embeds(600),
    wide("past", "The past as the state holds it", "Past", |of, lab| view! { <PastPanel of lab/> }.into_any()).embeds(620),
    wide("ends", "Where a memory ends", "Cliff", |of, lab| view! { <EndsPanel of lab/> }.into_any()).embeds(580),
    wide("poles", "Eigenvalues before and after the step", "Eigenvalues", |of, lab| view! { <PolesPanel of lab/> }.into_any()).embeds(820),
    wide("kernel", "Answer to an impulse", "Kernel", |of, lab| view! { <KernelPanel of lab/> }.into_any()).embeds(600),
    wide("hold", "Two rules for the input", "Input rule", |of, lab| view! { <HoldPanel of lab/> }.into_any()).embeds(600),
    wide("opens", "What it lets in", "Lets in", |of, lab| view! { <OpensPanel of lab/> }.into_any()).embeds(680),
    wide("kept", "What it keeps", "Keeps", |of, lab| view! { <KeptPanel of lab/> }.into_any()).embeds(640),
    wide("tree", "The scan, level by level", "Levels", |of, lab| view! { <TreePanel of lab/> }.into_any()).embeds(820),
    wide("effort", "Work and levels", "Work", |of, lab| view! { <EffortPanel of lab/> }.into_any()).embeds(620),
    wide("curse", "The curse of memory", "Curse", |of, lab| view! { <CursePanel of lab/> }.into_any()).embeds(620),
    wide("parity", "Parity", "Parity", |of, lab| view! { <ParityPanel of lab/> }.into_any()).embeds(580),
];

/// What an embed shows that names none.
pub const UNNAMED: &[&str] = &["reach"];

/// The panels of a view.
pub fn panels_of(view: View) -> &'static [Entry<Lab>] {
    match view {
        View::Reach => &PANELS[..3],
        View::Bidirectional => &PANELS[3..6],
        View::Attention => &PANELS[6..10],
        View::Transformer => &PANELS[10..14],
        View::Memory => &PANELS[14..16],
        View::Spectrum => &PANELS[16..19],
        View::Selective => &PANELS[19..21],
        View::Scan => &PANELS[21..23],
        View::Limits => &PANELS[23..],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::lineage::settings::{LineageSettings, VIEWS};
    use crate::shell::panel::tests::{agrees_with_documentation, agrees_with_journeys, names_are_unique};

    #[test]
    fn the_documentation_of_embeds_and_the_journeys_have_this_list() {
        names_are_unique(&PANELS);
        agrees_with_journeys("LINEAGE_PANELS", include_str!("../../../e2e/pages/lineage.ts"), &PANELS);
        agrees_with_documentation::<_, LineageSettings>("## Panels of Lineage", &PANELS);
        assert!(UNNAMED.iter().all(|name| <LineageSettings as crate::form::Embeds>::PANELS.contains(name)));
    }

    #[test]
    fn every_panel_is_in_one_view() {
        let of_views: Vec<_> = VIEWS.iter().flat_map(|(view, ..)| panels_of(*view)).map(|entry| entry.id).collect();
        assert_eq!(of_views, PANELS.iter().map(|entry| entry.id).collect::<Vec<_>>());
    }
}
