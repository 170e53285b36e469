//! What one training iteration costs: the adding problem, 32 units, batch 32, 50 steps, Adam, the gradient clipped at norm 1, in iterations
//! per second. `cargo bench --package unroll-engine --bench train`; `benches/pytorch_train.py` measures PyTorch on the same.

use criterion::{criterion_group, criterion_main, BenchmarkId, Criterion, Throughput};
use unroll_engine::train::{Config, Precision, Trainer, Truncation};
use unroll_engine::Cell;

fn iterations(criterion: &mut Criterion, name: &str, settings: impl Fn(Cell) -> Config) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(1)).sample_size(20);
    for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
        let Ok(mut trainer) = Trainer::new(settings(cell)) else { continue };
        group.bench_function(BenchmarkId::new(format!("{cell:?}"), "n=32 batch=32 T=50"), |bencher| {
            bencher.iter(|| trainer.step().map(|record| record.loss));
        });
    }
    group.finish();
}

fn training(criterion: &mut Criterion) {
    iterations(criterion, "training step", |cell| Config { cell, observe: false, ..Config::default() });
    iterations(criterion, "training step, observed", |cell| Config { cell, ..Config::default() });
    let precision = Precision::Single;
    iterations(criterion, "training step, float32", |cell| Config { cell, precision, observe: false, ..Config::default() });
    iterations(criterion, "training step, float32, observed", |cell| Config { cell, precision, ..Config::default() });
    let truncation = Truncation::Window(10);
    iterations(criterion, "training step, truncated and observed", |cell| Config { cell, truncation, ..Config::default() });
}

criterion_group!(benches, training);
criterion_main!(benches);
