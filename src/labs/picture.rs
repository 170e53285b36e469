//! A chart as a file: what stands under every chart of every lab.

use leptos::prelude::*;

use crate::browser::download;
use crate::charts::canvas;
use crate::charts::export::Picture;

/// Pixels of a PNG to a CSS pixel: sharp in print and on dense screens.
const PNG_SCALE: f64 = 2.0;

/// Saves what `picture` draws when it is asked, under the chart's name.
#[component]
pub fn PictureTools(name: String, picture: Callback<(), Option<Picture>>) -> impl IntoView {
    let failed = RwSignal::new("");
    let file: String = name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let (svg_name, png_name) = (format!("unroll-{file}.svg"), format!("unroll-{file}.png"));
    let take = move || {
        let taken = untrack(|| picture.run(()));
        failed.set(if taken.is_none() { "There is nothing to save yet." } else { "" });
        taken
    };
    let report = move |saved: bool| failed.set(if saved { "" } else { "The browser did not save it." });
    let as_svg = move |_| {
        if let Some(picture) = take() {
            report(download::save(&svg_name, "image/svg+xml", picture.svg.as_bytes()));
        }
    };
    let as_png = move |_| {
        let Some(picture) = take() else { return };
        let name = png_name.clone();
        canvas::rasterise(&picture.svg, (picture.width, picture.height), PNG_SCALE, move |blob| {
            report(blob.is_some_and(|blob| download::save_blob(&name, &blob)));
        });
    };
    view! {
        <div class="picture-tools">
            <span role="status">{failed}</span>
            <button class="button" type="button" aria-label=format!("Save “{name}” as SVG") on:click=as_svg>"SVG"</button>
            <button class="button" type="button" aria-label=format!("Save “{name}” as PNG") on:click=as_png>"PNG"</button>
        </div>
    }
}
