//! `/api/v1`.

mod org;
mod project;
mod segment;
