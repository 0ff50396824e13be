//! The pages, one a file: a view model in, the inside of `<main>` out.

pub mod help;
pub mod home;
pub mod list;
pub mod problem;
pub mod reference;
pub mod session;
pub mod setting;
pub mod token;
pub mod user;
