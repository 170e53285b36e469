//! Whole analyses and training runs reduced to 64 bits each. The same constants are checked natively (`tests/bits.rs`) and in a browser (`tests/web_bits.rs`):
//! the same seed gives the same bits on both.

use unroll_engine::train::{Clip, Config, Optimiser, Precision, Task, Trainer};
use unroll_engine::{analyse, fingerprint, Activation, Analysis, Cell, Experiment, Initialiser, Input, LossSite};

/// Name, experiment, fingerprint of everything in its analysis.
pub fn cases() -> Vec<(&'static str, Experiment, u64)> {
    let base = Experiment { hidden_size: 8, seq_len: 40, ..Experiment::default() };
    vec![
        ("default RNN", Experiment { cell: Cell::Rnn, ..base.clone() }, 0xe607_a480_88b7_1900),
        ("default LSTM", Experiment { cell: Cell::Lstm, ..base.clone() }, 0xe80d_7913_4412_42fa),
        ("default GRU", Experiment { cell: Cell::Gru, ..base.clone() }, 0x4e99_9848_5efb_ed87),
        (
            "chaotic RNN on noise, loss at every step",
            Experiment {
                cell: Cell::Rnn,
                initialiser: Initialiser::Gaussian,
                gain: 2.5,
                input: Input::Noise,
                loss_site: LossSite::EveryStep,
                ..base.clone()
            },
            0x93f0_642a_21f8_f265,
        ),
        (
            "orthogonal LSTM on text",
            Experiment { initialiser: Initialiser::Orthogonal, input: Input::Text("to be or not to be".into()), ..base.clone() },
            0xb328_30aa_fcce_6d78,
        ),
        (
            "chrono GRU on a sine",
            Experiment { cell: Cell::Gru, initialiser: Initialiser::Chrono, input: Input::Sine, ..base.clone() },
            0x9f9e_0c23_5409_faa5,
        ),
        (
            "ReLU, He",
            Experiment { cell: Cell::Rnn, activation: Activation::Relu, initialiser: Initialiser::He, ..base },
            0xd50a_9898_bfef_ca7e,
        ),
    ]
}

/// Every number of an analysis, in a fixed order.
fn numbers(a: &Analysis) -> Vec<f64> {
    let mut all: Vec<f64> = Vec::new();
    all.push(a.loss);
    all.extend(&a.trace.h);
    all.extend(&a.trace.c);
    for gate in &a.trace.gates {
        all.extend(&gate.values);
    }
    for adjoint in [Some(&a.backward.dl_dh), a.backward.dl_dc.as_ref()].into_iter().flatten() {
        all.extend(&adjoint.mantissa);
        all.extend(&adjoint.log10_norm);
    }
    for gradient in &a.backward.gradients {
        all.extend(&gradient.mantissa);
        all.extend(&gradient.log10_norm_by_step);
        all.extend(&gradient.truncation_error);
    }
    let spectra = &a.step_jacobian;
    for values in [&spectra.sigma_max, &spectra.sigma_min, &spectra.frobenius, &spectra.spectral_radius] {
        all.extend(values);
    }
    all.extend(&a.product.log10_sigma_max);
    all.extend(&a.product.log10_norm_dht_dhk);
    all.extend(&a.lyapunov_exponents);
    all.extend(a.recurrent_weight.eigenvalues.iter().flatten().flat_map(|(re, im)| [*re, *im]));
    all.extend(a.product_log10_singular_values(0));
    all.extend(a.step_eigenvalues(a.seq_len / 2).iter().flat_map(|(re, im)| [*re, *im]));
    all.extend(a.left.log10_by_lag());
    all
}

/// Name, settings, fingerprint of everything that the net and its optimiser are after twenty steps.
fn runs() -> Vec<(&'static str, Config, u64)> {
    let base = Config { batch_size: 6, hidden_size: 9, ..Config::default() };
    let adding = Task::Adding { steps: 15 };
    let order = Task::TemporalOrder { steps: 12 };
    let single = Config { precision: Precision::Single, ..base.clone() };
    vec![
        ("LSTM that adds", Config { task: adding.clone(), ..base.clone() }, 0xcbd1_bcb4_a0b3_83ab),
        ("LSTM that adds, float32", Config { task: adding.clone(), ..single.clone() }, 0xd905_974f_8382_7c4d),
        ("GRU that adds, float32", Config { task: adding, cell: Cell::Gru, ..single.clone() }, 0xe95e_d792_68b2_cc95),
        ("RNN that tells an order, float32", Config { task: order.clone(), cell: Cell::Rnn, omega: 0.5, ..single }, 0x4ff9_df19_ac93_4de2),
        (
            "GRU that tells an order",
            Config { task: order, cell: Cell::Gru, optimiser: Optimiser::RMS_PROP, ..base.clone() },
            0x13e1_85e0_3a69_fe7e,
        ),
        (
            "RNN that copies, with Ω",
            Config { task: Task::CopyMemory { blanks: 4 }, cell: Cell::Rnn, omega: 0.5, clip: Clip::Value(0.01), ..base },
            0x7d2e_6bef_1d4c_20d6,
        ),
    ]
}

fn trained(config: Config) -> Result<u64, String> {
    let mut trainer = Trainer::new(config).map_err(|error| error.to_string())?;
    for _ in 0..20 {
        trainer.step().map_err(|diverged| diverged.to_string())?;
    }
    Ok(fingerprint(trainer.snapshot().to_numbers().into_iter()))
}

/// Checks all cases; the message lists every one that differs.
pub fn check() {
    let mut differences = Vec::new();
    for (name, experiment, expected) in cases() {
        match analyse(&experiment) {
            Ok(analysis) => {
                let found = fingerprint(numbers(&analysis).into_iter());
                if found != expected {
                    differences.push(format!("{name}: 0x{found:016x}, expected 0x{expected:016x}"));
                }
            }
            Err(error) => differences.push(format!("{name}: {error}")),
        }
    }
    for (name, config, expected) in runs() {
        match trained(config) {
            Ok(found) if found == expected => {}
            Ok(found) => differences.push(format!("{name}: 0x{found:016x}, expected 0x{expected:016x}")),
            Err(error) => differences.push(format!("{name}: {error}")),
        }
    }
    assert!(differences.is_empty(), "the bits of these changed:\n{}", differences.join("\n"));
}
