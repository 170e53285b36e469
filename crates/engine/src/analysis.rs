//! The one entry: an experiment in, everything the page draws out.
//!
//! # Log values
//! A field named `log10_…` holds log10 of a norm. `f64::NEG_INFINITY` means the norm is exactly zero; every other value is finite.
//!
//! # Time
//! Steps are t = 1…T. Vectors "per step" have T entries, entry `t-1` for step t. Vectors "per state" have T+1 entries,
//! entry k for state `s_k`, k = 0 being the initial state.

use crate::bptt;
use crate::cell::StepJacobian;
use crate::experiment::{Experiment, ExperimentError};
use crate::inverse::SmallestSingularValue;
use crate::linalg::lu::Lu;
use crate::lyapunov;
use crate::problem::Problem;
use crate::product;
use crate::reference::Reference;
use crate::running_product::ScaledProduct;
use crate::spectra::{block_eigenvalues, BlockSpectra, StepSpectra};
use crate::spectrum;
use crate::unroll::Trace;
use crate::verdict::Curve;
use crate::vocabulary::LossSite;

/// Everything that one forward and one backward pass tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// The problem that was analysed. If the forward pass overflowed, it is cut to the steps before ([`Analysis::overflow_at`]).
    pub problem: Problem,
    /// T, the number of steps analysed.
    pub seq_len: usize,
    /// m: n, or 2n for the LSTM.
    pub state_size: usize,
    /// The first step whose state was not finite, if any; the analysis covers the steps before it.
    pub overflow_at: Option<usize>,
    /// The forward pass.
    pub trace: Trace,
    /// L.
    pub loss: f64,
    /// Adjoints, gradients and contributions.
    pub backward: bptt::Backward,
    /// Per-step spectra of `J_t = ∂s_t/∂s_{t-1}`.
    pub step_jacobian: StepSpectra,
    /// Norms of `P_{T←k} = ∂s_T/∂s_k`.
    pub product: product::ProductNorms,
    /// Finite-time Lyapunov exponents per step (natural log), descending; −∞ where a direction is annihilated, as far as rounding can tell.
    /// All m of them, and none until the analysis is complete.
    pub lyapunov_exponents: Vec<f64>,
    /// How far they have settled; nothing until the analysis is complete.
    pub lyapunov_settling: lyapunov::Settling,
    /// Spectra of each gate block of `W_hh`.
    pub recurrent_weight: BlockSpectra,
    /// What is left of the loss's gradient, by lag from the last step that the loss reads: the curve that the summary figures are read from.
    /// With a loss at every step it is the last step's term alone: a sum over steps is no decay.
    pub left: Curve,
    /// exp(entropy of the normalised singular values) of `P_{T←0}`; 0 where it is exactly zero, `None` until the analysis is complete.
    pub effective_rank: Option<f64>,
    /// What theory says.
    pub reference: Reference,
    /// Whether everything is there, or a [`Refinement`] has something to add.
    pub complete: bool,
    /// `P_{T←k}` at every few states, for the time cursor.
    pub(crate) checkpoints: Vec<ScaledProduct>,
}

/// Analyses what a user has set.
///
/// # Errors
/// The first setting that is out of its range ([`Experiment::validate`]); a valid experiment cannot fail.
pub fn analyse(experiment: &Experiment) -> Result<Analysis, ExperimentError> {
    Ok(analyse_problem(experiment.problem()?))
}

/// The part of [`analyse`] that a frame can wait for: everything but σ_min and the spectral radius of each step, the effective rank,
/// the Lyapunov exponents and the eigenvalues of `W_hh`. A [`Refinement`] adds the rest, in slices.
///
/// # Errors
/// As [`analyse`].
pub fn analyse_critical(experiment: &Experiment) -> Result<Analysis, ExperimentError> {
    analyse_critical_after(experiment, None, &mut |_| {})
}

/// [`analyse_critical`] after a `previous` analysis, of which it takes what depends on `W_hh` alone where that is the same to the last bit.
/// `progress` hears the share that is done, from 0 to 1, about twice a step.
///
/// # Errors
/// As [`analyse`].
pub fn analyse_critical_after(
    experiment: &Experiment,
    previous: Option<&Analysis>,
    progress: &mut dyn FnMut(f64),
) -> Result<Analysis, ExperimentError> {
    Ok(critical(experiment.problem()?, previous, progress))
}

