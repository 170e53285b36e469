//! A pool of workers as the lab uses it: where there are none, spare frames do the work.

use leptos::prelude::*;

use super::store::Store;
use crate::charts::frame;
use crate::compute::timing;
use crate::form::Notice;
use crate::sweep::pool::{Pool, Report, Work};

/// On the page's own thread a slice leaves the frame room for everything else.
const SLICE_MILLISECONDS: f64 = 10.0;

/// A pool that hands what it finds to `take` (from a piece on), `at_once` pieces at a time where it works on the page's own thread. Its work
/// ends with the reactive owner that makes it.
pub fn pooled<W: Work>(store: Store, running: RwSignal<bool>, at_once: usize, take: impl Fn(usize, &[f64]) + Copy + 'static) -> Pool<W> {
    let inline = StoredValue::new(false);
    let pool = Pool::<W>::new(move |report| match report {
        Report::Found { from, values } => take(from, &values),
        Report::Inline(reason) => {
            if !reason.is_empty() {
                store.notify(Notice::info(reason));
            }
            inline.set_value(true);
            frame::want_spare_frame();
        }
    });
    let (here, kept) = (pool.clone(), StoredValue::new_local(pool.clone()));
    frame::in_spare_frames(move || {
        if !inline.get_value() || !running.get_untracked() {
            return false;
        }
        let span = timing::start();
        while span.elapsed() < SLICE_MILLISECONDS {
            match here.piece_here(at_once) {
                Some((from, values)) => take(from, &values),
                None => return false,
            }
        }
        true
    });
    on_cleanup(move || kept.with_value(Pool::cancel));
    pool
}
