//! Controls and the store in a real browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use leptos::mount::{mount_to, UnmountHandle};
use leptos::prelude::*;
use unroll::form::{bring_numbers, groups, NoticeList, Preset, PresetsMenu, SettingsGroup};
use unroll::labs::flow::presets::PRESETS;
use unroll::labs::flow::settings::{InputKind, Settings};
use unroll::labs::flow::store::Store;
use unroll_engine::Cell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, EventInit, HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

wasm_bindgen_test_configure!(run_in_browser);

/// A page with every control, on its own piece of the document; it goes away with the value.
struct Page {
    store: Store,
    root: HtmlElement,
    _mounted: Box<dyn std::any::Any>,
}

impl Page {
    fn open(query: &str) -> Self {
        let root: HtmlElement = document().create_element("div").unwrap().unchecked_into();
        document().body().unwrap().append_child(&root).unwrap();
        bring_numbers();
        set_query(query);
        let slot = std::rc::Rc::new(std::cell::Cell::new(None));
        let filled = slot.clone();
        let mounted: UnmountHandle<_> = mount_to(root.clone(), move || {
            let store = Store::new();
            filled.set(Some(store));
            let current = Memo::new(move |_| {
                store.settings.with(|settings| PRESETS.iter().find(|preset| preset.is(settings)).map(|preset| preset.id))
            });
            let choose = move |preset: &'static Preset<Settings>| {
                store.apply(store.settings.with_untracked(|settings| preset.over(settings)));
            };
            let groups = groups::<Settings>().into_iter().map(|group| {
                view! { <SettingsGroup group settings=store.settings on_commit=move |()| store.commit() /> }
            });
            view! {
                <PresetsMenu presets=PRESETS current on_choose=choose />
                <NoticeList notices=store.notices on_dismiss=move |notice| store.dismiss(&notice) />
                {groups.into_iter().collect_view()}
            }
        });
        Self { store: slot.get().unwrap(), root, _mounted: Box::new(mounted) }
    }

    fn find<T: JsCast>(&self, selector: &str) -> T {
        let found = self.root.query_selector(selector).unwrap();
        found.unwrap_or_else(|| panic!("nothing matches {selector}")).unchecked_into()
    }

    fn slider(&self, name: &str) -> HtmlInputElement {
        self.find(&format!("input[type=range][aria-label='{name}']"))
    }

    /// The number field of a label, found as a user does: by its label.
    fn field(&self, name: &str) -> HtmlInputElement {
        let labels = self.root.query_selector_all("label[for]").unwrap();
        let label = (0..labels.length())
            .map(|i| labels.item(i).unwrap().unchecked_into::<Element>())
            .find(|label| label.text_content().as_deref() == Some(name))
            .unwrap_or_else(|| panic!("no label {name}"));
        let id = label.get_attribute("for").unwrap();
        document().get_element_by_id(&id).unwrap().unchecked_into()
    }

    fn reset(&self, name: &str) -> HtmlElement {
        self.find(&format!("button[aria-label='Reset {name}']"))
    }

    fn alert(&self) -> Option<String> {
        let alert = self.root.query_selector("[role=alert]").unwrap()?;
        alert.text_content()
    }

    fn settings(&self) -> Settings {
        self.store.settings.get_untracked()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.root.remove();
    }
}

fn set_query(query: &str) {
    let path = window().location().pathname().unwrap();
    let url = if query.is_empty() { path } else { format!("{path}?{query}") };
    let history = window().history().unwrap();
    history.replace_state_with_url(&JsValue::NULL, "", Some(&url)).unwrap();
}

fn query() -> String {
    window().location().search().unwrap()
}

fn fire(target: &Element, kind: &str) {
    let init = EventInit::new();
    init.set_bubbles(true);
    let event = web_sys::Event::new_with_event_init_dict(kind, &init).unwrap();
    target.dispatch_event(&event).unwrap();
}

fn press(target: &Element, name: &str, control: bool) {
    key(target, "keydown", name, control);
    key(target, "keyup", name, control);
}

fn key(target: &Element, kind: &str, name: &str, control: bool) {
    let init = web_sys::KeyboardEventInit::new();
    init.set_bubbles(true);
    init.set_cancelable(true);
    init.set_key(name);
    init.set_ctrl_key(control);
    let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict(kind, &init).unwrap();
    target.dispatch_event(&event).unwrap();
}

/// One move of the pointer during a drag.
fn slide(slider: &HtmlInputElement, value: &str) {
    slider.set_value(value);
    fire(slider, "input");
}

fn type_in(field: &HtmlInputElement, text: &str) {
    field.set_value(text);
    fire(field, "input");
}

/// Lets effects and views follow the signals.
async fn settle() {
    leptos::task::tick().await;
}

