//! Scans: all prefixes of a sequence under an associative operator, in four orders of work.
//!
//! A scan may group its elements as it likes, never reorder them: the operator need not commute, and the earlier operand always stands
//! first. Results of different groupings differ by rounding. Blelloch 1990; Hillis & Steele 1986.

use core::marker::PhantomData;

use super::number::Number;

/// An associative operator with an identity.
pub trait Operator {
    /// What is combined.
    type Element: Clone;
    /// The element that changes nothing.
    fn identity(&self) -> Self::Element;
    /// `earlier ∘ later`.
    fn combine(&self, earlier: &Self::Element, later: &Self::Element) -> Self::Element;
}

/// A step of a linear recurrence, h ↦ a h + b.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step<S> {
    /// What the state is multiplied by.
    pub a: S,
    /// What is added.
    pub b: S,
}

impl<S: Number> Step<S> {
    /// The state after it.
    pub fn apply(&self, h: S) -> S {
        self.a * h + self.b
    }
}

/// One step after another: (a₁, b₁) ∘ (a₂, b₂) = (a₁a₂, a₂b₁ + b₂). It does not commute.
#[derive(Clone, Copy, Debug, Default)]
pub struct Affine<S>(PhantomData<S>);

impl<S> Affine<S> {
    /// The operator.
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<S: Number> Operator for Affine<S> {
    type Element = Step<S>;

    fn identity(&self) -> Step<S> {
        Step { a: S::ONE, b: S::ZERO }
    }

    fn combine(&self, earlier: &Step<S>, later: &Step<S>) -> Step<S> {
        Step { a: earlier.a * later.a, b: later.a * earlier.b + later.b }
    }
}

/// Applications of the operator, and how many must follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Effort {
    /// Applications in all.
    pub work: usize,
    /// Levels that wait for each other.
    pub depth: usize,
}

/// Prefixes and what they took.
#[derive(Clone, Debug, PartialEq)]
pub struct Scanned<E> {
    /// Prefix t holds the elements 0 … t.
    pub inclusive: Vec<E>,
    /// Applications and levels.
    pub effort: Effort,
}

/// One after another: T − 1 applications, T − 1 levels.
pub fn sequential<O: Operator>(operator: &O, elements: &[O::Element]) -> Scanned<O::Element> {
    let mut inclusive: Vec<O::Element> = Vec::with_capacity(elements.len());
    for element in elements {
        let next = match inclusive.last() {
            Some(prefix) => operator.combine(prefix, element),
            None => element.clone(),
        };
        inclusive.push(next);
    }
    let count = elements.len().saturating_sub(1);
    Scanned { inclusive, effort: Effort { work: count, depth: count } }
}

/// At level i every element takes in the one 2^i before it: T log₂T − (T − 1) applications for a power of two, ⌈log₂T⌉ levels.
#[derive(Clone, Debug, PartialEq)]
pub struct HillisSteele<E> {
    /// The array before the first level and after each; the last is the result.
    pub levels: Vec<Vec<E>>,
    /// Applications and levels.
    pub effort: Effort,
}

/// The scan of Hillis and Steele, with every level.
pub fn hillis_steele<O: Operator>(operator: &O, elements: &[O::Element]) -> HillisSteele<O::Element> {
    let mut now = elements.to_vec();
    let mut levels = vec![now.clone()];
    let mut effort = Effort::default();
    let mut stride = 1;
    while stride < elements.len() {
        for i in (stride..elements.len()).rev() {
            now[i] = operator.combine(&now[i - stride], &now[i]);
        }
        effort.work += elements.len() - stride;
        effort.depth += 1;
        levels.push(now.clone());
        stride *= 2;
    }
    HillisSteele { levels, effort }
}

/// Blelloch's scan, padded at the end with the identity to P, the next power of two.
#[derive(Clone, Debug, PartialEq)]
pub struct Blelloch<E> {
    /// The padded array, and after each level up: at stride s = 2, 4, … every s-th element takes in the one s/2 before it.
    pub up_sweep: Vec<Vec<E>>,
    /// All elements together: what stood at the root before the identity took its place.
    pub total: E,
    /// The array with the identity at the root, and after each level down, widest stride first: the left child takes the parent's prefix, the
    /// right child that prefix and then the left child's sum.
    pub down_sweep: Vec<Vec<E>>,
    /// Prefix t holds the elements before t, T of them.
    pub exclusive: Vec<E>,
    /// Prefix t holds the elements 0 … t, T of them: the exclusive prefix and then element t.
    pub inclusive: Vec<E>,
    /// Up and down, those with the identity counted: 2(P − 1) applications, 2 log₂P levels. The inclusive prefixes take T and one level more.
    pub effort: Effort,
}

