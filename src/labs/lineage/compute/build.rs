//! From settings to models and their input.

use unroll_engine::lineage::encoder_decoder::{Attention, Score, TeacherForced};
use unroll_engine::lineage::linear_family::Linear;
use unroll_engine::lineage::{Family, LineageError, Model, Sizes};
use unroll_engine::{Cell, Experiment};

use crate::form::vocabulary::CELLS;
use crate::labs::lineage::models::{Place, MODELS};
use crate::labs::lineage::settings::{Attends, LineageSettings, Match};

/// V of the encoder–decoders.
pub const VOCABULARY: usize = 8;
/// Steps of the sine.
const PERIOD: f64 = 16.0;
/// The most units that sizes are matched with, where a model has no limit of its own.
const MOST: usize = 128;
/// The most of what a state-space model can have in a channel, and of keys.
const MOST_STATE: usize = 64;

/// `x`, `[T][d]`.
///
/// # Errors
/// A sentence, where the engine accepts other settings only.
pub fn input(settings: &LineageSettings) -> Result<Vec<f64>, String> {
    let experiment = Experiment {
        seq_len: settings.steps,
        input_size: settings.input_size,
        seed: settings.seed,
        input: settings.fed.input(),
        input_scale: settings.scale,
        period: PERIOD,
        ..Experiment::default()
    };
    experiment.sequence().map(|sequence| sequence.x).map_err(|error| error.to_string())
}

/// Numbers that a family with n units carries from one step to the next.
pub fn state(family: Family, sizes: Sizes) -> usize {
    let Sizes { input_size: d, hidden_size: n, .. } = sizes;
    match family {
        Family::Recurrent(Cell::Lstm) => 2 * n,
        Family::Recurrent(_) | Family::EncoderDecoder { .. } => n,
        Family::Bidirectional(Cell::Lstm) => 4 * n,
        Family::Bidirectional(_) => 2 * n,
        // Keys and values of every step and layer are kept; n of them are written a step.
        Family::Transformer => n,
        Family::Linear(linear) => match linear {
            Linear::MinGru | Linear::MinLstm | Linear::Legs => n,
            // Complex.
            Linear::Lru => 2 * n,
            Linear::Diagonal(..) | Linear::Dense(_) | Linear::Selective(_) => d * n,
            // 2d channels, and three inputs of each for the convolution.
            Linear::Mamba => 2 * d * (n + 3),
            Linear::Attention => n * n + n,
            Linear::Retention | Linear::GatedAttention => n * n,
        },
    }
}

fn most(family: Family) -> usize {
    match family {
        Family::Linear(Linear::MinGru | Linear::MinLstm | Linear::Lru) | Family::Recurrent(_) | Family::Bidirectional(_) => MOST,
        Family::EncoderDecoder { .. } | Family::Transformer | Family::Linear(_) => MOST_STATE,
    }
}

/// The sizes of a model, made comparable as the settings say.
///
/// # Errors
/// A sentence, where sizes do not fit the model.
pub fn sizes(family: Family, settings: &LineageSettings) -> Result<Sizes, String> {
    let LineageSettings { input_size, hidden_size, target_len, .. } = *settings;
    let sizes = Sizes { input_size, hidden_size, target_len, vocabulary: VOCABULARY };
    let lstm = Family::Recurrent(Cell::Lstm);
    let fitted = match settings.matched {
        Match::Units => Ok(hidden_size),
        Match::Parameters => lstm.parameters(sizes).and_then(|count| family.hidden_size_for(count, sizes, most(family))),
        // All that was read is attention's state: there is no n that makes it little.
        Match::State if family == Family::Transformer => Ok(hidden_size),
        Match::State if matches!(family, Family::EncoderDecoder { attention, .. } if attention != Attention::None) => Ok(hidden_size),
        Match::State => {
            let fits = |n: &usize| state(family, Sizes { hidden_size: *n, ..sizes }) <= state(lstm, sizes);
            Ok((1..=most(family)).rev().find(fits).unwrap_or(1))
        }
    };
    Ok(Sizes { hidden_size: fitted.map_err(|error| error.to_string())?, ..sizes })
}

