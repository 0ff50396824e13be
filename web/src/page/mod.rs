//! The pages, one a file: a view model in, the inside of `<main>` out.

pub mod board;
pub mod problem;
pub mod reference;
pub mod task;
