//! The panels of a lab: the one list that its page, its embeds, the documentation and the journeys go by, and the frame of each.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::later::{Later, Part};
use super::outputs::{makers, Output};
use crate::browser::storage;
use crate::controls::Menu;

/// Where panels that are not the story start folded: style/page.css has the same width.
const PHONE: &str = "(max-width: 760px)";
/// What is kept of a folded panel.
const FOLDED: &str = "yes";

/// What shows a panel.
pub type View<C> = fn(Slot, C) -> AnyView;

/// Where the view of a panel is.
pub enum Place<C: 'static> {
    /// In the page's module.
    Here(View<C>),
    /// In what comes later; until then the panel is of about this height in CSS pixels.
    Later(u32),
}

/// A panel of a lab whose parts share a `C`.
pub struct Entry<C: 'static> {
    /// The name that embeds, journeys and styles address it by.
    pub id: &'static str,
    /// The heading.
    pub title: &'static str,
    /// What it is called where the sections of the page are listed; nothing where it is not.
    pub section: &'static str,
    /// Whether it takes the whole row.
    pub wide: bool,
    /// Whether a page inside another may show it: the height in CSS pixels that it fits into at a width of 640, with a row of controls.
    pub embed: Option<u32>,
    /// Whether a phone shows only its heading until it is asked for.
    pub behind: bool,
    /// What it shows.
    pub view: Place<C>,
}

/// A panel across the page.
pub const fn wide<C>(id: &'static str, title: &'static str, section: &'static str, view: View<C>) -> Entry<C> {
    Entry { id, title, section, wide: true, embed: None, behind: false, view: Place::Here(view) }
}

/// A panel beside another.
pub const fn half<C>(id: &'static str, title: &'static str, section: &'static str, view: View<C>) -> Entry<C> {
    Entry { id, title, section, wide: false, embed: None, behind: false, view: Place::Here(view) }
}

/// A panel across the page that comes later, `height` CSS pixels high or so.
pub const fn later_wide<C>(id: &'static str, title: &'static str, section: &'static str, height: u32) -> Entry<C> {
    Entry { id, title, section, wide: true, embed: None, behind: false, view: Place::Later(height) }
}

/// A panel beside another that comes later, `height` CSS pixels high or so.
pub const fn later_half<C>(id: &'static str, title: &'static str, section: &'static str, height: u32) -> Entry<C> {
    Entry { id, title, section, wide: false, embed: None, behind: false, view: Place::Later(height) }
}

impl<C: Copy + Send + Sync + 'static> Entry<C> {
    /// The panel in its place.
    pub fn show(&self, slot: Slot, shared: C, later: Option<LaterPanels<C>>) -> AnyView {
        match (&self.view, later) {
            (Place::Here(view), _) => view(slot, shared),
            (Place::Later(height), Some(from)) => view! { <LaterPanel of=slot height=*height shared from/> }.into_any(),
            (Place::Later(_), None) => ().into_any(),
        }
    }
}

impl<C> Entry<C> {
    /// A page inside another may show it; it fits into this height at a width of 640, in CSS pixels, with a row of controls above it.
    pub const fn embeds(self, height: u32) -> Self {
        Self { embed: Some(height), ..self }
    }

    /// It is not the story: a phone shows only its heading until it is asked for.
    pub const fn behind(self) -> Self {
        Self { behind: true, ..self }
    }
}

/// A panel's place on a page.
#[derive(Clone, Copy)]
pub struct Slot {
    /// As in its [`Entry`].
    pub id: &'static str,
    /// As in its [`Entry`].
    pub title: &'static str,
    /// As in its [`Entry`].
    pub section: &'static str,
    /// As in its [`Entry`].
    pub wide: bool,
    /// Only its heading is shown.
    pub folded: RwSignal<bool>,
    /// The page is inside another.
    pub embedded: bool,
    outputs: RwSignal<Vec<Output>>,
    /// What came of the last saving.
    said: RwSignal<&'static str>,
}

impl Slot {
    /// A place for a panel; `lab` tells apart what is kept of panels of the same name.
    pub fn new<C>(lab: &str, entry: &Entry<C>, embedded: bool) -> Self {
        let Entry { id, title, section, wide, .. } = *entry;
        let key = format!("folded-{lab}-{id}");
        let phone = || window().match_media(PHONE).ok().flatten().is_some_and(|query| query.matches());
        let start = !embedded && storage::read(&key).map_or_else(|| entry.behind && phone(), |kept| kept == FOLDED);
        let folded = RwSignal::new(start);
        Effect::new(move |before: Option<bool>| {
            let folded = folded.get();
            if before.is_some_and(|before| before != folded) {
                // A browser that keeps nothing shows the page as it starts.
                drop(storage::write(&key, if folded { FOLDED } else { "no" }, "which panels are folded"));
            }
            folded
        });
        Self { id, title, section, wide, folded, embedded, outputs: RwSignal::new(Vec::new()), said: RwSignal::new("") }
    }

