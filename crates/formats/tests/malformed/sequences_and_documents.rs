//! Arrays, tables, documents, and files of other formats.

use unroll_formats::limits;
use unroll_formats::ErrorKind::{Damaged, Mismatch, NotFinite, OtherFormat, TooLarge, Unsupported};

use crate::{corpus, parsers, refused};

#[test]
fn other_formats() {
    for (bytes, part) in [
        (b"PK\x03\x04 checkpoint".as_slice(), "zip"),
        (b"PK\x05\x06", "zip"),
        (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "pickle"),
        (b"\x89HDF\r\n\x1a\n\0\0", "HDF5"),
        (b"\x1f\x8b\x08\0", "gzip"),
    ] {
        for parser in ["safetensors", "open", "npy", "csv", "json", "traces_json"] {
            refused(parser, bytes, OtherFormat, part);
        }
    }
    refused("safetensors", b"{\"format\":\"unroll-experiment\"}", OtherFormat, "JSON");
    refused("npy", b"1,2,3\n", OtherFormat, "\\x93NUMPY");
    refused("csv", b"\x93NUMPY\x01\0", OtherFormat, "NumPy");
    refused("csv", b"\xff\xfe1\x002", OtherFormat, "UTF-8");
    refused("csv", b"\x81\x8d", OtherFormat, "Windows-1252");
    for (bytes, part) in [
        (b"PAR1\x15".as_slice(), "a Parquet file"),
        (b"GGUF\x03\0\0\0", "a GGUF file"),
        (b"\x08\x07\x12\x07pytorch", "ONNX"),
        (b"%PDF-1.4", "a PDF"),
        (&[0; 64], "no format that is known here"),
    ] {
        refused("open", bytes, OtherFormat, part);
    }
    refused("json", b"<html></html>", Damaged, "cannot be read");
}

fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    [b"\x93NUMPY\x01\0".as_slice(), &(header.len() as u16).to_le_bytes(), header.as_bytes(), data].concat()
}

