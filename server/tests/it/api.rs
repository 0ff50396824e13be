//! `/api/v1`.

mod evidence;
mod failure;
mod org;
mod project;
mod run;
mod segment;
mod signature;
