//! What a lab's settings are made of, over the lab's own type of settings.
//!
//! A lab writes its settings as one plain value, one [`Row`] a setting, and its presets. From these come the rail, the link, validation,
//! undo and the notices: `row`, `vocabulary`, `link`, `embed`, `preset`, `undo` and `notice` are plain values and functions, which know no browser
//! and no framework; `store` joins them to signals and to the address; `group`, `rail`, `menu`, `story` and `notice_list` draw them.
pub mod embed;
mod group;
pub mod link;
mod menu;
pub mod notice;
mod notice_list;
mod preset;
mod rail;
pub mod row;
pub mod store;
mod story;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod undo;
pub mod vocabulary;
pub mod wire;

use std::fmt::Debug;

pub use embed::{Embed, Embeds};
pub use group::{bring_numbers, SettingByKey, SettingsGroup};
pub use link::{Link, Riders};
pub use menu::PresetsMenu;
pub use notice::{Notice, Tone};
pub use notice_list::NoticeList;
pub use preset::Preset;
pub use rail::Rail;
pub use row::{Group, Kind, Row};
pub use store::Store;
pub use story::StoryBar;
pub use undo::UndoStack;

/// Settings of a lab.
pub trait Form: Clone + Debug + Default + PartialEq + Send + Sync + Sized + 'static {
    /// What a link carries beside the settings; `()` for nothing.
    type Riders: Riders<Self>;

    /// What the keys and values of this version's links mean, and what their default is. It grows when one of them comes to be another;
    /// [`Form::default_of`] then knows the defaults before.
    const SCHEMA: u32 = 1;

    /// What a link of a schema is over: it carries what differs. The present default for the present schema and for newer ones.
    fn default_of(_schema: u32) -> Self {
        Self::default()
    }

    /// One row a setting, in the order of the rail.
    fn rows() -> &'static [Row<Self>];

    /// Makes settings agree with each other.
    fn normalise(&mut self) {}

    /// [`Form::normalise`] for settings that were read from a link, each of which was acceptable: says what had to give.
    fn reconcile(&mut self) -> Vec<Notice> {
        self.normalise();
        Vec::new()
    }

    /// The default of a schema, with what no link carries as it is here.
    fn unlinked(&self, schema: u32) -> Self {
        Self::default_of(schema)
    }

    /// Settings of a preset with what the user brought.
    fn with_brought(self, _current: &Self) -> Self {
        self
    }

    /// Pairs of a link that no row describes.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Reads a pair that no row describes; `None` for one that is none of [`Form::pairs`].
    ///
    /// # Errors
    /// A notice that names key and value.
    fn read_pair(&mut self, _key: &str, _value: &str) -> Option<Result<(), Notice>> {
        None
    }
}

/// The groups of a lab's rows, in order.
pub fn groups<S: Form>() -> Vec<Group> {
    let mut groups: Vec<_> = S::rows().iter().map(|row| row.group).collect();
    groups.dedup();
    groups
}

/// The keys of a lab's rows, each once.
pub fn keys<S: Form>() -> Vec<&'static str> {
    let mut keys: Vec<_> = S::rows().iter().filter_map(|row| row.key).collect();
    keys.dedup();
    keys
}

/// The row of a key.
pub fn row<S: Form>(key: &str) -> Option<&'static Row<S>> {
    S::rows().iter().find(|row| row.key == Some(key))
}
