//! Which model a fixture is of. Here, and only here, a family is added to the parity test.

use unroll_engine::lineage::encoder_decoder::TeacherForced;
use unroll_engine::lineage::{Model, Run};

use crate::fixture::Fixture;
use crate::parity::Check;
use crate::{bidirectional, encoder_decoder, gated, hippo, recurrent, scan, state_space, transformer};

/// What a kind's own entry of `expected` must be, by its name; `None` for an entry that it does not know, which fails the test.
pub type Extra = fn(&Fixture, &dyn Run, &str) -> Option<Vec<f64>>;

/// How a fixture is checked.
pub enum Case {
    /// As a model, every entry of `expected`. The function gives the entries that not every kind has.
    Model(Box<dyn Model>, Extra),
    /// As a model, and the cross-entropy of its targets.
    Forced(Box<TeacherForced>),
    /// As no model: the function checks every entry.
    Other(fn(&mut Check<'_>, &Fixture)),
}

/// The case of a fixture; `None` for a kind that is not built.
pub fn build(fixture: &Fixture) -> Option<Case> {
    let none: Extra = |_, _, _| None;
    Some(match fixture.kind().as_str() {
        "rnn" | "lstm" | "gru" => Case::Model(Box::new(recurrent::from_fixture(fixture)), none),
        "bi_rnn" | "bi_lstm" | "bi_gru" => Case::Model(Box::new(bidirectional::from_fixture(fixture)), none),
        "encoder_decoder" => Case::Forced(Box::new(encoder_decoder::from_fixture(fixture))),
        "mingru" | "minlstm" => Case::Model(Box::new(gated::minimal(fixture)), none),
        "mamba_selective_ssm" => Case::Model(Box::new(gated::selective(fixture)), none),
        "mamba_block" => Case::Model(Box::new(gated::mamba(fixture)), none),
        "linear_attention" | "retention" | "gated_linear_attention" => Case::Model(Box::new(gated::linear_attention(fixture)), none),
        "s4d" => Case::Model(Box::new(state_space::diagonal(fixture)), none),
        "s4" => Case::Model(Box::new(state_space::dense(fixture)), none),
        "transformer_encoder" => Case::Model(Box::new(transformer::from_fixture(fixture)), transformer::extra),
        "hippo_legs" => Case::Other(hippo::check),
        "parallel_scan" => Case::Other(scan::check),
        _ => return None,
    })
}
