//! Settings as they travel to a worker: as the link that would restore them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::link;
use super::settings::TrainSettings;

pub fn serialize<S: Serializer>(settings: &TrainSettings, to: S) -> Result<S::Ok, S::Error> {
    link::encode(settings).serialize(to)
}

pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<TrainSettings, D::Error> {
    String::deserialize(from).map(|link| link::decode(&link).0)
}
