//! Encoder–decoders, without and with attention.

use proptest::prelude::*;
use unroll_engine::lineage::encoder_decoder::{
    openness, softmax, softmax_backward, Attention, EncoderDecoder, Score, Shape, TeacherForced,
};
use unroll_engine::lineage::{Matrix, Model, Path, Run};
use unroll_engine::Cell;

use crate::differences;
use crate::fixture::Fixture;
use crate::recurrent::{cell, numbers};

pub fn from_fixture(fixture: &Fixture) -> TeacherForced {
    let optional = |key: &str| if fixture.json["model"][key].is_null() { 0 } else { fixture.size(key) };
    let score = |word: Option<&str>| match word {
        Some("dot") => Score::Dot,
        Some("general") => Score::General,
        Some("concat") => Score::Concat,
        other => panic!("unknown score {other:?}"),
    };
    let shape = Shape {
        cell: cell(fixture.word("cell").unwrap()),
        attention: match fixture.word("attention").unwrap() {
            "none" => Attention::None,
            "bahdanau" => Attention::Bahdanau,
            "luong" => Attention::Luong { score: score(fixture.word("score")), input_feeding: fixture.flag("input_feeding") },
            other => panic!("unknown attention {other}"),
        },
        bidirectional: fixture.flag("bidirectional_encoder"),
        source_size: fixture.size("source_size"),
        embedding_size: fixture.size("target_embedding_size"),
        encoder_hidden: fixture.size("encoder_hidden"),
        decoder_hidden: fixture.size("decoder_hidden"),
        attention_size: optional("attention_size"),
        attentional_size: optional("attentional_size"),
        vocabulary: fixture.size("vocabulary"),
    };
    TeacherForced::new(EncoderDecoder::new(shape, |name, _| fixture.weight(name)).unwrap(), fixture.targets()).unwrap()
}

/// Every architecture there is.
fn shapes() -> impl Strategy<Value = Shape> {
    let scores = prop_oneof![Just(Score::Dot), Just(Score::General), Just(Score::Concat)];
    let attention = prop_oneof![
        Just(Attention::None),
        Just(Attention::Bahdanau),
        (scores, any::<bool>()).prop_map(|(score, input_feeding)| Attention::Luong { score, input_feeding })
    ];
    let cells = prop_oneof![Just(Cell::Rnn), Just(Cell::Lstm), Just(Cell::Gru)];
    (cells, attention, any::<bool>(), (1_usize..3, 1_usize..3, 1_usize..4, 1_usize..4), (1_usize..4, 1_usize..4, 1_usize..5)).prop_map(
        |(
            cell,
            attention,
            bidirectional,
            (source_size, embedding_size, encoder, decoder),
            (attention_size, attentional_size, vocabulary),
        )| {
            let dot = matches!(attention, Attention::Luong { score: Score::Dot, .. });
            let handed_over = attention != Attention::Bahdanau || cell == Cell::Lstm;
            Shape {
                cell,
                attention,
                bidirectional: bidirectional && !dot,
                source_size,
                embedding_size,
                encoder_hidden: encoder,
                decoder_hidden: if handed_over { encoder } else { decoder },
                attention_size,
                attentional_size,
                vocabulary,
            }
        },
    )
}

#[derive(Clone, Debug)]
struct Problem {
    model: TeacherForced,
    x: Vec<f64>,
    cotangent: Vec<f64>,
}

fn problems() -> impl Strategy<Value = Problem> {
    (shapes(), 1_usize..6, 1_usize..5).prop_flat_map(|(shape, source, target)| {
        let (d, vocabulary) = (shape.source_size, shape.vocabulary);
        (numbers(2000, 1.0), numbers(source * d, 1.0), numbers(target * vocabulary, 1.0), proptest::collection::vec(0..vocabulary, target))
            .prop_map(move |(pool, x, cotangent, targets)| {
                let mut pool = pool.into_iter().cycle();
                let net = EncoderDecoder::new(shape, |_, shape| pool.by_ref().take(shape.iter().product()).collect()).unwrap();
                Problem { model: TeacherForced::new(net, targets).unwrap(), x, cotangent }
            })
    })
}

