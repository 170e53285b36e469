//! The sentences that change with the data. Pure: numbers in, words out.

use std::sync::Arc;

use unroll_engine::{Analysis, Cell};

use super::compute::Analyses;
pub use crate::labs::cells::cell_name;
pub use crate::labs::words::{counted, power_of_ten, share, superscript, times};

/// A growth per step: `0.687`, `1.3×10⁻⁵`, `∞`.
pub fn growth(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        v if !v.is_finite() => "∞".to_owned(),
        v if v < 0.001 => power_of_ten(v.log10()),
        v if v < 9.9995 => format!("{v:.3}"),
        v if v < 99.995 => format!("{v:.2}"),
        v if v < 999.95 => format!("{v:.1}"),
        v => power_of_ten(v.log10()),
    }
}

/// A number of steps as people say it: `2.3`, `46`, `1.2 thousand`.
pub fn steps(value: f64) -> String {
    match value {
        v if v < 9.95 => format!("{v:.1}"),
        v if v < 9_950.0 => format!("{v:.0}"),
        v => power_of_ten(v.log10()),
    }
}

/// What is left in every shown cell: `Left at the first state: RNN 1.2×10⁻¹⁰, LSTM 43%.`
pub fn left_sentence(analyses: &Analyses) -> String {
    let left = |(cell, analysis): (Cell, &Arc<Analysis>)| format!("{} {}", cell_name(cell), share(analysis.left.log10_left()));
    format!("Left of the gradient at the first state: {}.", analyses.iter().map(left).collect::<Vec<_>>().join(", "))
}

/// The headline of the gradient chart while it shows what is left.
pub fn left_headline(cell: Cell, analysis: &Analysis) -> String {
    let (name, lag) = (cell_name(cell), analysis.left.longest_lag());
    if analysis.seq_len == 0 {
        return format!("The {name} overflows at its first step");
    }
    match analysis.left.log10_left() {
        r if r == f64::NEG_INFINITY => match analysis.left.dead_from() {
            Some(0) | None => format!("No gradient reaches the {name}"),
            Some(from) => format!("Nothing of the {name}’s gradient is left from {} back on", counted(from, "step")),
        },
        r if r.abs() < 0.005 * core::f64::consts::LOG10_E => {
            format!("The {name}’s gradient arrives after {} as it was", counted(lag, "step"))
        }
        r if r > 0.0 => format!("The {name}’s gradient at the first state is {} what it was at the loss", times(r)),
        r => format!("The {name}’s gradient is at {} after {}", share(r), counted(lag, "step")),
    }
}

/// The headline of the gradient chart while it shows the worst case: ‖∂s_T/∂s_0‖ is the most that a change can keep.
pub fn worst_headline(cell: Cell, analysis: &Analysis) -> String {
    let (name, lag) = (cell_name(cell), analysis.seq_len);
    if lag == 0 {
        return format!("The {name} overflows at its first step");
    }
    match analysis.product.log10_sigma_max[0] {
        r if r == f64::NEG_INFINITY => match analysis.product.exactly_zero_from_lag {
            Some(zero) => format!("A change of the {name}’s state is gone for good after {}", counted(zero, "step")),
            None => format!("Change the {name}’s first state, and the last does not move"),
        },
        r if r.abs() < 0.005 * core::f64::consts::LOG10_E => format!("Change the {name}’s first state by 1, and the last moves by up to 1"),
        r => format!("Change the {name}’s first state by 1, and the last moves by at most {}", moved(r)),
    }
}

/// The size of a change, from its log10: `0.00028`, `21`, `3.2×10⁻⁹`.
fn moved(log10: f64) -> String {
    match 10f64.powf(log10) {
        v if (0.1..1.0).contains(&v) => format!("{v:.2}"),
        v if (0.01..0.1).contains(&v) => format!("{v:.3}"),
        v if (0.001..0.01).contains(&v) => format!("{v:.4}"),
        v if (1.0..9.95).contains(&v) => format!("{v:.1}"),
        v if (9.95..9_999.5).contains(&v) => format!("{v:.0}"),
        _ => power_of_ten(log10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_counts_have_two_significant_digits_when_small() {
        assert_eq!(steps(2.34), "2.3");
        assert_eq!(steps(46.2), "46");
        assert_eq!(steps(2.0e6), "2.0×10⁶");
    }
}
