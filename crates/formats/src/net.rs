//! A net, or the numbers of an input, as few bytes: what a link's fragment, local storage and messages to workers carry.
//!
//! One byte says whether the rest is deflated (1) or plain (0); then a version byte and the document in postcard's encoding. Lists of
//! numbers are kept as the bytes of all numbers, the most significant ones first, which deflate shrinks better than whole numbers; where
//! every number is one of 32 bits, as in most files, half the bytes are left out.

use std::sync::Arc;

use base64::prelude::{Engine as _, BASE64_URL_SAFE_NO_PAD};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use unroll_engine::experiment::range;
use unroll_engine::given::Start;
use unroll_engine::signal::Table;
use unroll_engine::{Activation, Cell, Edits, Given, Layer, Parameter, Stack, Weights};

use crate::error::{clipped, FormatError};
use crate::limits;

/// What stands for a cell's drawn net, or over it.
#[derive(Clone, Debug, PartialEq)]
pub struct NetDocument {
    /// The cell.
    pub cell: Cell,
    /// How the user knows it; empty where nothing was brought.
    pub name: String,
    /// The net that was brought.
    pub given: Option<Arc<Given>>,
    /// What was edited.
    pub edits: Option<Arc<Edits>>,
}

/// The version of documents without notes.
const VERSION: u8 = 1;
/// The version of documents that end with notes, a list of sentences.
const WITH_NOTES: u8 = 2;
const PLAIN: u8 = 0;
const DEFLATED: u8 = 1;
/// Deflate's effort, of 10.
const EFFORT: u8 = 8;
/// The most that a document inflates to.
const MOST_BYTES: usize = 8 * limits::MODEL_NUMBERS;

#[derive(Serialize, Deserialize)]
struct Document {
    cell: u8,
    name: String,
    given: Option<GivenDocument>,
    edits: Option<EditsDocument>,
}

#[derive(Serialize, Deserialize)]
struct GivenDocument {
    activation: u8,
    hidden_size: u32,
    layers: Vec<LayerDocument>,
    layer: u32,
    reversed: bool,
    start: Option<[Numbers; 3]>,
}

#[derive(Serialize, Deserialize)]
struct LayerDocument {
    input_size: u32,
    forward: [Numbers; 4],
    reverse: Option<[Numbers; 4]>,
}

#[derive(Serialize, Deserialize)]
struct EditsDocument {
    input_size: u32,
    hidden_size: u32,
    parameters: Vec<u8>,
    /// Differences of neighbouring indices of one parameter.
    steps: Vec<u32>,
    values: Numbers,
}

/// Numbers, a plane of bytes after the other.
#[derive(Serialize, Deserialize)]
struct Numbers {
    /// Bytes of a number, 4 or 8.
    width: u8,
    planes: Vec<u8>,
}

impl Numbers {
    fn of(values: &[f64]) -> Self {
        let narrow = values.iter().all(|value| f64::from(*value as f32).to_bits() == value.to_bits());
        let bytes: Vec<Vec<u8>> =
            values.iter().map(|value| if narrow { (*value as f32).to_be_bytes().to_vec() } else { value.to_be_bytes().to_vec() }).collect();
        let width = if narrow { 4 } else { 8 };
        let planes = (0..usize::from(width)).flat_map(|plane| bytes.iter().filter_map(move |number| number.get(plane).copied())).collect();
        Self { width, planes }
    }

    fn values(&self) -> Option<Vec<f64>> {
        let width = usize::from(self.width);
        if !matches!(width, 4 | 8) || !self.planes.len().is_multiple_of(width) {
            return None;
        }
        let count = self.planes.len() / width;
        let number = |index: usize| {
            let mut bytes = [0_u8; 8];
            for (plane, byte) in bytes.iter_mut().take(width).enumerate() {
                *byte = *self.planes.get(plane * count + index)?;
            }
            let [a, b, c, d, ..] = bytes;
            Some(if width == 4 { f64::from(f32::from_be_bytes([a, b, c, d])) } else { f64::from_be_bytes(bytes) })
        };
        (0..count).map(number).collect()
    }
}

const CELLS: [Cell; 3] = [Cell::Rnn, Cell::Lstm, Cell::Gru];
const ACTIVATIONS: [Activation; 4] = [Activation::Tanh, Activation::Relu, Activation::Sigmoid, Activation::Identity];

fn place<T: PartialEq>(all: &[T], value: &T) -> u8 {
    all.iter().position(|other| other == value).unwrap_or(0) as u8
}

fn numbers_of(weights: &Weights) -> [Numbers; 4] {
    Parameter::ALL.map(|parameter| Numbers::of(parameter.of(weights)))
}

