//! Table and column names, as the migrations define them. A test compares the two.

#![allow(missing_docs, reason = "the migrations say what each column means")]

mod ci;
mod crash;
mod delta;
mod event;
mod people;
mod project;
mod work;

pub use self::{ci::*, crash::*, delta::*, event::*, people::*, project::*, work::*};
