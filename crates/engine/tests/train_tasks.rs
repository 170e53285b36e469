//! The tasks: what their batches look like, what their baselines are worth, and that nets learn them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use unroll_engine::train::{Batch, CharacterOrder, Characters, Clip, Config, Dimensions, Fixed, LossAt, LossSteps, Targets, Task, Trainer};
use unroll_engine::Cell;

const SIZE: usize = 4000;

fn values(batch: &Batch) -> &[f64] {
    let Targets::Values(values) = &batch.targets else { panic!("this task predicts values") };
    values
}

fn classes(batch: &Batch) -> &[usize] {
    let Targets::Classes(classes) = &batch.targets else { panic!("this task predicts classes") };
    classes
}

/// The symbols of a sequence of one-hot steps.
fn symbols(batch: &Batch, alphabet: usize, size: usize, lane: usize) -> Vec<usize> {
    let steps = batch.x.chunks(alphabet * size);
    let symbol = |step: &[f64]| {
        let components: Vec<f64> = (0..alphabet).map(|j| step[j * size + lane]).collect();
        assert_eq!(components.iter().sum::<f64>(), 1.0);
        components.iter().position(|v| *v == 1.0).unwrap()
    };
    steps.map(symbol).collect()
}

#[test]
fn adding_marks_one_number_in_each_half_and_always_answering_one_costs_a_sixth() {
    let task = Task::Adding { steps: 11 };
    let batch = task.batch(1, 0, SIZE);
    let x = |t: usize, component: usize, lane: usize| batch.x[(2 * t + component) * SIZE + lane];
    for (lane, y) in values(&batch).iter().enumerate() {
        let marked: Vec<usize> = (0..11).filter(|t| x(*t, 1, lane) == 1.0).collect();
        assert!(marked.len() == 2 && marked[0] < 5 && marked[1] >= 5, "{marked:?}");
        assert_eq!(*y, x(marked[0], 0, lane) + x(marked[1], 0, lane));
    }
    let cost = values(&batch).iter().map(|y| (y - 1.0).powi(2)).sum::<f64>() / SIZE as f64;
    assert!((task.baseline() - 1.0 / 6.0).abs() < 1e-15 && (cost - task.baseline()).abs() < 0.01, "{cost}");
}

#[test]
fn copy_memory_asks_for_its_first_ten_symbols_after_the_delimiter() {
    let task = Task::CopyMemory { blanks: 7 };
    let batch = task.batch(2, 5, 6);
    for lane in 0..6 {
        let read = symbols(&batch, 10, 6, lane);
        let due: Vec<usize> = classes(&batch).iter().skip(lane).step_by(6).copied().collect();
        assert_eq!((read.len(), due.len()), (27, 27));
        assert!(read[..10].iter().all(|s| *s < 8));
        assert!(read[10..16].iter().chain(&read[17..]).all(|s| *s == 8) && read[16] == 9, "{read:?}");
        assert!(due[..17].iter().all(|s| *s == 8));
        assert_eq!(due[17..], read[..10]);
    }
    assert!((Task::CopyMemory { blanks: 100 }.baseline() - 0.17329).abs() < 5e-6);
}

#[test]
fn temporal_order_names_the_order_of_its_two_letters() {
    let task = Task::TemporalOrder { steps: 50 };
    let batch = task.batch(3, 0, SIZE);
    let mut counts = [0; 4];
    for (lane, class) in classes(&batch).iter().enumerate() {
        let read = symbols(&batch, 6, SIZE, lane);
        let letters: Vec<usize> = (0..50).filter(|t| read[*t] < 2).collect();
        assert!(letters.len() == 2 && (5..10).contains(&letters[0]) && (20..25).contains(&letters[1]), "{letters:?}");
        assert_eq!(*class, 2 * read[letters[0]] + read[letters[1]]);
        counts[*class] += 1;
    }
    assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
    assert_eq!(task.baseline(), 4f64.ln());
}

#[test]
fn the_latch_asks_for_the_sign_of_the_first_step() {
    let task = Task::Latch { steps: 5, noise: 0.2 };
    let batch = task.batch(4, 0, SIZE);
    for (class, first) in classes(&batch).iter().zip(&batch.x) {
        assert_eq!(*first, if *class == 1 { 1.0 } else { -1.0 });
    }
    let noise = &batch.x[SIZE..];
    let deviation = (noise.iter().map(|v| v * v).sum::<f64>() / noise.len() as f64).sqrt();
    assert!((deviation - 0.2).abs() < 0.01, "{deviation}");
    assert_eq!(task.baseline(), 2f64.ln());
}

