//! How fast the released server is, beside bare routes on the same machine in the same run.

pub mod aims;
mod bare;
mod cold;
mod fanout;
pub mod fill;
mod large;
pub mod load;
mod movers;
mod report;
mod rounds;
mod scenario;
mod sse;
mod start;
pub mod usage;
pub mod words;
mod work;

use crate::ground::{self, Database, Ground};
use crate::{paths, run};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use fill::Size;
use std::path::Path;
use std::time::{Duration, Instant};

/// Measure the released server on 10,000 deltas and a board of 500 cards, beside three bare routes
#[derive(clap::Args)]
pub struct Args {
    /// What is there: small is for trying the bench itself; large shows what grows with the data, up to 100,000 deltas; work is a large team's boards, inbox
    /// and past, with 1,000 listeners
    #[arg(long, value_enum, default_value = "normal")]
    size: Chosen,
    /// On which databases
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["sqlite", "postgres"])]
    databases: Vec<Database>,
    /// Seconds of load per scenario at 16 connections, over all rounds; half of that again with one
    #[arg(long, default_value_t = 6.0)]
    seconds: f64,
    /// Rounds in which all scenarios take turns, so that noise hits all alike
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Measure a debug build: for trying the bench itself, its figures mean nothing
    #[arg(long, conflicts_with = "write")]
    debug: bool,
    /// Leave out the cold page in Chromium
    #[arg(long)]
    no_browser: bool,
    /// Write the tables to docs/BENCH.md
    #[arg(long)]
    write: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Chosen {
    Small,
    Normal,
    Large,
    Work,
    /// To try the bench of work itself.
    WorkSmall,
}

/// Runs `cargo xtask bench`.
pub fn run(args: Args) -> Result<()> {
    let binary = ground::program(None, !args.debug)?;
    let mut build = vec!["build", "--workspace", "--bin", "bare"];
    build.extend((!args.debug).then_some("--release"));
    run::show(&mut run::cargo(&build)).context("building the bare routes")?;
    let bare = paths::binary(if args.debug { "debug" } else { "release" }).with_file_name("bare");
    let (how, to) = match args.size {
        Chosen::Large => (large::HOW, "docs/BENCH-LARGE.md"),
        Chosen::Work | Chosen::WorkSmall => (work::HOW, "docs/BENCH-WORK.md"),
        Chosen::Small | Chosen::Normal => (report::HOW, "docs/BENCH.md"),
    };
    let mut text = report::machine(how);
    print!("{text}");
    let mut failed = 0;
    for database in &args.databases {
        let length = Duration::from_secs_f64(args.seconds);
        let (shown, refused) = match args.size {
            Chosen::Large => large::measure(&binary, &bare, *database, length)?,
            Chosen::Work => work::measure(&binary, &bare, *database, length, work::Size::WHOLE)?,
            Chosen::WorkSmall => work::measure(&binary, &bare, *database, length, work::Size::SMALL)?,
            Chosen::Small | Chosen::Normal => {
                let measured = measure(&binary, &bare, *database, &args)?;
                (report::table(&measured), measured.failed())
            }
        };
        failed += refused;
        print!("{shown}");
        text += &shown;
    }
    if args.write {
        write(&text, to)?;
    }
    if failed > 0 {
        bail!("{failed} requests failed");
    }
    Ok(())
}

fn write(text: &str, to: &str) -> Result<()> {
    let file = paths::root().join(to);
    std::fs::write(&file, text).with_context(|| format!("writing {}", file.display()))?;
    println!("{}", file.display());
    Ok(())
}

/// Everything measured on one database.
struct Measured {
    database: Database,
    size: Size,
    import: Duration,
    scenarios: Vec<scenario::Scenario>,
    memory: f64,
    start: start::Start,
    cold: Option<cold::Cold>,
}

impl Measured {
    fn failed(&self) -> u64 {
        self.scenarios.iter().map(|scenario| scenario.many.failed + scenario.single.failed).sum()
    }
}

fn measure(binary: &Path, bare: &Path, database: Database, args: &Args) -> Result<Measured> {
    let size = match args.size {
        Chosen::Small => Size { deltas: 500, cards: 50, votes: 200, voters: 16 },
        _ => Size { deltas: 10_000, cards: 500, votes: 2_000, voters: 20 },
    };
    // One thread drives the load: the server needs the rest of the machine.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ground = Ground::new(binary, database, true)?;
    let server = ground.serve()?;
    let began = Instant::now();
    eprintln!("filling {} …", database.name());
    let filled = runtime.block_on(fill::fill(&ground, &server, size)).context("filling")?;
    eprintln!("filled in {:.0} s, of which the importer took {:.1} s", began.elapsed().as_secs_f64(), filled.import.as_secs_f64());
    let bare = bare::start(bare, &ground)?;
    let mut scenarios = scenario::all(&filled);
    let lengths = rounds::Lengths { rounds: args.rounds, many: Duration::from_secs_f64(args.seconds / f64::from(args.rounds.max(1))) };
    runtime.block_on(rounds::run(&mut scenarios, &server, &bare, &ground, lengths))?;
    let memory = usage::memory(server.pid())?;
    let cold = if args.no_browser { None } else { Some(cold::measure(&server)?) };
    server.stop();
    let start = start::measure(&ground)?;
    Ok(Measured { database, size, import: filled.import, scenarios, memory, start, cold })
}
