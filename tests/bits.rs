//! Same seed, same bits: the native half. The browser's half is `web_bits.rs`.

#[path = "shared/bits.rs"]
mod bits;

#[test]
fn the_same_seed_gives_the_same_bits_natively() {
    bits::check();
}