#[test]
fn a_sine_is_predicted_from_its_present_value_alone_no_better_than_its_baseline() {
    let task = Task::Sine { steps: 3, shortest_period: 5.0, longest_period: 12.0 };
    let batch = task.batch(5, 0, 20 * SIZE);
    // The best multiple of the present value, found on the data.
    let (x, y) = (&batch.x, values(&batch));
    let product: f64 = x.iter().zip(y).map(|(x, y)| x * y).sum();
    let factor = product / x.iter().map(|x| x * x).sum::<f64>();
    let cost = x.iter().zip(y).map(|(x, y)| (y - factor * x).powi(2)).sum::<f64>() / y.len() as f64;
    assert!((cost - task.baseline()).abs() < 0.003, "{cost} not {}", task.baseline());
    assert_eq!(y[..20 * SIZE], x[20 * SIZE..40 * SIZE]);
    let one = Task::Sine { steps: 1, shortest_period: 8.0, longest_period: 8.0 };
    assert!((one.baseline() - 0.25).abs() < 1e-12, "half the squared sine of 45 degrees");
}

#[test]
fn characters_are_read_on_and_their_baseline_is_the_entropy_of_the_next_one() {
    let task = Characters::new("abac", 2, CharacterOrder::Contiguous).unwrap();
    assert_eq!((task.alphabet(), task.text_length()), (&['a', 'b', 'c'][..], 4));
    let task = Task::Characters(task);
    // Pairs ab, ba, ac: after a, which is two of three, b or c are equally likely.
    assert!((task.baseline() - 2.0 / 3.0 * 2f64.ln()).abs() < 1e-15);
    let read = |iteration| symbols(&task.batch(0, iteration, 1), 3, 1, 0);
    assert_eq!((read(0), read(1), read(2)), (vec![0, 1], vec![0, 2], vec![0, 1]));
    assert_eq!(classes(&task.batch(0, 1, 1)), [2, 0]);
    let random = Task::Characters(Characters::new("abac", 3, CharacterOrder::Random).unwrap());
    assert_eq!(symbols(&random.batch(0, 9, 2), 3, 2, 1), [0, 1, 0]);
}

#[test]
fn a_fixed_batch_costs_at_best_what_its_constants_cost() {
    let task = Task::Adding { steps: 4 };
    let dimensions = task.dimensions(3);
    let fixed = |targets| Fixed::new(dimensions.clone(), Batch { x: vec![0.0; 24], targets });
    let baseline = Task::Fixed(fixed(Targets::Values(vec![1.0, 2.0, 6.0])).unwrap()).baseline();
    assert!((baseline - 14.0 / 3.0).abs() < 1e-14, "{baseline}");
    let error = fixed(Targets::Values(vec![1.0])).unwrap_err();
    assert_eq!(error.to_string(), "The batch does not have the sizes that this training run asks for.");
    let nowhere = Dimensions { loss_steps: LossSteps::Masked(vec![false; 4]), ..dimensions };
    assert!(Fixed::new(nowhere, Batch { x: vec![0.0; 24], targets: Targets::Values(Vec::new()) }).is_err());
}

#[test]
fn settings_out_of_range_are_refused_in_sentences() {
    let refused = |config: Config| Trainer::new(config).unwrap_err().to_string();
    let with = |task| Config { task, ..Config::default() };
    assert_eq!(refused(with(Task::Adding { steps: 1 })), "The number of steps is 1; it has to be from 2 to 100000.");
    assert_eq!(refused(Config { batch_size: 0, ..Config::default() }), "The batch size is 0; it has to be from 1 to 4096.");
    assert_eq!(
        refused(Config { clip: Clip::Norm(f64::NAN), ..Config::default() }),
        "The limit of clipping is NaN; it has to be a positive number."
    );
    assert!(refused(Config { omega: 1.0, ..Config::default() }).starts_with("The Omega regulariser is defined for the plain RNN only"));
    let large = refused(Config { batch_size: 4096, hidden_size: 1024, ..Config::default() });
    assert!(large.starts_with("This training run would keep 1"), "{large}");
    let short = Characters::new("ab", 2, CharacterOrder::Random).unwrap_err().to_string();
    assert_eq!(short, "The text is 2 characters long; it has to be at least 3 characters long.");
}

fn last_loss(config: Config, steps: usize) -> f64 {
    let mut trainer = Trainer::new(config).unwrap();
    (0..steps).map(|_| trainer.step().unwrap().loss).fold(f64::NAN, |_, loss| loss)
}

#[test]
fn nets_learn_below_the_baselines() {
    let small = Config { hidden_size: 12, batch_size: 16, learning_rate: 0.02, forget_bias: Some(2.0), ..Config::default() };
    for (task, cell, steps) in [
        (Task::Adding { steps: 8 }, Cell::Gru, 300),
        (Task::Latch { steps: 15, noise: 0.1 }, Cell::Lstm, 150),
        (Task::Sine { steps: 12, shortest_period: 6.0, longest_period: 12.0 }, Cell::Rnn, 200),
    ] {
        let loss = last_loss(Config { task: task.clone(), cell, ..small.clone() }, steps);
        assert!(loss < 0.25 * task.baseline(), "{cell:?} on {}: {loss}", task.description());
    }
}

