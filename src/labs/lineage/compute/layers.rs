//! The transformer view's numbers: the gradient by depth, by path and by place, and what the order of the past is worth.

use serde::{Deserialize, Serialize};
use unroll_engine::lineage::reach::MATRIX_LIMIT;
use unroll_engine::lineage::transformer::{Activation, Embedded, Norm, Start, Transformer, TransformerShape};
use unroll_engine::lineage::{LineageError, Matrix, Model, Path, Reach, ScaledRows};
use unroll_engine::{Experiment, Input};

use super::build;
use super::reach::Square;
use crate::labs::lineage::settings::{LineageSettings, Norms};

/// What the view shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Layered {
    /// The step of the loss, from 0.
    pub loss: usize,
    /// Numbers of a step, a multiple of the heads.
    pub width: usize,
    /// log10 ‖∂L/∂h_l‖ of what layer l = 0 … L reads, the last of what the last layer gives, relative to that last one, by variant in the order of
    /// [`VARIANTS`]; empty where a number overflows. −∞ is exactly zero.
    pub by_layer: [Vec<f64>; 4],
    /// `[T]` by input step: log10 of the norm of `∂y_t/∂x_k` at the loss, whole, along the residual stream, and through attention; −∞ is exactly
    /// zero.
    pub by_path: [Vec<f64>; 3],
    /// `[L][heads][T][T]`: weights by query and key; empty beyond 64 steps.
    pub maps: Vec<f64>,
    /// ‖y′ − y‖/‖y‖ at the loss where the steps before it come in the opposite order, without and with positions.
    pub reversed: [f64; 2],
}

/// What the chart of depth compares: where the norms stand, and the chosen net without residuals.
pub const VARIANTS: [&str; 4] = ["norms after (post)", "norms first (pre)", "no norms", "no residuals"];

/// The paths, in the order of [`Layered::by_path`].
pub const PATHS: [Path; 3] = [Path::Total, Path::Residual, Path::Attention];

/// Numbers of a step: n, rounded up to a multiple of the heads.
pub fn width(settings: &LineageSettings) -> usize {
    settings.hidden_size.next_multiple_of(settings.heads)
}

/// The chosen net's sizes and switches.
pub fn shape(settings: &LineageSettings) -> TransformerShape {
    let d_model = width(settings);
    TransformerShape {
        d_model,
        heads: settings.heads,
        feedforward: 4 * d_model,
        layers: settings.layers,
        norm: norm(settings.norms),
        activation: if settings.gelu { Activation::Gelu } else { Activation::Relu },
        residual: settings.residuals,
        positions: settings.positions,
    }
}

fn norm(norms: Norms) -> Norm {
    match norms {
        Norms::Post => Norm::Post,
        Norms::Pre => Norm::Pre,
        Norms::Off => Norm::Off,
    }
}

/// A net of this shape behind a linear layer that keeps the input's variance.
fn net(shape: TransformerShape, settings: &LineageSettings) -> Result<Embedded, LineageError> {
    let start = if settings.normal { Start::Normal } else { Start::Torch };
    let inner = Transformer::from_seed(shape, start, settings.seed, settings.gain)?;
    let drawn = normal(shape.d_model * settings.input_size, settings.seed);
    let factor = 1.0 / (settings.input_size.max(1) as f64).sqrt();
    Embedded::new(inner, settings.input_size, |name, sizes| match name {
        "embed.weight" => drawn.iter().map(|v| factor * v).collect(),
        _ => vec![0.0; sizes.iter().product()],
    })
}

/// Standard normal numbers of a seed.
fn normal(count: usize, seed: u32) -> Vec<f64> {
    // Apart from the input's, which is of the seed itself.
    let noise = Experiment { seq_len: 512, input_size: 16, seed: seed ^ 0x5eed, input: Input::Noise, ..Experiment::default() };
    noise.sequence().map(|sequence| sequence.x.into_iter().take(count).collect()).unwrap_or_default()
}

/// The numbers of the view.
///
/// # Errors
/// A sentence, where the net cannot be built or run.
pub fn of(settings: &LineageSettings) -> Result<Layered, String> {
    let x = build::input(settings)?;
    let (shape, loss) = (shape(settings), settings.loss_step());
    let sentence = |error: LineageError| error.to_string();
    let net = net(shape, settings).map_err(sentence)?;
    let run = net.run(&x).map_err(sentence)?;
    let row = |path| Reach::row(run.as_ref(), loss, path).map(|row| row.log10).map_err(sentence);
    let by_path = [row(PATHS[0])?, row(PATHS[1])?, row(PATHS[2])?];
    let maps = match settings.steps {
        steps if steps <= MATRIX_LIMIT => {
            run.inner().into_iter().find(|value| value.name == "attention").map(|value| value.values.to_vec())
        }
        _ => None,
    };
    let of_norm = |norm| TransformerShape { norm, residual: true, ..shape };
    let variants = [of_norm(Norm::Post), of_norm(Norm::Pre), of_norm(Norm::Off), TransformerShape { residual: false, ..shape }];
    let by_layer = variants.map(|shape| by_layer(shape, settings, &x, loss).unwrap_or_default());
    let reversed = [false, true].map(|positions| reversed(TransformerShape { positions, ..shape }, settings, &x, loss).unwrap_or(f64::NAN));
    Ok(Layered { loss, width: shape.d_model, by_layer, by_path, maps: maps.unwrap_or_default(), reversed })
}

