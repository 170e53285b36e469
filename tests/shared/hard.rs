//! Random extreme nets, on which every figure of the analysis is held against full decompositions and against products whose entries have
//! exponents of their own. Natively (`crates/engine/tests/hard_nets.rs`) and in a browser (`tests/web_hard.rs`).

use unroll_engine::spectrum::{singular_values, spectral_radius};
use unroll_engine::{analyse_problem, Activation, Analysis, Cell, LossSite, Problem, Weights};

/// Tolerances of the contract: σ relative to σ_max, and log10 norms.
const SIGMA: f64 = 1e-8;
const LOG10: f64 = 1e-7;

/// splitmix64 (Steele, Lea & Flood 2014): a generator that is not the engine's own.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Standard normal, by the polar method.
    fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * square.ln() / square).sqrt();
            }
        }
    }

    fn choose<T: Copy>(&mut self, values: &[T]) -> T {
        values[(self.next() % values.len() as u64) as usize]
    }

    fn normals(&mut self, count: usize, scale: f64) -> Vec<f64> {
        (0..count).map(|_| scale * self.normal()).collect()
    }

    /// Uniform in ±bound.
    fn uniforms(&mut self, count: usize, bound: f64) -> Vec<f64> {
        (0..count).map(|_| bound * (2.0 * self.uniform() - 1.0)).collect()
    }

    /// Orthogonal, by Gram and Schmidt's procedure, twice.
    fn orthogonal(&mut self, n: usize) -> Vec<f64> {
        let mut q: Vec<f64> = Vec::with_capacity(n * n);
        for i in 0..n {
            let mut row = self.normals(n, 1.0);
            for _ in 0..2 {
                for other in q[..i * n].chunks_exact(n) {
                    let along: f64 = row.iter().zip(other).map(|(a, b)| a * b).sum();
                    row.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
                }
            }
            let size = row.iter().map(|a| a * a).sum::<f64>().sqrt();
            q.extend(row.iter().map(|a| a / size));
        }
        q
    }
}

