//! The cliff in the loss of one recurrent unit: Pascanu, Mikolov & Bengio 2013, figure 6.
//!
//! The unit is `x_t = w σ(x_{t−1}) + b` with `x_0` = 0.5, and the loss after 50 steps is `(σ(x_50) − 0.7)²`. Where the map's fixed point
//! changes, a small step in w or b changes x_50 wholly, and the loss has a wall. A descent that meets it is thrown far away, unless its
//! gradient is clipped.

use unroll_numerics::elementary::sigmoid;

/// Steps of the unit.
pub const STEPS: usize = 50;
/// x_0.
pub const START: f64 = 0.5;
/// What σ(x_50) should be.
pub const TARGET: f64 = 0.7;

/// A loss with its slope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// `(σ(x_50) − 0.7)²`.
    pub loss: f64,
    /// ∂loss/∂w.
    pub dw: f64,
    /// ∂loss/∂b.
    pub db: f64,
}

/// The loss at (w, b).
pub fn loss(w: f64, b: f64) -> f64 {
    let x = (0..STEPS).fold(START, |x, _| w * sigmoid(x) + b);
    let error = sigmoid(x) - TARGET;
    error * error
}

/// The loss and its gradient at (w, b), carried forward with the state: ∂x_t/∂w = σ(x_{t−1}) + w σ'(x_{t−1}) ∂x_{t−1}/∂w, and for b with 1
/// in place of σ.
pub fn slope(w: f64, b: f64) -> Slope {
    let (mut x, mut dx_dw, mut dx_db) = (START, 0.0, 0.0);
    for _ in 0..STEPS {
        let s = sigmoid(x);
        let steepness = w * s * (1.0 - s);
        dx_dw = s + steepness * dx_dw;
        dx_db = 1.0 + steepness * dx_db;
        x = w * s + b;
    }
    let s = sigmoid(x);
    let error = s - TARGET;
    let outer = 2.0 * error * s * (1.0 - s);
    Slope { loss: error * error, dw: outer * dx_dw, db: outer * dx_db }
}

/// One place of a descent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// w.
    pub w: f64,
    /// b.
    pub b: f64,
    /// The loss there.
    pub loss: f64,
    /// Norm of the gradient there, before clipping.
    pub gradient_norm: f64,
}

/// Gradient descent from (w, b): `steps` + 1 places, fewer where one is not finite. With a `threshold` the gradient is clipped by norm
/// (their algorithm 1).
pub fn descend(w: f64, b: f64, learning_rate: f64, threshold: Option<f64>, steps: usize) -> Vec<Place> {
    let (mut w, mut b) = (w, b);
    let mut places = Vec::with_capacity(steps + 1);
    for _ in 0..=steps {
        let Slope { loss, dw, db } = slope(w, b);
        let gradient_norm = libm::hypot(dw, db);
        if ![w, b, loss, gradient_norm].into_iter().all(f64::is_finite) {
            break;
        }
        places.push(Place { w, b, loss, gradient_norm });
        let factor = match threshold {
            Some(threshold) if gradient_norm > threshold => threshold / gradient_norm,
            _ => 1.0,
        };
        w -= learning_rate * factor * dw;
        b -= learning_rate * factor * db;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        for (w, b) in [(0.0, 0.3), (2.0, -1.0), (4.5, -2.0), (-3.0, 1.0), (5.5, -2.9)] {
            let step = 1e-6;
            let Slope { loss: here, dw, db } = slope(w, b);
            assert_eq!(here, loss(w, b));
            let along_w = (loss(w + step, b) - loss(w - step, b)) / (2.0 * step);
            let along_b = (loss(w, b + step) - loss(w, b - step)) / (2.0 * step);
            let scale = dw.abs().max(db.abs()).max(1e-3);
            assert!((dw - along_w).abs() < 1e-6 * scale && (db - along_b).abs() < 1e-6 * scale, "{w}, {b}: {dw} {along_w}, {db} {along_b}");
        }
    }

    #[test]
    fn with_w_zero_the_loss_is_that_of_the_bias() {
        for b in [-2.0, 0.0, 0.8] {
            let error = sigmoid(b) - TARGET;
            assert!((loss(0.0, b) - error * error).abs() < 1e-15);
        }
    }

    #[test]
    fn a_descent_that_meets_the_wall_is_thrown_away_and_a_clipped_one_is_not() {
        let free = descend(5.5, -2.0, 0.5, None, 200);
        let clipped = descend(5.5, -2.0, 0.5, Some(0.2), 200);
        let steepest = free.iter().map(|place| place.gradient_norm).fold(0.0, f64::max);
        assert!(steepest > 500.0, "{steepest}");
        let (lost, found) = (free[200], clipped[200]);
        assert!(lost.w > 100.0 && lost.loss > 0.08, "{lost:?}");
        assert!((found.w - 4.0).abs() < 0.2 && found.loss < 0.01, "{found:?}");
        // No clipped step is longer than learning rate times threshold.
        assert!(clipped.windows(2).all(|pair| libm::hypot(pair[1].w - pair[0].w, pair[1].b - pair[0].b) <= 0.1 * (1.0 + 1e-12)));
    }

    #[test]
    fn a_descent_ends_where_there_are_no_numbers() {
        assert!(descend(f64::INFINITY, 0.0, 0.1, None, 5).is_empty());
        assert_eq!(descend(1.0, 0.0, f64::INFINITY, None, 5).len(), 1);
    }
}
