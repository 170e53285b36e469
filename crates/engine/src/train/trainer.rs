//! The stepper.

use super::backward::{Observed, Stretch};
use super::batch::{Batch, Dimensions};
use super::config::{check_learning_rate, Config, Precision, Truncation};
use super::error::{Diverged, Divergence, TrainError};
use super::model::{Layout, Model};
use super::optimiser::{norm, Clip, OptimiserState};
use super::record::{angle, StepRecord};
use super::snapshot::{Snapshot, States};
use super::workspace::Workspace;

/// The workspace, in the arithmetic that the settings choose.
#[derive(Clone, Debug)]
enum Arithmetic {
    Double(Workspace<f64>),
    Single(Workspace<f32>),
}

/// The same expression of whichever workspace there is.
macro_rules! either {
    ($arithmetic:expr, $workspace:ident => $of_it:expr) => {
        match $arithmetic {
            Arithmetic::Double($workspace) => $of_it,
            Arithmetic::Single($workspace) => $of_it,
        }
    };
}

/// A training run, one step at a time. A step allocates nothing.
#[derive(Clone, Debug)]
pub struct Trainer {
    config: Config,
    layout: Layout,
    dimensions: Dimensions,
    workspace: Arithmetic,
    batch: Batch,
    /// The task's own batch, where the loss is at other steps than the task's, and how many steps have a loss here and there.
    drawn: Option<(Batch, (usize, usize))>,
    parameters: Vec<f64>,
    optimiser: OptimiserState,
    /// What an update that fails goes back to.
    last_good: (Vec<f64>, OptimiserState),
    gradient: Vec<f64>,
    full_gradient: Vec<f64>,
    observed: Observed,
    record: StepRecord,
    iteration: u64,
    pub(super) samples: u64,
    carried: States,
}

impl Trainer {
    /// A run from the weights that the settings draw.
    ///
    /// # Errors
    /// As [`Config::validate`].
    pub fn new(config: Config) -> Result<Trainer, TrainError> {
        let model = config.initial_model()?;
        Self::with_model(config, model)
    }

    /// A run from given weights.
    ///
    /// # Errors
    /// As [`Config::validate`]; and the model does not have the sizes of the settings, or holds a number that is not finite.
    pub fn with_model(mut config: Config, model: Model) -> Result<Trainer, TrainError> {
        config.validate()?;
        let layout = config.layout();
        if model.layout() != layout || !model.is_consistent() {
            return Err(TrainError::Sizes { what: "model" });
        }
        let parameters = model.to_flat();
        if let Some(value) = parameters.iter().find(|value| !value.is_finite()) {
            return Err(TrainError::OutOfRange { field: "weight", value: value.to_string(), accepted: "a finite number".into() });
        }
        let dimensions = config.dimensions();
        let own = config.task.dimensions(config.batch_size);
        config.batch_size = dimensions.batch_size;
        let workspace = match config.precision {
            Precision::Double => Arithmetic::Double(Workspace::new(layout, &dimensions)),
            Precision::Single => Arithmetic::Single(Workspace::new(layout, &dimensions)),
        };
        let units = layout.hidden_size * either!(&workspace, workspace => workspace.lanes);
        let count = parameters.len();
        let observed = |length: usize| if config.observe { vec![0.0; length] } else { Vec::new() };
        let steps = dimensions.steps;
        Ok(Trainer {
            batch: dimensions.empty_batch(),
            drawn: (dimensions.loss_steps != own.loss_steps).then(|| (own.empty_batch(), (dimensions.sites(), own.sites()))),
            last_good: (parameters.clone(), OptimiserState::new(count)),
            optimiser: OptimiserState::new(count),
            gradient: vec![0.0; count],
            full_gradient: vec![0.0; count],
            observed: Observed { log10_adjoint: observed(steps + 1), contribution: observed(steps) },
            record: StepRecord {
                log10_adjoint: observed(steps + 1),
                recurrent_share_by_lag: observed(steps),
                mean_gates: observed(layout.cell.blocks()),
                ..StepRecord::default()
            },
            iteration: 0,
            samples: 0,
            carried: States { h: vec![0.0; units], c: vec![0.0; layout.cell.cell_state_size(units)] },
            config,
            layout,
            dimensions,
            workspace,
            parameters,
        })
    }

