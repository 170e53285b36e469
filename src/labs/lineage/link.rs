//! How the Lineage lab's settings are a form: their rows, and the view, which a link names without a row. Pure.

use super::rows::ROWS;
use super::settings::{LineageSettings, View, VIEWS};
use crate::form::link::{refusal, shorten};
use crate::form::{Embed, Embeds, Form, Notice, Row};

/// The key of the view.
const VIEW: &str = "view";

impl Embeds for LineageSettings {
    const PANELS: &'static [&'static str] = &[
        "reach",
        "matrix",
        "cost",
        "passes",
        "sees",
        "generate",
        "split",
        "alignment",
        "gradients",
        "openness",
        "depth",
        "streams",
        "heads",
        "place",
        "past",
        "ends",
        "poles",
        "kernel",
        "hold",
        "opens",
        "kept",
        "tree",
        "effort",
        "curse",
        "parity",
    ];
}

impl Form for LineageSettings {
    type Riders = Option<Embed>;

    fn rows() -> &'static [Row<Self>] {
        ROWS
    }

    fn normalise(&mut self) {
        // The method of the settings themselves.
        LineageSettings::normalise(self);
    }

    fn reconcile(&mut self) -> Vec<Notice> {
        let (back, last) = (self.back, self.steps - 1);
        self.normalise();
        let moved = (back > last).then(|| {
            Notice::warning(format!(
                "The link's loss (back={back}) lies before the first of {} steps; accepted are whole numbers from 0 to {last}. {last} is shown.",
                self.steps
            ))
        });
        moved.into_iter().collect()
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let named = VIEWS.iter().filter(|(view, ..)| *view == self.view && self.view != View::Reach);
        named.map(|(_, word, _)| (VIEW, (*word).to_owned())).collect()
    }

    fn read_pair(&mut self, key: &str, value: &str) -> Option<Result<(), Notice>> {
        if key != VIEW {
            return None;
        }
        let words = || VIEWS.map(|(_, word, _)| word).join(", ");
        Some(match VIEWS.iter().find(|(_, word, _)| *word == value) {
            Some((view, ..)) => {
                self.view = *view;
                Ok(())
            }
            None => Err(refusal("View", VIEW, &shorten(value), &words())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::link::{decode, encode, Link};
    use crate::labs::lineage::models::COUNT;
    use crate::labs::lineage::settings::FIRST;

    #[test]
    fn every_view_has_an_address_and_an_unknown_one_is_said() {
        for (view, word, _) in VIEWS {
            let link = Link::of(LineageSettings { view, ..LineageSettings::default() });
            let query = encode(&link);
            assert_eq!(query, if view == View::Reach { String::new() } else { format!("view={word}") });
            assert_eq!(decode(&query, LineageSettings::default()), (link, vec![]));
        }
        let (link, notices) = decode("view=transformers", LineageSettings::default());
        assert_eq!(link.settings, LineageSettings::default());
        assert!(notices[0].text.contains("view=transformers") && notices[0].text.contains("bidirectional"), "{}", notices[0].text);
    }

    #[test]
    fn a_loss_before_the_first_step_is_moved_and_said() {
        let (link, notices) = decode("T=10&back=50", LineageSettings::default());
        assert_eq!((link.settings.back, link.settings.loss_step()), (9, 0));
        assert!(notices[0].text.contains("(back=50)") && notices[0].text.contains("from 0 to 9"), "{}", notices[0].text);
    }

    #[test]
    fn at_least_one_model_is_shown() {
        let mut settings = LineageSettings { models: [false; COUNT], ..LineageSettings::default() };
        settings.normalise();
        assert_eq!(settings.shown().count(), FIRST.len());
    }
}
