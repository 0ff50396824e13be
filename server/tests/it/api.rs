//! `/api/v1`.

mod org;
mod project;
mod segment;
mod standing;
mod triage;
mod watch;
