//! `/api/v1`.

mod comment;
mod delta;
mod impact;
mod list;
mod org;
mod place;
mod private;
mod project;
mod resolution;
mod segment;
