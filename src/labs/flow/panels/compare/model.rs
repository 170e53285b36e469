//! What comparing with a pinned state shows: its lines behind the live ones, and what changed in a sentence. Pure.

use unroll_engine::{Analysis, Cell};

use crate::charts::{Axis, BarGroup, BarsModel, LineModel, Marker, PlaneModel, PointSet, Series};
use crate::controls::format_number;
use crate::form::{Kind, Row};
use crate::labs::flow::compute::Analyses;
use crate::labs::flow::rows::{group, FOCUS, HORIZON_LEVEL, SETTINGS};
use crate::labs::flow::settings::Settings;
use crate::labs::flow::words::{self, cell_name};

/// The pinned state's lines behind the live ones, on axes that hold both. They name their state and have no label at their ends.
pub fn behind_lines(live: &LineModel, ghost: &LineModel, name: &str) -> LineModel {
    let pale = |series: &Series| Series {
        name: named(name, &series.name),
        end_label: None,
        ink: series.ink.pale(),
        width: series.width.min(1.5),
        area: None,
        ..series.clone()
    };
    LineModel {
        x: hull(&live.x, &ghost.x),
        y: hull(&live.y, &ghost.y),
        series: live.series.iter().cloned().chain(ghost.series.iter().map(pale)).collect(),
        rules: live.rules.clone(),
        bands: live.bands.clone(),
    }
}

/// The pinned state's points as hollow marks; those that are where the live ones are say nothing new.
pub fn behind_plane(live: &PlaneModel, ghost: &PlaneModel, name: &str) -> PlaneModel {
    let moved = |set: &&PointSet| !live.sets.iter().any(|other| other.name == set.name && other.points == set.points);
    let hollow = |set: &PointSet| PointSet {
        name: named(name, &set.name),
        ink: set.ink.pale(),
        marker: if set.marker == Marker::Cross { Marker::Cross } else { Marker::Ring },
        points: set.points.clone(),
    };
    let sets = ghost.sets.iter().filter(moved).map(hollow).chain(live.sets.iter().cloned()).collect();
    PlaneModel { sets, unit_circle: live.unit_circle }
}

/// The pinned state's bars beside the live ones.
pub fn beside_bars(live: &BarsModel, ghost: &BarsModel, name: &str) -> BarsModel {
    let pale = |group: &BarGroup| BarGroup { name: named(name, &group.name), ink: group.ink.pale(), points: group.points.clone() };
    BarsModel {
        x: hull(&live.x, &ghost.x),
        y: hull(&live.y, &ghost.y),
        groups: live.groups.iter().cloned().chain(ghost.groups.iter().map(pale)).collect(),
        rules: live.rules.clone(),
    }
}

fn named(state: &str, what: &str) -> String {
    format!("{state}: {what}")
}

/// The live axis, as wide as both.
fn hull(live: &Axis, ghost: &Axis) -> Axis {
    Axis { min: live.min.min(ghost.min), max: live.max.max(ghost.max), ..live.clone() }
}

/// What the pinned state cannot show, in a sentence; empty where it shows everything.
pub fn missing(focus: Cell, pinned: &Settings, ghost: &Analyses) -> String {
    match ghost.get(focus).map(|analysis| analysis.complete) {
        _ if !pinned.shows(focus) => format!("The pinned state has no {}.", cell_name(focus)),
        None => "The pinned state is being computed.".to_owned(),
        Some(false) => "Its ρ and σ_min are being computed.".to_owned(),
        Some(true) => String::new(),
    }
}

/// What changed from the pinned state to the live one, and what that did: "Forget bias 1 → 4: LSTM horizon 12 → 60 steps, …".
pub fn comparison(pinned: &Settings, live: &Settings, before: &Analyses, after: &Analyses) -> String {
    let changes = differences(pinned, live);
    if changes.is_empty() {
        return "The live state is the pinned one: change a setting to compare.".to_owned();
    }
    let both = || after.iter().filter_map(|(cell, analysis)| Some((cell, before.get(cell)?, analysis)));
    let told = both().filter_map(|(cell, before, after)| effect(cell, before, after, live.horizon_level));
    let same: Vec<&str> = both()
        .filter(|(cell, before, after)| effect(*cell, before, after, live.horizon_level).is_none())
        .map(|(cell, ..)| cell_name(cell))
        .collect();
    let mut effects: Vec<String> = told.collect();
    if !same.is_empty() {
        effects.push(format!("{} as before", same.join(" and ")));
    }
    if effects.is_empty() {
        return format!("{}.", changes.join(", "));
    }
    format!("{}: {}.", changes.join(", "), effects.join("; "))
}

