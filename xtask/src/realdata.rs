//! The tests that read real reports and runs from a folder outside the repository, on both databases.

use crate::postgres::Cluster;
use crate::run;
use crate::tally::Tally;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// Run the tests named realdata:: over a folder of real files
#[derive(clap::Args)]
pub struct Args {
    /// The folder, e.g. ../shared/data
    dir: PathBuf,
}

/// Runs `cargo xtask realdata DIR`.
pub fn run(args: Args) -> Result<()> {
    crate::bundle::build_styles()?;
    let (tally, ok) = walk(&args.dir, &Cluster::start(false)?)?;
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if ok { Ok(()) } else { bail!("realdata failed") }
}

/// Runs them and counts; not ok when one failed or none was there.
///
/// # Errors
/// When the folder is missing or cargo cannot be started.
pub fn walk(dir: &Path, cluster: &Cluster) -> Result<(Tally, bool)> {
    let dir = dir.canonicalize().with_context(|| format!("no folder {}", dir.display()))?;
    let (mut tally, mut ok) = (Tally::default(), true);
    for database in [None, Some(cluster.url_for("postgres"))] {
        println!("on {}", if database.is_some() { "PostgreSQL" } else { "SQLite" });
        let before = tally.passed;
        let mut command = run::cargo(&["test", "--workspace", "--test", "it", "realdata::", "--", "--nocapture"]);
        match database {
            Some(url) => command.env("TEST_DATABASE_URL", url),
            None => command.env_remove("TEST_DATABASE_URL"),
        };
        let status = run::stream(command.env("REALDATA", &dir), |line| tally.read(line))?;
        ok &= status.success() && tally.passed > before;
    }
    Ok((tally, ok))
}
