//! What a file brings: described in words, and turned into settings. [`unroll_formats::open()`] says what it is. Pure.

use std::sync::Arc;

use unroll_engine::experiment::range;
use unroll_engine::given::Start;
use unroll_engine::signal::Table;
use unroll_engine::{Activation, Cell, Cotangent, Given, Layer, LossSite, Problem, Stack};
use unroll_formats::{
    shown, ArrayFile, Candidate, FormatError, GateOrder, Missing, ModelFile, Module, Sequence, TableChoice, TableFile, TextFile,
};

use crate::labs::flow::nets::Net;
use crate::labs::flow::settings::{InputKind, LossKind, Settings};
use crate::labs::flow::words::cell_name;

/// What is accepted, as the end of a sentence.
pub const ACCEPTED: &str =
    "a .safetensors file of weights, an experiment or traces that this page saved (JSON), a sequence (CSV, .npy, .npz), or text";

/// Settings after an import, and the sentence that says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    pub settings: Settings,
    pub sentence: String,
    /// What was assumed about the input, a sentence each; what was assumed about a net is in the net.
    pub assumed: Vec<String>,
}

/// Where a sequence comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    Table(TableFile),
    Arrays(ArrayFile),
}

/// How a sequence's file is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    Table(TableChoice),
    /// The place of the array, and whether its second axis is time.
    Array(usize, bool),
}

impl Source {
    /// As its file suggests. Of an array with more columns than steps the second axis is time, unless the model reads that many columns.
    pub fn guess(&self, wanted: Option<usize>) -> Reading {
        match self {
            Self::Table(table) => Reading::Table(table.guess),
            Self::Arrays(arrays) => {
                let array = arrays.arrays.first().filter(|array| array.asks_transposition());
                let fits = |array: &unroll_formats::npy::Array| wanted.is_some_and(|wanted| array.shape.last() == Some(&wanted));
                Reading::Array(0, array.is_some_and(|array| !fits(array)))
            }
        }
    }

    /// What it is, read so.
    ///
    /// # Errors
    /// The format's sentence.
    pub fn candidate(&self, reading: Reading) -> Result<Candidate, FormatError> {
        match (self, reading) {
            (Self::Table(table), Reading::Table(choice)) => table.candidate(choice),
            (Self::Table(table), Reading::Array(..)) => table.candidate(table.guess),
            (Self::Arrays(arrays), Reading::Array(index, transposed)) => arrays.candidate(index, transposed),
            (Self::Arrays(arrays), Reading::Table(_)) => arrays.candidate(0, false),
        }
    }
}

/// Whether a file's name is one of tables, so that text in it is a mistake.
pub fn is_table_name(name: &str) -> bool {
    let name = name.to_lowercase();
    [".csv", ".tsv", ".tab"].iter().any(|ending| name.ends_with(ending))
}

/// The sentences after another, to be put behind a first one.
fn behind(sentences: &[String]) -> String {
    sentences.iter().map(|sentence| format!(" {sentence}")).collect()
}

/// What a model's file leaves open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// Its place among the file's modules.
    pub module: usize,
    /// From 0.
    pub layer: usize,
    pub reversed: bool,
    pub activation: Activation,
    /// The order of the file's gates, where it is open.
    pub gate_order: GateOrder,
    /// What is added to the forget gate's bias at run time, where the file's layout has that.
    pub forget_bias: f64,
}

impl Choice {
    /// The module's last layer, whose states are the module's output, read forward.
    pub fn of(file: &ModelFile, module: usize) -> Self {
        let of = file.modules.get(module);
        Self {
            module,
            layer: of.map_or(1, |module| module.layers).saturating_sub(1),
            reversed: false,
            activation: Activation::Tanh,
            gate_order: of.and_then(|module| module.gate_order).unwrap_or(GateOrder::Ifgo),
            forget_bias: of.and_then(|module| module.forget_bias).unwrap_or(0.0),
        }
    }
}

