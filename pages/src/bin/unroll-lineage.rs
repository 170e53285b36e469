//! The page of the Lineage lab.

fn main() {
    console_error_panic_hook::set_once();
    unroll::shell::page::mount(unroll::labs::lineage::page);
}
