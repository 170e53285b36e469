//! What of the lab comes after its first screen. Nothing else in the page may name what is in here, or it stays in the page's module.

use leptos::prelude::*;

use super::compute::{self, Refine};
use super::context::Flow;
use super::demand::{self, OnDemand};
use super::files::dialog::ImportDialog;
use super::files::export::ExportGroup;
use super::files::group::ImportGroup;
use super::files::importer::Importer;
use super::files::models::ModelGroup;
use super::files::taking;
use super::list;
use super::mechanism::Mechanism;
use super::panels::river::view as river;
use super::panels::verdict::view as verdict;
use super::recent::RecentGroup;
use super::scribe::{self, Scribe};
use super::store::Store;
use crate::form::bring_numbers;
use crate::shell::outputs::bring_outputs;
use crate::shell::panel::Views;

/// All of it.
#[derive(Clone, Copy)]
pub struct Parts {
    /// The panels below the first screen.
    pub(super) panels: Views<Flow>,
    /// Takes the bytes of a file under its name.
    pub(super) take: fn(Importer, &str, &[u8]),
    /// The dialog for files that leave something to choose.
    pub(super) dialog: fn(Importer) -> AnyView,
    /// The rail's group for nets that were brought.
    pub(super) models: fn(Store) -> AnyView,
    /// What the rail has under the settings: files in and out, and recent work.
    pub(super) files: fn(Flow, Importer) -> AnyView,
    /// Adds what the first picture leaves out of an analysis.
    pub(super) refine: Refine,
}

impl Parts {
    /// To be called in what is split off: it names all of it.
    pub fn all() -> Self {
        scribe::install(Scribe::all());
        bring_numbers();
        bring_outputs();
        demand::bring(OnDemand {
            mechanism: || view! { <Mechanism/> }.into_any(),
            verdict_table: verdict::table,
            river_table: river::table,
        });
        Self {
            panels: list::later,
            take: taking::take,
            dialog: |importer| view! { <ImportDialog importer/> }.into_any(),
            models: |store| view! { <ModelGroup store/> }.into_any(),
            files: |flow, importer| {
                view! {
                    <ImportGroup importer/>
                    <ExportGroup flow/>
                    <RecentGroup store=flow.store/>
                }
                .into_any()
            },
            refine: compute::refine,
        }
    }
}
