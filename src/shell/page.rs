//! The frame of a lab's page: skip links, bar, rail (a sheet on phones), charts, and the foot.

use leptos::prelude::*;

use super::bar::TopBar;
use super::labs::Lab;
use crate::browser::theme::Theme;
use crate::charts;

/// Mounts a page in the place of what was seen before there was one.
pub fn mount(page: fn() -> AnyView) {
    if let Some(first) = document().get_element_by_id("first") {
        first.remove();
    }
    leptos::mount::mount_to_body(page);
}

/// The theme of the charts, for that of the page.
pub fn chart_theme(theme: RwSignal<Theme>) -> Signal<charts::Theme> {
    Signal::derive(move || match theme.get() {
        Theme::Light => charts::Theme::Light,
        Theme::Dark => charts::Theme::Dark,
    })
}

/// The page.
#[component]
pub fn LabPage(
    lab: &'static Lab,
    /// What else the keyboard can skip to.
    #[prop(optional)]
    skip: Option<AnyView>,
    /// The buttons of the bar.
    bar: AnyView,
    /// What stands under the bar, across the page.
    #[prop(optional)]
    head: Option<AnyView>,
    /// The controls, in an element of the name `rail`.
    rail: AnyView,
    /// Whether the controls are open on a narrow screen.
    sheet: RwSignal<bool>,
    /// Buttons that stay in reach on a narrow screen, beside the one that opens the controls.
    #[prop(optional)]
    reach: Option<AnyView>,
    /// There is nothing to show yet: charts of nothing would be read as zero.
    #[prop(optional, into)]
    empty: Signal<bool>,
    /// Notices and panels.
    children: Children,
) -> impl IntoView {
    document().set_title(lab.title);
    let [trust, keys] = lab.foot;
    // What a sheet of paper needs to be found again: it is written when the page is about to be printed.
    let printed = RwSignal::new(String::new());
    let before_print = window_event_listener_untyped("beforeprint", move |_| {
        let day = js_sys::Date::new_0().to_iso_string().as_string().unwrap_or_default();
        let address = window().location().href().unwrap_or_default();
        printed.set(format!("{}. All settings are in the link: {address}", day.split('T').next().unwrap_or_default()));
    });
    on_cleanup(move || before_print.remove());
    view! {
        <a class="skip-link" href="#stage">"Skip to the charts"</a>
        {skip}
        <TopBar lab>{bar}</TopBar>
        {head}
        <div class="print-head"><b>{lab.title}</b><p>{printed}</p></div>
        <div class="lab">
            {rail}
            <main class="stage" id="stage" class:sheet-open=move || sheet.get() class:without-analysis=move || empty.get()>{children()}</main>
            {reach}
            <button
                class="rail-toggle"
                type="button"
                aria-expanded=move || sheet.get().to_string()
                aria-controls="rail"
                on:click=move |_| sheet.update(|open| *open = !*open)
            >
                {move || if sheet.get() { "Close controls" } else { "Controls" }}
            </button>
        </div>
        <footer class="page-foot"><span>{trust}</span><span>{keys}</span></footer>
    }
}
