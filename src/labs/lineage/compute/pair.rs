//! The attention view's numbers: alignment, and the gradient split by path.

use serde::{Deserialize, Serialize};
use unroll_engine::lineage::encoder_decoder::{openness, Attention};
use unroll_engine::lineage::reach::MATRIX_LIMIT;
use unroll_engine::lineage::{Matrix, Model, Path, Reach, ScaledRows};

use super::build;
use super::reach::Square;
use crate::labs::lineage::settings::LineageSettings;

/// What the view shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attended {
    /// The target step of the loss, from 0.
    pub loss: usize,
    /// `[T]` by source step: log10 of the norm of `∂(logits of that step)/∂x_k`, whole, through the contexts, and through the handed-over
    /// state; −∞ is exactly zero.
    pub by_path: [Vec<f64>; 3],
    /// The same, whole, of the pair without attention.
    pub without: Vec<f64>,
    /// The norms of every target step by path, in the order of [`PATHS`]; empty beyond 64 steps.
    pub squares: Vec<Square>,
    /// Weights, `[T_tgt][T]`; empty without attention.
    pub alignment: Vec<f64>,
    /// `[T_tgt]`: ‖∂w/∂e‖ of each target step's weights; empty without attention and beyond 64 steps.
    pub openness: Vec<f64>,
    /// Largest difference between the whole Jacobian and the sum of its two parts, relative to the largest entry, over all products that were
    /// compared.
    pub residual: f64,
}

/// The paths, in the order of [`Attended::by_path`].
pub const PATHS: [Path; 3] = [Path::Total, Path::Contexts, Path::State];

/// The numbers of the view.
///
/// # Errors
/// A sentence, where the net cannot be built or run.
pub fn of(settings: &LineageSettings) -> Result<Attended, String> {
    let x = build::input(settings)?;
    let attention = build::attention(settings);
    let net = build::pair(settings, attention)?;
    let run = Model::run(&net, &x).map_err(|error| error.to_string())?;
    let loss = run.rows() - 1 - settings.back.min(run.rows() - 1);
    let row = |path| Reach::row(run.as_ref(), loss, path).map(|row| row.log10).map_err(|error| error.to_string());
    let by_path = [row(PATHS[0])?, row(PATHS[1])?, row(PATHS[2])?];
    let without = if attention == Attention::None {
        by_path[0].clone()
    } else {
        let plain = build::pair(settings, Attention::None)?;
        let run = Model::run(&plain, &x).map_err(|error| error.to_string())?;
        Reach::row(run.as_ref(), loss, Path::Total).map_err(|error| error.to_string())?.log10
    };
    let (mut squares, short) = (Vec::new(), settings.steps <= MATRIX_LIMIT);
    if short {
        for path in PATHS {
            let matrix = Matrix::of(run.as_ref(), path).map_err(|error| error.to_string())?;
            squares.push(Square::of(&matrix));
        }
    }
    let inner = run.inner();
    let alignment = inner.iter().find(|value| value.name == "alignment").map_or_else(Vec::new, |value| value.values.to_vec());
    // Its decomposition of a matrix as wide as the source takes too long beyond that.
    let openness = alignment.chunks_exact(settings.steps).filter(|_| short).map(openness).collect();
    // A sum of matrices cannot be seen from norms: the products themselves are compared.
    let products = |path| run.jacobian_row(loss, path).iter().map(ScaledRows::to_values).collect::<Vec<_>>();
    let [whole, contexts, state] = PATHS.map(products);
    let (mut apart, mut largest) = (0.0_f64, 0.0_f64);
    for ((whole, contexts), state) in whole.iter().zip(&contexts).zip(&state) {
        for ((whole, contexts), state) in whole.iter().zip(contexts).zip(state) {
            apart = apart.max((whole - contexts - state).abs());
            largest = largest.max(whole.abs());
        }
    }
    let residual = if largest > 0.0 { apart / largest } else { 0.0 };
    Ok(Attended { loss, by_path, without, squares, alignment, openness, residual })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::lineage::options::ATTENTION_KINDS;
    use crate::labs::lineage::settings::Attends;

    #[test]
    fn both_paths_add_up_to_the_whole_for_every_attention() {
        for attends in ATTENTION_KINDS {
            for (feeding, both_ways, cell) in [(false, false, 2), (true, true, 1), (true, false, 0)] {
                let settings =
                    LineageSettings { attends, feeding, both_ways, cell, steps: 12, target_len: 6, ..LineageSettings::default() };
                let found = of(&settings).unwrap();
                assert!(found.residual < 1e-12, "{attends:?}: {}", found.residual);
                assert_eq!(found.alignment.len(), if attends == Attends::None { 0 } else { 6 * 12 });
                // Without attention nothing comes through contexts.
                let nothing = found.by_path[1].iter().all(|v| *v == f64::NEG_INFINITY);
                assert_eq!(nothing, attends == Attends::None);
            }
        }
    }

    #[test]
    fn weights_are_even_at_sharpness_0_and_saturate_when_it_is_large() {
        let at = |sharpness| of(&LineageSettings { sharpness, steps: 20, ..LineageSettings::default() }).unwrap();
        let even = at(0.0);
        assert!(even.alignment.iter().all(|w| (w - 0.05).abs() < 1e-15));
        assert!(even.openness.iter().all(|open| (open - 0.05).abs() < 1e-12), "{:?}", even.openness);
        let sharp = at(1000.0);
        assert!(sharp.openness.iter().all(|open| *open <= 0.5 + 1e-12));
        let largest =
            |found: &Attended| found.alignment.chunks_exact(20).map(|w| w.iter().copied().fold(0.0, f64::max)).sum::<f64>() / 16.0;
        assert!(largest(&sharp) > 0.6, "{}", largest(&sharp));
        // ‖diag(w) − wwᵀ‖ ≤ Σ w(1 − w) ≤ 2(1 − largest): where one place has nearly all of it, the scores move nothing.
        for (w, open) in sharp.alignment.chunks_exact(20).zip(&sharp.openness) {
            let most = w.iter().copied().fold(0.0, f64::max);
            assert!(*open <= 2.0 * (1.0 - most) + 1e-12, "{most} {open}");
        }
        assert!(sharp.openness.iter().any(|open| *open < 0.1), "{:?}", sharp.openness);
    }
}
