//! What server and browser agree on: ids, words, requests, replies, views and pure rules. No I/O, no clock, no SQL.

pub mod nav;
pub mod route;
