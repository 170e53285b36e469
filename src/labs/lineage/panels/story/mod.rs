//! The views, the stories, and the questions that a state of the page answers.

pub mod view;
