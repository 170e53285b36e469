//! The ranges a setting may take. They are the engine's; sliders may offer less of them than a typed value may use.

pub const HIDDEN_SIZE: (f64, f64) = (1.0, 64.0);
pub const INPUT_SIZE: (f64, f64) = (1.0, 16.0);
pub const SEQ_LEN: (f64, f64) = (1.0, 512.0);
pub const GAIN: (f64, f64) = (0.0, 10.0);
pub const BIAS: (f64, f64) = (-20.0, 20.0);
pub const INPUT_SCALE: (f64, f64) = (0.0, 100.0);
pub const PERIOD: (f64, f64) = (2.0, 512.0);
pub const HORIZON_LEVEL: (f64, f64) = (1e-4, 0.5);
/// Years in the shipped sunspot series.
pub const SUNSPOT_YEARS: usize = 325;
/// Characters of a text: no more can be steps, and a link has to carry them.
pub const TEXT_CHARS: usize = 512;
