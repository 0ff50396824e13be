//! Full-text search, and deltas similar to one being filed.
