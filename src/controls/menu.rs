//! A button that opens a menu, with the keys that a menu has.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// The items in their order. Those within one element of the role `group` are a row.
fn items(menu: &Element) -> Vec<HtmlElement> {
    let Ok(found) = menu.query_selector_all("[role^=menuitem]") else { return Vec::new() };
    (0..found.length()).filter_map(|place| found.item(place)?.dyn_into().ok()).collect()
}

/// Where a key leads from an item: left and right along all items, up and down from row to row.
fn led_to(key: &str, at: usize, rows: &[Option<usize>]) -> Option<usize> {
    let count = rows.len();
    let elsewhere = |to: &usize| rows[*to].is_none() || rows[*to] != rows[at];
    let first_of_row = |to: usize| rows[to].and_then(|row| rows.iter().position(|other| *other == Some(row))).unwrap_or(to);
    Some(match key {
        "ArrowRight" => (at + 1) % count,
        "ArrowLeft" => (at + count - 1) % count,
        "ArrowDown" => (1..count).map(|by| (at + by) % count).find(elsewhere).unwrap_or(at),
        "ArrowUp" => (1..count).map(|by| (at + count - by) % count).find(elsewhere).map_or(at, first_of_row),
        "Home" => 0,
        "End" => count - 1,
        _ => return None,
    })
}

/// The next item after a place whose text starts with the typed letter.
fn lettered(key: &str, at: usize, texts: &[String]) -> Option<usize> {
    let mut characters = key.chars();
    let letter = characters.next().filter(|_| characters.next().is_none())?;
    let starts = |place: &usize| texts[*place].trim_start().chars().next().is_some_and(|first| first.eq_ignore_ascii_case(&letter));
    (1..=texts.len()).map(|by| (at + by) % texts.len()).find(starts)
}

/// A menu button. It opens at the item that is chosen, or at the first, by ArrowUp at the last. Arrow keys, Home and End move in the menu, a
/// letter leads to the next item that starts with it; Escape and a choice close it and go back to the button; leaving closes it.
#[component]
pub fn Menu(
    /// The name of the button and of the menu.
    label: String,
    /// The style class of the button.
    class: &'static str,
    /// The style classes of what holds button and menu, and of the menu.
    #[prop(default = ["menu-holder", "menu"])]
    classes: [&'static str; 2],
    /// What stands on the button.
    #[prop(into)]
    face: ViewFn,
    /// The items: buttons of the roles `menuitem`, `menuitemcheckbox` and `menuitemradio`, out of the order of tabs.
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let menu = NodeRef::<html::Div>::new();
    // A focus that the browser refuses leaves the page usable.
    let focus = |element: &HtmlElement| drop(element.focus());
    let close = move || {
        open.set(false);
        button.get_untracked().iter().for_each(|button| focus(button));
    };
    let open_at = move |last: bool| {
        open.set(true);
        // The items exist after the view has followed the signal; the menu may be gone by then.
        request_animation_frame(move || {
            let Some(menu) = menu.try_get_untracked().flatten() else { return };
            let items = items(&menu);
            let chosen = |item: &&HtmlElement| {
                item.get_attribute("role").as_deref() == Some("menuitemradio")
                    && item.get_attribute("aria-checked").as_deref() == Some("true")
            };
            items.iter().find(chosen).or(if last { items.last() } else { items.first() }).into_iter().for_each(focus);
        });
    };
    let toggle = move |_| if open.get_untracked() { close() } else { open_at(false) };
    let button_key = move |event: KeyboardEvent| {
        let key = event.key();
        if !open.get_untracked() && ["ArrowDown", "ArrowUp"].contains(&key.as_str()) {
            event.prevent_default();
            open_at(key == "ArrowUp");
        }
    };
    let key = move |event: KeyboardEvent| {
        let Some(menu) = menu.get_untracked() else { return };
        // The page's own shortcuts are not meant while the menu is used.
        event.stop_propagation();
        match event.key().as_str() {
            "Escape" => return close(),
            "Tab" => return open.set(false),
            _ => {}
        }
        let (items, target) = (items(&menu), event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()));
        let Some(at) = items.iter().position(|item| Some(item) == target.as_ref()) else { return };
        let groups: Vec<Option<Element>> = items.iter().map(|item| item.closest("[role=group]").ok().flatten()).collect();
        let rows: Vec<Option<usize>> = groups
            .iter()
            .map(|group| group.as_ref().and_then(|group| groups.iter().position(|other| other.as_ref() == Some(group))))
            .collect();
        let texts: Vec<String> = items.iter().map(|item| item.text_content().unwrap_or_default()).collect();
        if let Some(next) = led_to(&event.key(), at, &rows).or_else(|| lettered(&event.key(), at, &texts)) {
            event.prevent_default();
            focus(&items[next]);
        }
    };
    let leave = move |event: web_sys::FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let within = menu.get_untracked().is_some_and(|menu| menu.contains(to.as_ref()));
        if !within && !button.get_untracked().is_some_and(|button| button.contains(to.as_ref())) {
            open.set(false);
        }
    };
    let chosen = move |event: web_sys::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| target.closest("[role^=menuitem]").is_ok_and(|item| item.is_some())) {
            close();
        }
    };
    let (name, children) = (label.clone(), StoredValue::new(children));
    let [holder, list] = classes;
    view! {
        <div class=holder on:focusout=leave>
            <button
                type="button"
                class=class
                node_ref=button
                aria-haspopup="menu"
                aria-expanded=move || open.get().to_string()
                aria-label=label.clone()
                title=label
                on:click=toggle
                on:keydown=button_key
            >
                {face.run()}
            </button>
            <Show when=move || open.get()>
                <div class=list role="menu" aria-label=name.clone() node_ref=menu on:keydown=key on:click=chosen>
                    {children.with_value(|children| children())}
                </div>
            </Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_walk_items_and_rows_and_go_round() {
        // A row of three, a row of two, an item of its own.
        let rows = [Some(0), Some(0), Some(0), Some(3), Some(3), None];
        let from = |key, at| led_to(key, at, &rows);
        assert_eq!([from("ArrowRight", 2), from("ArrowRight", 5), from("ArrowLeft", 0)], [Some(3), Some(0), Some(5)]);
        assert_eq!([from("ArrowDown", 1), from("ArrowDown", 3), from("ArrowDown", 5)], [Some(3), Some(5), Some(0)]);
        assert_eq!([from("ArrowUp", 5), from("ArrowUp", 4), from("ArrowUp", 1)], [Some(3), Some(0), Some(5)]);
        assert_eq!([from("Home", 4), from("End", 0), from("x", 0)], [Some(0), Some(5), None]);
        assert_eq!(led_to("ArrowDown", 0, &[Some(0)]), Some(0));
    }

    #[test]
    fn a_letter_leads_to_the_next_item_that_starts_with_it() {
        let texts = ["Alpha", "Beta", " bold", "Alto"].map(str::to_owned);
        let from = |key, at| lettered(key, at, &texts);
        assert_eq!([from("a", 0), from("A", 3), from("b", 1), from("b", 2)], [Some(3), Some(0), Some(2), Some(1)]);
        assert_eq!([from("x", 0), from("Alpha", 0), from("", 0)], [None; 3]);
    }
}
