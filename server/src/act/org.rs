//! Organisations, members, openness, lenses.
