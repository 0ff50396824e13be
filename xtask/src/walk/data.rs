//! The input: real bugs and a real JUnit file where they are there, else the project's own samples in the same shapes.

use crate::paths;
use anyhow::{Context, Result, ensure};
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use std::io::Read;
use std::path::PathBuf;

/// What is imported and posted.
pub struct Data {
    /// In words.
    pub source: &'static str,
    /// Bugs as Launchpad's web service writes them, JSON lines.
    pub bugs: PathBuf,
    /// How many bugs that file holds.
    pub count: usize,
    /// How many of them everybody may see.
    pub public: usize,
    /// The project of the journey.
    pub project: &'static str,
    /// A JUnit file with failures.
    pub junit: Vec<u8>,
    /// The test whose group is linked by hand.
    pub by_hand: &'static str,
    /// The test whose failures a signature recognises.
    pub by_signature: &'static str,
    /// That signature.
    pub signature: &'static str,
}

/// Finds it.
///
/// # Errors
/// When a file cannot be read.
pub fn find() -> Result<Data> {
    let shared = paths::root().join("../shared/data");
    let real = (shared.join("launchpad/constructed/bugs-with-tasks.jsonl.gz"), shared.join("junit/produced/pytest/orders-xunit2.xml"));
    let own = (paths::root().join("xtask/samples/bugs.jsonl"), paths::root().join("xtask/samples/junit.xml"));
    let data = match real.0.is_file() && real.1.is_file() {
        true => Data {
            source: "Launchpad's bugs, pytest's JUnit file",
            project: "nova",
            by_hand: "tests.test_orders.test_total_wrong",
            by_signature: "tests.test_orders.test_setup_error",
            signature: r#"test:"tests.test_orders.*" message:"Connection refused""#,
            ..read(real)?
        },
        false => read(own)?,
    };
    ensure!(data.count > 0, "no bugs in {}", data.bugs.display());
    Ok(data)
}

fn read((bugs, junit): (PathBuf, PathBuf)) -> Result<Data> {
    let bytes = std::fs::read(&bugs).with_context(|| bugs.display().to_string())?;
    let mut text = String::new();
    match bugs.extension().is_some_and(|extension| extension == "gz") {
        true => MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text)?,
        false => bytes.as_slice().read_to_string(&mut text)?,
    };
    let mut public = 0;
    for line in text.lines() {
        let record: Value = serde_json::from_str(line)?;
        let open = ["Public", "Public Security"].iter().any(|kind| record["bug"]["information_type"] == **kind);
        public += usize::from(open && record["bug"]["private"] == false);
    }
    Ok(Data {
        source: "own samples in the shapes of Launchpad and JUnit",
        bugs,
        count: text.lines().count(),
        public,
        project: "harbour",
        junit: std::fs::read(&junit).with_context(|| junit.display().to_string())?,
        by_hand: "berths.test_tide.test_spring_tide_is_counted",
        by_signature: "berths.test_pilot.test_pilot_is_called",
        signature: r#"test:"berths.test_pilot.*" message:"Connection refused""#,
    })
}
