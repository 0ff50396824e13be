//! The pages.

mod board;
mod failure;
mod org;
mod session;
mod setting;
mod start;
mod task;
mod token;
mod triage;
mod user;
