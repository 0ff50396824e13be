//! The pages.

mod board;
mod task;
