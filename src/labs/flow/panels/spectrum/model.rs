//! What the spectrum panel draws: eigenvalues in the complex plane, and the singular values of the product at the cursor.

use std::sync::Arc;

use unroll_engine::{Analysis, Cell};

use crate::charts::{Axis, AxisKind, BarGroup, BarsModel, Dash, Ink, Marker, PlaneModel, PointSet, Rule};
use crate::labs::flow::panels::gradient::model::cell_ink;
use crate::labs::flow::words::{cell_name, share};

/// The gate blocks of `W_hh` in PyTorch's packing.
fn block_names(cell: Cell) -> &'static [&'static str] {
    match cell {
        Cell::Rnn => &["W_hh"],
        Cell::Lstm => &["W_hi", "W_hf", "W_hg", "W_ho"],
        Cell::Gru => &["W_hr", "W_hz", "W_hn"],
    }
}

/// The step a cursor at state k looks at: the one that leads into it, the first for the initial state.
pub fn step_at(analysis: &Analysis, cursor: usize) -> Option<usize> {
    (analysis.seq_len > 0).then(|| cursor.clamp(1, analysis.seq_len))
}

/// State sizes from this on take more than a blink for the spectrum of one step: it waits to be asked for.
const ON_DEMAND_FROM: usize = 192;
/// Beyond this, one spectrum would stop the page for many seconds.
const MOST_STATES: usize = 512;

/// How the spectrum at the cursor is to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// It follows the cursor.
    Live,
    /// Whoever wants it asks.
    Asked,
    /// Not at this size.
    Never,
}

/// How it is to be had for a state of m numbers.
pub fn demand(state_size: usize) -> Demand {
    match state_size {
        m if m < ON_DEMAND_FROM => Demand::Live,
        m if m <= MOST_STATES => Demand::Asked,
        _ => Demand::Never,
    }
}

/// What is said where it is not computed.
pub fn resting_headline(analysis: &Analysis, cursor: usize) -> String {
    let m = analysis.state_size;
    match demand(m) {
        Demand::Never => format!("The eigenvalues of W_hh’s blocks; one step’s spectrum of {m} states is more than the page can wait for"),
        _ => format!("The eigenvalues of W_hh’s blocks; the spectrum at t = {cursor} of {m} states takes a few seconds"),
    }
}

/// Eigenvalues of the step Jacobian at the cursor, where `with_step`, and of each block of the recurrent weights.
pub fn plane(cell: Cell, analysis: &Analysis, cursor: usize, with_step: bool) -> PlaneModel {
    const MARKERS: [Marker; 4] = [Marker::Cross, Marker::Square, Marker::Diamond, Marker::Cross];
    let blocks = match demand(analysis.state_size) {
        Demand::Live => analysis.recurrent_eigenvalues(),
        _ => analysis.recurrent_weight.eigenvalues.clone(),
    };
    let mut sets: Vec<PointSet> = block_names(cell)
        .iter()
        .zip(&blocks)
        .zip(MARKERS)
        .enumerate()
        .map(|(i, ((name, eigenvalues), marker))| PointSet {
            name: (*name).to_owned(),
            ink: if cell == Cell::Rnn { Ink::Strong } else { Ink::Category(i) },
            marker,
            points: eigenvalues.as_slice().into(),
        })
        .collect();
    if let Some(step) = step_at(analysis, cursor).filter(|_| with_step) {
        sets.push(PointSet {
            name: format!("J at t = {step}"),
            ink: cell_ink(cell),
            marker: Marker::Circle,
            points: analysis.step_eigenvalues(step).into(),
        });
    }
    PlaneModel { sets, unit_circle: true }
}

/// Singular values of `P_{T←k}` at the cursor, largest first; nothing where there is no cell or no step.
pub fn bars(focused: Option<(Cell, Arc<Analysis>)>, cursor: usize) -> BarsModel {
    let (cell, values, name) = match &focused {
        Some((cell, analysis)) if analysis.seq_len > 0 => {
            let k = cursor.min(analysis.seq_len);
            (*cell, analysis.product_log10_singular_values(k), format!("σ_i of ∂s_{}/∂s_{k}", analysis.seq_len))
        }
        _ => (Cell::Rnn, Vec::new(), "σ_i".to_owned()),
    };
    let points: Vec<(f64, f64)> =
        values.iter().enumerate().map(|(i, v)| ((i + 1) as f64, if v.is_finite() { *v } else { f64::NAN })).collect();
    BarsModel {
        x: Axis::step("i", 1, values.len().max(1)),
        y: Axis::fit(name.clone(), AxisKind::Log10, values.iter().copied().chain([0.0])),
        groups: vec![BarGroup { name, ink: cell_ink(cell), points: points.into() }],
        rules: vec![Rule { value: 0.0, label: "1".to_owned(), ink: Ink::Strong, dash: Dash::Solid }],
    }
}

/// "About 1.4 of 16 directions at t = 23 still matter at t = 64, the best at 2%".
pub fn headline(cell: Cell, analysis: &Analysis, cursor: usize) -> String {
    let (name, total) = (cell_name(cell), analysis.seq_len);
    if total == 0 {
        return format!("The {name} has no step to show");
    }
    let k = cursor.min(total);
    if k == total {
        return format!("At the last state the product is the identity: all {} directions are there", analysis.state_size);
    }
    let rank = analysis.product_effective_rank(k);
    let largest = analysis.product.log10_sigma_max[k];
    if largest == f64::NEG_INFINITY {
        return format!("From t = {k} nothing of the {name}’s state reaches T = {total}");
    }
    let arrives = share(largest);
    match analysis.state_size {
        1 => format!("The {name}’s one direction at t = {k} arrives at t = {total} at {arrives}"),
        m if rank < 1.05 => format!("{name}: 1 of {m} directions at t = {k} still matters at t = {total}, at {arrives}"),
        m => format!("{name}: about {rank:.1} of {m} directions at t = {k} still matter at t = {total}, the best at {arrives}"),
    }
}
