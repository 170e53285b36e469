//! Which model a fixture is of. Here, and only here, a family is added to the parity test.

use unroll_engine::lineage::encoder_decoder::TeacherForced;
use unroll_engine::lineage::{Model, Run};

use crate::fixture::Fixture;
use crate::{bidirectional, encoder_decoder, recurrent};

/// Kinds of models, as [`Fixture::kind`] names them, that are still to be built. Any kind that is neither here nor in [`build`] fails the test.
pub const NOT_YET: &[&str] = &[
    "gated_linear_attention",
    "hippo_legs",
    "linear_attention",
    "mamba_block",
    "mamba_selective_ssm",
    "mingru",
    "minlstm",
    "parallel_scan",
    "retention",
    "s4",
    "s4d",
    "transformer_encoder",
];

/// What a kind's own entry of `expected` must be, by its name; `None` for an entry that it does not know, which fails the test.
pub type Extra = fn(&Fixture, &dyn Run, &str) -> Option<Vec<f64>>;

/// How a fixture is checked. What is no model with an input and an output (the scan, HiPPO's reconstruction) gets a variant of its own.
pub enum Case {
    /// As a model, every entry of `expected`. The function gives the entries that not every kind has.
    Model(Box<dyn Model>, Extra),
    /// As a model, and the cross-entropy of its targets.
    Forced(Box<TeacherForced>),
}

/// The case of a fixture; `None` for a kind that is not built.
pub fn build(fixture: &Fixture) -> Option<Case> {
    let none: Extra = |_, _, _| None;
    Some(match fixture.kind().as_str() {
        "rnn" | "lstm" | "gru" => Case::Model(Box::new(recurrent::from_fixture(fixture)), none),
        "bi_rnn" | "bi_lstm" | "bi_gru" => Case::Model(Box::new(bidirectional::from_fixture(fixture)), none),
        "encoder_decoder" => Case::Forced(Box::new(encoder_decoder::from_fixture(fixture))),
        _ => return None,
    })
}