    /// Adds a chart to the menu, for as long as the reactive owner lives.
    pub fn offer(self, output: Output) {
        let shown = output.table_shown;
        self.outputs.update(|all| all.push(output));
        on_cleanup(move || {
            // The page may be going away as a whole.
            self.outputs.try_update(|all| all.retain(|other| other.table_shown != shown));
        });
    }

    pub(super) fn heading(self) -> String {
        format!("panel-{}", self.id)
    }

    /// Brings the panel into view, unfolded, with the keyboard's focus on its heading.
    fn go(self) {
        self.folded.set(false);
        let found = |selector: String| document().query_selector(&selector).ok().flatten();
        if let Some(heading) = found(format!("#{}", self.heading())).and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
            // A focus that the browser refuses leaves the page usable.
            let _ = heading.focus();
        }
        if let Some(section) = found(format!("[data-panel=\"{}\"]", self.id)) {
            section.scroll_into_view();
        }
    }
}

/// All panels of a page, and over them their names, which stay in view and lead to them.
#[component]
pub fn Panels<C: Copy + Send + Sync + 'static>(
    /// The lab's name: styles tell labs apart by it.
    lab: &'static str,
    entries: &'static [Entry<C>],
    /// What the panels share.
    shared: C,
    /// Those that come later, where some do.
    #[prop(optional)]
    later: Option<LaterPanels<C>>,
) -> impl IntoView {
    let slots: Vec<Slot> = entries.iter().map(|entry| Slot::new(lab, entry, false)).collect();
    let views = slots.iter().zip(entries).map(|(slot, entry)| entry.show(*slot, shared, later)).collect_view();
    view! {
        <Sections slots/>
        <div class="panels" data-lab=lab>{views}</div>
    }
}

/// The names of the sections: one tab stop, in which arrow keys move.
#[component]
fn Sections(slots: Vec<Slot>) -> impl IntoView {
    let slots: Vec<Slot> = slots.into_iter().filter(|slot| !slot.section.is_empty()).collect();
    let (at, count, nav) = (RwSignal::new(0_usize), slots.len(), NodeRef::<html::Nav>::new());
    let key = move |event: KeyboardEvent| {
        let next = match event.key().as_str() {
            "ArrowRight" => (at.get_untracked() + 1) % count,
            "ArrowLeft" => (at.get_untracked() + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        at.set(next);
        let button =
            nav.get_untracked().and_then(|nav| nav.children().item(next as u32)).and_then(|child| child.dyn_into::<HtmlElement>().ok());
        if let Some(button) = button {
            let _ = button.focus();
        }
    };
    let names = slots.into_iter().enumerate().map(|(place, slot)| {
        let go = move |_| {
            at.set(place);
            slot.go();
        };
        view! { <button type="button" tabindex=move || if at.get() == place { "0" } else { "-1" } on:click=go>{slot.section}</button> }
    });
    view! { <nav class="sections" aria-label="Sections" node_ref=nav on:keydown=key>{names.collect_view()}</nav> }
}

/// A titled section of the lab.
#[component]
pub fn Panel(
    of: Slot,
    /// A sentence that changes with the data: what it says now.
    #[prop(into)]
    headline: Signal<String>,
    /// One line on what the reader is looking at.
    about: &'static str,
    /// Buttons beside the heading.
    #[prop(optional)]
    tools: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let folded = of.folded;
    view! {
        <section class="panel" class:wide=of.wide class:folded=move || folded.get() data-panel=of.id aria-labelledby=of.heading()>
            <header>
                <h2 id=of.heading() tabindex="-1">{of.title}</h2>
                <PanelMenu of=of/>
                <p class="headline">{move || headline.get()}</p>
                {tools.map(|tools| view! { <div class="tools">{tools}</div> })}
            </header>
            <div class="panel-body">{children()}</div>
            <p class="about">{about}</p>
        </section>
    }
}

/// The one menu of a panel: pictures and tables of its charts, and folding.
#[component]
pub fn PanelMenu(of: Slot) -> impl IntoView {
    let Slot { folded, outputs, said, embedded, title, .. } = of;
    let rows = move || {
        match makers() {
        Some(makers) => outputs.get().into_iter().map(|output| untrack(|| (makers.row)(output, said))).collect_view().into_any(),
        None => view! {
            <button type="button" class="menu-line" role="menuitem" tabindex="-1" aria-disabled="true">"Pictures and tables are not loaded yet."</button>
        }
        .into_any(),
    }
    };
    let something = Memo::new(move |_| !embedded || outputs.with(|all| !all.is_empty()));
    view! {
        <div class="panel-menu">
            <span class="panel-said" role="status">{said}</span>
            <Show when=move || something.get()>
                <Menu label=format!("More about “{title}”") class="button quiet menu-button" face=|| "⋯">
                    {rows}
                    {(!embedded).then(|| view! {
                        <button type="button" class="menu-line" role="menuitem" tabindex="-1" on:click=move |_| folded.update(|folded| *folded = !*folded)>
                            {move || if folded.get() { "Unfold the panel" } else { "Fold the panel" }}
                        </button>
                    })}
                </Menu>
            </Show>
        </div>
    }
}

/// A panel's view by the panel's id; `None` for a panel that is not in the part.
pub type Views<C> = fn(&str) -> Option<View<C>>;

impl<T: Copy + Send + Sync + 'static> Later<T> {
    /// What of it are panels.
    pub fn panels<C: 'static>(self, of: fn(T) -> Views<C>) -> LaterPanels<C> {
        let views = Signal::derive(move || match self.part() {
            Part::Away => Part::Away,
            Part::Coming => Part::Coming,
            Part::Here(part) => Part::Here(of(part)),
            Part::Failed => Part::Failed,
        });
        LaterPanels { views, call: Callback::new(move |()| self.call()), again: Callback::new(move |()| self.with(|_| {}, || {})) }
    }
}

