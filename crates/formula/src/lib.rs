//! Formulas as MathML, rendered when the app is compiled, so that no page has to carry the renderer.
#![deny(missing_docs)]

use std::convert::Infallible;

use proc_macro::{Literal, TokenStream, TokenTree};
use pulldown_latex::{config::DisplayMode, push_mathml, Parser, RenderConfig, Storage};

/// `mathml!(r"h_t = \tanh a_t")` is the formula as a `&'static str` of MathML, in display mode. A formula that is not valid LaTeX does
/// not compile.
#[proc_macro]
pub fn mathml(input: TokenStream) -> TokenStream {
    let rendered = literal(input).and_then(|latex| render(&latex));
    match rendered {
        Ok(mathml) => TokenTree::from(Literal::string(&mathml)).into(),
        Err(sentence) => {
            let message = Literal::string(&sentence);
            format!("::core::compile_error!({message})").parse().unwrap_or_default()
        }
    }
}

/// The text of the macro's one argument.
fn literal(input: TokenStream) -> Result<String, String> {
    let mut tokens = input.into_iter();
    let (Some(TokenTree::Literal(first)), None) = (tokens.next(), tokens.next()) else {
        return Err("mathml! takes one string literal.".to_owned());
    };
    let source = first.to_string();
    let text = source.strip_prefix("r\"").and_then(|rest| rest.strip_suffix('"'));
    text.map(str::to_owned).ok_or_else(|| format!("mathml! takes a raw string such as r\"a_t\", not {source}."))
}

/// MathML of a LaTeX formula.
fn render(latex: &str) -> Result<String, String> {
    if latex.chars().any(char::is_control) {
        return Err(format!("The formula {latex:?} has a control character in it; a backslash may have been lost."));
    }
    let storage = Storage::new();
    let events: Result<Vec<_>, _> = Parser::new(latex, &storage).collect();
    let events = events.map_err(|error| format!("The formula {latex} is not valid LaTeX: {error}"))?;
    let config = RenderConfig { display_mode: DisplayMode::Block, ..RenderConfig::default() };
    let mut mathml = String::new();
    push_mathml(&mut mathml, events.into_iter().map(Ok::<_, Infallible>), config)
        .map_err(|error| format!("The formula {latex} cannot be rendered: {error}"))?;
    Ok(mathml)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_mathml() {
        let mathml = render(r"c_t = f_t \odot c_{t-1}").unwrap_or_default();
        assert!(mathml.starts_with("<math") && mathml.contains("<msub>") && mathml.contains('⊙'), "{mathml}");
    }

    #[test]
    fn a_lost_backslash_is_noticed() {
        assert!(render("\u{c}rac{1}{2}").is_err_and(|sentence| sentence.contains("backslash")));
    }

    #[test]
    fn a_broken_formula_is_refused_in_a_sentence() {
        let refused = render(r"\frac{1");
        assert!(refused.as_ref().is_err_and(|sentence| sentence.contains("is not valid LaTeX")), "{refused:?}");
    }
}