#[test]
fn a_net_writes_the_text_that_it_has_learned() {
    let text = "to be or not to be, that is the question. ".repeat(4);
    let task = Characters::new(&text, 24, CharacterOrder::Random).unwrap();
    let config =
        Config { task: Task::Characters(task), cell: Cell::Gru, hidden_size: 24, batch_size: 8, learning_rate: 0.02, ..Config::default() };
    let mut trainer = Trainer::new(config).unwrap();
    for _ in 0..200 {
        trainer.step().unwrap();
    }
    assert_eq!(trainer.sample_text("to be or", 20, 0.0).unwrap(), " not to be, that is ");
    let before = trainer.snapshot();
    let drawn = trainer.sample_text("", 40, 1.5).unwrap();
    assert_ne!(trainer.sample_text("", 40, 1.5).unwrap(), drawn, "a second sample is another one");
    trainer.restore(&before).unwrap();
    assert_eq!(trainer.sample_text("", 40, 1.5).unwrap(), drawn);
    assert!(trainer.sample_text("#", 1, 1.0).unwrap_err().to_string().starts_with("The prompt is a text with '#'"));
    let mut other = Trainer::new(Config::default()).unwrap();
    assert_eq!(
        other.sample_text("", 1, 1.0).unwrap_err().to_string(),
        "Text can be sampled only from a net that is trained to predict characters."
    );
}

#[test]
fn the_answers_to_a_batch_are_what_its_loss_was_taken_of() {
    use unroll_engine::train::{Config, Targets, Task, Trainer};
    for task in [Task::Adding { steps: 9 }, Task::Sine { steps: 7, shortest_period: 4.0, longest_period: 9.0 }] {
        for cell in [unroll_engine::Cell::Rnn, unroll_engine::Cell::Lstm, unroll_engine::Cell::Gru] {
            // Without a step the weights stay those of the loss.
            let config = Config { task: task.clone(), cell, hidden_size: 5, batch_size: 3, learning_rate: 0.0, ..Config::default() };
            let mut trainer = Trainer::new(config).unwrap();
            let loss = trainer.step().unwrap().loss;
            let Targets::Values(targets) = trainer.batch().targets.clone() else { panic!("values are to be predicted") };
            let mut sum = 0.0;
            for lane in 0..3 {
                for (site, answer) in trainer.answer(lane).iter().enumerate() {
                    sum += (answer - targets[site * 3 + lane]).powi(2);
                }
            }
            assert!((sum / targets.len() as f64 - loss).abs() < 1e-12, "{task:?} {cell:?}");
            assert_eq!(trainer.answer(3), Vec::<f64>::new());
        }
    }
}

/// A loss at other steps than the task's is the loss of a fixed batch that is written out by hand.
#[test]
fn the_loss_can_be_asked_for_at_the_end_or_at_every_step() {
    let text = Characters::new("abracadabra, abracadabra", 6, CharacterOrder::Random).unwrap();
    let tasks = [Task::Adding { steps: 6 }, Task::Latch { steps: 5, noise: 0.3 }, Task::CopyMemory { blanks: 2 }, Task::Characters(text)];
    for task in tasks {
        for loss_at in [LossAt::Task, LossAt::End, LossAt::EveryStep] {
            let config = Config { task: task.clone(), loss_at, batch_size: 3, hidden_size: 4, ..Config::default() };
            let mut trainer = Trainer::new(config.clone()).unwrap();
            let losses = [0, 1].map(|_| trainer.step().unwrap().loss);

            let own = task.dimensions(3);
            let dimensions = config.dimensions();
            let (asked, had) = (dimensions.loss_steps.list(dimensions.steps), own.loss_steps.list(own.steps));
            let drawn = task.batch(config.seed, 1, 3);
            // What is due at a step is what the task has there, and elsewhere what it has at its end.
            let place = |t: usize| had.iter().position(|step| *step == t).unwrap_or(had.len() - 1);
            let targets = match &drawn.targets {
                Targets::Values(y) => Targets::Values(asked.iter().flat_map(|t| y[3 * place(*t)..3 * place(*t) + 3].to_vec()).collect()),
                Targets::Classes(y) => Targets::Classes(asked.iter().flat_map(|t| y[3 * place(*t)..3 * place(*t) + 3].to_vec()).collect()),
            };
            assert_eq!(trainer.batch().targets, targets, "{task:?} {loss_at:?}");
            let fixed = Task::Fixed(Fixed::new(dimensions, Batch { x: drawn.x, targets }).unwrap());
            let mut again = Trainer::new(config.clone()).unwrap();
            again.step().unwrap();
            let loss = Trainer::with_model(Config { task: fixed, ..config.clone() }, again.model()).unwrap().step().unwrap().loss;
            assert_eq!(loss.to_bits(), losses[1].to_bits(), "{task:?} {loss_at:?}");
        }
    }
    let baseline = |loss_at| Config { task: Task::CopyMemory { blanks: 100 }, loss_at, ..Config::default() }.baseline().0;
    assert!((baseline(LossAt::End) - 8.0_f64.ln()).abs() < 1e-12 && (baseline(LossAt::EveryStep) - 0.17329).abs() < 5e-6);
}
