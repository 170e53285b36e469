//! Small dense matrices, row-major `[n][n]`: product, transpose, exponential and the adjoint of its derivative.

use crate::kernel::{axpy, gemm_add};
use crate::linalg::lu::Lu;

/// A B.
pub fn multiply(a: &[f64], b: &[f64], n: usize) -> Vec<f64> {
    let mut c = vec![0.0; n * n];
    gemm_add(n, n, n, a, n, b, n, &mut c, n);
    c
}

/// Aᵀ.
pub fn transposed(a: &[f64], n: usize) -> Vec<f64> {
    (0..n * n).map(|i| a[(i % n) * n + i / n]).collect()
}

/// A += factor·I.
pub fn add_scaled_identity(a: &mut [f64], n: usize, factor: f64) {
    a.iter_mut().step_by(n + 1).for_each(|v| *v += factor);
}

/// Σ A_ij B_ij, in the order of the rows.
pub fn inner_product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Coefficients of the (13, 13) Padé approximant of e^x (Higham 2005, table 2.3).
const PADE: [f64; 14] = [
    64_764_752_532_480_000.0,
    32_382_376_266_240_000.0,
    7_771_770_303_897_600.0,
    1_187_353_796_428_800.0,
    129_060_195_264_000.0,
    10_559_470_521_600.0,
    670_442_572_800.0,
    33_522_128_640.0,
    1_323_241_920.0,
    40_840_800.0,
    960_960.0,
    16_380.0,
    182.0,
    1.0,
];
/// The 1-norm up to which that approximant is accurate to float64.
const PADE_NORM: f64 = 5.371920351148152;

/// e^A by scaling and squaring (Higham 2005); `None` where a number is not finite.
pub fn exponential(a: &[f64], n: usize) -> Option<Vec<f64>> {
    let norm = (0..n).map(|j| (0..n).map(|i| a[i * n + j].abs()).sum::<f64>()).fold(0.0, crate::kernel::larger);
    if !norm.is_finite() || !a.iter().all(|v| v.is_finite()) {
        return None;
    }
    let squarings = if norm > PADE_NORM { libm::ceil(libm::log2(norm / PADE_NORM)) as i32 } else { 0 };
    let a: Vec<f64> = a.iter().map(|v| libm::scalbn(*v, -squarings)).collect();
    let a2 = multiply(&a, &a, n);
    let a4 = multiply(&a2, &a2, n);
    let a6 = multiply(&a4, &a2, n);
    // Σ of four coefficients times A⁶, A⁴, A² and I.
    let combine = |c6: f64, c4: f64, c2: f64, c0: f64| {
        let mut sum: Vec<f64> = a6.iter().map(|v| c6 * v).collect();
        axpy(c4, &a4, &mut sum);
        axpy(c2, &a2, &mut sum);
        add_scaled_identity(&mut sum, n, c0);
        sum
    };
    let mut odd = multiply(&a6, &combine(PADE[13], PADE[11], PADE[9], 0.0), n);
    axpy(1.0, &combine(PADE[7], PADE[5], PADE[3], PADE[1]), &mut odd);
    let odd = multiply(&a, &odd, n);
    let mut even = multiply(&a6, &combine(PADE[12], PADE[10], PADE[8], 0.0), n);
    axpy(1.0, &combine(PADE[6], PADE[4], PADE[2], PADE[0]), &mut even);
    let denominator: Vec<f64> = even.iter().zip(&odd).map(|(v, u)| v - u).collect();
    let mut lu = Lu::new(n);
    if !lu.factor(&denominator) {
        return None;
    }
    let mut result = vec![0.0; n * n];
    let (mut column, mut solved) = (vec![0.0; n], vec![0.0; n]);
    for j in 0..n {
        for i in 0..n {
            column[i] = even[i * n + j] + odd[i * n + j];
        }
        lu.solve(&column, &mut solved);
        for i in 0..n {
            result[i * n + j] = solved[i];
        }
    }
    for _ in 0..squarings {
        result = multiply(&result, &result, n);
    }
    result.iter().all(|v| v.is_finite()).then_some(result)
}

/// From `∂L/∂e^A` to `∂L/∂A`: the Fréchet derivative of the exponential at Aᵀ in that direction, which is the upper right block of
/// exp [[Aᵀ, G], [0, Aᵀ]] (Mathias 1996). `None` as [`exponential`].
pub fn exponential_adjoint(a: &[f64], n: usize, gradient: &[f64]) -> Option<Vec<f64>> {
    // The derivative is linear in G, whose size must not drive the scaling.
    let size = gradient.iter().fold(0.0, |most, g| crate::kernel::larger(most, g.abs()));
    if size == 0.0 {
        return Some(vec![0.0; n * n]);
    }
    let turned = transposed(a, n);
    let wide = 2 * n;
    let mut blocks = vec![0.0; wide * wide];
    for i in 0..n {
        blocks[i * wide..i * wide + n].copy_from_slice(&turned[i * n..(i + 1) * n]);
        blocks[(n + i) * wide + n..(n + i + 1) * wide].copy_from_slice(&turned[i * n..(i + 1) * n]);
        for j in 0..n {
            blocks[i * wide + n + j] = gradient[i * n + j] / size;
        }
    }
    let exponential = exponential(&blocks, wide)?;
    Some((0..n).flat_map(|i| exponential[i * wide + n..(i + 1) * wide].iter().map(|v| v * size).collect::<Vec<_>>()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_of_a_rotation_and_of_a_nilpotent_matrix() {
        let angle = 40.0;
        let rotation = exponential(&[0.0, -angle, angle, 0.0], 2).unwrap();
        let (cos, sin) = (libm::cos(angle), libm::sin(angle));
        for (ours, expected) in rotation.iter().zip([cos, -sin, sin, cos]) {
            assert!((ours - expected).abs() < 1e-13, "{rotation:?}");
        }
        let nilpotent = exponential(&[0.0, 1.0, 3.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0], 3).unwrap();
        for (ours, expected) in nilpotent.iter().zip([1.0, 1.0, 4.0, 0.0, 1.0, 2.0, 0.0, 0.0, 1.0]) {
            assert!((ours - expected).abs() < 1e-14, "{nilpotent:?}");
        }
        assert_eq!(exponential(&[f64::NAN], 1), None);
    }

    #[test]
    fn the_adjoint_agrees_with_central_differences() {
        let n = 3;
        let a = [0.3, -1.2, 0.5, 2.0, -0.7, 0.1, -0.4, 0.9, 1.1];
        let g = [1.0, -2.0, 0.5, 0.3, 0.7, -1.1, 0.2, 0.4, -0.6];
        let adjoint = exponential_adjoint(&a, n, &g).unwrap();
        for i in 0..n * n {
            let moved = |by: f64| {
                let mut a = a;
                a[i] += by;
                inner_product(&exponential(&a, n).unwrap(), &g)
            };
            let numeric = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((adjoint[i] - numeric).abs() < 1e-8, "{i}: {} {numeric}", adjoint[i]);
        }
    }
}
