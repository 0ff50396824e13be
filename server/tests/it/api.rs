//! `/api/v1`.

mod board;
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
mod standing;
mod task;
mod triage;
mod watch;
