//! What an analysis costs, per cell and size: `cargo bench --package unroll-engine`. Medians go to docs/performance.md.

use std::hint::black_box;

use criterion::{criterion_group, criterion_main, BenchmarkId, Criterion};
use unroll_engine::stages::Stages;
use unroll_engine::{analyse, analyse_critical, Analysis, Cell, Experiment, ExperimentError, Input};

/// (hidden size, steps): the page's default, a lecture's, and the largest that is dragged.
const SIZES: [(usize, usize); 3] = [(16, 64), (32, 100), (64, 200)];

fn every_size(criterion: &mut Criterion, name: &str, run: fn(&Experiment) -> Result<Analysis, ExperimentError>) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20);
    for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
        for (hidden_size, seq_len) in SIZES {
            let experiment = Experiment { cell, hidden_size, seq_len, ..Experiment::default() };
            let id = BenchmarkId::new(format!("{cell:?}"), format!("n={hidden_size} T={seq_len}"));
            group.bench_with_input(id, &experiment, |bencher, experiment| bencher.iter(|| run(experiment)));
        }
    }
    group.finish();
}

fn critical(criterion: &mut Criterion) {
    every_size(criterion, "frame-critical part", analyse_critical);
}

fn complete(criterion: &mut Criterion) {
    every_size(criterion, "complete analysis", analyse);
}

/// Where the time goes, for the LSTM.
fn stages(criterion: &mut Criterion) {
    type Stage = (&'static str, fn(&Stages));
    let stages: [Stage; 10] = [
        ("forward", |s| drop(black_box(s.forward()))),
        ("adjoints", |s| drop(black_box(s.adjoints()))),
        ("products", |s| drop(black_box(s.products()))),
        ("largest singular values", |s| drop(black_box(s.largest_singular_values()))),
        ("left", |s| drop(black_box(s.left()))),
        ("smallest singular values", |s| drop(black_box(s.smallest_singular_values()))),
        ("spectral radii", |s| drop(black_box(s.spectral_radii()))),
        ("all exponents", |s| drop(black_box(s.exponents()))),
        ("recurrent weight", |s| drop(black_box(s.recurrent_weight()))),
        ("recurrent eigenvalues", |s| drop(black_box(s.recurrent_eigenvalues()))),
    ];
    let mut group = criterion.benchmark_group("stage");
    group.sample_size(20);
    for (hidden_size, seq_len) in SIZES {
        let experiment = Experiment { cell: Cell::Lstm, hidden_size, seq_len, ..Experiment::default() };
        let Ok(prepared) = Stages::new(&experiment) else { continue };
        for (name, run) in stages {
            let id = BenchmarkId::new(name, format!("LSTM n={hidden_size} T={seq_len}"));
            group.bench_with_input(id, &prepared, |bencher, prepared| bencher.iter(|| run(prepared)));
        }
    }
    group.finish();
}

/// How the critical part grows with T and with n: the slopes of these in log–log are the exponents in docs/performance.md.
fn scaling(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scaling");
    group.sample_size(20);
    let sizes = [(64, 64), (64, 128), (64, 256), (64, 512), (8, 128), (16, 128), (32, 128)];
    for (hidden_size, seq_len) in sizes {
        // Noise is as long as it is asked to be.
        let experiment = Experiment { cell: Cell::Lstm, hidden_size, seq_len, input: Input::Noise, ..Experiment::default() };
        let id = BenchmarkId::new("LSTM", format!("n={hidden_size} T={seq_len}"));
        group.bench_with_input(id, &experiment, |bencher, experiment| bencher.iter(|| analyse_critical(experiment)));
    }
    group.finish();
}

criterion_group!(benches, critical, complete, stages, scaling);
criterion_main!(benches);