/// [`Analysis::left`] alone: the forward pass and one vector carried back through it.
///
/// # Errors
/// As [`analyse`].
pub fn left(experiment: &Experiment) -> Result<Curve, ExperimentError> {
    let problem = experiment.problem()?;
    let (trace, _) = Trace::run(&problem);
    let seq_len = trace.h.len() / problem.weights.hidden_size - 1;
    Ok(curve(&problem, &trace, seq_len))
}

fn curve(problem: &Problem, trace: &Trace, seq_len: usize) -> Curve {
    Curve::new(bptt::norms_from_last_site(problem, trace, seq_len).into_iter().rev())
}

/// Which norm of [`gradient_norms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradientNorm {
    /// What is left of the loss's gradient, as [`Analysis::log10_left_by_state`] has it.
    Left,
    /// The largest singular value of `P_{T←k}`.
    Product,
    /// ‖∂L/∂h_k‖.
    Hidden,
    /// ‖∂L/∂c_k‖; nothing but −∞ for a cell without c.
    Cell,
}

/// log10 of one norm per state k = 0…T, as the analysis has it, without the rest of the analysis.
///
/// # Errors
/// As [`analyse`].
pub fn gradient_norms(experiment: &Experiment, norm: GradientNorm) -> Result<Vec<f64>, ExperimentError> {
    let problem = experiment.problem()?;
    let (trace, _) = Trace::run(&problem);
    let w = &problem.weights;
    let seq_len = trace.h.len() / w.hidden_size - 1;
    Ok(match norm {
        GradientNorm::Left => {
            let mut by_state: Vec<f64> = curve(&problem, &trace, seq_len).log10_by_lag().iter().rev().copied().collect();
            by_state.resize(seq_len + 1, f64::NEG_INFINITY);
            by_state
        }
        GradientNorm::Product => product::whole_norms(w, &trace, seq_len),
        GradientNorm::Hidden => bptt::run(&problem, &trace, seq_len).dl_dh.log10_norm,
        GradientNorm::Cell => match bptt::run(&problem, &trace, seq_len).dl_dc {
            Some(dl_dc) => dl_dc.log10_norm,
            None => vec![f64::NEG_INFINITY; seq_len + 1],
        },
    })
}

/// log10 of the norm of the whole gradient, all four parameters together: what clipping by norm looks at. −∞ where it is exactly zero.
///
/// # Errors
/// As [`analyse`].
pub fn log10_gradient_norm(experiment: &Experiment) -> Result<f64, ExperimentError> {
    let problem = experiment.problem()?;
    let (trace, _) = Trace::run(&problem);
    let seq_len = trace.h.len() / problem.weights.hidden_size - 1;
    let norms: Vec<f64> = bptt::run(&problem, &trace, seq_len).gradients.iter().map(|gradient| gradient.log10_norm).collect();
    let largest = norms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return Ok(largest);
    }
    let squares: f64 = norms.iter().map(|norm| libm::exp10(2.0 * (norm - largest))).sum();
    Ok(largest + 0.5 * libm::log10(squares))
}

/// Analyses explicit weights and inputs, whose shapes must fit as the fields of [`Problem`] say.
pub fn analyse_problem(problem: Problem) -> Analysis {
    let analysis = critical(problem, None, &mut |_| {});
    let mut refinement = Refinement::new(&analysis);
    refinement.advance(&analysis, analysis.seq_len);
    refinement.complete(analysis)
}

/// The share of the critical part that the products take, for its progress; the spectra of the steps take the rest.
const PRODUCTS_SHARE: f64 = 0.65;

