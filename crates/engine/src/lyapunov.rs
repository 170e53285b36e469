//! lyapunov
