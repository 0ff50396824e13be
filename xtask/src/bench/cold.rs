//! The board page in a browser that has never seen it.

use super::fill::PASSWORD;
use crate::server::Server;
use crate::{browser, paths, run};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::process::Command;

/// What a cold load came to; medians of five.
#[derive(Deserialize)]
pub struct Cold {
    /// Bytes on the wire, headers included.
    pub bytes: f64,
    /// Requests.
    pub requests: f64,
    /// Largest contentful paint, in milliseconds.
    pub lcp: f64,
    /// Elements of the document.
    pub nodes: f64,
    /// Cumulative layout shift.
    pub cls: f64,
}

/// Measures it in Chromium.
///
/// # Errors
/// When there is no Chromium or Node, or the page does not load.
pub fn measure(server: &Server) -> Result<Cold> {
    let (node, chromium) = (browser::node()?, browser::chromium()?);
    let mut command = Command::new(node);
    command.arg("e2e/cold.mjs").current_dir(paths::root()).env("CHROMIUM", chromium).env("BASE", server.url());
    command.env("PAGE", "/orgs/bench/boards/main").env("NAME", "olga").env("PASSWORD", PASSWORD);
    let printed = run::output(&mut command)?;
    serde_json::from_str(printed.lines().last().unwrap_or_default()).with_context(|| format!("e2e/cold.mjs printed {printed}"))
}
