//! Hostile and broken files, made here: each is refused with the sentence it deserves, and none takes long or panics.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/corpus.rs"]
mod corpus;
#[path = "common/parsers.rs"]
mod parsers;

use std::time::{Duration, Instant};

use unroll_formats::ErrorKind::{self, Damaged, Mismatch, NotFinite, OtherFormat, TooLarge, Unsupported};
use unroll_formats::{limits, safetensors};

/// Refused by `parser` with this kind, and a sentence that has `part` in it.
fn refused(parser: &str, bytes: &[u8], kind: ErrorKind, part: &str) {
    let start = Instant::now();
    let error = match parsers::check(parser, bytes) {
        Ok(()) => panic!("{parser} accepts what should say {part}"),
        Err(error) => error,
    };
    assert!(start.elapsed() < Duration::from_secs(10), "{parser}: {error} took {:?}", start.elapsed());
    assert!(error.to_string().contains(part), "{error}: does not say {part}");
    assert_eq!(error.kind(), kind, "{error}");
}

/// A file with this header and these numbers.
fn container(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

/// One tensor after the other, all F64, with these values repeated.
fn model(tensors: &[(&str, &[usize])], value: f64) -> Vec<u8> {
    let (mut entries, mut data, mut offset) = (Vec::new(), Vec::new(), 0);
    for (name, shape) in tensors {
        let count: usize = shape.iter().product();
        entries.push(format!(
            "{}:{{\"dtype\":\"F64\",\"shape\":{shape:?},\"data_offsets\":[{offset},{}]}}",
            serde_json::to_string(name).unwrap(),
            offset + 8 * count
        ));
        offset += 8 * count;
        data.extend(std::iter::repeat_n(value.to_le_bytes(), count).flatten());
    }
    container(&format!("{{{}}}", entries.join(",")), &data)
}

#[test]
fn containers() {
    let st = |bytes: &[u8], kind, part: &str| refused("safetensors", bytes, kind, part);
    st(b"", Damaged, "empty");
    st(b"abc", Damaged, "3 bytes");
    st(&[0; 8], Damaged, "header");
    st(&[0; 64], OtherFormat, "not a safetensors file");
    st(&[u64::MAX.to_le_bytes().as_slice(), b"{}"].concat(), TooLarge, "18446744073709551615");
    st(&[(limits::HEADER_BYTES + 1).to_le_bytes().as_slice(), b"{}"].concat(), TooLarge, "header");
    st(&[100_u64.to_le_bytes().as_slice(), b"{}"].concat(), Damaged, "cut off");
    st(&container("{}", b""), Mismatch, "is empty");
    st(&container("{", b""), Damaged, "broken");
    st(&container("{}", b"12345678"), Damaged, "promises 0 bytes");
    st(&container("{\"a\":1}", b""), Damaged, "broken");
    st(&container("{\"a\":\u{feff}}", b""), Damaged, "broken");
    st(&container(&format!("{{\"a\":{}", "[".repeat(100_000)), b""), Damaged, "recursion");
    st(&container(&format!("{{\"a\":{}", "{\"a\":".repeat(100_000)), b""), Damaged, "recursion");
    let mut not_utf8 = container("{\"aaaa\":1}", b"");
    not_utf8[11] = 0xff;
    st(&not_utf8, Damaged, "broken");
    let one = |dtype: &str, shape: &str, offsets: &str, bytes: usize| {
        container(&format!("{{\"weight_hh\":{{\"dtype\":\"{dtype}\",\"shape\":{shape},\"data_offsets\":{offsets}}}}}"), &vec![0; bytes])
    };
    st(&one("F64", "[1,1]", "[0,16]", 16), Damaged, "broken");
    st(&one("F64", "[1,1]", "[8,0]", 8), Damaged, "broken");
    st(&one("F64", "[1,1]", "[8,16]", 16), Damaged, "broken");
    st(&one("F64", "[1,1]", "[0,8]", 7), Damaged, "promises 8 bytes");
    st(&one("F64", "[1,1]", "[0,8]", 9), Damaged, "the file has 9");
    st(&one("F64", "[2305843009213693951]", "[0,18446744073709551608]", 8), Damaged, "broken");
    // Eight tensors that adjoin each other up to the last addresses there are.
    let size = (1_u64 << 61) - 1;
    let entry = |i: u64| format!("\"{i}\":{{\"dtype\":\"U8\",\"shape\":[{size}],\"data_offsets\":[{},{}]}}", i * size, (i + 1) * size);
    st(&container(&format!("{{{}}}", (0..8).map(entry).collect::<Vec<_>>().join(",")), &[0; 8]), Damaged, "promises 18446744073709551608");
    st(&one("F64", "[2305843009213693952]", "[0,0]", 0), Damaged, "broken");
    st(&one("F64", "[4294967296,4294967296]", "[0,0]", 0), Damaged, "broken");
    st(&one("F64", "[-1,1]", "[0,8]", 8), Damaged, "broken");
    st(&one("F64", "[1.5]", "[0,8]", 8), Damaged, "broken");
    st(&one("F128", "[1,1]", "[0,16]", 16), Damaged, "unknown variant");
    st(&one("F4", "[1]", "[0,0]", 0), Damaged, "broken");
    st(&one("F64", "[0,0]", "[0,0]", 0), Mismatch, "[0, 0]");
    st(&one("F64", "[0,0,0,0,0,0,0,0]", "[0,0]", 0), Mismatch, "[0, 0, 0, 0, 0, 0, …]");
    st(&one("F64", "[]", "[0,8]", 8), Mismatch, "the shape []");
    st(&one("F64", "[1]", "[0,8]", 8), Mismatch, "a matrix");
    let two = |first: &str, second: &str| {
        let entry = |name: &str, offsets: &str| format!("\"{name}\":{{\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":{offsets}}}");
        container(&format!("{{{},{}}}", entry("weight_ih_l0", first), entry("weight_hh_l0", second)), &[0; 16])
    };
    assert!(safetensors::read(&two("[0,8]", "[8,16]")).is_ok());
    st(&two("[0,8]", "[0,8]"), Damaged, "broken");
    st(&two("[0,8]", "[4,12]"), Damaged, "broken");
    st(&two("[0,8]", "[12,20]"), Damaged, "broken");
    st(&container("{\"__metadata__\":{\"a\":1}}", b""), Damaged, "broken");
}

