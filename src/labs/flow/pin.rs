//! A pinned state: settings put aside to compare the live ones with. Pure.

use super::settings::Settings;

/// What a pinned state is called until the user names it.
pub const UNNAMED: &str = "pinned";

/// The most characters of a name: it stands before the name of every line.
pub const NAME_CHARACTERS: usize = 24;

/// Settings under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Pin {
    pub name: String,
    pub settings: Settings,
}

impl Pin {
    pub fn new(settings: Settings) -> Self {
        Self { name: UNNAMED.to_owned(), settings }
    }

    /// A name as it is kept: without space around it, not too long, never empty.
    pub fn name_of(text: &str) -> String {
        let name: String = text.trim().chars().filter(|c| !c.is_control()).take(NAME_CHARACTERS).collect();
        if name.is_empty() {
            UNNAMED.to_owned()
        } else {
            name
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_never_empty() {
        assert_eq!(Pin::name_of("  chrono bias "), "chrono bias");
        assert_eq!(Pin::name_of(" \n"), UNNAMED);
        assert_eq!(Pin::name_of(&"ü".repeat(100)).chars().count(), NAME_CHARACTERS);
    }
}
