//! Charts and tables as files.

use leptos::prelude::*;

use crate::browser::download;
use crate::charts::canvas;
use crate::charts::export::Picture;
use crate::charts::TableModel;

/// Pixels of a PNG to a CSS pixel: sharp in print and on dense screens.
const PNG_SCALE: f64 = 2.0;

/// The kinds of files that a chart can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Svg,
    Png,
    Csv,
}

impl FileKind {
    /// As users write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Svg => "SVG",
            Self::Png => "PNG",
            Self::Csv => "CSV",
        }
    }
}

/// The file of a chart of this name.
fn file_name(chart: &str, kind: FileKind) -> String {
    let chart: String = chart.to_ascii_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("unroll-{chart}.{}", kind.word().to_ascii_lowercase())
}

fn words(saved: bool) -> &'static str {
    if saved {
        ""
    } else {
        "The browser did not save it."
    }
}

/// Saves a picture; `said` tells what came of it.
pub fn picture(chart: &str, kind: FileKind, picture: Option<Picture>, said: RwSignal<&'static str>) {
    let Some(picture) = picture else { return said.set("There is nothing to save yet.") };
    let name = file_name(chart, kind);
    if kind == FileKind::Svg {
        return said.set(words(download::save(&name, "image/svg+xml", picture.svg.as_bytes())));
    }
    canvas::rasterise(&picture.svg, (picture.width, picture.height), PNG_SCALE, move |blob| {
        said.set(words(blob.is_some_and(|blob| download::save_blob(&name, &blob))));
    });
}

/// Saves a table.
pub fn table(chart: &str, table: &TableModel, said: RwSignal<&'static str>) {
    let saved = !table.rows.is_empty() && download::save(&file_name(chart, FileKind::Csv), "text/csv", table.csv().as_bytes());
    said.set(if table.rows.is_empty() { "There is nothing to save yet." } else { words(saved) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_chart() {
        assert_eq!(file_name("Gradient norms by state", FileKind::Svg), "unroll-gradient-norms-by-state.svg");
        assert_eq!(file_name("W_hf, “bias”", FileKind::Csv), "unroll-w-hf---bias-.csv");
    }
}
