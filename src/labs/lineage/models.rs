//! The models of the lab: one list that settings, charts, tables and sentences go by. Pure.

use unroll_engine::lineage::cost::Kind;
use unroll_engine::lineage::diagonal::Spectrum;
use unroll_engine::lineage::discretise::Rule;
use unroll_engine::lineage::encoder_decoder::{Attention, Score};
use unroll_engine::lineage::linear_family::Linear;
use unroll_engine::lineage::Family;
use unroll_engine::Cell;

use crate::charts::Ink;

/// A model of the family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Model {
    /// Its word in a link.
    pub word: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its name at the end of a curve: about 14 characters.
    pub label: &'static str,
    /// Its colour.
    pub ink: Ink,
    /// How the engine builds it.
    pub family: Family,
    /// How its cost is counted, where there is a formula.
    pub cost: Option<Kind>,
}

/// A model's place in [`MODELS`].
pub type Place = usize;

/// How many there are.
pub const COUNT: usize = 15;

/// The place of the transformer, whose view has a matrix too.
pub const TRANSFORMER: Place = place_of("transformer");

/// Luong's general score, without input feeding: the pair with attention of the overview.
const LUONG: Attention = Attention::Luong { score: Score::General, input_feeding: false };

const fn pair(attention: Attention) -> Family {
    Family::EncoderDecoder { cell: Cell::Gru, attention, bidirectional: false }
}

/// Every model, in the order in which the field came to them.
pub const MODELS: [Model; COUNT] = [
    Model { word: "rnn", name: "RNN", label: "RNN", ink: Ink::Rnn, family: Family::Recurrent(Cell::Rnn), cost: Some(Kind::Rnn) },
    Model { word: "lstm", name: "LSTM", label: "LSTM", ink: Ink::Lstm, family: Family::Recurrent(Cell::Lstm), cost: Some(Kind::Lstm) },
    Model { word: "gru", name: "GRU", label: "GRU", ink: Ink::Gru, family: Family::Recurrent(Cell::Gru), cost: Some(Kind::Gru) },
    Model {
        word: "bigru",
        name: "bidirectional GRU",
        label: "both ways",
        ink: Ink::Category(4),
        family: Family::Bidirectional(Cell::Gru),
        cost: Some(Kind::BidirectionalGru),
    },
    Model {
        word: "pair",
        name: "encoder–decoder",
        label: "enc–dec",
        ink: Ink::Category(1),
        family: pair(Attention::None),
        cost: Some(Kind::EncoderDecoder),
    },
    Model {
        word: "attention",
        name: "encoder–decoder with attention",
        label: "attention",
        ink: Ink::Category(0),
        family: pair(LUONG),
        cost: Some(Kind::EncoderDecoderAttention),
    },
    Model {
        word: "mingru",
        name: "minGRU",
        label: "minGRU",
        ink: Ink::Category(3),
        family: Family::Linear(Linear::MinGru),
        cost: Some(Kind::MinGru),
    },
    Model {
        word: "minlstm",
        name: "minLSTM",
        label: "minLSTM",
        ink: Ink::Category(5),
        family: Family::Linear(Linear::MinLstm),
        cost: Some(Kind::MinLstm),
    },
    Model {
        word: "lru",
        name: "linear recurrent unit",
        label: "LRU",
        ink: Ink::Category(6),
        family: Family::Linear(Linear::Lru),
        cost: None,
    },
    Model {
        word: "s4d",
        name: "S4D-Lin",
        label: "S4D-Lin",
        ink: Ink::Category(2),
        family: Family::Linear(Linear::Diagonal(Spectrum::Lin, Rule::ZeroOrderHold)),
        cost: Some(Kind::S4d),
    },
    Model { word: "s4", name: "S4", label: "S4", ink: Ink::Category(7), family: Family::Linear(Linear::Dense(Rule::Bilinear)), cost: None },
    Model { word: "legs", name: "time-varying LegS", label: "LegS", ink: Ink::Strong, family: Family::Linear(Linear::Legs), cost: None },
    Model {
        word: "mamba",
        name: "Mamba block",
        label: "Mamba",
        ink: Ink::Explode,
        family: Family::Linear(Linear::Mamba),
        cost: Some(Kind::Mamba),
    },
    Model {
        word: "linear",
        name: "linear attention",
        label: "linear att.",
        ink: Ink::Vanish,
        family: Family::Linear(Linear::Attention),
        cost: Some(Kind::LinearAttention),
    },
    Model {
        word: "transformer",
        name: "transformer",
        label: "transformer",
        ink: Ink::Category(8),
        family: Family::Transformer,
        cost: Some(Kind::Transformer),
    },
];

/// The place of a word; tests and settings use it for words that are in the list.
pub const fn place_of(word: &str) -> Place {
    let mut place = 0;
    while place < COUNT {
        if same(MODELS[place].word, word) {
            return place;
        }
        place += 1;
    }
    COUNT
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// A model as a sentence has it: "the LSTM".
pub fn the(place: Place) -> String {
    MODELS.get(place).map_or_else(String::new, |model| match model.word {
        "s4d" | "s4" | "linear" | "mingru" | "minlstm" => model.name.to_owned(),
        _ => format!("the {}", model.name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_names_labels_and_colours_tell_models_apart() {
        for (i, a) in MODELS.iter().enumerate() {
            assert_eq!(place_of(a.word), i);
            assert!(a.label.chars().count() <= 14, "{}", a.label);
            for b in &MODELS[..i] {
                assert!(a.word != b.word && a.name != b.name && a.label != b.label && a.ink != b.ink, "{} {}", a.word, b.word);
            }
        }
    }
}
