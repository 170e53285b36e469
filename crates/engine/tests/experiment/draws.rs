use unroll_engine::{Activation, Cell, Cotangent, Experiment, Initialiser, Input, Weights};

const CELLS: [Cell; 3] = [Cell::Rnn, Cell::Lstm, Cell::Gru];
const INITIALISERS: [Initialiser; 8] = [
    Initialiser::PytorchUniform,
    Initialiser::Xavier,
    Initialiser::He,
    Initialiser::Gaussian,
    Initialiser::Orthogonal,
    Initialiser::Identity,
    Initialiser::Chrono,
    Initialiser::Shear,
];

fn experiment(cell: Cell, initialiser: Initialiser) -> Experiment {
    Experiment { cell, initialiser, hidden_size: 64, input_size: 16, input: Input::Noise, ..Experiment::default() }
}

fn weights(experiment: &Experiment) -> Weights {
    experiment.problem().unwrap().weights
}

fn gates(cell: Cell) -> usize {
    match cell {
        Cell::Rnn => 1,
        Cell::Lstm => 4,
        Cell::Gru => 3,
    }
}

/// Asserts mean 0 and the given variance, to `tolerance` relative.
fn assert_spread(values: &[f64], variance: f64, tolerance: f64, what: &str) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let found = values.iter().map(|v| v * v).sum::<f64>() / count;
    assert!(mean.abs() < 5.0 * (variance / count).sqrt(), "{what}: mean {mean}");
    assert!((found / variance - 1.0).abs() < tolerance, "{what}: variance {found}, not {variance}");
}

fn assert_within(values: &[f64], bound: f64, what: &str) {
    let largest = values.iter().fold(0.0_f64, |largest, v| largest.max(v.abs()));
    assert!(largest <= bound && largest > 0.98 * bound, "{what}: largest {largest}, bound {bound}");
}

#[test]
fn weights_have_the_bounds_and_variances_that_their_initialiser_documents() {
    let (n, d) = (64.0_f64, 16.0_f64);
    for cell in CELLS {
        let of = |initialiser| weights(&experiment(cell, initialiser));
        for initialiser in [Initialiser::PytorchUniform, Initialiser::Chrono] {
            let drawn = of(initialiser);
            let bound = 1.0 / n.sqrt();
            assert_within(&drawn.weight_hh, bound, "uniform W_hh");
            assert_within(&drawn.weight_ih, bound, "uniform W_ih");
            assert_spread(&drawn.weight_hh, bound * bound / 3.0, 0.05, "uniform W_hh");
            assert_spread(&drawn.weight_ih, bound * bound / 3.0, 0.1, "uniform W_ih");
        }
        let drawn = of(Initialiser::Xavier);
        assert_within(&drawn.weight_hh, (6.0 / (n + n)).sqrt(), "Xavier W_hh");
        assert_spread(&drawn.weight_hh, 1.0 / n, 0.05, "Xavier W_hh");
        for initialiser in [Initialiser::Xavier, Initialiser::Orthogonal, Initialiser::Shear] {
            let drawn = of(initialiser);
            assert_within(&drawn.weight_ih, (6.0 / (n + d)).sqrt(), "Xavier W_ih");
            assert_spread(&drawn.weight_ih, 2.0 / (n + d), 0.1, "Xavier W_ih");
        }
        let drawn = of(Initialiser::He);
        assert_spread(&drawn.weight_hh, 2.0 / n, 0.1, "He W_hh");
        assert_spread(&drawn.weight_ih, 2.0 / d, 0.15, "He W_ih");
        let drawn = of(Initialiser::Gaussian);
        assert_spread(&drawn.weight_hh, 1.0 / n, 0.1, "Gaussian W_hh");
        assert_spread(&drawn.weight_ih, 1.0 / d, 0.15, "Gaussian W_ih");
        let drawn = of(Initialiser::Identity);
        assert_spread(&drawn.weight_ih, 1e-6, 0.15, "IRNN W_ih");
    }
}

#[test]
fn orthogonal_blocks_are_orthogonal_to_rounding_and_differ() {
    for cell in CELLS {
        for n in [1, 2, 16, 64] {
            let base = weights(&Experiment { hidden_size: n, ..experiment(cell, Initialiser::Orthogonal) }).weight_hh;
            let blocks: Vec<&[f64]> = base.chunks_exact(n * n).collect();
            assert_eq!(blocks.len(), gates(cell));
            for block in &blocks {
                for i in 0..n {
                    for j in 0..n {
                        let rows: f64 = (0..n).map(|k| block[i * n + k] * block[j * n + k]).sum();
                        let columns: f64 = (0..n).map(|k| block[k * n + i] * block[k * n + j]).sum();
                        let expected = f64::from(u8::from(i == j));
                        assert!((rows - expected).abs() < 1e-12);
                        assert!((columns - expected).abs() < 1e-12);
                    }
                }
            }
            if n > 1 && blocks.len() > 1 {
                assert_ne!(blocks[0], blocks[1]);
            }
        }
    }
}

