//! Colour maps as 256-entry tables, interpolated in OKLab (Ottosson 2020) so that equal steps look equal.

use super::colour::{Rgb, Theme};
use std::sync::OnceLock;

/// A colour map, from low to high.
pub type Lut = [Rgb; 256];

/// Low values near the panel, high values far from it, whatever the theme.
pub fn sequential(theme: Theme) -> &'static Lut {
    static LIGHT: OnceLock<Lut> = OnceLock::new();
    static DARK: OnceLock<Lut> = OnceLock::new();
    match theme {
        Theme::Light => LIGHT.get_or_init(|| {
            table(&[
                Rgb(0xf5, 0xf2, 0xe8),
                Rgb(0xc9, 0xdf, 0xd0),
                Rgb(0x7c, 0xba, 0xbd),
                Rgb(0x3d, 0x8c, 0xae),
                Rgb(0x24, 0x5a, 0x92),
                Rgb(0x1c, 0x24, 0x56),
            ])
        }),
        Theme::Dark => DARK.get_or_init(|| {
            table(&[
                Rgb(0x17, 0x1d, 0x26),
                Rgb(0x1e, 0x3c, 0x66),
                Rgb(0x22, 0x6a, 0x92),
                Rgb(0x3a, 0x9f, 0x9b),
                Rgb(0x93, 0xcf, 0x92),
                Rgb(0xf6, 0xf0, 0xbd),
            ])
        }),
    }
}

/// Blue below, the panel at the centre, red above.
pub fn diverging(theme: Theme) -> &'static Lut {
    static LIGHT: OnceLock<Lut> = OnceLock::new();
    static DARK: OnceLock<Lut> = OnceLock::new();
    match theme {
        Theme::Light => LIGHT.get_or_init(|| {
            table(&[Rgb(0x1c, 0x3f, 0x8a), Rgb(0x6f, 0x9a, 0xd0), Rgb(0xf5, 0xf2, 0xe8), Rgb(0xe3, 0x94, 0x74), Rgb(0x98, 0x22, 0x1a)])
        }),
        Theme::Dark => DARK.get_or_init(|| {
            table(&[Rgb(0xa4, 0xcc, 0xff), Rgb(0x34, 0x6b, 0xb8), Rgb(0x17, 0x1d, 0x26), Rgb(0xb4, 0x4a, 0x30), Rgb(0xff, 0xc0, 0x9c)])
        }),
    }
}

/// For log10 of a gradient: the page at the far low end, blue, text colour at the centre, an orange red at the high end, which eyes without
/// long-wavelength cones do not take for the centre's ink.
pub fn magnitude(theme: Theme) -> &'static Lut {
    static LIGHT: OnceLock<Lut> = OnceLock::new();
    static DARK: OnceLock<Lut> = OnceLock::new();
    match theme {
        Theme::Light => LIGHT.get_or_init(|| {
            table(&[
                Rgb(0xd9, 0xdd, 0xe4),
                Rgb(0x9f, 0xb2, 0xd8),
                Rgb(0x3b, 0x5b, 0xa5),
                Rgb(0x1d, 0x1b, 0x18),
                Rgb(0x93, 0x33, 0x0f),
                Rgb(0xb5, 0x44, 0x0f),
                Rgb(0xcf, 0x4f, 0x1a),
            ])
        }),
        Theme::Dark => DARK.get_or_init(|| {
            table(&[
                Rgb(0x29, 0x31, 0x3d),
                Rgb(0x3d, 0x51, 0x7e),
                Rgb(0x8f, 0xb0, 0xff),
                Rgb(0xe9, 0xe6, 0xdf),
                Rgb(0xff, 0xb4, 0x8a),
                Rgb(0xf5, 0x80, 0x4a),
                Rgb(0xe0, 0x4a, 0x2a),
            ])
        }),
    }
}

/// The 256 colours along evenly spaced stops.
fn table(stops: &[Rgb]) -> Lut {
    let stops: Vec<[f64; 3]> = stops.iter().map(|&c| to_oklab(c)).collect();
    std::array::from_fn(|i| {
        let position = i as f64 / 255.0 * (stops.len() - 1) as f64;
        let index = (position as usize).min(stops.len() - 2);
        let share = position - index as f64;
        from_oklab(std::array::from_fn(|k| stops[index][k] * (1.0 - share) + stops[index + 1][k] * share))
    })
}

