//! The entry point of the page, and of its workers: they run the same module.

fn main() {
    console_error_panic_hook::set_once();
    if unroll::serve::serve() {
        return;
    }
    leptos::mount::mount_to_body(unroll::app::App);
}