/// Writes a net, deflated or (for a worker, which is near) plain.
///
/// # Errors
/// It does not fit postcard's encoding, which no net does.
pub fn write(net: &NetDocument, deflated: bool) -> Result<Vec<u8>, FormatError> {
    let given = net.given.as_ref().map(|given| GivenDocument {
        activation: place(&ACTIVATIONS, &given.weights().activation),
        hidden_size: given.weights().hidden_size as u32,
        layers: given
            .stack()
            .layers()
            .iter()
            .map(|layer| LayerDocument {
                input_size: layer.forward.input_size as u32,
                forward: numbers_of(&layer.forward),
                reverse: layer.reverse.as_ref().map(numbers_of),
            })
            .collect(),
        layer: given.layer() as u32,
        reversed: given.reversed(),
        start: given.start().map(|start| [&start.h0, &start.c0, &start.cotangent].map(|values| Numbers::of(values))),
    });
    let edits = net.edits.as_ref().map(|edits| {
        let (input_size, hidden_size) = edits.sizes();
        let mut before = (Parameter::WeightIh, 0);
        let mut step = |(parameter, index, _): (Parameter, usize, f64)| {
            let from = if parameter == before.0 { before.1 } else { 0 };
            before = (parameter, index);
            (index - from) as u32
        };
        EditsDocument {
            input_size: input_size as u32,
            hidden_size: hidden_size as u32,
            parameters: edits.iter().map(|(parameter, ..)| parameter as u8).collect(),
            steps: edits.iter().map(&mut step).collect(),
            values: Numbers::of(&edits.iter().map(|(.., value)| value).collect::<Vec<_>>()),
        }
    });
    let notes = net.given.as_ref().map_or(&[] as &[String], |given| given.stack().notes());
    pack(&Document { cell: place(&CELLS, &net.cell), name: net.name.clone(), given, edits }, notes, deflated)
}

fn pack(document: &impl Serialize, notes: &[String], deflated: bool) -> Result<Vec<u8>, FormatError> {
    let failed = |error: postcard::Error| FormatError::mismatch(format!("The document cannot be written: {error}."));
    let mut body = postcard::to_allocvec(document).map_err(failed)?;
    // Older versions of the page read what has no notes.
    let version = if notes.is_empty() { VERSION } else { WITH_NOTES };
    if version == WITH_NOTES {
        body.extend(postcard::to_allocvec(notes).map_err(failed)?);
    }
    let mut bytes = vec![if deflated { DEFLATED } else { PLAIN }, version];
    if deflated {
        bytes.extend(miniz_oxide::deflate::compress_to_vec(&body, EFFORT));
    } else {
        bytes.extend(body);
    }
    Ok(bytes)
}

fn damaged() -> FormatError {
    FormatError::damaged("The document is cut off or damaged; one that this page wrote is accepted.".to_owned())
}

/// The document and its notes, as plain lines of bounded number and length.
fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, Vec<String>), FormatError> {
    let (how, version, body) = match bytes {
        [how, version, body @ ..] => (*how, *version, body),
        _ => return Err(damaged()),
    };
    if !matches!(version, VERSION | WITH_NOTES) {
        return Err(FormatError::unsupported(format!(
            "The document is of version {version}; versions {VERSION} and {WITH_NOTES} are accepted by this page."
        )));
    }
    let read = |body: &[u8]| {
        if version == VERSION {
            return postcard::from_bytes(body).map(|document| (document, Vec::new()));
        }
        let (document, rest) = postcard::take_from_bytes::<T>(body)?;
        let notes: Vec<String> = postcard::from_bytes(rest)?;
        Ok((document, notes.iter().take(limits::ASSUMPTIONS).map(|note| clipped(note, limits::ASSUMPTION_CHARACTERS)).collect()))
    };
    match how {
        PLAIN => read(body),
        DEFLATED => {
            let body = miniz_oxide::inflate::decompress_to_vec_with_limit(body, MOST_BYTES).map_err(|_| damaged())?;
            read(&body)
        }
        _ => return Err(damaged()),
    }
    .map_err(|_: postcard::Error| damaged())
}

/// Reads a net.
///
/// # Errors
/// The bytes are not what [`write()`] makes, or the net is none that the engine accepts.
pub fn read(bytes: &[u8]) -> Result<NetDocument, FormatError> {
    let (document, notes): (Document, _) = unpack(bytes)?;
    let cell = *CELLS.get(usize::from(document.cell)).ok_or_else(damaged)?;
    let given = document.given.map(|given| given.read(cell, notes)).transpose()?;
    let edits = document.edits.map(|edits| edits.read(cell)).transpose()?;
    let name = document.name.chars().filter(|c| !c.is_control()).take(limits::SHOWN_CHARACTERS).collect();
    Ok(NetDocument { cell, name, given: given.map(Arc::new), edits: edits.map(Arc::new) })
}

