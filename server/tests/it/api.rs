//! `/api/v1`.

mod board;
mod org;
mod task;
