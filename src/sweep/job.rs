//! A piece of a map as it travels to a worker and back: plain JavaScript values, the plan as the link that would restore it.

use js_sys::{Array, Float64Array};
use unroll_engine::signal::Table;
use unroll_engine::Cell;
use wasm_bindgen::{JsCast, JsValue};

use super::{Plan, AXES};
use crate::state::settings::CELLS;
use crate::state::url::{self, LinkState};

/// Points `from…from + points.len()` of the order, of one generation.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub generation: u32,
    pub plan: Plan,
    pub from: usize,
    pub points: Vec<usize>,
}

/// What a worker found for a [`Job`].
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub generation: u32,
    pub from: usize,
    pub growth: Vec<f64>,
}

fn floats(values: impl IntoIterator<Item = f64>) -> JsValue {
    Float64Array::from(values.into_iter().collect::<Vec<_>>().as_slice()).into()
}

fn number(message: &Array, place: u32) -> Option<usize> {
    message.get(place).as_f64().map(|value| value as usize)
}

fn vector(message: &Array, place: u32) -> Option<Vec<f64>> {
    message.get(place).dyn_into::<Float64Array>().ok().map(|array| array.to_vec())
}

impl Job {
    /// As a message: generation, from, cell, axes, link, table (or null), points.
    pub fn to_message(&self) -> JsValue {
        let Plan { settings, cell, across, up } = &self.plan;
        let place = |id| AXES.iter().position(|axis| *axis == id).unwrap_or(0) as f64;
        let link = url::encode(&LinkState { settings: settings.clone(), pinned: None });
        let table = settings.numbers.as_ref().map_or(JsValue::NULL, |table| {
            let columns: Array = table.columns.iter().map(JsValue::from).collect();
            Array::of3(&columns, &floats(table.values.iter().copied()), &table.standardise.into()).into()
        });
        let cell = CELLS.iter().position(|c| c == cell).unwrap_or(0) as f64;
        let parts: [JsValue; 8] = [
            self.generation.into(),
            (self.from as f64).into(),
            cell.into(),
            place(*across).into(),
            place(*up).into(),
            link.into(),
            table,
            floats(self.points.iter().map(|point| *point as f64)),
        ];
        parts.iter().collect::<Array>().into()
    }

    /// The job in a message; `None` for a message that holds none.
    pub fn from_message(message: &JsValue) -> Option<Self> {
        let message: &Array = message.dyn_ref()?;
        let table = message.get(6).dyn_into::<Array>().ok().and_then(|parts| {
            let columns = parts.get(0).dyn_into::<Array>().ok()?.iter().filter_map(|name| name.as_string()).collect();
            Some(Table { columns, values: vector(&parts, 1)?, standardise: parts.get(2).as_bool()? })
        });
        let (state, _) = url::decode(&message.get(5).as_string()?, table);
        let cell: Cell = *CELLS.get(number(message, 2)?)?;
        let (across, up) = (*AXES.get(number(message, 3)?)?, *AXES.get(number(message, 4)?)?);
        Some(Self {
            generation: number(message, 0)? as u32,
            // Not normalised again: the sender's plan is what the link was made of.
            plan: Plan { settings: state.settings, cell, across, up },
            from: number(message, 1)?,
            points: vector(message, 7)?.into_iter().map(|point| point as usize).collect(),
        })
    }

    /// Does it.
    pub fn run(&self) -> Found {
        Found { generation: self.generation, from: self.from, growth: self.points.iter().map(|point| self.plan.growth(*point)).collect() }
    }
}

impl Found {
    /// As a message: generation, from, growth.
    pub fn to_message(&self) -> JsValue {
        Array::of3(&self.generation.into(), &(self.from as f64).into(), &floats(self.growth.iter().copied())).into()
    }

    /// The results in a message; `None` for a message that holds none.
    pub fn from_message(message: &JsValue) -> Option<Self> {
        let message: &Array = message.dyn_ref()?;
        Some(Self { generation: number(message, 0)? as u32, from: number(message, 1)?, growth: vector(message, 2)? })
    }
}
