//! Every developer command of Deltaboard and what they share; `cargo xtask --help` lists the commands, `main.rs` says how to add one.
//!
//! For new commands: [`postgres::Cluster`] (a throw-away database), [`server::Server`] (a really started server), [`run`] (programs, free ports), [`stop`]
//! (cleaning up on Ctrl-C too), [`paths`], [`tools`] (finding and installing programs), [`browser`] (Chromium, Node), [`bundle`] (the browser part).

#![forbid(unsafe_code)]

pub mod bench;
pub mod browser;
pub mod bundle;
pub mod check;
pub mod client;
pub mod crash;
pub mod dev;
pub mod ground;
pub mod openapi;
pub mod paths;
pub mod postgres;
pub mod realdata;
pub mod run;
pub mod serve;
pub mod server;
pub mod shots;
pub mod sse;
pub mod stop;
pub mod style;
pub mod tally;
pub mod test;
pub mod tools;
pub mod walk;
pub mod wasm;
