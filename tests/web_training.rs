//! What is ordered of training workers and what they tell survives the way.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use unroll::labs::train::settings::{ClipKind, TaskKind, TrainSettings};
use unroll::training::checkpoint::Checkpoint;
use unroll::training::history::{Point, Profile};
use unroll::training::message::{News, NewsKind, Order};
use unroll_engine::train::Trainer;
use unroll_engine::Cell;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn orders_come_out_of_their_messages_as_they_went_in() {
    let settings =
        TrainSettings {
            task: TaskKind::Characters, text: "a & b = ç?".into(), clip: ClipKind::Value, seed: 3, ..TrainSettings::default()
        };
    let orders = [
        Order::Start { generation: 7, cell: Cell::Gru, settings: settings.clone(), from: None },
        Order::Start { generation: 8, cell: Cell::Rnn, settings: settings.clone(), from: Checkpoint::new(vec![0.5; 12]) },
        Order::Run { steps_per_second: 10, rest: 0.5 },
        Order::Pause,
        Order::Step,
        Order::Live { settings },
        Order::Stop,
    ];
    for order in orders {
        assert_eq!(Order::from_message(&order.to_message()), Some(order));
    }
    assert_eq!(Order::from_message(&JsValue::NULL), None);
    assert_eq!(Order::from_message(&unroll::compute::request::Request::Stop.to_message()), None);
}

#[wasm_bindgen_test]
fn news_come_out_of_their_messages_as_they_went_in() {
    let mut numbers = Vec::new();
    let profile = Profile { log10_adjoint: vec![f64::NEG_INFINITY, -1.5], share_by_lag: vec![1.0] };
    let point = Point {
        iteration: 12,
        loss: 0.25,
        gates: vec![0.5; 4],
        spectrum: Some((1.0, 2.0)),
        profile: Some(profile),
        // None is written as NaN, which equals nothing.
        angle: Some(0.5),
        ..Point::default()
    };
    point.write(&mut numbers);
    let example = unroll::training::examples::Example { read: "a".into(), expected: String::new(), answered: "b c".into() };
    for kind in [
        NewsKind::Steps(numbers),
        NewsKind::Examples(vec![example]),
        NewsKind::Stopped("It diverged.".into()),
        NewsKind::Kept(Checkpoint::new(vec![2.0; 12]).unwrap()),
        NewsKind::Paused,
    ] {
        let news = News { generation: 4, cell: Cell::Rnn, kind };
        let back = News::from_message(&news.to_message()).unwrap();
        if let NewsKind::Steps(numbers) = &back.kind {
            assert_eq!(Point::read(&mut numbers.as_slice()).as_ref(), Some(&point));
        }
        assert_eq!(back, news);
    }
    assert_eq!(News::from_message(&Order::Pause.to_message()), None);
}

/// The page says that the same seed gives the same losses; here the numbers of a link are what a worker starts from.
#[wasm_bindgen_test]
fn a_run_from_a_message_has_the_losses_of_the_run_that_was_meant() {
    let settings = TrainSettings { length: 12, hidden_size: 5, batch_size: 4, learning_rate: 0.0123, ..TrainSettings::default() };
    let Some(Order::Start { settings: received, .. }) =
        Order::from_message(&Order::Start { generation: 1, cell: Cell::Lstm, settings: settings.clone(), from: None }.to_message())
    else {
        panic!("a start comes out as a start")
    };
    let losses = |settings: &TrainSettings| {
        let mut trainer = Trainer::new(settings.config(Cell::Lstm).unwrap()).unwrap();
        (0..20).map(|_| trainer.step().unwrap().loss.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(losses(&received), losses(&settings));
}

/// What a worker that replaces another one, and a page that is opened again, go by.
#[wasm_bindgen_test]
fn a_checkpoint_from_a_message_goes_on_with_the_same_losses() {
    let settings = TrainSettings { length: 9, hidden_size: 5, batch_size: 4, ..TrainSettings::default() };
    let config = settings.config(Cell::Gru).unwrap();
    let mut trainer = Trainer::new(config.clone()).unwrap();
    (0..5).for_each(|_| drop(trainer.step().unwrap().clone()));
    let from = Some(Checkpoint::of(&trainer.snapshot()));
    let message = Order::Start { generation: 1, cell: Cell::Gru, settings, from }.to_message();
    let Some(Order::Start { from: Some(received), .. }) = Order::from_message(&message) else { panic!("a start comes out as a start") };
    let mut other = Trainer::new(config.clone()).unwrap();
    other.restore(&received.snapshot(config.layout()).unwrap()).unwrap();
    for _ in 0..5 {
        assert_eq!(other.step().unwrap().loss.to_bits(), trainer.step().unwrap().loss.to_bits());
    }
}
