//! A lab inside another page: some of its panels, some of its controls, and the way to all of it.

use leptos::prelude::*;

use super::panel::{Entry, Slot};
use crate::controls::NoticeList;
use crate::state::embed::unknown;
use crate::state::notice::Notice;

/// The panels of `all` that an embed names, in its order, or else those of `unnamed`; and a sentence about each name that is none.
pub fn chosen<'a, C>(named: &[String], all: &'a [Entry<C>], unnamed: &[&str]) -> (Vec<&'a Entry<C>>, Vec<String>) {
    let (mut found, mut sentences) = (Vec::new(), Vec::new());
    for name in named {
        match all.iter().find(|entry| entry.embed.is_some() && entry.id == name) {
            Some(entry) => found.push(entry),
            None => {
                let known: Vec<_> = all.iter().filter(|entry| entry.embed.is_some()).map(|entry| entry.id).collect();
                sentences.push(unknown("panel", name, &known));
            }
        }
    }
    if found.is_empty() {
        found.extend(all.iter().filter(|entry| unnamed.contains(&entry.id)));
    }
    (found, sentences)
}

/// The page of an embed.
#[component]
pub fn EmbedPage<C: Copy + 'static>(
    /// What the page is, for who does not see it.
    title: &'static str,
    panels: Vec<&'static Entry<C>>,
    /// What the panels share.
    shared: C,
    notices: RwSignal<Vec<Notice>>,
    #[prop(into)] on_dismiss: Callback<Notice>,
    /// The settings that can be changed here.
    controls: AnyView,
    /// Where the whole page shows the same.
    #[prop(into)]
    whole_page: Signal<String>,
) -> impl IntoView {
    let panels = panels.into_iter().map(|entry| (entry.view)(Slot::new("", entry, true), shared)).collect_view();
    view! {
        <main class="stage embed" id="stage">
            <h1 class="visually-hidden">{title}</h1>
            <NoticeList notices on_dismiss/>
            <div class="embed-bar">
                <div class="embed-controls">{controls}</div>
                <a href=move || whole_page.get() target="_blank" rel="noopener">"Open in Unroll"</a>
            </div>
            {panels}
        </main>
    }
}

#[cfg(test)]
mod tests {
    use super::super::panel::{half, wide};
    use super::*;

    #[test]
    fn named_panels_come_in_their_order_and_the_rest_is_said() {
        let view: fn(Slot, ()) -> AnyView = |_, ()| ().into_any();
        let all = [wide("a", "A", "", view).embeds(1), half("b", "B", "", view), half("c", "C", "", view).embeds(2)];
        let named = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let (found, sentences) = chosen(&names, &all, &["a"]);
            (found.iter().map(|entry| entry.id).collect::<Vec<_>>().concat(), sentences)
        };
        assert_eq!(named(&["c", "a"]), ("ca".to_owned(), Vec::new()));
        assert_eq!(named(&[]).0, "a");
        let (found, sentences) = named(&["b", "c", "gradients"]);
        assert_eq!((found.as_str(), sentences.len()), ("c", 2));
        assert!(sentences[1].contains("panel “gradients”") && sentences[1].ends_with("there are a, c."), "{sentences:?}");
        // One name that is none leaves the usual panels.
        assert_eq!(named(&["heat"]).0, "a");
    }
}
