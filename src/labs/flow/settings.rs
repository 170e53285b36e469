//! Everything a user can set in the Flow lab: one plain value, no framework in it.

use std::sync::Arc;

use unroll_engine::experiment::range;
use unroll_engine::order;
use unroll_engine::signal::{Table, SUNSPOTS};
use unroll_engine::verdict::Limits;
use unroll_engine::{Activation, Cell, Cotangent, Experiment, Given, Initialiser, Input, LossSite};

use super::nets::{Net, Nets};
use crate::form::vocabulary::CELLS;

/// Opening of Jane Austen's *Pride and Prejudice* (1813), in the public domain.
const DEFAULT_TEXT: &str =
    "It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in want of a wife.";

/// Which input signal is chosen; the text and the numbers themselves are kept beside it, so that switching loses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    Noise,
    Constant,
    Impulse,
    Sine,
    Square,
    Sunspots,
    Text,
    Numbers,
}

/// Where the loss reads h (the chosen step is [`Settings::loss_step`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossKind {
    LastStep,
    EveryStep,
    ChosenStep,
}

/// Which norms the gradient chart draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradientView {
    /// What is left of the loss's gradient, of every shown cell.
    Left,
    /// ‖∂s_T/∂s_k‖ of every shown cell.
    Product,
    /// ‖∂L/∂h_k‖.
    Hidden,
    /// ‖∂L/∂c_k‖ of the LSTM.
    Cell,
    /// All of them, and the LSTM's direct path.
    All,
}

/// What the gradient chart shows behind what was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceLines {
    /// What theory says, and where number formats end.
    Both,
    Theory,
    Floors,
    Neither,
}

impl ReferenceLines {
    pub fn theory(self) -> bool {
        matches!(self, Self::Both | Self::Theory)
    }

    pub fn floors(self) -> bool {
        matches!(self, Self::Both | Self::Floors)
    }
}

/// The state of the Flow lab that a link carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub show_rnn: bool,
    pub show_lstm: bool,
    pub show_gru: bool,
    /// The cell that heatmaps and planes show; always one of the shown ones.
    pub focus: Cell,
    pub hidden_size: usize,
    pub input_size: usize,
    pub seq_len: usize,
    pub activation: Activation,
    pub initialiser: Initialiser,
    pub gain: f64,
    pub forget_bias: f64,
    pub input_gate_bias: f64,
    pub update_bias: f64,
    pub seed: u32,
    pub input: InputKind,
    pub input_scale: f64,
    pub period: f64,
    pub text: String,
    /// Not in the URL: too large. `None` until the user brings some.
    pub numbers: Option<Table>,
    /// Standard deviation of h₀ and c₀ (0–10); 0 is a start at rest.
    pub initial_scale: f64,
    pub loss: LossKind,
    pub loss_step: usize,
    pub cotangent: Cotangent,
    /// The share of a gradient below which it counts as gone, for the horizon (0.0001–0.5).
    pub horizon_level: f64,
    /// Below this share a gradient has vanished (0.000001–0.5); never above `keeps` once normalised.
    pub vanishes: f64,
    /// From this share on a gradient keeps its size (0.01–0.95).
    pub keeps: f64,
    pub gradient_view: GradientView,
    pub reference_lines: ReferenceLines,
    /// In the URL by name only ([`super::nets`]).
    pub nets: Nets,
}

/// What an empty address shows: the gates are open enough that the three cells differ at a glance. On the sunspots, of the loss's gradient
/// 40 steps back, the RNN has a ten-thousandth of a millionth left, the GRU some two percent and the LSTM nearly half
/// (`tests/presets.rs`).
impl Default for Settings {
    fn default() -> Self {
        Self { seq_len: 40, forget_bias: 4.0, update_bias: 2.0, gradient_view: GradientView::Left, ..Self::schema_1() }
    }
}

impl Settings {
    /// What links without a schema are over: PyTorch's weights, and the forget bias 1 of Jozefowicz et al. (2015).
    pub fn schema_1() -> Self {
        Self {
            show_rnn: true,
            show_lstm: true,
            show_gru: true,
            focus: Cell::Lstm,
            hidden_size: 16,
            input_size: 1,
            seq_len: 64,
            activation: Activation::Tanh,
            initialiser: Initialiser::PytorchUniform,
            gain: 1.0,
            forget_bias: 1.0,
            input_gate_bias: 0.0,
            update_bias: 0.0,
            seed: 7,
            input: InputKind::Sunspots,
            input_scale: 1.0,
            period: 16.0,
            text: DEFAULT_TEXT.to_owned(),
            numbers: None,
            initial_scale: 0.0,
            loss: LossKind::LastStep,
            loss_step: 64,
            cotangent: Cotangent::Random,
            horizon_level: 0.01,
            vanishes: Limits::default().vanishes,
            keeps: Limits::default().keeps,
            gradient_view: GradientView::Product,
            reference_lines: ReferenceLines::Both,
            nets: Nets::default(),
        }
    }

