//! A batch that the caller brings.

use crate::train::batch::{Batch, Dimensions, Targets};
use crate::train::error::TrainError;

/// One batch and its sizes.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixed {
    dimensions: Dimensions,
    batch: Batch,
}

impl Fixed {
    /// A task that gives `batch` at every iteration.
    ///
    /// # Errors
    /// The batch does not have the sizes of `dimensions`, a class does not exist, or no step has a loss.
    pub fn new(dimensions: Dimensions, batch: Batch) -> Result<Fixed, TrainError> {
        let sizes = dimensions.steps > 0 && dimensions.input_size > 0 && dimensions.output_size > 0 && dimensions.batch_size > 0;
        if !sizes || dimensions.sites() == 0 || !dimensions.fits(&batch) {
            return Err(TrainError::Sizes { what: "batch" });
        }
        Ok(Fixed { dimensions, batch })
    }

    /// The sizes.
    pub fn dimensions(&self) -> &Dimensions {
        &self.dimensions
    }

    /// The batch.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    pub(super) fn baseline(&self) -> f64 {
        match &self.batch.targets {
            Targets::Values(values) => {
                let (k, size) = (self.dimensions.output_size, self.dimensions.batch_size);
                let of_component = |component: usize| {
                    let values = || values.chunks_exact(size).skip(component).step_by(k).flatten();
                    let count = values().count() as f64;
                    let mean = values().sum::<f64>() / count;
                    values().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count
                };
                (0..k).map(of_component).sum::<f64>() / k as f64
            }
            Targets::Classes(classes) => {
                let mut counts = vec![0_u64; self.dimensions.output_size];
                for class in classes {
                    counts[*class] += 1;
                }
                entropy(&counts)
            }
        }
    }
}

/// Entropy in nats of the frequencies that `counts` are; 0 where there is nothing to count.
pub(super) fn entropy(counts: &[u64]) -> f64 {
    let total = counts.iter().sum::<u64>() as f64;
    counts.iter().filter(|count| **count > 0).map(|count| *count as f64 / total).map(|share| -share * libm::log(share)).sum()
}
