//! Where the cells of a weight grid stand, which of them are shown, and where the keys lead.

use std::ops::Range;

use super::geometry::Point;
use super::layout::Rect;

/// A weight's place: row and column.
pub type Place = (usize, usize);

/// Room for the row numbers, and for the column numbers.
const LEFT: f64 = 30.0;
const TOP: f64 = 18.0;
/// Room for the scale under the cells.
const FOOT: f64 = 26.0;
/// The height that the cells of a tall block share: 64 rows still have cells that a pointer hits.
const TALL: f64 = 384.0;
const LEAST_HEIGHT: f64 = 6.0;
const MOST_HEIGHT: f64 = 24.0;
const LEAST_WIDTH: f64 = 5.0;
/// A few columns, such as a bias, are wider than tall, so that they can be hit and seen.
const MOST_WIDTH: f64 = 72.0;
/// Rows that the page keys move by.
const PAGE: usize = 8;

/// A grid's cells on the page, in whole CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct GridLayout {
    /// The rows and columns that are shown.
    pub rows: Range<usize>,
    pub columns: Range<usize>,
    pub cell_width: f64,
    pub cell_height: f64,
}

fn cell_height(rows: usize) -> f64 {
    (TALL / rows.max(1) as f64).floor().clamp(LEAST_HEIGHT, MOST_HEIGHT)
}

/// The height that the whole grid takes, scale and numbers included.
pub fn height(rows: usize) -> f64 {
    let cell = cell_height(rows);
    TOP + FOOT + cell * (rows.max(1) as f64).min((TALL / cell).floor())
}

/// The part of 0..count that shows `room` of them and the selected one, moved as little as possible from where it began.
fn window(count: usize, room: usize, selected: Option<usize>, began: usize) -> Range<usize> {
    let room = room.clamp(1, count.max(1));
    let mut start = began.min(count.saturating_sub(room));
    if let Some(selected) = selected.filter(|s| *s < count) {
        start = start.clamp((selected + 1).saturating_sub(room), selected);
    }
    start..(start + room).min(count)
}

impl GridLayout {
    /// For a block of rows × columns in so much width. A block with more cells than fit shows those around the selected one; `began` is
    /// the first one that was shown before.
    pub fn new((rows, columns): Place, width: f64, selected: Option<Place>, began: Place) -> Self {
        let cell_height = cell_height(rows);
        let room = (width - LEFT - 2.0).max(LEAST_WIDTH);
        let most = if columns <= 4 { MOST_WIDTH } else { (1.75 * cell_height).max(2.0 * LEAST_HEIGHT) };
        let cell_width = (room / columns.max(1) as f64).floor().clamp(LEAST_WIDTH, most.floor());
        Self {
            rows: window(rows, (TALL / cell_height) as usize, selected.map(|s| s.0), began.0),
            columns: window(columns, (room / cell_width) as usize, selected.map(|s| s.1), began.1),
            cell_width,
            cell_height,
        }
    }

    /// All cells that are shown.
    pub fn plot(&self) -> Rect {
        Rect {
            left: LEFT,
            top: TOP,
            right: LEFT + self.cell_width * self.columns.len() as f64,
            bottom: TOP + self.cell_height * self.rows.len() as f64,
        }
    }

    /// The cell at a point.
    pub fn at(&self, (x, y): Point) -> Option<Place> {
        let (column, row) = (((x - LEFT) / self.cell_width).floor(), ((y - TOP) / self.cell_height).floor());
        let shown = (0.0..self.rows.len() as f64).contains(&row) && (0.0..self.columns.len() as f64).contains(&column);
        shown.then(|| (self.rows.start + row as usize, self.columns.start + column as usize))
    }

    /// Where a cell is, if it is shown.
    pub fn rect(&self, (row, column): Place) -> Option<Rect> {
        let shown = self.rows.contains(&row) && self.columns.contains(&column);
        shown.then(|| {
            let left = LEFT + self.cell_width * (column - self.columns.start) as f64;
            let top = TOP + self.cell_height * (row - self.rows.start) as f64;
            Rect { left, top, right: left + self.cell_width, bottom: top + self.cell_height }
        })
    }
}

/// From one number beside the cells to the next: 1, 2 or 5 times a power of ten that leaves `needed` pixels between them.
pub fn label_stride(cell: f64, needed: f64) -> usize {
    let least = (needed / cell).ceil().max(1.0) as usize;
    (0..).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_usize.pow(power))).find(|stride| *stride >= least).unwrap_or(1)
}

