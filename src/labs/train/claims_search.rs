//! A search over random runs for a sentence that contradicts its numbers or is badly written. `PROPTEST_CASES` says how many.

use proptest::prelude::*;
use unroll_engine::Cell;

use super::panels::{back, checkpoints, curves, cut, net};
use super::runs::checkpoint::Checkpoint;
use super::runs::history::{Point, Profile, Run, Runs};
use super::settings::{ClipKind, TrainSettings};
use crate::labs::written::fault;

/// Over many decades, as of runs that learn and runs that diverge.
fn size() -> impl Strategy<Value = f64> {
    prop_oneof![4 => (-6.0..3.0f64).prop_map(|log10| 10f64.powf(log10)), 1 => (-200.0..200.0f64).prop_map(|log10| 10f64.powf(log10)), 1 => Just(0.0)]
}

fn points() -> impl Strategy<Value = Vec<Point>> {
    let cut = proptest::option::of((0.0..core::f64::consts::PI, 0.0..2.0));
    let profile = proptest::option::of(prop::collection::vec((size(), size()), 1..12));
    let point = (size(), size(), 0.0..=1.0, any::<bool>(), cut, proptest::option::of((size(), size())), profile, 0.0..=1.0);
    let point = point.prop_map(|(loss, gradient_norm, share, clipped, cut, spectrum, profile, gate)| {
        let profile = profile.map(|values: Vec<(f64, f64)>| {
            let total = values.iter().map(|v| v.1).sum::<f64>();
            let share = |value: f64| if total > 0.0 && total.is_finite() { value / total } else { 0.0 };
            Profile {
                log10_adjoint: values.iter().map(|v| v.0.log10()).collect(),
                share_by_lag: values.iter().map(|v| share(v.1)).collect(),
            }
        });
        let clipped_norm = if clipped { share * gradient_norm } else { gradient_norm };
        let (angle, ratio) = (cut.map(|cut| cut.0), cut.map(|cut| cut.1));
        Point { loss, gradient_norm, clipped_norm, clipped, gates: vec![gate; 4], angle, ratio, spectrum, profile, ..Point::default() }
    });
    prop::collection::vec(point, 0..40)
}

fn run(cell: Cell, points: Vec<Point>) -> Run {
    let mut run = Run::new(cell);
    for (iteration, point) in points.into_iter().enumerate() {
        run.take(Point { iteration: iteration as u64, ..point });
    }
    if !run.is_empty() {
        run.checkpoints.extend(Checkpoint::new(vec![0.0; 12]));
    }
    run
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sentence_contradicts_its_numbers_or_is_badly_written(
        rnn in points(),
        lstm in points(),
        baseline in 1e-3..10.0f64,
        window in 1usize..12,
        limit in 0.01..10.0f64,
        clips in any::<bool>(),
    ) {
        let runs = Runs(vec![run(Cell::Rnn, rnn), run(Cell::Lstm, lstm)]);
        let settings = TrainSettings { clip: if clips { ClipKind::Norm } else { ClipKind::Off }, clip_limit: limit, ..TrainSettings::default() };
        let mut said = vec![
            curves::model::loss_headline(&runs, baseline),
            curves::model::gradient_headline(&runs, &settings),
            net::model::gates_headline(&runs),
        ];
        for run in &runs.0 {
            said.extend([
                net::model::spectrum_headline(Some(run)),
                back::model::waterfall_headline(Some(run)),
                back::model::lag_headline(Some(run), None),
                back::model::lag_headline(Some(run), Some(window)),
                cut::model::headline(Some(run)),
                checkpoints::model::headline(Some(run), 0),
            ]);
        }
        for text in &said {
            if let Some(fault) = fault(text) {
                prop_assert!(false, "{fault}: {text}");
            }
            prop_assert!(text.chars().count() <= 100, "{} characters: {text}", text.chars().count());
        }
        let best = runs.0.iter().filter_map(|run| run.mean_loss(curves::model::WINDOW)).fold(f64::INFINITY, f64::min);
        if best.is_finite() {
            prop_assert!(!(said[0].contains("times lower") && best >= baseline), "{}: {best} against {baseline}", said[0]);
            prop_assert!(!(said[0].contains("higher than") && best <= baseline), "{}: {best} against {baseline}", said[0]);
        }
        if !clips {
            prop_assert!(!said[1].contains("No gradient was long enough"), "{}", said[1]);
        }
    }
}