/// What a cell's horizon and growth per step have become; `None` where both read as they did.
fn effect(cell: Cell, before: &Analysis, after: &Analysis, level: f64) -> Option<String> {
    let horizons = [before, after].map(|analysis| analysis.left.horizon(level));
    let growths = [before, after].map(|analysis| format!("×{}", words::growth(analysis.left.growth_per_step())));
    let mut parts = Vec::new();
    if horizons[0] != horizons[1] {
        parts.push(format!("horizon {} → {} steps", horizons[0], horizons[1]));
    }
    if growths[0] != growths[1] {
        parts.push(format!("growth per step {} → {}", growths[0], growths[1]));
    }
    (!parts.is_empty()).then(|| format!("{} {}", cell_name(cell), parts.join(", ")))
}

/// The settings that differ, each as "name from → to". What only changes the view is left out, and what has no effect in either state.
pub fn differences(from: &Settings, to: &Settings) -> Vec<String> {
    let concerns = |row: &&Row<Settings>| row.group != group::VIEW && ![Some(FOCUS), Some(HORIZON_LEVEL)].contains(&row.key);
    let acts = |row: &&Row<Settings>| (row.idle)(from).is_none() || (row.idle)(to).is_none();
    let mut changes = Vec::new();
    let cells = |settings: &Settings| settings.shown_cells().map(cell_name).collect::<Vec<_>>().join(", ");
    if cells(from) != cells(to) {
        changes.push(format!("Cells {} → {}", cells(from), cells(to)));
    }
    changes.extend(SETTINGS.iter().filter(concerns).filter(acts).filter_map(|row| difference(row, from, to)));
    for cell in to.shown_cells().filter(|cell| from.nets.of(*cell) != to.nets.of(*cell)) {
        changes.push(format!("{} weights changed", cell_name(cell)));
    }
    changes
}