    /// Makes the batch of the present iteration, takes its gradient, clips it and updates the weights.
    ///
    /// # Errors
    /// [`Diverged`] where the loss, the gradient or the updated weights are not finite. Weights, optimiser, carried states and iteration
    /// are then as before the step.
    pub fn step(&mut self) -> Result<&StepRecord, Diverged> {
        self.advance(self.config.observe)
    }

    /// As [`Trainer::step`], but without following the gradient through time: the record's profiles, `log10_adjoint` and
    /// `recurrent_share_by_lag`, are empty. All else has the same bits, for less time.
    ///
    /// # Errors
    /// As [`Trainer::step`].
    pub fn step_without_profile(&mut self) -> Result<&StepRecord, Diverged> {
        self.advance(false)
    }

    fn advance(&mut self, profile: bool) -> Result<&StepRecord, Diverged> {
        let iteration = self.iteration;
        let diverged = |what| Diverged { iteration, what };
        let loss = self.forward();
        if !loss.is_finite() {
            return Err(diverged(Divergence::Loss));
        }
        let omega = self.backward(profile);
        let gradient_norm = norm(&self.gradient);
        if !gradient_norm.is_finite() || !omega.is_finite() {
            return Err(diverged(Divergence::Gradient));
        }
        let truncation = self.truncation();
        let clipped = self.config.clip.apply(gradient_norm, &mut self.gradient);
        self.update().map_err(diverged)?;
        either!(&self.workspace, workspace => workspace.final_states(&mut self.carried.h, &mut self.carried.c));
        self.record.iteration = iteration;
        self.record.loss = loss;
        self.record.omega = omega;
        self.record.gradient_norm = gradient_norm;
        self.record.clipped_gradient_norm = if clipped { norm(&self.gradient) } else { gradient_norm };
        self.record.clipped = clipped;
        self.record.truncation_angle = truncation.map(|(angle, _)| angle);
        self.record.truncation_ratio = truncation.map(|(_, ratio)| ratio);
        self.observe(profile);
        self.iteration += 1;
        Ok(&self.record)
    }

    fn make_batch(&mut self) {
        let Config { task, seed, batch_size, .. } = &self.config;
        let Some((drawn, sites)) = &mut self.drawn else { return task.fill(*seed, self.iteration, *batch_size, &mut self.batch) };
        task.fill(*seed, self.iteration, *batch_size, drawn);
        self.batch.x.copy_from_slice(&drawn.x);
        self.batch.targets.spread(&drawn.targets, *sites);
    }

    fn forward(&mut self) -> f64 {
        self.make_batch();
        let carried = self.config.carry_state.then_some(&self.carried);
        either!(&mut self.workspace, workspace => {
            workspace.packed.set(&self.parameters);
            workspace.load(&self.batch);
            workspace.start(carried.map(|states| states.h.as_slice()), carried.map(|states| states.c.as_slice()));
            workspace.forward();
            workspace.read_out(&self.batch)
        })
    }

    /// Fills `gradient`, and where they are needed `full_gradient` and the profile in `observed`; returns Ω.
    fn backward(&mut self, profile: bool) -> f64 {
        let Config { truncation, omega, observe, .. } = self.config;
        let steps = self.dimensions.steps;
        let cuts = truncation.cuts(steps);
        self.gradient.fill(0.0);
        either!(&mut self.workspace, workspace => {
            workspace.readout_gradient(&mut self.gradient);
            if observe && cuts {
                self.full_gradient.fill(0.0);
                let whole = Stretch { first: 1, last: steps, losses_after: 0 };
                workspace.backward(whole, omega, profile.then_some(&mut self.observed), &mut self.full_gradient);
            }
            let mut value = 0.0;
            for stretch in truncation.stretches(steps) {
                let observed = (profile && !cuts).then_some(&mut self.observed);
                value += workspace.backward(stretch, omega, observed, &mut self.gradient);
            }
            value
        })
    }

    /// Angle and ratio of norms of the truncated to the full gradient of the cell.
    fn truncation(&self) -> Option<(f64, f64)> {
        if !self.config.observe || !self.config.truncation.cuts(self.dimensions.steps) {
            return None;
        }
        let cell = self.layout.cell_range();
        let (full, truncated) = (&self.full_gradient[cell.clone()], &self.gradient[cell]);
        let (whole, used) = (norm(full), norm(truncated));
        angle(full, truncated, whole, used).map(|angle| (angle, used / whole))
    }

