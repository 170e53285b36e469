//! The causal transformer.

use proptest::prelude::*;
use unroll_engine::fingerprint;
use unroll_engine::lineage::transformer::{Activation, Embedded, Norm, Start, Transformer, TransformerShape};
use unroll_engine::lineage::{Block, Gradients, Matrix, Model, Path, Reach, Run, ScaledRows};

use crate::differences;
use crate::fixture::{flat, Fixture};
use crate::recurrent::numbers;

const NORMS: [Norm; 3] = [Norm::Post, Norm::Pre, Norm::Off];

pub fn from_fixture(fixture: &Fixture) -> Transformer {
    assert!(fixture.flag("causal") && fixture.json["model"]["layer_norm_eps"] == 1e-5, "{}", fixture.file);
    let shape = TransformerShape {
        d_model: fixture.size("d_model"),
        heads: fixture.size("nhead"),
        feedforward: fixture.size("dim_feedforward"),
        layers: fixture.size("num_layers"),
        norm: match (fixture.flag("norm"), fixture.flag("norm_first")) {
            (false, _) => Norm::Off,
            (true, true) => Norm::Pre,
            (true, false) => Norm::Post,
        },
        activation: if fixture.word("activation") == Some("gelu") { Activation::Gelu } else { Activation::Relu },
        residual: fixture.flag("residual"),
        positions: fixture.word("positional_encoding") == Some("sinusoidal"),
    };
    assert_eq!(fixture.flag("final_norm"), shape.norm == Norm::Pre, "{}", fixture.file);
    Transformer::new(shape, |name, _| fixture.weight(name)).unwrap()
}

/// The entry that transformers alone have.
pub fn extra(fixture: &Fixture, run: &dyn Run, name: &str) -> Option<Vec<f64>> {
    (name == "dL_dlayer_input_norm").then(|| {
        let cotangent = ScaledRows::from_values(&flat(&fixture.json["loss"]["cotangent"]), run.output_size());
        let logarithms = run.layer_gradients(&cotangent, Path::Total).unwrap();
        logarithms.iter().map(|v| 10f64.powf(*v)).collect()
    })
}

fn shape(norm: Norm, activation: Activation, residual: bool) -> TransformerShape {
    TransformerShape { d_model: 4, heads: 2, feedforward: 5, layers: 2, norm, activation, residual, positions: true }
}

fn input(steps: usize, d: usize) -> Vec<f64> {
    (0..steps * d).map(|i| ((i * 37 + 11) % 23) as f64 / 23.0 - 0.5).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn lineage_transformers_agree_with_central_differences(
        (layers, heads, steps, draws) in (1_usize..4, 1_usize..5, 1_usize..6, numbers(701, 1.0)),
        norm in 0_usize..3, gelu: bool, residual: bool, positions: bool,
    ) {
        let activation = if gelu { Activation::Gelu } else { Activation::Relu };
        // Norms of fewer numbers pass next to nothing, and their curvature is large.
        let d_model = 4 * heads.div_ceil(4) + if heads == 3 { 2 } else { 0 };
        let shape = TransformerShape { d_model, heads, feedforward: 3, layers, norm: NORMS[norm], activation, residual, positions };
        let mut next = draws.iter().copied().cycle();
        let mut model = Transformer::new(shape, |name, sizes| {
            let base = if name.contains("norm") && name.ends_with("weight") { 1.0 } else { 0.0 };
            next.by_ref().take(sizes.iter().product()).map(|v| base + 0.6 * v).collect()
        }).unwrap();
        let take = |from: usize| draws.iter().rev().cycle().skip(from).take(steps * d_model).copied().collect::<Vec<f64>>();
        let (x, cotangent) = (take(5), take(101));
        // Where a variance is near 0 a norm bends within a step of the differences; where relu passes its kink it has no difference.
        prop_assume!(smooth(&model, &x));
        differences::check(&mut model, &x, &cotangent, 2e-5).map_err(TestCaseError::fail)?;
    }

    /// Both parts of the split add up to the whole, inputs and weights alike.
    #[test]
    fn lineage_the_residual_stream_and_attention_add_up(seed: u32, norm in 0_usize..3, residual: bool, scale in 0.3_f64..3.0) {
        let model = Transformer::from_seed(shape(NORMS[norm], Activation::Gelu, residual), Start::Torch, seed, scale).unwrap();
        let x = input(7, 4);
        let trace = model.forward(&x).unwrap();
        let cotangent = ScaledRows::from_values(&input(7, 4).iter().rev().copied().collect::<Vec<f64>>(), 4);
        let of = |path: Path| {
            let mut gradients = Gradients::zeros(&Block::parameters(&model));
            let dx = model.vjp(&trace, &cotangent, path, Some(&mut gradients)).to_values();
            core::iter::once(dx).chain(gradients.values).collect::<Vec<Vec<f64>>>()
        };
        for ((whole, stream), attention) in of(Path::Total).iter().zip(of(Path::Residual)).zip(of(Path::Attention)) {
            let size = whole.iter().chain(&stream).fold(0.0_f64, |most, v| most.max(v.abs()));
            for ((whole, stream), attention) in whole.iter().zip(stream).zip(attention) {
                prop_assert!((whole - (stream + attention)).abs() <= 1e-12 * size, "{whole} {stream} {attention}");
            }
        }
    }
}

