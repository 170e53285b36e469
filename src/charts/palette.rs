//! Colours. The values are those of `style/tokens.css` (a test compares them), because a canvas cannot read CSS cheaply.

use super::colour::{Rgb, Theme};
use super::colour_map::{self, Lut};

/// What a mark stands for; the theme's palette turns it into a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    Rnn,
    Lstm,
    Gru,
    /// The page's text colour: the measured thing when no cell owns it.
    Strong,
    /// Secondary text.
    Muted,
    /// Theory and reference lines: quiet.
    Theory,
    /// Grid lines and the like.
    Hairline,
    Vanish,
    Explode,
    Stable,
    /// Gates and gate blocks, models and the like, told apart within one chart; there are nine.
    Category(usize),
    /// The same, of a state that is only compared with: the hue of the live mark, nearer to the page.
    PaleRnn,
    PaleLstm,
    PaleGru,
    PaleStrong,
    PaleCategory(usize),
}

/// Inks for categories, light and dark, apart in hue and lightness and from the cells' inks.
const CATEGORIES: [(Rgb, Rgb); 9] = [
    (Rgb::hex(0x7b3fa0), Rgb::hex(0xc79bea)),
    (Rgb::hex(0x8a6100), Rgb::hex(0xe3b448)),
    (Rgb::hex(0x00788a), Rgb::hex(0x5fd0e0)),
    (Rgb::hex(0xa33a5b), Rgb::hex(0xf08fae)),
    (Rgb::hex(0x4f6b00), Rgb::hex(0xb4cf5a)),
    (Rgb::hex(0x2f4fb0), Rgb::hex(0x9bb2ff)),
    (Rgb::hex(0x7a4a2e), Rgb::hex(0xd9ab8a)),
    (Rgb::hex(0x4a5c6e), Rgb::hex(0xaebfd0)),
    (Rgb::hex(0xc4161c), Rgb::hex(0xff7b72)),
];

/// How much of a pale ink is the ink; the rest is the panel behind it.
const PALE: f64 = 0.58;

impl Ink {
    /// The ink of the same thing in a state that is only compared with.
    #[must_use]
    pub fn pale(self) -> Self {
        match self {
            Ink::Rnn => Ink::PaleRnn,
            Ink::Lstm => Ink::PaleLstm,
            Ink::Gru => Ink::PaleGru,
            Ink::Strong => Ink::PaleStrong,
            Ink::Category(i) => Ink::PaleCategory(i),
            other => other,
        }
    }

    /// Whether it is of a state that is only compared with.
    pub fn is_pale(self) -> bool {
        matches!(self, Ink::PaleRnn | Ink::PaleLstm | Ink::PaleGru | Ink::PaleStrong | Ink::PaleCategory(_))
    }

    /// The custom property of `style/tokens.css` with the same colour, for DOM marks.
    pub fn css_var(self) -> &'static str {
        match self {
            Ink::Rnn => "var(--rnn)",
            Ink::Lstm => "var(--lstm)",
            Ink::Gru => "var(--gru)",
            Ink::Strong => "var(--ink)",
            Ink::Muted => "var(--ink-2)",
            Ink::Theory => "var(--ink-3)",
            Ink::Hairline => "var(--hairline-strong)",
            Ink::Vanish => "var(--vanish)",
            Ink::Explode => "var(--explode)",
            Ink::Stable => "var(--stable)",
            Ink::Category(0) => "var(--category-1)",
            Ink::Category(1) => "var(--category-2)",
            Ink::Category(2) => "var(--category-3)",
            Ink::Category(3) => "var(--category-4)",
            Ink::Category(4) => "var(--category-5)",
            Ink::Category(5) => "var(--category-6)",
            Ink::Category(6) => "var(--category-7)",
            Ink::Category(7) => "var(--category-8)",
            Ink::Category(_) => "var(--category-9)",
            Ink::PaleRnn => "color-mix(in srgb, var(--rnn) 58%, var(--panel))",
            Ink::PaleLstm => "color-mix(in srgb, var(--lstm) 58%, var(--panel))",
            Ink::PaleGru => "color-mix(in srgb, var(--gru) 58%, var(--panel))",
            Ink::PaleStrong => "color-mix(in srgb, var(--ink) 58%, var(--panel))",
            Ink::PaleCategory(0) => "color-mix(in srgb, var(--category-1) 58%, var(--panel))",
            Ink::PaleCategory(1) => "color-mix(in srgb, var(--category-2) 58%, var(--panel))",
            Ink::PaleCategory(2) => "color-mix(in srgb, var(--category-3) 58%, var(--panel))",
            Ink::PaleCategory(3) => "color-mix(in srgb, var(--category-4) 58%, var(--panel))",
            Ink::PaleCategory(4) => "color-mix(in srgb, var(--category-5) 58%, var(--panel))",
            Ink::PaleCategory(5) => "color-mix(in srgb, var(--category-6) 58%, var(--panel))",
            Ink::PaleCategory(6) => "color-mix(in srgb, var(--category-7) 58%, var(--panel))",
            Ink::PaleCategory(7) => "color-mix(in srgb, var(--category-8) 58%, var(--panel))",
            Ink::PaleCategory(_) => "color-mix(in srgb, var(--category-9) 58%, var(--panel))",
        }
    }
}

