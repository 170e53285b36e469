use unroll_engine::signal::{visible, Display, Sequence, Table, SUNSPOTS};
use unroll_engine::{Experiment, Input};

fn sequence(input: Input) -> Sequence {
    Experiment {
        input,
        input_size: 2,
        seq_len: 33,
        input_scale: 3.0,
        ..Experiment::default()
    }
    .sequence()
    .unwrap()
}

fn raw(sequence: &Sequence) -> &[f64] {
    match &sequence.display {
        Display::Values { values, .. } | Display::Years { values, .. } => values,
        Display::Characters { .. } => panic!("a text has no values"),
    }
}

fn assert_standard(values: &[f64]) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|v| v * v).sum::<f64>() / count;
    assert!(
        mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12,
        "{mean} {variance}"
    );
}

#[test]
fn generated_signals_are_as_documented() {
    let constant = sequence(Input::Constant);
    assert_eq!(constant.x, [3.0; 66]);
    assert_eq!(raw(&constant), [1.0; 66]);

    let impulse = sequence(Input::Impulse);
    assert_eq!(impulse.x[..2], [3.0, 3.0]);
    assert!(impulse.x[2..].iter().all(|v| *v == 0.0));

    let sine = sequence(Input::Sine);
    let square = sequence(Input::Square);
    assert_eq!((sine.seq_len, sine.input_size, sine.x.len()), (33, 2, 66));
    for step in 0..33 {
        for j in 0..2 {
            let angle = core::f64::consts::TAU * (step as f64 / 16.0 + j as f64 / 2.0);
            assert!((raw(&sine)[2 * step + j] - angle.sin()).abs() < 1e-13);
            let (on_zero, positive) = (angle.sin().abs() < 1e-9, angle.sin() > 0.0);
            let expected = if on_zero || positive { 1.0 } else { -1.0 };
            assert_eq!(
                raw(&square)[2 * step + j],
                expected,
                "t = {}, j = {j}",
                step + 1
            );
        }
    }
    for (scaled, value) in sine.x.iter().zip(raw(&sine)) {
        assert_eq!(*scaled, 3.0 * value);
    }
}

#[test]
fn longer_noise_begins_with_the_shorter_one() {
    let noise = |seq_len| {
        Experiment {
            input: Input::Noise,
            input_size: 3,
            seq_len,
            ..Experiment::default()
        }
        .sequence()
        .unwrap()
        .x
    };
    let (short, long) = (noise(10), noise(512));
    assert_eq!(short[..], long[..30]);
    let variance = long.iter().map(|v| v * v).sum::<f64>() / long.len() as f64;
    assert!((variance - 1.0).abs() < 0.15, "{variance}");
}

#[test]
fn sunspots_are_standardised_over_the_series_and_shown_as_they_are() {
    let whole = Experiment {
        seq_len: 512,
        ..Experiment::default()
    };
    assert_eq!(whole.effective_seq_len(), 309);
    let whole = whole.sequence().unwrap();
    assert_eq!((whole.seq_len, whole.input_size), (309, 1));
    assert_standard(&whole.x);
    let last = Experiment::default().sequence().unwrap();
    assert_eq!(last.x[..], whole.x[309 - 64..]);
    assert_eq!(
        last.display,
        Display::Years {
            name: SUNSPOTS.name,
            first_year: 1945,
            values: SUNSPOTS.values[309 - 64..].to_vec(),
        }
    );
    assert_eq!(last.display.label(13).unwrap(), "1957: 190.2");
    assert_eq!(last.display.label(64).unwrap(), "2008: 2.9");
    assert_eq!(last.display.label(0), None);
    assert_eq!(last.display.label(65), None);
}

#[test]
fn text_is_one_hot_over_the_alphabet_of_the_whole_text() {
    let experiment = Experiment {
        input: Input::Text("ba\nab é".into()),
        seq_len: 4,
        ..Experiment::default()
    };
    assert_eq!(experiment.effective_input_size(), 5);
    let sequence = experiment.sequence().unwrap();
    assert_eq!(
        sequence.display,
        Display::Characters {
            characters: vec!['b', 'a', '\n', 'a'],
            alphabet: vec!['\n', ' ', 'a', 'b', 'é'],
        }
    );
    let rows: Vec<usize> = sequence
        .x
        .chunks_exact(5)
        .map(|row| {
            assert_eq!(row.iter().sum::<f64>(), 1.0);
            row.iter().position(|v| *v == 1.0).unwrap()
        })
        .collect();
    assert_eq!(rows, [3, 2, 0, 2]);
    assert_eq!(sequence.display.label(1).unwrap(), "b");
    assert_eq!(sequence.display.label(3).unwrap(), "⏎");
    assert_eq!(visible(' '), '␣');
}

#[test]
fn a_text_shorter_than_the_length_shortens_it() {
    let experiment = Experiment {
        input: Input::Text("x".into()),
        ..Experiment::default()
    };
    let problem = experiment.problem().unwrap();
    assert_eq!(problem.x, [1.0]);
    assert_eq!(problem.weights.input_size, 1);
    let all = Experiment {
        input: Input::Text((' '..='_').collect()),
        ..Experiment::default()
    };
    assert_eq!(all.problem().unwrap().weights.input_size, 64);
}

#[test]
fn numbers_are_standardised_over_all_rows_where_asked() {
    let mut table = Table {
        columns: vec!["a".into(), "flat".into()],
        values: (0..10)
            .flat_map(|i| [f64::from(i * i), 0.1])
            .collect::<Vec<f64>>(),
        standardise: true,
    };
    let of = |table: &Table, seq_len| {
        Experiment {
            input: Input::Numbers(table.clone()),
            seq_len,
            ..Experiment::default()
        }
        .sequence()
        .unwrap()
    };
    let whole = of(&table, 64);
    assert_eq!((whole.seq_len, whole.input_size), (10, 2));
    let first: Vec<f64> = whole.x.iter().step_by(2).copied().collect();
    assert_standard(&first);
    assert!(
        whole.x.iter().skip(1).step_by(2).all(|v| *v == 0.0),
        "a flat column is 0"
    );
    assert_eq!(raw(&whole), table.values);
    let cut = of(&table, 4);
    assert_eq!(cut.x[..], whole.x[..8]);
    assert_eq!(raw(&cut), &table.values[..8]);
    assert_eq!(cut.display.label(4).unwrap(), "9");
    table.standardise = false;
    assert_eq!(of(&table, 4).x, table.values[..8]);
}

#[test]
fn extreme_tables_stay_finite() {
    let table = Table {
        columns: vec!["a".into()],
        values: vec![1e100, -1e100, 0.0],
        standardise: true,
    };
    for standardise in [true, false] {
        let sequence = Experiment {
            input: Input::Numbers(Table {
                standardise,
                ..table.clone()
            }),
            input_scale: 100.0,
            ..Experiment::default()
        }
        .sequence()
        .unwrap();
        assert!(sequence.x.iter().all(|v| v.is_finite()));
    }
}
