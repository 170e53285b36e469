//! Optimisers and clipping, with PyTorch's semantics and default hyperparameters.

/// How a gradient g becomes an update of the parameters p, at learning rate η.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Optimiser {
    /// `torch.optim.SGD` without momentum: `p ← p − η g`.
    Sgd,
    /// `torch.optim.SGD` with momentum (no dampening, not Nesterov's): `b ← μ b + g` from b = 0, `p ← p − η b`.
    SgdMomentum {
        /// μ.
        momentum: f64,
    },
    /// `torch.optim.Adam` (Kingma & Ba 2015, algorithm 1): `m ← m + (1 − β₁)(g − m)`, `v ← β₂ v + (1 − β₂) g²`,
    /// `p ← p − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)`.
    Adam {
        /// β₁.
        beta1: f64,
        /// β₂.
        beta2: f64,
        /// ε, added outside the root.
        epsilon: f64,
    },
    /// `torch.optim.RMSprop`, not centred, without momentum (Hinton's lecture 6e): `v ← α v + (1 − α) g²`, `p ← p − η g/(√v + ε)`.
    RmsProp {
        /// α.
        alpha: f64,
        /// ε, added outside the root.
        epsilon: f64,
    },
}

impl Optimiser {
    /// SGD with the customary momentum of 0.9 (PyTorch's own default is none).
    pub const SGD_MOMENTUM: Optimiser = Optimiser::SgdMomentum { momentum: 0.9 };
    /// Adam with PyTorch's defaults: β = (0.9, 0.999), ε = 10⁻⁸.
    pub const ADAM: Optimiser = Optimiser::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    /// RMSprop with PyTorch's defaults: α = 0.99, ε = 10⁻⁸.
    pub const RMS_PROP: Optimiser = Optimiser::RmsProp { alpha: 0.99, epsilon: 1e-8 };

    /// PyTorch's default learning rate: 0.001 (SGD, Adam), 0.01 (RMSprop).
    pub fn default_learning_rate(self) -> f64 {
        match self {
            Optimiser::Sgd | Optimiser::SgdMomentum { .. } | Optimiser::Adam { .. } => 1e-3,
            Optimiser::RmsProp { .. } => 1e-2,
        }
    }
}

/// What an optimiser remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimiserState {
    /// Updates so far: Adam's t.
    pub updates: u64,
    /// The momentum buffer b, or Adam's m; one value per parameter.
    pub first: Vec<f64>,
    /// v of Adam and RMSprop; one value per parameter.
    pub second: Vec<f64>,
}

impl OptimiserState {
    /// Of an optimiser that has not run yet.
    pub fn new(parameters: usize) -> Self {
        OptimiserState { updates: 0, first: vec![0.0; parameters], second: vec![0.0; parameters] }
    }

    pub(super) fn copy_from(&mut self, other: &OptimiserState) {
        self.updates = other.updates;
        self.first.copy_from_slice(&other.first);
        self.second.copy_from_slice(&other.second);
    }

    /// One update of `parameters`.
    pub(super) fn update(&mut self, optimiser: Optimiser, learning_rate: f64, gradient: &[f64], parameters: &mut [f64]) {
        self.updates += 1;
        let state = self.first.iter_mut().zip(&mut self.second);
        let all = parameters.iter_mut().zip(gradient).zip(state);
        match optimiser {
            Optimiser::Sgd => all.for_each(|((p, g), _)| *p -= learning_rate * g),
            Optimiser::SgdMomentum { momentum } => all.for_each(|((p, g), (b, _))| {
                *b = momentum * *b + g;
                *p -= learning_rate * *b;
            }),
            Optimiser::Adam { beta1, beta2, epsilon } => {
                let updates = self.updates as f64;
                let step = learning_rate / (1.0 - libm::pow(beta1, updates));
                let correction = (1.0 - libm::pow(beta2, updates)).sqrt();
                all.for_each(|((p, g), (m, v))| {
                    *m += (1.0 - beta1) * (g - *m);
                    *v = beta2 * *v + (1.0 - beta2) * g * g;
                    *p -= step * (*m / (v.sqrt() / correction + epsilon));
                });
            }
            Optimiser::RmsProp { alpha, epsilon } => all.for_each(|((p, g), (_, v))| {
                *v = alpha * *v + (1.0 - alpha) * g * g;
                *p -= learning_rate * (g / (v.sqrt() + epsilon));
            }),
        }
    }
}

