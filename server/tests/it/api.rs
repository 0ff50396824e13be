//! `/api/v1`.

mod comment;
mod delta;
mod org;
mod place;
mod private;
mod project;
mod resolution;
mod segment;
