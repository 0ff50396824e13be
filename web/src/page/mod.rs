//! The pages, one a file: a view model in, the inside of `<main>` out.

pub mod problem;
pub mod reference;
