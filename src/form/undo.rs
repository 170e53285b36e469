//! Steps back and forward over what the user has set. A drag is one step: only what was committed is recorded.

/// How many steps back are kept.
const DEPTH: usize = 200;

/// What was committed last and the steps on either side of them.
#[derive(Clone, Debug)]
pub struct UndoStack<S> {
    past: Vec<S>,
    present: S,
    future: Vec<S>,
}

impl<S: PartialEq> UndoStack<S> {
    pub fn new(present: S) -> Self {
        Self { past: Vec::new(), present, future: Vec::new() }
    }

    /// What was committed last.
    pub fn present(&self) -> &S {
        &self.present
    }

    /// Records a step, unless nothing changed. What had been undone is gone.
    pub fn record(&mut self, state: S) {
        if state == self.present {
            return;
        }
        self.past.push(std::mem::replace(&mut self.present, state));
        if self.past.len() > DEPTH {
            self.past.remove(0);
        }
        self.future.clear();
    }

    /// One step back, if there is one.
    pub fn undo(&mut self) -> Option<&S> {
        let previous = self.past.pop()?;
        self.future.push(std::mem::replace(&mut self.present, previous));
        Some(&self.present)
    }

    /// One step forward, if there is one.
    pub fn redo(&mut self) -> Option<&S> {
        let next = self.future.pop()?;
        self.past.push(std::mem::replace(&mut self.present, next));
        Some(&self.present)
    }

    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::flow::settings::Settings;

    fn gain(gain: f64) -> Settings {
        Settings { gain, ..Settings::default() }
    }

    #[test]
    fn undo_and_redo_walk_over_what_was_recorded() {
        let mut stack = UndoStack::new(gain(1.0));
        stack.record(gain(2.0));
        stack.record(gain(2.0));
        stack.record(gain(3.0));
        assert_eq!(stack.undo(), Some(&gain(2.0)));
        assert_eq!(stack.undo(), Some(&gain(1.0)));
        assert_eq!(stack.undo(), None);
        assert_eq!(stack.redo(), Some(&gain(2.0)));
        assert!(stack.can_redo());
    }

    #[test]
    fn a_new_step_discards_what_was_undone() {
        let mut stack = UndoStack::new(gain(1.0));
        stack.record(gain(2.0));
        stack.undo();
        stack.record(gain(3.0));
        assert_eq!(stack.redo(), None);
        assert_eq!(stack.undo(), Some(&gain(1.0)));
    }

    #[test]
    fn the_stack_is_bounded() {
        let mut stack = UndoStack::new(gain(0.0));
        for step in 1..=DEPTH + 50 {
            stack.record(gain(step as f64));
        }
        let mut steps = 0;
        while stack.undo().is_some() {
            steps += 1;
        }
        assert_eq!(steps, DEPTH);
    }
}
