"""Reach by PyTorch: the same nets, sizes and questions as `cargo bench --bench lineage`, for docs/performance.md.

    pip install torch
    python pytorch_lineage.py

float64, one thread. The Jacobian of the output by the input is torch.func.jacrev's; reach is log10 of the largest singular value of each of
its blocks. The weights are PyTorch's own; the times do not depend on them. Times are the process', so that a busy machine does not count.
"""
import statistics, time
import torch
from torch.func import jacrev

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
torch.manual_seed(7)
STEPS, INPUT, HIDDEN, VOCABULARY = 64, 4, 16, 8


def unroll(kind, w, x, state):
    """A cell over x [T][d] from state (h, c); the states h [T][n] and the last state."""
    h, c = state
    out = []
    for t in range(len(x)):
        a, b = w[0] @ x[t] + w[2], w[1] @ h + w[3]
        if kind == "RNN":
            h = torch.tanh(a + b)
        elif kind == "LSTM":
            i, f, g, o = (a + b).chunk(4)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
        else:
            (ra, za, na), (rb, zb, nb) = a.chunk(3), b.chunk(3)
            r, z = (ra + rb).sigmoid(), (za + zb).sigmoid()
            h = (1 - z) * (na + r * nb).tanh() + z * h
        out.append(h)
    return torch.stack(out), (h, c)


def weights(kind, d=INPUT, n=HIDDEN):
    rows = {"RNN": 1, "LSTM": 4, "GRU": 3}[kind] * n
    k = n**-0.5
    return [torch.empty(*shape).uniform_(-k, k) for shape in ((rows, d), (rows, n), (rows,), (rows,))]


ZERO = (torch.zeros(HIDDEN), torch.zeros(HIDDEN))


def one_direction(kind):
    w = weights(kind)
    return lambda x: unroll(kind, w, x, ZERO)[0]


def both_directions(kind):
    ahead, back = weights(kind), weights(kind)
    return lambda x: torch.cat([unroll(kind, ahead, x, ZERO)[0], unroll(kind, back, x.flip(0), ZERO)[0].flip(0)], 1)


def luong_general():
    """Without input feeding the decoder does not see the attention: it runs whole, and attends to all at once."""
    encoder, decoder = weights("GRU"), weights("GRU")
    embedded = torch.randn(STEPS, INPUT)
    score, combine = torch.randn(HIDDEN, HIDDEN) / 4, torch.randn(HIDDEN, 2 * HIDDEN) / 6
    output = torch.randn(VOCABULARY, HIDDEN) / 4

    def net(x):
        memory, last = unroll("GRU", encoder, x, ZERO)
        states, _ = unroll("GRU", decoder, embedded, last)
        contexts = torch.softmax(states @ score @ memory.T, 1) @ memory
        return torch.tanh(torch.cat([contexts, states], 1) @ combine.T) @ output.T

    return net


def reach(net, x, last):
    """log10 of the largest singular value of every block of the last output step's Jacobian, or of every step's."""
    jacobian = jacrev(lambda v: net(v)[-1:] if last else net(v))(x)
    return torch.linalg.matrix_norm(jacobian.permute(0, 2, 1, 3), 2).log10()


def median(run, times):
    run()
    taken = []
    for _ in range(times):
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return statistics.median(taken) * 1e3


NETS = {"RNN": one_direction("RNN"), "LSTM": one_direction("LSTM"), "GRU": one_direction("GRU"),
        "bidirectional GRU": both_directions("GRU"), "GRU encoder–decoder, Luong attention (general)": luong_general()}
x = torch.randn(STEPS, INPUT)
print(f"PyTorch {torch.__version__}, T = {STEPS}, n = {HIDDEN}, d = {INPUT}, one thread; milliseconds of processor time")
for name, net in NETS.items():
    print(f"{name:50s} last step {median(lambda: reach(net, x, True), 9):8.1f}   matrix {median(lambda: reach(net, x, False), 5):8.1f}", flush=True)
