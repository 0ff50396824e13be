//! Over real files of a folder that `REALDATA` names; without it they only say so.

mod junit;
mod search;
mod similar;
mod tracker;

use std::path::PathBuf;

/// The folder, if there is one.
#[allow(clippy::disallowed_methods, reason = "the test is told by its environment where the files are")]
fn folder(name: &str) -> Option<PathBuf> {
    let folder = std::env::var("REALDATA").ok().filter(|path| !path.is_empty()).map(|path| PathBuf::from(path).join(name));
    let folder = folder.filter(|folder| folder.is_dir());
    if folder.is_none() {
        println!("not here: {name}");
    }
    folder
}

/// All files under a folder, in order.
fn files(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() { found.extend(files(&entry)) } else { found.push(entry) }
    }
    found.sort();
    found
}
