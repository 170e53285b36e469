//! What a sequence model offers to the lineage lab.

use core::fmt;

use super::{LineageError, ScaledRows};

/// A route of the gradient through a model. What is not of a path is held fixed, so the Jacobians of paths that share nothing add up to the
/// whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Path {
    /// All of them: the gradient.
    Total,
    /// Bidirectional nets: through the pass that reads from the first step on.
    Forward,
    /// Bidirectional nets: through the pass that reads from the last step back.
    Backward,
    /// Encoder–decoders: through the encoder states that attention reads, as values and in the scores.
    Contexts,
    /// Encoder–decoders: through the state that the encoder hands to the decoder (the bottleneck).
    State,
    /// Transformers: along the residual stream, the output of every attention sub-layer held fixed.
    Residual,
    /// Transformers: through one attention sub-layer or more.
    Attention,
    /// What the input makes of the recurrence is held fixed: Δ, B and C of selective state-space models, the gates of minimal cells.
    Frozen,
}

impl Path {
    /// Its name, as tables and files have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Forward => "forward",
            Self::Backward => "backward",
            Self::Contexts => "contexts",
            Self::State => "state",
            Self::Residual => "residual",
            Self::Attention => "attention",
            Self::Frozen => "frozen",
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One parameter of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter<'a> {
    /// As PyTorch's module or the paper has it, such as `encoder.weight_hh_l0`. The real and the imaginary part of a complex parameter are
    /// two parameters, `C.re` and `C.im`.
    pub name: String,
    /// Lengths of its axes.
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: &'a [f64],
}

impl<'a> Parameter<'a> {
    /// A parameter of this name and shape.
    pub fn new(name: impl Into<String>, shape: &[usize], values: &'a [f64]) -> Self {
        Self { name: name.into(), shape: shape.to_vec(), values }
    }
}

/// A value on the way from input to output, such as a gate or an alignment.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<'a> {
    /// As the fixtures' `inner` has it, such as `alignment`; complex values are two, `h.re` and `h.im`.
    pub name: &'static str,
    /// Lengths of its axes.
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: &'a [f64],
}

impl<'a> Named<'a> {
    /// A value of this name and shape.
    pub fn new(name: &'static str, shape: &[usize], values: &'a [f64]) -> Self {
        Self { name, shape: shape.to_vec(), values }
    }
}

/// `∂L/∂w` of every parameter, as plain numbers, in the order of [`Block::parameters`]. A vector–Jacobian product adds to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients {
    /// One entry a parameter, shaped as the parameter, row-major.
    pub values: Vec<Vec<f64>>,
}

impl Gradients {
    /// Zeros for these parameters.
    pub fn zeros(parameters: &[Parameter<'_>]) -> Self {
        Self { values: parameters.iter().map(|p| vec![0.0; p.values.len()]).collect() }
    }
}

/// What one run costs. A floating point operation is one addition or one multiplication; elementary functions count as one each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Cost {
    /// Numbers that are trained.
    pub parameters: u64,
    /// Operations of the forward pass.
    pub forward_flops: u64,
    /// Operations of one vector–Jacobian product without weight gradients, from the last output back.
    pub vjp_flops: u64,
    /// Numbers that the forward pass keeps for it: 8 bytes each here.
    pub stored: u64,
}

impl core::ops::Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            parameters: self.parameters + other.parameters,
            forward_flops: self.forward_flops + other.forward_flops,
            vjp_flops: self.vjp_flops + other.vjp_flops,
            stored: self.stored + other.stored,
        }
    }
}

/// A sequence model with derivatives, written by hand. It has parameters and no state: what a run leaves behind is its trace.
pub trait Block {
    /// What a forward pass keeps.
    type Trace;

    /// d, the numbers an input step has.
    fn input_size(&self) -> usize;

    /// q, the numbers an output step has.
    fn output_size(&self) -> usize;

    /// Runs over an input `[T][d]` row-major.
    ///
    /// # Errors
    /// [`LineageError::InputLength`] where that is no whole number of steps, [`LineageError::Overflow`] where a value is not finite.
    fn forward(&self, x: &[f64]) -> Result<Self::Trace, LineageError>;

