//! `/api/v1`.

pub mod board;
mod comment;
mod delta;
mod impact;
mod list;
mod live;
mod org;
mod place;
mod private;
mod project;
mod resolution;
mod segment;
mod standing;
mod task;
mod triage;
mod watch;
