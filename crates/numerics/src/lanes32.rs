//! tanh and the logistic function over many float32 values at once.
//!
//! Every value goes through the same operations in the same order, without a branch, so that the compiler takes four at a time and the
//! bits are the same natively and in WebAssembly. The polynomials were fitted for least relative error (Lawson's algorithm) on the
//! intervals that they are used on; the tests bound the error of the results against float64.

/// 1.5·2²³: adding it rounds a number below 2²² to a whole one, which is then in the low bits.
const ROUNDER: f32 = 12_582_912.0;
const INVERSE_LN2: f32 = core::f32::consts::LOG2_E;
/// The first nine bits of ln 2, whose products with whole numbers below 2¹⁵ are exact, and the rest.
const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -2.121_944_4e-4;
/// Beyond this the result of exp would not be an ordinary number.
const EXP_LIMIT: f32 = 87.0;
/// Below this tanh is a polynomial, from here on `(1 − e)/(1 + e)` with e = exp(−2|a|).
const TANH_SMALL: f32 = 0.4;

/// `(exp(r) − 1 − r)/r²` for |r| ≤ ½ ln 2, within 3.1e-9 of exp(r).
const EXP: [f32; 5] = [0.499_999_93, 0.166_665_2, 0.041_668_39, 0.008_368_78, 0.001_381_45];
/// `(tanh(a) − a)/a³` by a² for |a| ≤ [`TANH_SMALL`], within 1.8e-9 of tanh(a).
const TANH: [f32; 4] = [-0.333_333, 0.133_312_14, -0.053_561_94, 0.018_744_06];

/// exp(a) for |a| ≤ [`EXP_LIMIT`].
#[inline(always)]
fn exp_inside(a: f32) -> f32 {
    let shifted = INVERSE_LN2 * a + ROUNDER;
    let k = shifted - ROUNDER;
    let r = (a - k * LN2_HIGH) - k * LN2_LOW;
    let [p0, p1, p2, p3, p4] = EXP;
    let tail = p0 + r * (p1 + r * (p2 + r * (p3 + r * p4)));
    let power_of_two = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    (1.0 + (r + r * r * tail)) * power_of_two
}

/// `a`, moved into ±`limit`; not a number where it is none.
#[inline(always)]
fn within(a: f32, limit: f32) -> f32 {
    let a = if a > limit { limit } else { a };
    if a < -limit {
        -limit
    } else {
        a
    }
}

/// Replaces every a by 1/(1 + e^{−a}); below −87 by what it is there, 2·10⁻³⁸.
#[inline]
pub fn sigmoid(values: &mut [f32]) {
    for a in values {
        *a = 1.0 / (1.0 + exp_inside(within(-*a, EXP_LIMIT)));
    }
}

/// Replaces every a by tanh(a).
#[inline]
pub fn tanh(values: &mut [f32]) {
    let [p0, p1, p2, p3] = TANH;
    for value in values {
        let a = *value;
        let square = a * a;
        let small = a + a * square * (p0 + square * (p1 + square * (p2 + square * p3)));
        let size = a.abs();
        let e = exp_inside(within(-2.0 * size, EXP_LIMIT));
        let large = ((1.0 - e) / (1.0 + e)).copysign(a);
        *value = if size < TANH_SMALL { small } else { large };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest error in units of 2⁻²⁴ of the result over a fine grid.
    fn worst(ours: fn(&mut [f32]), exact: fn(f64) -> f64, limit: f32) -> f64 {
        let mut arguments: Vec<f32> = (-200_000..=200_000).map(|i| limit * i as f32 / 200_000.0).collect();
        arguments.extend([1e-38, 1e-20, 1e-7, TANH_SMALL, TANH_SMALL.next_down(), -TANH_SMALL].map(|a| a.min(limit)));
        let mut values = arguments.clone();
        ours(&mut values);
        let error = |(a, value): (&f32, &f32)| {
            let exact = exact(f64::from(*a));
            (f64::from(*value) - exact).abs() / exact.abs().max(1e-37) * f64::from(1 << 24)
        };
        arguments.iter().zip(&values).map(error).fold(0.0, f64::max)
    }

    #[test]
    fn results_are_within_a_few_units_in_the_last_place() {
        assert!(worst(tanh, libm::tanh, 12.0) < 6.0, "{}", worst(tanh, libm::tanh, 12.0));
        assert!(worst(tanh, libm::tanh, 0.5) < 6.0, "{}", worst(tanh, libm::tanh, 0.5));
        // An argument's own rounding alone costs as many units as its size.
        assert!(worst(sigmoid, crate::elementary::sigmoid, 20.0) < 8.0, "{}", worst(sigmoid, crate::elementary::sigmoid, 20.0));
    }

    #[test]
    fn the_ends_are_the_limits_and_not_a_number_stays_none() {
        let mut values = [f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30, 0.0, f32::NAN];
        tanh(&mut values);
        assert_eq!(values[..5], [1.0, -1.0, 1.0, -1.0, 0.0]);
        assert!(values[5].is_nan());
        let mut values = [f32::INFINITY, 1e30, 0.0, f32::NEG_INFINITY, f32::NAN];
        sigmoid(&mut values);
        assert_eq!(values[..3], [1.0, 1.0, 0.5]);
        assert!(values[3] > 0.0 && values[3] < 1e-37 && values[4].is_nan());
    }
}
