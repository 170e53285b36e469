//! How orders and news travel: postcard's bytes, and beside them one typed array for the large list of numbers.

use js_sys::{Array, Float64Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use super::Message;

/// A message that can be posted: the job's name, a generation or null, bytes, numbers or null.
pub struct Packed {
    /// The message.
    pub value: JsValue,
    /// What changes hands with it instead of being copied.
    pub transfer: Array,
}

/// Makes a message to be posted. `generation` is null for an order that begins nothing.
pub fn pack(job: &str, generation: Option<u32>, mut message: impl Message) -> Packed {
    let transfer = Array::new();
    let numbers = message.numbers().map(std::mem::take).map_or(JsValue::NULL, |numbers| {
        let array = Float64Array::from(numbers.as_slice());
        transfer.push(&array.buffer());
        array.into()
    });
    // Writing to memory does not fail; nothing at all would be refused where it arrives.
    let bytes = postcard::to_allocvec(&message).unwrap_or_default();
    let generation = generation.map_or(JsValue::NULL, JsValue::from);
    let value = Array::of4(&job.into(), &generation, &Uint8Array::from(bytes.as_slice()), &numbers).into();
    Packed { value, transfer }
}

/// The job that a message is of; `None` for what is no message.
pub fn job(value: &JsValue) -> Option<String> {
    value.dyn_ref::<Array>()?.get(0).as_string()
}

/// The generation and the content of a message to or from `job`; `None` for anything else.
pub fn unpack<M: Message>(job: &str, value: &JsValue) -> Option<(Option<u32>, M)> {
    let parts: &Array = value.dyn_ref()?;
    if parts.get(0).as_string()? != job {
        return None;
    }
    let bytes: Uint8Array = parts.get(2).dyn_into().ok()?;
    let mut message: M = postcard::from_bytes(&bytes.to_vec()).ok()?;
    if let Some(numbers) = message.numbers() {
        *numbers = parts.get(3).dyn_into::<Float64Array>().ok()?.to_vec();
    }
    Some((parts.get(1).as_f64().map(|generation| generation as u32), message))
}
