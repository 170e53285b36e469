//! Files of the kinds that public bug reports tell of: each is read as it is meant, or said to be what it is; nothing is read wrongly in
//! silence. The folder is `tests/fixtures/cases`, which `cases.py` writes, or another one of the same names in `UNROLL_CASES`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};

use unroll_engine::{Activation, Cell, Weights};
use unroll_formats::{
    limits, open, safetensors, Candidate, Decimal, Direction, ErrorKind, FormatError, GateOrder, Missing, ModelFile, Module, Opened,
    Sequence,
};

fn folder() -> PathBuf {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases");
    std::env::var_os("UNROLL_CASES").map_or_else(own, PathBuf::from)
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn has(name: &str) -> bool {
    folder().join(name).exists()
}

fn opened(name: &str) -> Opened {
    open(&bytes(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn model(name: &str) -> ModelFile {
    match opened(name) {
        Opened::Model(file) => file,
        other => panic!("{name} is {other:?}"),
    }
}

fn only(name: &str) -> Module {
    let file = model(name);
    assert_eq!((file.modules.len(), file.refused.len()), (1, 0), "{name}: {:?}", file.refused);
    file.modules[0].clone()
}

fn candidate(name: &str) -> Candidate {
    match opened(name) {
        Opened::Table(table) => table.candidate(table.guess).unwrap(),
        Opened::Arrays(arrays) => arrays.candidate(0, false).unwrap(),
        other => panic!("{name} is {other:?}"),
    }
}

fn refused(name: &str, parts: &[&str]) -> FormatError {
    let error = match open(&bytes(name)) {
        Err(error) => error,
        Ok(found) => panic!("{name} is read: {found:?}"),
    };
    for part in parts {
        assert!(error.to_string().contains(part), "{name}: {error} does not say {part}");
    }
    error
}

/// The file of this kind, with the other numbers that the reference has under a slightly other name.
fn expected(names: &[&str]) -> Weights {
    let name = names.iter().find(|name| has(&format!("expected/{name}.safetensors"))).unwrap_or_else(|| panic!("{names:?}"));
    let file = safetensors::read(&bytes(&format!("expected/{name}.safetensors"))).unwrap();
    file.modules[0].weights(0, Direction::Forward, Activation::Tanh).unwrap()
}

fn weights(module: &Module) -> Weights {
    module.weights(0, Direction::Forward, Activation::Tanh).unwrap()
}

/// The same net: W_ih, W_hh, and of the biases what the cell tells apart.
fn assert_same(name: &str, found: &Weights, right: &Weights) {
    assert_eq!((found.cell, found.hidden_size, found.input_size), (right.cell, right.hidden_size, right.input_size), "{name}");
    let close = |what: &str, a: &[f64], b: &[f64]| {
        assert_eq!(a.len(), b.len(), "{name}: {what}");
        for (index, (a, b)) in a.iter().zip(b).enumerate() {
            assert!((a - b).abs() <= 2e-7 * b.abs().max(1.0), "{name}: {what}[{index}] is {a}, and {b} is right");
        }
    };
    close("weight_ih", &found.weight_ih, &right.weight_ih);
    close("weight_hh", &found.weight_hh, &right.weight_hh);
    let sum = |w: &Weights| w.bias_ih.iter().zip(&w.bias_hh).map(|(a, b)| a + b).collect::<Vec<f64>>();
    close("bias", &sum(found), &sum(right));
    if found.cell == Cell::Gru {
        let n = found.hidden_size;
        close("bias_hh of n", &found.bias_hh[2 * n..], &right.bias_hh[2 * n..]);
    }
}

fn says(name: &str, sentences: &[String], part: &str) {
    assert!(sentences.iter().any(|sentence| sentence.contains(part)), "{name}: {sentences:?} do not say {part}");
}

/// File, names of its right reading, a part of what is said about it (empty: nothing has to be), whether the dialog has to open.
const MODELS: [(&str, &[&str], &str, bool); 17] = [
    ("M03_compiled.safetensors", &["M03"], "", false),
    ("M04_awd_fastai1.safetensors", &["M04"], "weight_hh_l0_raw is the weight", true),
    ("M04_awd_salesforce.safetensors", &["M04"], "weight_hh_l0_raw is the weight", false),
    ("M05_weight_norm_g_v.safetensors", &["M05"], "g·v/‖v‖ by row", false),
    ("M05_weight_norm_parametrizations.safetensors", &["M05"], "g·v/‖v‖ by row", false),
    ("M06_equinox_lstm.safetensors", &["M06_equinox_lstm"], "The one bias is read as bias_ih", false),
    ("M06_equinox_gru.safetensors", &["M06_equinox_gru"], "bias_n", false),
    ("M07_mlx_lstm.safetensors", &["M07_mlx_lstm"], "MLX", false),
    ("M07_mlx_gru.safetensors", &["M07_mlx_gru"], "MLX", false),
    ("M08_flax_lstm.safetensors", &["M08_flax_lstm"], "Flax", false),
    ("M08_flax_gru.safetensors", &["M08_flax_gru"], "Flax", false),
    ("M10_tf1_basic_lstm.safetensors", &["M10_tf1_basic_lstm"], "1 is added to the forget gate’s bias", true),
    ("M12_keras3_vars.safetensors", &["M12_keras3_vars"], "Keras", false),
    ("M12_keras3_vars.npz", &["M12_keras3_vars"], "Keras", false),
    ("M13_haste_lstm.safetensors", &["M13_haste_lstm"], "i, g, f, o", true),
    ("M07_mlx_rnn.safetensors", &["M07_mlx_rnn"], "MLX", true),
    ("N04_forget_bias_1.safetensors", &[], "", false),
];

#[test]
fn models_are_read_as_they_are_meant() {
    let mut read = 0;
    for (name, right, part, asks) in MODELS.iter().filter(|(name, ..)| has(name)) {
        let module = only(name);
        if right.iter().any(|right| has(&format!("expected/{right}.safetensors"))) {
            assert_same(name, &weights(&module), &expected(right));
        }
        assert_eq!(module.needs_choice(), *asks, "{name}");
        if !part.is_empty() {
            says(name, &module.assumptions(), part);
        }
        read += 1;
    }
    assert!(read >= 13, "{read}");
}

#[test]
fn wrappers_are_not_shown() {
    assert_eq!(only("M03_compiled.safetensors").prefix, "rnn");
    let file = model("M03_ocr_dataparallel.safetensors");
    let about = |module: &Module| (module.cell, module.hidden_size, module.input_size, module.bidirectional);
    assert!(file.modules.iter().all(|module| about(module) == (Cell::Lstm, 4, 6, true) && !module.prefix.contains("module")));
    assert_eq!((file.modules.len(), file.ignored.len()), (2, 4));
}

#[test]
fn the_dropped_copy_is_named_and_not_used() {
    let module = only("M04_awd_fastai1.safetensors");
    assert_eq!(module.left_out.len(), 1, "{:?}", module.left_out);
    says("M04", &module.assumptions(), "left out: 0.rnns.0.weight_hh_l0");
}

#[test]
fn the_order_of_gates_and_the_forget_bias_can_be_chosen() {
    let haste = only("M13_haste_lstm.safetensors");
    let other = haste.read_as(GateOrder::Ifgo, 1.0);
    assert_ne!(weights(&other).weight_hh, weights(&haste).weight_hh);
    assert_eq!(weights(&other.read_as(GateOrder::Igfo, 1.0)), weights(&haste));
    for order in GateOrder::ALL {
        let again = haste.read_as(order, 1.0);
        says("M13", &again.assumptions(), order.words());
        assert_eq!(weights(&again.read_as(GateOrder::Igfo, 1.0)), weights(&haste));
    }
    let tensorflow = only("M10_tf1_basic_lstm.safetensors");
    let without = weights(&tensorflow.read_as(GateOrder::Ifgo, 0.0));
    let with = weights(&tensorflow);
    let n = with.hidden_size;
    let differences: Vec<f64> = with.bias_ih.iter().zip(&without.bias_ih).map(|(a, b)| a - b).collect();
    assert!(differences.iter().enumerate().all(|(row, by)| (by - f64::from((n..2 * n).contains(&row))).abs() < 1e-12), "{differences:?}");
}

#[test]
fn other_cells_and_broken_weights_are_named() {
    let error = refused("M09_layernorm_lstm.safetensors", &["\"cell\"", "cell.ln_hh.weight", "another cell"]);
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    refused("M11_cudnn_lstm.safetensors", &["cu_dnnlstm", "CuDNNLSTM", "[32]"]);
    refused("M11_keras_gru_reset_before.safetensors", &["reset_after=False", "[12]"]);
    let error = refused("M16_weights_are_nan.safetensors", &["rnn.", "NaN at [", "checkpoint from before"]);
    assert_eq!(error.kind(), ErrorKind::NotFinite);
}

#[test]
fn formats_that_are_not_read_are_named_with_the_recipe() {
    for name in ["M01_state_dict.pth", "M01_lightning.ckpt", "M01_legacy_pickle.pt", "M14_lstm.onnx"] {
        let what = if name.contains("onnx") { "ONNX" } else { "could run code" };
        refused(name, &[what, ".detach().cpu().clone().contiguous()", "weight_hh", "save_file"]);
    }
    for name in ["M12_model.keras", "M12_model.weights.h5"].into_iter().filter(|name| has(name)) {
        refused(name, &["Keras", "HDF5", "save_file", "model.weights"]);
    }
}

/// Columns that are complete, columns with gaps, what is left out, and whether it is asked.
fn columns(candidate: &Candidate) -> (Vec<&str>, Vec<&str>, Vec<&str>) {
    let of = |gaps: bool| candidate.columns.iter().filter(|c| (c.gaps > 0) == gaps).map(|c| c.name.as_str()).collect();
    (of(false), of(true), candidate.left_out.iter().map(|left_out| left_out.name.as_str()).collect())
}

fn first(candidate: &Candidate) -> Sequence {
    candidate.sequence(&candidate.first_columns(None), Missing::LeaveRowsOut).unwrap().0
}

#[test]
fn a_row_number_is_not_offered() {
    let table = candidate("S01_pandas_index.csv");
    assert_eq!(columns(&table), (vec!["price"], vec![], vec!["column 1"]));
    assert!(table.needs_choice());
    says("S01", &table.sequence(&[0], Missing::LeaveRowsOut).unwrap().1, "Column 1 numbers the rows");
}

#[test]
fn decimal_commas_are_numbers() {
    for (name, asks) in [("S02_one_column_decimal_comma_header.csv", false), ("S02_one_column_decimal_comma_no_header.csv", true)] {
        let table = candidate(name);
        assert_eq!((table.columns.len(), table.needs_choice()), (1, asks), "{name}");
        let (sequence, sentences) = table.sequence(&[0], Missing::LeaveRowsOut).unwrap();
        assert!(sequence.seq_len >= 5 && sequence.values.iter().any(|value| value.fract() == 0.25), "{name}: {sequence:?}");
        says(name, &sentences, "Commas are read as decimal marks");
    }
    if !has("S02_semicolon.csv") {
        return;
    }
    let table = candidate("S02_semicolon.csv");
    assert_eq!(columns(&table), (vec!["Zeit"], vec!["Druck", "Wind"], vec![]));
    says("S02", &table.gap_sentences(), "Druck: 1 row has no number; row 3, column 2 is empty.");
    says("S02", &table.gap_sentences(), "Wind: 1 row has no number; row 4, column 3 is \"n/a\".");
    let with = |missing| table.sequence(&[1, 2], missing).unwrap();
    assert_eq!(with(Missing::LeaveRowsOut).0.values, [11.25, 3.0, 14.0, 6.0]);
    assert_eq!(with(Missing::RepeatLast).0.values, [11.25, 3.0, 11.25, 4.0, 9.75, 4.0, 14.0, 6.0]);
    assert_eq!(with(Missing::Interpolate).0.values, [11.25, 3.0, 10.5, 4.0, 9.75, 5.0, 14.0, 6.0]);
    says("S02", &with(Missing::LeaveRowsOut).1, "2 rows without a value are left out (rows 3, 4 of the file)");
    says("S02", &with(Missing::Interpolate).1, "Missing values of 2 rows are filled by interpolation");
}

/// Tables in which nothing is open go straight in; what is open is asked.
#[test]
fn only_what_is_open_is_asked() {
    for (text, columns, asks) in [
        ("a,b\n1,2\n3,4\n5,6\n", 2, false),
        ("1, 2\n3, 4\n", 2, false),
        ("1\t2\n3\t4\n", 2, false),
        ("1 2\n3 4\n", 2, false),
        ("1,5 2,5\n3,5 4,5\n", 2, false),
        ("a;b\n1,5;2\n3,5;4\n", 2, false),
        ("1.5\n2.5\n", 1, false),
        ("x\n1,5\n2,5\n", 1, false),
        ("x\n1,5\n2\n3,5\n", 1, true),
        ("1,5\n2,5\n", 1, true),
        ("0,5\n1,6\n2,7\n", 2, true),
        ("abc,0.5\n1,0.25\n2,0.75\n", 2, true),
        ("2024-01-01,5.0\n2024-01-02,6.0\n", 1, true),
    ] {
        let table = match open(text.as_bytes()) {
            Ok(Opened::Table(table)) => table.candidate(table.guess).unwrap(),
            other => panic!("{text:?}: {other:?}"),
        };
        assert_eq!((table.columns.len(), table.needs_choice()), (columns, asks), "{text:?}: {table:?}");
    }
    let Opened::Table(table) = open(b"2024-01-01,5.0\n2024-01-02,6.0\n").unwrap() else { panic!() };
    assert_eq!(table.candidate(table.guess).unwrap().rows(), 2);
}

#[test]
fn a_gap_is_named_where_it_is() {
    let table = candidate("S03_lag_column.csv");
    assert_eq!(columns(&table), (vec!["x"], vec!["x_lag1"], vec![]));
    says("S03", &table.gap_sentences(), "x_lag1: 1 row has no number; row 2, column 2 is empty.");
    assert_eq!(table.first_columns(None), [0]);
    // Nothing before the first value could be repeated.
    assert_eq!(table.sequence(&[1], Missing::RepeatLast).unwrap().0.seq_len, 3);
    if !has("S03_blank_line.csv") {
        return;
    }
    let blank = candidate("S03_blank_line.csv");
    assert!(blank.needs_choice());
    says("S03", &blank.gap_sentences(), "row 3, column 1 is empty");
    assert_eq!(first(&blank).values, [1.5, 3.0, 4.5]);
    let question = candidate("S02_question_mark.csv");
    assert_eq!(columns(&question), (vec![], vec!["level"], vec!["date"]));
    says("S02", &question.gap_sentences(), "row 3, column 2 is \"?\"");
    let row = candidate("S02_missing_first_row.csv");
    assert_eq!((row.rows(), columns(&row).1), (3, vec!["column 1"]));
}

#[test]
fn encodings_are_read_and_said() {
    for name in ["S04_cp1252.csv", "S04_utf16.csv"].into_iter().filter(|name| has(name)) {
        let table = candidate(name);
        assert_eq!(columns(&table).0, ["t", "Temp (°C)"], "{name}");
        assert_eq!(first(&table).values, [21.5, 22.0, 22.5], "{name}");
        says(name, &table.assumptions, "The file is");
    }
}

#[test]
fn thousands_are_read_where_they_are_clear() {
    let table = candidate("S05_thousands.csv");
    assert_eq!(columns(&table), (vec!["close", "volume"], vec![], vec!["date"]));
    assert_eq!(table.sequence(&[0, 1], Missing::LeaveRowsOut).unwrap().0.values, [1234.5, 12e6, 1240.25, 9.5e6]);
    if !has("S05_ambiguous.csv") {
        return;
    }
    let Opened::Table(file) = opened("S05_ambiguous.csv") else { panic!() };
    assert!(file.asks_decimal);
    let read = |decimal| first(&file.candidate(unroll_formats::TableChoice { decimal, ..file.guess }).unwrap()).values;
    assert_eq!((read(Decimal::Point), read(Decimal::Comma)), (vec![1234.0, 5678.0], vec![1.234, 5.678]));
}

#[test]
fn arrays_of_every_type_and_order_are_read() {
    let mut read = 0;
    for (name, sizes, asks) in [
        ("S06_big_endian.npy", (40, 1), false),
        ("S06_float16.npy", (40, 1), false),
        ("S06_int64.npy", (40, 1), false),
        ("S06_uint8.npy", (3, 1), false),
        ("S06_fortran.npy", (40, 2), false),
        ("S06_d_by_T_transposed_view.npy", (40, 2), false),
        ("S06_batch_first_1_T_d.npy", (40, 2), false),
        ("S06_d_by_T.npy", (2, 40), true),
        ("S06_arrays.npz", (40, 1), true),
    ] {
        if !has(name) {
            continue;
        }
        let array = candidate(name);
        assert_eq!((array.rows(), array.columns.len()), sizes, "{name}");
        assert_eq!(array.asks, asks, "{name}");
        assert!(first(&array).values.windows(2).all(|pair| pair[0] != pair[1]), "{name}");
        read += 1;
    }
    assert!(read >= 6, "{read}");
    let time_first = candidate("S06_time_first_T_1_d.npy");
    assert_eq!(time_first.rows(), 40);
    says("S06", &time_first.assumptions, "is read as one sequence of 40 steps");
    if !has("S06_d_by_T.npy") {
        return;
    }
    let Opened::Arrays(file) = opened("S06_d_by_T.npy") else { panic!() };
    let transposed = file.candidate(0, true).unwrap();
    assert_eq!((transposed.rows(), transposed.columns.len()), (40, 2));
    let all = |candidate: &Candidate| candidate.sequence(&[0, 1], Missing::LeaveRowsOut).unwrap().0.values;
    assert_eq!(all(&transposed), all(&candidate("S06_fortran.npy")));
    refused("S06_int64_too_large.npy", &["Number 2 of the array is 9007199254740993", "2^53"]);
}

#[test]
fn prose_is_text_of_any_length() {
    let Opened::Text(text) = opened("S07_text_long.txt") else { panic!() };
    assert!(text.length() > 2500);
    let (window, sentences) = text.window(10, 100).unwrap();
    assert_eq!(window.chars().count(), 100);
    says("S07", &sentences, "Characters 11 to 110 of ");
    assert!(text.window(0, usize::MAX).unwrap().1.is_empty());
    assert!(text.window(usize::MAX, 5).is_err());
    assert_eq!(limits::ALPHABET, 256);
}

/// Whatever is in the folder, also under names that are not known here.
#[test]
fn every_file_is_opened_or_named() {
    let mut tried = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() || name.ends_with(".md") || name == "expected.json" {
            continue;
        }
        match open(&std::fs::read(&path).unwrap()) {
            Ok(Opened::Model(file)) => {
                for module in &file.modules {
                    assert!(module.stack(Activation::Tanh).is_ok(), "{name}");
                    println!("{name}: {} {:?} {:?}", module.prefix, module.cell, module.assumptions());
                }
            }
            Ok(Opened::Table(table)) => {
                let candidate = table.candidate(table.guess).unwrap();
                println!("{name}: {:?} {:?} asks {}", columns(&candidate), candidate.gap_sentences(), candidate.needs_choice());
            }
            Ok(Opened::Arrays(arrays)) => println!("{name}: {} arrays", arrays.arrays.len()),
            Ok(Opened::Text(text)) => println!("{name}: {}; {}", text.words(), text.not_a_table),
            Ok(Opened::Experiment(problem, _)) => println!("{name}: {:?}", problem.weights.cell),
            Err(error) => {
                let text = error.to_string();
                assert!(text.ends_with('.') && text.chars().count() <= 500, "{name}: {text}");
                println!("{name}: {text}");
            }
        }
        tried += 1;
    }
    assert!(tried >= 40, "{tried}");
}
