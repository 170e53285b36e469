//! Eigenvalues and singular values at the cursor.

pub mod model;
pub mod view;
