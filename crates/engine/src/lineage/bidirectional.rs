//! Bidirectional nets (Schuster & Paliwal 1997): one cell reads from the first step on, another from the last step back, and an output step is
//! both states side by side. Every output step sees every input step, so the lag t − k takes both signs, and nothing can be generated: the
//! second half of out_t needs inputs after t.

use super::block::{self, Block, Cost, Gradients, JacobianRows, Named, Parameter, Path};
use super::recurrent::{self, check_weights, sweep, unroll, Walk};
use super::{LineageError, ScaledRows};
use crate::unroll::Tape;
use crate::weights::Weights;

/// Two cells of the same sizes: `out_t = [forward h_t; backward h_t]`, 2n numbers. Row t of the backward half is the state after it has read
/// x_t.
#[derive(Clone, Debug, PartialEq)]
pub struct Bidirectional {
    forward: Weights,
    backward: Weights,
}

/// The states and gates of both passes.
#[derive(Clone, Debug, PartialEq)]
pub struct BidirectionalTrace {
    /// `[T][d]`.
    x: Vec<f64>,
    forward: Tape,
    /// Its t-th step has read x_{T−t}.
    backward: Tape,
    /// `[T][2n]`.
    out: Vec<f64>,
    /// LSTM: both cells' states by time, `[T][n]` each; else empty.
    c: [Vec<f64>; 2],
}

impl Bidirectional {
    /// From the parameters of both passes.
    ///
    /// # Errors
    /// [`LineageError::Size`] where the two do not have the same cell and sizes, [`LineageError::ParameterLength`] where a parameter does not
    /// have the shape that the sizes ask for.
    pub fn new(forward: Weights, backward: Weights) -> Result<Self, LineageError> {
        let shape = |w: &Weights| (w.cell, w.input_size, w.hidden_size);
        if shape(&forward) != shape(&backward) {
            return Err(LineageError::Size {
                what: "The backward pass",
                found: format!("{:?} with d = {}, n = {}", backward.cell, backward.input_size, backward.hidden_size),
                accepted: format!("{:?} with d = {}, n = {}, as the forward pass", forward.cell, forward.input_size, forward.hidden_size),
            });
        }
        check_weights(&forward, "", "_l0")?;
        check_weights(&backward, "", "_l0_reverse")?;
        Ok(Self { forward, backward })
    }

    /// n, the units of one pass.
    pub fn hidden_size(&self) -> usize {
        self.forward.hidden_size
    }
}

/// The vectors of a tape after its first state, last first: what a pass that reads backwards has, by time.
pub(super) fn by_time(states: &[f64], n: usize) -> Vec<f64> {
    states[n.min(states.len())..].chunks_exact(n).rev().flatten().copied().collect()
}

/// Rows of `left` and `right` (`[T][n]` each) side by side.
pub(super) fn side_by_side(left: &[f64], right: &[f64], n: usize) -> Vec<f64> {
    left.chunks_exact(n).zip(right.chunks_exact(n)).flat_map(|(l, r)| l.iter().chain(r)).copied().collect()
}

/// Vectors of two sequences, one after the other in one vector, under the larger of the two exponents.
fn one_above_the_other(upper: &ScaledRows, lower: &ScaledRows) -> ScaledRows {
    let width = upper.width();
    let mut both = ScaledRows::zeros(upper.len(), width + lower.width());
    for row in 0..upper.len() {
        let mut whole = vec![0.0; width + lower.width()];
        whole[..width].copy_from_slice(upper.row(row).0);
        both.set(row, &whole, upper.row(row).1);
        whole[..width].fill(0.0);
        whole[width..].copy_from_slice(lower.row(row).0);
        both.add(row, &whole, lower.row(row).1);
    }
    both
}

impl Block for Bidirectional {
    type Trace = BidirectionalTrace;

    fn input_size(&self) -> usize {
        self.forward.input_size
    }

    fn output_size(&self) -> usize {
        2 * self.forward.hidden_size
    }

