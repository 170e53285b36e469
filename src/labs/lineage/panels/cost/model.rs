//! The table of costs, and one measure against the length on two logarithmic axes.

use unroll_engine::lineage::cost::{crossing, Kind, Measure, Setting, MEASURES};
use unroll_engine::order;

use crate::charts::{format_value, Axis, AxisKind, Dash, Ink, LineModel, Series, TableModel};
use crate::labs::lineage::models::MODELS;
use crate::labs::lineage::settings::LineageSettings;
use crate::labs::words::times;

/// log10 of the shortest and the longest sequence of the chart.
const LENGTHS: (f64, f64) = (0.0, 4.25);
/// Points of a curve.
const POINTS: usize = 86;

/// A row of the comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Costed {
    pub kind: Kind,
    /// At the end of its curve.
    pub label: &'static str,
    pub ink: Ink,
    /// It is there to be compared with, whatever is chosen.
    pub fixed: bool,
}

/// What is compared: the models that are shown and have formulas, and attention by itself.
pub fn compared(settings: &LineageSettings) -> Vec<Costed> {
    let shown = settings.shown().filter_map(|place| {
        let model = &MODELS[place];
        Some(Costed { kind: model.cost?, label: model.label, ink: model.ink, fixed: false })
    });
    let fixed = [Costed { kind: Kind::SelfAttention, label: "self-attention", ink: Ink::Muted, fixed: true }];
    shown.chain(fixed).collect()
}

/// The sizes that formulas are evaluated at.
pub fn setting(settings: &LineageSettings) -> Setting {
    let width = settings.hidden_size as f64;
    Setting { steps: settings.steps as f64, width, ..Setting::default() }
}

/// The chosen measure.
pub fn measure(settings: &LineageSettings) -> Measure {
    MEASURES.get(settings.measure).copied().unwrap_or(Measure::Work)
}

/// Its name with its unit, for an axis.
fn axis_name(measure: Measure) -> &'static str {
    match measure {
        Measure::Path => "operations in a row",
        Measure::Sequential => "sequential steps",
        Measure::Work => "operations",
        Measure::Training | Measure::Inference => "bytes",
    }
}

/// The column of a measure.
fn column_name(measure: Measure) -> &'static str {
    match measure {
        Measure::Path => "path length",
        Measure::Sequential => "sequential steps",
        Measure::Work => "work",
        Measure::Training => "memory to train",
        Measure::Inference => "memory to generate",
    }
}

/// The length from which self-attention costs more than a model, where it costs less before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    pub kind: Kind,
    pub ink: Ink,
    /// T.
    pub steps: f64,
    /// What both cost there.
    pub value: f64,
}

/// Where self-attention comes to cost more than the others.
pub fn crossings(rows: &[Costed], measure: Measure, at: &Setting) -> Vec<Crossing> {
    let of = |row: &Costed| {
        let steps =
            crossing(Kind::SelfAttention, row.kind, measure, at).filter(|steps| steps.log10() > LENGTHS.0 && steps.log10() < LENGTHS.1)?;
        let value = row.kind.term(measure, &Setting { steps, ..*at })?.value;
        Some(Crossing { kind: row.kind, ink: row.ink, steps, value })
    };
    rows.iter().filter(|row| !row.fixed).filter_map(of).collect()
}

/// One measure against T.
pub fn chart(rows: &[Costed], measure: Measure, at: &Setting) -> LineModel {
    let lengths: Vec<f64> = (0..POINTS).map(|i| LENGTHS.0 + (LENGTHS.1 - LENGTHS.0) * i as f64 / (POINTS - 1) as f64).collect();
    let mut series = Vec::new();
    for row in rows {
        let cost = |log10: &f64| {
            let at = Setting { steps: 10f64.powf(*log10), ..*at };
            Some((*log10, row.kind.term(measure, &at)?.value.log10()))
        };
        let points: Vec<(f64, f64)> = lengths.iter().filter_map(cost).collect();
        if !points.is_empty() {
            series.push(Series::new(row.kind.name(), row.ink, points).with_end_label(row.label));
        }
    }
    let y = Axis::fit(axis_name(measure), AxisKind::Log10, series.iter().flat_map(|s: &Series| s.points.iter().map(|p| p.1)));
    // Down to the axis, so that the length can be read.
    for Crossing { kind, ink, steps, value } in crossings(rows, measure, at) {
        let (x, name) =
            (steps.log10(), format!("self-attention costs more than {} from T = {}", kind.name(), format_value(rounded(steps))));
        series.push(Series::new(name, ink, vec![(x, y.min), (x, value.log10())]).with_dash(Dash::Dotted).with_width(1.0));
    }
    let here = at.steps.log10();
    if here < LENGTHS.1 {
        series.push(Series::new("T of now", Ink::Theory, vec![(here, y.min), (here, y.max)]).with_dash(Dash::Dashed).with_width(1.0));
    }
    LineModel { x: Axis::log10("T", LENGTHS.0, LENGTHS.1), y, series, rules: vec![], bands: vec![] }
}

/// A length as it is said: bisection leaves some ulps.
fn rounded(steps: f64) -> f64 {
    (steps * 1e6).round() / 1e6
}

