//! Causal attention of several heads over one sequence (Vaswani et al. 2017, §3.2): scores q·k/√d_head under the mask, softmax, weighted sum.
//!
//! q, k and v stand side by side in a step, `[T][3 d]`, and a head owns the same columns of each, as in `nn.MultiheadAttention`.

use super::layers::is_zero;
use crate::kernel::{axpy, dot};
use crate::lineage::encoder_decoder::{softmax, softmax_backward};

/// Where the numbers of a head are.
#[derive(Clone, Copy)]
pub(super) struct Heads {
    pub d: usize,
    pub heads: usize,
}

impl Heads {
    fn size(self) -> usize {
        self.d / self.heads
    }

    fn scale(self) -> f64 {
        1.0 / (self.size() as f64).sqrt()
    }

    /// Of step t: q (`which` 0), k (1) or v (2) of a head.
    fn part(self, qkv: &[f64], t: usize, which: usize, head: usize) -> &[f64] {
        let from = t * 3 * self.d + which * self.d + head * self.size();
        &qkv[from..from + self.size()]
    }

    fn part_mut(self, qkv: &mut [f64], t: usize, which: usize, head: usize) -> &mut [f64] {
        let from = t * 3 * self.d + which * self.d + head * self.size();
        &mut qkv[from..from + self.size()]
    }

    fn own(self, t: usize, head: usize) -> core::ops::Range<usize> {
        let from = t * self.d + head * self.size();
        from..from + self.size()
    }

    /// Appends the maps `[heads][T][T]`, exactly 0 after the query, and gives the heads' output `[T][d]`.
    pub fn forward(self, qkv: &[f64], maps: &mut Vec<f64>) -> Vec<f64> {
        let steps = qkv.len() / (3 * self.d);
        let mut out = vec![0.0; steps * self.d];
        for head in 0..self.heads {
            for i in 0..steps {
                let query = self.part(qkv, i, 0, head);
                let mut weights: Vec<f64> = (0..=i).map(|j| dot(query, self.part(qkv, j, 1, head)) * self.scale()).collect();
                softmax(&mut weights);
                for (j, weight) in weights.iter().enumerate() {
                    axpy(*weight, self.part(qkv, j, 2, head), &mut out[self.own(i, head)]);
                }
                maps.extend_from_slice(&weights);
                maps.extend(std::iter::repeat_n(0.0, steps - 1 - i));
            }
        }
        out
    }

    /// From the adjoint of the heads' output `[T][d]` to that of q, k and v `[T][3 d]`.
    pub fn back(self, qkv: &[f64], maps: &[f64], g: &[f64]) -> Vec<f64> {
        let steps = g.len() / self.d;
        let mut back = vec![0.0; qkv.len()];
        let (mut by_weight, mut by_score) = (vec![0.0; steps], vec![0.0; steps]);
        for head in 0..self.heads {
            for i in 0..steps {
                let own = &g[self.own(i, head)];
                if is_zero(own) {
                    continue;
                }
                let weights = &maps[(head * steps + i) * steps..][..=i];
                for (j, slot) in by_weight[..=i].iter_mut().enumerate() {
                    *slot = dot(own, self.part(qkv, j, 2, head));
                }
                softmax_backward(weights, &by_weight[..=i], &mut by_score[..=i]);
                let query = self.part(qkv, i, 0, head);
                for (j, weight) in weights.iter().enumerate() {
                    let score = by_score[j] * self.scale();
                    axpy(*weight, own, self.part_mut(&mut back, j, 2, head));
                    axpy(score, query, self.part_mut(&mut back, j, 1, head));
                    axpy(score, self.part(qkv, j, 1, head), self.part_mut(&mut back, i, 0, head));
                }
            }
        }
        back
    }

    /// From a change of q, k and v `[T][3 d]` to that of the heads' output `[T][d]`.
    pub fn along(self, qkv: &[f64], maps: &[f64], tangent: &[f64]) -> Vec<f64> {
        let steps = qkv.len() / (3 * self.d);
        let mut out = vec![0.0; steps * self.d];
        let (mut by_score, mut by_weight) = (vec![0.0; steps], vec![0.0; steps]);
        for head in 0..self.heads {
            for i in 0..steps {
                let weights = &maps[(head * steps + i) * steps..][..=i];
                let (query, moved) = (self.part(qkv, i, 0, head), self.part(tangent, i, 0, head));
                for (j, slot) in by_score[..=i].iter_mut().enumerate() {
                    *slot = (dot(moved, self.part(qkv, j, 1, head)) + dot(query, self.part(tangent, j, 1, head))) * self.scale();
                }
                // The softmax's Jacobian is symmetric.
                softmax_backward(weights, &by_score[..=i], &mut by_weight[..=i]);
                for (j, weight) in weights.iter().enumerate() {
                    let out = &mut out[self.own(i, head)];
                    axpy(*weight, self.part(tangent, j, 2, head), out);
                    axpy(by_weight[j], self.part(qkv, j, 2, head), out);
                }
            }
        }
        out
    }
}
