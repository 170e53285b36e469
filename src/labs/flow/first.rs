//! The first picture: strip and river of the state that an empty address shows, as HTML and SVG, made by the engine and the page's
//! own drawing code. `pages/first.html` keeps it; the page shows it until its module runs (`scripts/finish-dist.mjs`).

#![allow(clippy::unwrap_used, reason = "all of it is a test")]

use std::fmt::Write;

use super::claims::{fate_mark, fate_word, Figures, VerdictClaim};
use super::compute::{Analyses, Cache};
use super::panels::river::geometry::height;
use super::panels::river::paint::Pen;
use super::panels::river::view as river;
use super::panels::verdict::view::fate_class;
use super::presets::PRESETS;
use super::settings::Settings;
use super::words;
use crate::charts::paper::SvgPaper;
use crate::charts::{Palette, Theme};
use crate::labs::cells::cell_class;

/// Of the river, in CSS pixels: a laptop's.
const WIDTH: f64 = 994.0;

/// Text in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Elements of a picture in the colours of the page, whichever its theme: the light palette's as custom properties.
fn picture(elements: &str, height: f64, label: &str) -> String {
    let light = Palette::of(Theme::Light);
    let names = [
        ("--rnn", light.rnn),
        ("--lstm", light.lstm),
        ("--gru", light.gru),
        ("--explode", light.explode),
        ("--vanish", light.vanish),
        ("--ink-2", light.ink_2),
        ("--ink-3", light.ink_3),
        ("--hairline-strong", light.hairline_strong),
        ("--hairline", light.hairline),
        ("--paper", light.paper),
        ("--panel", light.panel),
        ("--sunken", light.sunken),
        ("--ink", light.ink),
    ];
    let coloured = names.iter().fold(elements.to_owned(), |text, (name, colour)| text.replace(&colour.css(), &format!("var({name})")));
    // A tenth of a pixel is seen; a hundredth is not.
    format!("<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">{}</svg>", escaped(label), rounded(&coloured))
}

/// Numbers in tags with fewer decimals: one from 10 on, two below. Text between tags stays as it is.
fn rounded(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len());
    let (mut rest, mut in_tag) = (svg, false);
    while let Some(at) = rest.find(|c: char| matches!(c, '<' | '>') || (in_tag && c.is_ascii_digit())) {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        let end = found.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(found.len()).max(1);
        let (number, after) = found.split_at(end);
        match (number, number.split_once('.')) {
            ("<" | ">", _) => {
                in_tag = number == "<";
                out.push_str(number);
            }
            (_, Some((whole, _))) => {
                let places = if whole.len() > 1 { 1 } else { 2 };
                let short = format!("{:.places$}", number.parse::<f64>().unwrap());
                out.push_str(short.trim_end_matches('0').trim_end_matches('.'));
            }
            (_, None) => out.push_str(number),
        }
        rest = after;
    }
    out + rest
}

fn strip(analyses: &Analyses, settings: &Settings) -> String {
    let mut html = format!("<section class=\"verdict wide\" data-panel=\"verdict\" style=\"--columns: {}\">", analyses.iter().count());
    for (cell, analysis) in analyses.iter() {
        let fate = analysis.left.fate(settings.limits());
        let figures = Figures::of(&analysis.left, settings.horizon_level);
        let pairs = [("left", figures.left), ("per step", figures.growth), (figures.rate_name, figures.rate), ("horizon", figures.horizon)];
        let figures: String = pairs.iter().map(|(name, value)| format!("<div><dt>{name}</dt><dd>{}</dd></div>", escaped(value))).collect();
        write!(
            html,
            "<article class=\"{}\" data-cell=\"{name}\"><div class=\"line-1\"><span class=\"cell-name\">{name}</span> <span class=\"{}\"><span aria-hidden=\"true\">{} </span>{}</span></div>\
             <dl class=\"figures\">{figures}</dl><p class=\"sentence\">{}</p></article>",
            cell_class(cell),
            fate_class(fate),
            fate_mark(fate),
            fate_word(fate),
            escaped(&VerdictClaim::of(analysis, settings.limits()).text()),
            name = words::cell_name(cell),
        )
        .unwrap();
    }
    html + "</section>"
}

/// All of it.
fn fragment() -> String {
    let settings = Settings::default();
    let analyses = Cache::default().analyses(&settings).unwrap();
    let light = Palette::of(Theme::Light);
    let model = river::model(&analyses, &settings, (&Analyses::default(), None));
    let paper = SvgPaper::new();
    Pen { paper: &paper, axis: river::time_axis(WIDTH, model.seq_len), palette: light, wave: None }.paint(&model);
    let river = picture(&paper.into_elements(), height(model.lanes.len()), "The river");
    let story = PRESETS.iter().position(|preset| preset.is(&settings)).unwrap();
    format!(
        "<div class=\"lab\"><aside class=\"rail\"></aside><main class=\"stage\">\n\
         <section class=\"lesson-bar\"><div class=\"story-steps\"><button class=\"button icon-button\" disabled>‹</button> <span class=\"count\">{} / {}</span> <button class=\"button icon-button\" disabled>›</button></div><div class=\"story-text\"><p><b>{}</b> {}</p><p class=\"story-now\">{}</p></div></section>\n\
         <div class=\"sections\"></div><div class=\"panels\" data-lab=\"flow\">\n{}\n\
         <section class=\"panel wide\" data-panel=\"river\"><header><h2>The river</h2><p class=\"headline\">{}</p></header>\n{}</section>\n</div></main></div>\n",
        story + 1,
        PRESETS.len(),
        escaped(PRESETS[story].title),
        escaped(PRESETS[story].lesson),
        escaped(&words::left_sentence(&analyses)),
        strip(&analyses, &settings),
        escaped(&river::headline(&analyses)),
        river,
    )
}

/// `UNROLL_WRITE_FIRST=1` writes the file anew: `make first`.
#[test]
fn the_first_picture_is_of_the_state_that_an_empty_address_shows() {
    let made = fragment();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/pages/first.html");
    if std::env::var_os("UNROLL_WRITE_FIRST").is_some() {
        std::fs::write(file, &made).unwrap();
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    assert!(kept == made, "pages/first.html is of another state or drawing; `make first` makes it anew");
}

#[test]
fn numbers_of_a_picture_have_few_decimals() {
    assert_eq!(rounded("<M1.23456 2.5L10 0.999 M3 123.456 10.04>0.0</M>"), "<M1.23 2.5L10 1 M3 123.5 10>0.0</M>");
}
