//! What is told apart by more than colour: how lines are stroked, the shapes of points, and reference lines and bands.

use super::palette::Ink;

/// How a line is stroked; measurement is solid, theory dashed or dotted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Dash {
    #[default]
    Solid,
    Dashed,
    Dotted,
}

/// The shape of a point, so that sets differ by more than colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    Circle,
    Square,
    Diamond,
    Cross,
    /// Hollow: of a state that is only compared with.
    Ring,
}

/// The sample that stands for a series in a legend or tooltip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mark {
    Line(Dash),
    Point(Marker),
    Bar,
}

/// A horizontal reference line: the critical line at 1, the smallest float16.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub value: f64,
    pub label: String,
    pub ink: Ink,
    pub dash: Dash,
}

/// A horizontal band between two y values (infinite ends allowed).
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    pub from: f64,
    pub to: f64,
    pub label: String,
    pub ink: Ink,
}
