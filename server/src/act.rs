//! What a person or machine may do. One function an act: allowed? change, event. Permission is decided here, once.

pub mod attachment;
pub mod board;
pub mod bulk;
pub mod comment;
pub mod consensus;
pub mod delta;
pub mod evidence;
pub mod failure;
pub mod impact;
pub mod import;
pub mod lens;
pub mod org;
pub mod place;
pub mod project;
pub mod relation;
pub mod resolution;
pub mod run;
pub mod search;
pub mod segment;
pub mod session;
pub mod setting;
pub mod signature;
pub mod task;
pub mod token;
pub mod triage;
pub mod user;
