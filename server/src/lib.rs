//! Deltaboard's server: stores, decides, serves and renders.
//!
//! Two faces, [`api`] and [`page`], share one set of rules, [`act`], over one store, [`store`]. The map of the house is
//! `docs/ARCHITECTURE.md`.

#![recursion_limit = "512"]

pub mod act;
pub mod anchor;
pub mod api;
pub mod app;
pub mod assets;
pub mod caller;
pub mod clock;
pub mod command;
pub mod compress;
pub mod config;
pub mod diff;
pub mod error;
pub mod extract;
pub mod feed;
pub mod files;
pub mod idempotency;
pub mod ingest;
pub mod job;
pub mod limit;
pub mod live;
pub mod markdown;
pub mod page;
pub mod password;
pub mod prose;
pub mod recent;
pub mod render;
pub mod router;
pub mod rst;
pub mod serve;
pub mod session;
pub mod store;
