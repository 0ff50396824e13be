//! The quick loop before a commit.

use crate::test::{self, Step};
use crate::{bundle, run};
use anyhow::{Result, bail};
use std::time::Instant;

/// Quick loop: formatting, clippy, unit tests, API suite on SQLite; stops at the first failure
#[derive(clap::Args)]
pub struct Args {}

/// Runs `cargo xtask check`.
pub fn run(_: Args) -> Result<()> {
    bundle::build_styles()?;
    for step in [Step::Fmt, Step::Clippy, Step::Unit, Step::Sqlite] {
        let began = Instant::now();
        let ok = run::stream(&mut run::cargo(test::cargo_args(step)), |_| {})?.success();
        println!("{}: {} in {:.1} s", step.name(), if ok { "ok" } else { "failed" }, began.elapsed().as_secs_f64());
        if !ok {
            bail!("{} failed", step.name());
        }
    }
    Ok(())
}
