//! The chart kit: line charts, heatmaps, complex planes and bars on plotters, painted from one frame loop.
//!
//! Charts take props and signals, never context, and know no lab. The pure parts ([`scale`], [`mod@format`], [`layout`],
//! [`geometry`], [`palette`]) touch neither the browser nor leptos, so they are tested natively.

pub mod axis;
pub mod backend;
pub mod bars;
pub mod canvas;
pub mod colour;
pub mod colour_map;
pub mod cursor;
pub mod draw;
pub mod export;
pub mod format;
pub mod frame;
pub mod geometry;
pub mod heatmap;
pub mod layout;
pub mod line;
pub mod line_draw;
pub mod line_model;
pub mod mark;
mod overlay;
pub mod painted;
pub mod palette;
pub mod paper;
pub mod plane;
mod png;
pub mod scale;
pub mod scene;
pub mod sheet;
pub mod stage;
pub mod table;
mod tick_coord;
pub mod tip;
pub mod watch;
pub mod weight_grid;
pub mod weight_grid_geometry;

pub use axis::{Axis, AxisKind};
pub use bars::{BarChart, BarGroup, BarsModel};
pub use colour::{Rgb, Theme};
pub use format::{format_fixed, format_log10, format_value};
pub use heatmap::{ColourScale, Heatmap, HeatmapModel};
pub use line::LineChart;
pub use line_model::{LineModel, Series};
pub use mark::{Band, Dash, Marker, Rule};
pub use palette::{Ink, Palette};
pub use plane::{PlaneChart, PlaneModel, PointSet};
pub use table::{DataTable, TableModel};
pub use weight_grid::{WeightGrid, WeightGridEvents, WeightGridModel};
