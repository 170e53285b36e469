//! The fields of an experiment's document.

use serde::{Deserialize, Serialize};

use super::numbers::{check_finite, Matrix, Numbers};
use crate::envelope::{EXPERIMENT, VERSION};
use crate::error::{clipped, FormatError};
use crate::{limits, safetensors};
use unroll_engine::{Activation, Cell, LossSite, Problem, Weights};

#[derive(Deserialize, Serialize)]
pub(crate) struct Document {
    format: String,
    version: u32,
    cell: CellName,
    activation: ActivationName,
    input_size: usize,
    hidden_size: usize,
    seq_len: usize,
    weights: WeightMatrices,
    x: Matrix,
    h0: Numbers,
    c0: Option<Numbers>,
    loss: Loss,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    assumptions: Vec<String>,
}

#[derive(Deserialize, Serialize)]
struct WeightMatrices {
    weight_ih_l0: Matrix,
    weight_hh_l0: Matrix,
    bias_ih_l0: Numbers,
    bias_hh_l0: Numbers,
}

#[derive(Deserialize, Serialize)]
struct Loss {
    site: SiteName,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<usize>,
    cotangent: Numbers,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum CellName {
    Rnn,
    Lstm,
    Gru,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum ActivationName {
    Tanh,
    Relu,
    Sigmoid,
    Identity,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum SiteName {
    LastStep,
    EveryStep,
    Step,
}

impl Document {
    pub fn of(problem: &Problem) -> Result<Self, FormatError> {
        check(problem)?;
        let w = &problem.weights;
        let (d, n) = (w.input_size, w.hidden_size);
        Ok(Self {
            format: EXPERIMENT.to_string(),
            version: VERSION,
            cell: match w.cell {
                Cell::Rnn => CellName::Rnn,
                Cell::Lstm => CellName::Lstm,
                Cell::Gru => CellName::Gru,
            },
            activation: match w.activation {
                Activation::Tanh => ActivationName::Tanh,
                Activation::Relu => ActivationName::Relu,
                Activation::Sigmoid => ActivationName::Sigmoid,
                Activation::Identity => ActivationName::Identity,
            },
            input_size: d,
            hidden_size: n,
            seq_len: problem.x.len() / d.max(1),
            weights: WeightMatrices {
                weight_ih_l0: Matrix::new(&w.weight_ih, d),
                weight_hh_l0: Matrix::new(&w.weight_hh, n),
                bias_ih_l0: Numbers(w.bias_ih.clone()),
                bias_hh_l0: Numbers(w.bias_hh.clone()),
            },
            x: Matrix::new(&problem.x, d),
            h0: Numbers(problem.h0.clone()),
            c0: Some(Numbers(problem.c0.clone())),
            loss: Loss {
                site: match problem.loss_site {
                    LossSite::LastStep => SiteName::LastStep,
                    LossSite::EveryStep => SiteName::EveryStep,
                    LossSite::Step(_) => SiteName::Step,
                },
                step: match problem.loss_site {
                    LossSite::Step(step) => Some(step),
                    LossSite::LastStep | LossSite::EveryStep => None,
                },
                cotangent: Numbers(problem.cotangent.clone()),
            },
            assumptions: Vec::new(),
        })
    }

    /// With what was assumed when its parts were read.
    pub fn with_assumptions(self, assumptions: &[String]) -> Self {
        Self { assumptions: assumptions.to_vec(), ..self }
    }

    /// What was assumed, as plain lines of bounded length.
    pub fn assumptions(&self) -> Vec<String> {
        self.assumptions.iter().take(limits::ASSUMPTIONS).map(|sentence| clipped(sentence, limits::ASSUMPTION_CHARACTERS)).collect()
    }

    pub fn problem(self) -> Result<Problem, FormatError> {
        let (d, n) = (self.input_size, self.hidden_size);
        if n > limits::HIDDEN_SIZE || d > limits::INPUT_SIZE || self.seq_len > limits::SEQUENCE_STEPS {
            return Err(FormatError::too_large(format!(
                "The experiment has {n} units, {d} inputs and {} steps; at most {}, {} and {} are accepted.",
                self.seq_len,
                limits::HIDDEN_SIZE,
                limits::INPUT_SIZE,
                limits::SEQUENCE_STEPS
            )));
        }
        for (field, matrix, width) in
            [("weight_ih_l0", &self.weights.weight_ih_l0, d), ("weight_hh_l0", &self.weights.weight_hh_l0, n), ("x", &self.x, d)]
        {
            if matrix.rows > 0 && matrix.width != width {
                return Err(FormatError::mismatch(format!(
                    "The rows of {field} have {} numbers; {width} are accepted, as input_size and hidden_size say.",
                    matrix.width
                )));
            }
        }
        if self.x.rows != self.seq_len {
            return Err(FormatError::mismatch(format!("x has {} rows; {} are accepted, as seq_len says.", self.x.rows, self.seq_len)));
        }
        let problem = Problem {
            weights: Weights {
                cell: match self.cell {
                    CellName::Rnn => Cell::Rnn,
                    CellName::Lstm => Cell::Lstm,
                    CellName::Gru => Cell::Gru,
                },
                activation: match self.activation {
                    ActivationName::Tanh => Activation::Tanh,
                    ActivationName::Relu => Activation::Relu,
                    ActivationName::Sigmoid => Activation::Sigmoid,
                    ActivationName::Identity => Activation::Identity,
                },
                input_size: d,
                hidden_size: n,
                weight_ih: self.weights.weight_ih_l0.values,
                weight_hh: self.weights.weight_hh_l0.values,
                bias_ih: self.weights.bias_ih_l0.0,
                bias_hh: self.weights.bias_hh_l0.0,
            },
            x: self.x.values,
            h0: self.h0.0,
            c0: self.c0.unwrap_or_default().0,
            loss_site: match (self.loss.site, self.loss.step) {
                (SiteName::LastStep, _) => LossSite::LastStep,
                (SiteName::EveryStep, _) => LossSite::EveryStep,
                (SiteName::Step, Some(step)) => LossSite::Step(step),
                (SiteName::Step, None) => {
                    return Err(FormatError::damaged("The loss is read at a step and has no \"step\"; a step counted from 1 is accepted."));
                }
            },
            cotangent: self.loss.cotangent.0,
        };
        check(&problem)?;
        Ok(problem)
    }
}

/// Whether shapes fit and numbers are finite: what the engine takes for granted.
pub(crate) fn check(problem: &Problem) -> Result<(), FormatError> {
    let w = &problem.weights;
    safetensors::check(w)?;
    let n = w.hidden_size;
    let cells = if w.cell == Cell::Lstm { n } else { 0 };
    let lengths = [("h0", problem.h0.len(), n), ("c0", problem.c0.len(), cells), ("cotangent", problem.cotangent.len(), n)];
    if let Some((field, found, expected)) = lengths.iter().find(|(_, found, expected)| found != expected) {
        return Err(FormatError::mismatch(format!("{field} has {found} numbers; {expected} are accepted for this cell.")));
    }
    if !problem.x.len().is_multiple_of(w.input_size) {
        return Err(FormatError::mismatch(format!(
            "x has {} numbers, which do not fill steps of {}; a number per input and step is accepted.",
            problem.x.len(),
            w.input_size
        )));
    }
    if problem.loss_site == LossSite::Step(0) {
        return Err(FormatError::mismatch("The loss is read at step 0; steps are counted from 1."));
    }
    let fields = [
        ("weight_ih_l0", &w.weight_ih),
        ("weight_hh_l0", &w.weight_hh),
        ("bias_ih_l0", &w.bias_ih),
        ("bias_hh_l0", &w.bias_hh),
        ("x", &problem.x),
        ("h0", &problem.h0),
        ("c0", &problem.c0),
        ("cotangent", &problem.cotangent),
    ];
    fields.iter().try_for_each(|(field, values)| check_finite(field, values))
}