#[test]
fn other_formats() {
    for (bytes, part) in [
        (b"PK\x03\x04 checkpoint".as_slice(), "zip"),
        (b"PK\x05\x06", "zip"),
        (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "pickle"),
        (b"\x89HDF\r\n\x1a\n\0\0", "HDF5"),
        (b"\x1f\x8b\x08\0", "gzip"),
    ] {
        for parser in ["safetensors", "keras", "npy", "csv", "json", "traces_json"] {
            refused(parser, bytes, OtherFormat, part);
        }
    }
    refused("safetensors", b"{\"format\":\"unroll-experiment\"}", OtherFormat, "JSON");
    refused("npy", b"1,2,3\n", OtherFormat, "\\x93NUMPY");
    refused("csv", b"\x93NUMPY\x01\0", OtherFormat, "NumPy");
    refused("csv", b"\xff\xfe1\x002\x00", OtherFormat, "UTF-8");
    refused("json", b"<html></html>", Damaged, "cannot be read");
}

#[test]
fn modules() {
    let st = |tensors: &[(&str, &[usize])], kind, part: &str| refused("safetensors", &model(tensors, 0.5), kind, part);
    st(&[("weight_ih_l0", &[4, 1])], Mismatch, "lacks weight_hh_l0");
    st(&[("weight_hh_l0", &[4, 1])], Mismatch, "lacks weight_ih_l0");
    st(&[("weight_ih", &[4, 1])], Mismatch, "lacks weight_hh;");
    st(&[("a.weight_ih_l0", &[4, 1]), ("b.weight_hh_l0", &[4, 1])], Mismatch, "\"a\" lacks weight_hh_l0");
    st(&[("weight_ih_l0", &[4, 1]), ("weight_hh_l0", &[4, 1]), ("weight_ih_l2", &[4, 1])], Mismatch, "lacks weight_ih_l1");
    st(&[("weight_ih_l0", &[4, 1]), ("weight_hh_l0", &[4, 1]), ("bias_ih_l0", &[4])], Mismatch, "lacks bias_hh_l0");
    st(&[("weight_ih_l0", &[4, 1]), ("weight_hh_l0", &[4, 1]), ("bias_ih_l0", &[3]), ("bias_hh_l0", &[4])], Mismatch, "[4] is accepted");
    st(&[("weight_ih_l0", &[4, 1]), ("weight_hh_l0", &[4, 1]), ("weight_ih_l0_reverse", &[4, 1])], Mismatch, "weight_hh_l0_reverse");
    st(&[("weight_ih_l0", &[3, 1]), ("weight_hh_l0", &[4, 1])], Mismatch, "[4, 1] is accepted");
    st(
        &[("weight_ih_l0", &[8, 1]), ("weight_hh_l0", &[8, 2]), ("weight_ih_l1", &[8, 1]), ("weight_hh_l1", &[8, 2])],
        Mismatch,
        "[8, 2] is accepted",
    );
    st(&[("weight_ih_l0", &[5, 1]), ("weight_hh_l0", &[5, 1])], Mismatch, "1 (RNN), 3 (GRU) or 4 (LSTM)");
    st(&[("weight_ih_l0", &[4, 0]), ("weight_hh_l0", &[4, 1])], TooLarge, "0 columns");
    st(&[("weight_ih_l0", &[1, 4097]), ("weight_hh_l0", &[1, 1])], TooLarge, "4097 columns");
    st(&[("weight_ih_l0", &[513, 1]), ("weight_hh_l0", &[513, 513])], TooLarge, "at most 512 units");
    st(&[("weight_ih_l99999", &[4, 1]), ("weight_hh_l0", &[4, 1])], TooLarge, "layer 99999");
    st(&[("weight_ih_l9999999", &[4, 1]), ("weight_hh_l00", &[4, 1])], Mismatch, "no recurrent layer");
    st(&[("weight_ih_l0_g", &[4, 1]), ("weight_hh_l-1", &[4, 1])], Mismatch, "no recurrent layer");
    st(&[("l.weight_ih_l0", &[4, 1]), ("l.weight_hh_l0", &[4, 1]), ("l.weight_hr_l0", &[1, 1])], Unsupported, "proj_size");
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let bytes = model(&[("a.weight_ih_l0", &[4, 1]), ("a.weight_hh_l0", &[4, 1])], value);
        refused("safetensors", &bytes, NotFinite, "\"a.weight_ih_l0\" has");
    }
    let keras = |tensors: &[(&str, &[usize])], kind, part: &str| refused("keras", &model(tensors, 0.5), kind, part);
    keras(&[("a/kernel", &[1, 4]), ("a/bias", &[4])], Mismatch, "no recurrent layer");
    keras(&[("a/recurrent_kernel", &[1, 4])], Mismatch, "lacks kernel");
    keras(&[("a/recurrent_kernel", &[1, 5]), ("a/kernel", &[1, 5])], Mismatch, "1 (SimpleRNN), 3 (GRU) or 4 (LSTM)");
    keras(&[("a/recurrent_kernel", &[1, 4]), ("a/kernel", &[1, 3])], Mismatch, "[1, 4] is accepted");
    keras(&[("a/recurrent_kernel", &[1, 4]), ("a/kernel", &[1, 4]), ("a/bias", &[2, 4])], Mismatch, "[4] is accepted");
    keras(&[("a/recurrent_kernel", &[1, 3]), ("a/kernel", &[1, 3]), ("a/bias", &[3])], Unsupported, "reset_after=False");
    keras(&[("a/recurrent_kernel", &[0, 0]), ("a/kernel", &[0, 0])], Mismatch, "[0, 0]");
    keras(&[("a/recurrent_kernel", &[600, 600]), ("a/kernel", &[1, 600])], TooLarge, "600 units");
}

