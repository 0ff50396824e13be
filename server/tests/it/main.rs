//! The API suite: behaviour through the public API and the pages, on a real database. One binary; the files mirror the
//! URLs. SQLite in a temporary file, or the PostgreSQL that `TEST_DATABASE_URL` names.

mod api;
mod db;
mod health;
mod house;
mod import;
mod ingest;
mod job;
mod page;
mod plan;
mod private;
mod realdata;
mod reference;
mod start;
mod support;
mod verify;
