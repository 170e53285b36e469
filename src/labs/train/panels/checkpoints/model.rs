//! What the checkpoints panel says and saves.

use std::fmt::Write as _;

use crate::labs::cells::cell_name;
use crate::labs::train::runs::curves::Entry;
use crate::labs::train::runs::history::{Run, Runs};

/// How many there are, and which one is chosen.
pub fn headline(run: Option<&Run>, iteration: u64) -> String {
    let Some((run, last)) = run.and_then(|run| Some((run, run.checkpoints.last()?))) else { return "Not trained yet.".to_owned() };
    let name = cell_name(run.cell);
    let count = match run.checkpoints.len() {
        1 => "1 checkpoint".to_owned(),
        count => format!("{count} checkpoints"),
    };
    let which = if iteration == last.iteration() { "the last is" } else { "chosen is" };
    format!("{name} has {count}; {which} before iteration {iteration}.")
}

/// Every run, a row a step; from 16,384 steps on a row is of 2, 4, 8 … in a row, by the iteration of the first, and has their means. What was
/// not taken is empty.
pub fn curves_csv(runs: &Runs) -> String {
    let mut csv =
        "cell,iteration,steps,loss,gradient_norm,clipped_gradient_norm,clipped_share,truncation_angle_degrees,truncated_norm_share\n"
            .to_owned();
    for run in &runs.0 {
        for (place, entry) in run.curves.entries().iter().enumerate() {
            let [angle, ratio] = [entry.angle, entry.ratio].map(|value| if value.is_nan() { String::new() } else { value.to_string() });
            let (name, iteration, Entry { steps, clipped_norm, clipped, .. }) =
                (cell_name(run.cell), run.curves.first_iteration(place), entry);
            let (loss, norm) = (entry.loss.mean, entry.gradient_norm.mean);
            // Writing to a string does not fail.
            let _ = writeln!(csv, "{name},{iteration},{steps},{loss},{norm},{clipped_norm},{clipped},{angle},{ratio}");
        }
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::train::runs::checkpoint::Checkpoint;
    use crate::labs::train::runs::history::Point;
    use unroll_engine::Cell;

    #[test]
    fn the_curves_have_a_row_a_step() {
        let mut runs = Runs::of([Cell::Rnn, Cell::Gru]);
        let point = Point { loss: 0.1, gradient_norm: 2.0, clipped_norm: 1.0, clipped: true, ..Point::default() };
        runs.0[1].take(point.clone());
        runs.0[1].take(Point { iteration: 1, angle: Some(core::f64::consts::PI), ratio: Some(0.5), ..point });
        let csv = curves_csv(&runs);
        let rows: Vec<_> = csv.lines().collect();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1], "GRU,0,1,0.1,2,1,1,,");
        assert_eq!(rows[2], "GRU,1,1,0.1,2,1,1,180,0.5");
    }

    #[test]
    fn the_headline_says_which_checkpoint_is_meant() {
        assert_eq!(headline(None, 0), "Not trained yet.");
        let mut run = Run::new(Cell::Lstm);
        run.checkpoints = [0.0, 50.0].map(|at| Checkpoint::new(vec![at; 12]).unwrap()).to_vec();
        assert_eq!(headline(Some(&run), 50), "LSTM has 2 checkpoints; the last is before iteration 50.");
        assert_eq!(headline(Some(&run), 0), "LSTM has 2 checkpoints; chosen is before iteration 0.");
    }
}
