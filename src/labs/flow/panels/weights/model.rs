//! What the weights panel shows of the net in focus, and what its edits do to the settings.

use std::sync::Arc;

use unroll_engine::edit::{block_letters, Scope};
use unroll_engine::experiment::range;
use unroll_engine::{Cell, Cotangent, Edits, Experiment, LossSite, Parameter, Weights};

use crate::charts::{format_value, TableModel, WeightGridModel};
use crate::controls::format_number;
use crate::labs::flow::nets::Net;
use crate::labs::flow::settings::{InputKind, Settings};
use crate::labs::flow::words::cell_name;

/// Decimals that a weight is rounded to when a gesture changes it, so that ten steps of 0.01 are 0.1.
const GESTURE_DECIMALS: f64 = 1e12;

/// The most weights that a table shows: a block of 64 × 64.
const TABLE_CELLS: usize = 4096;

/// The parameters in the order of the page.
pub const PARAMETERS: [Parameter; 4] = [Parameter::WeightHh, Parameter::WeightIh, Parameter::BiasIh, Parameter::BiasHh];

/// As formulas write it.
pub fn symbol(parameter: Parameter) -> &'static str {
    match parameter {
        Parameter::WeightHh => "W_hh",
        Parameter::WeightIh => "W_ih",
        Parameter::BiasIh => "b_ih",
        Parameter::BiasHh => "b_hh",
    }
}

/// What a gate block is called; `None` for the plain RNN, which has only one.
pub fn gate_name(cell: Cell, block: usize) -> Option<&'static str> {
    let names: &[&str] = match cell {
        Cell::Rnn => &[],
        Cell::Lstm => &["input gate i", "forget gate f", "candidate g", "output gate o"],
        Cell::Gru => &["reset gate r", "update gate z", "candidate n"],
    };
    names.get(block).copied()
}

/// The experiment of the cell in focus before edits.
pub fn unedited(settings: &Settings) -> Experiment {
    // What has no part in the weights is left out, so that a change of it does not draw them again.
    let (loss_site, cotangent) = (LossSite::LastStep, Cotangent::Random);
    Experiment { edits: None, loss_site, cotangent, ..settings.experiment(settings.focus) }
}

/// One gate block of one parameter: where it is, what was drawn or brought, and the edits over it.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub base: Arc<Weights>,
    pub edits: Option<Arc<Edits>>,
    pub parameter: Parameter,
    pub block: usize,
}

