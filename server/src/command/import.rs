//! `deltaboard import`: other trackers' records, while the server runs or not.

mod map;
mod progress;

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;

use self::progress::Progress;
use crate::{
    act::import::{Import, Options, Report},
    app::App,
    clock::Clock,
    command::say,
    config::{DatabaseArgs, ServeArgs},
    error::{Error, Result},
    ingest::tracker::{self, Limits, Site, Tracker},
    store::db::Db,
};

/// Bad records of one sort that are printed.
const TOLD: usize = 20;

/// What `import` takes.
#[derive(Args, Debug)]
pub struct ImportArgs {
    /// Where the data is.
    #[command(flatten)]
    database: DatabaseArgs,
    /// Which tracker the files are from: launchpad, github, storyboard, bugzilla or jira
    tracker: Tracker,
    /// The files, read in this order: JSON, JSON lines, CSV or XML, packed with gzip or not
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Who imports: a person's handle; they maintain the projects that are made
    #[arg(long, value_name = "NAME")]
    user: String,
    /// The project of records that name none, or one that is not here
    #[arg(long, value_name = "SLUG")]
    project: Option<String>,
    /// Make the projects that are missing
    #[arg(long)]
    create_projects: bool,
    /// The organisation whose tasks, boards and order the records' work becomes
    #[arg(long, value_name = "SLUG")]
    org: Option<String>,
    /// Who and what is called how here: a TOML file with the tables projects, orgs, people and labels
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Which organisation a team or target is here: TEAM=ORG,… or a file with one a line
    #[arg(long, value_name = "FILE|MAP")]
    org_map: Option<String>,
    /// The tracker's address, for links and to keep two servers apart: https://bugzilla.example.org
    #[arg(long, value_name = "URL", default_value = "")]
    url: String,
    /// Say what would come in and what would be lost, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write what was done and lost as JSON into this file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read, the person or an organisation is unknown, no record was any good, or the database does not answer. A bad
/// record among good ones is no error: it is printed and the rest goes on.
pub async fn run(args: ImportArgs) -> Result<()> {
    let map = args.map.as_deref().map(map::read).transpose()?.unwrap_or_default();
    let mut orgs = map.orgs;
    orgs.extend(args.org_map.as_deref().map(map::orgs).transpose()?.unwrap_or_default());
    let config = ServeArgs::from(args.database).load()?;
    let db = Db::open_to_fill(&config.database_url, config.connections).await?;
    db.migrate().await?;
    let app = App::new(db, Clock::default(), config)?;
    let options = Options {
        project: args.project,
        only: false,
        create_projects: args.create_projects,
        orgs,
        org: args.org,
        projects: map.projects,
        people: map.people,
        labels: map.labels,
        dry_run: args.dry_run,
    };
    let mut import = Import::new(&app, &args.user, args.tracker, options).await?;
    let started = tokio::time::Instant::now();
    let mut progress = Progress::new(&args.files)?;
    for path in &args.files {
        let name = path.display().to_string();
        let mut items = tracker::read(args.tracker, Site::new(&args.url), progress.open(path)?, Limits::default());
        while let Some(item) = items.next() {
            match item {
                Ok(item) => import.push(&name, items.position(), item).await?,
                Err(bad) => import.bad(&name, &bad),
            }
            progress.step(import.report());
        }
    }
    let read = progress.end();
    let report = import.finish().await?;
    complain(&report);
    let seconds = started.elapsed().as_secs_f64();
    say(format_args!("{report}{read} records in {seconds:.1} s, {:.0} a second", read as f64 / seconds.max(0.001)));
    app.db.close().await;
    if let Some(path) = &args.report {
        let text = serde_json::to_string_pretty(&report).map_err(|error| Error::start(error.to_string()))?;
        std::fs::write(path, text).map_err(|error| Error::start(format!("{}: {error}", path.display())))?;
    }
    if report.refused_records > 0 && report.records() + report.comments + report.events + report.votes == 0 {
        return Err(Error::start("no record could be brought in".to_owned()));
    }
    Ok(())
}

/// Prints why records could not be brought in: of one sort the first [`TOLD`], and how many more there are.
fn complain(report: &Report) {
    let mut sorts: BTreeMap<String, (usize, &str)> = BTreeMap::new();
    for line in &report.bad {
        // Without the file and the place in it, and without the numbers that differ.
        let reason = line.splitn(3, ": ").last().unwrap_or_default();
        let sort = reason.chars().filter(|c| !c.is_ascii_digit()).collect();
        let (count, _) = sorts.entry(sort).and_modify(|(count, _)| *count += 1).or_insert((1, reason));
        if *count <= TOLD {
            eprintln!("{line}");
        }
    }
    for (count, reason) in sorts.into_values().filter(|(count, _)| *count > TOLD) {
        eprintln!("and {} more like it: {reason}", count - TOLD);
    }
    let untold = report.refused_records - report.bad.len();
    if untold > 0 {
        eprintln!("and {untold} more that could not be brought in");
    }
}