    /// The output, `[T_out][q]` row-major. T_out is T but for encoder–decoders.
    fn output<'t>(&self, trace: &'t Self::Trace) -> &'t [f64];

    /// The values on the way, for pictures and parity tests.
    fn inner<'t>(&self, _trace: &'t Self::Trace) -> Vec<Named<'t>> {
        Vec::new()
    }

    /// Whether output step t belongs to input step t, so that t − k is the lag. An encoder–decoder's does not.
    fn aligned(&self) -> bool {
        true
    }

    /// The paths that [`Block::vjp`] tells apart, [`Path::Total`] first.
    fn paths(&self) -> &'static [Path] {
        &[Path::Total]
    }

    /// The vector–Jacobian product: from `∂L/∂out` (`[T_out][q]`) to `∂L/∂in` (`[T][d]`) by one of [`Block::paths`]; any other counts as
    /// [`Path::Total`]. Adds `∂L/∂w` by that path to `gradients` where they are asked for. Output steps after the last that is not zero cost
    /// nothing.
    fn vjp(&self, trace: &Self::Trace, cotangent: &ScaledRows, path: Path, gradients: Option<&mut Gradients>) -> ScaledRows;

    /// The Jacobian–vector product: from a change of the input (`[T][d]`) to the change of the output (`[T_out][q]`); `None` for a model that
    /// has none.
    fn jvp(&self, _trace: &Self::Trace, _tangent: &ScaledRows) -> Option<ScaledRows> {
        None
    }

    /// `∂out_t/∂in` by a path: one [`ScaledRows`] `[T][d]` an output number. A model overrides it where several products at once are cheaper
    /// than one after another.
    fn jacobian_row(&self, trace: &Self::Trace, t: usize, path: Path) -> Vec<ScaledRows> {
        let q = self.output_size();
        let rows = self.output(trace).len() / q.max(1);
        (0..q).map(|i| self.vjp(trace, &ScaledRows::unit(rows, q, t, i), path, None)).collect()
    }

    /// The same of one output step after another, from the first on, for a model that finds all of them together cheaper than each by itself;
    /// else `None`.
    fn jacobian_rows<'t>(&'t self, _trace: &'t Self::Trace, _path: Path) -> Option<JacobianRows<'t>> {
        None
    }

    /// For a model of layers: log10 of the Euclidean norm of `∂L/∂(what layer l reads)` by a path, l = 0 … layers, the last of what the last layer
    /// gives; −∞ for exactly zero. Else `None`.
    fn layer_gradients(&self, _trace: &Self::Trace, _cotangent: &ScaledRows, _path: Path) -> Option<Vec<f64>> {
        None
    }

    /// Every parameter, in a fixed order.
    fn parameters(&self) -> Vec<Parameter<'_>>;

    /// The numbers of every parameter, in the order of [`Block::parameters`], to be changed.
    fn parameters_mut(&mut self) -> Vec<&mut [f64]>;

    /// What a run over `steps` input steps costs.
    fn cost(&self, steps: usize) -> Cost;
}

/// The blocks of one output step after another: vector k is `∂out_t/∂in_k`, `[rows][d]` row-major. Rows that are zero by the path's nature may
/// be left out.
pub type JacobianRows<'t> = Box<dyn Iterator<Item = ScaledRows> + 't>;

/// A [`Block`] whose trace has no type: what callers hold that have many models.
pub trait Model {
    /// d, the numbers an input step has.
    fn input_size(&self) -> usize;
    /// q, the numbers an output step has.
    fn output_size(&self) -> usize;
    /// Runs over an input `[T][d]` row-major.
    ///
    /// # Errors
    /// As [`Block::forward`].
    fn run<'a>(&'a self, x: &[f64]) -> Result<Box<dyn Run + 'a>, LineageError>;
    /// The paths there are.
    fn paths(&self) -> &'static [Path];
    /// Every parameter, in a fixed order.
    fn parameters(&self) -> Vec<Parameter<'_>>;
    /// The numbers of every parameter in that order, to be changed.
    fn parameters_mut(&mut self) -> Vec<&mut [f64]>;
    /// What a run over `steps` input steps costs.
    fn cost(&self, steps: usize) -> Cost;
}

