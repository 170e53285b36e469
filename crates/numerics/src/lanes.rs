//! exp, tanh and the logistic function over many values at once, with the very bits of `libm`.
//!
//! `libm`'s functions branch on the size of their argument, so that a compiler cannot take several arguments at a time, and random
//! arguments mispredict. Here every branch is a selection between values that are both computed; the operations of the branch that
//! counts, their constants and their order are those of `libm` (FreeBSD's `e_exp.c`, `s_expm1.c`, and musl's `tanh.c`). Arguments beyond
//! the range in which results are ordinary numbers, and NaN, go to `libm` itself. The tests compare bits.

/// Values that are looked at together.
const CHUNK: usize = 8;

/// Largest |a| for which exp(a) is computed here; `libm` has its overflow and underflow branches beyond 708.
const EXP_LIMIT: f64 = 700.0;
/// Largest |a| for which tanh(a) is computed here; `libm` returns ±1 beyond 20.
const TANH_LIMIT: f64 = 19.0;

/// 1.5·2⁵²: adding it rounds a number below 2⁵¹ to a whole one, which is then in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
const INVERSE_LN2: f64 = f64::from_bits(0x3ff7_1547_652b_82fe);
const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
/// `libm` compares high words; these are the smallest numbers on the far side. ½ ln 2, rounded up so.
const HALF_LN2: f64 = f64::from_bits(0x3fd6_2e43_0000_0000);
/// 2⁻²⁸, below which exp(a) is 1 + a.
const EXP_TINY: f64 = f64::from_bits(0x3e30_0001_0000_0000);
/// 2⁻⁵⁴, below which expm1(a) is a.
const EXPM1_TINY: f64 = f64::from_bits(0x3c90_0000_0000_0000);
/// ½ ln 3 and ½ ln(5/3), where tanh changes its formula.
const HALF_LN3: f64 = f64::from_bits(0x3fe1_93eb_0000_0000);
const HALF_LN5_3: f64 = f64::from_bits(0x3fd0_58af_0000_0000);

const P1: f64 = f64::from_bits(0x3fc5_5555_5555_553e);
const P2: f64 = f64::from_bits(0xbf66_c16c_16be_bd93);
const P3: f64 = f64::from_bits(0x3f11_566a_af25_de2c);
const P4: f64 = f64::from_bits(0xbebb_bd41_c5d2_6bf1);
const P5: f64 = f64::from_bits(0x3e66_3769_72be_a4d0);

const Q1: f64 = f64::from_bits(0xbfa1_1111_1111_10f4);
const Q2: f64 = f64::from_bits(0x3f5a_01a0_19fe_5585);
const Q3: f64 = f64::from_bits(0xbf14_ce19_9eaa_dbb7);
const Q4: f64 = f64::from_bits(0x3ed0_cfca_86e6_5239);
const Q5: f64 = f64::from_bits(0xbe8a_fdb7_6e09_c32d);

/// `yes` or `no`, both computed, by the bits: a comparison's `if` may become a branch around half of a function.
#[inline(always)]
fn select(condition: bool, yes: f64, no: f64) -> f64 {
    let mask = u64::from(condition).wrapping_neg();
    f64::from_bits((yes.to_bits() & mask) | (no.to_bits() & !mask))
}

/// `a / ln 2` to the nearest whole number, halves away from zero, as `libm` rounds it: 0 for |a| below ½ ln 2.
#[inline(always)]
fn halvings(a: f64) -> f64 {
    let shifted = INVERSE_LN2 * a + 0.5_f64.copysign(a);
    let nearest = (shifted + ROUNDER) - ROUNDER;
    let towards_zero = nearest - select(nearest.abs() > shifted.abs(), 1.0_f64.copysign(shifted), 0.0);
    select(a.abs() >= HALF_LN2, towards_zero, 0.0)
}

/// 2^k for a whole k in −1022..=1023.
#[inline(always)]
fn power_of_two(k: f64) -> f64 {
    f64::from_bits((k + ROUNDER).to_bits().wrapping_add(1023) << 52)
}

/// exp(a) for |a| ≤ [`EXP_LIMIT`].
#[inline(always)]
fn exp_inside(a: f64) -> f64 {
    let k = halvings(a);
    let high = a - k * LN2_HIGH;
    let low = k * LN2_LOW;
    let x = high - low;
    let square = x * x;
    let c = x - square * (P1 + square * (P2 + square * (P3 + square * (P4 + square * P5))));
    let y = 1.0 + (x * c / (2.0 - c) - low + high);
    let scaled = y * power_of_two(k);
    select(a.abs() < EXP_TINY, 1.0 + a, scaled)
}

/// exp(a) − 1 for −0.52 ≤ a ≤ 2·[`TANH_LIMIT`].
#[inline(always)]
fn expm1_inside(a: f64) -> f64 {
    let k = halvings(a);
    let high = a - k * LN2_HIGH;
    let low = k * LN2_LOW;
    let x = high - low;
    let c = (high - x) - low;
    let half = 0.5 * x;
    let square = x * half;
    let r1 = 1.0 + square * (Q1 + square * (Q2 + square * (Q3 + square * (Q4 + square * Q5))));
    let t = 3.0 - r1 * half;
    let e = square * ((r1 - t) / (6.0 - x * t));
    let e = x * (e - c) - c - square;
    let inverse = power_of_two(-k);
    // The branches of `libm` for k = −1, 0 and 1 are this one with exact factors of two moved.
    let usual = x - e + (1.0 - inverse);
    let large = x - (e + inverse) + 1.0;
    let below = (x + 0.5) - e;
    let one = (k == 1.0) & (x < -0.25);
    let sum = select(one, below, select(k >= 20.0, large, usual));
    select(a.abs() < EXPM1_TINY, a, sum * power_of_two(k))
}

