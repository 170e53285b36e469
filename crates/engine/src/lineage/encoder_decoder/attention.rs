//! Scores, softmax and context of one query, and their derivatives.
//!
//! `w = softmax(e)`, `c = Σ_j w_j h_j`, so `∂c/∂h_j` holds `w_j I` through the value, and `∂w/∂e = diag(w) − w wᵀ`, whose norm is at most ½ and
//! goes to 0 as w becomes sharp: attention saturates too.

use super::shape::{Attention, Part, Score, Shape};
use crate::kernel::{axpy, dot, gemv, gemv_transposed};
use crate::lanes;
use crate::lineage::recurrent::outer_add;
use crate::lineage::ScaledRows;
use crate::scaled::scale;

/// Replaces scores by their softmax, with the largest taken off first, so that nothing overflows.
pub fn softmax(scores: &mut [f64]) {
    let largest = scores.iter().fold(f64::NEG_INFINITY, |most, e| if *e > most || e.is_nan() { *e } else { most });
    scores.iter_mut().for_each(|e| *e -= largest);
    lanes::exp(scores);
    let total: f64 = scores.iter().sum();
    scores.iter_mut().for_each(|e| *e /= total);
}

/// `(diag(w) − w wᵀ) g`: from the adjoint of the weights to that of the scores.
pub fn softmax_backward(w: &[f64], g: &[f64], out: &mut [f64]) {
    let mean = dot(w, g);
    for ((out, w), g) in out.iter_mut().zip(w).zip(g) {
        *out = w * (g - mean);
    }
}

/// ‖∂w/∂e‖₂ of the softmax: how open attention is. ½ where two places share all, 0 where one has all.
pub fn openness(w: &[f64]) -> f64 {
    let t = w.len();
    let jacobian: Vec<f64> = (0..t * t).map(|i| if i / t == i % t { w[i / t] * (1.0 - w[i / t]) } else { -w[i / t] * w[i % t] }).collect();
    crate::spectrum::singular_values(&jacobian, t, t).first().copied().unwrap_or(0.0)
}

/// The score's matrices, in the form that products need.
pub(super) enum Scorer {
    Dot,
    /// `W_a`, `[ns][H]`.
    General(Vec<f64>),
    /// `v_aᵀ tanh(Q s + K h_j)` with Q `[a][ns]`, K `[a][H]`.
    Additive {
        query: Vec<f64>,
        key: Vec<f64>,
        vector: Vec<f64>,
    },
}

/// Gradients of the score's matrices, in the same form.
pub(super) struct ScorerGradients {
    query: Vec<f64>,
    key: Vec<f64>,
    vector: Vec<f64>,
}

impl Scorer {
    /// From the parameters; `None` without attention.
    pub fn new<'a>(shape: &Shape, part: impl Fn(Part) -> &'a [f64]) -> Option<Self> {
        let state = shape.decoder_hidden;
        match shape.attention {
            Attention::None => None,
            Attention::Bahdanau => Some(Self::Additive {
                query: part(Part::Query).to_vec(),
                key: part(Part::Key).to_vec(),
                vector: part(Part::Vector).to_vec(),
            }),
            Attention::Luong { score: Score::Dot, .. } => Some(Self::Dot),
            Attention::Luong { score: Score::General, .. } => Some(Self::General(part(Part::Query).to_vec())),
            Attention::Luong { score: Score::Concat, .. } => {
                // W_a [s; h] is a product with its first columns and one with the others.
                let rows = part(Part::Query).chunks_exact(state + shape.memory_size());
                let (mut query, mut key) = (Vec::new(), Vec::new());
                for row in rows {
                    query.extend_from_slice(&row[..state]);
                    key.extend_from_slice(&row[state..]);
                }
                Some(Self::Additive { query, key, vector: part(Part::Vector).to_vec() })
            }
        }
    }

    /// `K h_j` of every encoder state, `[T][a]`, the same for every query; empty where there is nothing to prepare.
    pub fn prepare(&self, memory: &[f64], width: usize) -> Vec<f64> {
        let Self::Additive { key, vector, .. } = self else { return Vec::new() };
        let mut keys = vec![0.0; memory.len() / width * vector.len()];
        for (h, out) in memory.chunks_exact(width).zip(keys.chunks_exact_mut(vector.len())) {
            gemv(key, h, out);
        }
        keys
    }

    /// The scores of a query `[ns]` with every encoder state (`[T][width]`). The additive score also writes its tanh, `[T][a]`, to `features`.
    pub fn scores(&self, query: &[f64], memory: &[f64], width: usize, keys: &[f64], features: &mut [f64]) -> Vec<f64> {
        let mut scores = vec![0.0; memory.len() / width];
        match self {
            Self::Dot => gemv(memory, query, &mut scores),
            Self::General(w) => {
                let mut turned = vec![0.0; width];
                gemv_transposed(w, query, &mut turned);
                gemv(memory, &turned, &mut scores);
            }
            Self::Additive { query: w, vector, .. } => {
                let mut asked = vec![0.0; vector.len()];
                gemv(w, query, &mut asked);
                for (features, keys) in features.chunks_exact_mut(vector.len()).zip(keys.chunks_exact(vector.len())) {
                    for ((f, key), asked) in features.iter_mut().zip(keys).zip(&asked) {
                        *f = asked + key;
                    }
                }
                lanes::tanh(features);
                gemv(features, vector, &mut scores);
            }
        }
        scores
    }
}

