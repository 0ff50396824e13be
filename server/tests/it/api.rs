//! `/api/v1`.

mod board;
mod impact;
mod lens;
mod list;
mod org;
mod project;
mod segment;
mod standing;
mod task;
mod triage;
mod watch;
