//! The page inside another page: which panels and controls it shows. Pure.

use super::link::shorten;
use super::{keys, Form, Notice, Riders};

/// The keys of a page inside another page: its panels and its controls.
const EMBED_KEY: &str = "embed";
const CONTROLS_KEY: &str = "controls";

/// Settings of a lab that another page can show.
pub trait Embeds: Form {
    /// The panels that an embed can name. They are those of the lab's list that can be embedded, and a test there holds to it: workers read
    /// links too, and must not carry the views that the list names.
    const PANELS: &'static [&'static str];
}

/// An embed, with names in the order of the link, each once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embed {
    /// Panels by name.
    pub panels: Vec<&'static str>,
    /// Keys of settings in links.
    pub controls: Vec<&'static str>,
}

impl Embed {
    /// Reads the values of `embed` and `controls`, and says in sentences which names there are not.
    pub fn read<S: Embeds>(panels: &str, controls: &str) -> (Self, Vec<String>) {
        let mut sentences = Vec::new();
        let mut named = |what: &str, key: &str, list: &str, known: &[&'static str]| {
            let mut names = Vec::new();
            for word in list.split([',', '.', ' ']).filter(|word| !word.is_empty()) {
                match known.iter().find(|name| **name == word) {
                    Some(name) if names.contains(name) => {}
                    Some(name) => names.push(*name),
                    None => {
                        let word: String = word.chars().take(40).collect();
                        sentences.push(format!("There is no {what} “{word}” to embed ({key}={word}); there are {}.", known.join(", ")));
                    }
                }
            }
            names
        };
        let panels = named("panel", EMBED_KEY, panels, S::PANELS);
        let controls = named("control", CONTROLS_KEY, controls, &keys::<S>());
        (Self { panels, controls }, sentences)
    }

    /// Whether a state can be pinned: only where it can also be removed again.
    pub fn compares(&self) -> bool {
        self.panels.contains(&"compare")
    }
}

/// An embed as what rides along; `None` is the whole page.
impl<S: Embeds> Riders<S> for Option<Embed> {
    const KEYS: &'static [&'static str] = &[EMBED_KEY, CONTROLS_KEY];

    fn before(&self) -> Vec<(&'static str, String)> {
        let Some(embed) = self else { return Vec::new() };
        let controls = Some((CONTROLS_KEY, embed.controls.join("."))).filter(|(_, controls)| !controls.is_empty());
        [(EMBED_KEY, embed.panels.join("."))].into_iter().chain(controls).collect()
    }

    fn behind(&self, _: u32) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn read(pairs: &[(String, String)], _settings: &S, notices: &mut Vec<Notice>) -> Self {
        // Of a key that is there twice, the last one counts.
        let last = |wanted: &str| pairs.iter().rev().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
        let controls = last(CONTROLS_KEY).unwrap_or_default();
        let embed = last(EMBED_KEY).map(|panels| {
            let (embed, sentences) = Embed::read::<S>(panels, controls);
            notices.extend(sentences.into_iter().map(Notice::warning));
            embed
        });
        if embed.is_none() && !controls.is_empty() {
            notices.push(Notice::info(format!(
                "The link chooses controls (controls={}), which only an embedded page (embed=…) does; all of them are shown.",
                shorten(controls)
            )));
        }
        embed
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::labs::flow::settings::Settings;
    use crate::labs::train::settings::TrainSettings;

    #[test]
    fn names_are_read_in_their_order_and_once() {
        let (embed, sentences) = Embed::read::<Settings>("jacobian,gradient.jacobian", "gain fb,gain,cells");
        assert_eq!(embed.panels, ["jacobian", "gradient"]);
        assert_eq!(embed.controls, ["gain", "fb", "cells"]);
        assert_eq!(sentences, Vec::<String>::new());
        let pairs = Riders::<Settings>::before(&Some(embed.clone()));
        assert_eq!(pairs, [("embed", "jacobian.gradient".to_owned()), ("controls", "gain.fb.cells".to_owned())]);
        assert!(!embed.compares() && Embed::read::<Settings>("compare", "").0.compares());
    }

    #[test]
    fn unknown_names_are_sentences_that_say_which_there_are() {
        let (embed, sentences) = Embed::read::<Settings>("gradients,river", "g<b>ain");
        assert_eq!(embed.panels, ["river"]);
        assert!(sentences[0].contains("panel “gradients”") && sentences[0].contains("verdict, compare, river, gradient"));
        assert!(sentences[1].contains("control “g<b>ain”") && sentences[1].contains("gain, "));
        assert_eq!(keys::<Settings>().iter().filter(|key| **key == "cells").count(), 1);
    }

    #[test]
    fn every_lab_has_its_own_names() {
        let (embed, sentences) = Embed::read::<TrainSettings>("cliff,river", "lr,lines");
        assert_eq!((embed.panels, embed.controls), (vec!["cliff"], vec!["lr"]));
        assert_eq!(sentences.len(), 2);
    }
}
