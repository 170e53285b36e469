//! Words that every lab writes the same way.

/// A number of things: `1 step`, `12 steps`.
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
