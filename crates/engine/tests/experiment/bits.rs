use unroll_engine::{fingerprint, Cell, Experiment, Initialiser, Input};

/// All numbers of the problem, weights first.
fn bits(experiment: &Experiment) -> u64 {
    let problem = experiment.problem().unwrap();
    let weights = &problem.weights;
    fingerprint(
        [
            &weights.weight_ih,
            &weights.weight_hh,
            &weights.bias_ih,
            &weights.bias_hh,
            &problem.x,
            &problem.cotangent,
        ]
        .into_iter()
        .flatten()
        .copied(),
    )
}

/// A link shared today shows the same picture tomorrow and on another machine: these constants do not change.
#[test]
fn same_experiment_same_bits() {
    let default = Experiment::default();
    let cases = [
        (0x85f4_8fc5_a291_3737, default.clone()),
        (
            0xa0c3_5a75_7432_5a22,
            Experiment {
                cell: Cell::Rnn,
                initialiser: Initialiser::Orthogonal,
                gain: 1.1,
                input: Input::Noise,
                input_size: 3,
                ..default.clone()
            },
        ),
        (
            0x6cf8_8048_3849_b27f,
            Experiment {
                cell: Cell::Gru,
                initialiser: Initialiser::He,
                input: Input::Sine,
                period: 11.0,
                input_size: 2,
                ..default.clone()
            },
        ),
        (
            0xf8fe_9a3b_e135_5de4,
            Experiment {
                initialiser: Initialiser::Chrono,
                input: Input::Text("the quick brown fox".into()),
                seed: u32::MAX,
                ..default
            },
        ),
    ];
    for (expected, experiment) in cases {
        let found = bits(&experiment);
        assert_eq!(found, expected, "{found:#018x} for {experiment:?}");
    }
}
