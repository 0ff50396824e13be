//! The main job, walked through on a really started server over its public API and in two browser windows: report, impact, two organisations' boards,
//! CI, closed, regressed. Each step prints what it has shown.

mod board;
mod browser;
mod ci;
mod data;
mod live;
mod org;
mod people;
mod report;
mod world;

use crate::ground::{self, Database};
use crate::tally::Tally;
use anyhow::{Result, bail};
pub use report::query;
use std::path::{Path, PathBuf};
use std::time::Instant;
use world::World;

/// Walk the main job on a really started server: import, impact, two organisations, CI, browsers, regression
#[derive(clap::Args)]
pub struct Args {
    /// Only on SQLite
    #[arg(long, conflicts_with = "postgres")]
    sqlite: bool,
    /// Only on PostgreSQL
    #[arg(long)]
    postgres: bool,
    /// The server's program; built in debug mode when not given
    #[arg(long, value_name = "PATH")]
    binary: Option<PathBuf>,
    /// Leave out the steps in Chromium
    #[arg(long)]
    no_browser: bool,
    /// Go on behind a broken step; what builds on it breaks too
    #[arg(long)]
    go_on: bool,
}

/// Runs `cargo xtask walk`.
pub fn run(args: Args) -> Result<()> {
    let binary = ground::program(args.binary, false)?;
    let databases: &[Database] = match (args.sqlite, args.postgres) {
        (true, _) => &[Database::Sqlite],
        (_, true) => &[Database::Postgres],
        _ => &[Database::Sqlite, Database::Postgres],
    };
    let mut tally = Tally::default();
    walk(&binary, databases, How { browser: !args.no_browser, go_on: args.go_on }, &mut tally)?;
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed == 0 { Ok(()) } else { bail!("the walk broke") }
}

/// How to walk.
#[derive(Clone, Copy)]
pub struct How {
    /// With the steps in Chromium.
    pub browser: bool,
    /// Also behind a broken step.
    pub go_on: bool,
}

/// Walks on each of the databases, one after the other; the steps shown are counted as passed.
///
/// # Errors
/// At the first step that does not show what it should.
pub fn walk(binary: &Path, databases: &[Database], how: How, tally: &mut Tally) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    for database in databases {
        let began = Instant::now();
        println!("--- {}", database.name());
        let mut show = Show { tally, number: 0, go_on: how.go_on };
        runtime.block_on(steps(binary, *database, how.browser, &mut show))?;
        println!("    {} steps on {} in {:.1} s", show.number, database.name(), began.elapsed().as_secs_f64());
    }
    Ok(())
}

/// The quoted path, in its order.
async fn steps(binary: &Path, database: Database, browser: bool, show: &mut Show<'_>) -> Result<()> {
    let data = data::find()?;
    let mut world = show.started(world::start(binary, database, data))?;
    let w = &mut world;
    show.step("people", people::create(w).await)?;
    show.step("import", report::import(w).await)?;
    show.step("import again", report::import_again(w).await)?;
    show.step("segments", report::segments(w).await)?;
    show.step("impact", report::votes(w).await)?;
    show.step("consensus", report::consensus(w).await)?;
    show.step("organisations", org::found(w).await)?;
    show.step("triage", org::triage(w).await)?;
    show.step("boards", board::tasks(w).await)?;
    show.step("commitments", board::promises(w).await)?;
    show.step("side by side", org::side_by_side(w).await)?;
    show.step("private parts", org::private(w).await)?;
    show.step("ci: new", ci::first_run(w).await)?;
    show.step("ci: by hand", ci::by_hand(w).await)?;
    show.step("ci: by signature", ci::by_signature(w).await)?;
    show.step("ci: known", ci::known(w).await)?;
    show.step("ci: same again", ci::same_again(w).await)?;
    show.step("live", live::seen(w).await)?;
    show.step("live: resumed", live::resumed(w).await)?;
    show.step("live: stale", live::stale(w).await)?;
    if browser {
        show.step("two windows", browser::drag(w).await)?;
    }
    show.step("delivered", board::delivered(w).await)?;
    show.step("closed", ci::closed(w).await)?;
    show.step("regressed", ci::regressed(w).await)?;
    if database == Database::Postgres {
        show.step("two servers", live::two_servers(w).await)?;
    }
    show.step("stopped", world.stop())
}

/// Prints the steps and counts them.
struct Show<'a> {
    tally: &'a mut Tally,
    number: usize,
    go_on: bool,
}

impl Show<'_> {
    fn step(&mut self, name: &str, shown: Result<String>) -> Result<()> {
        self.number += 1;
        match shown {
            Ok(what) => {
                self.tally.passed += 1;
                println!("{:>2}  {name}: {what}", self.number);
                Ok(())
            }
            Err(error) => {
                let fault = format!("{:>2}  {name}: BROKEN: {error:#}", self.number);
                println!("{fault}");
                self.tally.failed += 1;
                self.tally.faults.push(fault);
                match self.go_on {
                    true => Ok(()),
                    false => bail!("the walk broke at step {} ({name})", self.number),
                }
            }
        }
    }

    fn started(&mut self, world: Result<World>) -> Result<World> {
        match world {
            Ok(world) => {
                self.step("start", Ok(world.said()))?;
                Ok(world)
            }
            Err(error) => {
                self.step("start", Err(error))?;
                bail!("no server to walk on")
            }
        }
    }
}
