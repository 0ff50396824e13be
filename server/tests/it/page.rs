//! The pages, as a browser without script uses them.

mod board;
mod session;
mod setting;
mod start;
mod task;
mod token;
mod user;