fn difference(row: &Row<Settings>, from: &Settings, to: &Settings) -> Option<String> {
    let told = |read: &dyn Fn(&Settings) -> String| {
        let (from, to) = (read(from), read(to));
        (from != to).then(|| format!("{} {from} → {to}", row.name))
    };
    match &row.kind {
        Kind::Number(number) => told(&|s| format_number((number.get)(s))),
        Kind::Choice(choice) => told(&|s| choice.options.get((choice.get)(s)).map_or_else(String::new, |option| option.label.to_owned())),
        // A text is too long for the sentence, and numbers have no name.
        Kind::Text(text) => ((text.get)(from) != (text.get)(to)).then(|| format!("{} changed", row.name)),
        Kind::Numbers { get, .. } => (get(from) != get(to)).then(|| format!("{} changed", row.name)),
        Kind::Toggle(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::Ink;
    use crate::labs::flow::compute::Cache;
    use crate::labs::flow::panels::contribution::model as contribution_model;
    use crate::labs::flow::panels::gradient::model as gradient_model;
    use crate::labs::flow::panels::jacobian::model as jacobian_model;
    use crate::labs::flow::panels::spectrum::model as spectrum_model;
    use crate::labs::flow::settings::{GradientView, ReferenceLines};

    fn small() -> Settings {
        Settings { hidden_size: 4, seq_len: 20, ..Settings::default() }
    }

    fn analyses(settings: &Settings) -> Analyses {
        let mut cache = Cache::default();
        cache.refine_with(crate::labs::flow::compute::refine);
        cache.analyses(settings).unwrap();
        cache.refine(settings, || true);
        cache.analyses(settings).unwrap()
    }

    #[test]
    fn the_sentence_says_what_changed_and_what_it_did() {
        let (from, to) = (small(), Settings { forget_bias: 4.0, ..small() });
        let (before, after) = (analyses(&from), analyses(&to));
        let sentence = comparison(&from, &to, &before, &after);
        let horizon = |a: &Analyses| a.get(Cell::Lstm).unwrap().left.horizon(from.horizon_level);
        assert!(sentence.starts_with("Forget bias 1 → 4: LSTM "), "{sentence}");
        assert!(horizon(&before) < horizon(&after));
        assert!(sentence.contains(&format!("horizon {} → {} steps, growth per step ×", horizon(&before), horizon(&after))), "{sentence}");
        assert!(sentence.ends_with("; RNN and GRU as before."), "{sentence}");
        assert!(comparison(&from, &from, &before, &before).starts_with("The live state is the pinned one"));
    }

    #[test]
    fn differences_name_settings_that_act_and_leave_the_view_out() {
        let from = small();
        let to = Settings { show_gru: false, update_bias: 2.0, gain: 1.5, gradient_view: GradientView::All, horizon_level: 0.1, ..small() };
        assert_eq!(differences(&from, &to), ["Cells RNN, LSTM, GRU → RNN, LSTM", "Recurrent gain 1 → 1.5", "Update bias 0 → 2"]);
        let hidden = Settings { show_gru: false, ..small() };
        assert_eq!(differences(&hidden, &Settings { update_bias: 2.0, ..hidden.clone() }), Vec::<String>::new());
    }

    #[test]
    fn the_pinned_lines_are_pale_named_and_on_the_longer_axis() {
        let (long, short) = (small(), Settings { seq_len: 12, gain: 2.0, ..small() });
        let (ghost, live) = (analyses(&long), analyses(&short));
        let gradient = |a: &Analyses| gradient_model::model(a, Cell::Lstm, GradientView::Product, ReferenceLines::Neither, None);
        let models: [fn(&Analyses) -> LineModel; 2] = [|a| jacobian_model::model(a, Cell::Lstm), contribution_model::by_step_model];
        for model in models.iter().map(|m| [m(&live), m(&ghost)]).chain([[gradient(&live), gradient(&ghost)]]) {
            let both = behind_lines(&model[0], &model[1], "chrono");
            assert_eq!(both.x.max, 20.5);
            assert_eq!(both.series.len(), model[0].series.len() + model[1].series.len());
            // No equality of series: a gap in one is NaN.
            assert!(both.series.iter().zip(&model[0].series).all(|(a, b)| a.name == b.name && a.ink == b.ink));
            for series in &both.series[model[0].series.len()..] {
                assert!(series.name.starts_with("chrono: ") && series.ink.is_pale() && series.end_label.is_none());
            }
            for (low, high) in model.iter().map(|m| (m.y.min, m.y.max)) {
                assert!(both.y.min <= low && both.y.max >= high);
            }
        }
    }

    #[test]
    fn hollow_marks_are_for_what_moved() {
        let (from, to) = (small(), Settings { gain: 2.0, ..small() });
        let plane = |settings: &Settings| {
            let all = analyses(settings);
            spectrum_model::plane(Cell::Rnn, all.get(Cell::Rnn).unwrap(), 5, true)
        };
        let both = behind_plane(&plane(&to), &plane(&from), "pinned");
        assert_eq!(both.sets.len(), 4);
        assert!(both.sets[..2].iter().all(|set| set.ink.is_pale() && set.name.starts_with("pinned: ")));
        assert_eq!(both.sets[1].marker, Marker::Ring);
        assert_eq!(behind_plane(&plane(&from), &plane(&from), "pinned"), plane(&from));
        assert_eq!(Ink::Rnn.pale(), both.sets[1].ink);
    }

    #[test]
    fn what_is_missing_is_said() {
        let (all, without) = (small(), Settings { show_gru: false, ..small() });
        let half = Cache::default().analyses(&all).unwrap();
        assert_eq!(missing(Cell::Gru, &without, &analyses(&without)), "The pinned state has no GRU.");
        assert!(missing(Cell::Gru, &all, &Analyses::default()).contains("is being computed"));
        assert!(missing(Cell::Gru, &all, &half).contains("σ_min"));
        assert_eq!(missing(Cell::Gru, &all, &analyses(&all)), "");
    }
}