impl Block {
    /// The block of the cell in focus; the last one where the cell has fewer.
    pub fn new(settings: &Settings, base: Arc<Weights>, parameter: Parameter, block: usize) -> Self {
        let edits = settings.nets.of(base.cell).edits.clone().filter(|edits| edits.fit(&base));
        let block = block.min(block_letters(base.cell).len() - 1);
        Self { base, edits, parameter, block }
    }

    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        let n = self.base.hidden_size;
        (n, self.parameter.shape(self.base.cell, self.base.input_size, n).1)
    }

    /// The place, or the nearest one that the block has.
    pub fn clamp(&self, (row, column): (usize, usize)) -> (usize, usize) {
        let (rows, columns) = self.shape();
        (row.min(rows - 1), column.min(columns - 1))
    }

    /// Row-major within the parameter.
    pub fn index(&self, (row, column): (usize, usize)) -> usize {
        let (rows, columns) = self.shape();
        (self.block * rows + row) * columns + column
    }

    fn drawn(&self, index: usize) -> f64 {
        self.parameter.of(&self.base).get(index).copied().unwrap_or(0.0)
    }

    fn edit(&self, index: usize) -> Option<f64> {
        self.edits.as_ref().and_then(|edits| edits.get(self.parameter, index))
    }

    /// The weight as it is used.
    pub fn value(&self, place: (usize, usize)) -> f64 {
        let index = self.index(place);
        self.edit(index).unwrap_or_else(|| self.drawn(index))
    }

    /// Whether a weight of the parameter has this value.
    pub fn has(&self, index: usize, value: f64) -> bool {
        self.edit(index).unwrap_or_else(|| self.drawn(index)) == value
    }

    /// What an edited weight was.
    pub fn before(&self, place: (usize, usize)) -> Option<f64> {
        let index = self.index(place);
        self.edit(index).map(|_| self.drawn(index))
    }

    /// "W_hh, forget gate f".
    pub fn name(&self) -> String {
        let symbol = symbol(self.parameter);
        gate_name(self.base.cell, self.block).map_or_else(|| symbol.to_owned(), |gate| format!("{symbol}, {gate}"))
    }

    /// All weights with the edits in them.
    pub fn weights(&self) -> Weights {
        let mut weights = (*self.base).clone();
        if let Some(edits) = &self.edits {
            edits.apply(&mut weights);
        }
        weights
    }

    pub fn grid(&self) -> WeightGridModel {
        let (rows, columns) = self.shape();
        let start = self.index((0, 0));
        let mut values = self.parameter.of(&self.base)[start..start + rows * columns].to_vec();
        let mut edited = vec![false; values.len()];
        for (_, index, value) in self.edits.iter().flat_map(|edits| edits.iter()).filter(|(parameter, ..)| *parameter == self.parameter) {
            if let Some(at) = index.checked_sub(start).filter(|at| *at < values.len()) {
                (values[at], edited[at]) = (value, true);
            }
        }
        WeightGridModel { name: self.name(), rows, columns, values: values.into(), edited: edited.into() }
    }

    /// The numbers; of a large block those of some rows, with the selected one among them.
    pub fn table(&self, selected: Option<(usize, usize)>) -> TableModel {
        let (rows, columns) = self.shape();
        let shown = (TABLE_CELLS / columns).clamp(1, rows);
        let first = selected.map_or(0, |(row, _)| row.saturating_sub(shown / 2)).min(rows - shown);
        let cell = |row, column| {
            let mark = if self.before((row, column)).is_some() { " (edited)" } else { "" };
            format!("{}{mark}", format_value(self.value((row, column))))
        };
        TableModel {
            caption: self.name(),
            columns: std::iter::once("Row".to_owned()).chain((0..columns).map(|column| column.to_string())).collect(),
            rows: (first..first + shown)
                .map(|row| std::iter::once(row.to_string()).chain((0..columns).map(|column| cell(row, column))).collect())
                .collect(),
        }
    }

    /// "Row 3, column 5 of W_hh, forget gate f: 0.25, edited; it was 0.1".
    pub fn sentence(&self, place: (usize, usize)) -> String {
        let (row, column) = place;
        let was = self.before(place).map_or_else(String::new, |was| format!(", edited; it was {}", format_value(was)));
        format!("Row {row}, column {column} of {}: {}{was}", self.name(), format_value(self.value(place)))
    }

    /// The indices of a scope, to take edits back.
    pub fn indices(&self, scope: Scope) -> Vec<usize> {
        let (rows, columns) = self.shape();
        let block = |block: usize| block * rows * columns..(block + 1) * rows * columns;
        match scope {
            Scope::Row(row) => (row * columns..(row + 1) * columns).collect(),
            Scope::Column { block: of, column } => block(of).skip(column).step_by(columns).collect(),
            Scope::Block(of) => block(of).collect(),
            Scope::Whole => (0..block_letters(self.base.cell).len() * rows * columns).collect(),
        }
    }

    /// How many of these weights are edited.
    pub fn edited_among(&self, indices: &[usize]) -> usize {
        indices.iter().filter(|index| self.edit(**index).is_some()).count()
    }
}

/// A weight after a gesture has changed it by so much.
pub fn stepped(value: f64, by: f64) -> f64 {
    let moved = ((value + by) * GESTURE_DECIMALS).round() / GESTURE_DECIMALS;
    if moved.is_finite() {
        moved
    } else {
        value
    }
}

/// A number as readers type it, also with a true minus sign or a decimal comma.
///
/// # Errors
/// A sentence that says what is accepted.
pub fn parse(what: &str, text: &str) -> Result<f64, String> {
    let plain = text.trim().replace('−', "-").replace(',', ".");
    plain.parse().ok().filter(|value: &f64| value.is_finite()).ok_or_else(|| {
        let quoted: String = text.trim().chars().take(24).collect();
        let what_came = if quoted.is_empty() { "Nothing was typed".to_owned() } else { format!("“{quoted}” is not a number") };
        format!("{what_came}; {what} takes a finite number, such as {} or {}.", format_number(-0.25), format_number(1.5))
    })
}

/// Sets weights of the cell in focus. One that is given the value it has without edits is not edited. Edits that rest at another size give
/// way to the new ones.
pub fn put(settings: &mut Settings, base: &Weights, parameter: Parameter, changes: impl IntoIterator<Item = (usize, f64)>) {
    let drawn = parameter.of(base);
    change_edits(settings, base, |edits| {
        for (index, value) in changes {
            if drawn.get(index) == Some(&value) {
                edits.reset(parameter, index);
            } else {
                edits.set(parameter, index, value);
            }
        }
    });
}

/// Takes edits back.
pub fn take_back(settings: &mut Settings, base: &Weights, parameter: Parameter, indices: &[usize]) {
    change_edits(settings, base, |edits| {
        for index in indices {
            edits.reset(parameter, *index);
        }
    });
}

