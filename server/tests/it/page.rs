//! The pages.

mod session;
mod setting;
mod start;
mod token;
mod user;
