//! Evidence: tests that decide whether a gap is closed.