/// One theme's colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    pub theme: Theme,
    pub paper: Rgb,
    pub panel: Rgb,
    pub sunken: Rgb,
    pub ink: Rgb,
    pub ink_2: Rgb,
    pub ink_3: Rgb,
    pub hairline: Rgb,
    pub hairline_strong: Rgb,
    pub rnn: Rgb,
    pub lstm: Rgb,
    pub gru: Rgb,
    pub vanish: Rgb,
    pub explode: Rgb,
    pub stable: Rgb,
}

const LIGHT: Palette = Palette {
    theme: Theme::Light,
    paper: Rgb::hex(0xfbfaf6),
    panel: Rgb::hex(0xfffefb),
    sunken: Rgb::hex(0xf3f1ea),
    ink: Rgb::hex(0x1d1b18),
    ink_2: Rgb::hex(0x5a564e),
    ink_3: Rgb::hex(0x77726a),
    hairline: Rgb::hex(0xdedad0),
    hairline_strong: Rgb::hex(0xb9b3a6),
    rnn: Rgb::hex(0xb94f00),
    lstm: Rgb::hex(0x0068a8),
    gru: Rgb::hex(0x007a58),
    vanish: Rgb::hex(0x4b3f8f),
    explode: Rgb::hex(0xa3005f),
    stable: Rgb::hex(0x1d1b18),
};

const DARK: Palette = Palette {
    theme: Theme::Dark,
    paper: Rgb::hex(0x101317),
    panel: Rgb::hex(0x14181d),
    sunken: Rgb::hex(0x1b2027),
    ink: Rgb::hex(0xe9e6df),
    ink_2: Rgb::hex(0xb3afa6),
    ink_3: Rgb::hex(0x918d85),
    hairline: Rgb::hex(0x272d35),
    hairline_strong: Rgb::hex(0x48505b),
    rnn: Rgb::hex(0xf2864a),
    lstm: Rgb::hex(0x56aeea),
    gru: Rgb::hex(0x35c79a),
    vanish: Rgb::hex(0xa79cf0),
    explode: Rgb::hex(0xff86c3),
    stable: Rgb::hex(0xe9e6df),
};

