//! Pieces of a map survive the way to a worker and back.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use unroll::state::settings::{InputKind, Settings};
use unroll::sweep::job::{Found, Job};
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
    assert!(found.growth.iter().all(|growth| growth.is_finite()));
    assert_eq!(Found::from_message(&found.to_message()), Some(found));
    assert_eq!(Found::from_message(&wasm_bindgen::JsValue::NULL), None);
    assert_eq!(Job::from_message(&wasm_bindgen::JsValue::from("no job")), None);
}