/// One query's part in a backward pass.
pub(super) struct Attended<'a> {
    pub query: &'a [f64],
    /// `[T][width]`.
    pub memory: &'a [f64],
    pub width: usize,
    /// `[T]`.
    pub alignment: &'a [f64],
    /// Additive score: `[T][a]`.
    pub features: &'a [f64],
}

impl ScorerGradients {
    pub fn zeros(scorer: &Scorer) -> Self {
        let (query, key, vector) = match scorer {
            Scorer::Dot => (0, 0, 0),
            Scorer::General(w) => (w.len(), 0, 0),
            Scorer::Additive { query, key, vector } => (query.len(), key.len(), vector.len()),
        };
        Self { query: vec![0.0; query], key: vec![0.0; key], vector: vec![0.0; vector] }
    }

    /// Adds them to the gradients of the parameters that [`Scorer::new`] took them from.
    pub fn give(&self, shape: &Shape, mut add: impl FnMut(Part, &[f64])) {
        if matches!(shape.attention, Attention::Luong { score: Score::Concat, .. }) {
            let (state, memory) = (shape.decoder_hidden, shape.memory_size());
            let rows = self.query.chunks_exact(state).zip(self.key.chunks_exact(memory));
            let joined: Vec<f64> = rows.flat_map(|(q, k)| q.iter().chain(k)).copied().collect();
            add(Part::Query, &joined);
        } else {
            add(Part::Query, &self.query);
            add(Part::Key, &self.key);
        }
        add(Part::Vector, &self.vector);
    }
}

