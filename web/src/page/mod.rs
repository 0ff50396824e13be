//! The pages, one a file: a view model in, the inside of `<main>` out.

pub mod org;
pub mod org_settings;
pub mod problem;
pub mod reference;
pub mod triage;
