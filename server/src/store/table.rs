//! Table and column names, as the migrations define them. A test compares the two.

#![allow(missing_docs, reason = "the migrations say what each column means")]

mod ci;
mod crash;
mod delta;
mod event;
mod impact;
mod people;
mod project;
mod talk;
mod work;

pub use self::{ci::*, crash::*, delta::*, event::*, impact::*, people::*, project::*, talk::*, work::*};
