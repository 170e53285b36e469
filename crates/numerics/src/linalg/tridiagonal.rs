//! The tridiagonal matrix that Golub–Kahan–Lanczos makes of AᵀA, and its largest eigenvalue: the Ritz value that approaches σ_max²
//! (Golub & Van Loan, *Matrix Computations*, §8.4 and §10.4).

use crate::kernel::larger;
use crate::scaled::norm;

/// T = BᵀB of the upper bidiagonal B with the diagonal α and β above it.
#[derive(Clone, Debug, Default)]
pub(super) struct Tridiagonal {
    /// α_1…α_j, the diagonal of B.
    pub alphas: Vec<f64>,
    /// β_1…β_{j−1}, above it.
    pub betas: Vec<f64>,
}

impl Tridiagonal {
    /// Back to no row at all.
    pub fn clear(&mut self) {
        self.alphas.clear();
        self.betas.clear();
    }

    /// Whether a second Ritz value lies within `gap` of the largest: a Sturm count of T.
    pub fn is_clustered(&self, theta: f64, gap: f64) -> bool {
        let (mut pivot, mut off_before, mut above) = (1.0_f64, 0.0, 0);
        let x = theta * (1.0 - gap);
        for k in 0..self.alphas.len() {
            let (diagonal, off) = self.row(k);
            pivot = diagonal - x - off_before * off_before / pivot;
            if pivot == 0.0 {
                pivot = f64::MIN_POSITIVE;
            }
            above += usize::from(pivot > 0.0);
            off_before = off;
        }
        above > 1
    }

    /// Row k of T: diagonal α_k² + β_{k-1}², off-diagonal α_k β_k.
    fn row(&self, k: usize) -> (f64, f64) {
        let (alphas, betas) = (&self.alphas, &self.betas);
        let before = if k > 0 { betas[k - 1] } else { 0.0 };
        let off = if k + 1 < alphas.len() { alphas[k] * betas[k] } else { 0.0 };
        (alphas[k] * alphas[k] + before * before, off)
    }

    /// The largest eigenvalue of T by Newton's iteration on the last pivot of T − x, from above, where it converges monotonically.
    pub fn largest_ritz(&self) -> f64 {
        let mut x = 0.0_f64;
        let mut before = 0.0_f64;
        for k in 0..self.alphas.len() {
            let (diagonal, off) = self.row(k);
            x = larger(x, diagonal + before.abs() + off.abs());
            before = off;
        }
        if x == 0.0 {
            return 0.0;
        }
        for _ in 0..100 {
            // Pivots q_k of x − T and Σ q_k'/q_k, the logarithmic derivative of det(x − T).
            let (mut inverse, mut slope, mut sum) = (0.0, 0.0, 0.0);
            let mut off_before = 0.0;
            let mut positive = true;
            for k in 0..self.alphas.len() {
                let (diagonal, off) = self.row(k);
                let ratio: f64 = off_before * off_before * inverse;
                slope = 1.0 + ratio * slope * inverse;
                let pivot = x - diagonal - ratio;
                if pivot <= 0.0 {
                    positive = false;
                    break;
                }
                inverse = 1.0 / pivot;
                sum += slope * inverse;
                off_before = off;
            }
            if !positive {
                break;
            }
            let step = 1.0 / sum;
            if step <= 2.0 * f64::EPSILON * x {
                break;
            }
            x -= step;
        }
        x
    }

    /// The normalised eigenvector of T for θ, by the recurrence from the last entry up, where it is stable: an extreme Ritz vector's
    /// coefficients decay towards the end.
    pub fn ritz_coefficients(&self, theta: f64, s: &mut Vec<f64>) {
        let j = self.alphas.len();
        s.clear();
        s.resize(j, 0.0);
        s[j - 1] = 1.0;
        for k in (1..j).rev() {
            let (diagonal, off) = self.row(k);
            let (_, off_before) = self.row(k - 1);
            let below = if k + 1 < j { off * s[k + 1] } else { 0.0 };
            s[k - 1] = if off_before == 0.0 { 0.0 } else { ((theta - diagonal) * s[k] - below) / off_before };
            // The growth is the decay that is looked for; it only must stay finite.
            if s[k - 1].abs() > 1e100 {
                s.iter_mut().for_each(|x| *x *= 1e-100);
            }
        }
        let size = norm(s);
        s.iter_mut().for_each(|x| *x /= size);
    }
}
