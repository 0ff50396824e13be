//! The pages.

mod delta;
mod project;
mod session;
mod setting;
mod start;
mod token;
mod user;