fn critical(mut problem: Problem, previous: Option<&Analysis>, progress: &mut dyn FnMut(f64)) -> Analysis {
    let (trace, overflow_at) = Trace::run(&problem);
    let (n, d) = (problem.weights.hidden_size, problem.weights.input_size);
    let seq_len = trace.h.len() / n - 1;
    problem.x.truncate(seq_len * d);
    let w = &problem.weights;
    let backward = bptt::run(&problem, &trace, seq_len);
    let (product, checkpoints) = product::run(w, &trace, seq_len, &mut |share| progress(PRODUCTS_SHARE * share));
    let mut rest = |share| progress(PRODUCTS_SHARE + (1.0 - PRODUCTS_SHARE) * share);
    let step_jacobian = StepSpectra::critical(w, &trace, seq_len, &mut rest);
    let recurrent_weight = match previous {
        Some(Analysis { problem, recurrent_weight, .. })
            if problem.weights.hidden_size == n && problem.weights.weight_hh == w.weight_hh =>
        {
            recurrent_weight.clone()
        }
        _ => BlockSpectra::critical(w),
    };
    let last = bptt::last_site(problem.loss_site, seq_len);
    let left = if problem.loss_site == LossSite::EveryStep || last == 0 {
        curve(&problem, &trace, seq_len)
    } else {
        // The backward pass has walked this way already.
        Curve::new(backward.log10_norm_dl_ds[..=last].iter().rev().copied())
    };
    let reference = Reference::new(w, &recurrent_weight);
    Analysis {
        loss: bptt::loss(&problem, &trace, seq_len),
        seq_len,
        state_size: n * w.cell.states(),
        problem,
        overflow_at,
        trace,
        backward,
        step_jacobian,
        product,
        lyapunov_exponents: Vec::new(),
        lyapunov_settling: lyapunov::Settling::default(),
        recurrent_weight,
        left,
        effective_rank: None,
        reference,
        complete: false,
        checkpoints,
    }
}

/// What [`analyse_critical`] leaves out, computed step by step, so that it can be spread over frames.
#[derive(Clone, Debug)]
pub struct Refinement {
    done: usize,
    jacobian: StepJacobian,
    dense: Vec<f64>,
    directions: lyapunov::Directions,
    lu: Lu,
    log_determinant: f64,
    smallest: SmallestSingularValue,
    sigma_min: Vec<f64>,
    spectral_radius: Vec<f64>,
}

impl Refinement {
    /// Nothing refined yet.
    pub fn new(analysis: &Analysis) -> Self {
        let w = &analysis.problem.weights;
        let m = analysis.state_size;
        Self {
            done: 0,
            jacobian: StepJacobian::new(w.cell, w.hidden_size),
            dense: vec![0.0; m * m],
            directions: lyapunov::Directions::new(m, m),
            lu: Lu::new(m),
            log_determinant: 0.0,
            smallest: SmallestSingularValue::new(w),
            sigma_min: Vec::with_capacity(analysis.seq_len),
            spectral_radius: Vec::with_capacity(analysis.seq_len),
        }
    }

    /// Refines at most `steps` more steps of the analysis it was made for; whether none is left.
    pub fn advance(&mut self, analysis: &Analysis, steps: usize) -> bool {
        let (w, m) = (&analysis.problem.weights, analysis.state_size);
        let until = analysis.seq_len.min(self.done.saturating_add(steps));
        for t in self.done + 1..=until {
            self.jacobian.set(w, analysis.trace.step(w.hidden_size, t));
            self.jacobian.dense(&mut self.dense);
            self.spectral_radius.push(spectrum::spectral_radius(&self.dense, m));
            self.log_determinant += if self.lu.factor(&self.dense) { self.lu.log_abs_determinant() } else { f64::NEG_INFINITY };
            self.directions.step(&mut self.jacobian);
            self.directions.watch(analysis.seq_len);
            let largest = analysis.step_jacobian.sigma_max[t - 1];
            self.sigma_min.push(self.smallest.of(&mut self.jacobian, largest, &mut self.dense));
        }
        self.done = until;
        until == analysis.seq_len
    }

    /// The share of steps that are refined; 1 where there are none.
    pub fn share(&self, analysis: &Analysis) -> f64 {
        if analysis.seq_len == 0 {
            return 1.0;
        }
        self.done as f64 / analysis.seq_len as f64
    }