#[wasm_bindgen_test]
async fn dragging_a_slider_updates_the_setting_and_the_field() {
    let page = Page::open("");
    slide(&page.slider("Recurrent gain"), "2.5");
    settle().await;
    assert_eq!(page.settings().gain, 2.5);
    assert_eq!(page.field("Recurrent gain").value(), "2.5");
    assert_eq!(page.field("Recurrent gain").get_attribute("aria-valuenow").as_deref(), Some("2.5"));
}

#[wasm_bindgen_test]
async fn a_drag_is_one_history_entry_and_one_step_of_undo() {
    let page = Page::open("");
    let before = window().history().unwrap().length().unwrap();
    let slider = page.slider("Forget bias");
    for value in ["1.5", "2", "3"] {
        slide(&slider, value);
        page.store.write_address();
        assert_eq!(query(), format!("?schema=2&fb={value}"));
    }
    fire(&slider, "change");
    assert_eq!(window().history().unwrap().length().unwrap(), before + 1);
    page.store.undo();
    assert_eq!(page.settings(), Settings::default());
    page.store.redo();
    assert_eq!(page.settings().forget_bias, 3.0);
}

#[wasm_bindgen_test]
async fn the_logarithmic_slider_sets_the_level_itself() {
    let page = Page::open("");
    slide(&page.slider("Horizon level"), "-1");
    assert_eq!(page.settings().horizon_level, 0.1);
}

#[wasm_bindgen_test]
async fn a_typed_number_beyond_the_slider_is_accepted() {
    let page = Page::open("");
    let field = page.field("Recurrent gain");
    type_in(&field, "7.25");
    press(&field, "Enter", false);
    settle().await;
    assert_eq!(page.settings().gain, 7.25);
    assert_eq!(query(), "?schema=2&gain=7.25");
    assert_eq!(page.slider("Recurrent gain").value(), "3");
}

#[wasm_bindgen_test]
async fn a_typed_number_out_of_range_keeps_the_setting_and_says_what_is_accepted() {
    let page = Page::open("schema=2&n=24");
    let field = page.field("Hidden size");
    for text in ["9", "90", "900"] {
        type_in(&field, text);
    }
    fire(&field, "change");
    settle().await;
    assert_eq!(page.settings().hidden_size, 24);
    let message = page.alert().unwrap();
    assert!(message.contains("1 to 512") && message.contains("900") && message.contains("24"), "{message}");
    assert_eq!(field.get_attribute("aria-invalid").as_deref(), Some("true"));
    assert_eq!(query(), "?schema=2&n=24");

    press(&field, "Escape", false);
    settle().await;
    assert_eq!((field.value().as_str(), page.alert()), ("24", None));
}

#[wasm_bindgen_test]
async fn words_and_nothing_are_not_numbers() {
    let page = Page::open("");
    for text in ["many", "", "-", "1.5"] {
        let field = page.field("Steps");
        type_in(&field, text);
        fire(&field, "change");
        settle().await;
        assert_eq!(page.settings(), Settings::default(), "{text}");
        assert!(page.alert().unwrap().contains("whole numbers from 1 to 2048"), "{text}");
    }
}

#[wasm_bindgen_test]
async fn moving_the_slider_takes_a_message_away() {
    let page = Page::open("");
    type_in(&page.field("Hidden size"), "900");
    settle().await;
    assert!(page.alert().is_some());
    slide(&page.slider("Hidden size"), "17");
    settle().await;
    assert_eq!(page.alert(), None);
    assert_eq!(page.field("Hidden size").value(), "17");
}

#[wasm_bindgen_test]
async fn reset_and_double_click_put_the_default_back() {
    let page = Page::open("schema=2&fb=1&gain=2");
    page.reset("Forget bias").click();
    assert_eq!(page.settings().forget_bias, 4.0);
    fire(&page.slider("Recurrent gain"), "dblclick");
    assert_eq!(page.settings(), Settings::default());
    assert_eq!(query(), "");
}

#[wasm_bindgen_test]
async fn arrow_and_page_keys_step_the_field() {
    let page = Page::open("");
    let field = page.field("Forget bias");
    press(&field, "ArrowUp", false);
    press(&field, "PageDown", false);
    settle().await;
    assert_eq!(page.settings().forget_bias, 3.1);
    page.store.undo();
    assert_eq!(page.settings().forget_bias, 4.1);
}

#[wasm_bindgen_test]
async fn a_key_that_is_held_down_is_one_step_of_undo() {
    let page = Page::open("");
    let field = page.field("Forget bias");
    for _ in 0..5 {
        key(&field, "keydown", "ArrowUp", false);
    }
    key(&field, "keyup", "ArrowUp", false);
    assert_eq!(page.settings().forget_bias, 4.5);
    page.store.undo();
    assert_eq!(page.settings(), Settings::default());
}

