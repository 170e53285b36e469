//! What serde is told to do with fields of a lab's settings on their way to a worker: settings go as the link that would restore them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unroll_engine::Cell;

use super::vocabulary::CELLS;

/// What travels as its place in a list.
pub trait Placed: Copy + PartialEq + 'static {
    /// The list.
    const LIST: &'static [Self];
}

impl Placed for Cell {
    const LIST: &'static [Self] = &CELLS;
}

/// What serde is told to do with a [`Placed`] field.
pub mod placed {
    use super::{Deserialize, Deserializer, Placed, Serialize, Serializer};
    use serde::de::Error;

    /// Writes a place.
    ///
    /// # Errors
    /// The serialiser's.
    pub fn serialize<T: Placed, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        T::LIST.iter().position(|other| other == value).unwrap_or(0).serialize(to)
    }

    /// Reads what is at a place.
    ///
    /// # Errors
    /// Where there is nothing.
    pub fn deserialize<'de, T: Placed, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        T::LIST.get(usize::deserialize(from)?).copied().ok_or_else(|| D::Error::custom("a place in the list is accepted"))
    }
}

/// Settings as their link.
pub mod link {
    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use crate::form::link::{decode_settings, encode_settings};
    use crate::form::Form;

    /// Writes settings.
    ///
    /// # Errors
    /// The serialiser's.
    pub fn serialize<F: Form, S: Serializer>(settings: &F, to: S) -> Result<S::Ok, S::Error> {
        encode_settings(settings).serialize(to)
    }

    /// Reads settings.
    ///
    /// # Errors
    /// Where there is no text.
    pub fn deserialize<'de, F: Form, D: Deserializer<'de>>(from: D) -> Result<F, D::Error> {
        String::deserialize(from).map(|link| decode_settings(&link, F::default()).0)
    }
}