/// Whether the loss is smooth where differences look: every layer's input moves by little when the input does.
fn smooth(model: &Transformer, x: &[f64]) -> bool {
    let run = |by: f64| {
        let x: Vec<f64> = x.iter().enumerate().map(|(i, v)| v + by * ((i * 5 + 3) % 7) as f64 / 7.0).collect();
        model.forward(&x).unwrap()
    };
    let slopes = |a: f64, b: f64| {
        let (low, high) = (run(a), run(b));
        let (low, high) = (model.output(&low).to_vec(), model.output(&high).to_vec());
        low.iter().zip(&high).map(|(l, h)| (h - l) / (b - a)).collect::<Vec<f64>>()
    };
    let (left, right) = (slopes(-1e-3, 0.0), slopes(0.0, 1e-3));
    let size = left.iter().fold(1.0_f64, |most, v| most.max(v.abs()));
    size < 50.0 && left.iter().zip(&right).all(|(l, r)| (l - r).abs() < 0.05 * size)
}

#[test]
fn lineage_transformers_see_no_future_and_every_past() {
    for norm in NORMS {
        for residual in [true, false] {
            let model = Transformer::from_seed(shape(norm, Activation::Gelu, residual), Start::Torch, 3, 1.0).unwrap();
            let x = input(9, 4);
            let run = model.run(&x).unwrap();
            for path in [Path::Total, Path::Attention] {
                for (i, value) in Matrix::of(run.as_ref(), path).unwrap().absolute().iter().enumerate() {
                    assert_eq!(*value == f64::NEG_INFINITY, i % 9 > i / 9, "{norm:?} {residual} {path} {i}");
                }
            }
            // Along the stream a step sees itself alone, and without residuals there is no stream.
            for (i, value) in Matrix::of(run.as_ref(), Path::Residual).unwrap().absolute().iter().enumerate() {
                assert_eq!(value.is_finite(), residual && i % 9 == i / 9, "{norm:?} {residual} {i}");
            }
        }
    }
}

