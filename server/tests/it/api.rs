//! `/api/v1`.

mod impact;
mod list;
mod org;
mod project;
mod segment;
