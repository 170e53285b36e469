//! Hostile and broken files, made here: each is refused with the sentence it deserves, and none takes long or panics.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../common/corpus.rs"]
mod corpus;
mod models;
#[path = "../common/parsers.rs"]
mod parsers;
mod sequences_and_documents;

use std::time::{Duration, Instant};

use unroll_formats::ErrorKind::{self, TooLarge};
use unroll_formats::{detect, limits};

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

#[test]
fn sizes() {
    for (bytes, part) in [(0, "empty"), (2 << 30, "2048.0 MB"), (u64::MAX, "at most"), (limits::FILE_BYTES + 1, "at most")] {
        assert!(detect::check_file_size(bytes).unwrap_err().to_string().contains(part));
    }
    assert!(detect::check_file_size(limits::FILE_BYTES).is_ok());
    // As a browser hands a huge file over: all zeros but for the beginning.
    let mut huge = container("{}", b"");
    huge.resize(usize::try_from(limits::FILE_BYTES).unwrap() + 1, 0);
    for parser in ["safetensors", "open", "npy", "csv", "json", "traces_json", "traces_csv"] {
        refused(parser, &huge, TooLarge, "at most");
    }
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
