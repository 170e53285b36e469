//! The complex plane: eigenvalues against the unit circle.

use super::palette::{Ink, Theme};
use leptos::prelude::*;
use std::sync::Arc;

/// The shape of a point, so that sets differ by more than colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    Circle,
    Square,
    Diamond,
    Cross,
}

/// A named set of complex numbers (re, im).
#[derive(Clone, Debug, PartialEq)]
pub struct PointSet {
    pub name: String,
    pub ink: Ink,
    pub marker: Marker,
    pub points: Arc<[(f64, f64)]>,
}

/// All a plane shows.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaneModel {
    pub sets: Vec<PointSet>,
    pub unit_circle: bool,
}

/// A complex plane with equal aspect.
#[component]
pub fn PlaneChart(
    #[prop(into)] model: Signal<Arc<PlaneModel>>,
    #[prop(into)] theme: Signal<Theme>,
    #[prop(into)] name: String,
    #[prop(default = 300.0)] height: f64,
) -> impl IntoView {
    let _ = (model, theme, height);
    view! { <div class="chart" role="group" aria-label=name></div> }
}
