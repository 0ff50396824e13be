//! `/api/v1`.

mod board;
mod idempotency;
mod impact;
mod list;
mod org;
mod project;
mod segment;
mod standing;
mod task;
mod token;
mod triage;
mod user;
mod watch;
