//! Everything that must hold before a change is merged.

use crate::ground::{self, Database};
use crate::postgres::Cluster;
use crate::tally::Tally;
use crate::walk::{self, How};
use crate::wasm::Kind;
use crate::{browser, bundle, paths, realdata, run};
use anyhow::{Result, bail};
use clap::ValueEnum;
use std::process::Command;
use std::time::{Duration, Instant};

/// Formatting, clippy, unit and property tests, the API suite on both databases, browser journeys, the walk, real data
#[derive(clap::Args)]
pub struct Args {
    /// Run one step only
    #[arg(long, value_enum)]
    only: Option<Step>,
    /// Leave PostgreSQL running at the end, print its URL and wait for Ctrl-C
    #[arg(long)]
    keep: bool,
}

/// One step of the whole test.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// The browser part: styles, scripts
    Bundle,
    /// Formatting
    Fmt,
    /// Clippy, warnings denied
    Clippy,
    /// Unit and property tests
    Unit,
    /// The API suite on SQLite
    Sqlite,
    /// The API suite on PostgreSQL
    Postgres,
    /// The journeys in Chromium
    Browser,
    /// The main job on a really started server, on both databases
    Walk,
    /// The readers over real files, where ../shared/data is there
    Realdata,
}

impl Step {
    /// Its name, as `--only` takes it.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// The cargo arguments of a step that is one cargo command. Always the whole workspace, so that every step builds the dependencies with the same features.
pub fn cargo_args(step: Step) -> &'static [&'static str] {
    match step {
        Step::Fmt => &["fmt", "--all", "--check"],
        Step::Clippy => &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
        Step::Unit => &["test", "--workspace", "--lib", "--bins", "--no-fail-fast"],
        Step::Sqlite | Step::Postgres => &["test", "--workspace", "--test", "it", "--no-fail-fast"],
        Step::Bundle | Step::Browser | Step::Walk | Step::Realdata => &[],
    }
}

/// What a step came to.
struct Outcome {
    step: Step,
    took: Duration,
    word: &'static str,
    tally: Tally,
}

/// Runs `cargo xtask test`. Later steps run also when an earlier one failed. The last line is `N passed, N failed`.
pub fn run(args: Args) -> Result<()> {
    let mut cluster = None;
    let mut outcomes = Vec::new();
    for step in Step::value_variants().iter().copied().filter(|step| args.only.is_none_or(|only| only == *step)) {
        println!("=== {}", step.name());
        let began = Instant::now();
        let mut tally = Tally::default();
        let word = match perform(step, &mut cluster, &mut tally) {
            Ok(true) if tally.failed == 0 => "ok",
            Ok(_) => "failed",
            Err(error) if error.is::<Skipped>() => "not here",
            Err(error) => {
                eprintln!("{}: {error:#}", step.name());
                "failed"
            }
        };
        if word == "failed" {
            // A step that broke before or beside its tests counts as one failure.
            tally.failed = tally.failed.max(1);
        }
        outcomes.push(Outcome { step, took: began.elapsed(), word, tally });
    }
    if let (true, Some(cluster)) = (args.keep, &cluster) {
        let done = close(&outcomes);
        eprintln!("PostgreSQL stays at {} until Ctrl-C", cluster.url_for("postgres"));
        cluster.wait()?;
        return done;
    }
    // Ended before the last line is printed.
    drop(cluster);
    close(&outcomes)
}

/// The table and the last line.
fn close(outcomes: &[Outcome]) -> Result<()> {
    let mut all = Tally::default();
    println!("\n{:<10} {:>8}  {:<9} {:>7} {:>7}", "step", "seconds", "", "passed", "failed");
    for Outcome { step, took, word, tally } in outcomes {
        println!("{:<10} {:>8.1}  {word:<9} {:>7} {:>7}", step.name(), took.as_secs_f64(), tally.passed, tally.failed);
        all += tally.clone();
    }
    if !all.faults.is_empty() {
        println!("\nfailed:\n{}", all.faults.join("\n"));
    }
    println!("{} passed, {} failed", all.passed, all.failed);
    if all.failed == 0 { Ok(()) } else { bail!("the test failed") }
}

/// A step that has nothing to do on this machine.
#[derive(Debug)]
struct Skipped;

impl std::fmt::Display for Skipped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("nothing to do here")
    }
}

impl std::error::Error for Skipped {}

/// Does one step; true when its command ended well.
fn perform(step: Step, cluster: &mut Option<Cluster>, tally: &mut Tally) -> Result<bool> {
    let mut cargo = run::cargo(cargo_args(step));
    match step {
        Step::Bundle => return bundle::build(Kind::Small).map(|()| true),
        Step::Browser => return journeys(started(cluster)?, tally),
        Step::Walk => {
            let binary = ground::program(None, false)?;
            walk::walk(&binary, &[Database::Sqlite, Database::Postgres], How { browser: true, go_on: false }, tally)?;
            return Ok(true);
        }
        Step::Realdata => {
            let folder = paths::root().join("../shared/data");
            if !folder.is_dir() {
                return Err(Skipped.into());
            }
            let (counted, ok) = realdata::walk(&folder, started(cluster)?)?;
            *tally += counted;
            return Ok(ok);
        }
        Step::Fmt | Step::Clippy | Step::Unit => {}
        Step::Sqlite => {
            cargo.env_remove("TEST_DATABASE_URL");
        }
        Step::Postgres => {
            cargo.env("TEST_DATABASE_URL", started(cluster)?.url_for("postgres"));
        }
    }
    // The server's build needs the styles; the scripts are there when the first step ran.
    bundle::build_styles()?;
    Ok(run::stream(&mut cargo, |line| tally.read(line))?.success())
}

/// The one cluster of this run, started when it is first asked for.
fn started(cluster: &mut Option<Cluster>) -> Result<&Cluster> {
    let running = match cluster.take() {
        Some(running) => running,
        None => Cluster::start(false)?,
    };
    Ok(cluster.insert(running))
}

fn journeys(cluster: &Cluster, tally: &mut Tally) -> Result<bool> {
    let (node, chromium) = (browser::node()?, browser::chromium()?);
    bundle::build(Kind::Small)?;
    run::show(&mut run::cargo(&["build", "--workspace", "--bin", "deltaboard"]))?;
    let mut command = Command::new(node);
    command.arg("e2e/run.mjs").current_dir(paths::root());
    command.env("DELTABOARD_BIN", paths::binary("debug")).env("CHROMIUM", chromium);
    cluster.create_database("journeys")?;
    command.env("DATABASE_URL_POSTGRES", cluster.url_for("journeys"));
    let status = run::stream(&mut command, |line| tally.read(line))?;
    Ok(status.success() && tally.passed > 0)
}
