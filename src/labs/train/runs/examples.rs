//! A few sequences of the last batch with the net's answers, in words.

use serde::{Deserialize, Serialize};
use unroll_engine::train::{Characters, Targets, Task, Trainer};

use crate::charts::{format_fixed, format_value};

/// Sequences shown.
const SHOWN: usize = 3;
/// Characters that a net writes by itself.
const WRITTEN: usize = 160;
/// Values and characters shown of a long answer.
const VALUES: usize = 4;
const CHARACTERS: usize = 24;
/// Symbols that copy memory asks for.
const COPIED: usize = 10;

/// One sequence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// What was read.
    pub read: String,
    /// What would be right; empty where nothing is right or wrong.
    pub expected: String,
    pub answered: String,
}

/// The first sequences of the last batch with the answers of the net of now; from a net that reads a text, also what it writes by itself.
pub fn examples(trainer: &mut Trainer) -> Vec<Example> {
    let shown = SHOWN.min(trainer.config().batch_size);
    let mut found: Vec<Example> = (0..shown).map(|lane| example(trainer, lane)).collect();
    if let Ok(answered) = trainer.sample_text("", WRITTEN, 0.7) {
        found.push(Example { read: "writing by itself".to_owned(), expected: String::new(), answered });
    }
    found
}

fn example(trainer: &Trainer, lane: usize) -> Example {
    let (config, batch) = (trainer.config(), trainer.batch());
    let dimensions = config.dimensions();
    let (size, d, k, steps) = (dimensions.batch_size, dimensions.input_size, dimensions.output_size, dimensions.steps);
    let scores = trainer.answer(lane);
    let input = |t: usize, component: usize| batch.x.get((t * d + component) * size + lane).copied().unwrap_or(0.0);
    let symbol = |t: usize| (0..d).find(|component| input(t, *component) == 1.0).unwrap_or(0);
    let class = |site: usize| match &batch.targets {
        Targets::Classes(classes) => classes.get(site * size + lane).copied().unwrap_or(0),
        Targets::Values(_) => 0,
    };
    let value = |site: usize| match &batch.targets {
        Targets::Values(values) => values.get(site * size + lane).copied().unwrap_or(f64::NAN),
        Targets::Classes(_) => f64::NAN,
    };
    let guess = |site: usize| likeliest(scores.get(site * k..(site + 1) * k).unwrap_or(&[]));
    let asked = dimensions.loss_steps.list(steps);
    let (sites, end) = (asked.len(), asked.len().saturating_sub(1));
    let read = |site: usize, component: usize| input(asked.get(site).map_or(0, |t| t - 1), component);
    match &config.task {
        Task::Adding { .. } => {
            let marked: Vec<String> =
                (0..steps).filter(|t| input(*t, 1) == 1.0).map(|t| format!("{:.2} at step {}", input(t, 0), t + 1)).collect();
            Example {
                read: marked.join(" and "),
                expected: figure(value(end)),
                answered: figure(scores.last().copied().unwrap_or(f64::NAN)),
            }
        }
        Task::CopyMemory { .. } => {
            let last = sites.saturating_sub(COPIED)..sites;
            let write = |symbol: usize| if symbol < 8 { symbol.to_string() } else { "–".to_owned() };
            Example {
                read: (0..COPIED).map(|t| write(symbol(t))).collect::<Vec<_>>().join(" "),
                expected: last.clone().map(|site| write(class(site))).collect::<Vec<_>>().join(" "),
                answered: last.map(|site| write(guess(site).0)).collect::<Vec<_>>().join(" "),
            }
        }
        Task::TemporalOrder { .. } => {
            let letters: Vec<String> =
                (0..steps).filter(|t| symbol(*t) < 2).map(|t| format!("{} at step {}", ["A", "B"][symbol(t)], t + 1)).collect();
            let names = ["AA", "AB", "BA", "BB"];
            Example {
                read: letters.join(", "),
                expected: names[class(end) % 4].to_owned(),
                answered: sure(names[guess(end).0 % 4], guess(end).1),
            }
        }
        Task::Latch { .. } => {
            let names = ["−1", "+1"];
            let read = format!("{} at step 1, then noise", names[usize::from(input(0, 0) > 0.0)]);
            Example { read, expected: names[class(end) % 2].to_owned(), answered: sure(names[guess(end).0 % 2], guess(end).1) }
        }
        Task::Sine { .. } => {
            let list = |value: &dyn Fn(usize) -> f64| {
                (sites.saturating_sub(VALUES)..sites).map(|site| figure(value(site))).collect::<Vec<_>>().join(", ")
            };
            Example {
                read: format!("… {}", list(&|site| read(site, 0))),
                expected: list(&value),
                answered: list(&|site| scores.get(site).copied().unwrap_or(f64::NAN)),
            }
        }
        Task::Characters(text) => {
            let last = sites.saturating_sub(CHARACTERS)..sites;
            Example {
                read: (steps.saturating_sub(CHARACTERS)..steps).map(|t| letter(text, symbol(t))).collect(),
                expected: last.clone().map(|site| letter(text, class(site))).collect(),
                answered: last.map(|site| letter(text, guess(site).0)).collect(),
            }
        }
        Task::Fixed(_) => Example::default(),
    }
}

