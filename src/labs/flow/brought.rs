//! What was assumed when files were read: it stays with the numbers and the text that came of them, whatever becomes of the settings.

use std::cell::RefCell;
use std::collections::VecDeque;

use unroll_engine::signal::Table;
use unroll_engine::{fingerprint, Cell};

use crate::labs::flow::settings::{InputKind, Settings};

/// The inputs whose sentences are remembered at most.
const REMEMBERED: usize = 64;

thread_local! {
    static SAID: RefCell<VecDeque<(u64, Vec<String>)>> = const { RefCell::new(VecDeque::new()) };
}

fn id_of_table(table: &Table) -> u64 {
    fingerprint(table.values.iter().copied().chain([table.columns.len() as f64]))
}

fn id_of_text(text: &str) -> u64 {
    fingerprint(text.chars().map(|character| f64::from(u32::from(character))))
}

fn remember(id: u64, sentences: Vec<String>) {
    SAID.with_borrow_mut(|said| {
        said.retain(|(other, _)| *other != id);
        if said.len() == REMEMBERED {
            said.pop_front();
        }
        if !sentences.is_empty() {
            said.push_back((id, sentences));
        }
    });
}

fn recall(id: u64) -> Vec<String> {
    SAID.with_borrow(|said| said.iter().find(|(other, _)| *other == id).map(|(_, sentences)| sentences.clone()).unwrap_or_default())
}

/// Remembers what was assumed about numbers, a sentence each.
pub fn remember_table(table: &Table, sentences: Vec<String>) {
    remember(id_of_table(table), sentences);
}

/// Remembers what was assumed about the input of settings, a sentence each.
pub fn remember_input(settings: &Settings, sentences: Vec<String>) {
    match (settings.input, &settings.numbers) {
        (InputKind::Numbers, Some(table)) => remember_table(table, sentences),
        (InputKind::Text, _) => remember(id_of_text(&settings.text), sentences),
        _ => {}
    }
}

/// What was assumed about numbers, a sentence each.
pub fn of_table(table: &Table) -> Vec<String> {
    recall(id_of_table(table))
}

/// What was assumed about a cell's net and the input, a sentence each.
pub fn assumptions(settings: &Settings, cell: Cell) -> Vec<String> {
    let mut sentences = settings.given(cell).map(|given| given.stack().notes().to_vec()).unwrap_or_default();
    match (settings.input, &settings.numbers) {
        (InputKind::Numbers, Some(table)) => sentences.extend(of_table(table)),
        (InputKind::Text, _) => sentences.extend(recall(id_of_text(&settings.text))),
        _ => {}
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_stay_with_the_numbers_that_they_are_about() {
        let table = Table { columns: vec!["a".into()], values: vec![1.0, 2.0], standardise: false };
        remember_table(&table, vec!["Commas are read as decimal marks.".into()]);
        let mut settings =
            Settings { input: InputKind::Numbers, numbers: Some(Table { standardise: true, ..table }), ..Settings::default() };
        assert_eq!(assumptions(&settings, Cell::Rnn).len(), 1);
        settings.input = InputKind::Noise;
        assert_eq!(assumptions(&settings, Cell::Rnn).len(), 0);
        settings.input = InputKind::Text;
        remember_input(&settings, vec!["Characters 1 to 5 of 9 are used.".into()]);
        assert_eq!(assumptions(&settings, Cell::Rnn).len(), 1);
    }
}