/// Where a key leads from the selected cell; with no selection, to the first. `None` for a key that does not move.
pub fn moved(key: &str, control: bool, (rows, columns): Place, selected: Option<Place>) -> Option<Place> {
    let (last_row, last_column) = (rows.checked_sub(1)?, columns.checked_sub(1)?);
    let Some((row, column)) = selected else {
        let moves = key.starts_with("Arrow") || matches!(key, "Home" | "End" | "PageUp" | "PageDown");
        return moves.then_some((0, 0));
    };
    Some(match key {
        "ArrowUp" => (row.saturating_sub(1), column),
        "ArrowDown" => ((row + 1).min(last_row), column),
        "ArrowLeft" => (row, column.saturating_sub(1)),
        "ArrowRight" => (row, (column + 1).min(last_column)),
        "Home" => (if control { 0 } else { row }, 0),
        "End" => (if control { last_row } else { row }, last_column),
        "PageUp" => (row.saturating_sub(PAGE), column),
        "PageDown" => ((row + PAGE).min(last_row), column),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_in_the_cell_whose_rectangle_holds_it() {
        for (shape, width) in [((16, 16), 700.0), ((64, 64), 340.0), ((64, 1), 300.0), ((3, 9), 90.0)] {
            let grid = GridLayout::new(shape, width, None, (0, 0));
            for place in grid.rows.clone().flat_map(|row| grid.columns.clone().map(move |column| (row, column))) {
                let rect = grid.rect(place).unwrap();
                assert_eq!(grid.at((rect.left + 0.5, rect.top + 0.5)), Some(place));
                assert_eq!(grid.at((rect.right - 0.5, rect.bottom - 0.5)), Some(place));
            }
            let plot = grid.plot();
            assert!(plot.right <= width && grid.at((plot.right + 1.0, plot.top)).is_none() && grid.at((0.0, 0.0)).is_none());
            assert!(plot.bottom + FOOT <= height(shape.0));
        }
    }

    #[test]
    fn sixty_four_units_fit_a_desktop_whole_and_a_phone_around_the_selection() {
        let desktop = GridLayout::new((64, 64), 700.0, None, (0, 0));
        assert_eq!((desktop.rows, desktop.columns), (0..64, 0..64));
        let phone = GridLayout::new((64, 64), 300.0, Some((63, 63)), (0, 0));
        assert!(phone.columns.contains(&63) && phone.rect((63, 63)).is_some() && phone.rect((0, 0)).is_none());
        assert_eq!(phone.rect((0, 70)), None);
    }

    #[test]
    fn a_window_follows_the_selection_and_otherwise_stays() {
        assert_eq!(window(100, 10, None, 30), 30..40);
        assert_eq!(window(100, 10, Some(35), 30), 30..40);
        assert_eq!(window(100, 10, Some(40), 30), 31..41);
        assert_eq!(window(100, 10, Some(5), 30), 5..15);
        assert_eq!(window(8, 10, Some(7), 30), 0..8);
        assert_eq!(window(100, 10, Some(400), 95), 90..100);
    }

    #[test]
    fn keys_lead_through_the_block_and_stop_at_its_edges() {
        let shape = (16, 8);
        let from = |key, place| moved(key, false, shape, Some(place)).unwrap();
        assert_eq!(from("ArrowDown", (15, 3)), (15, 3));
        assert_eq!(from("ArrowRight", (2, 3)), (2, 4));
        assert_eq!(from("Home", (2, 3)), (2, 0));
        assert_eq!(from("End", (2, 3)), (2, 7));
        assert_eq!(from("PageDown", (12, 3)), (15, 3));
        assert_eq!(from("PageUp", (12, 3)), (4, 3));
        assert_eq!(moved("End", true, shape, Some((2, 3))), Some((15, 7)));
        assert_eq!(moved("ArrowLeft", false, shape, None), Some((0, 0)));
        assert_eq!((moved("a", false, shape, None), moved("a", false, shape, Some((0, 0)))), (None, None));
    }

    #[test]
    fn numbers_keep_their_distance() {
        assert_eq!([label_stride(24.0, 14.0), label_stride(6.0, 14.0), label_stride(5.0, 26.0), label_stride(1.0, 60.0)], [1, 5, 10, 100]);
    }
}
