//! Gathers what the binary carries beside its code: the styles of `web/style` as one file, and the browser
//! part where `cargo xtask bundle` has built one (`target/site`).

use std::path::{Path, PathBuf};
use std::{env, fs, io, time::UNIX_EPOCH};

fn main() -> io::Result<()> {
    let root = told("CARGO_MANIFEST_DIR")?.join("..");
    let site = told("OUT_DIR")?.join("site");
    if site.exists() {
        fs::remove_dir_all(&site)?;
    }
    fs::create_dir_all(site.join("assets"))?;
    let mut style = String::new();
    // The cascade layers are declared in `tokens.css`, so it comes first; the order of the others is their own.
    for name in ["tokens", "base", "layout", "parts"] {
        let path = root.join("web/style").join(name).with_extension("css");
        style.push_str(&minified(&fs::read_to_string(path)?));
    }
    fs::write(site.join("assets/style.css"), style)?;
    // Made where it is missing: cargo runs this, and builds everything behind it, again and again for a missing path.
    let built = root.join("target/site");
    fs::create_dir_all(&built)?;
    copy(&built, &site.join("assets"))?;
    for watched in ["web/style", "target/site"] {
        println!("cargo::rerun-if-changed={}", root.join(watched).display());
    }
    println!("cargo::rerun-if-changed=../migrations");
    memory_serve::load_directory(&site);
    date_back(&site)
}

/// A folder cargo tells at run time. Not `env!`: a target directory that several checkouts share would keep the first one's.
fn told(name: &str) -> io::Result<PathBuf> {
    env::var_os(name).map(PathBuf::from).ok_or_else(|| io::Error::other(format!("cargo sets {name}")))
}

/// Makes what was written here look old. It is watched, too, and cargo would find it newer than this run and build the server
/// again each time.
fn date_back(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => date_back(&entry.path())?,
            false => fs::File::open(entry.path())?.set_modified(UNIX_EPOCH)?,
        }
    }
    fs::File::open(folder)?.set_modified(UNIX_EPOCH)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(from) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_file() && entry.file_name() != "style.css" {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Without comments, indentation and line ends. Strings in our styles hold no comment marks.
fn minified(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, tail)| tail);
    }
    out.push_str(rest);
    out.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