/// What the crossings say, in a sentence.
pub fn headline(rows: &[Costed], measure: Measure, at: &Setting) -> String {
    let found = crossings(rows, measure, at);
    let what = column_name(measure);
    if let Some(Crossing { kind, steps, .. }) = found.iter().min_by(|a, b| a.steps.total_cmp(&b.steps)) {
        let steps = format_value(rounded(*steps));
        return match measure {
            Measure::Work => {
                format!("From T = {steps} on, self-attention does more work than the {}: its scores grow with T².", kind.name())
            }
            _ => format!("From T = {steps} on, self-attention takes more {what} than the {}.", kind.name()),
        };
    }
    match measure {
        Measure::Path => "Through attention the first input is one step away; through a recurrence it is T.".to_owned(),
        Measure::Sequential => "Attention takes one step for all positions, a scan 2 log₂ T, a recurrence T.".to_owned(),
        Measure::Inference => "A recurrence keeps its state while it generates; attention keeps all that it has read.".to_owned(),
        Measure::Work | Measure::Training => extremes(rows, measure, at),
    }
}

/// Who takes the least of a measure now, and who the most.
fn extremes(rows: &[Costed], measure: Measure, at: &Setting) -> String {
    let mut costs: Vec<(&str, f64)> = rows.iter().filter_map(|row| Some((row.kind.name(), row.kind.term(measure, at)?.value))).collect();
    order::by(&mut costs, |a, b| a.1.total_cmp(&b.1).is_lt());
    let (what, steps) = (column_name(measure), format_value(at.steps));
    match costs.as_slice() {
        [(least, low), .., (most, high)] if high > low => {
            format!("At T = {steps}, {least} takes the least {what}, and {most} {} as much.", times((high / low).log10()))
        }
        _ => format!("At T = {steps}, all take as much {what}."),
    }
}

/// Formulas with their numbers: a row a model.
pub fn table(rows: &[Costed], at: &Setting) -> TableModel {
    let cells = |row: &Costed| {
        let terms = MEASURES.iter().flat_map(|measure| match row.kind.term(*measure, at) {
            Some(term) => [term.formula.to_owned(), format_value(term.value)],
            None => ["cannot generate".to_owned(), "–".to_owned()],
        });
        std::iter::once(row.kind.name().to_owned()).chain(terms).collect()
    };
    let columns = MEASURES.iter().flat_map(|measure| [column_name(*measure).to_owned(), format!("{}, number", column_name(*measure))]);
    TableModel {
        caption: "Costs".to_owned(),
        columns: std::iter::once("Model".to_owned()).chain(columns).collect(),
        rows: rows.iter().map(cells).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::lineage::settings::only;

    fn rows(words: &[&str]) -> Vec<Costed> {
        compared(&LineageSettings { models: only(words), ..LineageSettings::default() })
    }

    #[test]
    fn attention_and_the_plain_recurrence_cross_where_the_length_is_the_width() {
        for n in [2, 16, 50, 64] {
            let settings = LineageSettings { hidden_size: n, ..LineageSettings::default() };
            let found = crossings(&rows(&["rnn"]), Measure::Work, &setting(&settings));
            assert_eq!(found.len(), 1);
            assert!((found[0].steps - n as f64).abs() < 1e-6 && (found[0].value - 4.0 * (n * n * n) as f64).abs() < 1e-3);
            assert!(headline(&rows(&["rnn"]), Measure::Work, &setting(&settings)).starts_with(&format!("From T = {n} on")));
        }
    }

    #[test]
    fn every_crossing_is_marked_down_to_the_axis() {
        let (rows, at) = (rows(&["rnn", "lstm", "gru", "mingru", "mamba"]), Setting::default());
        for measure in MEASURES {
            let (found, model) = (crossings(&rows, measure, &at), chart(&rows, measure, &at));
            let marks: Vec<&Series> = model.series.iter().filter(|series| series.dash == Dash::Dotted).collect();
            assert_eq!(marks.len(), found.len(), "{measure:?}");
            for (mark, crossing) in marks.iter().zip(&found) {
                assert_eq!(mark.points[0], (crossing.steps.log10(), model.y.min));
                // Both curves pass through the mark.
                let before = |kind: Kind, factor: f64| kind.term(measure, &Setting { steps: factor * crossing.steps, ..at }).unwrap().value;
                assert!(before(Kind::SelfAttention, 0.99) < before(crossing.kind, 0.99), "{measure:?}");
                assert!(before(Kind::SelfAttention, 1.01) > before(crossing.kind, 1.01), "{measure:?}");
            }
        }
        assert_eq!(crossings(&rows, Measure::Work, &at).len(), 5);
    }

    #[test]
    fn without_a_crossing_the_headline_compares_what_is_taken_now() {
        let at = Setting { steps: 64.0, width: 16.0, ..Setting::default() };
        // 3 T n b against (3 T n + T²) b.
        let sentence = headline(&rows(&["rnn"]), Measure::Training, &at);
        assert_eq!(sentence, "At T = 64, RNN takes the least memory to train, and self-attention alone 2.3 times as much.");
        for measure in MEASURES {
            assert!(headline(&rows(&[]), measure, &at).ends_with('.'));
        }
    }

    #[test]
    fn the_table_has_a_formula_and_a_number_for_every_measure() {
        let table = table(&rows(&["lstm", "bigru"]), &setting(&LineageSettings::default()));
        assert_eq!((table.rows.len(), table.columns.len()), (3, 11));
        assert_eq!(&table.rows[0][..3], ["LSTM", "T", "64"]);
        assert_eq!(&table.rows[1][9..], ["cannot generate", "–"]);
        assert_eq!(table.rows[2][5], "4 T² n");
    }
}
