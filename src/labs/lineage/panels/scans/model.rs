//! The levels of a scan as a table, and its work and levels against the length.

use crate::charts::{format_value, Axis, AxisKind, Dash, Ink, LineModel, Series, TableModel};
use crate::labs::lineage::compute::scans::{Pair, Scans};
use crate::labs::words::counted;

const NAMES: [&str; 3] = ["Blelloch", "Hillis–Steele", "fold"];
const INKS: [Ink; 3] = [Ink::Category(0), Ink::Category(2), Ink::Rnn];

/// A row of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// What was done.
    pub name: String,
    pub cells: Vec<Cell>,
}

/// A place of a level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    pub pair: Pair,
    /// The level has changed it.
    pub changed: bool,
}

/// All rows of Blelloch's scan: the elements, the levels up, the identity at the root, the levels down.
pub fn levels(found: &Scans) -> Vec<Level> {
    let padded = found.up.first().map_or(0, Vec::len);
    let ups = found.up.len();
    let mut rows: Vec<Level> = Vec::new();
    let mut before: &[Pair] = &[];
    for (i, level) in found.up.iter().chain(&found.down).enumerate() {
        let name = match i {
            0 => "elements".to_owned(),
            i if i < ups => format!("up, stride {}", 1 << i),
            i if i == ups => "identity at the root".to_owned(),
            i => format!("down, stride {}", padded >> (i - ups - 1)),
        };
        let changed = |at: usize| i > 0 && before.get(at) != level.get(at);
        rows.push(Level { name, cells: level.iter().enumerate().map(|(at, pair)| Cell { pair: *pair, changed: changed(at) }).collect() });
        before = level;
    }
    rows
}

/// Levels there are to take.
pub fn last_level(found: &Scans) -> usize {
    (found.up.len() + found.down.len()).saturating_sub(1)
}

/// A number of a pair, short.
pub fn short(value: f64) -> String {
    format!("{}", (1000.0 * value).round() / 1000.0).replace('-', "−")
}

/// The same as a table: a row a level.
pub fn table(found: &Scans) -> TableModel {
    let rows = levels(found);
    let columns = rows.first().map_or(0, |row| row.cells.len());
    let cells = |row: &Level| {
        let pairs = row.cells.iter().map(|cell| format!("({}, {})", format_value(cell.pair.0), format_value(cell.pair.1)));
        std::iter::once(row.name.clone()).chain(pairs).collect()
    };
    TableModel {
        caption: "Blelloch’s scan, level by level".to_owned(),
        columns: std::iter::once("level".to_owned()).chain((0..columns).map(|t| t.to_string())).collect(),
        rows: rows.iter().map(cells).collect(),
    }
}

/// What the scans take, in a sentence.
pub fn headline(found: &Scans) -> String {
    let [(work, depth), (parallel, few), (fold, one)] = found.effort;
    format!(
        "{}: Blelloch combines {work} times in {depth} levels, Hillis and Steele {parallel} times in {few}, one after another {fold} times in {one}.",
        counted(found.elements.len(), "element")
    )
}

/// What of the scan is done, and how near it is to the fold.
pub fn note(found: &Scans, level: usize) -> String {
    let last = last_level(found);
    if level < last {
        return format!("{level} of {last} levels are taken.");
    }
    format!(
        "All levels are taken: every place holds what came before its element. The states differ from those of the fold by at most {} of the largest.",
        format_value(found.apart[0])
    )
}

/// Work, or levels, against the length.
pub fn effort(found: &Scans) -> LineModel {
    let curve = |which: usize, depth: bool| {
        let of = |(length, efforts): &(usize, [(usize, usize); 3])| {
            let (work, levels) = efforts[which];
            ((*length as f64).log10(), (if depth { levels } else { work } as f64).log10())
        };
        found.by_length.iter().map(of).collect::<Vec<(f64, f64)>>()
    };
    let mut series = Vec::new();
    for (which, (name, ink)) in NAMES.into_iter().zip(INKS).enumerate() {
        series.push(Series::new(format!("{name}: combinations"), ink, curve(which, false)).with_end_label(name));
        series.push(Series::new(format!("{name}: levels"), ink, curve(which, true)).with_dash(Dash::Dashed));
    }
    let (from, to) =
        (found.by_length.first().map_or(0.0, |p| (p.0 as f64).log10()), found.by_length.last().map_or(1.0, |p| (p.0 as f64).log10()));
    let y = Axis::fit("combinations, levels", AxisKind::Log10, series.iter().flat_map(|s: &Series| s.points.iter().map(|p| p.1)));
    LineModel { x: Axis::log10("elements", from, to), y, series, rules: vec![], bands: vec![] }
}

/// What a long sequence takes, in a sentence.
pub fn effort_headline(found: &Scans) -> String {
    let Some((length, [(work, depth), (parallel, few), (fold, _)])) = found.by_length.last() else { return String::new() };
    format!("At {length} elements the fold waits {fold} times; Blelloch waits {depth} times for {work} combinations, Hillis and Steele {few} times for {parallel}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::lineage::compute::scans;
    use crate::labs::lineage::settings::LineageSettings;
    use crate::labs::written::fault;

    fn found(elements: usize) -> Scans {
        scans::of(&LineageSettings { elements, ..LineageSettings::default() }).unwrap()
    }

    #[test]
    fn the_tree_has_a_row_a_level_and_marks_what_each_changes() {
        let scans = found(8);
        let rows = levels(&scans);
        assert_eq!(rows.len(), 8);
        let changed = |row: usize| rows[row].cells.iter().filter(|cell| cell.changed).count();
        // Up 4, 2, 1; the root; down: the left child takes the prefix, the right one both.
        assert_eq!((0..8).map(changed).collect::<Vec<_>>(), [0, 4, 2, 1, 1, 2, 4, 8]);
        assert_eq!(
            (rows[1].name.as_str(), rows[4].name.as_str(), rows[5].name.as_str()),
            ("up, stride 2", "identity at the root", "down, stride 8")
        );
        assert_eq!(rows[7].cells[0].pair, (1.0, 0.0));
        assert_eq!((last_level(&scans), table(&scans).rows.len()), (7, 8));
    }

    #[test]
    fn sentences_say_the_numbers_there_are() {
        for elements in [2, 3, 8, 16] {
            let scans = found(elements);
            for sentence in [headline(&scans), note(&scans, 1), note(&scans, 99), effort_headline(&scans)] {
                assert_eq!(fault(&sentence), None, "{sentence}");
            }
        }
        assert!(headline(&found(8)).starts_with("8 elements: Blelloch combines 14 times in 6 levels, Hillis and Steele 17 times in 3"));
        assert!(note(&found(8), 3).starts_with("3 of 7 levels"));
        assert_eq!(effort(&found(4)).series.len(), 6);
    }
}
