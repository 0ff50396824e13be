//! The pages, one a file: a view model in, the inside of `<main>` out.

pub mod board;
pub mod bulk;
pub mod delta;
pub mod failure;
pub mod failures;
pub mod help;
pub mod home;
pub mod list;
pub mod org;
pub mod org_settings;
pub mod preview;
pub mod problem;
pub mod project;
pub mod reference;
pub mod relation;
pub mod run;
pub mod runs;
pub mod session;
pub mod setting;
pub mod signature;
pub mod task;
pub mod token;
pub mod triage;
pub mod user;
pub mod view;
