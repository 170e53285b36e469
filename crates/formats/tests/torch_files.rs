//! Files that torch, Keras and NumPy wrote, read here and run by the engine, against what they compute themselves. The folder is
//! `tests/fixtures/files`, or another one that `tests/fixtures/generate.py` wrote, in `UNROLL_FORMAT_FIXTURES`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use unroll_engine::signal::Table;
use unroll_engine::{analyse_critical, Activation, Cell, Experiment, Given, Input, Stack};
use unroll_formats::{npy, open, safetensors, table, Direction, ErrorKind, FormatError, Layout, ModelFile, Opened, Sequence};

fn folder() -> PathBuf {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/files");
    std::env::var_os("UNROLL_FORMAT_FIXTURES").map_or_else(own, PathBuf::from)
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn expected() -> Value {
    serde_json::from_slice(&bytes("expected.json")).unwrap()
}

fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        number => vec![number.as_f64().unwrap()],
    }
}

/// What the page does with a file: h_1…h_T of one layer and direction of a stack that reads `x`, in the order of reading, and its input.
fn run(stack: &Arc<Stack>, layer: usize, reversed: bool, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let d = stack.input_size();
    let given = Given::new(stack.clone(), layer, reversed).unwrap();
    let (cell, activation, n) = (given.cell(), given.weights().activation, given.weights().hidden_size);
    let columns = (0..d).map(|column| format!("x{column}")).collect();
    let experiment = Experiment {
        cell,
        activation,
        seq_len: x.len() / d,
        input: Input::Numbers(Table { columns, values: x.to_vec(), standardise: false }),
        forget_bias: 0.0,
        given: Some(Arc::new(given)),
        ..Experiment::default()
    };
    let analysis = analyse_critical(&experiment).unwrap();
    (analysis.trace.h[n..].to_vec(), analysis.problem.x)
}

/// Steps from last to first.
fn turned(values: &[f64], width: usize) -> Vec<f64> {
    values.chunks_exact(width).rev().flatten().copied().collect()
}

fn assert_close(what: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}: lengths");
    for (index, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= 1e-12 * b.abs().max(1e-3), "{what}: number {index} is {a}, torch has {b}");
    }
}

fn read(name: &str) -> ModelFile {
    let file = match open(&bytes(&format!("{name}.safetensors"))) {
        Ok(Opened::Model(file)) => file,
        other => panic!("{name}: {other:?}"),
    };
    assert!(file.modules.iter().all(|module| (module.layout == Layout::Keras) == name.starts_with("keras")), "{name}");
    file
}

#[test]
fn imported_weights_give_the_states_torch_gives() {
    let expected = expected();
    let files = expected.as_object().unwrap();
    assert!(files.len() >= 35, "{} files", files.len());
    for (name, modules) in files {
        let file = read(name);
        assert!(file.refused.is_empty(), "{name}: {:?}", file.refused);
        let modules = modules.as_object().unwrap();
        assert_eq!(file.modules.len(), modules.len(), "{name}");
        for module in &file.modules {
            let what = format!("{name} {}", module.prefix);
            let torch = modules.get(&module.prefix).unwrap_or_else(|| panic!("{what}: not a module torch wrote"));
            let cell = match torch["cell"].as_str().unwrap() {
                "rnn" => Cell::Rnn,
                "lstm" => Cell::Lstm,
                _ => Cell::Gru,
            };
            let activation = if torch["activation"] == "relu" { Activation::Relu } else { Activation::Tanh };
            let layers = torch["layers"].as_array().unwrap();
            assert_eq!((module.cell, module.layers), (cell, layers.len()), "{what}");
            assert_eq!(module.needs_activation(), cell == Cell::Rnn, "{what}");
            assert_eq!(module.bidirectional, layers[0].get("reverse").is_some(), "{what}");
            assert_eq!(module.has_bias, !name.contains("no_bias"), "{what}");
            assert_eq!(module.from_cell_class, name.contains("_cell") || module.prefix == "decoder", "{what}");
            let x = flat(&torch["x"]);
            let stack = Arc::new(module.stack(activation).unwrap());
            for (index, layer) in layers.iter().enumerate() {
                for (reversed, key) in [(false, "forward"), (true, "reverse")] {
                    let Some(expected) = layer.get(key) else {
                        assert!(Given::new(stack.clone(), index, reversed).is_err());
                        continue;
                    };
                    let (mut h, mut input) = run(&stack, index, reversed, &x);
                    if reversed {
                        h = turned(&h, module.hidden_size);
                        input = turned(&input, stack.layers()[index].forward.input_size);
                    }
                    assert_close(&format!("{what} input of layer {index}"), &input, &flat(&layer["input"]));
                    assert_close(&format!("{what} layer {index} {key}"), &h, &flat(expected));
                }
            }
            assert!(module.weights(layers.len(), Direction::Forward, activation).is_err());
        }
    }
}

#[test]
fn what_is_not_recurrent_is_listed() {
    let file = read("two_modules");
    let mut ignored = file.ignored.clone();
    ignored.sort();
    assert_eq!(ignored, ["embedding.weight", "head.bias", "head.weight", "steps"]);
    assert_eq!(file.modules.iter().map(|m| m.prefix.as_str()).collect::<Vec<_>>(), ["decoder", "encoder.lstm"]);
}

#[test]
fn a_gru_without_a_bias_says_what_was_assumed() {
    let notes = |name| read(name).modules[0].notes.len();
    assert_eq!((notes("keras_gru_no_bias"), notes("keras_gru"), notes("gru_no_bias")), (1, 0, 0));
}