/// A net and what it was drawn as.
fn draw(seed: u64) -> (String, Problem) {
    let mut random = Random(seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let cell = random.choose(&[Cell::Rnn, Cell::Lstm, Cell::Lstm, Cell::Gru]);
    let n = random.choose(&[1, 2, 5, 16, 33, 48, 64_usize]);
    let m = n * cell.states();
    // What the reference can multiply up in a moment: the larger the net, the shorter.
    let lengths: Vec<usize> = [1, 2, 7, 30, 80].into_iter().filter(|steps| *steps <= 2 || m * m * m * steps <= 4_000_000).collect();
    let (steps, d) = (random.choose(&lengths), random.choose(&[1, 2, 5]));
    let activations = [Activation::Tanh, Activation::Relu, Activation::Sigmoid, Activation::Identity];
    let activation = if cell == Cell::Rnn { random.choose(&activations) } else { Activation::Tanh };
    let gain = random.choose(&[None, Some(0.0), Some(1e-3), Some(0.5), Some(1.0), Some(1.5), Some(3.0), Some(10.0)]);
    let scale = random.choose(&[0.0, 1e-3, 0.3, 1.0, 10.0, 100.0, 1e4]);
    let forget = random.choose(&[None, Some(-20.0), Some(-4.0), Some(0.0), Some(3.0), Some(8.0), Some(20.0)]);
    let input = random.choose(&[None, Some(-20.0), Some(-3.0), Some(3.0), Some(20.0)]);
    let from_zero = random.uniform() < 0.5;
    let rows = cell.blocks() * n;
    let bound = 1.0 / (n as f64).sqrt();
    let mut weight_hh = random.uniforms(rows * n, bound * if cell == Cell::Rnn { 1.0 } else { gain.unwrap_or(1.0) });
    let (mut bias_ih, mut bias_hh) = (random.uniforms(rows, bound), random.uniforms(rows, bound));
    if let (Cell::Rnn, Some(gain)) = (cell, gain) {
        weight_hh = random.orthogonal(n).iter().map(|q| gain * q).collect();
        bias_ih.fill(0.0);
        bias_hh.fill(0.0);
    }
    if cell == Cell::Lstm {
        for (block, sum) in [(1, forget), (0, input)] {
            if let Some(sum) = sum {
                bias_ih[block * n..(block + 1) * n].fill(sum);
                bias_hh[block * n..(block + 1) * n].fill(0.0);
            }
        }
    }
    let weights = Weights {
        cell,
        activation,
        input_size: d,
        hidden_size: n,
        weight_ih: random.uniforms(rows * d, bound),
        weight_hh,
        bias_ih,
        bias_hh,
    };
    let initial = if from_zero { 0.0 } else { 0.5 };
    let problem = Problem {
        weights,
        x: random.normals(steps * d, scale),
        h0: random.normals(n, initial),
        c0: random.normals(if cell == Cell::Lstm { n } else { 0 }, initial),
        loss_site: LossSite::LastStep,
        cotangent: random.normals(n, 1.0),
    };
    let name = format!("{seed}: {cell:?} {activation:?} n={n} T={steps} gain {gain:?} x {scale} forget {forget:?} input {input:?}");
    (name, problem)
}

/// mantissa · 2^exponent with the mantissa's magnitude in [0.5, 1), or 0: never over- or underflows.
#[derive(Clone, Copy)]
struct Wide(f64, i64);

impl Wide {
    const ZERO: Self = Self(0.0, i64::MIN / 4);

    fn new(value: f64, exponent: i64) -> Self {
        if value == 0.0 {
            return Self::ZERO;
        }
        let bits = (value.to_bits() >> 52 & 0x7ff) as i64;
        if bits == 0 {
            // Subnormal.
            let Self(mantissa, shift) = Self::new(value * 2f64.powi(100), exponent);
            return Self(mantissa, shift - 100);
        }
        let shift = bits - 1022;
        Self(f64::from_bits(value.to_bits() & !(0x7ff << 52) | 1022 << 52), exponent + shift)
    }

    fn times(self, other: Self) -> Self {
        Self::new(self.0 * other.0, self.1 + other.1)
    }

    fn plus(self, other: Self) -> Self {
        let (large, small) = if self.1 >= other.1 { (self, other) } else { (other, self) };
        if small.0 == 0.0 || large.1 - small.1 > 120 {
            return large;
        }
        Self::new(large.0 + small.0 * 2f64.powi((small.1 - large.1) as i32), large.1)
    }
}

/// A B of `[m][m]` matrices.
fn multiply(a: &[Wide], b: &[Wide], m: usize) -> Vec<Wide> {
    let mut out = vec![Wide::ZERO; m * m];
    for (row, out) in a.chunks_exact(m).zip(out.chunks_exact_mut(m)) {
        for (x, b) in row.iter().zip(b.chunks_exact(m)).filter(|(x, _)| x.0 != 0.0) {
            for (out, y) in out.iter_mut().zip(b).filter(|(_, y)| y.0 != 0.0) {
                *out = out.plus(x.times(*y));
            }
        }
    }
    out
}

/// The matrix with its largest entry near 1, and the exponent that was taken out; `None` for zero.
fn scaled(a: &[Wide]) -> Option<(Vec<f64>, i64)> {
    let largest = a.iter().filter(|x| x.0 != 0.0).map(|x| x.1).max()?;
    Some((a.iter().map(|x| if x.1 - largest < -1000 { 0.0 } else { x.0 * 2f64.powi((x.1 - largest) as i32) }).collect(), largest))
}

/// log10 σ_max by the full decomposition.
fn log10_norm(a: &[Wide], rows: usize) -> f64 {
    scaled(a).map_or(f64::NEG_INFINITY, |(a, exponent)| {
        singular_values(&a, rows, a.len() / rows)[0].log10() + exponent as f64 * std::f64::consts::LOG10_2
    })
}

/// σ_max and σ_min by the full decomposition of the matrix with its largest entry near 1.
fn ends(a: &[f64], m: usize) -> (f64, f64) {
    let wide: Vec<Wide> = a.iter().map(|x| Wide::new(*x, 0)).collect();
    scaled(&wide).map_or((0.0, 0.0), |(a, exponent)| {
        let all = singular_values(&a, m, m);
        let back = |x: f64| x * 2f64.powi((exponent / 2) as i32) * 2f64.powi((exponent - exponent / 2) as i32);
        (back(all[0]), back(all[m - 1]))
    })
}

fn check_steps(a: &Analysis, name: &str, failures: &mut Vec<String>) {
    let m = a.state_size;
    let spectra = &a.step_jacobian;
    // The full decomposition of a large matrix takes its time: the first, the last and a few between.
    let every = if m <= 33 { 1 } else { 3 };
    for t in (1..=a.seq_len).filter(|t| t % every == 1 % every || *t == a.seq_len) {
        let j = a.step_jacobian(t);
        let (largest, smallest) = ends(&j, m);
        let (ours, ours_min, radius) = (spectra.sigma_max[t - 1], spectra.sigma_min[t - 1], spectra.spectral_radius[t - 1]);
        let mut fail =
            |what: &str, ours: f64, expected: f64| failures.push(format!("{name}: {what} of step {t} is {ours:e}, not {expected:e}"));
        // Not a number is not close.
        let close = |a: f64, b: f64| (a - b).abs() <= SIGMA * largest;
        if !close(ours, largest) {
            fail("σ_max", ours, largest);
        }
        if !close(ours_min, smallest) {
            fail("σ_min", ours_min, smallest);
        }
        // What is impossible, whatever decomposition is asked.
        let rows = || j.chunks_exact(m).map(|row| row.iter().map(|x| x.abs()).sum::<f64>());
        let columns = || (0..m).map(|c| j[c..].iter().step_by(m).map(|x| x.abs()).sum::<f64>());
        let above = rows().fold(0.0, f64::max).sqrt() * columns().fold(0.0, f64::max).sqrt();
        let below = j.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        if !(ours <= above * (1.0 + 1e-12) && ours <= spectra.frobenius[t - 1] * (1.0 + 1e-12) && ours >= below * (1.0 - SIGMA)) {
            fail("σ_max against the norms", ours, above);
        }
        if !(radius <= ours * (1.0 + 1e-9) && radius >= 0.0) {
            fail("spectral radius against σ_max", radius, ours);
        }
    }
    let slope_at_most_1 = matches!(a.problem.weights.activation, Activation::Tanh | Activation::Relu | Activation::Identity);
    if a.problem.weights.cell == Cell::Rnn && slope_at_most_1 {
        let bound = a.recurrent_weight.sigma_max[0] * (1.0 + 1e-13);
        if let Some(t) = spectra.sigma_max.iter().position(|s| *s > bound) {
            failures.push(format!("{name}: σ_max {} of step {} is above that of W_hh, {bound}", spectra.sigma_max[t], t + 1));
        }
    }
}

/// ‖J^k‖^(1/k) for a k so large that it is the spectral radius to a thousandth.
fn check_radius(a: &Analysis, name: &str, failures: &mut Vec<String>) {
    let m = a.state_size;
    if a.seq_len == 0 || m > 16 {
        return;
    }
    const DOUBLINGS: i32 = 18;
    let j = a.step_jacobian(1);
    let mut power: Vec<Wide> = j.iter().map(|x| Wide::new(*x, 0)).collect();
    for _ in 0..DOUBLINGS {
        power = multiply(&power, &power, m);
    }
    let expected = log10_norm(&power, m) / 2f64.powi(DOUBLINGS);
    let ours = spectral_radius(&j, m);
    // Rounding may give a nilpotent matrix an eigenvalue of ε^(1/m).
    let nothing = 1e-13f64.powf(1.0 / m as f64) * a.step_jacobian.frobenius[0];
    let close = (ours.log10() - expected).abs() <= 5e-4;
    if ours > nothing && !close {
        failures.push(format!("{name}: the spectral radius is {ours:e}, but the power of J says 10^{expected}"));
    }
}

/// J_t. The LSTM's is made anew from states and gates: entries of it are products of factors that do not underflow.
fn jacobian(a: &Analysis, t: usize) -> Vec<Wide> {
    let (w, n, m) = (&a.problem.weights, a.problem.weights.hidden_size, a.state_size);
    if w.cell != Cell::Lstm {
        return a.step_jacobian(t).iter().map(|x| Wide::new(*x, 0)).collect();
    }
    let one = |x: f64| Wide::new(x, 0);
    let mut j = vec![Wide::ZERO; m * m];
    for u in 0..n {
        let gate = |g: usize| a.trace.gates[g].values[(t - 1) * n + u];
        let (i, f, g, o) = (gate(0), gate(1), gate(2), gate(3));
        let (c, c_before) = (a.trace.c[t * n + u].tanh(), a.trace.c[(t - 1) * n + u]);
        let read = one(o * (1.0 - c * c));
        for v in 0..n {
            let weight = |block: usize| one(w.weight_hh[(block * n + u) * n + v]);
            let (through_i, through_f) = (one(g * (i * (1.0 - i))).times(weight(0)), one(c_before * (f * (1.0 - f))).times(weight(1)));
            let into_cell = through_i.plus(through_f).plus(one(i * (1.0 - g * g)).times(weight(2)));
            j[(n + u) * m + v] = into_cell;
            j[u * m + v] = one(c * (o * (1.0 - o))).times(weight(3)).plus(read.times(into_cell));
        }
        j[(n + u) * m + n + u] = one(f);
        j[u * m + n + u] = read.times(one(f));
    }
    j
}

fn check_products(a: &Analysis, name: &str, failures: &mut Vec<String>) {
    let (m, n, steps) = (a.state_size, a.problem.weights.hidden_size, a.seq_len);
    let mut product: Vec<Wide> = (0..m * m).map(|i| if i % (m + 1) == 0 { Wide::new(1.0, 0) } else { Wide::ZERO }).collect();
    let looked_at = |lag: usize| m <= 16 || lag <= 2 || lag == steps || (m <= 33 && lag.is_multiple_of(5));
    for k in (0..steps).rev() {
        let j = jacobian(a, k + 1);
        product = multiply(&product, &j, m);
        if !looked_at(steps - k) {
            continue;
        }
        let mut compare = |what: &str, ours: f64, expected: f64| {
            if !(ours == expected || (ours - expected).abs() <= LOG10) {
                failures.push(format!("{name}: log10 {what} at k = {k} is {ours}, not {expected}"));
            }
        };
        compare("‖P‖", a.product.log10_sigma_max[k], log10_norm(&product, m));
        if let Some(cell) = &a.product.log10_norm_dct_dck {
            let block = |from: usize| -> Vec<Wide> {
                product[from * m..(from + n) * m].chunks_exact(m).flat_map(|row| &row[from..from + n]).copied().collect()
            };
            compare("‖∂h_T/∂h_k‖", a.product.log10_norm_dht_dhk[k], log10_norm(&block(0), n));
            compare("‖∂c_T/∂c_k‖", cell[k], log10_norm(&block(n), n));
        }
    }
}

/// Checks the nets of these seeds; the message lists everything that is wrong.
pub fn check(seeds: std::ops::Range<u64>) {
    let mut failures = Vec::new();
    for seed in seeds.clone() {
        let (name, problem) = draw(seed);
        let analysis = analyse_problem(problem);
        check_steps(&analysis, &name, &mut failures);
        check_radius(&analysis, &name, &mut failures);
        check_products(&analysis, &name, &mut failures);
    }
    assert!(failures.is_empty(), "{} wrong in {} nets:\n{}", failures.len(), seeds.count(), failures.join("\n"));
}