fn change_edits(settings: &mut Settings, base: &Weights, change: impl FnOnce(&mut Edits)) {
    let cell = base.cell;
    let mut net = settings.nets.of(cell).clone();
    // Without this second handle the map is copied only where an undo step holds it.
    settings.nets.set(cell, Net::default());
    let none = || Arc::new(Edits::new(cell, base.input_size, base.hidden_size));
    let mut edits = net.edits.take().filter(|edits| edits.fit(base)).unwrap_or_else(none);
    change(Arc::make_mut(&mut edits));
    net.edits = Some(edits).filter(|edits| !edits.is_empty());
    settings.nets.set(cell, net);
}

/// Takes all edits of a cell back, also those that rest.
pub fn clear(settings: &mut Settings, cell: Cell) {
    let net = Net { edits: None, ..settings.nets.of(cell).clone() };
    settings.nets.set(cell, net);
}

/// The edits of the cell in focus that rest because it has another size now.
pub fn resting(settings: &Settings) -> Option<Arc<Edits>> {
    let sizes = sizes(settings);
    settings.nets.of(settings.focus).edits.clone().filter(|edits| edits.sizes() != sizes)
}

/// d and n of the layer that the cell in focus shows.
fn sizes(settings: &Settings) -> (usize, usize) {
    let experiment = settings.experiment(settings.focus);
    // A layer above the first reads the one below it, not the input.
    settings.given(settings.focus).map_or_else(
        || (experiment.effective_input_size(), experiment.effective_hidden_size()),
        |given| (given.weights().input_size, given.weights().hidden_size),
    )
}

/// The settings at whose size these edits work again; `None` where the cell's net, or the input, has its size of itself.
pub fn at_the_size_of(settings: &Settings, edits: &Edits) -> Option<Settings> {
    let (d, n) = edits.sizes();
    let mut settings = Settings { hidden_size: n, ..settings.clone() };
    if settings.effective_input_size() != d {
        if settings.own_input_size().is_some() {
            // The text brings its own size and is kept while another input is chosen.
            settings.input = if settings.alphabet().len() == d { InputKind::Text } else { InputKind::Noise };
        }
        if settings.own_input_size().is_none() {
            settings.input_size = d;
        }
    }
    let fits = settings.given(edits.cell()).is_none()
        && settings.effective_input_size() == d
        && range::HIDDEN_SIZE.contains(&n)
        && (settings.own_input_size().is_some() || range::INPUT_SIZE.contains(&d));
    fits.then_some(settings)
}

/// "37 weights edited".
pub fn count(edits: usize) -> String {
    match edits {
        0 => "No weight edited".to_owned(),
        1 => "1 weight edited".to_owned(),
        count => format!("{count} weights edited"),
    }
}

/// What rests, and why.
pub fn resting_sentence(settings: &Settings, edits: &Edits) -> String {
    let (d, n) = edits.sizes();
    let (d_now, n_now) = sizes(settings);
    format!(
        "{} in the {} with n = {n} and d = {d}, at rest while n = {n_now} and d = {d_now}. An edit at this size replaces what rests.",
        count(edits.len()),
        cell_name(edits.cell())
    )
}

