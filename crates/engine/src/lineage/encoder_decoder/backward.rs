//! Backward: from the logits to the source, by the contexts, by the handed-over state, or by both.

use super::attention::{self, Attended, ScorerGradients};
use super::shape::{Attention, Part};
use super::{EncoderDecoder, TeacherForcedTrace};
use crate::kernel::{axpy, gemv_transposed};
use crate::lineage::recurrent::{outer_add, sweep, Sweep};
use crate::lineage::rows::Running;
use crate::lineage::{Gradients, Path, ScaledRows};
use crate::scaled::scale;

/// Where the gradients of an [`EncoderDecoder`] lie among [`Gradients::values`].
struct Slots<'g> {
    encoder: &'g mut [Vec<f64>],
    reverse: &'g mut [Vec<f64>],
    decoder: &'g mut [Vec<f64>],
    parts: &'g mut [Vec<f64>],
    order: Vec<Part>,
}

impl<'g> Slots<'g> {
    fn new(net: &EncoderDecoder, gradients: &'g mut Gradients) -> Self {
        let (encoder, rest) = gradients.values.split_at_mut(4);
        let (reverse, rest) = rest.split_at_mut(if net.encoder_reverse.is_some() { 4 } else { 0 });
        let (decoder, parts) = rest.split_at_mut(4);
        let order = net.shape.parts().into_iter().map(|(part, _, _)| part).collect();
        Self { encoder, reverse, decoder, parts, order }
    }

    fn part(&mut self, which: Part) -> Option<&mut Vec<f64>> {
        let at = self.order.iter().position(|part| *part == which)?;
        self.parts.get_mut(at)
    }

    fn outer(&mut self, which: Part, (adjoint, exponent): (&[f64], i64), values: &[f64]) {
        if let Some(gradient) = self.part(which) {
            outer_add(scale(1.0, exponent), adjoint, values, gradient);
        }
    }
}

/// What the decoder passes on to the encoder.
struct Passed {
    /// Adjoint of the encoder states that attention reads, `[T_src][n or 2n]`.
    memory: ScaledRows,
    /// Adjoint of the handed-over state: `[h]`, or for the LSTM `[h; c]`.
    state: Running,
}

pub(super) fn run(
    net: &EncoderDecoder,
    targets: &[usize],
    trace: &TeacherForcedTrace,
    cotangent: &ScaledRows,
    path: Path,
    gradients: Option<&mut Gradients>,
) -> ScaledRows {
    let mut slots = gradients.map(|g| Slots::new(net, g));
    let Passed { memory, state } = decoder(net, targets, trace, cotangent, slots.as_mut());
    let (encoded, n, d) = (&trace.encoded, net.shape.encoder_hidden, net.shape.source_size);
    let steps = encoded.x.len() / d;
    // The path that is held fixed passes nothing on.
    let memory = if path == Path::State { ScaledRows::zeros(steps, net.shape.memory_size()) } else { memory };
    let last = (path != Path::Contexts).then_some((&state.values[..], state.exponent));
    let (encoder, reverse) = match slots {
        Some(slots) => (Some(slots.encoder), Some(slots.reverse)),
        None => (None, None),
    };
    let ahead = |i: usize| &encoded.x[i * d..(i + 1) * d];
    let from_start = memory.columns(0, n);
    match (&net.encoder_reverse, &encoded.backward) {
        (Some(weights), Some(tape)) => {
            let back = |i: usize| &encoded.x[(steps - 1 - i) * d..(steps - i) * d];
            let mut dx = sweep(&net.encoder, &encoded.forward, ahead, &from_start, None, encoder);
            dx.add_all(&sweep(weights, tape, back, &memory.columns(n, n).reversed(), last, reverse).reversed());
            dx
        }
        _ => sweep(&net.encoder, &encoded.forward, ahead, &from_start, last, encoder),
    }
}

