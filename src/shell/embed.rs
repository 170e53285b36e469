//! A lab inside another page: some of its panels, some of its controls, and the way to all of it.

use leptos::prelude::*;

use super::panel::{Entry, LaterPanels, Slot};
use crate::form::store::{Live, Store};
use crate::form::{NoticeList, SettingByKey};

/// The panels of `all` that an embed names, in its order, or else those of `unnamed`.
pub fn chosen<'a, C>(named: &[&str], all: &'a [Entry<C>], unnamed: &[&str]) -> Vec<&'a Entry<C>> {
    let named = if named.is_empty() { unnamed } else { named };
    named.iter().filter_map(|name| all.iter().find(|entry| entry.embed.is_some() && entry.id == *name)).collect()
}

/// The page of an embed.
#[component]
pub fn EmbedPage<C: Copy + Send + Sync + 'static, S: Live>(
    /// What the page is, for who does not see it.
    title: &'static str,
    panels: Vec<&'static Entry<C>>,
    /// What the panels share.
    shared: C,
    /// Those that come later, where some do.
    #[prop(optional)]
    later: Option<LaterPanels<C>>,
    store: Store<S>,
    /// The settings that can be changed here, by their keys in links.
    controls: Vec<&'static str>,
    /// Where the whole page shows the same.
    #[prop(into)]
    whole_page: Signal<String>,
) -> impl IntoView {
    let panels = panels.into_iter().map(|entry| entry.show(Slot::new("", entry, true), shared, later)).collect_view();
    let controls = controls.into_iter().map(|key| {
        view! { <div class="embed-control" data-key=key><SettingByKey key settings=store.settings on_commit=move |()| store.commit()/></div> }
    });
    let controls = controls.collect_view();
    view! {
        <main class="stage embed" id="stage">
            <h1 class="visually-hidden">{title}</h1>
            <NoticeList notices=store.notices on_dismiss=move |notice| store.dismiss(&notice)/>
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
    fn named_panels_come_in_their_order() {
        let view: fn(Slot, ()) -> AnyView = |_, ()| ().into_any();
        let all = [wide("a", "A", "", view).embeds(1), half("b", "B", "", view), half("c", "C", "", view).embeds(2)];
        let named = |names: &[&str]| chosen(names, &all, &["a"]).iter().map(|entry| entry.id).collect::<String>();
        assert_eq!([named(&["c", "a"]), named(&["b", "c"]), named(&[])], ["ca", "c", "a"]);
    }
}