    /// Whether this cell is drawn.
    pub fn shows(&self, cell: Cell) -> bool {
        match cell {
            Cell::Rnn => self.show_rnn,
            Cell::Lstm => self.show_lstm,
            Cell::Gru => self.show_gru,
        }
    }

    /// Draws this cell or not.
    pub fn show(&mut self, cell: Cell, shown: bool) {
        match cell {
            Cell::Rnn => self.show_rnn = shown,
            Cell::Lstm => self.show_lstm = shown,
            Cell::Gru => self.show_gru = shown,
        }
    }

    /// The cells that are drawn, in the order of [`CELLS`]; never empty once normalised.
    pub fn shown_cells(&self) -> impl Iterator<Item = Cell> + '_ {
        CELLS.into_iter().filter(|&cell| self.shows(cell))
    }

    /// T as it is used: the chosen number of steps, or as many as the input has.
    pub fn effective_seq_len(&self) -> usize {
        self.seq_len.min(self.available_steps())
    }

    /// How many steps the chosen input could fill.
    pub fn available_steps(&self) -> usize {
        match self.input {
            InputKind::Sunspots => SUNSPOTS.values.len(),
            InputKind::Text => self.text.chars().count(),
            InputKind::Numbers => self.numbers.as_ref().map_or(0, |table| table.values.len() / table.columns.len().max(1)),
            _ => usize::MAX,
        }
    }

    /// d as it is used: text, sunspots and numbers bring their own.
    pub fn effective_input_size(&self) -> usize {
        match self.input {
            InputKind::Sunspots => 1,
            InputKind::Text => self.alphabet().len(),
            InputKind::Numbers => self.numbers.as_ref().map_or(1, |table| table.columns.len()),
            _ => self.input_size,
        }
    }

    /// The distinct characters of the text, sorted by code point: the components of its one-hot code.
    pub fn alphabet(&self) -> Vec<char> {
        let mut characters: Vec<char> = self.text.chars().collect();
        order::by(&mut characters, |a, b| a < b);
        characters.dedup();
        characters
    }

    /// The step at which a loss at a chosen step reads h. A drag that shortens the sequence and lengthens it again must not
    /// forget the step, so the setting itself is only cut when the drag is over ([`Settings::normalise`]).
    pub fn effective_loss_step(&self) -> usize {
        self.loss_step.min(self.effective_seq_len()).max(1)
    }

    /// What the engine is asked for one cell.
    pub fn experiment(&self, cell: Cell) -> Experiment {
        Experiment {
            cell,
            hidden_size: self.hidden_size,
            input_size: self.input_size,
            seq_len: self.seq_len,
            activation: self.activation,
            initialiser: self.initialiser,
            gain: self.gain,
            forget_bias: self.forget_bias,
            input_gate_bias: self.input_gate_bias,
            update_bias: self.update_bias,
            seed: self.seed,
            input: self.engine_input(),
            input_scale: self.input_scale,
            period: self.period,
            initial_scale: self.initial_scale,
            loss_site: match self.loss {
                LossKind::LastStep => LossSite::LastStep,
                LossKind::EveryStep => LossSite::EveryStep,
                LossKind::ChosenStep => LossSite::Step(self.effective_loss_step()),
            },
            cotangent: self.cotangent,
            given: self.nets.of(cell).given.clone(),
            edits: self.nets.of(cell).edits.clone(),
        }
    }

    /// Where the words for what is left begin.
    pub fn limits(&self) -> Limits {
        Limits { vanishes: self.vanishes.min(self.keeps), keeps: self.keeps }
    }

    /// The net that was brought for a cell.
    pub fn given(&self, cell: Cell) -> Option<&Arc<Given>> {
        self.nets.of(cell).given.as_ref()
    }

    /// Whether every shown cell has a net that was brought: what draws nets has no effect then.
    pub fn all_given(&self) -> bool {
        self.shown_cells().all(|cell| self.given(cell).is_some())
    }

    /// Numbers per step that the chosen input has of itself; `None` where it takes what it is asked for.
    pub fn own_input_size(&self) -> Option<usize> {
        let own = matches!(self.input, InputKind::Sunspots | InputKind::Text | InputKind::Numbers);
        own.then(|| self.effective_input_size())
    }

    /// The first shown cell whose net reads another number of numbers per step than the chosen input has: the cell, what it reads, what
    /// there is.
    pub fn unreadable_input(&self) -> Option<(Cell, usize, usize)> {
        let has = self.own_input_size()?;
        let reads = |cell| self.given(cell).map(|given| given.stack().input_size());
        self.shown_cells().find_map(|cell| reads(cell).filter(|reads| *reads != has).map(|reads| (cell, reads, has)))
    }

    /// Puts a net that was brought in a cell's place, alone on the page and as it is: gain 1, nothing added to its biases. An input that it
    /// cannot read gives way to noise; whether it had to.
    pub fn bring(&mut self, cell: Cell, net: Net) -> bool {
        let (n, activation) = net
            .given
            .as_ref()
            .map_or((self.hidden_size, self.activation), |given| (given.weights().hidden_size, given.weights().activation));
        self.nets.set(cell, net);
        for other in CELLS {
            self.show(other, other == cell);
        }
        self.focus = cell;
        self.gain = 1.0;
        if range::HIDDEN_SIZE.contains(&n) {
            self.hidden_size = n;
        }
        match cell {
            Cell::Rnn => self.activation = activation,
            Cell::Lstm => (self.forget_bias, self.input_gate_bias) = (0.0, 0.0),
            Cell::Gru => self.update_bias = 0.0,
        }
        let unreadable = self.unreadable_input().is_some();
        if unreadable {
            self.input = InputKind::Noise;
        }
        self.normalise();
        unreadable
    }

    fn engine_input(&self) -> Input {
        match self.input {
            InputKind::Noise => Input::Noise,
            InputKind::Constant => Input::Constant,
            InputKind::Impulse => Input::Impulse,
            InputKind::Sine => Input::Sine,
            InputKind::Square => Input::Square,
            InputKind::Sunspots => Input::Sunspots,
            InputKind::Text => Input::Text(self.text.clone()),
            // Normalised settings have numbers whenever they are the input.
            InputKind::Numbers => self.numbers.clone().map_or(Input::Sunspots, Input::Numbers),
        }
    }

    /// Makes settings agree with each other: at least one cell is shown, the focus is a shown one, an input has its data, and the loss
    /// is read within the sequence.
    pub fn normalise(&mut self) {
        if self.shown_cells().next().is_none() {
            self.show(self.focus, true);
        }
        if !self.shows(self.focus) {
            let first = self.shown_cells().next();
            self.focus = first.unwrap_or(self.focus);
        }
        if self.input == InputKind::Numbers && self.numbers.is_none() {
            self.input = Self::default().input;
        }
        if self.text.is_empty() {
            self.text = Self::default().text;
        }
        // A drag of the upper limit below the lower one must not lose the lower one before it is over.
        self.vanishes = self.vanishes.min(self.keeps);
        if self.loss == LossKind::ChosenStep {
            self.loss_step = self.effective_loss_step();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_already_normal() {
        let mut settings = Settings::default();
        settings.normalise();
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn the_default_is_an_experiment_that_the_engine_accepts() {
        for cell in CELLS {
            assert_eq!(Settings::default().experiment(cell).validate(), Ok(()));
        }
        assert_eq!(Settings::schema_1().experiment(Cell::Lstm), Experiment::default());
    }

    #[test]
    fn hiding_the_cell_in_focus_moves_the_focus_to_a_shown_one() {
        let mut settings = Settings { show_lstm: false, show_rnn: false, ..Settings::default() };
        settings.normalise();
        assert_eq!(settings.focus, Cell::Gru);
    }

    #[test]
    fn hiding_the_last_cell_keeps_it() {
        let mut settings = Settings { show_rnn: false, show_lstm: false, show_gru: false, ..Settings::default() };
        settings.normalise();
        assert_eq!(settings.shown_cells().collect::<Vec<_>>(), [Cell::Lstm]);
    }

    #[test]
    fn a_text_shortens_the_sequence_and_sets_the_inputs() {
        let settings = Settings { input: InputKind::Text, text: "abba".into(), ..Settings::default() };
        let experiment = settings.experiment(Cell::Gru);
        assert_eq!(experiment.effective_seq_len(), 4);
        assert_eq!(experiment.effective_input_size(), 2);
        assert_eq!((settings.effective_seq_len(), settings.effective_input_size()), (4, 2));
        assert_eq!(experiment.input, Input::Text("abba".into()));
    }

    #[test]
    fn a_loss_step_beyond_the_sequence_is_read_at_its_end_and_cut_only_when_normalised() {
        let mut settings = Settings { loss: LossKind::ChosenStep, seq_len: 10, ..Settings::default() };
        assert_eq!(settings.experiment(Cell::Rnn).loss_site, LossSite::Step(10));
        assert_eq!(settings.loss_step, 64);
        settings.normalise();
        assert_eq!(settings.loss_step, 10);
    }

    #[test]
    fn numbers_that_never_came_are_not_an_input() {
        let mut settings = Settings { input: InputKind::Numbers, ..Settings::default() };
        settings.normalise();
        assert_eq!(settings.input, InputKind::Sunspots);
    }
}
