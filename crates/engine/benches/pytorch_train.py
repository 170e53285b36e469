"""What one training iteration costs in PyTorch on one thread: the adding problem, nn.LSTM of 32 units with a linear readout, batch 32,
50 steps, mean squared error at the last step, Adam. The batch is made once, outside the clock.

    pip install torch numpy
    python crates/engine/benches/pytorch_train.py            # iterations per second, float64 and float32
    python crates/engine/benches/pytorch_train.py 4          # with another number of threads

Ours: `cargo bench --package unroll-engine --bench train`, whose times include making every batch and the full record of a step.
"""

import statistics
import sys
import time

import torch
from torch import nn

HIDDEN, BATCH, STEPS = 32, 32, 50
CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


def adding_batch(dtype):
    numbers = torch.rand(STEPS, BATCH, dtype=dtype)
    marks = torch.zeros(STEPS, BATCH, dtype=dtype)
    half = STEPS // 2
    lanes = torch.arange(BATCH)
    marks[torch.randint(0, half, (BATCH,)), lanes] = 1
    marks[half + torch.randint(0, STEPS - half, (BATCH,)), lanes] = 1
    return torch.stack([numbers, marks], -1), (numbers * marks).sum(0)


def iterations_per_second(kind, dtype, clip=None, seconds=6.0):
    torch.manual_seed(1)
    cell, readout = CELLS[kind](2, HIDDEN).to(dtype), nn.Linear(HIDDEN, 1).to(dtype)
    parameters = [*cell.parameters(), *readout.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=0.01)
    x, y = adding_batch(dtype)

    def iteration():
        optimiser.zero_grad()
        loss = nn.functional.mse_loss(readout(cell(x)[0][-1])[:, 0], y)
        loss.backward()
        if clip is not None:
            nn.utils.clip_grad_norm_(parameters, clip)
        optimiser.step()
        return loss.item()

    for _ in range(10):
        iteration()
    times, began = [], time.perf_counter()
    while time.perf_counter() - began < seconds:
        start = time.perf_counter()
        iteration()
        times.append(time.perf_counter() - start)
    return 1 / statistics.median(times)


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} thread(s), n = {HIDDEN}, batch {BATCH}, T = {STEPS}, Adam, clipping at norm 1")
    print("cell | float64 iterations/s | float32 iterations/s")
    for kind in CELLS:
        print(f"{kind} | {iterations_per_second(kind, torch.float64, clip=1.0):.1f} | {iterations_per_second(kind, torch.float32, clip=1.0):.1f}", flush=True)