#[test]
fn one_broken_module_does_not_hide_the_others() {
    let file =
        safetensors::read(&model(&[("a.weight_ih_l0", &[4, 1]), ("b.weight_ih_l0", &[4, 1]), ("b.weight_hh_l0", &[4, 1])], 0.5)).unwrap();
    assert_eq!((file.modules.len(), file.refused.len()), (1, 1));
}

#[test]
fn names_with_markup_are_plain_short_text() {
    let long = format!("{}.weight_hh_l0", "x".repeat(100_000));
    for (name, part) in [
        ("<script>alert(1)</script>.weight_hh_l0", "<script>alert(1)</script>"),
        ("a\nb\r\0\u{1b}[31m.weight_hh_l0", "a\\u{a}b\\u{d}\\u{0}\\u{1b}[31m"),
        ("\u{202e}gnp.weight_hh_l0", "\u{fffd}gnp"),
        (long.as_str(), "xxx…"),
        ("日本.weight_hh_l0", "日本"),
    ] {
        refused("safetensors", &model(&[(name, &[5, 1])], 0.5), Mismatch, part);
        refused("safetensors", &model(&[(name.trim_end_matches("weight_hh_l0"), &[5, 1])], 0.5), Mismatch, part);
    }
}

#[test]
fn sizes() {
    for (bytes, part) in [(0, "empty"), (2 << 30, "2048.1 MB"), (u64::MAX, "at most"), (limits::FILE_BYTES + 1, "at most")] {
        assert!(limits::check_file_size(bytes).unwrap_err().to_string().contains(part));
    }
    assert!(limits::check_file_size(limits::FILE_BYTES).is_ok());
    // As a browser hands a huge file over: all zeros but for the beginning.
    let mut huge = container("{}", b"");
    huge.resize(usize::try_from(limits::FILE_BYTES).unwrap() + 1, 0);
    for parser in ["safetensors", "keras", "npy", "csv", "json", "traces_json", "traces_csv"] {
        refused(parser, &huge, TooLarge, "at most");
    }
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
    no(&shaped("(1, 1, 1)", 8), Mismatch, "[1, 1, 1]");
    no(&shaped("(0,)", 0), Mismatch, "at least 1");
    no(&shaped("(3, 0)", 0), Mismatch, "at least 1");
    no(&shaped("(18446744073709551615, 2)", 8), TooLarge, "at most");
    no(&shaped("(100001,)", 8), TooLarge, "100001 steps");
    no(&shaped("(1, 513)", 8 * 513), TooLarge, "513 numbers");
    no(&shaped("(99999, 500)", 8), TooLarge, "at most");
    no(&shaped("(2,)", 15), Damaged, "15 bytes");
    no(&shaped("(2,)", 17), Damaged, "16 are accepted");
    for descr in ["'<i8'", "'<f2'", "'|O'", "'<U3'", "'<c16'", "'f8'", "'=f8'", "[('a', '<f8')]", "'<script>'"] {
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

/// Every sound file cut off at every byte of its first 400 and then here and there, and with every one of its first bytes changed.
#[test]
fn cut_off_and_changed_files() {
    let mut tried = 0;
    for (parser, _) in parsers::PARSERS {
        for seed in corpus::seeds(parser).iter().take(4) {
            let cuts = (0..seed.len().min(400)).chain((400..seed.len()).step_by(97));
            for cut in cuts {
                let result = parsers::check(parser, &seed[..cut]);
                let binary = ["safetensors", "keras", "npy", "json", "traces_json"].contains(&parser);
                assert!(!binary || result.is_err() || cut == seed.trim_ascii_end().len(), "{parser} accepts {cut} of {} bytes", seed.len());
                tried += 1;
            }
            for at in 0..seed.len().min(300) {
                for change in [0x01, 0x20, 0x80, 0xff] {
                    let mut bytes = seed.clone();
                    bytes[at] ^= change;
                    let _ = parsers::check(parser, &bytes);
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 10_000, "{tried}");
}
