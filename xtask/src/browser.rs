//! What the browser journeys need: Chromium, Node and the packages of `e2e`.

use crate::{paths, run, tools};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Chromium or Chrome: `CHROMIUM` when set, else from PATH or macOS's applications, else installed.
///
/// # Errors
/// One line when there is none and it cannot be installed.
pub fn chromium() -> Result<PathBuf> {
    const NAMES: [&str; 6] = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];
    if let Some(chosen) = std::env::var_os("CHROMIUM") {
        return Ok(chosen.into());
    }
    tools::or_install("Chromium", &["chromium"], || NAMES.iter().find_map(|name| tools::which(name)))
}

/// `node`, with the packages that `e2e/package-lock.json` names installed into `e2e/node_modules`.
///
/// # Errors
/// One line when Node is missing and cannot be installed, or npm fails.
pub fn node() -> Result<PathBuf> {
    let (node, npm) = tools::or_install("Node.js (node, npm)", &["nodejs", "npm"], || Some((tools::which("node")?, tools::which("npm")?)))?;
    let folder = paths::root().join("e2e");
    let wanted = modified(&folder.join("package-lock.json"));
    if wanted.is_none() {
        bail!("no {}", folder.join("package-lock.json").display());
    }
    // npm writes this file last, so it is newer than the list exactly when the packages are there.
    if modified(&folder.join("node_modules/.package-lock.json")) < wanted {
        run::show(Command::new(npm).args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder)).context("npm ci in e2e")?;
    }
    Ok(node)
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    path.metadata().and_then(|meta| meta.modified()).ok()
}