/// Σ_j |v_j|², its root.
fn norm(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum::<f64>().sqrt()
}

fn inner(run: &dyn Run, name: &str) -> Vec<f64> {
    run.inner().into_iter().find(|n| n.name == name).map(|n| n.values.to_vec()).unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn lineage_encoder_decoders_agree_with_central_differences(problem in problems()) {
        let mut model = problem.model;
        differences::check(&mut model, &problem.x, &problem.cotangent, 4e-6).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn lineage_the_two_paths_of_an_encoder_decoder_add_up_to_the_whole(problem in problems()) {
        let run = problem.model.run(&problem.x).unwrap();
        for t in 0..run.rows() {
            let [total, contexts, state] = [Path::Total, Path::Contexts, Path::State].map(|path| run.jacobian_row(t, path));
            for i in 0..run.output_size() {
                let [total, contexts, state] = [&total, &contexts, &state].map(|rows| rows[i].to_values());
                let size = norm(&total).max(norm(&contexts)).max(norm(&state));
                let rest: Vec<f64> = (0..total.len()).map(|k| contexts[k] + state[k] - total[k]).collect();
                prop_assert!(norm(&rest) <= 1e-12 * size, "{} of {size}", norm(&rest));
            }
        }
    }

    #[test]
    fn lineage_without_attention_everything_passes_through_the_state(problem in problems()) {
        let run = problem.model.run(&problem.x).unwrap();
        let contexts = Matrix::of(run.as_ref(), Path::Contexts).unwrap();
        let none = problem.model.net().shape().attention == Attention::None;
        if none {
            prop_assert!(contexts.absolute().iter().all(|v| *v == f64::NEG_INFINITY));
            prop_assert_eq!(Matrix::of(run.as_ref(), Path::Total).unwrap(), Matrix::of(run.as_ref(), Path::State).unwrap());
        } else {
            prop_assert!(contexts.absolute().iter().any(|v| *v > f64::NEG_INFINITY));
        }
    }

    #[test]
    fn lineage_an_alignment_is_a_distribution_and_a_context_its_mean(problem in problems()) {
        let run = problem.model.run(&problem.x).unwrap();
        let [alignment, contexts, memory] = ["alignment", "contexts", "encoder_states"].map(|name| inner(run.as_ref(), name));
        let source = run.columns();
        for (weights, context) in alignment.chunks(source).zip(contexts.chunks(memory.len() / source)) {
            prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-14);
            prop_assert!(weights.iter().all(|w| (0.0..=1.0).contains(w)));
            for (i, c) in context.iter().enumerate() {
                let mean: f64 = weights.iter().enumerate().map(|(j, w)| w * memory[j * context.len() + i]).sum();
                prop_assert!((c - mean).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn lineage_writing_step_by_step_gives_the_forced_logits(problem in problems()) {
        let run = problem.model.run(&problem.x).unwrap();
        let net = problem.model.net();
        let encoded = net.encode(&problem.x).unwrap();
        let mut state = net.begin(&encoded);
        let alignment = inner(run.as_ref(), "alignment");
        for t in 0..run.rows() {
            let symbol = if t == 0 { net.shape().start_symbol() } else { problem.model.targets()[t - 1] };
            let step = net.step(&encoded, &mut state, symbol).unwrap();
            prop_assert_eq!(&step.logits[..], &run.output()[t * step.logits.len()..(t + 1) * step.logits.len()]);
            if net.shape().attention != Attention::None {
                prop_assert_eq!(&step.alignment[..], &alignment[t * run.columns()..(t + 1) * run.columns()]);
            }
        }
        prop_assert_eq!(state.steps(net), run.rows());
    }

    /// ‖diag(w) − wwᵀ‖₂ ≤ ½, whatever the scores.
    #[test]
    fn lineage_the_softmax_passes_on_half_at_most(mut scores in proptest::collection::vec(-30.0..30.0_f64, 1..12)) {
        softmax(&mut scores);
        prop_assert!(openness(&scores) <= 0.5 + 1e-15);
    }

    #[test]
    fn lineage_the_softmax_backward_is_its_slope(scores in proptest::collection::vec(-3.0..3.0_f64, 1..8), pool in numbers(8, 1.0)) {
        let adjoint = &pool[..scores.len()];
        let value = |scores: &[f64]| {
            let mut w = scores.to_vec();
            softmax(&mut w);
            w.iter().zip(adjoint).map(|(w, g)| w * g).sum::<f64>()
        };
        let mut w = scores.clone();
        softmax(&mut w);
        let mut ours = vec![0.0; scores.len()];
        softmax_backward(&w, adjoint, &mut ours);
        for (i, ours) in ours.iter().enumerate() {
            let moved = |by: f64| value(&scores.iter().enumerate().map(|(j, s)| if i == j { s + by } else { *s }).collect::<Vec<_>>());
            prop_assert!(((moved(1e-5) - moved(-1e-5)) / 2e-5 - ours).abs() < 1e-9);
        }
    }
}

/// A net of one unit whose every parameter is `value` but for those in `set`.
fn net(shape: Shape, value: f64, set: &[(&str, f64)]) -> EncoderDecoder {
    let chosen = |name: &str| set.iter().find(|(n, _)| *n == name).map_or(value, |(_, v)| *v);
    EncoderDecoder::new(shape, |name, shape| vec![chosen(name); shape.iter().product()]).unwrap()
}

fn luong(score: Score) -> Shape {
    Shape {
        cell: Cell::Gru,
        attention: Attention::Luong { score, input_feeding: false },
        bidirectional: false,
        source_size: 1,
        embedding_size: 1,
        encoder_hidden: 1,
        decoder_hidden: 1,
        attention_size: 1,
        attentional_size: 1,
        vocabulary: 1,
    }
}

#[test]
fn lineage_uniform_attention_gives_every_step_one_part_in_t() {
    // Scores that are all the same: W_a = 0.
    let model = TeacherForced::new(net(luong(Score::General), 0.3, &[("W_a", 0.0)]), vec![0; 3]).unwrap();
    let steps = 100;
    let run = model.run(&vec![0.1; steps]).unwrap();
    for w in inner(run.as_ref(), "alignment") {
        assert!((w - 1.0 / steps as f64).abs() < 1e-17, "{w}");
    }
}

#[test]
fn lineage_sharp_attention_passes_nothing_to_the_scores() {
    let (mut open, mut sharp) = (vec![0.0, 0.0], vec![0.0, 40.0]);
    softmax(&mut open);
    softmax(&mut sharp);
    assert_eq!(openness(&open), 0.5);
    assert!(openness(&sharp) < 1e-16);
}

#[test]
fn lineage_sizes_that_do_not_fit_are_refused_in_sentences() {
    let refuse = |shape: Shape| EncoderDecoder::new(shape, |_, shape| vec![0.0; shape.iter().product()]).unwrap_err().to_string();
    let good = luong(Score::Dot);
    let sentences = [
        refuse(Shape { vocabulary: 0, ..good }),
        refuse(Shape { decoder_hidden: 2, ..good }),
        refuse(Shape { bidirectional: true, ..good }),
        EncoderDecoder::new(good, |_, _| vec![0.0]).unwrap_err().to_string(),
        TeacherForced::new(net(good, 0.1, &[]), vec![0, 1]).unwrap_err().to_string(),
    ];
    assert_eq!(
        sentences,
        [
            "The vocabulary is 0. It must be 1 or more.",
            "The decoder's hidden size is 2. It must be the encoder's, 1, whose last state it starts from.",
            "The decoder's hidden size is 1. It must be the size of an encoder state, 2, since the dot score multiplies the two.",
            "The parameter encoder.weight_ih_l0 has 1 numbers. The model needs 3.",
            "A symbol of the target is 1. It must be below the vocabulary, 1.",
        ]
    );
}
