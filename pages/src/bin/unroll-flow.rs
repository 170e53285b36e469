//! The page of the Flow lab.

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(unroll::labs::flow::page);
}
