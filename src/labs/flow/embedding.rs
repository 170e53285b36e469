//! The page inside another page: which panels and controls it shows. Pure.

use super::settings::Settings;
use crate::form::keys;

/// The panels of the Flow lab, as an embed names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    Verdict,
    Compare,
    River,
    Gradient,
    Jacobian,
    Gates,
    Spectrum,
    Contribution,
    Phase,
}

impl Panel {
    const ALL: [(&'static str, Self); 9] = [
        ("verdict", Self::Verdict),
        ("compare", Self::Compare),
        ("river", Self::River),
        ("gradient", Self::Gradient),
        ("jacobian", Self::Jacobian),
        ("gates", Self::Gates),
        ("spectrum", Self::Spectrum),
        ("contribution", Self::Contribution),
        ("phase", Self::Phase),
    ];

    fn word(self) -> &'static str {
        Self::ALL[self as usize].0
    }
}

/// What is shown where nothing is named.
const DEFAULT: [Panel; 3] = [Panel::Verdict, Panel::River, Panel::Gradient];

/// An embed, with names in the order of the link, each once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embed {
    named: Vec<Panel>,
    /// URL keys of settings.
    pub controls: Vec<&'static str>,
}

impl Embed {
    /// Reads the values of `embed` and `controls`, and says in sentences which names there are not.
    pub fn read(panels: &str, controls: &str) -> (Self, Vec<String>) {
        let (mut embed, mut sentences) = (Self::default(), Vec::new());
        for word in words(panels) {
            match Panel::ALL.iter().find(|(name, _)| *name == word) {
                Some((_, panel)) if embed.named.contains(panel) => {}
                Some((_, panel)) => embed.named.push(*panel),
                None => sentences.push(unknown("panel", "embed", word, &Panel::ALL.map(|(name, _)| name))),
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
        let panels: Vec<_> = self.named.iter().map(|panel| panel.word()).collect();
        (panels.join("."), self.controls.join("."))
    }

    /// The panels to show, in order.
    pub fn panels(&self) -> &[Panel] {
        if self.named.is_empty() {
            &DEFAULT
        } else {
            &self.named
        }
    }

    /// Whether a state can be pinned: only where it can also be removed again.
    pub fn compares(&self) -> bool {
        self.panels().contains(&Panel::Compare)
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
        assert_eq!(embed.panels(), [Panel::Jacobian, Panel::Gradient]);
        assert_eq!(embed.controls, ["gain", "fb", "cells"]);
        assert_eq!(sentences, Vec::<String>::new());
        let (panels, controls) = embed.words();
        assert_eq!((panels.as_str(), controls.as_str()), ("jacobian.gradient", "gain.fb.cells"));
        assert_eq!(Embed::read(&panels, &controls).0, embed);
        assert!(!embed.compares());
    }

    #[test]
    fn nothing_named_is_the_default() {
        let (embed, sentences) = Embed::read("", "");
        assert_eq!((embed.panels(), sentences.len()), (&DEFAULT[..], 0));
    }

    #[test]
    fn unknown_names_are_sentences_that_say_which_there_are() {
        let (embed, sentences) = Embed::read("gradients,river", "g<b>ain");
        assert_eq!(embed.panels(), [Panel::River]);
        assert!(sentences[0].contains("panel “gradients”") && sentences[0].contains("verdict, compare, river, gradient"));
        assert!(sentences[1].contains("control “g<b>ain”") && sentences[1].contains("gain, "));
        assert_eq!(keys::<Settings>().iter().filter(|key| **key == "cells").count(), 1);
    }

    #[test]
    fn every_panel_has_its_word() {
        for (index, (_, panel)) in Panel::ALL.iter().enumerate() {
            assert_eq!(*panel as usize, index);
        }
    }
}
