#![no_main]

#[path = "../../tests/common/parsers.rs"]
mod parsers;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = parsers::check("open", data);
});
