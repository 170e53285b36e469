"""What the same analyses cost in PyTorch (float64, one thread): the forward pass with its gates, backpropagation with every state's
adjoint and every step's share of the weight gradient, all step Jacobians by vmap(jacrev), all backward products with their norms, and
the singular values and spectral radius of every step Jacobian.

    pip install torch numpy
    python crates/engine/benches/pytorch.py            # medians in milliseconds
    python crates/engine/benches/pytorch.py --ratio    # and ours beside them, from the last `cargo bench --package unroll-engine`
"""

import json
import pathlib
import statistics
import sys
import time

import torch
from torch import nn
from torch.func import functional_call, jacrev, vmap

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
SIZES = [(16, 64), (32, 100), (64, 200)]
CELLS = {"Rnn": nn.RNNCell, "Lstm": nn.LSTMCell, "Gru": nn.GRUCell}
CRITERION = pathlib.Path(__file__).parents[3] / "target" / "criterion"


def analysis(cell, hidden, x, has_c):
    weights = {name: value.detach() for name, value in cell.named_parameters()}

    def step(state, x_t):
        parts = (state[None, :hidden], state[None, hidden:]) if has_c else state[None]
        out = functional_call(cell, weights, (x_t[None], parts))
        return torch.cat([part[0] for part in out]) if has_c else out[0]

    copies = [{name: value.clone().requires_grad_() for name, value in weights.items()} for _ in range(len(x))]
    size = hidden * (2 if has_c else 1)
    parts = [tuple(torch.zeros(1, hidden, requires_grad=True) for _ in range(2 if has_c else 1))]
    for t in range(len(x)):
        out = functional_call(cell, copies[t], (x[t][None], parts[-1] if has_c else parts[-1][0]))
        parts.append(out if has_c else (out,))
        for part in parts[-1]:
            part.retain_grad()
    parts[-1][0].sum().backward()
    contributions = [[value.grad.norm() for value in copy.values()] for copy in copies]
    states = torch.stack([torch.cat([part[0] for part in state]) for state in parts]).detach()

    jacobians = vmap(jacrev(step))(states[:-1], x).detach()
    product, norms = torch.eye(size), []
    for jacobian in reversed(jacobians):
        product = product @ jacobian
        product = product / product.abs().max()
        norms.append(torch.linalg.matrix_norm(product, 2))
        if has_c:
            norms.append(torch.linalg.matrix_norm(product[:hidden, :hidden], 2))
            norms.append(torch.linalg.matrix_norm(product[hidden:, hidden:], 2))
    singular = torch.linalg.svdvals(jacobians)
    radius = torch.linalg.eigvals(jacobians).abs().max(-1).values
    return contributions, norms, singular, radius


def median_milliseconds(run, seconds=4.0):
    run()
    times = []
    began = time.perf_counter()
    while len(times) < 3 or time.perf_counter() - began < seconds:
        start = time.perf_counter()
        run()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def ours(group, cell, hidden, steps):
    estimates = CRITERION / group / cell / f"n={hidden} T={steps}" / "new" / "estimates.json"
    if not estimates.exists():
        candidates = list((CRITERION / group).glob(f"{cell}*/n={hidden} T={steps}*/new/estimates.json"))
        if not candidates:
            sys.exit(f"There is no figure for {group}, {cell}, n = {hidden}, T = {steps} in {CRITERION}; run `cargo bench --package unroll-engine` first.")
        estimates = candidates[0]
    return json.loads(estimates.read_text())["median"]["point_estimate"] / 1e6


if __name__ == "__main__":
    ratio = "--ratio" in sys.argv[1:]
    print("cell | size | PyTorch ms" + (" | complete ms (ratio) | critical ms (ratio)" if ratio else ""))
    for name, kind in CELLS.items():
        for hidden, steps in SIZES:
            torch.manual_seed(1)
            cell, x = kind(1, hidden), torch.randn(steps, 1)
            theirs = median_milliseconds(lambda: analysis(cell, hidden, x, name == "Lstm"))
            line = f"{name} | n={hidden} T={steps} | {theirs:.1f}"
            if ratio:
                for group in ("complete analysis", "frame-critical part"):
                    mine = ours(group, name, hidden, steps)
                    line += f" | {mine:.1f} (1/{theirs / mine:.1f})"
            print(line, flush=True)