impl Palette {
    pub fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }

    pub fn ink(&self, ink: Ink) -> Rgb {
        match ink {
            Ink::Rnn => self.rnn,
            Ink::Lstm => self.lstm,
            Ink::Gru => self.gru,
            Ink::Strong => self.ink,
            Ink::Muted => self.ink_2,
            Ink::Theory => self.ink_3,
            Ink::Hairline => self.hairline_strong,
            Ink::Vanish => self.vanish,
            Ink::Explode => self.explode,
            Ink::Stable => self.stable,
            Ink::Category(i) => {
                let (light, dark) = CATEGORIES[i % CATEGORIES.len()];
                match self.theme {
                    Theme::Light => light,
                    Theme::Dark => dark,
                }
            }
            Ink::PaleRnn => self.pale(Ink::Rnn),
            Ink::PaleLstm => self.pale(Ink::Lstm),
            Ink::PaleGru => self.pale(Ink::Gru),
            Ink::PaleStrong => self.pale(Ink::Strong),
            Ink::PaleCategory(i) => self.pale(Ink::Category(i)),
        }
    }

    fn pale(&self, ink: Ink) -> Rgb {
        let (Rgb(r, g, b), back) = (self.ink(ink), self.panel);
        let mix = |of: u8, with: u8| (PALE * f64::from(of) + (1.0 - PALE) * f64::from(with)).round() as u8;
        Rgb(mix(r, back.0), mix(g, back.1), mix(b, back.2))
    }

    /// For magnitudes: small is near the page, large stands out from it; lightness is monotone in OKLab.
    pub fn sequential(&self) -> &'static Lut {
        colour_map::sequential(self.theme)
    }

    /// For signed values: 0 is the page, blue below, red above.
    pub fn diverging(&self) -> &'static Lut {
        colour_map::diverging(self.theme)
    }

    /// The colour of a gradient's log10: text colour at 0 (the gradient as the loss sent it), fading through blue into the page as it
    /// vanishes, turning red as it explodes. `span` is the number of decades to the end of either side.
    pub fn magnitude(&self, log10: f64, span: f64) -> Rgb {
        let lut = colour_map::magnitude(self.theme);
        let share = if log10.is_nan() { 0.0 } else { (log10 / span.max(f64::MIN_POSITIVE)).clamp(-1.0, 1.0) };
        lut[((share + 1.0) / 2.0 * 255.0).round() as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: &str = include_str!("../../style/tokens.css");

    /// The value of a custom property in the light (first) or dark (second) block.
    fn token(theme: Theme, name: &str) -> String {
        let (light, dark) = TOKENS.split_once("data-theme").unwrap();
        let block = match theme {
            Theme::Light => light,
            Theme::Dark => dark,
        };
        let (_, rest) = block.split_once(&format!("--{name}: ")).unwrap();
        rest.split(';').next().unwrap().to_owned()
    }

    #[test]
    fn the_palette_has_the_colours_of_the_style_sheet() {
        for theme in [Theme::Light, Theme::Dark] {
            let p = Palette::of(theme);
            for (name, colour) in [
                ("paper", p.paper),
                ("panel", p.panel),
                ("sunken", p.sunken),
                ("ink", p.ink),
                ("ink-2", p.ink_2),
                ("ink-3", p.ink_3),
                ("hairline", p.hairline),
                ("hairline-strong", p.hairline_strong),
                ("rnn", p.rnn),
                ("lstm", p.lstm),
                ("gru", p.gru),
                ("vanish", p.vanish),
                ("explode", p.explode),
                ("stable", p.stable),
            ] {
                assert_eq!(colour.css(), token(theme, name), "{theme:?} --{name}");
            }
        }
    }

    fn luminance(c: Rgb) -> f64 {
        let channel = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.040_45 {
                v / 12.92
            } else {
                ((v + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(c.0) + 0.7152 * channel(c.1) + 0.0722 * channel(c.2)
    }

    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_ink_used_for_text_has_contrast_4_5_on_the_panel() {
        for theme in [Theme::Light, Theme::Dark] {
            let p = Palette::of(theme);
            let categories = (0..CATEGORIES.len()).map(Ink::Category);
            let inks = [Ink::Rnn, Ink::Lstm, Ink::Gru, Ink::Strong, Ink::Muted, Ink::Theory, Ink::Vanish, Ink::Explode, Ink::Stable];
            for ink in inks.into_iter().chain(categories) {
                let ratio = contrast(p.ink(ink), p.panel);
                assert!(ratio >= 4.5, "{theme:?} {ink:?} has {ratio:.2}");
            }
        }
    }

    #[test]
    fn a_pale_ink_is_seen_and_stands_back_from_its_own() {
        for theme in [Theme::Light, Theme::Dark] {
            let p = Palette::of(theme);
            for ink in [
                Ink::Rnn,
                Ink::Lstm,
                Ink::Gru,
                Ink::Strong,
                Ink::Category(0),
                Ink::Category(1),
                Ink::Category(2),
                Ink::Category(3),
                Ink::Category(4),
                Ink::Category(5),
                Ink::Category(6),
                Ink::Category(7),
            ] {
                let (own, pale) = (contrast(p.ink(ink), p.panel), contrast(p.ink(ink.pale()), p.panel));
                assert!(ink.pale().is_pale() && pale > 1.9 && pale < 0.7 * own, "{theme:?} {ink:?}: {pale:.2} of {own:.2}");
                assert!(ink.pale().css_var().contains("58%") && ink.pale().css_var().contains(ink.css_var()));
            }
        }
    }

    #[test]
    fn a_magnitude_of_zero_decades_has_the_text_colour_and_a_dead_gradient_fades() {
        for theme in [Theme::Light, Theme::Dark] {
            let p = Palette::of(theme);
            let alive = p.magnitude(0.0, 6.0);
            let dead = p.magnitude(f64::NEG_INFINITY, 6.0);
            assert!(contrast(alive, p.panel) > 9.0);
            assert!(contrast(dead, p.panel) < 2.5);
            assert!(contrast(p.magnitude(f64::INFINITY, 6.0), p.panel) > 4.0);
        }
    }
}