/// A model and its trace on one input.
pub trait Run {
    /// T_out, the steps of the output.
    fn rows(&self) -> usize;
    /// T, the steps of the input.
    fn columns(&self) -> usize;
    /// d, the numbers an input step has.
    fn input_size(&self) -> usize;
    /// q, the numbers an output step has.
    fn output_size(&self) -> usize;
    /// The output, `[T_out][q]` row-major.
    fn output(&self) -> &[f64];
    /// The values on the way.
    fn inner(&self) -> Vec<Named<'_>>;
    /// The input step that counts as lag 0 for output step t: t itself, or for an encoder–decoder the newest.
    fn lag_zero(&self, t: usize) -> usize;
    /// The paths there are.
    fn paths(&self) -> &'static [Path];
    /// As [`Block::vjp`].
    fn vjp(&self, cotangent: &ScaledRows, path: Path, gradients: Option<&mut Gradients>) -> ScaledRows;
    /// As [`Block::jvp`].
    fn jvp(&self, tangent: &ScaledRows) -> Option<ScaledRows>;
    /// As [`Block::jacobian_row`].
    fn jacobian_row(&self, t: usize, path: Path) -> Vec<ScaledRows>;
    /// As [`Block::jacobian_rows`].
    fn jacobian_rows(&self, path: Path) -> Option<JacobianRows<'_>>;
    /// As [`Block::layer_gradients`].
    fn layer_gradients(&self, cotangent: &ScaledRows, path: Path) -> Option<Vec<f64>>;
}

/// A block and its trace on one input of so many steps.
struct Recorded<'a, B: Block> {
    block: &'a B,
    trace: B::Trace,
    columns: usize,
}

impl<B: Block> Run for Recorded<'_, B> {
    fn rows(&self) -> usize {
        self.output().len() / self.block.output_size().max(1)
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn input_size(&self) -> usize {
        self.block.input_size()
    }

    fn output_size(&self) -> usize {
        self.block.output_size()
    }

    fn output(&self) -> &[f64] {
        self.block.output(&self.trace)
    }

    fn inner(&self) -> Vec<Named<'_>> {
        self.block.inner(&self.trace)
    }

    fn lag_zero(&self, t: usize) -> usize {
        if self.block.aligned() {
            t
        } else {
            self.columns - 1
        }
    }

    fn paths(&self) -> &'static [Path] {
        self.block.paths()
    }

    fn vjp(&self, cotangent: &ScaledRows, path: Path, gradients: Option<&mut Gradients>) -> ScaledRows {
        self.block.vjp(&self.trace, cotangent, path, gradients)
    }

    fn jvp(&self, tangent: &ScaledRows) -> Option<ScaledRows> {
        self.block.jvp(&self.trace, tangent)
    }

    fn jacobian_row(&self, t: usize, path: Path) -> Vec<ScaledRows> {
        self.block.jacobian_row(&self.trace, t, path)
    }

    fn jacobian_rows(&self, path: Path) -> Option<JacobianRows<'_>> {
        self.block.jacobian_rows(&self.trace, path)
    }

    fn layer_gradients(&self, cotangent: &ScaledRows, path: Path) -> Option<Vec<f64>> {
        self.block.layer_gradients(&self.trace, cotangent, path)
    }
}

impl<B: Block> Model for B {
    fn input_size(&self) -> usize {
        Block::input_size(self)
    }

    fn output_size(&self) -> usize {
        Block::output_size(self)
    }

    fn run<'a>(&'a self, x: &[f64]) -> Result<Box<dyn Run + 'a>, LineageError> {
        let columns = steps(x, Block::input_size(self))?;
        Ok(Box::new(Recorded { block: self, trace: self.forward(x)?, columns }))
    }

    fn paths(&self) -> &'static [Path] {
        Block::paths(self)
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        Block::parameters(self)
    }

    fn parameters_mut(&mut self) -> Vec<&mut [f64]> {
        Block::parameters_mut(self)
    }

    fn cost(&self, steps: usize) -> Cost {
        Block::cost(self, steps)
    }
}

/// T of an input with `width` numbers a step.
///
/// # Errors
/// [`LineageError::InputLength`] where there is no step, or a part of one.
pub fn steps(x: &[f64], width: usize) -> Result<usize, LineageError> {
    if width == 0 || x.is_empty() || !x.len().is_multiple_of(width) {
        return Err(LineageError::InputLength { length: x.len(), width });
    }
    Ok(x.len() / width)
}
