//! Train's form: what its links are read and written by. Pure.

use super::rows::{FOCUS, ROWS};
use super::settings::TrainSettings;
use crate::form::link::{refusal, value};
use crate::form::{row, Embed, Embeds, Form, Notice, Row};

impl Embeds for TrainSettings {
    const PANELS: &'static [&'static str] = &["run", "runs", "loss", "gradient", "waterfall", "lags", "spectrum", "gates", "cut", "cliff"];
}

impl Form for TrainSettings {
    type Riders = Option<Embed>;

    fn rows() -> &'static [Row<Self>] {
        ROWS
    }

    fn normalise(&mut self) {
        // The method of the settings themselves.
        TrainSettings::normalise(self);
    }

    fn reconcile(&mut self) -> Vec<Notice> {
        let (focus, longest, default) = (self.focus, self.longest_period, Self::default());
        let named = row::<Self>(FOCUS).map(|row| refusal(row.name, FOCUS, &value(row, self), "cells that train"));
        self.normalise();
        // What a link leaves at its default has done nothing wrong.
        let focus = named.filter(|_| focus != self.focus && focus != default.focus);
        let raised = longest != self.longest_period && longest != default.longest_period;
        let longest = raised.then(|| {
            Notice::warning(format!(
                "The link's longest period (to={longest}) is below the shortest; accepted are numbers from {0}. {0} is shown.",
                self.shortest_period
            ))
        });
        focus.into_iter().chain(longest).collect()
    }

    fn with_brought(self, current: &Self) -> Self {
        Self { text: current.text.clone(), speed: current.speed, ..self }
    }
}
