//! Recent work: links whose nets are kept in local storage, newest first.

use form_urlencoded::{parse, Serializer};

use super::fragment;
use super::link;
use super::nets::{self, Net};
use super::settings::Settings;
use crate::browser::storage;
use crate::form::Notice;

/// How much is kept.
const MOST: usize = 12;
const LIST: &str = "recent";
const WHAT: &str = "models and edits";

/// One piece of work.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// What was worked on: later edits of the same net take the place of earlier ones.
    pub base: String,
    /// What it is, for the list.
    pub title: String,
    /// The query of its link.
    pub query: String,
    /// When it was last changed, in milliseconds since 1970.
    pub when: f64,
}

fn net_key(name: &str) -> String {
    format!("net.{name}")
}

/// The list as text and back: a line each.
fn to_text(list: &[Work]) -> String {
    let line = |work: &Work| {
        let pairs =
            [("base", work.base.clone()), ("title", work.title.clone()), ("query", work.query.clone()), ("when", work.when.to_string())];
        Serializer::new(String::new()).extend_pairs(pairs).finish()
    };
    list.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn from_text(text: &str) -> Vec<Work> {
    let work = |line: &str| {
        let field = |name: &str| parse(line.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        Some(Work { base: field("base")?, title: field("title")?, query: field("query")?, when: field("when")?.parse().ok()? })
    };
    text.lines().filter_map(work).collect()
}

/// What is kept, newest first.
pub fn list() -> Vec<Work> {
    storage::read(LIST).map(|text| from_text(&text)).unwrap_or_default()
}

/// The work that settings are: `None` where every net is drawn from the seed.
fn describe(settings: &Settings, query: String, when: f64) -> Option<Work> {
    let title = |cell, net: &Net| {
        let name = format!("{cell:?}").to_ascii_uppercase();
        let brought = match (&net.given, net.name.as_str()) {
            (None, _) => format!("{name}, {} units, drawn from seed {}", settings.hidden_size, settings.seed),
            (Some(given), "") => format!("{name}, {} units", given.weights().hidden_size),
            (Some(_), own) => own.to_owned(),
        };
        match net.edits.as_ref().map_or(0, |edits| edits.len()) {
            0 => brought,
            1 => format!("{brought}, 1 weight edited"),
            edits => format!("{brought}, {edits} weights edited"),
        }
    };
    let base = |cell, net: &Net| match &net.given {
        Some(_) => Net { edits: None, ..net.clone() }.id().unwrap_or_default(),
        None => format!("{cell:?}-{}-{}-{:?}", settings.hidden_size, settings.seed, settings.initialiser),
    };
    let parts =
        |of: &dyn Fn(unroll_engine::Cell, &Net) -> String| settings.nets.changed().map(|(cell, net)| of(cell, net)).collect::<Vec<_>>();
    let work = Work { base: parts(&base).join(" "), title: parts(&title).join(" and "), query, when };
    (!work.base.is_empty()).then_some(work)
}

/// Keeps what settings have that no link carries, in the place of earlier work on the same net. Old work makes room where storage is full.
///
/// # Errors
/// A notice that says what will be forgotten.
pub fn keep(settings: &Settings, query: String, when: f64) -> Result<(), Notice> {
    let Some(work) = describe(settings, query, when) else { return Ok(()) };
    let mut list = list();
    if list.first().is_some_and(|first| first.query == work.query) {
        return Ok(());
    }
    list.retain(|other| other.base != work.base);
    list.insert(0, work);
    list.truncate(MOST);
    forget_others(&list);
    for (cell, net) in settings.nets.changed() {
        let Some(name) = net.id() else { continue };
        if storage::read(&net_key(&name)).is_some() {
            continue;
        }
        let text = fragment::to_text(cell, net).map_err(Notice::warning)?;
        while let Err(sentence) = storage::write(&net_key(&name), &text, WHAT) {
            if list.len() < 2 {
                return Err(Notice::info(sentence));
            }
            list.pop();
            forget_others(&list);
        }
    }
    storage::write(LIST, &to_text(&list), WHAT).map_err(Notice::info)
}

/// Forgets one.
pub fn forget(base: &str) {
    let mut list = list();
    list.retain(|work| work.base != base);
    forget_others(&list);
    // What could be read can be written shorter.
    let _ = storage::write(LIST, &to_text(&list), WHAT);
}

/// Drops the nets that no work of the list names.
fn forget_others(list: &[Work]) {
    let named: Vec<String> = list.iter().flat_map(|work| link::net_names(&work.query)).map(|name| net_key(&name)).collect();
    for key in storage::keys(&net_key("")) {
        if !named.contains(&key) {
            storage::remove(&key);
        }
    }
}

/// Finds the nets that a query names and the page has not seen.
pub fn find_nets(query: &str) {
    for name in link::net_names(query) {
        if nets::recall(&name).is_none() {
            if let Some(text) = storage::read(&net_key(&name)) {
                // What cannot be read is as good as not there, and the link's notice says so.
                let _ = fragment::admit(&text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use unroll_engine::{Cell, Edits, Parameter};

    #[test]
    fn the_list_is_read_as_it_was_written_and_damage_is_passed_over() {
        let work = |title: &str| Work { base: "b\nc".into(), title: title.into(), query: "n=3&gru_net=0".into(), when: 1.7e12 };
        let list = vec![work("a & b"), work("<i>ü</i>")];
        assert_eq!(from_text(&to_text(&list)), list);
        assert_eq!(from_text(&format!("base=1\n{}\nrubbish", to_text(&list[..1]))), list[..1]);
    }

    #[test]
    fn later_edits_are_the_same_work_and_say_how_many_they_are() {
        assert_eq!(describe(&Settings::default(), String::new(), 0.0), None);
        let edited = |count| {
            let mut edits = Edits::new(Cell::Gru, 1, 16);
            (0..count).for_each(|index| assert!(edits.set(Parameter::WeightHh, index, 0.5)));
            let mut settings = Settings::default();
            settings.nets.set(Cell::Gru, Net { edits: Some(Arc::new(edits)), ..Net::default() });
            describe(&settings, String::new(), 0.0).unwrap()
        };
        let (one, two) = (edited(1), edited(2));
        assert_eq!(one.base, two.base);
        assert_eq!(one.title, "GRU, 16 units, drawn from seed 7, 1 weight edited");
        assert!(two.title.ends_with("2 weights edited"));
    }
}
