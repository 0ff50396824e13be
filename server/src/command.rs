//! What the command line can do beside serving.

pub mod demo;
pub mod import;
pub mod token;
pub mod user;
pub mod verify;
