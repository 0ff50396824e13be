//! Where things are: the workspace, cargo's output, the browser part.

use std::path::{Path, PathBuf};

/// The workspace root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The folder cargo builds into: `CARGO_TARGET_DIR` (relative to the workspace root), else `target`.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) if !dir.is_empty() => root().join(dir),
        _ => root().join("target"),
    }
}

/// The browser part (`web.js`, `web_bg.wasm`, `style.css`) that the server embeds. Always inside the workspace, whatever `CARGO_TARGET_DIR` says, so
/// that the server's build script finds it without being told.
pub fn site() -> PathBuf {
    root().join("target/site")
}

/// The server's binary of one cargo profile folder, `debug` or `release`.
pub fn binary(profile: &str) -> PathBuf {
    target().join(profile).join("deltaboard")
}
