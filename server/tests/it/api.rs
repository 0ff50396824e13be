//! `/api/v1`.

pub mod board;
mod comment;
mod consensus;
mod delta;
mod evidence;
mod failure;
mod idempotency;
mod impact;
mod input;
mod lens;
mod list;
mod live;
mod org;
mod place;
mod private;
mod project;
mod resolution;
mod run;
mod segment;
mod signature;
mod standing;
mod task;
mod token;
mod triage;
mod user;
mod watch;
