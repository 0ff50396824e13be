//! The browser part that the server embeds: `target/site` with `web.js`, `web_bg.wasm` and `style.css`.

use crate::wasm::{self, Kind};
use crate::{paths, run, style, tools};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::process::Command;

/// Build scripts and styles for the browser into target/site
#[derive(clap::Args)]
pub struct Args {
    /// Build quickly instead of small
    #[arg(long)]
    quick: bool,
}

/// Runs `cargo xtask bundle`.
pub fn run(args: Args) -> Result<()> {
    build(if args.quick { Kind::Quick } else { Kind::Small })
}

/// Files by their path inside `target/site`, with `/`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Builds all of it. Files whose content is the same are not touched, so that the server is not rebuilt; those that are no longer made are removed.
///
/// # Errors
/// When the crate `web` does not compile for the browser, or a file cannot be read or written.
pub fn build(kind: Kind) -> Result<()> {
    let mut files = styles()?;
    match wasm::build(kind)? {
        Some(module) => files.extend(bound(&module, kind)?),
        None => forget_binding()?,
    }
    if write(&paths::site(), &files, true)? {
        print_sizes();
    }
    Ok(())
}

/// Only the styles, with what there is of the scripts: enough to compile the server and run its tests.
///
/// # Errors
/// When a file cannot be read or written.
pub fn build_styles() -> Result<()> {
    write(&paths::site(), &styles()?, false).map(drop)
}

fn styles() -> Result<Files> {
    let style = style::join(&paths::root().join("web/style"))?;
    Ok(Files::from([("style.css".to_owned(), style.into_bytes())]))
}

/// The bound scripts; those of the last time when the module is still the same.
fn bound(module: &Path, kind: Kind) -> Result<Files> {
    let folder = paths::target().join("site-scripts");
    let stamp = paths::target().join("site-scripts.stamp");
    let bytes = std::fs::read(module).with_context(|| format!("reading {}", module.display()))?;
    let mut hasher = DefaultHasher::new();
    (bytes, kind == Kind::Small, std::fs::metadata(std::env::current_exe()?)?.modified()?).hash(&mut hasher);
    let key = format!("{:016x}", hasher.finish());
    if std::fs::read_to_string(&stamp).is_ok_and(|last| last == key) {
        return read(&folder);
    }
    let files = wasm::bind(module, kind)?;
    write(&folder, &files, true)?;
    std::fs::write(stamp, key)?;
    Ok(files)
}

fn forget_binding() -> Result<()> {
    match std::fs::remove_file(paths::target().join("site-scripts.stamp")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Every file below a folder; none when it is missing.
///
/// # Errors
/// When one cannot be read.
pub fn read(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = next.read_dir() else { continue };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
                files.insert(name, std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?);
            }
        }
    }
    Ok(files)
}

/// Writes what differs and, with `exact`, removes what is not in `files`. True when something changed.
fn write(folder: &Path, files: &Files, exact: bool) -> Result<bool> {
    let before = read(folder)?;
    let mut changed = false;
    for (name, bytes) in files.iter().filter(|(name, bytes)| before.get(*name) != Some(*bytes)) {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
        changed = true;
    }
    for name in before.keys().filter(|name| exact && !files.contains_key(*name)) {
        std::fs::remove_file(folder.join(name))?;
        changed = true;
    }
    Ok(changed)
}

/// Bytes of the three files that every page with an island loads, as they are and, when Node is there to tell, with brotli.
fn print_sizes() {
    const SCRIPT: &str =
        "process.stdout.write(String(require('zlib').brotliCompressSync(require('fs').readFileSync(process.argv[1])).length))";
    for name in ["web_bg.wasm", "web.js", "style.css"] {
        let path = paths::site().join(name);
        let Ok(meta) = path.metadata() else { continue };
        let brotli = tools::which("node").and_then(|node| run::output(Command::new(node).arg("-e").arg(SCRIPT).arg(&path)).ok());
        let brotli = brotli.map(|bytes| format!(", {bytes} with brotli")).unwrap_or_default();
        println!("{name}: {} bytes{brotli}", meta.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changed_files_are_written_and_old_ones_removed() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let files = Files::from([("style.css".to_owned(), b"a{}".to_vec()), ("snippets/x.js".to_owned(), Vec::new())]);
        assert!(write(folder.path(), &files, true)?);
        assert!(!write(folder.path(), &files, true)?);
        assert_eq!(read(folder.path())?, files);
        let fewer = Files::from([("style.css".to_owned(), b"a{}".to_vec())]);
        assert!(!write(folder.path(), &fewer, false)?);
        assert!(write(folder.path(), &fewer, true)?);
        assert_eq!(read(folder.path())?, fewer);
        Ok(())
    }
}
