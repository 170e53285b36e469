//! What the Lyapunov panel draws and says: all exponents, how the largest settle, and the figures that are made of them.

use unroll_engine::lyapunov::kaplan_yorke_dimension;
use unroll_engine::{Analysis, Cell};

use crate::charts::{Axis, AxisKind, Dash, Ink, LineModel, Rule, Series};
use crate::labs::flow::compute::Analyses;
use crate::labs::flow::panels::gradient::model::{cell_ink, time_axis};
use crate::labs::flow::words::{cell_name, counted, power_of_ten};

/// How many of the largest exponents are followed over time.
const FOLLOWED: usize = 3;
/// Below this an exponent is 0 but for rounding.
const ROUNDING: f64 = 1e-12;

fn zero() -> Vec<Rule> {
    vec![Rule { value: 0.0, label: "0".to_owned(), ink: Ink::Strong, dash: Dash::Solid }]
}

fn drawn(value: f64) -> f64 {
    if value.is_finite() {
        value
    } else {
        f64::NAN
    }
}

fn lines(x: Axis, series: Vec<Series>) -> LineModel {
    let values = series.iter().flat_map(|s| s.points.iter().map(|p| p.1)).filter(|v| v.is_finite()).chain([0.0]);
    LineModel { x, y: Axis::fit("λ per step", AxisKind::Linear, values), series, rules: zero(), bands: Vec::new() }
}

/// Every exponent by its number: after the warm-up of every cell, and over all steps of the cell in focus.
pub fn spectrum(analyses: &Analyses, focus: Cell) -> LineModel {
    let by_number = |values: &[f64]| values.iter().enumerate().map(|(i, v)| ((i + 1) as f64, drawn(*v))).collect::<Vec<_>>();
    let mut series = Vec::new();
    let mut most = 1;
    for (cell, analysis) in analyses.iter() {
        let name = cell_name(cell);
        most = most.max(analysis.lyapunov_exponents.len());
        let settled = by_number(analysis.lyapunov_settling.settled());
        let width = if cell == focus { 2.0 } else { 1.0 };
        series.push(Series::new(format!("{name} after the warm-up"), cell_ink(cell), settled).with_width(width).with_end_label(name));
        if cell == focus {
            let all = by_number(&analysis.lyapunov_exponents);
            series.push(Series::new(format!("{name} over all steps"), cell_ink(cell), all).with_dash(Dash::Dashed).with_width(1.25));
        }
    }
    lines(Axis::step("i", 1, most), series)
}

/// The largest exponents of the cell in focus and the largest of the others, measured from the end of the warm-up up to each step.
pub fn settling(analyses: &Analyses, focus: Cell) -> LineModel {
    let mut series = Vec::new();
    for (cell, analysis) in analyses.iter() {
        let running = &analysis.lyapunov_settling.running;
        let count = if cell == focus { FOLLOWED.min(analysis.state_size) } else { 1 };
        for i in 0..count {
            let points: Vec<(f64, f64)> =
                running.iter().filter_map(|(t, exponents)| exponents.get(i).map(|v| (*t as f64, drawn(*v)))).collect();
            let label = format!("λ{}", ['₁', '₂', '₃'][i]);
            let name = format!("{} {label}", cell_name(cell));
            let (dash, width) = if i == 0 { (Dash::Solid, 2.0) } else { (Dash::Dashed, 1.25) };
            let width = if cell == focus { width } else { 1.0 };
            let end = if cell == focus { label } else { cell_name(cell).to_owned() };
            series.push(Series::new(name, cell_ink(cell), points).with_dash(dash).with_width(width).with_end_label(end));
        }
    }
    lines(time_axis(analyses.seq_len()), series)
}

/// An exponent as text: `−0.031`, `2.1×10⁻⁵`, `0`, `−∞`.
pub fn exponent(value: f64) -> String {
    let sign = if value < 0.0 { "−" } else { "" };
    match value.abs() {
        v if v.is_nan() => "not determined".to_owned(),
        v if v == f64::INFINITY => format!("{sign}∞"),
        v if v < ROUNDING => "0".to_owned(),
        v if v < 0.001 => format!("{sign}{}", power_of_ten(v.log10())),
        v if v < 9.9995 => format!("{sign}{v:.3}").trim_end_matches('0').trim_end_matches('.').to_owned(),
        v if v < 99.995 => format!("{sign}{v:.2}"),
        v => format!("{sign}{v:.0}"),
    }
}

