//! Controls: they take props and signals, never context, and know no lab.
//!
//! A control reports every change through `on_input` and the end of a gesture through `on_commit`, so that a drag can be followed live
//! and still be one step of undo.
mod about;
mod choice;
pub mod download;
mod draft;
mod help;
mod math;
mod menu;
mod notice;
mod number;
mod numbers;
mod presets_menu;
mod reset;
mod settings_group;
mod stepping;
mod text;
mod toggle;

pub use about::About;
pub use choice::ChoiceControl;
pub use help::Help;
pub use math::mathml;
pub use menu::Menu;
pub use notice::NoticeList;
pub use number::NumberControl;
pub use numbers::NumbersControl;
pub use presets_menu::PresetsMenu;
pub use settings_group::{SettingByKey, SettingsGroup};
pub use text::TextControl;
pub use toggle::ToggleControl;
