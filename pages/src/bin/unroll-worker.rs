//! What every worker runs: the jobs of all labs, and no interface.

fn main() {
    console_error_panic_hook::set_once();
    unroll::serve::serve();
}