#[test]
fn orthogonal_matrices_favour_no_orientation() {
    // Uniform over the orthogonal group: every entry has mean 0 and variance 1/n, and both determinants are equally likely.
    let (mut entries, mut positive) = (Vec::new(), 0);
    for seed in 0..2000 {
        let q = weights(&Experiment { hidden_size: 2, seed, ..experiment(Cell::Rnn, Initialiser::Orthogonal) }).weight_hh;
        positive += usize::from(q[0] * q[3] - q[1] * q[2] > 0.0);
        entries.push(q);
    }
    for place in 0..4 {
        let values: Vec<f64> = entries.iter().map(|q| q[place]).collect();
        assert_spread(&values, 0.5, 0.1, "entry of Q");
    }
    assert!((900..1100).contains(&positive), "{positive}");
}

#[test]
fn identity_and_shear_are_the_matrices_they_say() {
    for cell in CELLS {
        let identity = weights(&Experiment { hidden_size: 2, ..experiment(cell, Initialiser::Identity) });
        let shear = weights(&Experiment { hidden_size: 2, gain: 0.9, ..experiment(cell, Initialiser::Shear) });
        for block in identity.weight_hh.chunks_exact(4) {
            assert_eq!(block, [1.0, 0.0, 0.0, 1.0]);
        }
        for block in shear.weight_hh.chunks_exact(4) {
            assert_eq!(block, [0.9, 9.0, 0.0, 0.9]);
        }
    }
}

#[test]
fn the_gain_scales_one_net() {
    for cell in CELLS {
        for initialiser in INITIALISERS {
            let at = |gain| weights(&Experiment { gain, ..experiment(cell, initialiser) });
            let base = at(1.0);
            for gain in [0.0, 0.3, 1.7, 10.0] {
                let scaled = at(gain);
                assert!(scaled.weight_hh.iter().zip(&base.weight_hh).all(|(w, b)| *w == gain * b));
                assert_eq!(scaled.weight_ih, base.weight_ih);
                assert_eq!(scaled.bias_ih, base.bias_ih);
                assert_eq!(scaled.bias_hh, base.bias_hh);
            }
        }
    }
}

#[test]
fn other_settings_do_not_redraw_the_weights() {
    for cell in CELLS {
        for initialiser in INITIALISERS {
            let start = Experiment { input_size: 1, ..experiment(cell, initialiser) };
            let expected = weights(&start);
            let mut others =
                vec![Experiment { input_scale: 3.0, ..start.clone() }, Experiment { cotangent: Cotangent::Ones, ..start.clone() }];
            for input in [Input::Sine, Input::Impulse, Input::Sunspots] {
                others.push(Experiment { input, ..start.clone() });
            }
            if initialiser != Initialiser::Chrono {
                others.push(Experiment { seq_len: 9, ..start.clone() });
            }
            for other in others {
                assert_eq!(weights(&other), expected);
            }
            let relu = weights(&Experiment { activation: Activation::Relu, ..start.clone() });
            assert_eq!(relu.weight_hh, expected.weight_hh);
            // More components: W_hh is the same, and W_ih keeps its column where its scale does not depend on d.
            let wider = weights(&Experiment { input_size: 3, ..start });
            assert_eq!(wider.weight_hh, expected.weight_hh);
            if initialiser == Initialiser::PytorchUniform {
                let column: Vec<f64> = wider.weight_ih.iter().step_by(3).copied().collect();
                assert_eq!(column, expected.weight_ih);
            }
        }
    }
}

#[test]
fn seeds_and_cells_draw_differently_and_share_input_and_loss() {
    let of = |cell, seed| Experiment { seed, ..experiment(cell, Initialiser::Gaussian) }.problem().unwrap();
    let (rnn, lstm, gru) = (of(Cell::Rnn, 7), of(Cell::Lstm, 7), of(Cell::Gru, 7));
    assert_ne!(rnn.weights.weight_hh[..9], lstm.weights.weight_hh[..9]);
    assert_ne!(gru.weights.weight_hh[..9], lstm.weights.weight_hh[..9]);
    assert_ne!(rnn.weights.weight_ih[..9], lstm.weights.weight_ih[..9]);
    assert_eq!(rnn.x, lstm.x);
    assert_eq!(rnn.x, gru.x);
    assert_eq!(rnn.cotangent, gru.cotangent);
    assert!(rnn.c0.is_empty() && gru.c0.is_empty());
    let other = of(Cell::Lstm, 8);
    assert_ne!(other.weights.weight_hh, lstm.weights.weight_hh);
    assert_ne!(other.x, lstm.x);
    assert_ne!(other.cotangent, lstm.cotangent);
    assert_eq!(of(Cell::Lstm, 7), lstm);
}

/// `b_ih + b_hh` of one gate block, having checked that the second is 0.
fn set_bias(weights: &Weights, block: usize) -> &[f64] {
    let rows = block * weights.hidden_size..(block + 1) * weights.hidden_size;
    assert!(weights.bias_hh[rows.clone()].iter().all(|b| *b == 0.0));
    &weights.bias_ih[rows]
}

