//! The JSON API.

mod project;
mod segment;