/// What is done to a gradient before the optimiser sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clip {
    /// Nothing.
    Off,
    /// `torch.nn.utils.clip_grad_norm_` (Pascanu et al. 2013, algorithm 1): the whole gradient, all parameters together, is multiplied by
    /// `max/(norm + 10⁻⁶)` where that is below 1.
    Norm(f64),
    /// `torch.nn.utils.clip_grad_value_`: every element is moved into ±the limit.
    Value(f64),
}

impl Clip {
    /// Clips `gradient`, whose norm is `norm`, and returns whether that changed it.
    pub(super) fn apply(self, norm: f64, gradient: &mut [f64]) -> bool {
        match self {
            Clip::Off => false,
            Clip::Norm(max) => {
                let factor = max / (norm + 1e-6);
                let clipped = factor < 1.0;
                if clipped {
                    gradient.iter_mut().for_each(|g| *g *= factor);
                }
                clipped
            }
            Clip::Value(limit) => {
                let mut clipped = false;
                for g in gradient {
                    clipped |= g.abs() > limit;
                    *g = g.clamp(-limit, limit);
                }
                clipped
            }
        }
    }
}

/// Euclidean norm; its squares are scaled where they would overflow.
pub(super) fn norm(values: &[f64]) -> f64 {
    let plain = crate::kernel::dot(values, values);
    if plain.is_finite() && plain > 1e-280 {
        return plain.sqrt();
    }
    let larger = |most: f64, v: &f64| if v.is_nan() || most.is_nan() { f64::NAN } else { most.max(v.abs()) };
    let largest = values.iter().fold(0.0, larger);
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    values.iter().map(|v| (v / largest) * (v / largest)).sum::<f64>().sqrt() * largest
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPECTED: [(Optimiser, f64); 4] = [
        (Optimiser::Sgd, 1.05),
        (Optimiser::SGD_MOMENTUM, 1.059),
        (Optimiser::ADAM, 0.9502794196738216),
        (Optimiser::RMS_PROP, 0.6758495053504888),
    ];

    /// Three updates of one parameter from 1 with the gradients 1, −2 and 0.5 at learning rate 0.1, as PyTorch 2.15 makes them in float64.
    fn after_three(optimiser: Optimiser) -> f64 {
        let (mut state, mut parameter) = (OptimiserState::new(1), [1.0]);
        for gradient in [1.0, -2.0, 0.5] {
            state.update(optimiser, 0.1, &[gradient], &mut parameter);
        }
        parameter[0]
    }

    #[test]
    fn updates_are_those_of_pytorch() {
        for (optimiser, expected) in EXPECTED {
            let found = after_three(optimiser);
            assert!((found - expected).abs() < 1e-15, "{optimiser:?}: {found:?} not {expected:?}");
        }
    }

    #[test]
    fn clipping_scales_the_whole_or_moves_elements() {
        let clipped = |clip: Clip| {
            let mut gradient = [3.0, -4.0];
            (clip.apply(norm(&gradient), &mut gradient), gradient)
        };
        assert_eq!(clipped(Clip::Off), (false, [3.0, -4.0]));
        assert_eq!(clipped(Clip::Norm(6.0)), (false, [3.0, -4.0]));
        let factor = 1.0 / (5.0 + 1e-6);
        assert_eq!(clipped(Clip::Norm(1.0)), (true, [3.0 * factor, -4.0 * factor]));
        assert_eq!(clipped(Clip::Value(3.5)), (true, [3.0, -3.5]));
    }

    #[test]
    fn norms_neither_overflow_nor_vanish() {
        for scale in [1e-200, 1.0, 1e200] {
            assert!((norm(&[3.0 * scale, -4.0 * scale]) / scale - 5.0).abs() < 1e-12);
        }
        assert!(norm(&[1.0, f64::NAN, 2.0]).is_nan());
        assert_eq!(norm(&[1.0, f64::NEG_INFINITY]), f64::INFINITY);
        assert_eq!(norm(&[0.0]), 0.0);
    }
}
