//! SQL lives here and nowhere else. Every function takes `&mut Tx`; one file a noun.

pub mod db;
pub mod event;
pub mod session;
pub mod table;
pub mod token;
pub mod user;
