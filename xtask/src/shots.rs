//! Pictures of every page.

use crate::wasm::Kind;
use crate::{browser, bundle, paths, run};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// Take screenshots of every page of the demo: light, dark and 360 px wide
#[derive(clap::Args)]
pub struct Args {
    /// Where to put them
    #[arg(default_value = "target/shots")]
    folder: PathBuf,
    /// Only these pages, by name, with commas between
    #[arg(default_value = "")]
    pages: String,
}

/// Runs `cargo xtask shots`.
pub fn run(args: Args) -> Result<()> {
    let (node, chromium) = (browser::node()?, browser::chromium()?);
    bundle::build(Kind::Small)?;
    run::show(&mut run::cargo(&["build", "--workspace", "--bin", "deltaboard"]))?;
    let mut command = Command::new(node);
    command.arg("e2e/shots.mjs").arg(args.folder).arg(args.pages).current_dir(paths::root());
    run::show(command.env("DELTABOARD_BIN", paths::binary("debug")).env("CHROMIUM", chromium))
}
