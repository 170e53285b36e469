//! Where the river's parts lie. Pure: sizes in CSS pixels in, coordinates out.

/// Height of one cell's lane: a row of nodes with the backward ribbon under it.
pub const LANE_HEIGHT: f64 = 48.0;
/// Height of the strip that shows the loss sites.
pub const LOSS_HEIGHT: f64 = 24.0;
/// Height of the strip that shows the input and its labels.
pub const INPUT_HEIGHT: f64 = 56.0;
/// Height of the strip that explains the ribbon.
pub const LEGEND_HEIGHT: f64 = 40.0;
/// The ribbon is at most this wide, above or below which a magnitude is off the scale.
pub const RIBBON_MAX: f64 = 26.0;
/// The magnitude, in powers of ten, at which the ribbon is as thin or as wide as it gets.
pub const RIBBON_DECADES: f64 = 8.0;

const RIBBON_AT_ONE: f64 = 13.0;
const RIBBON_MIN: f64 = 0.8;

/// The whole picture's height for a number of lanes.
pub fn height(lanes: usize) -> f64 {
    LOSS_HEIGHT + LANE_HEIGHT * lanes as f64 + INPUT_HEIGHT + LEGEND_HEIGHT
}

/// The ribbon's width for a gradient's log10 magnitude: linear in the number of decades, [`RIBBON_AT_ONE`] at magnitude 1, 0 where the
/// gradient is exactly zero.
pub fn ribbon_width(log10: f64) -> f64 {
    if log10 == f64::NEG_INFINITY || log10.is_nan() {
        return 0.0;
    }
    let share = (log10 / RIBBON_DECADES).clamp(-1.0, 1.0);
    if share < 0.0 {
        RIBBON_AT_ONE + share * (RIBBON_AT_ONE - RIBBON_MIN)
    } else {
        RIBBON_AT_ONE + share * (RIBBON_MAX - RIBBON_AT_ONE)
    }
}

/// The time axis: state k = 0…T across the plot area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeAxis {
    /// Left edge of the plot area.
    pub left: f64,
    /// Right edge.
    pub right: f64,
    /// T.
    pub seq_len: usize,
}

impl TimeAxis {
    /// The x of state k.
    pub fn x(&self, k: f64) -> f64 {
        self.left + (self.right - self.left) * k / self.seq_len.max(1) as f64
    }

    /// Distance between neighbouring steps.
    pub fn spacing(&self) -> f64 {
        (self.right - self.left) / self.seq_len.max(1) as f64
    }

    /// The state nearest to an x.
    pub fn nearest(&self, x: f64) -> usize {
        let k = (x - self.left) / self.spacing();
        k.round().clamp(0.0, self.seq_len as f64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ribbon_width_grows_with_the_magnitude_and_ends_at_exact_zero() {
        assert_eq!(ribbon_width(f64::NEG_INFINITY), 0.0);
        let widths: Vec<f64> = (-10..=10).map(|d| ribbon_width(f64::from(d))).collect();
        assert!(widths.windows(2).all(|w| w[0] <= w[1]));
        assert!((widths[0] - RIBBON_MIN).abs() < 1e-12);
        assert!((widths[20] - RIBBON_MAX).abs() < 1e-12);
        assert_eq!(ribbon_width(0.0), RIBBON_AT_ONE);
    }

    #[test]
    fn nearest_inverts_x_and_stays_on_the_axis() {
        let axis = TimeAxis { left: 56.0, right: 900.0, seq_len: 64 };
        for k in 0..=64 {
            assert_eq!(axis.nearest(axis.x(k as f64)), k);
        }
        assert_eq!(axis.nearest(-100.0), 0);
        assert_eq!(axis.nearest(5000.0), 64);
    }
}
