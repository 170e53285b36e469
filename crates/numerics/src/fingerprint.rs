//! One number that tells whether two lists of numbers are the same, bit for bit.

/// FNV-1a (64 bits) over the IEEE-754 bits of `values`, in order, least significant byte first.
///
/// Two builds that give the same fingerprint computed the same bits, up to a collision (about 1 in 2⁶⁴). `0.0` and `-0.0` differ.
/// It is how the tests compare a native build with wasm; it is not a cryptographic hash.
/// Source: Fowler, Noll & Vo, <http://www.isthe.com/chongo/tech/comp/fnv/>.
pub fn fingerprint(values: impl Iterator<Item = f64>) -> u64 {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut hash = OFFSET_BASIS;
    for value in values {
        for byte in value.to_bits().to_le_bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn it_is_fnv_1a_over_the_bytes() {
        assert_eq!(fingerprint(core::iter::empty()), 0xcbf2_9ce4_8422_2325);
        // The eight bytes of this value spell "foobar" after two zero bytes.
        let value = f64::from_bits(u64::from_le_bytes(*b"\0\0foobar"));
        let mut expected = 0xcbf2_9ce4_8422_2325_u64;
        for byte in b"\0\0foobar" {
            expected = (expected ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
        assert_eq!(fingerprint([value].into_iter()), expected);
    }

    #[test]
    fn order_sign_of_zero_and_the_last_bit_matter() {
        let of = |values: &[f64]| fingerprint(values.iter().copied());
        assert_ne!(of(&[1.0, 2.0]), of(&[2.0, 1.0]));
        assert_ne!(of(&[0.0]), of(&[-0.0]));
        assert_ne!(of(&[1.0]), of(&[1.0_f64.next_up()]));
    }
}