/// From the adjoint of a context, `d_context · 2^exponent`, to that of the query (written to `d_query`, with the same exponent), of every encoder
/// state (added to `d_memory`) and of the score's matrices (added to `gradients`).
pub(super) fn backward(
    scorer: &Scorer,
    at: &Attended<'_>,
    (d_context, exponent): (&[f64], i64),
    d_query: &mut [f64],
    d_memory: &mut ScaledRows,
    mut gradients: Option<&mut ScorerGradients>,
) {
    let steps = at.alignment.len();
    let mut d_alignment = vec![0.0; steps];
    gemv(at.memory, d_context, &mut d_alignment);
    let mut d_scores = vec![0.0; steps];
    softmax_backward(at.alignment, &d_alignment, &mut d_scores);
    let factor = scale(1.0, exponent);
    let mut d_h = vec![0.0; at.width];
    // Σ_j de_j h_j, which both products with a matrix need.
    let mut weighted = vec![0.0; at.width];
    gemv_transposed(at.memory, &d_scores, &mut weighted);
    // What comes to h_j through its score is de_j times this; the additive score has it for each j apart.
    let mut through_score = vec![0.0; at.width];
    match scorer {
        Scorer::Dot => {
            d_query.copy_from_slice(&weighted);
            through_score.copy_from_slice(at.query);
        }
        Scorer::General(w) => {
            gemv(w, &weighted, d_query);
            gemv_transposed(w, at.query, &mut through_score);
            if let Some(g) = gradients.as_deref_mut() {
                outer_add(factor, at.query, &weighted, &mut g.query);
            }
        }
        Scorer::Additive { .. } => {}
    }
    let Scorer::Additive { query, key, vector } = scorer else {
        for (j, (weight, d_score)) in at.alignment.iter().zip(&d_scores).enumerate() {
            for ((d, context), score) in d_h.iter_mut().zip(d_context).zip(&through_score) {
                *d = weight * context + d_score * score;
            }
            d_memory.add(j, &d_h, exponent);
        }
        return;
    };
    let a = vector.len();
    let (mut inside, mut sum) = (vec![0.0; a], vec![0.0; a]);
    for (j, (weight, d_score)) in at.alignment.iter().zip(&d_scores).enumerate() {
        let features = &at.features[j * a..(j + 1) * a];
        for (((inside, sum), f), v) in inside.iter_mut().zip(&mut sum).zip(features).zip(vector) {
            *inside = d_score * v * (1.0 - f * f);
            *sum += *inside;
        }
        gemv_transposed(key, &inside, &mut d_h);
        axpy(*weight, d_context, &mut d_h);
        d_memory.add(j, &d_h, exponent);
        if let Some(g) = gradients.as_deref_mut() {
            outer_add(factor, &inside, &at.memory[j * at.width..(j + 1) * at.width], &mut g.key);
            axpy(factor * d_score, features, &mut g.vector);
        }
    }
    gemv_transposed(query, &sum, d_query);
    if let Some(g) = gradients {
        outer_add(factor, &sum, at.query, &mut g.query);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adjoints of the encoder states for the adjoint `d_context` of the context, scores by the dot product.
    fn memory_adjoints(query: &[f64], memory: &[f64], d_context: &[f64]) -> ScaledRows {
        let width = d_context.len();
        let mut alignment = Scorer::Dot.scores(query, memory, width, &[], &mut []);
        softmax(&mut alignment);
        let at = Attended { query, memory, width, alignment: &alignment, features: &[] };
        let mut d_memory = ScaledRows::zeros(alignment.len(), width);
        backward(&Scorer::Dot, &at, (d_context, 0), &mut vec![0.0; query.len()], &mut d_memory, None);
        d_memory
    }

    /// `Σ_j ∂c/∂v_j = I`: the values together get the whole adjoint of the context. With the query 0 the scores add nothing to it, and by the
    /// uniform weights every value gets 1/T of it, at every lag.
    #[test]
    fn lineage_the_values_together_get_the_adjoint_of_the_context() {
        let memory: Vec<f64> = (0..24).map(|i| f64::from(i * 7 % 11) / 11.0 - 0.4).collect();
        let d_context = [0.7, -1.3];
        let d_memory = memory_adjoints(&[0.0, 0.0], &memory, &d_context).to_values();
        let mut sum = [0.0; 2];
        for row in d_memory.chunks_exact(2) {
            for ((sum, d), context) in sum.iter_mut().zip(row).zip(d_context) {
                assert!((d - context / 12.0).abs() < 1e-16, "{d}");
                *sum += d;
            }
        }
        assert!((sum[0] - 0.7).abs() < 1e-15 && (sum[1] + 1.3).abs() < 1e-15, "{sum:?}");
    }

    /// Whatever the query: what the scores add to the keys cancels in the direction of the query, as the softmax does not see a constant added
    /// to every score.
    #[test]
    fn lineage_adding_the_same_to_every_score_changes_nothing() {
        let memory = [0.3, -0.2, 0.9, 0.1, -0.6, 0.4];
        let (query, d_context) = ([0.8, -0.5], [1.0, 2.0]);
        let whole = memory_adjoints(&query, &memory, &d_context).to_values();
        let sum: Vec<f64> = (0..2).map(|i| whole.iter().skip(i).step_by(2).sum()).collect();
        assert!((sum[0] - 1.0).abs() < 1e-15 && (sum[1] - 2.0).abs() < 1e-15, "{sum:?}");
    }
}
