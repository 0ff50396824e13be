//! `/api/v1`.

mod idempotency;
mod impact;
mod list;
mod org;
mod project;
mod segment;
mod token;
mod user;
