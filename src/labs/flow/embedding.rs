//! The page inside another page: which panels and controls it shows. Pure.

use super::settings::Settings;
use crate::form::keys;

/// The panels of the Flow lab that an embed can name. They are those of its list that can be embedded, and a test there holds to it: workers
/// read links too, and must not carry the views that the list names.
pub const PANELS: [&str; 11] =
    ["verdict", "compare", "river", "gradient", "jacobian", "gates", "weights", "spectrum", "contribution", "phase", "report"];

/// An embed, with names in the order of the link, each once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embed {
    /// Panels by name.
    pub panels: Vec<&'static str>,
    /// URL keys of settings.
    pub controls: Vec<&'static str>,
}

impl Embed {
    /// Reads the values of `embed` and `controls`, and says in sentences which names there are not.
    pub fn read(panels: &str, controls: &str) -> (Self, Vec<String>) {
        let (mut embed, mut sentences) = (Self::default(), Vec::new());
        for word in words(panels) {
            match PANELS.into_iter().find(|panel| *panel == word) {
                Some(panel) if embed.panels.contains(&panel) => {}
                Some(panel) => embed.panels.push(panel),
                None => sentences.push(unknown("panel", "embed", word, &PANELS)),
            }
        }
        for word in words(controls) {
            match keys::<Settings>().into_iter().find(|key| *key == word) {
                Some(key) if embed.controls.contains(&key) => {}
                Some(key) => embed.controls.push(key),
                None => sentences.push(unknown("control", "controls", word, &keys::<Settings>())),
            }
        }
        (embed, sentences)
    }

    /// The values of `embed` and `controls`.
    pub fn words(&self) -> (String, String) {
        (self.panels.join("."), self.controls.join("."))
    }

    /// Whether a state can be pinned: only where it can also be removed again.
    pub fn compares(&self) -> bool {
        self.panels.contains(&"compare")
    }
}

fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', '.', ' ']).filter(|word| !word.is_empty())
}

fn unknown(what: &str, key: &str, word: &str, known: &[&str]) -> String {
    let word: String = word.chars().take(40).collect();
    format!("There is no {what} “{word}” to embed ({key}={word}); there are {}.", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_their_order_and_once() {
        let (embed, sentences) = Embed::read("jacobian,gradient.jacobian", "gain fb,gain,cells");
        assert_eq!(embed.panels, ["jacobian", "gradient"]);
        assert_eq!(embed.controls, ["gain", "fb", "cells"]);
        assert_eq!(sentences, Vec::<String>::new());
        let (panels, controls) = embed.words();
        assert_eq!((panels.as_str(), controls.as_str()), ("jacobian.gradient", "gain.fb.cells"));
        assert_eq!(Embed::read(&panels, &controls).0, embed);
        assert!(!embed.compares() && Embed::read("compare", "").0.compares());
    }

    #[test]
    fn unknown_names_are_sentences_that_say_which_there_are() {
        let (embed, sentences) = Embed::read("gradients,river", "g<b>ain");
        assert_eq!(embed.panels, ["river"]);
        assert!(sentences[0].contains("panel “gradients”") && sentences[0].contains("verdict, compare, river, gradient"));
        assert!(sentences[1].contains("control “g<b>ain”") && sentences[1].contains("gain, "));
        assert_eq!(keys::<Settings>().iter().filter(|key| **key == "cells").count(), 1);
    }
}
