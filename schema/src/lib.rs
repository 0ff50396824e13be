//! What server and browser agree on: ids, words, requests, replies, page views and pure rules.
//!
//! No I/O, no clock, no SQL text. The same noun has the same file name in every layer of the house.

#[macro_use]
pub mod word;

pub mod attachment;
pub mod board;
pub mod bulk;
pub mod ci;
pub mod day;
pub mod delta;
pub mod fixed;
pub mod home;
pub mod id;
pub mod impact;
pub mod import;
pub mod insight;
pub mod ledger;
pub mod lens;
pub mod list;
pub mod nav;
pub mod occurrence;
pub mod org;
pub mod outsider;
pub mod place;
pub mod preview;
pub mod priority;
pub mod problem;
pub mod project;
pub mod query;
pub mod radar;
pub mod rank;
pub mod reference;
pub mod relation;
pub mod route;
pub mod segment;
pub mod session;
pub mod setting;
pub mod stance;
pub mod task;
pub mod thread;
pub mod timeline;
pub mod token;
pub mod trace;
pub mod triage;
pub mod user;
pub mod view;
