//! Each parser on bytes of any kind, with what has to hold whatever they are: an error is one sentence on one line; what is accepted
//! fits the engine and survives being written and read again. The bounded fuzz, the malformed files and `fuzz/` share this.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use unroll_engine::{analyse_problem, fingerprint, Activation, Cell, Problem, Weights};
use unroll_formats::{
    detect, json, net, npy, open, safetensors, script, table, traces, Candidate, Decimal, Direction, FormatError, GateOrder, Missing,
    ModelFile, Opened, Sequence, TableChoice, Traces,
};

/// Name of the parser and its check; whether the bytes were accepted.
pub type Parser = (&'static str, fn(&[u8]) -> Result<(), FormatError>);

pub const PARSERS: [Parser; 8] = [
    ("safetensors", read_safetensors),
    ("open", read_any),
    ("npy", read_npy),
    ("csv", read_csv),
    ("json", read_json),
    ("traces_json", read_traces_json),
    ("traces_csv", read_traces_csv),
    ("net", read_net),
];

/// The longest sentence, in characters.
const LONGEST: usize = 500;

/// Runs one parser by name.
pub fn check(name: &str, bytes: &[u8]) -> Result<(), FormatError> {
    let (_, parser) = PARSERS.iter().find(|(own, _)| *own == name).unwrap();
    let _ = detect::kind(bytes);
    let result = parser(bytes);
    if let Err(error) = &result {
        check_sentence(error);
    }
    result
}

fn check_sentence(error: &FormatError) {
    let text = error.to_string();
    assert!(text.ends_with('.') && text.chars().count() <= LONGEST, "no sentence: {text}");
    assert!(text.starts_with(|c: char| c.is_uppercase() || c.is_lowercase()), "no sentence: {text}");
    assert!(!text.contains(|c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)), "not one plain line: {text:?}");
}

fn read_safetensors(bytes: &[u8]) -> Result<(), FormatError> {
    check_model(&safetensors::read(bytes)?);
    Ok(())
}

/// Whatever it is, with every choice that it leaves.
fn read_any(bytes: &[u8]) -> Result<(), FormatError> {
    match open(bytes)? {
        Opened::Model(file) => check_model(&file),
        Opened::Experiment(problem, assumptions) => {
            check_plain(&assumptions);
            json::write_with_assumptions(&problem, &assumptions).unwrap();
        }
        Opened::Arrays(file) => {
            for index in 0..file.arrays.len().min(4) {
                for transposed in [false, true] {
                    check_candidate(file.candidate(index, transposed));
                }
            }
        }
        Opened::Table(file) => {
            for delimiter in &file.delimiters {
                for decimal in Decimal::ALL {
                    for has_header in [false, true] {
                        check_candidate(file.candidate(TableChoice { delimiter: *delimiter, decimal, has_header }));
                    }
                }
            }
        }
        Opened::Text(text) => {
            check_sentence(&text.not_a_table);
            for (start, length) in [(0, 100), (7, usize::MAX), (usize::MAX, 1)] {
                match text.window(start, length) {
                    Ok((window, sentences)) => {
                        assert!(!window.is_empty());
                        check_plain(&sentences);
                    }
                    Err(error) => check_sentence(&error),
                }
            }
        }
    }
    Ok(())
}

fn check_candidate(candidate: Result<Candidate, FormatError>) {
    let candidate = match candidate {
        Ok(candidate) => candidate,
        Err(error) => return check_sentence(&error),
    };
    check_plain(&candidate.gap_sentences());
    check_plain(&candidate.assumptions);
    candidate.left_out.iter().for_each(|left_out| check_plain(std::slice::from_ref(&left_out.sentence)));
    for columns in [candidate.first_columns(None), (0..candidate.columns.len()).collect()] {
        for missing in Missing::ALL {
            match candidate.sequence(&columns, missing) {
                Ok((sequence, sentences)) => {
                    check_sequence(&sequence);
                    check_plain(&sentences);
                }
                Err(error) => check_sentence(&error),
            }
        }
    }
}

/// Sentences that go along with what was read.
fn check_plain(sentences: &[String]) {
    for text in sentences {
        assert!(!text.contains(|c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)), "not one plain line: {text:?}");
    }
}

