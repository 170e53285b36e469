//! What decides the Lineage lab's numbers.

use unroll_engine::Input;

use super::models::{place_of, COUNT};

/// A view of the lab: an address of its own, with panels of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    Reach,
    Bidirectional,
    Attention,
    Transformer,
    Memory,
    Spectrum,
    Selective,
    Scan,
    Limits,
}

/// Every view, in the order of the page, with its word in a link and its name.
pub const VIEWS: [(View, &str, &str); 9] = [
    (View::Reach, "reach", "Reach"),
    (View::Bidirectional, "bidirectional", "Bidirectional"),
    (View::Attention, "attention", "Attention"),
    (View::Transformer, "transformer", "Transformer"),
    (View::Memory, "memory", "Memory"),
    (View::Spectrum, "spectrum", "Spectrum"),
    (View::Selective, "selective", "Selective"),
    (View::Scan, "scan", "Scan"),
    (View::Limits, "limits", "Limits"),
];

/// How sizes of different models are made comparable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// Every model has n units.
    Units,
    /// As many parameters as an LSTM of n units.
    Parameters,
    /// As many numbers of state as an LSTM of n units.
    State,
}

/// How the source is attended to in the attention view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attends {
    None,
    Bahdanau,
    Dot,
    General,
    Concat,
}

/// Where a transformer's norms stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norms {
    Post,
    Pre,
    Off,
}

/// What is fed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fed {
    Noise,
    Constant,
    Impulse,
    Sine,
}

impl Fed {
    /// As the engine has it.
    pub fn input(self) -> Input {
        match self {
            Self::Noise => Input::Noise,
            Self::Constant => Input::Constant,
            Self::Impulse => Input::Impulse,
            Self::Sine => Input::Sine,
        }
    }
}

/// What the memory view's net has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Tone,
    Square,
    Band,
}

/// Which path of the encoder–decoder the gradient matrix shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Total,
    Contexts,
    State,
}

/// Everything that can be set. One value is one link.
#[derive(Clone, Debug, PartialEq)]
pub struct LineageSettings {
    pub view: View,
    /// Which of [`super::models::MODELS`] are shown.
    pub models: [bool; COUNT],
    pub matched: Match,
    /// Relative to the value at lag 0, or as it is.
    pub relative: bool,
    /// T.
    pub steps: usize,
    /// d.
    pub input_size: usize,
    /// n.
    pub hidden_size: usize,
    /// Steps between the loss and the last step.
    pub back: usize,
    pub fed: Fed,
    /// Factor on the input.
    pub scale: f64,
    pub seed: u32,
    /// Factor on the weight matrices.
    pub gain: f64,
    /// Bias of the gates that keep the state.
    pub keep: f64,
    /// The place among the measures of the cost chart.
    pub measure: usize,
    /// The cell of the bidirectional view: its place among the cells.
    pub cell: usize,
    /// How the source is attended to.
    pub attends: Attends,
    /// Whether Luong's decoder reads its last attentional state.
    pub feeding: bool,
    /// Whether the encoder reads both ways.
    pub both_ways: bool,
    /// Factor on the matrices of the score.
    pub sharpness: f64,
    /// Steps of the target.
    pub target_len: usize,
    pub route: Route,
    /// The transformer's layers.
    pub layers: usize,
    /// Heads of each.
    pub heads: usize,
    pub norms: Norms,
    /// Whether a sub-layer's input is added to its output.
    pub residuals: bool,
    /// Whether a step knows its position.
    pub positions: bool,
    /// GELU between the two linear layers, or ReLU.
    pub gelu: bool,
    /// Weights that begin normal with variance 1/columns, or as PyTorch has them.
    pub normal: bool,
    /// The layer whose weights of attention are shown, from 1.
    pub layer: usize,
    pub signal: Signal,
    /// Cycles of the signal over the history.
    pub cycles: f64,
    /// How a step of the memory is taken: its place among the rules.
    pub rule: usize,
    /// Where the eigenvalues of the spectrum view begin: its place among the spectra.
    pub spectrum: usize,
    /// Δ of the spectrum view.
    pub delta: f64,
    /// How its steps are taken: its place among the step rules.
    pub step_rule: usize,
    /// What the selective view's model reads.
    pub text: String,
    /// The channel whose Δ is shown, from 1.
    pub channel: usize,
    /// Elements that are scanned.
    pub elements: usize,
    /// How many levels of the scan are shown.
    pub level: usize,
}

/// The words of the models that are shown at first.
pub const FIRST: [&str; 5] = ["rnn", "lstm", "attention", "mingru", "legs"];

/// The models of these words.
pub const fn only(words: &[&str]) -> [bool; COUNT] {
    let mut models = [false; COUNT];
    let mut i = 0;
    while i < words.len() {
        models[place_of(words[i])] = true;
        i += 1;
    }
    models
}

impl Default for LineageSettings {
    fn default() -> Self {
        Self {
            view: View::Reach,
            models: only(&FIRST),
            matched: Match::Units,
            relative: true,
            steps: 64,
            input_size: 1,
            hidden_size: 16,
            back: 0,
            fed: Fed::Noise,
            scale: 1.0,
            seed: 7,
            gain: 1.0,
            keep: 2.0,
            measure: 2,
            cell: 2,
            attends: Attends::General,
            feeding: false,
            both_ways: false,
            sharpness: 1.0,
            target_len: 16,
            route: Route::Total,
            layers: 4,
            heads: 2,
            norms: Norms::Post,
            residuals: true,
            positions: true,
            gelu: false,
            normal: true,
            layer: 1,
            signal: Signal::Tone,
            cycles: 4.0,
            rule: 0,
            spectrum: 0,
            delta: 0.1,
            step_rule: 0,
            text: "Selective models read the input to decide what they keep.".to_owned(),
            channel: 1,
            elements: 8,
            level: 1,
        }
    }
}

impl LineageSettings {
    /// The places of the models that are shown.
    pub fn shown(&self) -> impl Iterator<Item = usize> + '_ {
        self.models.iter().enumerate().filter(|(_, on)| **on).map(|(place, _)| place)
    }

    /// At least one model is shown, and the loss is on the sequence.
    pub fn normalise(&mut self) {
        if self.shown().next().is_none() {
            self.models = Self::default().models;
        }
        self.back = self.back.min(self.steps - 1);
        self.layer = self.layer.min(self.layers);
    }

    /// The step of the loss, counted from 0.
    pub fn loss_step(&self) -> usize {
        self.steps - 1 - self.back.min(self.steps - 1)
    }
}