fn decoder(
    net: &EncoderDecoder,
    targets: &[usize],
    trace: &TeacherForcedTrace,
    cotangent: &ScaledRows,
    mut slots: Option<&mut Slots<'_>>,
) -> Passed {
    let (shape, encoded, decoding) = (&net.shape, &trace.encoded, &trace.decoding);
    let (state, tilde, width) = (shape.decoder_hidden, shape.attentional_size, shape.memory_size());
    let (input, embedding) = (shape.decoder_input(), shape.embedding_size);
    let source = encoded.memory.len() / width;
    let scorer = net.scorer();
    let mut scorer_gradients = scorer.as_ref().filter(|_| slots.is_some()).map(ScorerGradients::zeros);
    let mut memory = ScaledRows::zeros(source, width);
    let mut sweep = Sweep::new(&net.decoder);
    // Luong: the adjoint of the attentional state, of which the next step's input is a part.
    let mut attentional = Running::zeros(tilde);
    let mut d_query = vec![0.0; state];
    let features = encoded.keys.len();
    let attended = |t: usize, query: std::ops::Range<usize>| Attended {
        query: &decoding.tape.h[query],
        memory: &encoded.memory,
        width,
        alignment: &decoding.alignment[t * source..(t + 1) * source],
        features: &decoding.features[t * features..(t + 1) * features],
    };
    for t in (0..cotangent.last_nonzero().map_or(0, |last| last + 1)).rev() {
        let new = (t + 1) * state..(t + 2) * state;
        let (from_loss, loss_exponent) = cotangent.row(t);
        let silent = cotangent.is_zero(t) && attentional.values.iter().all(|v| *v == 0.0);
        match (&scorer, shape.attention) {
            // Nothing comes from this step's output, so nothing goes back through what it alone reads.
            _ if silent => {}
            (Some(scorer), Attention::Luong { .. }) => {
                let value = &decoding.attentional[t * tilde..(t + 1) * tilde];
                let mut from_output = vec![0.0; tilde];
                gemv_transposed(net.part(Part::Output), from_loss, &mut from_output);
                attentional.add(&from_output, loss_exponent);
                attentional.normalise();
                let inside: Vec<f64> = attentional.values.iter().zip(value).map(|(d, v)| d * (1.0 - v * v)).collect();
                let exponent = attentional.exponent;
                let mut joined = vec![0.0; width + state];
                gemv_transposed(net.part(Part::Combine), &inside, &mut joined);
                if let Some(slots) = slots.as_deref_mut() {
                    slots.outer(Part::Output, (from_loss, loss_exponent), value);
                    let context = &decoding.contexts[t * width..(t + 1) * width];
                    let read: Vec<f64> = context.iter().chain(&decoding.tape.h[new.clone()]).copied().collect();
                    slots.outer(Part::Combine, (&inside, exponent), &read);
                }
                let (d_context, d_state) = joined.split_at(width);
                let at = attended(t, new);
                attention::backward(scorer, &at, (d_context, exponent), &mut d_query, &mut memory, scorer_gradients.as_mut());
                axpy(1.0, d_state, &mut d_query);
                sweep.add(&d_query, exponent);
            }
            _ => {
                let mut from_output = vec![0.0; state];
                gemv_transposed(net.part(Part::Output), from_loss, &mut from_output);
                sweep.add(&from_output, loss_exponent);
                if let Some(slots) = slots.as_deref_mut() {
                    slots.outer(Part::Output, (from_loss, loss_exponent), &decoding.tape.h[new]);
                    slots.outer(Part::OutputBias, (from_loss, loss_exponent), &[1.0]);
                }
            }
        }
        let read = &decoding.inputs[t * input..(t + 1) * input];
        let (d_input, exponent) = sweep.back(&net.decoder, &decoding.tape, t + 1, read, slots.as_deref_mut().map(|s| &mut s.decoder[..]));
        let d_input = d_input.to_vec();
        if let Some(gradient) = slots.as_deref_mut().and_then(|slots| slots.part(Part::Embedding)) {
            let symbol = if t == 0 { shape.start_symbol() } else { targets[t - 1] };
            axpy(scale(1.0, exponent), &d_input[..embedding], &mut gradient[symbol * embedding..(symbol + 1) * embedding]);
        }
        let beyond = &d_input[embedding..];
        match (&scorer, shape.attention) {
            (Some(scorer), Attention::Bahdanau) => {
                let at = attended(t, t * state..(t + 1) * state);
                attention::backward(scorer, &at, (beyond, exponent), &mut d_query, &mut memory, scorer_gradients.as_mut());
                sweep.add(&d_query, exponent);
            }
            (_, Attention::Luong { input_feeding: true, .. }) => {
                attentional = Running { values: beyond.to_vec(), exponent };
            }
            _ => attentional = Running::zeros(tilde),
        }
    }
    if let (Some(slots), Some(found)) = (slots.as_deref_mut(), &scorer_gradients) {
        found.give(shape, |which, values| {
            if let Some(gradient) = slots.part(which) {
                axpy(1.0, values, gradient);
            }
        });
    }
    let state = initial(net, trace, &sweep, slots);
    Passed { memory, state }
}

/// From the adjoint of the decoder's first state to that of the state handed over.
fn initial(net: &EncoderDecoder, trace: &TeacherForcedTrace, sweep: &Sweep, slots: Option<&mut Slots<'_>>) -> Running {
    let (values, exponent) = sweep.state();
    let (d_h, d_c) = values.split_at(net.shape.decoder_hidden);
    if net.shape.attention != Attention::Bahdanau {
        return Running { values: values.to_vec(), exponent };
    }
    let first = &trace.decoding.tape.h[..net.shape.decoder_hidden];
    let inside: Vec<f64> = d_h.iter().zip(first).map(|(d, v)| d * (1.0 - v * v)).collect();
    let mut d_handed = vec![0.0; net.shape.encoder_hidden];
    gemv_transposed(net.part(Part::Init), &inside, &mut d_handed);
    if let Some(slots) = slots {
        slots.outer(Part::Init, (&inside, exponent), net.handed_over(&trace.encoded).0);
    }
    // Empty but for the LSTM, whose c passes as it is.
    d_handed.extend(d_c);
    Running { values: d_handed, exponent }
}
