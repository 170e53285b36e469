//! The Train lab's store: nothing rides along with its settings.

use super::settings::TrainSettings;
use crate::form::store::{Live, Store};

/// The state of the Train lab.
pub type TrainStore = Store<TrainSettings>;

impl Live for TrainSettings {
    type Signals = ();
}
