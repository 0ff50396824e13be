//! The README's command: everything built as released, then started.

use crate::wasm::Kind;
use crate::{bundle, paths, run};
use anyhow::{Context, Result};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Build as released and start on http://127.0.0.1:8080 with data in ./data
#[derive(clap::Args)]
pub struct Args {
    /// Arguments for `deltaboard serve`, after `--`
    #[arg(last = true)]
    args: Vec<String>,
}

/// Runs `cargo xtask serve`. Does not return when the server starts: it takes this process's place, so signals reach it directly.
pub fn run(args: Args) -> Result<()> {
    bundle::build(Kind::Small)?;
    run::show(&mut run::cargo(&["build", "--release", "-p", "server"])).context("building the server")?;
    let binary = paths::binary("release");
    let error = Command::new(&binary).arg("serve").args(args.args).exec();
    Err(error).with_context(|| format!("starting {}", binary.display()))
}
