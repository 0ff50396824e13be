//! `/api/v1`.

mod org;
mod standing;
mod triage;
mod watch;