impl GivenDocument {
    fn read(self, cell: Cell, notes: Vec<String>) -> Result<Given, FormatError> {
        let damaged =
            || FormatError::damaged("The net's numbers are cut off or damaged; a net that this page wrote is accepted.".to_owned());
        let sentence = |error: unroll_engine::given::GivenError| FormatError::mismatch(error.to_string());
        let activation = *ACTIVATIONS.get(usize::from(self.activation)).ok_or_else(damaged)?;
        let hidden_size = self.hidden_size as usize;
        let weights = |numbers: &[Numbers; 4], input_size: u32| {
            let [weight_ih, weight_hh, bias_ih, bias_hh] = numbers.each_ref().map(|n| n.values().ok_or_else(damaged));
            let input_size = input_size as usize;
            Ok::<_, FormatError>(Weights {
                cell,
                activation,
                input_size,
                hidden_size,
                weight_ih: weight_ih?,
                weight_hh: weight_hh?,
                bias_ih: bias_ih?,
                bias_hh: bias_hh?,
            })
        };
        let mut layers = Vec::with_capacity(self.layers.len().min(limits::LAYERS));
        for layer in &self.layers {
            layers.push(Layer {
                forward: weights(&layer.forward, layer.input_size)?,
                reverse: layer.reverse.as_ref().map(|numbers| weights(numbers, layer.input_size)).transpose()?,
            });
        }
        let stack = Stack::new(layers).map_err(sentence)?.with_notes(notes);
        let given = Given::new(Arc::new(stack), self.layer as usize, self.reversed).map_err(sentence)?;
        match self.start {
            None => Ok(given),
            Some(start) => {
                let [h0, c0, cotangent] = start.each_ref().map(|n| n.values().ok_or_else(damaged));
                given.with_start(Start { h0: h0?, c0: c0?, cotangent: cotangent? }).map_err(sentence)
            }
        }
    }
}

impl EditsDocument {
    fn read(self, cell: Cell) -> Result<Edits, FormatError> {
        let mut edits = Edits::new(cell, self.input_size as usize, self.hidden_size as usize);
        let (input_size, hidden_size) = edits.sizes();
        if hidden_size > limits::HIDDEN_SIZE || input_size > limits::INPUT_SIZE {
            return Err(damaged());
        }
        let values = self.values.values().ok_or_else(damaged)?;
        if values.len() != self.steps.len() || values.len() != self.parameters.len() {
            return Err(damaged());
        }
        let mut before = (0, 0_usize);
        for ((parameter, step), value) in self.parameters.iter().zip(&self.steps).zip(values) {
            let from = if *parameter == before.0 { before.1 } else { 0 };
            let index = from.saturating_add(*step as usize);
            before = (*parameter, index);
            let parameter = *Parameter::ALL.get(usize::from(*parameter)).ok_or_else(damaged)?;
            if !edits.set(parameter, index, value) {
                return Err(damaged());
            }
        }
        Ok(edits)
    }
}

#[derive(Serialize, Deserialize)]
struct TableDocument {
    columns: Vec<String>,
    values: Numbers,
    standardise: bool,
}

/// Writes the numbers of an input, deflated, with what was assumed when they were read from a file, a sentence each.
///
/// # Errors
/// As [`write()`].
pub fn write_table_with_notes(table: &Table, notes: &[String]) -> Result<Vec<u8>, FormatError> {
    let Table { columns, values, standardise } = table;
    pack(&TableDocument { columns: columns.clone(), values: Numbers::of(values), standardise: *standardise }, notes, true)
}

/// [`write_table_with_notes`] without any.
///
/// # Errors
/// As there.
pub fn write_table(table: &Table) -> Result<Vec<u8>, FormatError> {
    write_table_with_notes(table, &[])
}

/// Reads the numbers of an input.
///
/// # Errors
/// The bytes are not what [`write_table`] makes, or the table is none that the engine accepts.
pub fn read_table(bytes: &[u8]) -> Result<Table, FormatError> {
    read_table_with_notes(bytes).map(|(table, _)| table)
}

/// [`read_table`], and what was assumed when the numbers were read from a file.
///
/// # Errors
/// As there.
pub fn read_table_with_notes(bytes: &[u8]) -> Result<(Table, Vec<String>), FormatError> {
    let (TableDocument { columns, values, standardise }, notes) = unpack(bytes)?;
    let values = values.values().ok_or_else(damaged)?;
    let rows = values.len().checked_div(columns.len()).unwrap_or(0);
    let sound = range::TABLE_COLUMNS.contains(&columns.len())
        && range::TABLE_ROWS.contains(&rows)
        && values.len() == rows * columns.len()
        && values.iter().all(|value| range::TABLE_VALUE.contains(value));
    sound.then_some((Table { columns, values, standardise }, notes)).ok_or_else(damaged)
}

/// Bytes as text for a link or local storage.
pub fn to_text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of such a text.
///
/// # Errors
/// The text has other characters, or is cut off.
pub fn from_text(text: &str) -> Result<Vec<u8>, FormatError> {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| {
        FormatError::damaged("The link's content is cut off or damaged; a whole link that this page made is accepted.".to_owned())
    })
}