/// Without positions and with the mask: the last output does not change when the steps before it change places.
#[test]
fn lineage_without_positions_the_order_of_the_past_is_lost() {
    let last = |positions: bool, x: &[f64]| {
        let shape = TransformerShape { layers: 1, positions, ..shape(Norm::Pre, Activation::Gelu, true) };
        Transformer::from_seed(shape, Start::Torch, 5, 1.0).unwrap().run(x).unwrap().output()[5 * 4..].to_vec()
    };
    let x = input(6, 4);
    let mut moved = x[4..20].to_vec();
    moved.extend_from_slice(&x[..4]);
    moved.extend_from_slice(&x[20..]);
    let apart = |positions: bool| last(positions, &x).iter().zip(last(positions, &moved)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(apart(false) < 1e-14, "{}", apart(false));
    assert!(apart(true) > 1e-3, "{}", apart(true));
}

/// With q = 0 the weights are uniform, and with identities elsewhere every step reaches the last by exactly 1/T, at every lag.
#[test]
fn lineage_uniform_attention_hears_one_over_t_of_everything() {
    let (steps, d) = (100, 2);
    let shape = TransformerShape {
        d_model: d,
        heads: 1,
        feedforward: 1,
        layers: 1,
        norm: Norm::Off,
        activation: Activation::Relu,
        residual: true,
        positions: false,
    };
    let model = Transformer::new(shape, |name, sizes| {
        let mut values = vec![0.0; sizes.iter().product()];
        match name {
            "layers.0.self_attn.in_proj_weight" => (0..d).for_each(|i| values[(2 * d + i) * d + i] = 1.0),
            "layers.0.self_attn.out_proj.weight" => (0..d).for_each(|i| values[i * d + i] = 1.0),
            _ => {}
        }
        values
    })
    .unwrap();
    let x = input(steps, d);
    let run = model.run(&x).unwrap();
    let row = Reach::row(run.as_ref(), steps - 1, Path::Attention).unwrap();
    for value in &row.log10 {
        assert!((value + 2.0).abs() < 1e-14, "{value}");
    }
    let total = Reach::row(run.as_ref(), steps - 1, Path::Total).unwrap();
    assert!((10f64.powf(total.log10[steps - 1]) - 1.01).abs() < 1e-13);
}

#[test]
fn lineage_cotangents_far_apart_keep_their_scales() {
    let model = Transformer::from_seed(shape(Norm::Post, Activation::Gelu, true), Start::Torch, 3, 1.0).unwrap();
    let trace = model.forward(&input(3, 4)).unwrap();
    let mut cotangent = ScaledRows::zeros(3, 4);
    cotangent.set(0, &[1.0, -0.5, 0.2, 0.1], 0);
    cotangent.set(2, &[1.0, -0.5, 0.2, 0.1], -4000);
    let dx = model.vjp(&trace, &cotangent, Path::Total, None);
    // Steps 1 and 2 hear of the small one alone, as if there were no other.
    cotangent.set(0, &[0.0; 4], 0);
    let alone = model.vjp(&trace, &cotangent, Path::Total, None);
    for row in 1..3 {
        assert_eq!(dx.row(row), alone.row(row));
        assert!(dx.log10_norm(row) < -1200.0 && dx.log10_norm(row).is_finite());
    }
}

#[test]
fn lineage_what_does_not_fit_a_transformer_is_refused_in_a_sentence() {
    let good = shape(Norm::Pre, Activation::Gelu, true);
    let refused = |shape: TransformerShape| Transformer::from_seed(shape, Start::Torch, 1, 1.0).err().unwrap().to_string();
    assert_eq!(refused(TransformerShape { layers: 25, ..good }), "The number of layers is 25. It must be from 1 to 24.");
    assert_eq!(refused(TransformerShape { heads: 0, ..good }), "The number of heads is 0. It must be from 1 to 4.");
    assert_eq!(
        refused(TransformerShape { heads: 3, ..good }),
        "The model size is 4. It must be a multiple of the number of heads, which is 3."
    );
    assert_eq!(refused(TransformerShape { d_model: 0, ..good }), "The model size is 0. It must be 1 or more.");
    assert_eq!(refused(TransformerShape { feedforward: 0, ..good }), "The feed-forward size is 0. It must be 1 or more.");
    let short = Transformer::new(good, |_, _| vec![0.0]).err().unwrap().to_string();
    assert_eq!(short, "The parameter layers.0.self_attn.in_proj_weight has 1 numbers. The model needs 48.");
    let model = Transformer::from_seed(good, Start::Torch, 1, 1.0).unwrap();
    assert_eq!(
        model.run(&[0.0; 5]).err().unwrap().to_string(),
        "The input has 5 numbers, which is not one step or more of 4 numbers each."
    );
    assert_eq!(
        model.run(&[0.0, f64::NAN, 0.0, 0.0]).err().unwrap().to_string(),
        "The state overflows at step 0. Smaller weights or a smaller input keep it finite."
    );
    let large = Transformer::from_seed(TransformerShape { norm: Norm::Off, ..good }, Start::Torch, 1, 1e200).unwrap();
    assert!(large.run(&input(3, 4)).is_err());
    // Squares that overflow are said to, and give no zeros, wherever the norm stands.
    for norm in [Norm::Pre, Norm::Post, Norm::Off] {
        let model = Transformer::from_seed(TransformerShape { norm, ..good }, Start::Torch, 1, 1.0).unwrap();
        let huge: Vec<f64> = input(3, 4).iter().map(|v| 1e170 * v).collect();
        assert!(model.run(&huge).is_err(), "{norm:?}");
    }
}

#[test]
fn lineage_transformers_have_the_parameters_their_cost_says() {
    for norm in NORMS {
        let shape = shape(norm, Activation::Relu, true);
        let model = Transformer::from_seed(shape, Start::Torch, 1, 1.0).unwrap();
        let count: usize = Block::parameters(&model).iter().map(|p| p.values.len()).sum();
        assert_eq!(Block::cost(&model, 7).parameters, count as u64);
        // 4 d² + 2 d ff weights and their 5 d + … biases a layer.
        let (d, ff) = (4, 5);
        let norms = if norm == Norm::Off { 0 } else { 4 * d };
        let expected = 2 * (4 * d * d + 4 * d + 2 * d * ff + ff + d + norms) + if norm == Norm::Pre { 2 * d } else { 0 };
        assert_eq!(count, expected);
    }
}

#[test]
fn lineage_the_same_seed_gives_the_same_bits_of_transformers() {
    // Any machine, and wasm too: no function of the platform takes part.
    let prints = NORMS.map(|norm| {
        let model = Transformer::from_seed(shape(norm, Activation::Gelu, true), Start::Torch, 11, 1.3).unwrap();
        let x = input(9, 4);
        let run = model.run(&x).unwrap();
        let reach = Matrix::of(run.as_ref(), Path::Total).unwrap().absolute();
        fingerprint(run.output().iter().copied().chain(reach))
    });
    assert_eq!(prints, PRINTS, "{prints:#x?}");
}

const PRINTS: [u64; 3] = [0x0114_70bf_b11c_a12e, 0x54c4_c95c_3f42_d54c, 0x5a11_dffe_82de_3913];

/// One step, so that attention passes the value as it is, with weights of variance 1/columns: a sub-layer of attention adds 1 to the variance of
/// what it reads after a norm, one of the feed-forward part ½, forwards and backwards alike. After norms both cancel; with norms first the sum
/// grows to 1 + 3/2 a layer; without norms a layer multiplies by 2 · 3/2.
#[test]
fn lineage_depth_does_to_gradients_what_variances_say() {
    let (d, layers) = (64, 12);
    let grown = |norm: Norm| {
        let shape = TransformerShape {
            d_model: d,
            heads: 1,
            feedforward: d,
            layers,
            norm,
            activation: Activation::Relu,
            residual: true,
            positions: false,
        };
        let seeds = 8;
        let of_seed = |seed: u32| {
            let model = Transformer::from_seed(shape, Start::Normal, seed, 1.0).unwrap();
            let x = normal_input(1, d, seed);
            let run = model.run(&x).unwrap();
            let mut cotangent = ScaledRows::zeros(1, d);
            cotangent.set(0, &normal_input(1, d, seed + 100), 0);
            let norms = run.layer_gradients(&cotangent, Path::Total).unwrap();
            norms[0] - norms[layers]
        };
        (0..seeds).map(of_seed).sum::<f64>() / f64::from(seeds)
    };
    let expected = [0.0, 0.5 * (1.0 + 1.5 * layers as f64).log10(), 0.5 * layers as f64 * 3.0_f64.log10()];
    for (norm, expected) in NORMS.into_iter().zip(expected) {
        assert!((grown(norm) - expected).abs() < 0.15, "{norm:?}: {} {expected}", grown(norm));
    }
}

/// Standard normal numbers by a seed.
fn normal_input(steps: usize, d: usize, seed: u32) -> Vec<f64> {
    let input = unroll_engine::Input::Noise;
    let noise = unroll_engine::Experiment { seq_len: 512, input_size: 16, seed, input, ..unroll_engine::Experiment::default() };
    noise.sequence().unwrap().x[..steps * d].to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The linear layer in front changes neither products nor gradients.
    #[test]
    fn lineage_a_transformer_behind_a_layer_agrees_with_central_differences(draws in numbers(400, 1.0), d in 1_usize..4, steps in 1_usize..5) {
        let mut draws = draws.into_iter().cycle();
        let inner = Transformer::from_seed(TransformerShape::small(4), Start::Torch, 3, 1.0).unwrap();
        let mut model = Embedded::new(inner, d, |_, shape| draws.by_ref().take(shape.iter().product()).collect()).unwrap();
        let x: Vec<f64> = draws.by_ref().take(steps * d).collect();
        let cotangent: Vec<f64> = draws.take(steps * 4).collect();
        differences::check(&mut model, &x, &cotangent, 2e-5).map_err(TestCaseError::fail)?;
    }
}