/// ½ ln 3 is where tanh changes from `t/(t + 2)` to `1 − 2/(t + 2)`, ½ ln(5/3) where t becomes expm1(−2|a|) instead of expm1(2|a|). The
/// sign of that argument and the size of t are taken by sign bits, so that no selection invites a branch around the exponential.
fn tanh_chunk(chunk: &mut [f64; CHUNK]) {
    let mut t = [0.0; CHUNK];
    for (t, a) in t.iter_mut().zip(chunk.iter()) {
        let size = a.abs();
        *t = expm1_inside((2.0 * size).copysign(size - HALF_LN5_3));
    }
    for (t, a) in t.iter().zip(chunk.iter_mut()) {
        let large = a.abs() >= HALF_LN3;
        let quotient = select(large, 2.0, t.abs()) / (t + 2.0);
        *a = select(large, 1.0 - quotient, quotient).copysign(*a);
    }
}

#[inline(always)]
fn each(values: &mut [f64], limit: f64, inside: impl Fn(&mut [f64; CHUNK]), outside: impl Fn(f64) -> f64) {
    let (chunks, rest) = values.as_chunks_mut::<CHUNK>();
    for chunk in chunks {
        // A sum of comparisons rather than a search: no early exit, so that it is one comparison per pair of values.
        let ordinary = chunk.iter().fold(true, |all, v| all & (v.abs() <= limit));
        if ordinary {
            inside(chunk);
        } else {
            for value in chunk.iter_mut() {
                *value = outside(*value);
            }
        }
    }
    for value in rest {
        *value = outside(*value);
    }
}

/// Replaces every a by exp(a).
#[inline(never)]
pub fn exp(values: &mut [f64]) {
    each(values, EXP_LIMIT, |chunk| chunk.iter_mut().for_each(|a| *a = exp_inside(*a)), libm::exp);
}

/// Replaces every a by tanh(a).
#[inline(never)]
pub fn tanh(values: &mut [f64]) {
    each(values, TANH_LIMIT, tanh_chunk, libm::tanh);
}

/// Replaces every a by 1/(1 + e^{−a}).
#[inline(never)]
pub fn sigmoid(values: &mut [f64]) {
    each(values, EXP_LIMIT, |chunk| chunk.iter_mut().for_each(|a| *a = 1.0 / (1.0 + exp_inside(-*a))), crate::elementary::sigmoid);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Draws;

    fn arguments() -> Vec<f64> {
        let mut draws = Draws::new(5, 1);
        let mut values = Vec::new();
        for scale in [1e-310, 1e-300, 1e-18, 1e-16, 1e-9, 1e-8, 1e-3, 0.1, 0.5, 1.0, 2.0, 8.0, 30.0, 800.0] {
            values.extend((0..20_000).map(|_| draws.symmetric(scale)));
        }
        // Both sides of every place where a formula changes.
        for edge in [HALF_LN2, EXP_TINY, EXPM1_TINY, HALF_LN3, HALF_LN5_3, EXP_LIMIT, TANH_LIMIT, 20.0, 0.0, 6.75, 6.93, f64::MIN_POSITIVE]
        {
            for factor in [0.5, 1.0, 2.0, 3.0] {
                let mut at = edge * factor;
                for _ in 0..40 {
                    at = at.next_down();
                }
                for _ in 0..80 {
                    values.extend([at, -at]);
                    at = at.next_up();
                }
            }
        }
        for k in -60..60_i32 {
            let tie = (f64::from(k) + 0.5) * core::f64::consts::LN_2;
            values.extend([tie.next_down(), tie, tie.next_up(), 0.5 * tie, (0.5 * tie).next_up(), (0.5 * tie).next_down()]);
        }
        values.extend([0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, f64::MAX, f64::MIN]);
        values
    }

    fn same_bits(ours: fn(&mut [f64]), reference: fn(f64) -> f64) {
        // Singly in a chunk of ordinary values, so that one odd argument does not send its neighbours to libm.
        for &a in &arguments() {
            let mut chunk = [a; CHUNK];
            ours(&mut chunk);
            for value in chunk {
                let expected = reference(a);
                assert!(
                    value.to_bits() == expected.to_bits() || (value.is_nan() && expected.is_nan()),
                    "{a:e}: {value:e} not {expected:e}"
                );
            }
        }
    }

    #[test]
    fn exp_has_the_bits_of_libm() {
        same_bits(exp, libm::exp);
    }

    #[test]
    fn tanh_has_the_bits_of_libm() {
        same_bits(tanh, libm::tanh);
    }

    #[test]
    fn sigmoid_has_the_bits_of_the_cells() {
        same_bits(sigmoid, crate::elementary::sigmoid);
    }
}
