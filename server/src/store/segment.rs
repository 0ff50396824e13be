//! Segments: groups of a project's users.
