//! The sweep back through the layers, by path.

use super::layers::{linear_back, norm_back, Graded, Normed};
use super::shape::{Norm, IN_PROJ, LINEAR1, LINEAR2, NORM1, NORM2, OUT_PROJ};
use super::{Transformer, TransformerTrace};
use crate::kernel::axpy;
use crate::lineage::{Gradients, Path};

/// Gradients that may be asked for, and the factor of what is added to them.
struct Sink<'g> {
    gradients: Option<&'g mut Gradients>,
    factor: f64,
}

impl Sink<'_> {
    /// Those of parameter `weight` and of the bias behind it.
    fn of(&mut self, weight: usize) -> Option<Graded<'_>> {
        let factor = self.factor;
        match self.gradients.as_deref_mut()?.values.get_mut(weight..weight + 2)? {
            [weight, bias] => Some(Graded { weight, bias, factor }),
            _ => None,
        }
    }
}

impl Transformer {
    /// From `∂L/∂out` (`[T][d]`) back. `visit` gets, from the last layer on, the adjoint by this path of what layer l gives (l = layers) or reads.
    ///
    /// The adjoints that are carried are those of the total; of the residual stream; or of the residual stream and, last, of what has passed
    /// attention. The last is the path's, and its alone are the gradients.
    pub(super) fn backward(
        &self,
        trace: &TransformerTrace,
        cotangent: Vec<f64>,
        path: Path,
        factor: f64,
        gradients: Option<&mut Gradients>,
        mut visit: impl FnMut(usize, &[f64]),
    ) {
        let mut sink = Sink { gradients, factor };
        let mut adjoints = match path {
            Path::Attention => {
                let none = vec![0.0; cotangent.len()];
                vec![cotangent, none]
            }
            _ => vec![cotangent],
        };
        let norm = self.shape.norm;
        if let Some(kept) = &trace.final_norm {
            self.each(&mut adjoints, &mut sink, |g, sink| {
                let at = self.shape.final_norm();
                norm_back(self.parameters.get(at), kept, g, sink.of(at))
            });
        }
        for layer in (0..self.shape.layers).rev() {
            visit(layer + 1, last(&adjoints));
            let kept = &trace.layers[layer];
            self.norm_back_where(norm == Norm::Post, layer, NORM2, &kept.norm2, &mut adjoints, &mut sink);
            self.each(&mut adjoints, &mut sink, |g, sink| {
                let mut inside = self.affine_back(layer, LINEAR2, &kept.active, g, self.shape.feedforward, sink);
                inside.iter_mut().zip(&kept.raw).for_each(|(g, raw)| *g *= self.shape.activation.slope(*raw));
                let branch = self.affine_back(layer, LINEAR1, &kept.read_forward, &inside, self.shape.d_model, sink);
                self.joined(g, self.first_norm_back(layer, NORM2, &kept.norm2, branch, sink))
            });
            self.norm_back_where(norm == Norm::Post, layer, NORM1, &kept.norm1, &mut adjoints, &mut sink);
            // Attention takes in whatever came so far, and what comes out has passed it.
            let branch = (path != Path::Residual).then(|| {
                let mut g = adjoints[0].clone();
                adjoints[1..].iter().for_each(|more| axpy(1.0, more, &mut g));
                let heads = self.affine_back(layer, OUT_PROJ, &kept.heads, &g, self.shape.d_model, &mut sink);
                let qkv = self.split().back(&kept.qkv, self.maps(trace, layer), &heads);
                let read = self.affine_back(layer, IN_PROJ, &kept.read, &qkv, self.shape.d_model, &mut sink);
                self.first_norm_back(layer, NORM1, &kept.norm1, read, &mut sink)
            });
            if !self.shape.residual {
                adjoints.iter_mut().for_each(|g| g.fill(0.0));
            }
            if let (Some(branch), Some(passed)) = (branch, adjoints.last_mut()) {
                axpy(1.0, &branch, passed);
            }
        }
        visit(0, last(&adjoints));
    }

    /// The same map of every adjoint, with gradients by the last.
    fn each(&self, adjoints: &mut [Vec<f64>], sink: &mut Sink<'_>, map: impl Fn(&[f64], &mut Sink<'_>) -> Vec<f64>) {
        let mut unread = Sink { gradients: None, factor: 0.0 };
        if let Some((passed, others)) = adjoints.split_last_mut() {
            others.iter_mut().for_each(|g| *g = map(g, &mut unread));
            *passed = map(passed, sink);
        }
    }

    fn affine_back(&self, layer: usize, which: usize, read: &[f64], g: &[f64], columns: usize, sink: &mut Sink<'_>) -> Vec<f64> {
        linear_back(self.weight(layer, which), read, g, columns, sink.of(self.index(layer, which)))
    }

    /// Back through the norm of a branch, where norms come first.
    fn first_norm_back(&self, layer: usize, which: usize, kept: &Option<Normed>, g: Vec<f64>, sink: &mut Sink<'_>) -> Vec<f64> {
        match kept {
            Some(kept) if self.shape.norm == Norm::Pre => norm_back(self.weight(layer, which), kept, &g, sink.of(self.index(layer, which))),
            _ => g,
        }
    }

    fn norm_back_where(
        &self,
        yes: bool,
        layer: usize,
        which: usize,
        kept: &Option<Normed>,
        adjoints: &mut [Vec<f64>],
        sink: &mut Sink<'_>,
    ) {
        if let (true, Some(kept)) = (yes, kept) {
            let at = self.index(layer, which);
            self.each(adjoints, sink, |g, sink| norm_back(self.weight(layer, which), kept, g, sink.of(at)));
        }
    }
}

fn last(adjoints: &[Vec<f64>]) -> &[f64] {
    adjoints.last().map_or(&[], Vec::as_slice)
}