/// Blelloch's scan, with every level of both sweeps.
pub fn blelloch<O: Operator>(operator: &O, elements: &[O::Element]) -> Blelloch<O::Element> {
    let padded = elements.len().next_power_of_two();
    let mut tree = elements.to_vec();
    tree.resize(padded, operator.identity());
    let mut effort = Effort::default();
    let mut up_sweep = vec![tree.clone()];
    let mut stride = 2;
    while stride <= padded {
        for right in (stride - 1..padded).step_by(stride) {
            tree[right] = operator.combine(&tree[right - stride / 2], &tree[right]);
            effort.work += 1;
        }
        effort.depth += 1;
        up_sweep.push(tree.clone());
        stride *= 2;
    }
    let total = core::mem::replace(&mut tree[padded - 1], operator.identity());
    let mut down_sweep = vec![tree.clone()];
    while stride > 2 {
        stride /= 2;
        for right in (stride - 1..padded).step_by(stride) {
            let prefix = tree[right].clone();
            let left = core::mem::replace(&mut tree[right - stride / 2], prefix.clone());
            tree[right] = operator.combine(&prefix, &left);
            effort.work += 1;
        }
        effort.depth += 1;
        down_sweep.push(tree.clone());
    }
    tree.truncate(elements.len());
    let inclusive = tree.iter().zip(elements).map(|(prefix, element)| operator.combine(prefix, element)).collect();
    Blelloch { up_sweep, total, down_sweep, exclusive: tree, inclusive, effort }
}

/// The first phase of the blocked scan on one worker: all of a block together.
pub fn reduce<O: Operator>(operator: &O, block: &[O::Element]) -> O::Element {
    block.iter().fold(operator.identity(), |sum, element| operator.combine(&sum, element))
}

/// The last phase on one worker: the prefixes of a block, from what came before it.
pub fn prefixes<O: Operator>(operator: &O, before: &O::Element, block: &[O::Element]) -> Vec<O::Element> {
    let mut prefix = before.clone();
    let mut next = |element: &O::Element| {
        prefix = operator.combine(&prefix, element);
        prefix.clone()
    };
    block.iter().map(&mut next).collect()
}

/// Where each of `blocks` blocks of `count` elements begins and ends; the first ones have one more where it does not divide.
pub fn ranges(count: usize, blocks: usize) -> Vec<core::ops::Range<usize>> {
    let blocks = blocks.clamp(1, count.max(1));
    (0..blocks).map(|i| i * count / blocks..(i + 1) * count / blocks).collect()
}

/// The scan that runs on cores: every worker reduces its block ([`reduce`]), the few sums are scanned one after another, and every worker
/// scans its block from what came before it ([`prefixes`]). Twice the work of the sequential scan on as many workers as there are blocks.
pub fn blocked<O: Operator>(operator: &O, elements: &[O::Element], blocks: usize) -> Scanned<O::Element> {
    let ranges = ranges(elements.len(), blocks);
    let longest = ranges.iter().map(|r| r.len()).max().unwrap_or(0);
    let mut before = operator.identity();
    let mut carried = Vec::with_capacity(ranges.len());
    // The last block's sum is nobody's to take in.
    for range in &ranges {
        carried.push(before.clone());
        if carried.len() < ranges.len() {
            before = operator.combine(&before, &reduce(operator, &elements[range.clone()]));
        }
    }
    let parts = ranges.iter().zip(&carried).flat_map(|(range, before)| prefixes(operator, before, &elements[range.clone()]));
    let inclusive: Vec<O::Element> = parts.collect();
    let reduced = elements.len() - ranges.last().map_or(0, |r| r.len());
    let carries = ranges.len() - 1;
    let depth = if carries == 0 { longest } else { 2 * longest + carries };
    Scanned { inclusive, effort: Effort { work: reduced + carries + elements.len(), depth } }
}
