//! Formulas as MathML.

use pulldown_latex::{config::DisplayMode, push_mathml, Parser, RenderConfig, Storage};

/// MathML of a LaTeX formula; `None` when it cannot be read.
pub fn mathml(latex: &str) -> Option<String> {
    let storage = Storage::new();
    let events: Result<Vec<_>, _> = Parser::new(latex, &storage).collect();
    let config = RenderConfig { display_mode: DisplayMode::Block, ..RenderConfig::default() };
    let mut mathml = String::new();
    let events = events.ok()?.into_iter().map(Ok::<_, std::convert::Infallible>);
    push_mathml(&mut mathml, events, config).ok()?;
    Some(mathml)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_broken_formula_is_not_rendered() {
        assert_eq!(mathml(r"\frac{1"), None);
    }
}
