//! Scripts that repeat an experiment elsewhere.

use crate::error::FormatError;
use crate::json;
use unroll_engine::{Activation, Cell, LossSite, Problem};

/// A PyTorch script that holds the experiment's numbers and prints, as one JSON object in float64: `loss`; `log10_left`, what is left of the
/// loss's gradient by lag, with `growth_per_step` and `horizon` (the largest lag at which 0.01 is left) read from it; `log10_product` for
/// k = 0…T; `lyapunov_exponent`, the largest; and `sigma_max` and `spectral_radius` of each step's Jacobian. `null` is the logarithm of an
/// exact zero. It needs nothing but torch.
///
/// # Errors
/// The problem's sizes do not fit each other, or a number is not finite.
pub fn pytorch(problem: &Problem) -> Result<String, FormatError> {
    json::check(problem)?;
    let w = &problem.weights;
    let (n, d) = (w.hidden_size, w.input_size);
    let steps = problem.x.len() / d.max(1);
    let kind = match w.cell {
        Cell::Rnn => "rnn",
        Cell::Lstm => "lstm",
        Cell::Gru => "gru",
    };
    let activation = match w.activation {
        Activation::Tanh => "tanh",
        Activation::Relu => "relu",
        Activation::Sigmoid => "sigmoid",
        Activation::Identity => "identity",
    };
    let read_at = match problem.loss_site {
        LossSite::LastStep => "[T]".to_string(),
        LossSite::EveryStep => "range(1, T + 1)".to_string(),
        LossSite::Step(step) => format!("[min({step}, T)]"),
    };
    let mut script = String::from(HEAD);
    script.push_str(&format!("KIND, ACTIVATION, INPUTS, UNITS, STEPS = \"{kind}\", \"{activation}\", {d}, {n}, {steps}\n"));
    matrix(&mut script, "WEIGHT_IH", &w.weight_ih, d);
    matrix(&mut script, "WEIGHT_HH", &w.weight_hh, n);
    vector(&mut script, "BIAS_IH", &w.bias_ih);
    vector(&mut script, "BIAS_HH", &w.bias_hh);
    matrix(&mut script, "X", &problem.x, d);
    vector(&mut script, "H0", &problem.h0);
    vector(&mut script, "C0", &problem.c0);
    vector(&mut script, "COTANGENT", &problem.cotangent);
    script.push_str(BODY);
    script.push_str(&format!("read_at = {read_at} if T else []\n"));
    script.push_str(TAIL);
    Ok(script)
}

/// A list of rows, a row a line.
fn matrix(script: &mut String, name: &str, values: &[f64], width: usize) {
    script.push_str(&format!("{name} = [\n"));
    for row in values.chunks_exact(width.max(1)) {
        script.push_str(&format!("    {row:?},\n"));
    }
    script.push_str("]\n");
}

fn vector(script: &mut String, name: &str, values: &[f64]) {
    script.push_str(&format!("{name} = {values:?}\n"));
}

const HEAD: &str = r#""""One experiment of Unroll, again in PyTorch (float64). Prints one JSON object."""

import json
import math

import torch
from torch import nn

torch.set_default_dtype(torch.float64)

"#;

const BODY: &str = r#"
if KIND == "rnn" and ACTIVATION in ("sigmoid", "identity"):
    phi = torch.sigmoid if ACTIVATION == "sigmoid" else (lambda a: a)
    w_ih, w_hh, b_ih, b_hh = (torch.tensor(v) for v in (WEIGHT_IH, WEIGHT_HH, BIAS_IH, BIAS_HH))
    cell = lambda x, h: phi(w_ih @ x + b_ih + w_hh @ h + b_hh)
else:
    if KIND == "rnn":
        cell = nn.RNNCell(INPUTS, UNITS, nonlinearity=ACTIVATION)
    else:
        cell = {"lstm": nn.LSTMCell, "gru": nn.GRUCell}[KIND](INPUTS, UNITS)
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    cell.load_state_dict(dict(zip(names, map(torch.tensor, (WEIGHT_IH, WEIGHT_HH, BIAS_IH, BIAS_HH)))))
    cell.requires_grad_(False)


def step(x, state):
    """One step; the state is h, or h and c one after the other."""
    if KIND == "lstm":
        return torch.cat(cell(x, (state[:UNITS], state[UNITS:])))
    return cell(x, state)


x = torch.tensor(X).reshape(STEPS, INPUTS)
states = [torch.tensor(H0 + C0)]
for t in range(STEPS):
    after = step(x[t], states[-1])
    if not after.isfinite().all():
        break
    states.append(after)
T = len(states) - 1
jacobian = torch.autograd.functional.jacobian
jacobians = [jacobian(lambda state, t=t: step(x[t], state), states[t]) for t in range(T)]
"#;

const TAIL: &str = r#"loss = sum(torch.dot(torch.tensor(COTANGENT), states[t][:UNITS]).item() for t in read_at)

# The products of the Jacobians from the last step back, with a power of ten taken out, so that nothing under- or overflows.
product, log10_scale = torch.eye(len(states[0])), 0.0
log10_product = [0.0]
for matrix in reversed(jacobians):
    product = product @ matrix
    largest = product.abs().max().item()
    if largest > 0:
        product, log10_scale = product / largest, log10_scale + math.log10(largest)
    norm = torch.linalg.matrix_norm(product, 2).item()
    log10_product.append(math.log10(norm) + log10_scale if norm > 0 else -math.inf)
log10_product.reverse()

# What is left of the loss's gradient, from the last step that it reads back to the first state.
last = max(read_at, default=0)
v = torch.cat([torch.tensor(COTANGENT), torch.zeros(len(states[0]) - UNITS)])
log10_left, log10_scale = [0.0], -math.log10(v.norm().item())
for matrix in reversed(jacobians[:last]):
    v = matrix.T @ v
    largest = v.abs().max().item()
    if largest > 0:
        v, log10_scale = v / largest, log10_scale + math.log10(largest)
    log10_left.append(math.log10(v.norm().item()) + log10_scale if largest > 0 else -math.inf)
horizon = max((lag for lag, value in enumerate(log10_left) if value >= math.log10(0.01)), default=0)

# The largest Lyapunov exponent by repeated QR.
basis, logs = torch.eye(len(states[0])), torch.zeros(len(states[0]))
for matrix in jacobians:
    basis, triangle = torch.linalg.qr(matrix @ basis)
    logs += triangle.diagonal().abs().log()

print(json.dumps({
    "loss": loss,
    "log10_left": [value if math.isfinite(value) else None for value in log10_left],
    "growth_per_step": 10 ** (log10_left[-1] / max(last, 1)),
    "horizon": horizon,
    "lyapunov_exponent": logs.max().item() / max(T, 1) if logs.max().isfinite() else None,
    "log10_product": [value if math.isfinite(value) else None for value in log10_product],
    "sigma_max": [torch.linalg.matrix_norm(matrix, 2).item() for matrix in jacobians],
    "spectral_radius": [torch.linalg.eigvals(matrix).abs().max().item() for matrix in jacobians],
}, indent=1))
"#;
