//! The development loop: build, start, watch, again.

use crate::run::{self, Process};
use crate::wasm::Kind;
use crate::{bundle, paths};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

/// Start a debug server, rebuild and restart it on every change
#[derive(clap::Args)]
pub struct Args {
    /// Arguments for `deltaboard serve`, after `--`
    #[arg(last = true)]
    args: Vec<String>,
}

const WATCHED: [&str; 6] = ["schema", "web", "server", "migrations", "Cargo.toml", "Cargo.lock"];

/// Runs `cargo xtask dev` until Ctrl-C. While a build fails the last server that worked goes on.
pub fn run(args: Args) -> Result<()> {
    let mut server: Option<Process> = None;
    loop {
        let seen = snapshot();
        match build() {
            Ok(()) => {
                // The old one must give up its port before the new one asks for it.
                drop(server.take());
                server = Some(start(&args.args)?);
            }
            Err(error) => eprintln!("dev: {error:#}"),
        }
        wait_for_change(seen);
        eprintln!("dev: changed, building again");
    }
}

fn build() -> Result<()> {
    bundle::build(Kind::Quick)?;
    run::show(&mut run::cargo(&["build", "--workspace", "--bin", "deltaboard"])).context("building the server")
}

fn start(args: &[String]) -> Result<Process> {
    let binary = paths::binary("debug");
    let mut command = Command::new(&binary);
    command.arg("serve").args(args).stdin(Stdio::null()).process_group(0);
    let child = command.spawn().with_context(|| format!("starting {}", binary.display()))?;
    Ok(Process::new(child, Duration::from_secs(2), "TERM"))
}

/// Returns when the watched files differ from `seen` and have been still for a second.
fn wait_for_change(seen: Snapshot) {
    let mut last = seen.clone();
    loop {
        std::thread::sleep(Duration::from_secs(1));
        let now = snapshot();
        if now == last && now != seen {
            return;
        }
        last = now;
    }
}

/// When each watched file was changed.
type Snapshot = BTreeMap<PathBuf, SystemTime>;

fn snapshot() -> Snapshot {
    let mut files = Snapshot::new();
    let mut paths: Vec<PathBuf> = WATCHED.iter().map(|name| paths::root().join(name)).collect();
    while let Some(path) = paths.pop() {
        if let Ok(entries) = path.read_dir() {
            paths.extend(entries.filter_map(|entry| entry.ok().map(|entry| entry.path())));
        } else if let Ok(time) = path.metadata().and_then(|meta| meta.modified()) {
            files.insert(path, time);
        }
    }
    files
}
