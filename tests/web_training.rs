//! What is ordered of training workers and what they tell survives the way.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use unroll::jobs::codec::{pack, unpack};
use unroll::jobs::{Job, Message};
use unroll::labs::flow::compute::job::Request;
use unroll::labs::train::runs::checkpoint::Checkpoint;
use unroll::labs::train::runs::history::{Point, Profile};
use unroll::labs::train::runs::job::Training;
use unroll::labs::train::runs::message::{News, Order};
use unroll::labs::train::settings::{ClipKind, TaskKind, TrainSettings};
use unroll_engine::train::Trainer;
use unroll_engine::Cell;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// What arrives of a message.
fn sent<M: Message>(message: M) -> M {
    let (generation, message) = unpack(Training::NAME, &pack(Training::NAME, Some(7), message).value).unwrap();
    assert_eq!(generation, Some(7));
    message
}

#[wasm_bindgen_test]
fn orders_come_out_of_their_messages_as_they_went_in() {
    let settings =
        TrainSettings {
            task: TaskKind::Characters, text: "a & b = ç?".into(), clip: ClipKind::Value, seed: 3, ..TrainSettings::default()
        };
    let orders = [
        Order::Start { cell: Cell::Gru, settings: settings.clone(), from: None },
        Order::Start { cell: Cell::Rnn, settings: settings.clone(), from: Checkpoint::new(vec![0.5; 12]) },
        Order::Run { steps_per_second: 10, rest: 0.5 },
        Order::Pause,
        Order::Step,
        Order::Live { settings },
        Order::Stop,
    ];
    for order in orders {
        assert_eq!(sent(order.clone()), order);
    }
    assert_eq!(unpack::<Order>(Training::NAME, &JsValue::NULL), None);
    assert_eq!(unpack::<Order>(Training::NAME, &pack("analysis", None, Request::Stop).value), None);
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
        ratio: Some(0.25),
        ..Point::default()
    };
    point.write(&mut numbers);
    let example = unroll::labs::train::runs::examples::Example { read: "a".into(), expected: String::new(), answered: "b c".into() };
    for news in [
        News::Steps(numbers),
        News::Examples(vec![example]),
        News::Stopped("It diverged.".into()),
        News::Kept(Checkpoint::new(vec![2.0; 12]).unwrap()),
        News::Paused,
    ] {
        let back = sent(news.clone());
        if let News::Steps(numbers) = &back {
            assert_eq!(Point::read(&mut numbers.as_slice()).as_ref(), Some(&point));
        }
        assert_eq!(back, news);
    }
}

/// The page says that the same seed gives the same losses; here the numbers of a link are what a worker starts from.
#[wasm_bindgen_test]
fn a_run_from_a_message_has_the_losses_of_the_run_that_was_meant() {
    let settings = TrainSettings { length: 12, hidden_size: 5, batch_size: 4, learning_rate: 0.0123, ..TrainSettings::default() };
    let Order::Start { settings: received, .. } = sent(Order::Start { cell: Cell::Lstm, settings: settings.clone(), from: None }) else {
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
    let Order::Start { from: Some(received), .. } = sent(Order::Start { cell: Cell::Gru, settings, from }) else {
        panic!("a start comes out as a start")
    };
    let mut other = Trainer::new(config.clone()).unwrap();
    other.restore(&received.snapshot(config.layout()).unwrap()).unwrap();
    for _ in 0..5 {
        assert_eq!(other.step().unwrap().loss.to_bits(), trainer.step().unwrap().loss.to_bits());
    }
}
