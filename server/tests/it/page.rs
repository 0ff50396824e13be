//! The pages, as a browser without script uses them.

mod org;
mod triage;