/// The rows `1n … 2n` of a bias: the LSTM's forget gate, the GRU's update gate.
fn second_block(values: &mut [f64], blocks: usize, bias: f64) {
    let n = values.len() / blocks.max(1);
    values.iter_mut().skip(n).take(n).for_each(|v| *v = bias);
}

/// Sets the bias of the gates that keep the state; a model without such gates stays as it is.
pub fn set_keep_bias(model: &mut dyn Model, family: Family, keep: f64) {
    let names: Vec<String> = model.parameters().iter().map(|parameter| parameter.name.clone()).collect();
    let cell = match family {
        Family::Recurrent(cell) | Family::Bidirectional(cell) | Family::EncoderDecoder { cell, .. } => Some(cell),
        Family::Linear(_) | Family::Transformer => None,
    };
    for (name, values) in names.iter().zip(model.parameters_mut()) {
        match cell {
            Some(cell @ (Cell::Lstm | Cell::Gru)) if name.contains("bias_ih") => second_block(values, cell.blocks(), keep),
            Some(cell @ (Cell::Lstm | Cell::Gru)) if name.contains("bias_hh") => second_block(values, cell.blocks(), 0.0),
            None => match name.as_str() {
                "linear_f.bias" => values.fill(keep),
                // f/(f + i) is then σ(b) as well, and z is 1 − σ(b).
                "linear_z.bias" | "linear_i.bias" => values.fill(-keep),
                _ => {}
            },
            Some(_) => {}
        }
    }
}

/// A model of the overview with its sizes.
///
/// # Errors
/// A sentence, where the model cannot be built with these settings.
pub fn model(place: Place, settings: &LineageSettings) -> Result<(Box<dyn Model>, Sizes), String> {
    let family = MODELS[place].family;
    let sizes = sizes(family, settings)?;
    let mut built = family.build(sizes, settings.seed, settings.gain).map_err(|error| error.to_string())?;
    set_keep_bias(built.as_mut(), family, settings.keep);
    Ok((built, sizes))
}

/// The cell of the bidirectional and the attention view.
pub fn cell(settings: &LineageSettings) -> Cell {
    CELLS.get(settings.cell).copied().unwrap_or(Cell::Gru)
}

/// The attention of the attention view, as the engine has it.
pub fn attention(settings: &LineageSettings) -> Attention {
    let luong = |score| Attention::Luong { score, input_feeding: settings.feeding };
    match settings.attends {
        Attends::None => Attention::None,
        Attends::Bahdanau => Attention::Bahdanau,
        Attends::Dot => luong(Score::Dot),
        Attends::General => luong(Score::General),
        Attends::Concat => luong(Score::Concat),
    }
}

/// The encoder–decoder of the attention view, with or without its attention.
///
/// # Errors
/// A sentence, where sizes do not fit.
pub fn pair(settings: &LineageSettings, attention: Attention) -> Result<TeacherForced, String> {
    let sentence = |error: LineageError| error.to_string();
    let dot = matches!(attention, Attention::Luong { score: Score::Dot, .. });
    let family = Family::EncoderDecoder { cell: cell(settings), attention, bidirectional: settings.both_ways && !dot };
    let LineageSettings { input_size, hidden_size, target_len, .. } = *settings;
    let sizes = Sizes { input_size, hidden_size, target_len, vocabulary: VOCABULARY };
    let mut built = family.teacher_forced(sizes, settings.seed, settings.gain).map_err(sentence)?;
    set_keep_bias(&mut built, family, settings.keep);
    // Scores are linear in these.
    let scaled = match attention {
        Attention::Luong { score: Score::General, .. } => Some("W_a"),
        Attention::Bahdanau | Attention::Luong { score: Score::Concat, .. } => Some("v_a"),
        Attention::None | Attention::Luong { score: Score::Dot, .. } => None,
    };
    let model: &mut dyn Model = &mut built;
    let at = model.parameters().iter().position(|parameter| Some(parameter.name.as_str()) == scaled);
    if let Some(values) = at.and_then(|at| model.parameters_mut().into_iter().nth(at)) {
        values.iter_mut().for_each(|v| *v *= settings.sharpness);
    }
    Ok(built)
}
