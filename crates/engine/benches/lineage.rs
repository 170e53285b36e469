//! What reach costs: `cargo bench --package unroll-engine --bench lineage`. Medians go to docs/performance.md.

use criterion::{criterion_group, criterion_main, Criterion};
use unroll_engine::lineage::encoder_decoder::{Attention, Score};
use unroll_engine::lineage::{Family, Matrix, Model, Path, Reach, Sizes};
use unroll_engine::Cell;

const STEPS: usize = 64;
const SIZES: Sizes = Sizes { input_size: 4, hidden_size: 16, target_len: STEPS, vocabulary: 8 };

/// The models of the overview that this folder builds, at T = 64 and n = 16.
fn families() -> [Family; 5] {
    let luong = Attention::Luong { score: Score::General, input_feeding: false };
    [
        Family::Recurrent(Cell::Rnn),
        Family::Recurrent(Cell::Lstm),
        Family::Recurrent(Cell::Gru),
        Family::Bidirectional(Cell::Gru),
        Family::EncoderDecoder { cell: Cell::Gru, attention: luong, bidirectional: false },
    ]
}

fn input() -> Vec<f64> {
    (0..STEPS * SIZES.input_size).map(|i| ((i * 37 + 11) % 23) as f64 / 23.0 - 0.5).collect()
}

fn last_row(model: &dyn Model, x: &[f64]) -> Option<f64> {
    let run = model.run(x).ok()?;
    let row = Reach::row(run.as_ref(), run.rows() - 1, Path::Total).ok()?;
    row.log10.first().copied()
}

fn matrix(model: &dyn Model, x: &[f64]) -> Option<f64> {
    let run = model.run(x).ok()?;
    let whole = Matrix::of(run.as_ref(), Path::Total).ok()?;
    whole.rows.last()?.log10.first().copied()
}

/// Forward and the row of the last step, which is what a drag waits for.
fn rows(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reach of the last step");
    group.sample_size(20);
    let x = input();
    for family in families() {
        let Ok(model) = family.build(SIZES, 7, 1.0) else { continue };
        group.bench_function(family.to_string(), |bencher| bencher.iter(|| last_row(model.as_ref(), &x)));
    }
    group.finish();
}

/// Forward and the whole T × T matrix, which may follow in slices.
fn matrices(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reach matrix");
    group.sample_size(10);
    let x = input();
    for family in families() {
        let Ok(model) = family.build(SIZES, 7, 1.0) else { continue };
        group.bench_function(family.to_string(), |bencher| bencher.iter(|| matrix(model.as_ref(), &x)));
    }
    group.finish();
}

criterion_group!(benches, rows, matrices);
criterion_main!(benches);
