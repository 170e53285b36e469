//! A piece of a map as it travels to a worker and back: plain JavaScript values, the plan as the link that would restore it.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::{Plan, AXES};
use crate::worker::message::{cell, cell_value, floats, number, settings, settings_values, vector};

/// Points `from…from + points.len()` of the order, of one generation.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub generation: u32,
    pub plan: Plan,
    pub from: usize,
    pub points: Vec<usize>,
}

/// What a worker found, from a piece on.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub generation: u32,
    pub from: usize,
    pub values: Vec<f64>,
}

impl Job {
    /// As a message: generation, from, cell, axes, link, table (or null), points.
    pub fn to_message(&self) -> JsValue {
        let Plan { settings, cell, across, up } = &self.plan;
        let place = |id| AXES.iter().position(|axis| *axis == id).unwrap_or(0) as f64;
        let [link, table] = settings_values(settings);
        let parts: [JsValue; 8] = [
            self.generation.into(),
            (self.from as f64).into(),
            cell_value(*cell),
            place(*across).into(),
            place(*up).into(),
            link,
            table,
            floats(self.points.iter().map(|point| *point as f64)),
        ];
        parts.iter().collect::<Array>().into()
    }

    /// The job in a message; `None` for a message that holds none.
    pub fn from_message(message: &JsValue) -> Option<Self> {
        let message: &Array = message.dyn_ref()?;
        let cell = cell(message, 2)?;
        let (across, up) = (*AXES.get(number(message, 3)?)?, *AXES.get(number(message, 4)?)?);
        Some(Self {
            generation: number(message, 0)? as u32,
            // Not normalised again: the sender's plan is what the link was made of.
            plan: Plan { settings: settings(message, 5)?, cell, across, up },
            from: number(message, 1)?,
            points: vector(message, 7)?.into_iter().map(|point| point as usize).collect(),
        })
    }

    /// Does it.
    pub fn run(&self) -> Found {
        Found { generation: self.generation, from: self.from, values: self.points.iter().map(|point| self.plan.growth(*point)).collect() }
    }
}

impl Found {
    /// As a message: generation, from, values.
    pub fn to_message(&self) -> JsValue {
        Array::of3(&self.generation.into(), &(self.from as f64).into(), &floats(self.values.iter().copied())).into()
    }

    /// The results in a message; `None` for a message that holds none.
    pub fn from_message(message: &JsValue) -> Option<Self> {
        let message: &Array = message.dyn_ref()?;
        Some(Self { generation: number(message, 0)? as u32, from: number(message, 1)?, values: vector(message, 2)? })
    }
}
