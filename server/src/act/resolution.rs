//! How a gap ends, and how it opens again.
