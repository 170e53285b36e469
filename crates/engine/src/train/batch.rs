//! Sequences to learn from, several at a time, with the batch as the fastest dimension.

/// What the readout should give at the steps that have a loss.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// For the mean squared error: `[S][k][batch]`, S the number of steps that have a loss.
    Values(Vec<f64>),
    /// For the cross entropy: `[S][batch]`, each the number of the right class, below k.
    Classes(Vec<usize>),
}

impl Targets {
    /// Takes over targets of the same kind and number.
    pub(super) fn copy_from(&mut self, other: &Targets) {
        match (self, other) {
            (Targets::Values(to), Targets::Values(from)) => to.copy_from_slice(from),
            (Targets::Classes(to), Targets::Classes(from)) => to.copy_from_slice(from),
            _ => {}
        }
    }

    /// Takes over the targets of other steps: of the last one alone, or for every one those of its own place, of the last from there on.
    /// `sites` are the numbers of steps that the two have.
    pub(super) fn spread(&mut self, other: &Targets, sites: (usize, usize)) {
        fn each<T: Copy>(to: &mut [T], from: &[T], (to_sites, from_sites): (usize, usize)) {
            let size = from.len() / from_sites.max(1);
            for (site, to) in to.chunks_exact_mut(size.max(1)).enumerate() {
                let source = if to_sites == 1 { from_sites - 1 } else { site.min(from_sites - 1) };
                to.copy_from_slice(&from[source * size..(source + 1) * size]);
            }
        }
        match (self, other) {
            (Targets::Values(to), Targets::Values(from)) => each(to, from, sites),
            (Targets::Classes(to), Targets::Classes(from)) => each(to, from, sites),
            _ => {}
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Targets::Values(values) => values.len(),
            Targets::Classes(classes) => classes.len(),
        }
    }
}

/// One batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// `[T][d][batch]`.
    pub x: Vec<f64>,
    /// The targets.
    pub targets: Targets,
}

/// The steps whose readout has a loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LossSteps {
    /// T only.
    Last,
    /// 1 … T.
    Every,
    /// Those for which the mask, `[T]`, is true.
    Masked(Vec<bool>),
}

impl LossSteps {
    /// The steps, 1-based and ascending, of a sequence of `steps` steps.
    pub fn list(&self, steps: usize) -> Vec<usize> {
        match self {
            LossSteps::Last => vec![steps],
            LossSteps::Every => (1..=steps).collect(),
            LossSteps::Masked(mask) => (1..=steps).filter(|t| mask.get(t - 1).copied().unwrap_or(false)).collect(),
        }
    }
}

/// Which steps of a task have a loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LossAt {
    /// Those that the task has by itself.
    #[default]
    Task,
    /// The last step alone.
    End,
    /// Every step. Where the task asks at its end only, the target of the end is asked for at every step (target replication, Lipton et al.
    /// 2016, section 3.3).
    EveryStep,
}

/// How the readout is compared with the targets. Both are means over batch and steps, as PyTorch's with `reduction='mean'`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// `torch.nn.MSELoss`: the mean of (z − y)² over all S·k·batch elements.
    MeanSquaredError,
    /// `torch.nn.CrossEntropyLoss`: the mean of −ln softmax(z)_y over all S·batch elements, in nats.
    CrossEntropy,
}

/// Everything about a task that decides the sizes of a training step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimensions {
    /// T.
    pub steps: usize,
    /// d.
    pub input_size: usize,
    /// k, components of the readout: values to predict, or classes.
    pub output_size: usize,
    /// Sequences in a batch.
    pub batch_size: usize,
    /// The loss.
    pub loss: Loss,
    /// Where it is taken.
    pub loss_steps: LossSteps,
}

impl Dimensions {
    /// S, the number of steps that have a loss.
    pub fn sites(&self) -> usize {
        self.loss_steps.list(self.steps).len()
    }

    /// A batch of zeros.
    pub fn empty_batch(&self) -> Batch {
        let sites = self.sites();
        Batch {
            x: vec![0.0; self.steps * self.input_size * self.batch_size],
            targets: match self.loss {
                Loss::MeanSquaredError => Targets::Values(vec![0.0; sites * self.output_size * self.batch_size]),
                Loss::CrossEntropy => Targets::Classes(vec![0; sites * self.batch_size]),
            },
        }
    }

    /// Whether `batch` has these sizes, and its classes exist.
    pub fn fits(&self, batch: &Batch) -> bool {
        let empty = self.empty_batch();
        let same_kind = core::mem::discriminant(&empty.targets) == core::mem::discriminant(&batch.targets);
        let classes = match &batch.targets {
            Targets::Classes(classes) => classes.iter().all(|class| *class < self.output_size),
            Targets::Values(_) => true,
        };
        same_kind && classes && empty.x.len() == batch.x.len() && empty.targets.len() == batch.targets.len()
    }
}
