//! x

pub mod query;