#[test]
fn arrays() {
    let no = |bytes: &[u8], kind, part: &str| refused("npy", bytes, kind, part);
    let head = |descr: &str, order: &str, shape: &str| format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n");
    let shaped = |shape: &str, bytes: usize| npy(&head("'<f8'", "False", shape), &vec![0; bytes]);
    assert!(parsers::check("npy", &shaped("(1,)", 8)).is_ok());
    assert!(parsers::check("npy", &shaped("(1L, 1L)", 8)).is_ok());
    no(b"\x93NUMPY", Damaged, "ends within its header");
    no(b"\x93NUMPY\x01", Damaged, "ends within its header");
    no(b"\x93NUMPY\x01\x00\x10", Damaged, "ends within its header");
    no(b"\x93NUMPY\x01\x00\x10\x00{", Damaged, "ends within its header");
    no(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{", TooLarge, "4294967295");
    no(b"\x93NUMPY\x09\x00\x10\x00{", Unsupported, "version 9.0");
    no(b"\x93NUMPY\x01\x01\x10\x00{", Unsupported, "version 1.1");
    no(&npy("\u{e9}", b"")[..11], Damaged, "ends within");
    no(&[b"\x93NUMPY\x01\0\x01\0".as_slice(), b"\xff"].concat(), Damaged, "not text");
    for shape in ["(1)", "(-1,)", "(1.0,)", "(,)", "(1,,)", "(1 1)", "[1]", "1", "(99999999999999999999999,)", "None", "(0x1,)", "(1,"] {
        no(&shaped(shape, 8), Damaged, "a dictionary");
    }
    no(&shaped("()", 8), Mismatch, "[T] and [T, d]");
    assert!(parsers::check("npy", &shaped("(1, 1, 1)", 8)).is_ok());
    no(&shaped("(2, 2, 1)", 32), Mismatch, "[2, 2, 1]");
    no(&shaped("(1, 1, 1, 1)", 8), Mismatch, "[1, 1, 1, 1]");
    no(&shaped("(0,)", 0), Mismatch, "at least 1");
    no(&shaped("(3, 0)", 0), Mismatch, "at least 1");
    no(&shaped("(18446744073709551615, 2)", 8), TooLarge, "at most");
    no(&shaped("(100001,)", 8), TooLarge, "100001 steps");
    no(&shaped("(1, 513)", 8 * 513), TooLarge, "513 numbers");
    no(&shaped("(99999, 500)", 8), TooLarge, "at most");
    no(&shaped("(2,)", 15), Damaged, "15 bytes");
    no(&shaped("(2,)", 17), Damaged, "16 are accepted");
    for descr in ["'<i8'", "'<u8'", "'>f8'"] {
        assert!(parsers::check("npy", &npy(&head(descr, "False", "(1,)"), &[0; 8])).is_ok(), "{descr}");
    }
    for descr in ["'<i3'", "'<f1'", "'<b8'", "'|f8'", "'<f16'", "'|O'", "'<U3'", "'<c16'", "'f8'", "'=f8'", "[('a', '<f8')]", "'<script>'"]
    {
        no(&npy(&head(descr, "False", "(1,)"), &[0; 8]), Unsupported, "float64");
    }
    for header in [
        "",
        "{}",
        "[]",
        "{'descr': '<f8'}",
        "{'descr': '<f8', 'fortran_order': false, 'shape': (1,)}",
        "{'shape': (1,), 'shape': (1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} + 1",
        "{'descr': '<f8' 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '\\x3cf8', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f8, 'fortran_order': False, 'shape': (1,)}",
        "__import__('os')",
        "{'descr': 'é",
        "{'desc\u{e9}",
    ] {
        no(&npy(header, &[0; 8]), Damaged, "a dictionary");
    }
    no(&npy(&head("'<f8'", "True", "(1,)"), &f64::NAN.to_le_bytes()), NotFinite, "Step 1, column 1 is NaN");
    no(&npy(&head("'>f4'", "False", "(1,)"), &f32::NEG_INFINITY.to_be_bytes()), NotFinite, "-inf");
    no(&npy(&head("'<f8'", "False", "(1,)"), &1e200_f64.to_le_bytes()), NotFinite, "1e200");
}

#[test]
fn documents() {
    let lstm = String::from_utf8(corpus::experiments().swap_remove(1)).unwrap();
    assert!(parsers::check("json", lstm.as_bytes()).is_ok());
    assert!(parsers::check("json", format!("\u{feff}{lstm}").as_bytes()).is_ok());
    let no = |text: &str, kind, part: &str| refused("json", text.as_bytes(), kind, part);
    no("[]", Damaged, "cannot be read");
    no("{}", OtherFormat, "no \"format\"");
    no("null", Damaged, "cannot be read");
    no("{\"format\":\"<b>\",\"version\":1}", OtherFormat, "<b>");
    no("{\"format\":\"unroll-experiment\"}", Damaged, "no \"version\"");
    no("{\"format\":\"unroll-experiment\",\"version\":2}", Unsupported, "version 2");
    no("{\"format\":\"unroll-experiment\",\"version\":1}", Damaged, "missing field");
    no("{\"format\":\"unroll-traces\",\"version\":1}", Damaged, "missing field");
    for bomb in ["[", "{\"a\":", "{\"format\":"] {
        no(&bomb.repeat(1_000_000), Damaged, "cannot be read");
    }
    let changed = |from: &str, to: &str| {
        assert!(lstm.contains(from), "{from}");
        lstm.replacen(from, to, 1)
    };
    let value = lstm.split("\"weight_ih_l0\": [[").nth(1).unwrap().split(',').next().unwrap();
    for number in ["NaN", "Infinity", "1e999", "\"1\"", "null", "[1]", "{}", "1_0", "0x1", ".5"] {
        no(&changed(value, number), Damaged, "cannot be read");
    }
    no(&changed("\"h0\": [", "\"h0\": [0.5, "), Mismatch, "h0 has 5 numbers");
    no(&changed("\"c0\": [", "\"c0\": [0.5, "), Mismatch, "c0 has 5 numbers");
    no(&changed("\"cotangent\": [", "\"cotangent\": [0.5, "), Mismatch, "cotangent has 5");
    no(&changed("\"x\": [", "\"x\": [[1.0, 2.0], "), Mismatch, "x has 13 rows");
    no(&changed("\"x\": [", "\"x\": [[1.0], "), Damaged, "row 2 has 2 numbers");
    no(&changed("\"x\": [", "\"x\": [[], "), Damaged, "row 1 has 0 numbers");
    no(&changed("\"cell\": \"lstm\"", "\"cell\": \"gru\""), Mismatch, "weight_ih has 32 numbers");
    no(&changed("\"cell\": \"lstm\"", "\"cell\": \"<i>x</i>\""), Damaged, "unknown variant");
    no(&changed("\"cell\": \"lstm\"", "\"cell\": \"lstm\", \"cell\": \"lstm\""), Damaged, "duplicate");
    no(&changed("\"hidden_size\": 4", "\"hidden_size\": 0"), Mismatch, "weight_hh_l0");
    no(&changed("\"hidden_size\": 4", "\"hidden_size\": 513"), TooLarge, "513 units");
    no(&changed("\"hidden_size\": 4", "\"hidden_size\": 18446744073709551615"), TooLarge, "units");
    no(&changed("\"hidden_size\": 4", "\"hidden_size\": -4"), Damaged, "cannot be read");
    no(&changed("\"input_size\": 2", "\"input_size\": 3"), Mismatch, "weight_ih_l0");
    no(&changed("\"seq_len\": 12", "\"seq_len\": 13"), Mismatch, "13 are accepted");
    no(&changed("\"every_step\"", "\"step\""), Damaged, "no \"step\"");
    no(&changed("\"site\": \"every_step\"", "\"site\": \"step\", \"step\": 0"), Mismatch, "counted from 1");
    no(&format!("{lstm}x"), Damaged, "trailing");
    let zeros = "0,".repeat(limits::JSON_NUMBERS + 8);
    no(&changed("\"h0\": [", &format!("\"h0\": [{zeros}")), Damaged, "more than");

    let traces = String::from_utf8(corpus::seeds("traces_json").swap_remove(0)).unwrap();
    let no = |from: &str, to: &str, kind, part: &str| {
        assert!(traces.contains(from), "{from}");
        refused("traces_json", traces.replacen(from, to, 1).as_bytes(), kind, part);
    };
    no("\"h_1\":[", "\"h_1\":[0.5,", Mismatch, "14 numbers");
    no("\"sigma_max\":[", "\"sigma_max\":[\"-inf\",", Mismatch, "13 numbers");
    no("\"h_1\":[", "\"h_1\":[\"minus\",", Damaged, "minus");
    no("\"h_1\":[", "\"h_1\":[null,", Damaged, "cannot be read");
    no("\"h_1\":[", "\"<b>\\n\":[0.5,", Mismatch, "<b>\\u{a}");
    refused("traces_json", lstm.as_bytes(), OtherFormat, "unroll-experiment");
}

#[test]
fn tables() {
    let no = |text: &[u8], kind, part: &str| refused("csv", text, kind, part);
    no(b"", Damaged, "empty");
    no(b"\n\n", Damaged, "empty");
    no(b"a,b\n", Damaged, "only a header");
    no(b"1,2\n3\n", Damaged, "Row 2");
    no(b"1\nx\n", Damaged, "Row 2");
    no(b"1\nNaN\n", NotFinite, "Row 2");
    no(b"1\n1e300\n", NotFinite, "Row 2");
    no("1,".repeat(600).as_bytes(), TooLarge, "600 numbers");
    no("1\n".repeat(100_002).as_bytes(), TooLarge, "100000");
    no(&[b'7'; 5_000_001], TooLarge, "MB");
    no("\"".repeat(4_000_000).as_bytes(), Damaged, "");
    no("1\n<script>alert(1)</script>\n".as_bytes(), Damaged, "<script>");
    let no = |text: &[u8], kind, part: &str| refused("traces_csv", text, kind, part);
    no(b"", Damaged, "empty");
    no(b"a,b\n1,2\n", Damaged, "another column than t");
    no(b"t,h_1\n0\n", Damaged, "1 cell;");
    no(b"t,h_1\n0,x\n", Damaged, "\"x\"");
    no(b"t,h_1\n0,\xff\n", Damaged, "cannot be read");
    no(format!("t{}\n", ",a".repeat(20_000)).as_bytes(), TooLarge, "20001 columns");
}

#[test]
fn archives() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases");
    let sound = std::fs::read(folder.join("S06_arrays.npz")).unwrap();
    assert!(parsers::check("open", &sound).is_ok());
    // The first bytes alone are text, which is no archive.
    for cut in 4..sound.len() {
        assert!(parsers::check("open", &sound[..cut]).is_err(), "{cut} of {} bytes", sound.len());
        for change in [0x01, 0xff] {
            let mut bytes = sound.clone();
            bytes[cut] ^= change;
            let _ = parsers::check("open", &bytes);
        }
    }
    let central = sound.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let with = |at: usize, value: &[u8]| {
        let mut bytes = sound.clone();
        bytes[central + at..central + at + value.len()].copy_from_slice(value);
        bytes
    };
    // Encrypted, another method, another checksum, sizes and places beyond the file.
    let all: Vec<Vec<u8>> =
        vec![with(8, &[1]), with(10, &[12]), with(16, &[7; 4]), with(20, &[0xff; 4]), with(24, &[0xff; 4]), with(42, &[0xff; 4])];
    for bytes in all {
        // The other array is sound; with both named, the damaged one is among what is left out.
        match unroll_formats::open(&bytes) {
            Ok(unroll_formats::Opened::Arrays(file)) => assert_eq!((file.arrays.len(), file.left_out.len()), (1, 1)),
            other => panic!("{other:?}"),
        }
    }
    refused("open", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", OtherFormat, "zip archive of");
}
