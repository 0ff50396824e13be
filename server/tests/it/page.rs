//! The pages, as a browser without script uses them.

mod board;
mod org;
mod session;
mod setting;
mod start;
mod task;
mod token;
mod triage;
mod user;