fn to_oklab(colour: Rgb) -> [f64; 3] {
    oklab_of_light(linear(colour))
}

/// The light of a colour, sRGB's primaries from 0 to 1.
fn linear(colour: Rgb) -> [f64; 3] {
    [colour.0, colour.1, colour.2].map(|v| {
        let v = f64::from(v) / 255.0;
        if v <= 0.040_45 {
            v / 12.92
        } else {
            ((v + 0.055) / 1.055).powf(2.4)
        }
    })
}

fn oklab_of_light([r, g, b]: [f64; 3]) -> [f64; 3] {
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

fn from_oklab([lightness, a, b]: [f64; 3]) -> Rgb {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let gamma = |v: f64| {
        let v = v.clamp(0.0, 1.0);
        let v = if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
        (v * 255.0).round() as u8
    };
    Rgb(
        gamma(4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s),
        gamma(-1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s),
        gamma(-0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oklab_goes_there_and_back() {
        for colour in [Rgb(0, 0, 0), Rgb(255, 255, 255), Rgb(0xb9, 0x4f, 0x00)] {
            assert_eq!(from_oklab(to_oklab(colour)), colour);
        }
    }

    #[test]
    fn sequential_lightness_is_monotone_and_leaves_the_panel() {
        for (theme, sign) in [(Theme::Light, -1.0), (Theme::Dark, 1.0)] {
            let lightness: Vec<f64> = sequential(theme).iter().map(|&c| to_oklab(c)[0]).collect();
            // Rounding to 8 bits moves a step by up to about 0.002.
            assert!(lightness.windows(2).all(|w| sign * (w[1] - w[0]) > -0.002_5));
            assert!(sign * (lightness[255] - lightness[0]) > 0.6);
        }
    }

    #[test]
    fn diverging_is_quietest_at_its_centre() {
        for theme in [Theme::Light, Theme::Dark] {
            let chroma = |c: Rgb| {
                let [_, a, b] = to_oklab(c);
                a.hypot(b)
            };
            let lut = diverging(theme);
            assert!(chroma(lut[127]) < 0.03);
            let blue = to_oklab(lut[40]);
            let red = to_oklab(lut[215]);
            assert!(blue[2] < -0.05 && red[1] > 0.05);
        }
    }

    /// What eyes without one kind of cones see of linear light (Machado, Oliveira and Fernandes 2009, table 1, severity 1).
    const DEFICIENCIES: [(&str, [[f64; 3]; 3]); 3] = [
        ("protanopia", [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]]),
        ("deuteranopia", [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]]),
        ("tritanopia", [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]]),
    ];

    /// Whoever cannot tell red from green must not take growth for decay, nor either for neither. A just noticeable difference is about 0.02.
    #[test]
    fn the_sign_is_seen_without_one_kind_of_cones() {
        for (name, deficiency) in DEFICIENCIES {
            for lut in [magnitude(Theme::Light), magnitude(Theme::Dark), diverging(Theme::Light), diverging(Theme::Dark)] {
                let seen: Vec<[f64; 3]> = lut
                    .iter()
                    .map(|&colour| {
                        let light = linear(colour);
                        oklab_of_light(deficiency.map(|row| row.iter().zip(light).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0)))
                    })
                    .collect();
                let apart = |a: &[f64; 3], b: &[f64; 3]| a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
                let least = |some: &[[f64; 3]], others: &[[f64; 3]]| {
                    some.iter().flat_map(|a| others.iter().map(move |b| apart(a, b))).fold(f64::INFINITY, f64::min)
                };
                let (low, centre, high) = (&seen[..64], &seen[127..129], &seen[192..]);
                assert!(least(low, high) > 0.13, "{name}: low and high are {} apart", least(low, high));
                assert!(least(centre, high) > 0.16, "{name}: centre and high are {} apart", least(centre, high));
                assert!(least(centre, low) > 0.16, "{name}: centre and low are {} apart", least(centre, low));
            }
        }
    }
}