fn check_model(file: &ModelFile) {
    assert!(!file.modules.is_empty());
    file.refused.iter().for_each(check_sentence);
    for module in &file.modules {
        check_plain(&module.assumptions());
        for order in GateOrder::ALL {
            assert!(module.read_as(order, 2.0).weights(0, Direction::Forward, Activation::Tanh).is_ok());
        }
        for layer in 0..module.layers {
            for direction in [Direction::Forward, Direction::Reverse].into_iter().take(1 + usize::from(module.bidirectional)) {
                let weights = module.weights(layer, direction, Activation::Tanh).unwrap();
                let again = safetensors::read(&safetensors::write(&weights).unwrap()).unwrap();
                assert_eq!(again.modules[0].weights(0, Direction::Forward, Activation::Tanh).unwrap(), weights);
                if weights.hidden_size <= 3 && weights.input_size <= 3 {
                    analyse(weights);
                }
            }
        }
    }
}

/// Three steps through the engine.
fn analyse(weights: Weights) {
    let (n, d) = (weights.hidden_size, weights.input_size);
    let c0 = if weights.cell == Cell::Lstm { vec![0.0; n] } else { Vec::new() };
    let (x, loss_site) = (vec![1.0; 3 * d], unroll_engine::LossSite::LastStep);
    let _ = analyse_problem(Problem { weights, x, h0: vec![0.0; n], c0, loss_site, cotangent: vec![1.0; n] });
}

fn read_net(bytes: &[u8]) -> Result<(), FormatError> {
    let net = net::read(bytes)?;
    for deflated in [false, true] {
        assert_eq!(net::read(&net::write(&net, deflated).unwrap()).unwrap(), net);
    }
    if let Some(given) = &net.given {
        let weights = given.weights().clone();
        if weights.hidden_size <= 3 && weights.input_size <= 3 {
            analyse(weights);
        }
    }
    Ok(())
}

fn read_npy(bytes: &[u8]) -> Result<(), FormatError> {
    let sequence = npy::read(bytes)?;
    check_sequence(&sequence);
    assert_eq!(npy::read(&npy::write(&sequence)).unwrap(), sequence);
    Ok(())
}

fn read_csv(bytes: &[u8]) -> Result<(), FormatError> {
    check_sequence(&table::read_csv(bytes)?);
    Ok(())
}

fn check_sequence(sequence: &Sequence) {
    assert_eq!(sequence.values.len(), sequence.seq_len * sequence.width);
    assert_eq!(sequence.columns.len(), sequence.width);
    assert!(sequence.seq_len > 0 && sequence.width > 0);
    for input_size in [1, sequence.width, sequence.width + 1] {
        if let Err(error) = sequence.columns_for(input_size) {
            check_sentence(&error);
        }
    }
}

fn read_json(bytes: &[u8]) -> Result<(), FormatError> {
    let problem = json::read(bytes)?;
    let text = json::write(&problem).unwrap();
    let again = json::read(text.as_bytes()).unwrap();
    assert_eq!(again, problem);
    assert_eq!(problem_bits(&again), problem_bits(&problem));
    script::pytorch(&problem).unwrap();
    let w = &problem.weights;
    if w.hidden_size <= 4 && w.input_size <= 4 && problem.x.len() <= 32 {
        read_traces_json(Traces::of(&analyse_problem(problem)).to_json().unwrap().as_bytes()).unwrap();
    }
    Ok(())
}

pub fn problem_bits(problem: &Problem) -> u64 {
    let w = &problem.weights;
    let parts = [&w.weight_ih, &w.weight_hh, &w.bias_ih, &w.bias_hh, &problem.x, &problem.h0, &problem.c0, &problem.cotangent];
    fingerprint(parts.into_iter().flatten().copied())
}

pub fn trace_bits(traces: &Traces) -> u64 {
    let columns = traces.states.iter().chain(&traces.steps).flat_map(|series| series.values.iter().copied());
    let others = [traces.loss, traces.growth_per_step].into_iter().chain(traces.lyapunov_exponents.iter().copied());
    // One NaN is as good as another.
    fingerprint(columns.chain(others).map(|value| if value.is_nan() { f64::NAN } else { value }))
}

fn read_traces_json(bytes: &[u8]) -> Result<(), FormatError> {
    let traces = Traces::from_json(bytes)?;
    let again = Traces::from_json(traces.to_json().unwrap().as_bytes()).unwrap();
    assert_eq!(again.experiment, traces.experiment);
    assert_eq!(trace_bits(&again), trace_bits(&traces));
    assert_eq!(json::read(bytes)?, traces.experiment);
    Ok(())
}

fn read_traces_csv(bytes: &[u8]) -> Result<(), FormatError> {
    let table = traces::TraceTable::read(bytes)?;
    assert!(table.cells.len().is_multiple_of(table.columns.len()));
    Ok(())
}
