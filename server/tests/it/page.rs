//! The pages.

mod attachment;
mod board;
mod bulk;
mod consensus;
mod delta;
mod duplicate;
mod failure;
mod feed;
mod home;
mod import;
mod occurrence;
mod org;
mod outsider;
mod project;
mod relation;
mod session;
mod setting;
mod spec;
mod start;
mod talk;
mod task;
mod token;
mod triage;
mod user;
mod view;
