//! What is asked of workers and what they answer survives the way.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use unroll::compute::request::{Answer, Request};
use unroll::compute::Cache;
use unroll::labs::flow::settings::{InputKind, Settings};
use unroll::sweep::job::{Found, Job};
use unroll::sweep::pool::Work;
use unroll::sweep::seeds::SeedPlan;
use unroll::sweep::{default_axes, Plan};
use unroll_engine::signal::{ColumnChoice, Table};
use unroll_engine::Cell;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn job(settings: &Settings, cell: Cell) -> Job {
    let (across, up) = default_axes(cell);
    Job { generation: 7, plan: Plan::new(settings, cell, across, up), from: 64, points: vec![3, 4000, 17] }
}

#[wasm_bindgen_test]
fn a_job_comes_out_of_its_message_as_it_went_in() {
    let table = Table::parse("a,b\n1,2\n-3,4\n5,0.25\n", &ColumnChoice::Indices(vec![0, 1])).unwrap();
    let own_numbers = Settings { input: InputKind::Numbers, numbers: Some(table), ..Settings::default() };
    let own_text = Settings { input: InputKind::Text, text: "a & b = ç?".to_owned(), hidden_size: 5, ..Settings::default() };
    for settings in [Settings::default(), own_text, own_numbers] {
        for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
            let job = job(&settings, cell);
            assert_eq!(Job::from_message(&job.to_message()), Some(job));
        }
    }
}

#[wasm_bindgen_test]
fn results_come_back_with_their_place_also_where_nothing_was_found() {
    let found = job(&Settings { hidden_size: 2, seq_len: 4, ..Settings::default() }, Cell::Gru).run();
    assert!(found.values.iter().all(|growth| growth.is_finite()));
    assert_eq!(Found::from_message(&found.to_message()), Some(found));
    assert_eq!(Found::from_message(&wasm_bindgen::JsValue::NULL), None);
    assert_eq!(Job::from_message(&wasm_bindgen::JsValue::from("no job")), None);
}

#[wasm_bindgen_test]
fn seeds_come_out_of_their_message_as_they_went_in() {
    let plan = SeedPlan::new(&Settings { hidden_size: 3, seq_len: 7, show_rnn: false, seed: 5, ..Settings::default() });
    assert_eq!(SeedPlan::from_message(&plan.message(9, 3, 5)), Some((plan.clone(), 9, 3, 5)));
    assert_eq!(SeedPlan::from_message(&Request::Stop.to_message()), None);
    assert_eq!(Job::from_message(&plan.message(9, 3, 5)), None);
    assert_eq!(plan.run(3, 5).len(), 2 * 8);
}

#[wasm_bindgen_test]
fn analyses_are_asked_and_answered_in_messages() {
    let settings = Settings { hidden_size: 3, seq_len: 7, forget_bias: -1.5, ..Settings::default() };
    for request in [Request::Stop, Request::Refine, Request::Analyse { generation: 4, cell: Cell::Gru, settings: Box::new(settings) }] {
        assert_eq!(Request::from_message(&request.to_message()), Some(request));
    }
    for values in [None, Some(vec![1.0, f64::NEG_INFINITY])] {
        let answer = Answer { generation: 4, cell: Cell::Gru, milliseconds: 1.25, critical: 1.0, refined: 0.5, values };
        assert_eq!(Answer::from_message(&answer.to_message()), Some(answer));
    }
    assert_eq!(Answer::from_message(&Request::Stop.to_message()), None);
    assert_eq!(Request::from_message(&wasm_bindgen::JsValue::NULL), None);
}

/// Every move of a slider analyses anew and refines; what that takes is given back and taken again.
#[wasm_bindgen_test]
fn ten_thousand_moves_do_not_grow_the_heap() {
    let mut cache = Cache::default();
    let mut moves = |count: usize| {
        for i in 0..count {
            let forget_bias = (i % 100) as f64 / 25.0;
            let settings =
                Settings { hidden_size: 4, seq_len: 8, show_gru: false, forget_bias, gain: 1.0 + forget_bias, ..Settings::default() };
            cache.analyses(&settings).unwrap();
            cache.refine(&settings, || true);
            assert!(cache.analyses(&settings).unwrap().are_complete());
        }
        core::arch::wasm32::memory_size::<0>()
    };
    let pages = moves(200);
    assert_eq!(moves(10_000), pages, "pages of 64 KiB");
}
