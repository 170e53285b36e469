//! What is asked of workers and what they answer survives the way.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use unroll::jobs::codec::{job, pack, unpack};
use unroll::jobs::pool::{Found, Pieces, Piecework, Work};
use unroll::jobs::{Budget, Job, Message};
use unroll::labs::flow::compute::job::{Analysing, Progress, Request};
use unroll::labs::flow::compute::{refine, Cache};
use unroll::labs::flow::settings::{InputKind, Settings};
use unroll::labs::flow::sweep::report::ReportPlan;
use unroll::labs::flow::sweep::seeds::SeedPlan;
use unroll::labs::flow::sweep::{default_axes, order, Plan};
use unroll_engine::signal::{ColumnChoice, Table};
use unroll_engine::Cell;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn plan(settings: &Settings, cell: Cell) -> Plan {
    let (across, up) = default_axes(cell);
    Plan::new(settings, cell, across, up)
}

/// What arrives of a message of a job.
fn sent<M: Message>(name: &str, generation: Option<u32>, message: M) -> Option<(Option<u32>, M)> {
    let value = pack(name, generation, message).value;
    assert_eq!(job(&value).as_deref(), Some(name));
    unpack(name, &value)
}

fn sent_work<W: Work>(work: &W, from: usize, until: usize) -> (W, Option<u32>, usize, usize) {
    let order = Pieces { work: Some(work.clone()), from, until };
    let (generation, Pieces { work, from, until }) = sent(W::NAME, Some(9), order).unwrap();
    (work.unwrap(), generation, from, until)
}

#[wasm_bindgen_test]
fn a_work_comes_out_of_its_message_as_it_went_in() {
    let table = Table::parse("a,b\n1,2\n-3,4\n5,0.25\n", &ColumnChoice::Indices(vec![0, 1])).unwrap();
    let own_numbers = Settings { input: InputKind::Numbers, numbers: Some(table), ..Settings::default() };
    let own_text = Settings { input: InputKind::Text, text: "a & b = ç?".to_owned(), hidden_size: 5, ..Settings::default() };
    for settings in [Settings::default(), own_text, own_numbers] {
        for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
            let (map, report) = (plan(&settings, cell), ReportPlan::new(&settings, cell));
            assert_eq!(sent_work(&map, 64, 67), (map, Some(9), 64, 67));
            assert_eq!(sent_work(&report, 3, 4), (report, Some(9), 3, 4));
        }
    }
}

/// All that a job tells of one order, which crosses a thread on its way there and on its way back.
fn told<J: Job>(orders: Vec<J::Order>, milliseconds: f64) -> Vec<J::News> {
    let (mut worker, heard) = (J::default(), std::cell::RefCell::new(Vec::new()));
    let tell = |news| heard.borrow_mut().push(sent(J::NAME, Some(1), news).unwrap().1);
    orders.into_iter().for_each(|order| worker.take(sent(J::NAME, Some(1), order).unwrap().1, &tell));
    while worker.run(&Budget::of(milliseconds), &tell).is_some() {}
    heard.into_inner()
}

#[wasm_bindgen_test]
fn results_come_back_with_their_place_also_in_the_shortest_slices() {
    let plan = plan(&Settings { hidden_size: 2, seq_len: 4, ..Settings::default() }, Cell::Gru);
    let expected: Vec<f64> = order()[64..67].iter().map(|point| plan.growth(*point)).collect();
    assert!(expected.iter().all(|growth| growth.is_finite()));
    let orders = || vec![Pieces { work: Some(plan.clone()), from: 0, until: 0 }, Pieces { work: None, from: 64, until: 67 }];
    let whole = told::<Piecework<Plan>>(orders(), 1e9);
    assert_eq!(whole, [Found { from: 64, until: 67, last: true, values: expected.clone() }]);
    let slices = told::<Piecework<Plan>>(orders(), 0.0);
    let found = |at: usize| Found { from: 64 + at, until: 65 + at, last: at == 2, values: vec![expected[at]] };
    assert_eq!(slices, [found(0), found(1), found(2)]);
}

#[wasm_bindgen_test]
fn messages_of_other_jobs_and_no_messages_are_refused() {
    let message = pack("map", Some(7), Found { from: 1, until: 2, last: true, values: vec![1.0] }).value;
    assert!(unpack::<Found>("map", &message).is_some());
    assert!(unpack::<Found>("seeds", &message).is_none());
    for value in [wasm_bindgen::JsValue::NULL, wasm_bindgen::JsValue::from("no job"), js_sys::Array::new().into()] {
        assert!(job(&value).is_none() && unpack::<Found>("map", &value).is_none());
    }
}

/// Which NaN it is, a zero's sign and infinities: everything counts where the same seed gives the same bits.
#[wasm_bindgen_test]
fn numbers_keep_their_bits() {
    let values = [f64::from_bits(0x7ff8_0000_0000_0abc), -0.0, f64::NEG_INFINITY, f64::MIN_POSITIVE / 4.0, f64::MAX];
    let message = Found { from: 0, until: 5, last: true, values: values.to_vec() };
    let (generation, back) = sent("map", Some(3), message).unwrap();
    assert_eq!(generation, Some(3));
    assert!(back.values.iter().zip(values).all(|(a, b)| a.to_bits() == b.to_bits()));
}

#[wasm_bindgen_test]
fn seeds_come_out_of_their_message_as_they_went_in() {
    let plan = SeedPlan::new(&Settings { hidden_size: 3, seq_len: 7, show_rnn: false, seed: 5, ..Settings::default() });
    assert_eq!(sent_work(&plan, 3, 5), (plan.clone(), Some(9), 3, 5));
    let found = told::<Piecework<SeedPlan>>(vec![Pieces { work: Some(plan.clone()), from: 3, until: 5 }], 1e9);
    assert_eq!(found[0].values, plan.run(3, 5));
    assert_eq!(plan.run(3, 5).len(), 2 * 8);
}

#[wasm_bindgen_test]
fn analyses_are_asked_and_answered_in_messages() {
    let settings = Settings { hidden_size: 3, seq_len: 7, forget_bias: -1.5, ..Settings::default() };
    for request in [Request::Stop, Request::Refine, Request::Analyse { cell: Cell::Gru, settings: Box::new(settings.clone()) }] {
        assert_eq!(sent(Analysing::NAME, None, request.clone()), Some((None, request)));
    }
    for values in [None, Some(vec![1.0, f64::NEG_INFINITY])] {
        let progress = Progress { milliseconds: 1.25, critical: 1.0, refined: 0.5, values };
        assert_eq!(sent(Analysing::NAME, Some(4), progress.clone()), Some((Some(4), progress)));
    }
    // What the job tells last is what the page would have found.
    let told = told::<Analysing>(vec![Request::Analyse { cell: Cell::Gru, settings: Box::new(settings.clone()) }], 1e9);
    let experiment = settings.experiment(Cell::Gru);
    let values = told.last().and_then(|progress| progress.values.clone()).unwrap();
    let found = unroll_engine::transfer::from_values(experiment.problem().unwrap(), &values).unwrap();
    assert_eq!(found, unroll_engine::analyse(&experiment).unwrap());
}

/// Every move of a slider analyses anew and refines; what that takes is given back and taken again.
#[wasm_bindgen_test]
fn ten_thousand_moves_do_not_grow_the_heap() {
    let mut cache = Cache::default();
    cache.refine_with(refine);
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
