//! Nets and sequences in, the analysis of the cell in focus out.

pub mod dialog;
pub mod export;
pub mod export_model;
pub mod fields;
pub mod group;
pub mod import;
pub mod importer;
pub mod model;
pub mod models;
pub mod sequence;
pub mod taking;