/// The panel's headline.
pub fn headline(settings: &Settings) -> String {
    let cell = cell_name(settings.focus);
    let edits = settings.nets.of(settings.focus).edits.as_ref();
    match (edits, resting(settings)) {
        (None, _) if settings.given(settings.focus).is_some() => format!("The {cell}’s weights are as they were brought"),
        (None, _) => format!("The {cell}’s weights are as they were drawn"),
        (Some(edits), None) => format!("{} in the {cell}", count(edits.len())),
        (Some(edits), Some(_)) => format!("{} in the {cell}, at another size", count(edits.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unroll_engine::{Given, Input, Layer, Stack};

    fn lstm() -> (Settings, Arc<Weights>) {
        let settings = Settings { hidden_size: 4, ..Settings::default() };
        let base = Arc::new(unedited(&settings).weights().unwrap());
        (settings, base)
    }

    #[test]
    fn an_edit_is_marked_named_and_taken_back() {
        let (mut settings, base) = lstm();
        let block = |settings: &Settings| Block::new(settings, base.clone(), Parameter::WeightHh, 1);
        let place = (2, 3);
        let index = block(&settings).index(place);
        assert_eq!(index, 6 * 4 + 3);
        put(&mut settings, &base, Parameter::WeightHh, [(index, 0.5)]);
        let edited = block(&settings);
        let was = base.weight_hh[index];
        assert_eq!((edited.value(place), edited.before(place), edited.before((0, 0))), (0.5, Some(was), None));
        assert_eq!(edited.sentence(place), format!("Row 2, column 3 of W_hh, forget gate f: 0.5, edited; it was {}", format_value(was)));
        let grid = edited.grid();
        assert_eq!((grid.values[11], grid.edited[11], grid.edited.iter().filter(|e| **e).count()), (0.5, true, 1));
        assert_eq!(edited.weights().weight_hh[index], 0.5);
        assert_eq!(edited.table(None).rows[2][4], "0.5 (edited)");
        assert_eq!(headline(&settings), "1 weight edited in the LSTM");
        take_back(&mut settings, &base, Parameter::WeightHh, &edited.indices(Scope::Row(6)));
        assert_eq!(settings, Settings { hidden_size: 4, ..Settings::default() });
    }

    #[test]
    fn edits_of_a_layer_above_the_first_work_at_its_own_size() {
        let layer = |input_size: usize| {
            let drawn = Experiment { cell: Cell::Gru, hidden_size: 3, input_size, input: Input::Noise, ..Experiment::default() };
            Layer { forward: drawn.weights().unwrap(), reverse: None }
        };
        let stack = Stack::new(vec![layer(1), layer(3)]).unwrap();
        let given = Arc::new(Given::new(Arc::new(stack), 1, false).unwrap());
        let mut settings = Settings::default();
        settings.bring(Cell::Gru, Net { name: "two layers".into(), given: Some(given.clone()), edits: None });
        let base = Arc::new(given.weights().clone());
        put(&mut settings, &base, Parameter::WeightIh, [(0, 0.5)]);
        assert_eq!((headline(&settings).as_str(), resting(&settings)), ("1 weight edited in the GRU", None));
        assert_eq!(settings.experiment(Cell::Gru).weights().unwrap().weight_ih[0], 0.5);
    }

    #[test]
    fn the_value_that_was_drawn_is_no_edit() {
        let (mut settings, base) = lstm();
        put(&mut settings, &base, Parameter::BiasIh, [(0, 9.0), (1, 8.0)]);
        put(&mut settings, &base, Parameter::BiasIh, [(0, base.bias_ih[0])]);
        assert_eq!(settings.nets.of(Cell::Lstm).edits.as_ref().map(|edits| edits.len()), Some(1));
        clear(&mut settings, Cell::Lstm);
        assert_eq!(headline(&settings), "The LSTM’s weights are as they were drawn");
    }

    #[test]
    fn scopes_name_the_weights_that_the_engine_changes() {
        let (settings, base) = lstm();
        let block = Block::new(&settings, base, Parameter::WeightHh, 2);
        for scope in [Scope::Row(9), Scope::Column { block: 2, column: 1 }, Scope::Block(2), Scope::Whole] {
            let changed =
                unroll_engine::edit::apply(&block.weights(), Parameter::WeightHh, scope, unroll_engine::edit::Operation::Set(1.0));
            assert_eq!(changed.unwrap().into_iter().map(|(index, _)| index).collect::<Vec<_>>(), block.indices(scope));
        }
    }

    #[test]
    fn edits_of_another_size_rest_until_that_size_is_back() {
        let (mut settings, base) = lstm();
        put(&mut settings, &base, Parameter::WeightHh, [(0, 2.0)]);
        assert_eq!(resting(&settings), None);
        let other = Settings { hidden_size: 8, input: InputKind::Text, text: "abc".into(), ..settings.clone() };
        let rests = resting(&other).unwrap();
        assert_eq!(
            resting_sentence(&other, &rests),
            "1 weight edited in the LSTM with n = 4 and d = 1, at rest while n = 8 and d = 3. An edit at this size replaces what rests."
        );
        let restored = at_the_size_of(&other, &rests).unwrap();
        assert_eq!((restored.hidden_size, restored.input, resting(&restored)), (4, InputKind::Noise, None));
        let wide = Edits::new(Cell::Lstm, 40, 4);
        assert_eq!(at_the_size_of(&settings, &wide), None);
        // A smaller block than the one that was looked at shows its last part.
        let gru = Settings { focus: Cell::Gru, ..settings.clone() };
        let base = Arc::new(unedited(&gru).weights().unwrap());
        assert_eq!(Block::new(&gru, base, Parameter::WeightHh, 3).name(), "W_hh, candidate n");
    }

    #[test]
    fn numbers_are_read_as_people_type_them() {
        assert_eq!(parse("the weight", " −0,5 "), Ok(-0.5));
        assert_eq!(parse("the weight", "1e-3"), Ok(0.001));
        assert_eq!(parse("the weight", "x").unwrap_err(), "“x” is not a number; the weight takes a finite number, such as -0.25 or 1.5.");
        assert!(parse("The weight", "inf").is_err() && parse("The weight", "").is_err());
        assert_eq!(stepped(0.1 + 0.2, 0.01), 0.31);
        assert_eq!(stepped(f64::MAX, f64::MAX), f64::MAX);
    }
}
