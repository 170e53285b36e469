//! Files of weights.

use unroll_formats::limits;
use unroll_formats::safetensors;
use unroll_formats::ErrorKind::{Damaged, Mismatch, NotFinite, OtherFormat, TooLarge, Unsupported};

use crate::{container, parsers, refused};

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
    let keras = |tensors: &[(&str, &[usize])], kind, part: &str| refused("open", &model(tensors, 0.5), kind, part);
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
fn other_layouts() {
    let no = |tensors: &[(&str, &[usize])], kind, part: &str| refused("open", &model(tensors, 0.5), kind, part);
    // One bias, AWD-LSTM, weight normalisation.
    let both = [("c.weight_ih", &[4, 1][..]), ("c.weight_hh", &[4, 1])];
    let with = |more: &[(&'static str, &'static [usize])]| [&both[..], more].concat();
    no(&with(&[("c.bias", &[3])]), Mismatch, "[4] is accepted");
    no(&with(&[("c.bias_n", &[1])]), Mismatch, "lacks bias");
    no(&with(&[("c.bias", &[4]), ("c.bias_n", &[1])]), Mismatch, "bias_n is accepted of a GRU");
    no(&with(&[("c.bias", &[4]), ("c.bias_ih", &[4])]), Mismatch, "either one bias or both");
    no(&with(&[("c.layernorm.weight", &[4])]), Unsupported, "normalises");
    no(&with(&[("c.weight_ci", &[1])]), Unsupported, "peephole");
    no(&[("weight_ih_l0", &[4, 1]), ("weight_hh_l0_g", &[3, 1]), ("weight_hh_l0_v", &[4, 1])], Mismatch, "one number a row");
    no(&[("weight_ih_l0", &[4, 1]), ("weight_hh_l0_g", &[4, 1]), ("weight_hh_l0_v", &[2, 2, 1])], Mismatch, "a matrix");
    let zero = model(&[("weight_ih_l0", &[4, 1]), ("weight_hh_l0_g", &[4, 1]), ("weight_hh_l0_v", &[4, 1])], 0.0);
    refused("open", &zero, NotFinite, "no direction");
    no(&[("a.weight_ih_l0", &[4, 1]), ("a.weight_hh_l0_orig", &[4, 1])], Unsupported, "reparametrised");
    no(&[("a.weight_ih_l0", &[4, 1]), ("a.parametrizations.weight_hh_l0.original", &[4, 1])], Unsupported, "reparametrised");
    no(&[("a.weight_ih_l0", &[4, 1]), ("a.weight_hh_l0_orig", &[4, 1]), ("a.weight_hh_l0_mask", &[4])], Mismatch, "[4, 1] is accepted");
    // MLX.
    no(&[("r.Wh", &[4, 1])], Mismatch, "lacks Wx");
    no(&[("r.Whh", &[4, 1]), ("r.Wxh", &[4, 1])], Mismatch, "1 (Whh of an RNN)");
    no(&[("r.Wh", &[4, 1]), ("r.Wx", &[3, 1])], Mismatch, "[4, 1] is accepted");
    no(&[("r.Wh", &[4, 1]), ("r.Wx", &[4, 1]), ("r.bias", &[3])], Mismatch, "[4] is accepted");
    no(&[("r.Wh", &[4, 1]), ("r.Wx", &[4, 1]), ("r.bhn", &[1])], Mismatch, "bhn is accepted of a GRU");
    no(&[("r.Wh", &[2052, 513]), ("r.Wx", &[2052, 1])], TooLarge, "513 units");
    // Flax.
    no(&[("c/hf/kernel", &[1, 1]), ("c/hn/kernel", &[1, 1])], Unsupported, "the gates i, f, g, o");
    let lstm = |side: char| ["i", "f", "g", "o"].map(|gate| format!("c/{side}{gate}/kernel"));
    let names: Vec<String> = lstm('h').into_iter().chain(lstm('i')).collect();
    let whole: Vec<(&str, &[usize])> = names.iter().map(|name| (name.as_str(), &[1, 1][..])).collect();
    assert!(parsers::check("open", &model(&whole, 0.5)).is_ok());
    no(&whole[..7], Mismatch, "lacks io/kernel");
    no(&[&whole[..7], &[("c/io/kernel", &[2, 1][..])]].concat(), Mismatch, "[1, 1] is accepted");
    no(&[&whole[..], &[("c/hn/bias", &[1][..])]].concat(), Unsupported, "beside the gates of an LSTM");
    // TensorFlow 1.
    no(&[("rnn/lstm_cell/kernel", &[4, 16])], Mismatch, "a row for every input and unit");
    no(&[("rnn/lstm_cell/kernel", &[7, 15])], Mismatch, "4 columns per unit");
    no(&[("rnn/lstm_cell/kernel", &[7, 16]), ("rnn/lstm_cell/bias", &[4])], Mismatch, "[16] is accepted");
    no(&[("rnn/lstm_cell/kernel", &[7, 16]), ("rnn/lstm_cell/projection/kernel", &[4, 2])], Unsupported, "projects");
    no(&[("rnn/lstm_cell/kernel", &[7, 16]), ("rnn/lstm_cell/w_f_diag", &[4])], Unsupported, "peephole");
    no(&[("rnn/gru_cell/gates/kernel", &[7, 8])], Unsupported, "reset_after=False");
    // Keras 3's numbers.
    no(&[("d/vars/0", &[3, 4]), ("d/vars/1", &[4])], Mismatch, "no recurrent layer");
    no(&[("l/cell/vars/0", &[3, 4]), ("l/cell/vars/1", &[1, 4]), ("l/cell/vars/2", &[5])], Mismatch, "[4] is accepted");
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
