//! Sound and refused files of every format, from the fixtures.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::sync::Arc;

use unroll_engine::{analyse_problem, Activation, Edits, Given, Parameter, Stack};
use unroll_formats::net::{self, NetDocument};
use unroll_formats::{json, safetensors, traces};

fn files(folder: &str, endings: &[&str]) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let fits = |path: &std::path::PathBuf| endings.iter().any(|ending| path.to_string_lossy().ends_with(ending));
    paths.iter().filter(|path| fits(path)).map(|path| std::fs::read(path).unwrap()).collect()
}

/// Experiments' documents.
pub fn experiments() -> Vec<Vec<u8>> {
    ["rnn", "lstm", "gru", "rnn_relu_dead", "rnn_overflow"].iter().flat_map(|name| files("scripts", &[&format!("/{name}.json")])).collect()
}

/// Files for the parser of this name (`parsers::PARSERS`).
pub fn seeds(parser: &str) -> Vec<Vec<u8>> {
    let analyses = || experiments().into_iter().map(|text| analyse_problem(json::read(&text).unwrap()));
    match parser {
        "safetensors" => {
            files("files", &["rnn.safetensors", "layers.safetensors", "cell.safetensors", "modules.safetensors", "f16.safetensors"])
        }
        "open" => [
            files("files", &["keras_rnn.safetensors", "keras_lstm.safetensors", "keras_gru.safetensors"]),
            files("files", &["before.safetensors"]),
            files("cases", &[".safetensors", ".npz", ".npy", ".csv", ".txt", ".pth", ".onnx", ".keras"]),
        ]
        .concat(),
        "npy" => files("files", &[".npy"]),
        "csv" => {
            let small =
                ["t,value\n1,2.5\n2,-3e4\n", "1;2;3\n4;5;6\n", "a\tb\n1\t\"2\"\n", "\u{feff}1 2\n\n3 4\r\n", "year,note\n1900,\"a, b\"\n"];
            small.iter().map(|text| text.as_bytes().to_vec()).chain(analyses().take(1).map(|a| traces::csv(&a).into_bytes())).collect()
        }
        "json" => experiments(),
        "traces_json" => analyses().map(|analysis| traces::json(&analysis).unwrap().into_bytes()).collect(),
        "traces_csv" => analyses().map(|analysis| traces::csv(&analysis).into_bytes()).collect(),
        "net" => {
            let modules =
                ["files/gru.safetensors", "two_layers.safetensors", "f16.safetensors"].iter().flat_map(|ending| files("files", &[ending]));
            let stacks = modules.map(|bytes| safetensors::read(&bytes).unwrap().modules[0].stack(Activation::Relu).unwrap());
            let net = |(index, stack): (usize, Stack)| {
                let mut edits = Edits::new(stack.layers()[0].forward.cell, 1, 2);
                assert!(edits.set(Parameter::WeightHh, 1, 0.5) && edits.set(Parameter::BiasHh, 0, -2.0));
                let given = Given::new(Arc::new(stack), 0, false).unwrap();
                let net = NetDocument { cell: given.cell(), name: "a".into(), given: Some(Arc::new(given)), edits: Some(Arc::new(edits)) };
                net::write(&net, index % 2 == 1).unwrap()
            };
            stacks.enumerate().map(net).collect()
        }
        other => panic!("no parser is called {other}"),
    }
}