/// The panels that come later.
pub struct LaterPanels<C: 'static> {
    views: Signal<Part<Views<C>>>,
    call: Callback<()>,
    again: Callback<()>,
}

impl<C> Clone for LaterPanels<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for LaterPanels<C> {}

/// A panel that comes later: a place of about its height until then.
#[component]
pub fn LaterPanel<C: Copy + Send + Sync + 'static>(
    of: Slot,
    /// About how high it is, in CSS pixels.
    height: u32,
    shared: C,
    from: LaterPanels<C>,
) -> impl IntoView {
    let LaterPanels { views, call, again } = from;
    if of.embedded {
        // It is what was asked for.
        call.run(());
    }
    let inside = move || {
        let note = match views.get() {
            // What the panel reads is its own affair.
            Part::Here(views) => return untrack(|| views(of.id).map(|view| view(of, shared))).into_any(),
            Part::Away | Part::Coming => view! { <p class="empty">"Loading…"</p> }.into_any(),
            Part::Failed => view! {
                <p class="empty" role="alert">
                    "This panel could not be loaded: the network or the server did not answer. "
                    <button class="button" type="button" on:click=move |_| again.run(())>"Try again"</button>
                </p>
            }
            .into_any(),
        };
        let (heading, label) = (of.heading(), of.heading());
        view! {
            <section class="panel" class:wide=of.wide class:folded=move || of.folded.get() data-panel=of.id data-later="" aria-labelledby=label>
                <header>
                    <h2 id=heading tabindex="-1">{of.title}</h2>
                    <PanelMenu of=of/>
                </header>
                <div class="panel-body" style:min-height=format!("{height}px")>{note}</div>
            </section>
        }
        .into_any()
    };
    inside
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Names are addresses.
    pub fn names_are_unique<C>(entries: &[Entry<C>]) {
        let names: std::collections::BTreeSet<_> = entries.iter().map(|entry| entry.id).collect();
        assert_eq!(names.len(), entries.len());
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase())));
    }

    /// What comes later has a view, and nothing else has one there.
    pub fn views_are_there<C: 'static>(entries: &[Entry<C>], views: Views<C>) {
        for entry in entries {
            assert_eq!(views(entry.id).is_some(), matches!(entry.view, Place::Later(_)), "{}", entry.id);
        }
    }

    /// A section of the documentation of embeds, and the names that links accept, are what of the list can be embedded.
    pub fn agrees_with_documentation<C, S: crate::form::Embeds>(heading: &str, entries: &[Entry<C>]) {
        let document = include_str!("../../docs/embed.md");
        let section = document.split_once(heading).unwrap().1.split("\n## ").next().unwrap();
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | "));
        let documented: Vec<_> = rows.map(|(id, rest)| (id, rest.rsplit_once(" | ").unwrap().1.to_owned())).collect();
        let listed: Vec<_> = entries.iter().filter_map(|entry| Some((entry.id, entry.embed?.to_string()))).collect();
        assert_eq!(documented, listed);
        assert_eq!(listed.iter().map(|(id, _)| *id).collect::<Vec<_>>(), S::PANELS);
    }

    /// The constant of a page object is the list.
    pub fn agrees_with_journeys<C>(constant: &str, page_object: &str, entries: &[Entry<C>]) {
        let listed = entries.iter().map(|entry| format!("'{}'", entry.id)).collect::<Vec<_>>().join(", ");
        let line = format!("export const {constant} = [{listed}] as const;");
        assert!(page_object.contains(&line), "The page object needs: {line}");
    }
}
