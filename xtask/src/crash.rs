//! An acknowledged write survives `kill -9`: the server is killed under writers, started again on the same database, and asked for everything it had said yes to.

mod setup;
mod writer;

use crate::ground::{self, Database, Ground};
use crate::run;
use crate::server::Server;
use anyhow::{Context, Result, bail, ensure};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use writer::Writer;

/// Kill the server with SIGKILL under votes and card moves, start it again and look for lost writes
#[derive(clap::Args)]
pub struct Args {
    /// How often it is killed
    #[arg(long, default_value_t = 10)]
    kills: u32,
    /// On which databases
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["sqlite", "postgres"])]
    databases: Vec<Database>,
    /// The server's program; built in debug mode when not given
    #[arg(long, value_name = "PATH")]
    binary: Option<PathBuf>,
}

/// Runs `cargo xtask crash`.
pub fn run(args: Args) -> Result<()> {
    let binary = ground::program(args.binary, false)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    for database in &args.databases {
        println!("--- {}", database.name());
        let mut ground = Ground::new(&binary, *database, true)?;
        runtime.block_on(crash(&mut ground, args.kills))?;
    }
    Ok(())
}

/// What was found after one kill.
#[derive(Default)]
struct Found {
    acked: u64,
    /// Asked for and not acknowledged, yet there: the answer was on its way.
    kept: u64,
    lost: Vec<String>,
}

async fn crash(ground: &mut Ground, kills: u32) -> Result<()> {
    let mut server = ground.serve()?;
    let mut writers = setup::writers(ground, &server).await?;
    if let Some(cluster) = &ground.cluster {
        // Lets `verify` read PostgreSQL's tables and indexes through.
        cluster.execute("deltaboard", "CREATE EXTENSION IF NOT EXISTS amcheck")?;
    }
    let mut acked = 0;
    for kill in 1..=kills {
        let after = Duration::from_millis(50 + random()? % 1_950);
        let stop = write_for(&mut writers, &server, after, || server.kill()).await?;
        let (next, ready) = restart(ground)?;
        server = next;
        let found = check(&mut writers, &server).await?;
        acked += found.acked;
        println!(
            "kill {kill:>2} after {:>4} ms: {:>4} acknowledged, {} lost, {} kept without answer; ready again in {} ms",
            stop.as_millis(),
            found.acked,
            found.lost.len(),
            found.kept,
            ready.as_millis()
        );
        ensure!(found.lost.is_empty(), "lost: {}", found.lost.join("; "));
        verified(ground)?;
    }
    if ground.cluster.is_some() {
        acked += postmaster(ground, &server, &mut writers).await?;
    }
    server.stop();
    verified(ground)?;
    ensure!(acked > 0, "nothing was written, so nothing was shown");
    println!("{acked} acknowledged writes, 0 lost, the integrity check was clean each time");
    Ok(())
}

/// Kills PostgreSQL itself under the writers; the server stays and finds it again.
async fn postmaster(ground: &mut Ground, server: &Server, writers: &mut [Writer]) -> Result<u64> {
    let after = Duration::from_millis(500 + random()? % 1_000);
    {
        let cluster = ground.cluster.as_ref().context("no cluster")?;
        write_for(writers, server, after, || cluster.kill()).await?;
    }
    let began = Instant::now();
    ground.cluster.as_mut().context("no cluster")?.restart()?;
    let restarted = began.elapsed();
    server.ready().context("the server does not find PostgreSQL again")?;
    let found = check(writers, server).await?;
    println!(
        "PostgreSQL killed after {} ms: {} acknowledged, {} lost, {} kept without answer; PostgreSQL again in {} ms, the server (never stopped) {} ms later",
        after.as_millis(),
        found.acked,
        found.lost.len(),
        found.kept,
        restarted.as_millis(),
        began.elapsed().saturating_sub(restarted).as_millis()
    );
    ensure!(found.lost.is_empty(), "lost: {}", found.lost.join("; "));
    verified(ground)?;
    Ok(found.acked)
}

/// Lets the writers write, ends something under them, and waits until each has noticed.
async fn write_for(writers: &mut [Writer], server: &Server, length: Duration, end: impl FnOnce()) -> Result<Duration> {
    let began = Instant::now();
    let base = server.url();
    let running: Vec<_> = writers
        .iter_mut()
        .map(|writer| {
            let mut own = std::mem::take(writer);
            let base = base.clone();
            tokio::spawn(async move {
                let done = own.write(&base).await;
                (own, done)
            })
        })
        .collect();
    tokio::time::sleep(length).await;
    let took = began.elapsed();
    tokio::task::block_in_place(end);
    let mut refused = Vec::new();
    for (slot, running) in writers.iter_mut().zip(running) {
        let (own, done) = running.await.context("a writer broke")?;
        *slot = own;
        refused.extend(done.err().map(|error| format!("{error:#}")));
    }
    if let Some(first) = refused.first() {
        bail!("{} writers were refused before the end: {first}", refused.len());
    }
    Ok(took)
}

fn restart(ground: &Ground) -> Result<(Server, Duration)> {
    let began = Instant::now();
    let server = ground.serve()?;
    Ok((server, began.elapsed()))
}

/// Asks for everything that was acknowledged.
async fn check(writers: &mut [Writer], server: &Server) -> Result<Found> {
    let mut found = Found::default();
    let base = server.url();
    let looks = writers.iter_mut().map(|writer| writer.look(&base));
    for one in futures_util::future::join_all(looks).await {
        let one = one?;
        found.acked += one.acked;
        found.kept += one.kept;
        found.lost.extend(one.lost);
    }
    Ok(found)
}

/// The product's own check of its database, and SQLite's or PostgreSQL's.
fn verified(ground: &Ground) -> Result<()> {
    let said = ground.command(&["verify"], "")?;
    ensure!(!said.contains("not read"), "the database's own check was left out: {said}");
    Ok(())
}

/// A number from the system.
fn random() -> Result<u64> {
    Ok(u64::from_str_radix(&run::random(4)?, 16)?)
}