/// Two decimals; of a net that has diverged, what four digits can say.
fn figure(value: f64) -> String {
    if value.abs() < 100.0 {
        format_fixed(value, 2)
    } else {
        format_value(value)
    }
}

fn letter(text: &Characters, code: usize) -> char {
    text.alphabet().get(code).copied().unwrap_or('?')
}

/// The class with the largest score, and its probability.
fn likeliest(scores: &[f64]) -> (usize, f64) {
    let (place, largest) =
        scores.iter().copied().enumerate().fold((0, f64::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best });
    let total: f64 = scores.iter().map(|score| (score - largest).exp()).sum();
    (place, 1.0 / total)
}

fn sure(name: &str, probability: f64) -> String {
    format!("{name} ({:.0}% sure)", 100.0 * probability)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::train::settings::{TaskKind, TrainSettings};
    use unroll_engine::train::LossAt;
    use unroll_engine::Cell;

    fn of(task: TaskKind) -> Vec<Example> {
        asked(task, LossAt::Task)
    }

    fn asked(task: TaskKind, loss_at: LossAt) -> Vec<Example> {
        let settings = TrainSettings { task, loss_at, length: 20, hidden_size: 6, batch_size: 4, ..TrainSettings::default() };
        let mut trainer = Trainer::new(settings.config(Cell::Gru).unwrap()).unwrap();
        trainer.step().unwrap();
        examples(&mut trainer)
    }

    #[test]
    fn every_task_shows_three_sequences_with_what_would_be_right() {
        for task in [TaskKind::Adding, TaskKind::CopyMemory, TaskKind::TemporalOrder, TaskKind::Latch, TaskKind::Sine] {
            let found = of(task);
            assert_eq!(found.len(), 3, "{task:?}");
            assert!(found.iter().all(|e| !e.read.is_empty() && !e.expected.is_empty() && !e.answered.is_empty()), "{found:?}");
        }
        for (task, loss_at) in [(TaskKind::Adding, LossAt::EveryStep), (TaskKind::Characters, LossAt::End), (TaskKind::Sine, LossAt::End)] {
            let found = asked(task, loss_at);
            let values = |text: &str| text.trim_start_matches("… ").split(", ").count();
            match task {
                TaskKind::Characters => assert_eq!((found[0].read.chars().count(), found[0].expected.chars().count()), (20, 1)),
                TaskKind::Sine => assert_eq!((values(&found[0].read), values(&found[0].expected)), (1, 1), "{found:?}"),
                _ => assert_eq!(found[0].expected, of(task)[0].expected),
            }
        }
        let copied = &of(TaskKind::CopyMemory)[0];
        assert_eq!(copied.read, copied.expected);
        let added = &of(TaskKind::Adding)[0];
        let marked: f64 = added.read.split(" and ").filter_map(|part| part.split(' ').next()?.parse::<f64>().ok()).sum();
        assert!((marked - added.expected.parse::<f64>().unwrap()).abs() < 0.02, "{added:?}");
    }

    #[test]
    fn a_net_that_reads_also_writes() {
        let found = of(TaskKind::Characters);
        assert_eq!(found.len(), 4);
        assert_eq!(found[3].answered.chars().count(), WRITTEN);
        // What is to be predicted is what is read, one character on.
        assert_eq!(found[0].read.chars().skip(1).collect::<String>(), found[0].expected.chars().take(19).collect::<String>());
    }
}