    /// The complete analysis. Steps that are not refined yet are refined here.
    pub fn complete(mut self, mut analysis: Analysis) -> Analysis {
        self.advance(&analysis, analysis.seq_len);
        analysis.step_jacobian.sigma_min = self.sigma_min;
        analysis.step_jacobian.spectral_radius = self.spectral_radius;
        analysis.lyapunov_exponents = self.directions.exponents();
        let mean_log_determinant = self.log_determinant / analysis.seq_len.max(1) as f64;
        analysis.lyapunov_settling = lyapunov::Settling { mean_log_determinant, ..self.directions.settling().clone() };
        analysis.effective_rank = Some(analysis.product_effective_rank(0));
        analysis.find_recurrent_eigenvalues();
        analysis.complete = true;
        analysis
    }
}

impl Analysis {
    /// Finds the eigenvalues of the blocks of `W_hh`, and the theory line that stands on them, where they are not there yet.
    pub fn find_recurrent_eigenvalues(&mut self) {
        self.recurrent_weight.complete(&self.problem.weights);
        self.reference = Reference::new(&self.problem.weights, &self.recurrent_weight);
    }

    /// `J_t`, `[m][m]` row-major, for t = 1…T (a t beyond is clamped; empty where T = 0).
    pub fn step_jacobian(&self, t: usize) -> Vec<f64> {
        if self.seq_len == 0 {
            return Vec::new();
        }
        let w = &self.problem.weights;
        let mut jacobian = StepJacobian::new(w.cell, w.hidden_size);
        jacobian.set(w, self.trace.step(w.hidden_size, t.clamp(1, self.seq_len)));
        let mut dense = vec![0.0; self.state_size * self.state_size];
        jacobian.dense(&mut dense);
        dense
    }

    /// Eigenvalues (re, im) of each block of `W_hh`, by decreasing modulus, whether the analysis is complete or not.
    pub fn recurrent_eigenvalues(&self) -> Vec<Vec<(f64, f64)>> {
        match self.recurrent_weight.eigenvalues.as_slice() {
            [] => block_eigenvalues(&self.problem.weights),
            found => found.to_vec(),
        }
    }

    /// Eigenvalues (re, im) of `J_t`, by decreasing modulus.
    pub fn step_eigenvalues(&self, t: usize) -> Vec<(f64, f64)> {
        match self.seq_len {
            0 => Vec::new(),
            _ => spectrum::eigenvalues(&self.step_jacobian(t), self.state_size),
        }
    }

    /// Singular values of `J_t`, descending.
    pub fn step_singular_values(&self, t: usize) -> Vec<f64> {
        match self.seq_len {
            0 => Vec::new(),
            _ => spectrum::singular_values(&self.step_jacobian(t), self.state_size, self.state_size),
        }
    }

    /// log10 of the singular values of `P_{T←k}`, descending, m of them; −∞ for exactly zero.
    pub fn product_log10_singular_values(&self, k: usize) -> Vec<f64> {
        self.product_at(k).map(|p| p.log10_singular_values(self.state_size)).unwrap_or_default()
    }

    /// exp(entropy of the normalised singular values) of `P_{T←k}`: how many directions it passes; 0 where it is exactly zero.
    pub fn product_effective_rank(&self, k: usize) -> f64 {
        self.product_at(k).map_or(0.0, |p| p.effective_rank(self.state_size))
    }

    /// S, the last step whose hidden state the loss reads: lag 0 of [`Analysis::left`].
    pub fn last_loss_step(&self) -> usize {
        bptt::last_site(self.problem.loss_site, self.seq_len)
    }

    /// [`Analysis::left`] per state k = 0…T; −∞ at the states after the last step that the loss reads.
    pub fn log10_left_by_state(&self) -> Vec<f64> {
        let mut by_state: Vec<f64> = self.left.log10_by_lag().iter().rev().copied().collect();
        by_state.resize(self.seq_len + 1, f64::NEG_INFINITY);
        by_state
    }

    /// The most that any loss on the last state, in any direction, can have left: `‖P_{T←T−ℓ}‖₂`. `None` where the loss reads an earlier step
    /// last, whose products these are not.
    pub fn worst_case(&self) -> Option<Curve> {
        (self.last_loss_step() == self.seq_len).then(|| Curve::new(self.product.log10_sigma_max.iter().rev().copied()))
    }

    fn product_at(&self, k: usize) -> Option<ScaledProduct> {
        product::at(&self.problem.weights, &self.trace, &self.checkpoints, k.min(self.seq_len))
    }
}
