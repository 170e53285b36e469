//! Tells the program which sources it is built from, so that a page and its workers can see that they belong together.

use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    // FNV-1a, 64 bits: the same on every machine.
    let mut hash = 0xcbf2_9ce4_8422_2325;
    for place in ["Cargo.lock", "src", "crates"] {
        println!("cargo:rerun-if-changed={place}");
        take_in(Path::new(place), &mut hash)?;
    }
    println!("cargo:rustc-env=UNROLL_VERSION={hash:016x}");
    Ok(())
}

/// A file by its bytes, a folder by its files in the order of their names; what is only tested or measured is left out.
fn take_in(place: &Path, hash: &mut u64) -> io::Result<()> {
    if ["tests", "benches", "fuzz", "target"].iter().any(|apart| place.ends_with(apart)) {
        return Ok(());
    }
    if place.is_dir() {
        let mut inside = fs::read_dir(place)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
        inside.sort();
        return inside.iter().try_for_each(|path| take_in(path, hash));
    }
    *hash = fs::read(place)?.iter().fold(*hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    Ok(())
}
