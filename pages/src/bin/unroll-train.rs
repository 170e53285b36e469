//! The page of the Train lab.

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(unroll::labs::train::page);
}
