//! Failure groups and their deltas.
