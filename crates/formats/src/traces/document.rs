//! The JSON document of traces.

use core::fmt;

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Serialize, Serializer};

use super::{Series, Traces};
use crate::envelope::{TRACES, VERSION};
use crate::error::{shown, FormatError};
use crate::json::document::Document as ExperimentDocument;
use crate::limits::{JSON_NUMBERS, TRACE_COLUMNS};

#[derive(Deserialize, Serialize)]
pub(super) struct Document {
    format: String,
    version: u32,
    experiment: ExperimentDocument,
    loss: Real,
    overflow_at: Option<usize>,
    growth_per_step: Real,
    lyapunov_exponents: Reals,
    states: Columns,
    steps: Columns,
}

impl Document {
    pub fn of(traces: &Traces, assumptions: &[String]) -> Result<Self, FormatError> {
        Ok(Self {
            format: TRACES.to_string(),
            version: VERSION,
            experiment: ExperimentDocument::of(&traces.experiment)?.with_assumptions(assumptions),
            loss: Real(traces.loss),
            overflow_at: traces.overflow_at,
            growth_per_step: Real(traces.growth_per_step),
            lyapunov_exponents: Reals(traces.lyapunov_exponents.clone()),
            states: Columns(traces.states.clone()),
            steps: Columns(traces.steps.clone()),
        })
    }

    pub fn assumptions(&self) -> Vec<String> {
        self.experiment.assumptions()
    }

    pub fn traces(self) -> Result<Traces, FormatError> {
        let traces = Traces {
            experiment: self.experiment.problem()?,
            loss: self.loss.0,
            overflow_at: self.overflow_at,
            growth_per_step: self.growth_per_step.0,
            lyapunov_exponents: self.lyapunov_exponents.0,
            states: self.states.0,
            steps: self.steps.0,
        };
        let steps = traces.seq_len();
        let lengths = traces.states.iter().map(|s| (s, steps + 1)).chain(traces.steps.iter().map(|s| (s, steps)));
        for (series, expected) in lengths {
            if series.values.len() != expected {
                return Err(FormatError::mismatch(format!(
                    "The trace \"{}\" has {} numbers; {expected} are accepted for {steps} steps.",
                    shown(&series.name),
                    series.values.len()
                )));
            }
        }
        Ok(traces)
    }
}

/// A number that need not be finite.
struct Real(f64);
struct Reals(Vec<f64>);
/// An object of lists, in order.
struct Columns(Vec<Series>);

impl Serialize for Real {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            value if value.is_finite() => serializer.serialize_f64(value),
            value if value.is_nan() => serializer.serialize_str("nan"),
            value if value > 0.0 => serializer.serialize_str("inf"),
            _ => serializer.serialize_str("-inf"),
        }
    }
}

impl Serialize for Reals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(&self.0, serializer)
    }
}

fn list<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(values.len()))?;
    for value in values {
        list.serialize_element(&Real(*value))?;
    }
    list.end()
}

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for series in &self.0 {
            map.serialize_entry(&series.name, &Borrowed(&series.values))?;
        }
        map.end()
    }
}

struct Borrowed<'a>(&'a [f64]);

impl Serialize for Borrowed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Real {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RealVisitor)
    }
}

struct RealVisitor;

impl Visitor<'_> for RealVisitor {
    type Value = Real;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, \"-inf\", \"inf\" or \"nan\"")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Real, E> {
        Ok(Real(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Real, E> {
        Ok(Real(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Real, E> {
        Ok(Real(value as f64))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Real, E> {
        match value {
            "-inf" => Ok(Real(f64::NEG_INFINITY)),
            "inf" => Ok(Real(f64::INFINITY)),
            "nan" => Ok(Real(f64::NAN)),
            _ => Err(E::invalid_value(serde::de::Unexpected::Str(&shown(value)), &self)),
        }
    }
}

impl<'de> Deserialize<'de> for Reals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RealsVisitor)
    }
}

struct RealsVisitor;

impl<'de> Visitor<'de> for RealsVisitor {
    type Value = Reals;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Reals, A::Error> {
        let mut values = Vec::new();
        while let Some(Real(value)) = list.next_element()? {
            if values.len() >= JSON_NUMBERS {
                return Err(A::Error::custom(format!("a list has more than {JSON_NUMBERS} numbers")));
            }
            values.push(value);
        }
        Ok(Reals(values))
    }
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ColumnsVisitor)
    }
}

struct ColumnsVisitor;

impl<'de> Visitor<'de> for ColumnsVisitor {
    type Value = Columns;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of lists of numbers")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Columns, A::Error> {
        let (mut columns, mut numbers) = (Vec::new(), 0_usize);
        while let Some((name, Reals(values))) = map.next_entry::<String, Reals>()? {
            numbers += values.len();
            if columns.len() >= TRACE_COLUMNS || numbers > JSON_NUMBERS {
                return Err(A::Error::custom(format!("there are more than {TRACE_COLUMNS} lists or {JSON_NUMBERS} numbers")));
            }
            columns.push(Series { name, values });
        }
        Ok(Columns(columns))
    }
}