#[test]
fn bias_settings_set_the_sum_on_their_rows() {
    for initialiser in INITIALISERS {
        if initialiser == Initialiser::Chrono {
            continue;
        }
        let with =
            |cell| weights(&Experiment { forget_bias: 2.5, input_gate_bias: -1.5, update_bias: 3.25, ..experiment(cell, initialiser) });
        let (lstm, gru, rnn) = (with(Cell::Lstm), with(Cell::Gru), with(Cell::Rnn));
        assert_eq!(set_bias(&lstm, 0), [-1.5; 64]);
        assert_eq!(set_bias(&lstm, 1), [2.5; 64]);
        assert_eq!(set_bias(&gru, 1), [3.25; 64]);
        let others = [&lstm.bias_ih[128..], &gru.bias_ih[..64], &rnn.bias_ih].into_iter().chain([
            &lstm.bias_hh[128..],
            &gru.bias_hh[128..],
            &rnn.bias_hh[..],
        ]);
        for rows in others {
            if initialiser == Initialiser::PytorchUniform {
                assert_spread(rows, 1.0 / 64.0 / 3.0, 0.4, "uniform bias");
                assert!(rows.iter().all(|b| b.abs() <= 0.125));
            } else {
                assert!(rows.iter().all(|b| *b == 0.0));
            }
        }
    }
}

#[test]
fn chrono_biases_are_logarithms_of_time_scales_up_to_the_length() {
    let with = |cell, seq_len| {
        weights(&Experiment {
            seq_len,
            forget_bias: 11.0,
            input_gate_bias: 12.0,
            update_bias: 13.0,
            ..experiment(cell, Initialiser::Chrono)
        })
    };
    for seq_len in [1, 2, 3, 4, 100, 512] {
        let longest = (seq_len.max(3) - 1) as f64;
        let (lstm, gru) = (with(Cell::Lstm, seq_len), with(Cell::Gru, seq_len));
        for biases in [set_bias(&lstm, 1), set_bias(&gru, 1)] {
            let scales: Vec<f64> = biases.iter().map(|b| b.exp()).collect();
            assert!(scales.iter().all(|s| (1.0 - 1e-12..=longest).contains(s)));
            let mean = scales.iter().sum::<f64>() / 64.0;
            let middle = (1.0 + longest) / 2.0;
            assert!((mean - middle).abs() < 0.15 * (longest - 1.0), "{seq_len}: {mean}");
        }
        let negated: Vec<f64> = set_bias(&lstm, 1).iter().map(|b| -b).collect();
        assert_eq!(set_bias(&lstm, 0), negated);
    }
    // One unit's place among the time scales stays when T moves.
    let (short, long) = (with(Cell::Lstm, 100), with(Cell::Lstm, 101));
    for (a, b) in set_bias(&short, 1).iter().zip(set_bias(&long, 1)) {
        assert!((b.exp() - 1.0 - (a.exp() - 1.0) * 99.0 / 98.0).abs() < 1e-9);
    }
    assert_eq!(short.weight_hh, long.weight_hh);
    // The length is the one after the input has shortened it.
    let text = weights(&Experiment { input: Input::Text("ab".repeat(50)), seq_len: 512, ..experiment(Cell::Lstm, Initialiser::Chrono) });
    assert_eq!(set_bias(&text, 1), set_bias(&short, 1));
}

#[test]
fn the_cotangent_is_as_set() {
    let of = |cotangent| Experiment { cotangent, ..experiment(Cell::Gru, Initialiser::He) }.problem().unwrap().cotangent;
    assert_eq!(of(Cotangent::Ones), [1.0; 64]);
    assert_spread(&of(Cotangent::Random), 1.0, 0.5, "cotangent");
}

#[test]
fn the_initial_state_is_drawn_on_its_own_and_scales() {
    let start = |cell, initial_scale| {
        let problem = Experiment { cell, hidden_size: 64, initial_scale, ..Experiment::default() }.problem().unwrap();
        (problem.h0, problem.c0)
    };
    // At rest, to the bit: no −0.
    for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
        let (h0, c0) = start(cell, 0.0);
        assert!(h0.iter().chain(&c0).all(|v| v.to_bits() == 0), "{cell:?}");
        assert_eq!((h0.len(), c0.len()), (64, if cell == Cell::Lstm { 64 } else { 0 }));
    }
    let (h0, c0) = start(Cell::Lstm, 1.5);
    assert_spread(&h0, 2.25, 0.9, "h0");
    assert_spread(&c0, 2.25, 0.9, "c0");
    assert_ne!(h0, c0);
    assert_eq!(start(Cell::Gru, 1.5).0, h0);
    assert_eq!(start(Cell::Lstm, 3.0).0, h0.iter().map(|v| 2.0 * v).collect::<Vec<_>>());
    let drawn = Experiment { initial_scale: 1.5, ..Experiment::default() };
    assert_eq!(drawn.weights().unwrap(), Experiment::default().weights().unwrap());
}
