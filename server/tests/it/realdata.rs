//! Over real files of a folder that `REALDATA` names; without it they only say so.

mod crash;
mod junit;
mod search;
mod similar;
mod spec;
mod tracker;

use std::path::PathBuf;

use server::{
    act::import::{Import, Options},
    ingest::tracker::{self as records, Limits, Site, Tracker},
};

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

/// A packed file's text.
fn unpacked(path: &std::path::Path) -> String {
    let (mut text, file) = (Vec::new(), std::fs::File::open(path).expect("a file"));
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(file), &mut text).expect("gzip");
    String::from_utf8_lossy(&text).into_owned()
}

/// Launchpad's reports, a line each, as the deltas that the importer makes of them.
async fn import(app: &crate::support::TestApp, lines: String) {
    let options = Options { project: Some("openstack".into()), create_projects: true, ..Options::default() };
    let mut import = Import::new(&app.app, "mara", Tracker::Launchpad, options).await.expect("mara imports");
    let mut items = records::read(Tracker::Launchpad, Site::default(), std::io::Cursor::new(lines.into_bytes()), Limits::default());
    while let Some(item) = items.next() {
        import.push("reports", items.position(), item.expect("a report")).await.expect("kept");
    }
    import.finish().await.expect("finished");
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
