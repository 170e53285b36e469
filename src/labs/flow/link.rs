//! Flow's form, and what rides along in its links: the time cursor, the pinned state, what an embedded page shows. Pure.

use unroll_engine::Cell;

use super::nets;
use super::pin::{Pin, NAME_CHARACTERS, UNNAMED};
use super::rows::{FOCUS, SETTINGS};
use super::settings::{InputKind, LossKind, Settings};
use crate::form::link::{self, decode_settings, encode_settings, pairs, refusal, shorten};
use crate::form::vocabulary::CELLS;
use crate::form::{row, Embed, Embeds, Form, Notice, Riders, Row};

/// The key of the pinned time.
pub const PINNED_KEY: &str = "t";
/// The key of the state to compare with; its value is the query of that state's own link.
const PIN_KEY: &str = "pin";
const PIN_NAME_KEY: &str = "pin_name";

/// A link of the Flow lab.
pub type Link = link::Link<Settings>;

/// What rides along.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlowRiders {
    /// The state k = 0…T at which the time cursor is pinned.
    pub pinned: Option<usize>,
    /// What the settings are compared with.
    pub pin: Option<Pin>,
    /// What is shown of the page, where it is inside another.
    pub embed: Option<Embed>,
}

impl Form for Settings {
    type Riders = FlowRiders;

    fn rows() -> &'static [Row<Self>] {
        SETTINGS
    }

    fn normalise(&mut self) {
        // The method of the settings themselves.
        Settings::normalise(self);
    }

    fn reconcile(&mut self) -> Vec<Notice> {
        let mut notices = Vec::new();
        if self.input == InputKind::Numbers && self.numbers.is_none() {
            notices.push(Notice::warning(
                "This link was made with pasted numbers (in=numbers), and links do not carry those. The sunspot series is shown instead; \
                 paste the numbers again to see the rest.",
            ));
        }
        if let Some((_, reads, has)) = self.unreadable_input() {
            notices.push(Notice::warning(format!(
                "The link's net reads {reads} numbers per step and its input has {has}; noise of {reads} is shown instead."
            )));
            self.input = InputKind::Noise;
        }
        // A link that hides the default focus without naming another has done nothing wrong.
        let named = self.focus != Self::default().focus;
        if let Some(row) = row::<Self>(FOCUS).filter(|_| named && self.shown_cells().next().is_some() && !self.shows(self.focus)) {
            notices.push(refusal(row.name, FOCUS, &link::value(row, self), "shown cells"));
        }
        let asked = self.loss_step;
        self.normalise();
        let steps = self.effective_seq_len();
        if self.loss == LossKind::ChosenStep && asked > steps && asked != Self::default().loss_step {
            notices.push(Notice::warning(format!(
                "The link's loss step (at={asked}) is beyond the sequence, which has {steps} steps; the loss is read at its end."
            )));
        }
        notices
    }

    fn unlinked(&self) -> Self {
        Self { numbers: self.numbers.clone(), ..Self::default() }
    }

    fn with_brought(self, current: &Self) -> Self {
        Self { text: current.text.clone(), numbers: current.numbers.clone(), ..self }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        self.nets.changed().filter_map(|(cell, net)| Some((net_key(cell), nets::remember(cell, net)?))).collect()
    }

    fn read_pair(&mut self, key: &str, value: &str) -> Option<Result<(), Notice>> {
        let cell = CELLS.into_iter().find(|cell| key == net_key(*cell))?;
        let net = nets::recall(value).filter(|(of, _)| *of == cell);
        Some(net.map(|(_, net)| self.nets.set(cell, net)).ok_or_else(|| {
            Notice::warning(format!(
                "The link names a net ({key}={}) that is neither in the link nor in this browser; a net drawn from the seed is shown \
                 instead. Open its file again, or ask for a link that carries it.",
                shorten(value)
            ))
        }))
    }
}

impl Embeds for Settings {
    const PANELS: &'static [&'static str] = &[
        "verdict",
        "compare",
        "river",
        "gradient",
        "jacobian",
        "gates",
        "weights",
        "spectrum",
        "contribution",
        "lyapunov",
        "phase",
        "report",
    ];
}

impl Riders<Settings> for FlowRiders {
    const KEYS: &'static [&'static str] = &[PINNED_KEY, PIN_KEY, PIN_NAME_KEY, "embed", "controls"];

    fn before(&self) -> Vec<(&'static str, String)> {
        Riders::<Settings>::before(&self.embed)
    }

    fn behind(&self) -> Vec<(&'static str, String)> {
        let cursor = self.pinned.map(|pinned| (PINNED_KEY, pinned.to_string()));
        let pin = self.pin.as_ref().map(|pin| (PIN_KEY, encode_settings(&pin.settings)));
        let name = self.pin.as_ref().filter(|pin| pin.name != UNNAMED).map(|pin| (PIN_NAME_KEY, pin.name.clone()));
        cursor.into_iter().chain(pin).chain(name).collect()
    }

    fn read(pairs: &[(String, String)], settings: &Settings, notices: &mut Vec<Notice>) -> Self {
        // Of a key that is there twice, the last one counts.
        let last = |wanted: &str| pairs.iter().rev().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
        let steps = settings.effective_seq_len();
        let pinned = last(PINNED_KEY).and_then(|value| {
            let pinned = value.parse().ok().filter(|pinned| *pinned <= steps);
            if pinned.is_none() {
                notices.push(refusal("time cursor", PINNED_KEY, value, &format!("whole numbers from 0 to {steps}")));
            }
            pinned
        });
        let name = last(PIN_NAME_KEY).map_or_else(
            || UNNAMED.to_owned(),
            |value| {
                let name = Pin::name_of(value);
                if name != value {
                    notices.push(Notice::warning(format!(
                        "The link's name of the pinned state (pin_name={}) was changed: accepted are 1 to {NAME_CHARACTERS} characters.",
                        shorten(value)
                    )));
                }
                name
            },
        );
        let pin = last(PIN_KEY).map(|query| {
            let (of_pin, refused) = decode_settings(query, settings.unlinked());
            notices.extend(refused.into_iter().map(|notice| Notice { text: format!("In the pinned state: {}", notice.text), ..notice }));
            if of_pin.input == InputKind::Numbers && settings.input == InputKind::Numbers {
                notices.push(Notice::info("A link carries one set of numbers, so the pinned state reads the same ones as the live state."));
            }
            Pin { name, settings: of_pin }
        });
        let embed = <Option<Embed> as Riders<Settings>>::read(pairs, settings, notices);
        Self { pinned, pin, embed }
    }
}

/// The key under which a link names a cell's net.
fn net_key(cell: Cell) -> &'static str {
    match cell {
        Cell::Rnn => "rnn_net",
        Cell::Lstm => "lstm_net",
        Cell::Gru => "gru_net",
    }
}

/// The names of the nets that a query asks for, for the pinned state too.
pub fn net_names(query: &str) -> Vec<String> {
    let of = |query: &str| -> Vec<String> {
        let named = |key: &str| CELLS.into_iter().any(|cell| net_key(cell) == key);
        pairs(query).filter(|(key, _)| named(key)).map(|(_, value)| value).collect()
    };
    let pinned = pairs(query).filter(|(key, _)| key == PIN_KEY).flat_map(|(_, pin)| of(&pin));
    of(query).into_iter().chain(pinned).collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[path = "link_tests.rs"]
mod tests;
