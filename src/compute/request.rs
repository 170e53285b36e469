//! An analysis as it is asked of a worker, and what comes back.

use js_sys::Array;
use unroll_engine::Cell;
use wasm_bindgen::{JsCast, JsValue};

use crate::labs::flow::settings::Settings;
use crate::worker::message::{cell, cell_value, floats, number, settings, settings_values, vector};

const ANALYSE: &str = "analyse";
const STOP: &str = "stop";
const REFINE: &str = "refine";
const ANALYSIS: &str = "analysis";

/// What the page asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// To analyse a cell under these settings; what was under way is dropped.
    Analyse { generation: u32, cell: Cell, settings: Box<Settings> },
    /// To let what is under way rest.
    Stop,
    /// To refine what rests.
    Refine,
}

/// How far a worker has come with the analysis of one generation.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub generation: u32,
    pub cell: Cell,
    /// Time spent so far.
    pub milliseconds: f64,
    /// The share of the critical part that is done.
    pub critical: f64,
    /// The share of steps that are refined.
    pub refined: f64,
    /// The critical part when it is done, the complete analysis at the end, nothing in between: [`unroll_engine::transfer`].
    pub values: Option<Vec<f64>>,
}

impl Request {
    /// As a message: kind, generation, cell, link, table.
    pub fn to_message(&self) -> JsValue {
        match self {
            Self::Stop => Array::of1(&STOP.into()).into(),
            Self::Refine => Array::of1(&REFINE.into()).into(),
            Self::Analyse { generation, cell, settings } => {
                let [link, table] = settings_values(settings);
                [ANALYSE.into(), (*generation).into(), cell_value(*cell), link, table].iter().collect::<Array>().into()
            }
        }
    }

    /// The request in a message; `None` for a message that holds none.
    pub fn from_message(message: &JsValue) -> Option<Self> {
        let message: &Array = message.dyn_ref()?;
        match message.get(0).as_string()?.as_str() {
            STOP => Some(Self::Stop),
            REFINE => Some(Self::Refine),
            ANALYSE => Some(Self::Analyse {
                generation: number(message, 1)? as u32,
                cell: cell(message, 2)?,
                settings: Box::new(settings(message, 3)?),
            }),
            _ => None,
        }
    }
}

impl Answer {
    /// As a message: kind, generation, cell, milliseconds, share refined, values or null, share of the critical part.
    pub fn to_message(&self) -> JsValue {
        let values = self.values.as_ref().map_or(JsValue::NULL, |values| floats(values.iter().copied()));
        let parts = [
            ANALYSIS.into(),
            self.generation.into(),
            cell_value(self.cell),
            self.milliseconds.into(),
            self.refined.into(),
            values,
            self.critical.into(),
        ];
        parts.iter().collect::<Array>().into()
    }

    /// The answer in a message; `None` for a message that holds none.
    pub fn from_message(message: &JsValue) -> Option<Self> {
        let message: &Array = message.dyn_ref()?;
        if message.get(0).as_string()? != ANALYSIS {
            return None;
        }
        Some(Self {
            generation: number(message, 1)? as u32,
            cell: cell(message, 2)?,
            milliseconds: message.get(3).as_f64()?,
            refined: message.get(4).as_f64()?,
            values: vector(message, 5),
            critical: message.get(6).as_f64()?,
        })
    }
}
