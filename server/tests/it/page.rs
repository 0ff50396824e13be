//! The pages.

mod failure;
mod session;
mod setting;
mod start;
mod token;
mod user;
