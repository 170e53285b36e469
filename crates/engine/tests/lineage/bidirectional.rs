//! Cells in both directions.

use proptest::prelude::*;
use unroll_engine::lineage::bidirectional::{without_future, Bidirectional};
use unroll_engine::lineage::{Matrix, Model, Path};
use unroll_engine::Weights;

use crate::differences;
use crate::fixture::Fixture;
use crate::recurrent::{cell, cells, numbers, random_weights, weights};

pub fn from_fixture(fixture: &Fixture) -> Bidirectional {
    let cell = cell(fixture.word("kind").unwrap());
    let pass = |suffix: &str| weights(fixture, cell, fixture.size("input_size"), fixture.size("hidden_size"), "", suffix);
    Bidirectional::new(pass("_l0"), pass("_l0_reverse")).unwrap()
}

fn problems() -> impl Strategy<Value = ([Weights; 2], Vec<f64>, Vec<f64>)> {
    (cells(), 1_usize..4, 1_usize..4, 1_usize..7).prop_flat_map(|(cell, d, n, steps)| {
        let pass = || random_weights(cell, d, n, 1.0);
        ([pass(), pass()], numbers(steps * d, 1.0), numbers(steps * 2 * n, 1.0))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn lineage_bidirectional_nets_agree_with_central_differences(([forward, backward], x, cotangent) in problems()) {
        let mut model = Bidirectional::new(forward, backward).unwrap();
        differences::check(&mut model, &x, &cotangent, 2e-6).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn lineage_each_pass_of_a_bidirectional_net_sees_its_own_side(([forward, backward], x, _) in problems()) {
        let model = Bidirectional::new(forward, backward).unwrap();
        let run = model.run(&x).unwrap();
        let [total, ahead, back] = [Path::Total, Path::Forward, Path::Backward].map(|path| Matrix::of(run.as_ref(), path).unwrap());
        for t in 0..run.rows() {
            for k in 0..run.columns() {
                let [total, ahead, back] = [&total, &ahead, &back].map(|m| m.rows[t].log10[k]);
                prop_assert_eq!(ahead == f64::NEG_INFINITY, k > t);
                prop_assert_eq!(back == f64::NEG_INFINITY, k < t);
                // A block is the two halves one above the other.
                prop_assert!(total >= ahead.max(back) - 1e-12);
                prop_assert!(total <= ahead.max(back) + 0.5 * 2f64.log10() + 1e-12);
            }
        }
    }

    #[test]
    fn lineage_cutting_the_future_off_leaves_the_last_step_and_every_forward_half(([forward, backward], x, _) in problems()) {
        let model = Bidirectional::new(forward, backward).unwrap();
        let run = model.run(&x).unwrap();
        let n = model.hidden_size();
        for t in 0..run.rows() {
            let whole = &run.output()[t * 2 * n..(t + 1) * 2 * n];
            let cut = without_future(&model, &x, t).unwrap();
            prop_assert_eq!(&cut[..n], &whole[..n]);
            prop_assert_eq!(cut[n..] == whole[n..], t + 1 == run.rows());
        }
    }
}
