//! Linear recurrences by name, as pages build them.

use unroll_engine::fingerprint;
use unroll_engine::lineage::diagonal::Spectrum;
use unroll_engine::lineage::discretise::Rule;
use unroll_engine::lineage::hippo::{gradient_norm, impulse_norm};
use unroll_engine::lineage::linear_family::{Linear, LINEAR};
use unroll_engine::lineage::{Family, Matrix, Model, Path, Reach, Sizes};

fn sizes(input_size: usize, hidden_size: usize) -> Sizes {
    Sizes { input_size, hidden_size, ..Sizes::default() }
}

/// Legs reads one number a step.
fn width(linear: Linear) -> usize {
    if linear == Linear::Legs {
        1
    } else {
        3
    }
}

fn input(steps: usize, d: usize) -> Vec<f64> {
    (0..steps * d).map(|i| ((i * 37 + 11) % 23) as f64 / 23.0 - 0.5).collect()
}

#[test]
fn lineage_linear_families_run_and_have_the_parameters_their_cost_says() {
    for linear in LINEAR {
        let d = width(linear);
        let model = Family::Linear(linear).build(sizes(d, 6), 3, 1.0).unwrap_or_else(|e| panic!("{linear:?}: {e}"));
        let count: usize = model.parameters().iter().map(|p| p.values.len()).sum();
        assert_eq!(model.cost(7).parameters, count as u64, "{linear:?}");
        let run = model.run(&input(7, d)).unwrap();
        assert_eq!(run.output().len(), run.rows() * run.output_size());
        for path in run.paths() {
            let reach = Matrix::of(run.as_ref(), *path).unwrap();
            for t in 0..7 {
                for k in 0..7 {
                    let value = reach.rows[t].log10[k];
                    assert!(!value.is_nan(), "{linear:?} {path}");
                    // Causal: the future reaches nothing, and the past something.
                    assert_eq!(value == f64::NEG_INFINITY, k > t, "{linear:?} {path} {t} {k}");
                }
            }
        }
    }
}

#[test]
fn lineage_linear_recurrent_units_begin_on_the_ring() {
    let model = Family::Linear(Linear::Lru).build(sizes(2, 64), 7, 1.0).unwrap();
    let run = model.run(&input(2, 2)).unwrap();
    let inner = run.inner();
    let part = |name: &str| inner.iter().find(|v| v.name == name).unwrap().values;
    for (i, gamma) in part("gamma").iter().enumerate() {
        let square = part("lambda.re")[i].powi(2) + part("lambda.im")[i].powi(2);
        assert!((0.9..0.999).contains(&square.sqrt()), "{}", square.sqrt());
        assert!((gamma - (1.0 - square).sqrt()).abs() < 1e-12);
    }
}

#[test]
fn lineage_mamba_begins_with_steps_between_a_thousandth_and_a_tenth() {
    // Without an input Δ is the softplus of its bias.
    let model = Family::Linear(Linear::Selective(Rule::Mamba)).build(sizes(48, 4), 7, 1.0).unwrap();
    let run = model.run(&[0.0; 48]).unwrap();
    let inner = run.inner();
    let delta = inner.iter().find(|v| v.name == "delta").unwrap().values;
    assert!(delta.iter().all(|v| (0.999e-3..0.1001).contains(v)), "{delta:?}");
}

#[test]
fn lineage_what_does_not_fit_a_linear_family_is_refused_in_a_sentence() {
    let refused = |linear: Linear, d: usize, n: usize| Family::Linear(linear).build(sizes(d, n), 1, 1.0).err().unwrap().to_string();
    assert_eq!(refused(Linear::Legs, 2, 8), "The input size is 2. It must be 1.");
    assert_eq!(refused(Linear::Dense(Rule::Bilinear), 2, 65), "The state size is 65. It must be from 1 to 64.");
    assert_eq!(refused(Linear::Mamba, 2, 0), "The state size is 0. It must be 1 or more.");
}

#[test]
fn lineage_two_systems_are_named_legs_and_only_one_forgets() {
    let (n, steps) = (16, 512);
    let last_row = |model: &dyn Model| {
        let run = model.run(&vec![0.0; steps]).unwrap();
        Reach::row(run.as_ref(), steps - 1, Path::Total).unwrap().log10
    };
    // Θ(1/t), and as large for the oldest inputs as for the newest: N/t at both ends by the closed form.
    let varying = last_row(Family::Linear(Linear::Legs).build(sizes(1, n), 1, 1.0).unwrap().as_ref());
    let (newest, oldest) = (10f64.powf(varying[steps - 1]), 10f64.powf(varying[0]));
    let ceiling = gradient_norm(n, 1.0) / steps as f64;
    assert!(newest < ceiling && newest > 0.8 * ceiling, "{newest} {ceiling}");
    assert!(oldest > 0.3 * ceiling, "{oldest} {ceiling}");
    // By the hold a step's answer is a mean over Δ of C e^{sA}B, whose norm falls as N e^{−s} in the end.
    let step = 0.02;
    let mut model = Family::Linear(Linear::Dense(Rule::ZeroOrderHold)).build(sizes(1, n), 1, 1.0).unwrap();
    model.parameters_mut()[0][0] = f64::ln(step);
    let reader = model.parameters().iter().find(|p| p.name == "C").unwrap().values.iter().map(|c| c * c).sum::<f64>().sqrt();
    let invariant = last_row(model.as_ref());
    for lag in 1..steps {
        let bound = reader * step * impulse_norm(n, step * lag as f64);
        assert!(invariant[steps - 1 - lag] <= bound.log10() + 1e-9, "{lag}");
    }
    // After Δ·lag = 10 hardly anything is left; of the other all is.
    assert!(invariant[0] < invariant[steps - 2] - 3.0, "{} {}", invariant[0], invariant[steps - 2]);
}

#[test]
fn lineage_the_same_seed_gives_the_same_bits_of_linear_recurrences() {
    // Any machine, and wasm too: no function of the platform takes part.
    let mut prints = Vec::new();
    let more =
        [Linear::Diagonal(Spectrum::Inv, Rule::Bilinear), Linear::Dense(Rule::ZeroOrderHold), Linear::Selective(Rule::ZeroOrderHold)];
    for linear in LINEAR.into_iter().chain(more) {
        let d = width(linear);
        let model = Family::Linear(linear).build(sizes(d, 6), 11, 1.3).unwrap();
        let run = model.run(&input(9, d)).unwrap();
        let reach = Matrix::of(run.as_ref(), Path::Total).unwrap().absolute();
        prints.push(fingerprint(run.output().iter().copied().chain(reach)));
    }
    assert_eq!(prints, PRINTS, "{prints:#x?}");
}

const PRINTS: [u64; 14] = [
    0xb22b_76b6_1455_c620,
    0x73e0_0183_26e1_98e1,
    0x5a89_d9da_c544_cbfd,
    0x100f_f58f_446b_445f,
    0x6f42_9fba_eac9_908a,
    0x574c_4cff_faba_53fa,
    0x93d8_d5e6_6e94_5374,
    0xd314_c0fd_9cab_3ad0,
    0x5dfc_6ef3_f4e8_27af,
    0x288f_15c6_6340_9df7,
    0x582d_994a_0476_b942,
    0x04f4_6345_a436_41c5,
    0x823e_ea68_3037_47d2,
    0x4b9d_f397_b36f_77c8,
];