/// The gradient of a loss in a direction drawn from the seed, by layer, relative to the last layer's output.
fn by_layer(shape: TransformerShape, settings: &LineageSettings, x: &[f64], loss: usize) -> Result<Vec<f64>, LineageError> {
    let net = net(shape, settings)?;
    let run = net.run(x)?;
    let mut cotangent = ScaledRows::zeros(run.rows(), shape.d_model);
    cotangent.set(loss, &normal(2 * shape.d_model, settings.seed)[shape.d_model..], 0);
    let norms = run.layer_gradients(&cotangent, Path::Total).unwrap_or_default();
    let last = norms.last().copied().unwrap_or(f64::NAN);
    Ok(norms.into_iter().map(|norm| norm - last).collect())
}

/// By how much the loss's output changes where the steps before it come in the opposite order.
fn reversed(shape: TransformerShape, settings: &LineageSettings, x: &[f64], loss: usize) -> Result<f64, LineageError> {
    let net = net(shape, settings)?;
    let d = settings.input_size;
    let mut other: Vec<f64> = x[..loss * d].chunks_exact(d).rev().flatten().copied().collect();
    other.extend_from_slice(&x[loss * d..]);
    let (a, b) = (net.run(x)?, net.run(&other)?);
    let at = |values: &[f64]| values[loss * shape.d_model..(loss + 1) * shape.d_model].to_vec();
    let (a, b) = (at(a.output()), at(b.output()));
    let squares = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>();
    Ok((squares(&mut a.iter().zip(&b).map(|(a, b)| a - b)) / squares(&mut a.iter().copied())).sqrt())
}

/// The matrix of the chosen net; `None` where there are too many steps or there is no net.
pub fn matrix(settings: &LineageSettings) -> Option<Square> {
    if settings.steps > MATRIX_LIMIT {
        return None;
    }
    let x = build::input(settings).ok()?;
    let net = net(shape(settings), settings).ok()?;
    let run = net.run(&x).ok()?;
    Matrix::of(run.as_ref(), Path::Total).ok().map(|matrix| Square::of(&matrix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(change: impl FnOnce(&mut LineageSettings)) -> Layered {
        let mut settings = LineageSettings { steps: 24, ..LineageSettings::default() };
        change(&mut settings);
        of(&settings).unwrap()
    }

    #[test]
    fn the_residual_stream_sees_its_own_step_alone_and_attention_every_one_before() {
        for norms in [Norms::Post, Norms::Pre, Norms::Off] {
            let found = at(|s| (s.norms, s.back) = (norms, 5));
            let [total, residual, attention] = &found.by_path;
            assert_eq!(found.loss, 18);
            for k in 0..24 {
                assert_eq!(residual[k].is_finite(), k == 18, "{norms:?} {k}");
                assert_eq!(attention[k].is_finite() && total[k].is_finite(), k <= 18, "{norms:?} {k}");
                assert!(k >= 18 || (total[k] - attention[k]).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn weights_are_those_of_every_layer_and_head_and_add_up_to_1() {
        let found = at(|s| (s.layers, s.heads) = (3, 4));
        assert_eq!(found.maps.len(), 3 * 4 * 24 * 24);
        for (i, row) in found.maps.chunks_exact(24).enumerate() {
            let query = i % 24;
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(row[query + 1..].iter().all(|w| *w == 0.0));
        }
    }

    #[test]
    fn without_norms_the_gradient_grows_with_depth_and_with_norms_it_keeps_its_size() {
        let found = at(|s| (s.layers, s.hidden_size, s.steps) = (12, 64, 64));
        let [post, pre, off, bare] = &found.by_layer;
        assert!([post, pre, off, bare].iter().all(|norms| norms.len() == 13 && norms[12] == 0.0));
        assert!(post[0].abs() < 0.5 && (0.2..1.0).contains(&pre[0]) && off[0] > 2.5, "{} {} {}", post[0], pre[0], off[0]);
    }

    #[test]
    fn one_layer_without_positions_does_not_see_the_order_of_the_past() {
        let [without, with] = at(|s| s.layers = 1).reversed;
        assert!(without < 1e-13 && with > 1e-3, "{without} {with}");
        // A second layer reads what the first made of every prefix, and those depend on the order.
        let [without, _] = at(|s| s.layers = 2).reversed;
        assert!(without > 1e-6, "{without}");
    }

    #[test]
    fn the_matrix_has_the_row_of_the_loss() {
        let settings = LineageSettings { steps: 12, back: 2, heads: 2, ..LineageSettings::default() };
        let (square, found) = (matrix(&settings).unwrap(), of(&settings).unwrap());
        for k in 0..12 {
            let value = square.values[9 * 12 + k];
            assert!(value == found.by_path[0][k] || (value - found.by_path[0][k]).abs() < 1e-9);
        }
        assert_eq!(matrix(&LineageSettings { steps: 65, ..settings }), None);
    }
}