    fn update(&mut self) -> Result<(), Divergence> {
        let (parameters, state) = &mut self.last_good;
        parameters.copy_from_slice(&self.parameters);
        state.copy_from(&self.optimiser);
        self.optimiser.update(self.config.optimiser, self.config.learning_rate, &self.gradient, &mut self.parameters);
        let numbers = [&self.parameters, &self.optimiser.first, &self.optimiser.second];
        if numbers.into_iter().flatten().all(|value| value.is_finite()) {
            return Ok(());
        }
        self.parameters.copy_from_slice(parameters);
        self.optimiser.copy_from(state);
        Err(Divergence::Weights)
    }

    fn observe(&mut self, profile: bool) {
        self.record.log10_adjoint.clear();
        self.record.recurrent_share_by_lag.clear();
        if profile {
            self.record.log10_adjoint.extend_from_slice(&self.observed.log10_adjoint);
            let total: f64 = self.observed.contribution.iter().sum();
            let share = |contribution: &f64| if total > 0.0 { contribution / total } else { 0.0 };
            self.record.recurrent_share_by_lag.extend(self.observed.contribution.iter().rev().map(share));
        }
        if !self.config.observe {
            return;
        }
        either!(&self.workspace, workspace => workspace.mean_gates(&mut self.record.mean_gates));
    }

    /// The settings, with the learning rate, clipping and truncation of now.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Steps done.
    pub fn iteration(&self) -> u64 {
        self.iteration
    }

    /// The weights of now.
    pub fn model(&self) -> Model {
        Model::from_flat(self.layout, &self.parameters)
    }

    /// The gradient of the last step after clipping, `[`[`Layout::len`]`]`, in the order of [`super::PARAMETER_NAMES`]; zeros before the
    /// first.
    pub fn gradient(&self) -> &[f64] {
        &self.gradient
    }

    /// The batch of the last step; zeros before the first.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Changes the learning rate from the next step on.
    ///
    /// # Errors
    /// It is negative or not finite.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<(), TrainError> {
        check_learning_rate(learning_rate)?;
        self.config.learning_rate = learning_rate;
        Ok(())
    }

    /// Changes clipping from the next step on.
    ///
    /// # Errors
    /// The limit is not a positive number.
    pub fn set_clip(&mut self, clip: Clip) -> Result<(), TrainError> {
        clip.validate()?;
        self.config.clip = clip;
        Ok(())
    }

    /// Changes truncation from the next step on.
    ///
    /// # Errors
    /// A length is 0.
    pub fn set_truncation(&mut self, truncation: Truncation) -> Result<(), TrainError> {
        truncation.validate()?;
        self.config.truncation = truncation;
        Ok(())
    }

    /// Everything that the next steps depend on besides the settings that never change. Random draws have no state of their own: they are
    /// determined by the seed and two counters, the iteration and the number of samples.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            layout: self.layout,
            iteration: self.iteration,
            samples: self.samples,
            parameters: self.parameters.clone(),
            optimiser: self.optimiser.clone(),
            carried: self.carried.clone(),
            learning_rate: self.config.learning_rate,
            clip: self.config.clip,
            truncation: self.config.truncation,
        }
    }

    /// Goes back, or on, to a snapshot of a run with the same settings. What follows has the bits of what followed it.
    ///
    /// # Errors
    /// The snapshot is of a run with other sizes, or what can be set between steps is out of its range in it; nothing has changed then.
    pub fn restore(&mut self, snapshot: &Snapshot) -> Result<(), TrainError> {
        if !snapshot.fits(self.layout, &self.carried) {
            return Err(TrainError::Sizes { what: "snapshot" });
        }
        check_learning_rate(snapshot.learning_rate)?;
        snapshot.clip.validate()?;
        snapshot.truncation.validate()?;
        self.iteration = snapshot.iteration;
        self.samples = snapshot.samples;
        self.parameters.copy_from_slice(&snapshot.parameters);
        self.optimiser.copy_from(&snapshot.optimiser);
        self.carried.clone_from(&snapshot.carried);
        self.config.learning_rate = snapshot.learning_rate;
        self.config.clip = snapshot.clip;
        self.config.truncation = snapshot.truncation;
        Ok(())
    }
}