/// Whether the user has something to choose, or to know before the file is used.
pub fn is_ambiguous(file: &ModelFile) -> bool {
    match file.modules.as_slice() {
        [module] => module.needs_choice() || !file.refused.is_empty(),
        _ => true,
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// "LSTM, 16 units, 3 inputs, 2 layers, bidirectional, no biases".
pub fn describe(module: &Module) -> String {
    let mut parts = vec![cell_name(module.cell).to_owned(), counted(module.hidden_size, "unit"), counted(module.input_size, "input")];
    if module.layers > 1 {
        parts.push(counted(module.layers, "layer"));
    }
    if module.bidirectional {
        parts.push("bidirectional".to_owned());
    }
    if !module.has_bias {
        parts.push("no biases".to_owned());
    }
    parts.join(", ")
}

/// What a module is called on the page.
pub fn module_name(module: &Module) -> String {
    if module.prefix.is_empty() {
        cell_name(module.cell).to_owned()
    } else {
        shown(&module.prefix)
    }
}

/// "layer 2 of 3, reversed"; empty for a net that has but one.
pub fn place(layers: usize, bidirectional: bool, layer: usize, reversed: bool) -> String {
    let direction = match (bidirectional, reversed) {
        (false, _) => "",
        (true, false) => "forward",
        (true, true) => "reversed",
    };
    match (layers, direction) {
        (1, direction) => direction.to_owned(),
        (_, "") => format!("layer {} of {layers}", layer + 1),
        _ => format!("layer {} of {layers}, {direction}", layer + 1),
    }
}

/// [`place`] of a net that was brought.
pub fn place_of(given: &Given) -> String {
    let layers = given.stack().layers();
    place(layers.len(), layers.iter().any(|layer| layer.reverse.is_some()), given.layer(), given.reversed())
}

/// Every layer and direction of a net that was brought.
pub fn places(given: &Given) -> Vec<(usize, bool)> {
    let both = |(index, layer): (usize, &Layer)| std::iter::once((index, false)).chain(layer.reverse.is_some().then_some((index, true)));
    given.stack().layers().iter().enumerate().flat_map(both).collect()
}

/// A cell with a net in its place, checked as the engine will.
fn bring(mut settings: Settings, cell: Cell, net: Net) -> Result<(Settings, String), String> {
    let has = settings.own_input_size();
    let reads = net.given.as_ref().map_or(1, |given| given.stack().input_size());
    let unreadable = settings.bring(cell, net);
    settings.experiment(cell).validate().map_err(|error| error.to_string())?;
    let note = match has {
        Some(has) if unreadable => {
            format!(" It reads {} per step and the input had {has}; noise is its input now.", counted(reads, "number"))
        }
        _ => String::new(),
    };
    Ok((settings, note))
}

/// Settings with one layer of a file's model.
///
/// # Errors
/// The format's or the engine's sentence.
pub fn with_model(settings: &Settings, name: &str, file: &ModelFile, choice: Choice) -> Result<Imported, String> {
    let module = file.modules.get(choice.module).ok_or("The file has no such module; one of those it lists is accepted.")?;
    let module = &module.read_as(choice.gate_order, choice.forget_bias);
    let stack = module.stack(choice.activation).map_err(|error| error.to_string())?;
    let given = Given::new(Arc::new(stack), choice.layer, choice.reversed).map_err(|error| error.to_string())?;
    let net_name = if module.prefix.is_empty() { shown(name) } else { format!("{} of {}", shown(&module.prefix), shown(name)) };
    let net = Net { name: net_name, given: Some(Arc::new(given)), edits: None };
    let (settings, note) = bring(settings.clone(), module.cell, net)?;
    let layer = place(module.layers, module.bidirectional, choice.layer, choice.reversed);
    let layer = if layer.is_empty() { layer } else { format!("{layer}, ") };
    let sentence = format!(
        "Imported {} ({layer}{}, {}) from {}.{note}{} Undo takes it back.",
        module_name(module),
        counted(module.hidden_size, "unit"),
        counted(module.input_size, "input"),
        shown(name),
        behind(&module.assumptions())
    );
    Ok(Imported { settings, sentence, assumed: Vec::new() })
}

/// Settings that repeat an experiment of this page, to the last bit. `assumptions` stays with its net.
///
/// # Errors
/// The format's or the engine's sentence.
pub fn with_experiment(settings: &Settings, name: &str, problem: &Problem, assumptions: &[String]) -> Result<Imported, String> {
    let weights = problem.weights.clone();
    let (cell, d) = (weights.cell, weights.input_size);
    let columns = (1..=d).map(|column| format!("x_{column}")).collect();
    let sequence = Sequence::new(columns, problem.x.clone()).map_err(|error| error.to_string())?;
    let (steps, most) = (sequence.seq_len, *range::SEQ_LEN.end());
    let mut settings = settings.clone();
    settings.numbers = Some(sequence.into_table());
    (settings.input, settings.input_scale) = (InputKind::Numbers, 1.0);
    settings.seq_len = steps.min(most);
    settings.cotangent = Cotangent::Random;
    settings.loss = match problem.loss_site {
        LossSite::LastStep => LossKind::LastStep,
        LossSite::EveryStep => LossKind::EveryStep,
        LossSite::Step(step) => {
            settings.loss_step = step;
            LossKind::ChosenStep
        }
    };
    let sentence = |error: unroll_engine::given::GivenError| error.to_string();
    let (n, activation) = (weights.hidden_size, weights.activation);
    let stack = Stack::new(vec![Layer { forward: weights, reverse: None }]).map_err(sentence)?.with_notes(assumptions.to_vec());
    let start = Start { h0: problem.h0.clone(), c0: problem.c0.clone(), cotangent: problem.cotangent.clone() };
    let given = Given::new(Arc::new(stack), 0, false).and_then(|given| given.with_start(start)).map_err(sentence)?;
    let (mut settings, note) = bring(settings, cell, Net { name: shown(name), given: Some(Arc::new(given)), edits: None })?;
    settings.activation = activation;
    let cut = if steps > most { format!(" Its first {most} of {steps} steps are used.") } else { String::new() };
    let sentence = format!(
        "Imported the experiment of {} ({}, {}, {}).{cut}{note} Undo takes it back.",
        shown(name),
        cell_name(cell),
        counted(n, "unit"),
        counted(steps, "step")
    );
    Ok(Imported { settings, sentence, assumed: Vec::new() })
}

/// Numbers per step that the nets on the page read; `None` where they take what comes.
pub fn wanted_width(settings: &Settings) -> Option<usize> {
    settings.shown_cells().find_map(|cell| settings.given(cell)).map(|given| given.stack().input_size())
}

/// Whether a sequence goes straight in: all of the file is used, and what is in it is what the nets read.
pub fn goes_in(candidate: &Candidate, wanted: Option<usize>) -> bool {
    let width = candidate.columns.len();
    !candidate.needs_choice() && wanted.map_or(width == 1, |wanted| wanted >= width)
}

/// Settings with the chosen columns of a sequence as their input.
///
/// # Errors
/// The format's or the engine's sentence, also where the number of columns is not what the model reads.
pub fn with_sequence(
    settings: &Settings,
    name: &str,
    candidate: &Candidate,
    columns: &[usize],
    missing: Missing,
    standardise: bool,
) -> Result<Imported, String> {
    let (chosen, mut sentences) = candidate.sequence(columns, missing).map_err(|error| error.to_string())?;
    if let Some(wanted) = wanted_width(settings) {
        Sequence { skipped: Vec::new(), ..chosen.clone() }.columns_for(wanted).map_err(|error| error.to_string())?;
    }
    // What the user left out by hand is known to them; a column with gaps is named.
    let gappy = candidate.columns.iter().enumerate().filter(|(index, column)| column.gaps > 0 && !columns.contains(index));
    sentences.extend(gappy.map(|(_, column)| format!("{} has gaps and is left out.", shown(&column.name))));
    let (steps, names) = (chosen.seq_len, chosen.columns.clone());
    let table = Table { standardise, ..chosen.into_table() };
    let mut settings = settings.clone();
    settings.numbers = Some(table);
    settings.input = InputKind::Numbers;
    let cut = checked(&mut settings, steps)?;
    let columns = match names.as_slice() {
        [name] => shown(name),
        names => counted(names.len(), "column"),
    };
    let sentence = format!(
        "Imported {} of {columns} from {} as the input.{cut}{} Undo takes it back.",
        counted(steps, "step"),
        shown(name),
        behind(&sentences)
    );
    Ok(Imported { settings, sentence, assumed: sentences })
}

/// The longest window of a text: as many characters as there can be steps.
pub const LONGEST_TEXT: usize = *range::SEQ_LEN.end();

/// Settings with a window of a text as their input: characters from `start`, counted from 0.
///
/// # Errors
/// The format's or the engine's sentence.
pub fn with_text(settings: &Settings, name: &str, text: &TextFile, start: usize, length: usize) -> Result<Imported, String> {
    let (window, sentences) = text.window(start, length.min(LONGEST_TEXT)).map_err(|error| error.to_string())?;
    let mut settings = settings.clone();
    let steps = window.chars().count();
    settings.text = window;
    settings.input = InputKind::Text;
    let different = settings.effective_input_size();
    if let Some((cell, reads, has)) = settings.unreadable_input() {
        return Err(format!(
            "The {} reads {} per step, and these {steps} characters have {has} different ones; a window with {reads} is accepted.",
            cell_name(cell),
            counted(reads, "number")
        ));
    }
    let cut = checked(&mut settings, steps)?;
    let sentence = format!(
        "Imported {} ({different} different) from {} as the input.{cut}{} Undo takes it back.",
        counted(steps, "character"),
        shown(name),
        behind(&sentences)
    );
    Ok(Imported { settings, sentence, assumed: sentences })
}

/// Makes settings with a new input agree with each other and checks them as the engine will; what is said where fewer steps are read.
fn checked(settings: &mut Settings, steps: usize) -> Result<String, String> {
    settings.normalise();
    for cell in settings.shown_cells() {
        settings.experiment(cell).validate().map_err(|error| error.to_string())?;
    }
    let used = settings.effective_seq_len();
    Ok(if used < steps { format!(" The first {used} of them are read; Steps sets how many.") } else { String::new() })
}

/// Another layer or direction of a net that was brought. Weights set by hand belong to the layer that is left.
///
/// # Errors
/// The engine's sentence.
pub fn at_layer(settings: &Settings, cell: Cell, layer: usize, reversed: bool) -> Result<Settings, String> {
    let net = settings.nets.of(cell);
    let Some(given) = &net.given else { return Ok(settings.clone()) };
    let moved = Given::new(given.stack().clone(), layer, reversed).map_err(|error| error.to_string())?;
    let mut settings = settings.clone();
    let net = Net { name: net.name.clone(), given: Some(Arc::new(moved)), edits: None };
    settings.nets.set(cell, net);
    Ok(settings)
}

/// The drawn net in place of one that was brought, with its gate biases as they are by default.
pub fn without_model(settings: &Settings, cell: Cell) -> Settings {
    let default = Settings::default();
    let mut settings = settings.clone();
    settings.nets.set(cell, Net::default());
    match cell {
        Cell::Rnn => {}
        Cell::Lstm => (settings.forget_bias, settings.input_gate_bias) = (default.forget_bias, default.input_gate_bias),
        Cell::Gru => settings.update_bias = default.update_bias,
    }
    settings.normalise();
    settings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Kind;
    use crate::labs::flow::rows::{setting, SettingId};
    use unroll_engine::analyse_critical;
    use unroll_formats::{json, open, Layout, Opened};

    fn file(name: &str) -> Vec<u8> {
        let path = format!("{}/crates/formats/tests/fixtures/files/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn model(name: &str) -> ModelFile {
        match open(&file(name)).unwrap() {
            Opened::Model(file) => file,
            other => panic!("{name} is {other:?}"),
        }
    }

    fn candidate(text: &str) -> Candidate {
        match open(text.as_bytes()).unwrap() {
            Opened::Table(table) => table.candidate(table.guess).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_layer_of_a_gated_cell_leaves_nothing_to_choose() {
        for (name, ambiguous) in [
            ("lstm.safetensors", false),
            ("gru_cell.safetensors", false),
            ("rnn.safetensors", true),
            ("lstm_two_layers.safetensors", true),
            ("gru_three_layers_bidirectional.safetensors", true),
            ("two_modules.safetensors", true),
            ("keras_lstm.safetensors", false),
        ] {
            assert_eq!(is_ambiguous(&model(name)), ambiguous, "{name}");
        }
        assert_eq!(model("keras_gru.safetensors").modules[0].layout, Layout::Keras);
    }

    #[test]
    fn a_model_comes_in_as_it_is_and_an_input_it_cannot_read_gives_way() {
        let file = model("lstm_three_layers_bidirectional.safetensors");
        let choice = Choice { reversed: true, ..Choice::of(&file, 0) };
        let imported = with_model(&Settings::default(), "a.safetensors", &file, choice).unwrap();
        let given = imported.settings.given(Cell::Lstm).unwrap().clone();
        assert_eq!((given.layer(), given.reversed(), place_of(&given).as_str()), (2, true, "layer 3 of 3, reversed"));
        assert_eq!(imported.settings.experiment(Cell::Lstm).weights().unwrap(), *given.weights());
        assert_eq!(imported.settings.input, InputKind::Noise);
        assert!(imported.sentence.contains("noise is its input now"), "{}", imported.sentence);
        assert_eq!(places(&given), [(0, false), (0, true), (1, false), (1, true), (2, false), (2, true)]);
        let first = at_layer(&imported.settings, Cell::Lstm, 0, false).unwrap();
        assert_eq!(first.given(Cell::Lstm).unwrap().layer(), 0);
        let removed = without_model(&imported.settings, Cell::Lstm);
        assert_eq!((removed.given(Cell::Lstm).is_some(), removed.forget_bias), (false, Settings::default().forget_bias));
        // A reset leaves the net as it was brought.
        let Kind::Number(bias) = &setting(SettingId::ForgetBias).kind else { panic!("a bias is a number") };
        assert_eq!([&imported.settings, &removed].map(|settings| (bias.untouched)(settings, 1.0)), [0.0, 1.0]);
    }

    #[test]
    fn an_experiment_is_repeated_to_the_last_bit() {
        for (cell, loss) in [(Cell::Rnn, LossKind::EveryStep), (Cell::Lstm, LossKind::ChosenStep), (Cell::Gru, LossKind::LastStep)] {
            let made = Settings { hidden_size: 5, seq_len: 20, loss, loss_step: 7, activation: Activation::Relu, ..Settings::default() };
            let analysis = analyse_critical(&made.experiment(cell)).unwrap();
            let text = json::write(&analysis.problem).unwrap();
            let Opened::Experiment(problem, assumptions) = open(text.as_bytes()).unwrap() else { panic!("{text}") };
            let imported = with_experiment(&Settings { gain: 2.0, ..Settings::default() }, "e.json", &problem, &assumptions).unwrap();
            let again = analyse_critical(&imported.settings.experiment(cell)).unwrap();
            assert_eq!(again.problem.x, analysis.problem.x);
            assert_eq!(again.problem.weights.weight_hh, analysis.problem.weights.weight_hh);
            assert_eq!((again.problem.loss_site, &again.problem.cotangent), (analysis.problem.loss_site, &analysis.problem.cotangent));
            assert_eq!(again.loss, analysis.loss);
        }
    }

    #[test]
    fn a_sequence_has_to_have_what_the_model_reads() {
        let sequence = candidate("year,a,b\n1,2,3\n4,5,6\n7,8,9\n");
        let settings = Settings::default();
        assert_eq!((wanted_width(&settings), sequence.first_columns(None)), (None, vec![0]));
        assert!(!goes_in(&sequence, None) && goes_in(&sequence, Some(3)));
        let import =
            |settings: &Settings, columns: &[usize]| with_sequence(settings, "s.csv", &sequence, columns, Missing::LeaveRowsOut, false);
        let free = import(&settings, &[1, 2]).unwrap();
        assert_eq!(free.settings.effective_input_size(), 2);
        let file = model("lstm.safetensors");
        let with = with_model(&settings, "a", &file, Choice::of(&file, 0)).unwrap().settings;
        let wanted = wanted_width(&with).unwrap();
        assert_eq!(import(&with, &sequence.first_columns(Some(wanted))).is_ok(), wanted <= 3);
        let error = import(&with, &[0; 7]).unwrap_err();
        assert!(error.contains("the model reads"), "{error}");
    }

    #[test]
    fn what_is_left_out_and_assumed_is_said_and_stays() {
        let sequence = candidate("date;price;wind\nMon;1,5;2\nTue;;3\nWed;2,5;4\n");
        assert!(!goes_in(&sequence, None));
        let imported = with_sequence(&Settings::default(), "s.csv", &sequence, &[0], Missing::Interpolate, false).unwrap();
        for part in ["Column 1 (date) has text", "Commas are read as decimal marks", "filled by interpolation"] {
            assert!(imported.sentence.contains(part), "{}", imported.sentence);
            let kept = &imported.assumed;
            assert!(kept.iter().any(|sentence| sentence.contains(part)), "{kept:?}");
        }
        let other = with_sequence(&Settings::default(), "s.csv", &sequence, &[1], Missing::Interpolate, false).unwrap();
        assert!(other.sentence.contains("price has gaps and is left out"), "{}", other.sentence);
        let file = model("keras_lstm.safetensors");
        let net = with_model(&Settings::default(), "k", &file, Choice::of(&file, 0)).unwrap();
        assert!(net.sentence.contains("Keras’ layout") && net.sentence.contains("i, f, g, o"), "{}", net.sentence);
        assert_eq!(crate::labs::flow::brought::assumptions(&net.settings, Cell::Lstm), file.modules[0].assumptions());
    }

    #[test]
    fn text_comes_in_by_a_window() {
        let long = "The quick brown fox jumps over the lazy dog. ".repeat(400);
        let Opened::Text(text) = open(long.as_bytes()).unwrap() else { panic!() };
        let imported = with_text(&Settings::default(), "a.txt", &text, 4, 5).unwrap();
        assert_eq!((imported.settings.input, imported.settings.text.as_str()), (InputKind::Text, "quick"));
        assert!(imported.sentence.contains("Characters 5 to 9 of 18000"), "{}", imported.sentence);
        assert_eq!(with_text(&Settings::default(), "a.txt", &text, 0, usize::MAX).unwrap().settings.text.len(), LONGEST_TEXT);
        assert!(with_text(&Settings::default(), "a.txt", &text, 20_000, 5).is_err());
        let file = model("lstm.safetensors");
        let with = with_model(&Settings::default(), "a", &file, Choice::of(&file, 0)).unwrap().settings;
        assert!(with_text(&with, "a.txt", &text, 0, 50).unwrap_err().contains("reads"));
    }

    #[test]
    fn every_sort_of_file_is_known_by_its_bytes() {
        assert!(matches!(open(&file("npy_f8.npy")).unwrap(), Opened::Arrays(_)));
        let Opened::Text(text) = open(b"only words\n").unwrap() else { panic!() };
        assert!(text.not_a_table.to_string().contains("number") && is_table_name("A.CSV") && !is_table_name("a.txt"));
        for (bytes, part) in [
            (file("refused_checkpoint.pt"), "zip"),
            (Vec::new(), "empty"),
            (vec![0x80, 2, b'}'], "pickle"),
            (b"{\"format\": \"other\", \"version\": 1}".to_vec(), "unroll-experiment"),
        ] {
            let error = open(&bytes).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
