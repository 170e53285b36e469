//! The page of the Train lab. What comes after its first screen is split off into a file of its own.

use leptos::wasm_split::{self, wasm_split, SplitLoaderError};
use unroll::labs::train::{self, later::Parts};

#[wasm_split(train_later, fallible, wasm_split_path = wasm_split)]
fn later() -> Result<Parts, SplitLoaderError> {
    Ok(Parts::all())
}

fn main() {
    console_error_panic_hook::set_once();
    unroll::shell::page::mount(|| train::page(|| Box::pin(async { later().await.ok() })));
}
