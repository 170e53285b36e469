//! Controls: they take props and signals, never context, and know no lab.
//!
//! A control reports every change through `on_input` and the end of a gesture through `on_commit`, so that a drag can be followed live
//! and still be one step of undo.
mod about;
mod choice;
mod draft;
mod help;
mod menu;
mod number;
mod numbers;
mod reset;
mod stepping;
mod term;
mod text;
mod toggle;
mod value;

pub use about::About;
pub use choice::ChoiceControl;
pub use help::Help;
pub use menu::Menu;
pub use number::NumberControl;
pub use numbers::NumbersControl;
pub use term::Term;
pub use text::TextControl;
pub use toggle::ToggleControl;
pub use value::{format_number, option, ChoiceOption, Range};
