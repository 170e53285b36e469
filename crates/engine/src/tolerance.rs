//! tol
