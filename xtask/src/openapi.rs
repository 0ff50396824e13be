//! The snapshot of the API's description.

use crate::{bundle, paths, run};
use anyhow::{Context, Result};
use std::process::Command;

/// Write docs/openapi.json anew from the server's own description
#[derive(clap::Args)]
pub struct Args {}

/// Runs `cargo xtask openapi`.
pub fn run(_: Args) -> Result<()> {
    bundle::build_styles()?;
    run::show(&mut run::cargo(&["build", "--workspace", "--bin", "deltaboard"])).context("building the server")?;
    let json = run::output(Command::new(paths::binary("debug")).arg("openapi"))?;
    serde_json::from_str::<serde::de::IgnoredAny>(&json).context("`deltaboard openapi` printed no JSON")?;
    let file = paths::root().join("docs/openapi.json");
    std::fs::create_dir_all(paths::root().join("docs"))?;
    std::fs::write(&file, json + "\n").with_context(|| format!("writing {}", file.display()))?;
    println!("{}", file.display());
    Ok(())
}
