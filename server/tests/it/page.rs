//! The pages, as a browser without script uses them.

mod org;
mod session;
mod setting;
mod start;
mod token;
mod triage;
mod user;
