//! Models by name.

use unroll_engine::lineage::encoder_decoder::{Attention, Score};
use unroll_engine::lineage::{Family, Matrix, Path, Sizes};
use unroll_engine::{fingerprint, Cell};

const CELLS: [Cell; 3] = [Cell::Rnn, Cell::Lstm, Cell::Gru];

fn families() -> Vec<Family> {
    let mut all = Vec::new();
    for cell in CELLS {
        all.extend([Family::Recurrent(cell), Family::Bidirectional(cell)]);
        let mut attentions = vec![Attention::None, Attention::Bahdanau];
        for score in [Score::Dot, Score::General, Score::Concat] {
            attentions.extend([false, true].map(|input_feeding| Attention::Luong { score, input_feeding }));
        }
        all.extend(attentions.into_iter().map(|attention| Family::EncoderDecoder { cell, attention, bidirectional: false }));
    }
    all.push(Family::Transformer);
    all
}

fn input(steps: usize, d: usize) -> Vec<f64> {
    (0..steps * d).map(|i| ((i * 37 + 11) % 23) as f64 / 23.0 - 0.5).collect()
}

#[test]
fn lineage_families_run_and_have_the_parameters_their_cost_says() {
    let sizes = Sizes { input_size: 3, hidden_size: 5, target_len: 4, vocabulary: 6 };
    for family in families() {
        let model = family.build(sizes, 3, 1.0).unwrap_or_else(|e| panic!("{family}: {e}"));
        let count: usize = model.parameters().iter().map(|p| p.values.len()).sum();
        assert_eq!(model.cost(7).parameters, count as u64, "{family}");
        let run = model.run(&input(7, 3)).unwrap();
        let reach = Matrix::of(run.as_ref(), Path::Total).unwrap();
        assert!(reach.absolute().iter().any(|v| v.is_finite()), "{family}");
        assert_eq!(run.output().len(), run.rows() * run.output_size());
        assert!(reach.absolute().iter().all(|v| !v.is_nan()));
    }
}

#[test]
fn lineage_attention_leaves_the_encoder_that_the_seed_drew() {
    let encoder = |attention| {
        let family = Family::EncoderDecoder { cell: Cell::Gru, attention, bidirectional: false };
        let model = family.build(Sizes::default(), 5, 1.0).unwrap();
        let drawn: Vec<f64> =
            model.parameters().iter().filter(|p| p.name.starts_with("encoder.")).flat_map(|p| p.values.to_vec()).collect();
        assert_eq!(drawn.len(), 3 * 16 * (1 + 16 + 2));
        fingerprint(drawn.into_iter())
    };
    let plain = encoder(Attention::None);
    assert_eq!(plain, encoder(Attention::Bahdanau));
    assert_eq!(plain, encoder(Attention::Luong { score: Score::Concat, input_feeding: false }));
}

#[test]
fn lineage_sizes_are_matched_by_parameters() {
    let sizes = Sizes { input_size: 4, ..Sizes::default() };
    let budget = Family::Recurrent(Cell::Lstm).parameters(Sizes { hidden_size: 16, ..sizes }).unwrap();
    assert_eq!(budget, 4 * 16 * (4 + 16 + 2));
    for family in families() {
        let n = family.hidden_size_for(budget, sizes, 256).unwrap();
        let count = |n: usize| family.parameters(Sizes { hidden_size: n, ..sizes }).unwrap();
        assert!(count(n) <= budget, "{family}: {n}");
        assert!(count(n + 1) > budget, "{family}: {n}");
    }
}

#[test]
fn lineage_the_same_seed_gives_the_same_bits() {
    // Any machine, and wasm too: no function of the platform takes part.
    let mut prints = Vec::new();
    for family in [
        Family::Recurrent(Cell::Gru),
        Family::Bidirectional(Cell::Lstm),
        Family::EncoderDecoder { cell: Cell::Gru, attention: Attention::Bahdanau, bidirectional: true },
    ] {
        let sizes = Sizes { input_size: 2, hidden_size: 6, target_len: 5, vocabulary: 4 };
        let model = family.build(sizes, 11, 1.3).unwrap();
        let run = model.run(&input(9, 2)).unwrap();
        let reach = Matrix::of(run.as_ref(), Path::Total).unwrap().absolute();
        prints.push(fingerprint(run.output().iter().copied().chain(reach)));
    }
    assert_eq!(prints, PRINTS, "{prints:#x?}");
}

const PRINTS: [u64; 3] = [0xaad7_22c1_f858_29d6, 0xdad6_a17d_ea99_cbfd, 0x28a3_6cf4_83b9_5578];
