use unroll_engine::*;
fn main() {
    for (n, t) in [(16, 64), (32, 100), (64, 200)] {
        for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
            let e = Experiment { cell, hidden_size: n, seq_len: t, ..Experiment::default() };
            let mut v = vec![];
            for _ in 0..7 {
                let s = std::time::Instant::now();
                let a = analyse(&e).unwrap();
                std::hint::black_box(&a);
                v.push(s.elapsed().as_secs_f64() * 1e3);
            }
            v.sort_by(f64::total_cmp);
            println!("{cell:?} n={n} T={t}: {:.2} ms", v[3]);
        }
    }
}
