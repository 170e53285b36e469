//! Sound files with seeded random damage, on any toolchain. `UNROLL_FUZZ_ITERATIONS` sets how many per parser, `UNROLL_FUZZ_SEED` the
//! seed; `fuzz/` has the same checks for cargo-fuzz.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/corpus.rs"]
mod corpus;
#[path = "common/parsers.rs"]
mod parsers;

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

const ITERATIONS: u64 = 400;
/// Longer than any file of this size may take, also without optimisation.
const TOO_SLOW: Duration = Duration::from_secs(20);

/// SplitMix64 (Steele, Lea & Flood 2014).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

const TOKENS: [&[u8]; 26] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"'",
    b"(",
    b")",
    b"null",
    b"-1",
    b"1e999",
    b"NaN",
    b"\\u0000",
    b"\xff",
    b"\n",
    b"0",
    b"512",
    b"18446744073709551615",
    b"[[[[[[[[",
    b"weight_hh_l0",
    b"\xff\xfe",
    b"PK\x03\x04",
    b"1.234,5",
    b";",
];
const NUMBERS: [u64; 8] = [0, 1, 7, 0xff, 0xffff, 0xffff_ffff, u64::MAX, 1 << 62];

fn mutate(draws: &mut Draws, bytes: &mut Vec<u8>, others: &[Vec<u8>]) {
    // Half of the damage goes to the beginning, where lengths and headers are.
    let span = if draws.below(2) == 0 { bytes.len().min(200) } else { bytes.len() };
    let at = draws.below(span);
    match draws.below(9) {
        0 if !bytes.is_empty() => bytes[at] ^= 1 << draws.below(8),
        1 if !bytes.is_empty() => bytes[at] = draws.next() as u8,
        2 => bytes.truncate(at),
        3 => drop(bytes.splice(at..at, draws.of(&TOKENS).iter().copied())),
        4 => {
            let end = (at + draws.below(20)).min(bytes.len());
            drop(bytes.splice(at..end, draws.of(&TOKENS).iter().copied()));
        }
        5 => {
            let width = *draws.of(&[1_usize, 2, 4, 8]);
            let number = draws.of(&NUMBERS).to_le_bytes();
            bytes.iter_mut().skip(at).zip(&number[..width]).for_each(|(slot, byte)| *slot = *byte);
        }
        6 => {
            let end = (at + draws.below(100)).min(bytes.len());
            let copy = bytes[at..end].to_vec();
            let to = draws.below(bytes.len());
            drop(bytes.splice(to..to, copy));
        }
        7 => {
            // Another digit: offsets, shapes, numbers.
            if let Some(digit) = bytes.iter_mut().skip(at).find(|byte| byte.is_ascii_digit()) {
                *digit = b'0' + draws.below(10) as u8;
            }
        }
        _ => {
            let other = draws.of(others);
            bytes.truncate(at);
            bytes.extend(other.iter().skip(draws.below(other.len())));
        }
    }
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} is {text}; a whole number is accepted")))
}

/// The committed corpus, and the fixtures.
fn seeds(parser: &str) -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(parser);
    let mut fixtures = corpus::seeds(parser);
    if setting("UNROLL_FUZZ_WRITE_SEEDS", 0) == 1 {
        std::fs::create_dir_all(&folder).unwrap();
        for (index, seed) in fixtures.iter().enumerate().filter(|(_, seed)| seed.len() < 4000) {
            std::fs::write(folder.join(format!("seed_{index:02}")), seed).unwrap();
        }
    }
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    let mut seeds: Vec<_> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
    for (path, seed) in paths.iter().zip(&seeds) {
        assert!(catch_unwind(|| parsers::check(parser, seed).is_ok()).is_ok(), "{parser}: {}", path.display());
    }
    seeds.append(&mut fixtures);
    seeds
}

fn fuzz(parser: &'static str) {
    let seeds = seeds(parser);
    assert!(seeds.len() >= 3, "{parser}: {} seeds", seeds.len());
    let seed = setting("UNROLL_FUZZ_SEED", 1);
    let (mut accepted, iterations) = (0, setting("UNROLL_FUZZ_ITERATIONS", ITERATIONS));
    for iteration in 0..iterations {
        let mut draws = Draws(seed.wrapping_mul(0x1_0000_0001).wrapping_add(iteration.wrapping_mul(0x9e37)));
        let mut bytes = draws.of(&seeds).clone();
        for _ in 0..draws.below(4) {
            mutate(&mut draws, &mut bytes, &seeds);
        }
        let start = Instant::now();
        match catch_unwind(|| parsers::check(parser, &bytes).is_ok()) {
            Ok(ok) => accepted += u64::from(ok),
            Err(_) => {
                panic!("{parser}: seed {seed}, iteration {iteration}: {:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(2000)]))
            }
        }
        assert!(start.elapsed() < TOO_SLOW, "{parser}: seed {seed}, iteration {iteration} took {:?}", start.elapsed());
    }
    // A quarter of the files is not damaged.
    assert!(accepted * 20 > iterations, "{parser}: {accepted} of {iterations} accepted");
}

#[test]
fn safetensors() {
    fuzz("safetensors");
}

#[test]
fn open() {
    fuzz("open");
}

#[test]
fn npy() {
    fuzz("npy");
}

#[test]
fn csv() {
    fuzz("csv");
}

#[test]
fn json() {
    fuzz("json");
}

#[test]
fn traces_json() {
    fuzz("traces_json");
}

#[test]
fn traces_csv() {
    fuzz("traces_csv");
}

#[test]
fn net() {
    fuzz("net");
}
