//! SQL lives here and nowhere else. Every function takes `&mut Tx`; one file a noun.

pub mod board;
pub mod comment;
pub mod db;
pub mod delta;
pub mod event;
pub mod evidence;
pub mod failure;
pub mod impact;
pub mod import;
pub mod keyset;
pub mod list;
pub mod org;
pub mod place;
pub mod project;
pub mod resolution;
pub mod run;
pub mod search;
pub mod segment;
pub mod session;
pub mod setting;
pub mod signature;
pub mod table;
pub mod task;
pub mod token;
pub mod triage;
pub mod user;