    fn forward(&self, x: &[f64]) -> Result<BidirectionalTrace, LineageError> {
        let n = self.forward.hidden_size;
        let (forward, backward) = (unroll(&self.forward, x, false)?, unroll(&self.backward, x, true)?);
        let out = side_by_side(&forward.h[n..], &by_time(&backward.h, n), n);
        let c = [forward.c.get(n..).unwrap_or_default().to_vec(), by_time(&backward.c, n)];
        Ok(BidirectionalTrace { x: x.to_vec(), forward, backward, out, c })
    }

    fn output<'t>(&self, trace: &'t BidirectionalTrace) -> &'t [f64] {
        &trace.out
    }

    fn inner<'t>(&self, trace: &'t BidirectionalTrace) -> Vec<Named<'t>> {
        let n = self.forward.hidden_size;
        let names = ["c_forward", "c_backward"].into_iter().zip(&trace.c).filter(|(_, c)| !c.is_empty());
        names.map(|(name, c)| Named::new(name, &[c.len() / n, n], c)).collect()
    }

    fn paths(&self) -> &'static [Path] {
        &[Path::Total, Path::Forward, Path::Backward]
    }

    fn vjp(&self, trace: &BidirectionalTrace, cotangent: &ScaledRows, path: Path, gradients: Option<&mut Gradients>) -> ScaledRows {
        let (n, d) = (self.forward.hidden_size, self.forward.input_size);
        let steps = trace.forward.steps(&self.forward);
        let (mut ahead, mut back) = match gradients {
            Some(all) => {
                let (ahead, back) = all.values.split_at_mut(4);
                (Some(ahead), Some(back))
            }
            None => (None, None),
        };
        let mut dx = ScaledRows::zeros(steps, d);
        if path != Path::Backward {
            let x = |i: usize| &trace.x[i * d..(i + 1) * d];
            dx.add_all(&sweep(&self.forward, &trace.forward, x, &cotangent.columns(0, n), None, ahead.take()));
        }
        if path != Path::Forward {
            let x = |i: usize| &trace.x[(steps - 1 - i) * d..(steps - i) * d];
            let cotangent = cotangent.columns(n, n).reversed();
            dx.add_all(&sweep(&self.backward, &trace.backward, x, &cotangent, None, back.take()).reversed());
        }
        dx
    }

    fn jacobian_rows<'t>(&'t self, trace: &'t BidirectionalTrace, path: Path) -> Option<JacobianRows<'t>> {
        let ahead = Walk::new(&self.forward, &trace.forward);
        if path == Path::Forward {
            return Some(Box::new(ahead));
        }
        // The backward pass comes to the last output first, and to its inputs from the last on.
        let mut back: Vec<ScaledRows> = Walk::new(&self.backward, &trace.backward).map(|rows| rows.reversed()).collect();
        back.reverse();
        if path == Path::Backward {
            return Some(Box::new(back.into_iter()));
        }
        Some(Box::new(ahead.zip(back).map(|(ahead, back)| one_above_the_other(&ahead, &back))))
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        let mut all = recurrent::parameters(&self.forward, "", "_l0");
        all.extend(recurrent::parameters(&self.backward, "", "_l0_reverse"));
        all
    }

    fn parameters_mut(&mut self) -> Vec<&mut [f64]> {
        let mut all = recurrent::parameters_mut(&mut self.forward);
        all.extend(recurrent::parameters_mut(&mut self.backward));
        all
    }

    fn cost(&self, steps: usize) -> Cost {
        recurrent::cost(&self.forward, steps) + recurrent::cost(&self.backward, steps)
    }
}

/// What output step t would be if the future did not exist: the backward half after it has read nothing but x_0 … x_t, from the last of them
/// back, `[2n]`. Against out_t it shows what cutting the backward pass off does.
///
/// # Errors
/// As [`Block::forward`] over the first t + 1 steps; [`LineageError::NoSuchRow`] where there is no step t.
pub fn without_future(net: &Bidirectional, x: &[f64], t: usize) -> Result<Vec<f64>, LineageError> {
    let d = net.forward.input_size;
    let steps = block::steps(x, d)?;
    if t >= steps {
        return Err(LineageError::NoSuchRow { row: t, rows: steps });
    }
    let trace = net.forward(&x[..(t + 1) * d])?;
    Ok(trace.out[t * 2 * net.hidden_size()..].to_vec())
}
