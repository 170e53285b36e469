//! Putting lists in order.
//!
//! The standard library's sorts are tens of kilobytes wherever a new order is asked for, which a first load on a phone feels and lists of
//! this length do not.

/// Largest first, in the total order of IEEE 754 (§5.10).
pub fn descending(values: &mut [f64]) {
    ascending(values);
    values.reverse();
}

/// Smallest first, in the total order of IEEE 754 (§5.10). A heapsort: O(n log n), in place.
#[inline(never)]
pub fn ascending(values: &mut [f64]) {
    for root in (0..values.len() / 2).rev() {
        sift_down(values, root);
    }
    for end in (1..values.len()).rev() {
        values.swap(0, end);
        sift_down(&mut values[..end], 0);
    }
}

/// Lets a value sink until neither value below it in the heap is larger.
fn sift_down(heap: &mut [f64], mut at: usize) {
    loop {
        let mut child = 2 * at + 1;
        if child >= heap.len() {
            return;
        }
        if child + 1 < heap.len() && heap[child].total_cmp(&heap[child + 1]).is_lt() {
            child += 1;
        }
        if heap[at].total_cmp(&heap[child]).is_ge() {
            return;
        }
        heap.swap(at, child);
        at = child;
    }
}

/// Sorts so that of no two neighbours the second has to go before the first; equals keep their order. An insertion sort: quadratic, so for
/// short lists and such as are nearly in order.
pub fn by<T>(items: &mut [T], goes_before: impl Fn(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && goes_before(&items[at], &items[at - 1]) {
            items.swap(at - 1, at);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Draws;

    /// Lists of every length up to 100 with equal, negative, infinite and missing numbers among them.
    fn lists() -> impl Iterator<Item = Vec<f64>> {
        const SPECIAL: [f64; 6] = [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1.0];
        let mut draws = Draws::new(3, 1);
        (0..100).map(move |length| {
            let mut value = || match (12.0 * draws.uniform()) as usize {
                special @ 0..6 => SPECIAL[special],
                _ => 2.0 * draws.uniform() - 1.0,
            };
            (0..length).map(|_| value()).collect()
        })
    }

    #[test]
    fn values_are_in_the_order_of_the_standard_library() {
        let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        for mut ours in lists() {
            let mut theirs = ours.clone();
            ascending(&mut ours);
            theirs.sort_by(f64::total_cmp);
            assert_eq!(bits(&ours), bits(&theirs));
            descending(&mut ours);
            theirs.reverse();
            assert_eq!(bits(&ours), bits(&theirs));
        }
    }

    #[test]
    fn equals_keep_their_order() {
        for list in lists() {
            let mut ours: Vec<(u8, usize)> = list.into_iter().map(|v| (4.0 * v) as u8).zip(0..).collect();
            let mut theirs = ours.clone();
            by(&mut ours, |a, b| a.0 < b.0);
            theirs.sort_by_key(|item| item.0);
            assert_eq!(ours, theirs);
        }
    }
}
