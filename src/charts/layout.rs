//! Where things go, in CSS pixels. All time charts share these margins, so that stacked charts align to the pixel.

use unroll_engine::order;

/// Room for the y axis's numbers.
pub const LEFT: f64 = 54.0;
/// Room for the labels at the ends of the lines.
pub const RIGHT: f64 = 92.0;
/// The same on a narrow chart, whose labels move into a legend above it.
pub const LEFT_NARROW: f64 = 44.0;
pub const RIGHT_NARROW: f64 = 14.0;
/// A chart narrower than this is a narrow one.
pub const NARROW_BELOW: f64 = 480.0;
/// Room for the y axis's title above the plot.
pub const TOP: f64 = 24.0;
/// Room for the x axis's numbers; its title stands beside them in the right margin.
pub const BOTTOM: f64 = 22.0;
/// On a narrow chart the x title has a line of its own.
pub const BOTTOM_NARROW: f64 = 38.0;

/// A rectangle in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rect {
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }
}

/// A chart's size and its plot area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    pub width: f64,
    pub height: f64,
    pub narrow: bool,
    pub plot: Rect,
}

impl Layout {
    /// The layout every chart on a time axis has.
    pub fn time_chart(width: f64, height: f64) -> Self {
        let narrow = width < NARROW_BELOW;
        let (left, right, bottom) = if narrow { (LEFT_NARROW, RIGHT_NARROW, BOTTOM_NARROW) } else { (LEFT, RIGHT, BOTTOM) };
        Self {
            width,
            height,
            narrow,
            plot: Rect {
                left,
                top: TOP,
                // A panel can be dragged to nothing; the plot keeps a pixel.
                right: (width - right).max(left + 1.0),
                bottom: (height - bottom).max(TOP + 1.0),
            },
        }
    }

    /// A square plot in the middle, for the complex plane.
    pub fn square(width: f64, height: f64) -> Self {
        let (left, top, bottom) = (LEFT_NARROW, TOP, BOTTOM_NARROW);
        let side = (width - left - RIGHT_NARROW).min(height - top - bottom).max(1.0);
        let spare = (width - left - RIGHT_NARROW - side).max(0.0) / 2.0;
        Self { width, height, narrow: true, plot: Rect { left: left + spare, top, right: left + spare + side, bottom: top + side } }
    }

    /// How many x ticks fit.
    pub fn x_ticks(&self) -> usize {
        (self.plot.width() / 64.0) as usize
    }

    /// How many y ticks fit.
    pub fn y_ticks(&self) -> usize {
        (self.plot.height() / 30.0) as usize
    }
}

/// Moves labels apart so that neighbours are at least `gap` apart and all lie within `lo…hi`, each staying as near to its
/// wish as its neighbours allow. Labels keep their order. When they cannot all fit, they are spaced evenly.
pub fn spread(wishes: &[f64], gap: f64, lo: f64, hi: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    order::by(&mut order, |&a, &b| wishes[a].total_cmp(&wishes[b]).is_lt());
    let count = wishes.len();
    let gap = if count > 1 { gap.min((hi - lo) / (count - 1) as f64) } else { gap };
    // Pool adjacent violators: a block of touching labels sits at the mean of its members' wishes.
    let mut blocks: Vec<(f64, usize)> = Vec::with_capacity(count);
    for (rank, &index) in order.iter().enumerate() {
        // Subtracting the rank's offset turns "at least gap apart" into "not decreasing".
        let mut sum = wishes[index].clamp(lo, hi) - rank as f64 * gap;
        let mut size = 1;
        while let Some(&(before, before_size)) = blocks.last() {
            if before / before_size as f64 <= sum / size as f64 {
                break;
            }
            sum += before;
            size += before_size;
            blocks.pop();
        }
        blocks.push((sum, size));
    }
    let mut placed = vec![0.0; count];
    let mut rank = 0;
    let highest = hi - (count.saturating_sub(1)) as f64 * gap;
    for (sum, size) in blocks {
        let base = (sum / size as f64).clamp(lo, highest.max(lo));
        for _ in 0..size {
            placed[order[rank]] = base + rank as f64 * gap;
            rank += 1;
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacked_time_charts_of_one_width_share_their_plot_edges() {
        for width in [300.0, 479.0, 480.0, 700.0] {
            let a = Layout::time_chart(width, 120.0);
            let b = Layout::time_chart(width, 300.0);
            assert_eq!((a.plot.left, a.plot.right), (b.plot.left, b.plot.right));
        }
    }

    #[test]
    fn labels_that_do_not_touch_stay_where_they_are() {
        assert_eq!(spread(&[10.0, 50.0, 90.0], 12.0, 0.0, 100.0), [10.0, 50.0, 90.0]);
    }

    #[test]
    fn touching_labels_are_parted_evenly_and_keep_their_order() {
        let placed = spread(&[50.0, 49.0, 51.0], 12.0, 0.0, 100.0);
        assert_eq!(placed, [50.0, 38.0, 62.0]);
    }

    #[test]
    fn labels_stay_inside_and_apart_at_the_edges() {
        let placed = spread(&[2.0, 1.0, 0.0, 99.0, 100.0], 12.0, 0.0, 100.0);
        let mut sorted = placed.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        assert!(sorted[0] >= 0.0 && sorted[4] <= 100.0 + 1e-9);
        assert!(sorted.windows(2).all(|w| w[1] - w[0] >= 12.0 - 1e-9));
        assert!(placed[2] < placed[1] && placed[1] < placed[0]);
    }

    #[test]
    fn too_many_labels_are_spaced_evenly() {
        let placed = spread(&[5.0; 5], 40.0, 0.0, 100.0);
        assert_eq!(placed, [0.0, 25.0, 50.0, 75.0, 100.0]);
    }
}