#[test]
fn files_that_are_refused_say_why() {
    let torch = |name: &str| safetensors::read(&bytes(name)).unwrap_err();
    let says = |error: FormatError, kind: ErrorKind, parts: &[&str]| {
        assert_eq!(error.kind(), kind, "{error}");
        for part in parts {
            assert!(error.to_string().contains(part), "{error} does not have {part}");
        }
    };
    says(torch("refused_projection.safetensors"), ErrorKind::Unsupported, &["weight_hr_l0", "proj_size"]);
    says(torch("refused_no_recurrent.safetensors"), ErrorKind::Mismatch, &["bias, weight", "weight_ih_l0"]);
    says(torch("refused_integers.safetensors"), ErrorKind::Unsupported, &["I64", "BF16"]);
    says(torch("refused_checkpoint.pt"), ErrorKind::OtherFormat, &["zip", "save_file"]);
    says(torch("arrays.npz"), ErrorKind::OtherFormat, &["npz", "save_file"]);
    says(torch("npy_f8.npy"), ErrorKind::OtherFormat, &["NumPy"]);
    says(torch("keras_lstm.safetensors"), ErrorKind::Mismatch, &["Keras"]);
    let any = |name: &str| open(&bytes(name)).unwrap_err();
    says(any("refused_keras_gru_reset_before.safetensors"), ErrorKind::Unsupported, &["reset_after=False", "[6]"]);
    says(
        any("refused_checkpoint.pt"),
        ErrorKind::OtherFormat,
        &["PyTorch checkpoint", "save_file", ".detach().cpu().clone().contiguous()"],
    );
}

#[test]
fn numpy_arrays_are_read_in_every_order() {
    let expected: Vec<f64> = (0..12).map(|i| f64::from(i) / 8.0).collect();
    for name in ["f8", "f4", "f8_big_endian", "f4_big_endian", "f8_fortran", "f8_version_2", "f8_version_3"] {
        let sequence = npy::read(&bytes(&format!("npy_{name}.npy"))).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((sequence.seq_len, sequence.width), (6, 2), "{name}");
        assert_eq!(sequence.values, expected, "{name}");
    }
    let whole = npy::read(&bytes("npy_i8.npy")).unwrap();
    assert_eq!(whole.values, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
    let vector = npy::read(&bytes("npy_f8_vector.npy")).unwrap();
    assert_eq!((vector.seq_len, vector.width, vector.values), (12, 1, expected));
}

#[test]
fn numpy_arrays_that_are_refused_say_why() {
    let mut refused = 0;
    for (name, part) in [
        ("complex", "<c16"),
        ("batch", "[2, 3, 2]"),
        ("scalar", "[]"),
        ("nan", "Step 5, column 1 is NaN"),
        ("records", "float64"),
        ("object", "|O"),
    ] {
        let error = npy::read(&bytes(&format!("npy_refused_{name}.npy"))).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
        refused += 1;
    }
    assert_eq!(refused, 6);
    for name in ["arrays.npz", "lstm.safetensors", "refused_checkpoint.pt"] {
        assert_eq!(npy::read(&bytes(name)).unwrap_err().kind(), ErrorKind::OtherFormat, "{name}");
    }
}

/// The recipe that refusals print was run on the model that `generate.py` describes.
#[test]
fn the_recipe_that_refusals_print_gives_a_file_that_is_read() {
    for (model, prefix, cell, notes) in
        [("tied", "rnn", Cell::Lstm, 0), ("packed", "rnn", Cell::Gru, 0), ("weight_norm", "0", Cell::Lstm, 1)]
    {
        let file = read(&format!("recipe_{model}"));
        let module = &file.modules[0];
        assert_eq!(
            (file.modules.len(), module.prefix.as_str(), module.cell, module.assumptions().len()),
            (1, prefix, cell, notes),
            "{model}"
        );
        assert!(file.ignored.is_empty() && file.refused.is_empty(), "{model}");
    }
    let generator = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/generate.py")).unwrap();
    assert!(generator.contains(unroll_formats::detect::TORCH_RECIPE), "generate.py runs another recipe");
}

#[test]
fn a_mismatch_says_which_columns_would_fit() {
    let csv = "year,a,b,note,c\n1,2,3,x,4\n5,6,7,y,8\n";
    let sequence = table::read_csv(csv.as_bytes()).unwrap();
    assert_eq!(sequence.columns, ["year", "a", "b", "c"]);
    assert_eq!(sequence.skipped, ["note"]);
    assert_eq!(sequence.columns_for(4).unwrap(), [0, 1, 2, 3]);
    let says = |input_size, part: &str| {
        let error = sequence.columns_for(input_size).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    };
    says(2, "choose 2 of them, such as year, a.");
    says(1, "choose any one of its 4 columns.");
    says(9, "a file with 9 columns of numbers is accepted.");
    says(9, "note");
    assert_eq!(sequence.select(&[2, 1]).unwrap().values, [3.0, 2.0, 7.0, 6.0]);
    assert!(sequence.select(&[4]).is_err());
    assert!(sequence.select(&[]).is_err());
    assert_eq!(table::read_csv(b"a,b\nx,y\n").unwrap_err().kind(), ErrorKind::Damaged);
}

#[test]
fn more_columns_than_an_experiment_of_the_page_has_are_read() {
    let row = |t: usize| (0..40).map(|j| (t * 40 + j).to_string()).collect::<Vec<_>>().join(",");
    let csv = format!("{}\n{}\n{}\n", row(0), row(1), row(2));
    let sequence: Sequence = table::read_csv(csv.as_bytes()).unwrap();
    assert_eq!((sequence.seq_len, sequence.width), (3, 40));
    assert_eq!(sequence.values, (0..120).map(f64::from).collect::<Vec<_>>());
}
