//! The two losses, and their derivatives by the readout.

use super::batch::Targets;
use crate::lanes;

/// Sizes of a readout, `[S][k][lanes]`, of which the first `batch` lanes count.
#[derive(Clone, Copy)]
pub(super) struct ReadoutShape {
    pub sites: usize,
    pub output_size: usize,
    pub lanes: usize,
    pub batch: usize,
}

/// The loss; `outputs` goes from the readout to the loss's derivative by it, 0 in the lanes that only fill. `largest` and `sums`
/// are scratch of `lanes` values each.
pub(super) fn loss_and_derivative(
    shape: ReadoutShape,
    outputs: &mut [f64],
    targets: &Targets,
    largest: &mut [f64],
    sums: &mut [f64],
) -> f64 {
    match targets {
        Targets::Values(values) => mean_squared_error(shape, outputs, values),
        Targets::Classes(classes) => cross_entropy(shape, outputs, classes, largest, sums),
    }
}

/// The cross-entropy of logits `[S][k]`, averaged over the steps, against a class a step; the logits become its derivative by them.
pub(crate) fn cross_entropy_of_steps(logits: &mut [f64], classes: &[usize], output_size: usize) -> f64 {
    let shape = ReadoutShape { sites: classes.len(), output_size, lanes: 1, batch: 1 };
    cross_entropy(shape, logits, classes, &mut [0.0], &mut [0.0])
}

fn mean_squared_error(shape: ReadoutShape, outputs: &mut [f64], values: &[f64]) -> f64 {
    let ReadoutShape { sites, output_size, lanes, batch } = shape;
    let count = (sites * output_size * batch) as f64;
    let mut sum = 0.0;
    for (outputs, values) in outputs.chunks_exact_mut(lanes).zip(values.chunks_exact(batch)) {
        let (used, filling) = outputs.split_at_mut(batch);
        for (output, value) in used.iter_mut().zip(values) {
            let difference = *output - value;
            sum += difference * difference;
            *output = 2.0 * difference / count;
        }
        filling.fill(0.0);
    }
    sum / count
}

/// `−ln softmax(z)_y = ln Σ e^{z − m} − (z_y − m)` with m the largest z, so that nothing overflows.
fn cross_entropy(shape: ReadoutShape, outputs: &mut [f64], classes: &[usize], largest: &mut [f64], sums: &mut [f64]) -> f64 {
    let ReadoutShape { sites, output_size, lanes, batch } = shape;
    let count = (sites * batch) as f64;
    let mut sum = 0.0;
    for (outputs, classes) in outputs.chunks_exact_mut(lanes * output_size).zip(classes.chunks_exact(batch)) {
        largest.fill(f64::NEG_INFINITY);
        for row in outputs.chunks_exact(lanes) {
            for (largest, z) in largest.iter_mut().zip(row) {
                // Not `max`, which would pass over a NaN.
                *largest = if *z > *largest || z.is_nan() { *z } else { *largest };
            }
        }
        for row in outputs.chunks_exact_mut(lanes) {
            for (z, largest) in row.iter_mut().zip(largest.iter()) {
                *z -= largest;
            }
        }
        for (lane, class) in classes.iter().enumerate() {
            sum -= outputs[class * lanes + lane];
        }
        lanes::exp(outputs);
        sums.fill(0.0);
        for row in outputs.chunks_exact(lanes) {
            for (sum, e) in sums.iter_mut().zip(row) {
                *sum += e;
            }
        }
        for total in &sums[..batch] {
            sum += libm::log(*total);
        }
        for row in outputs.chunks_exact_mut(lanes) {
            for (e, total) in row.iter_mut().zip(sums.iter()) {
                *e /= total * count;
            }
            row[batch..].fill(0.0);
        }
        for (lane, class) in classes.iter().enumerate() {
            outputs[class * lanes + lane] -= 1.0 / count;
        }
    }
    sum / count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(shape: ReadoutShape, outputs: &mut [f64], targets: &Targets) -> f64 {
        let (mut largest, mut sums) = (vec![0.0; shape.lanes], vec![0.0; shape.lanes]);
        loss_and_derivative(shape, outputs, targets, &mut largest, &mut sums)
    }

    #[test]
    fn squared_errors_are_averaged_over_every_element() {
        let shape = ReadoutShape { sites: 1, output_size: 2, lanes: 4, batch: 2 };
        let mut outputs = [1.0, 2.0, 9.0, 9.0, 3.0, 4.0, 9.0, 9.0];
        let loss = run(shape, &mut outputs, &Targets::Values(vec![0.0, 0.0, 0.0, 2.0]));
        assert_eq!(loss, (1.0 + 4.0 + 9.0 + 4.0) / 4.0);
        assert_eq!(outputs, [0.5, 1.0, 0.0, 0.0, 1.5, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn equal_scores_cost_the_logarithm_of_the_number_of_classes_however_large() {
        let shape = ReadoutShape { sites: 2, output_size: 3, lanes: 4, batch: 1 };
        let mut outputs = [1e5; 24];
        let loss = run(shape, &mut outputs, &Targets::Classes(vec![0, 2]));
        assert!((loss - libm::log(3.0)).abs() < 1e-15, "{loss}");
        assert!((outputs[0] - (1.0 / 3.0 - 1.0) / 2.0).abs() < 1e-15);
        assert!((outputs[4] - 1.0 / 6.0).abs() < 1e-15);
        assert!(outputs.chunks(4).all(|row| row[1..].iter().all(|v| *v == 0.0)));
    }

    #[test]
    fn a_score_that_is_not_a_number_makes_the_loss_not_a_number() {
        let shape = ReadoutShape { sites: 1, output_size: 2, lanes: 4, batch: 1 };
        let mut outputs = [0.0; 8];
        outputs[4] = f64::NAN;
        assert!(run(shape, &mut outputs, &Targets::Classes(vec![0])).is_nan());
    }
}