/// The largest exponent, and whether it has settled.
pub fn headline(cell: Cell, analysis: &Analysis) -> String {
    let name = cell_name(cell);
    let settling = &analysis.lyapunov_settling;
    if analysis.seq_len == 0 {
        return format!("The {name} has no step to show");
    }
    let Some(largest) = settling.settled().first() else {
        return format!("The {name}’s exponents wait until ρ and σ_min are computed");
    };
    match settling.drift() {
        _ if *largest == f64::NEG_INFINITY => format!("The {name}’s steps leave no direction: every exponent is −∞"),
        None => format!("The {name}’s λ₁ is {}, measured over {}", exponent(*largest), counted(analysis.seq_len, "step")),
        Some(drift) if drift > largest.abs() && drift > ROUNDING => {
            format!("Not settled: the {name}’s λ₁ is {} and moved by {} in the second half", exponent(*largest), exponent(drift))
        }
        Some(drift) if drift < ROUNDING => format!("The {name}’s λ₁ is {} and did not move in the second half", exponent(*largest)),
        Some(drift) => format!("The {name}’s λ₁ is {} and moved by {} in the second half", exponent(*largest), exponent(drift)),
    }
}

/// The figures beside the charts, each with its name; none until the analysis is complete.
pub fn figures(analysis: &Analysis) -> Vec<(&'static str, String)> {
    let settling = &analysis.lyapunov_settling;
    let settled = settling.settled();
    let Some(largest) = settled.first() else { return Vec::new() };
    vec![
        ("steps T", analysis.seq_len.to_string()),
        ("of them warm-up", settling.warm_up.to_string()),
        ("λ₁ after the warm-up", exponent(*largest)),
        ("Kaplan–Yorke dimension", format!("{:.2}", kaplan_yorke_dimension(settled)).trim_end_matches(".00").to_owned()),
        ("sum of all λ, all steps", exponent(analysis.lyapunov_exponents.iter().sum())),
        ("mean ln |det J|, all steps", exponent(settling.mean_log_determinant)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use unroll_engine::{analyse, analyse_critical, Activation, Experiment, Initialiser};

    #[test]
    fn what_is_said_follows_from_the_exponents() {
        for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
            for (seq_len, gain) in [(1, 1.0), (3, 0.5), (40, 1.0), (80, 3.0)] {
                let analysis = analyse(&Experiment { cell, hidden_size: 4, seq_len, gain, ..Experiment::default() }).unwrap();
                let text = headline(cell, &analysis);
                assert!(text.chars().count() <= 90, "{text}");
                let settled = analysis.lyapunov_settling.settled();
                assert_eq!(settled.len(), analysis.state_size);
                if let Some(largest) = settled.first() {
                    assert!(text.contains(&exponent(*largest)), "{text}");
                    assert_eq!(
                        text.starts_with("Not settled"),
                        analysis.lyapunov_settling.drift().is_some_and(|d| d > largest.abs()),
                        "{text}"
                    );
                }
                assert_eq!(figures(&analysis).len(), 6);
            }
        }
    }

    #[test]
    fn a_net_that_keeps_every_length_has_settled_at_zero() {
        let experiment = Experiment {
            cell: Cell::Rnn,
            hidden_size: 4,
            seq_len: 40,
            activation: Activation::Identity,
            initialiser: Initialiser::Orthogonal,
            ..Experiment::default()
        };
        let analysis = analyse(&experiment).unwrap();
        assert_eq!(headline(Cell::Rnn, &analysis), "The RNN’s λ₁ is 0 and did not move in the second half");
        let waiting = analyse_critical(&experiment).unwrap();
        assert_eq!((headline(Cell::Rnn, &waiting).contains("wait"), figures(&waiting)), (true, Vec::new()));
    }

    #[test]
    fn exponents_are_written_with_at_most_four_digits() {
        let written = [(-0.03125, "−0.031"), (0.0, "0"), (-0.5, "−0.5"), (2.1e-5, "2.1×10⁻⁵"), (f64::NEG_INFINITY, "−∞"), (-123.4, "−123")];
        for (value, text) in written {
            assert_eq!(exponent(value), text);
        }
    }
}
