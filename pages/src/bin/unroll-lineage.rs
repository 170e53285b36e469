//! The page of the Lineage lab.

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(unroll::labs::lineage::page);
}
