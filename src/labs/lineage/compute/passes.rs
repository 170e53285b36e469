//! The bidirectional view's numbers: what each pass brings to every output, and what is left of an output where the future does not exist.

use serde::{Deserialize, Serialize};
use unroll_engine::lineage::bidirectional::{without_future, Bidirectional};
use unroll_engine::lineage::reach::MATRIX_LIMIT;
use unroll_engine::lineage::{Family, Matrix, Model, Path, Reach, Sizes};
use unroll_engine::Weights;

use super::build;
use super::reach::Square;
use crate::labs::lineage::settings::LineageSettings;

/// What the view shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Passes {
    /// The step of the loss, from 0.
    pub loss: usize,
    /// `[T]` by input step: log10 of the norm of `∂y_t/∂x_k`, whole, by the pass that reads forwards, and by the one that reads backwards;
    /// −∞ is exactly zero.
    pub by_path: [Vec<f64>; 3],
    /// The same of every output; empty beyond 64 steps.
    pub squares: Vec<Square>,
    /// `[T]` by output step: ‖y_t without its future − y_t‖ / ‖y_t‖.
    pub cut: Vec<f64>,
}

/// The paths, in the order of [`Passes::by_path`].
pub const PATHS: [Path; 3] = [Path::Total, Path::Forward, Path::Backward];

/// The numbers of the view.
///
/// # Errors
/// A sentence, where the net cannot be built or run.
pub fn of(settings: &LineageSettings) -> Result<Passes, String> {
    let x = build::input(settings)?;
    let net = net(settings)?;
    let run = Model::run(&net, &x).map_err(|error| error.to_string())?;
    let loss = settings.loss_step();
    let row = |path| Reach::row(run.as_ref(), loss, path).map(|row| row.log10).map_err(|error| error.to_string());
    let by_path = [row(PATHS[0])?, row(PATHS[1])?, row(PATHS[2])?];
    let mut squares = Vec::new();
    if settings.steps <= MATRIX_LIMIT {
        for path in PATHS {
            let matrix = Matrix::of(run.as_ref(), path).map_err(|error| error.to_string())?;
            squares.push(Square::of(&matrix));
        }
    }
    let width = run.output_size();
    let mut cut = Vec::with_capacity(settings.steps);
    for (t, whole) in run.output().chunks_exact(width).enumerate() {
        let without = without_future(&net, &x, t).map_err(|error| error.to_string())?;
        let squares = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>();
        let apart = squares(&mut without.iter().zip(whole).map(|(a, b)| a - b));
        cut.push((apart / squares(&mut whole.iter().copied())).sqrt());
    }
    Ok(Passes { loss, by_path, squares, cut })
}

/// The net of the view, with its keep bias.
fn net(settings: &LineageSettings) -> Result<Bidirectional, String> {
    let cell = build::cell(settings);
    let family = Family::Bidirectional(cell);
    let sizes = Sizes { input_size: settings.input_size, hidden_size: settings.hidden_size, ..Sizes::default() };
    let mut drawn = family.build(sizes, settings.seed, settings.gain).map_err(|error| error.to_string())?;
    build::set_keep_bias(drawn.as_mut(), family, settings.keep);
    let parameters = drawn.parameters();
    let pass = |suffix: &str| {
        let values = |name: &str| {
            let full = format!("{name}{suffix}");
            parameters.iter().find(|p| p.name == full).map_or_else(Vec::new, |p| p.values.to_vec())
        };
        Weights {
            cell,
            activation: unroll_engine::Activation::Tanh,
            input_size: settings.input_size,
            hidden_size: settings.hidden_size,
            weight_ih: values("weight_ih"),
            weight_hh: values("weight_hh"),
            bias_ih: values("bias_ih"),
            bias_hh: values("bias_hh"),
        }
    };
    Bidirectional::new(pass("_l0"), pass("_l0_reverse")).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pass_brings_its_side_and_both_the_newest_step() {
        for cell in 0..3 {
            let settings = LineageSettings { cell, steps: 24, back: 10, ..LineageSettings::default() };
            let Passes { loss, by_path: [total, forward, backward], squares, cut } = of(&settings).unwrap();
            assert_eq!((loss, squares.len(), cut.len()), (13, 3, 24));
            for k in 0..24 {
                assert_eq!(forward[k] == f64::NEG_INFINITY, k > loss, "{k}");
                assert_eq!(backward[k] == f64::NEG_INFINITY, k < loss, "{k}");
                // Two halves of one vector: the whole is at least either and at most √2 of the larger.
                let larger = forward[k].max(backward[k]);
                assert!(total[k] >= larger - 1e-9 && total[k] <= larger + 0.151, "{k}");
            }
        }
    }

    #[test]
    fn cutting_the_future_off_changes_every_output_but_the_last() {
        let cut = of(&LineageSettings { steps: 20, ..LineageSettings::default() }).unwrap().cut;
        assert_eq!(cut[19], 0.0);
        assert!(cut[..19].iter().all(|change| *change > 0.0));
    }
}