#[wasm_bindgen_test]
async fn control_z_undoes_except_in_text_that_is_being_typed() {
    let page = Page::open("");
    slide(&page.slider("Recurrent gain"), "2");
    fire(&page.slider("Recurrent gain"), "change");
    let text: HtmlElement = page.find("textarea");
    press(&text, "z", true);
    assert_eq!(page.settings().gain, 2.0);
    press(&page.slider("Recurrent gain"), "z", true);
    assert_eq!(page.settings().gain, 1.0);
    press(&page.slider("Recurrent gain"), "y", true);
    assert_eq!(page.settings().gain, 2.0);
}

#[wasm_bindgen_test]
async fn a_bad_link_is_reported_by_name_and_the_notice_can_be_put_away() {
    let page = Page::open("n=900&gain=2");
    settle().await;
    assert_eq!((page.settings().hidden_size, page.settings().gain), (16, 2.0));
    let notice: HtmlElement = page.find("[role=status] .notice");
    let text = notice.text_content().unwrap();
    assert!(text.contains("hidden size") && text.contains("n=900") && text.contains("1 to 512"), "{text}");
    page.find::<HtmlElement>(".notice-dismiss").click();
    settle().await;
    assert!(page.root.query_selector(".notice").unwrap().is_none());
}

#[wasm_bindgen_test]
async fn the_last_shown_cell_cannot_be_hidden_and_the_focus_follows() {
    let page = Page::open("");
    for name in ["LSTM", "GRU"] {
        page.find::<HtmlElement>(&format!("[data-name={name}] input")).click();
    }
    settle().await;
    assert_eq!(page.settings().focus, Cell::Rnn);
    assert!(page.find::<HtmlInputElement>("[data-name=RNN] input").disabled());
    assert!(page.field("Forget bias").disabled());
}

#[wasm_bindgen_test]
async fn an_empty_text_keeps_the_text_and_says_so() {
    let page = Page::open("in=text&text=abba");
    let area: HtmlTextAreaElement = page.find(".control-text textarea");
    area.set_value("");
    fire(&area, "input");
    fire(&area, "change");
    settle().await;
    assert_eq!(page.settings().text, "abba");
    assert!(page.alert().unwrap().contains("at least one character"));
    area.set_value("abc");
    fire(&area, "input");
    settle().await;
    assert_eq!((page.settings().text.as_str(), page.alert()), ("abc", None));
}

#[wasm_bindgen_test]
async fn the_input_stays_until_numbers_come_and_broken_ones_change_nothing() {
    let page = Page::open("in=sine");
    let select: HtmlSelectElement = page.find("#control-input");
    select.set_value("numbers");
    fire(&select, "change");
    settle().await;
    assert_eq!(page.settings().input, InputKind::Sine);

    let area: HtmlTextAreaElement = page.find(".control-numbers textarea");
    area.set_value("a,b\n1,2\n3,x\n");
    fire(&area, "input");
    settle().await;
    assert_eq!(page.settings().input, InputKind::Numbers);
    assert_eq!(page.settings().numbers.unwrap().values, [1.0, 3.0]);

    area.set_value("a\n1\noops\n");
    fire(&area, "input");
    settle().await;
    assert!(page.alert().unwrap().contains("oops"), "{:?}", page.alert());
    assert_eq!(page.settings().numbers.unwrap().values, [1.0, 3.0]);
}

#[wasm_bindgen_test]
async fn the_menu_of_presets_is_used_with_the_keyboard() {
    let page = Page::open("");
    let button: HtmlElement = page.find(".presets-button");
    press(&button, "ArrowDown", false);
    settle().await;
    assert_eq!(button.get_attribute("aria-expanded").as_deref(), Some("true"));
    let first: HtmlElement = page.find("[role=menuitemradio]");
    press(&first, "End", false);
    let last = document().active_element().unwrap();
    assert!(last.text_content().unwrap().starts_with("Chrono"));
    last.unchecked_into::<HtmlElement>().click();
    settle().await;
    assert_eq!(page.settings(), PRESETS[PRESETS.len() - 1].settings());
    assert_eq!(button.get_attribute("aria-expanded").as_deref(), Some("false"));
}

#[wasm_bindgen_test]
async fn the_address_keeps_path_and_fragment() {
    let page = Page::open("");
    let location = window().location();
    let path = location.pathname().unwrap();
    let with_fragment = format!("{path}#here");
    let history = window().history().unwrap();
    history.replace_state_with_url(&JsValue::NULL, "", Some(&with_fragment)).unwrap();
    page.store.settings.update(|settings| settings.seed = 9);
    page.store.commit();
    assert_eq!((location.pathname().unwrap(), query(), location.hash().unwrap()), (path, "?schema=2&seed=9".into(), "#here".into()));
}
