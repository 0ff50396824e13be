//! `deltaboard import`: other trackers' records, while the server runs or not.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
};

use clap::{Args, Subcommand};

use crate::{
    act::import::{Import, Options},
    app::App,
    clock::Clock,
    command::say,
    config::{DatabaseArgs, ServeArgs},
    error::{Error, Result},
    ingest::launchpad::{self, Limits},
    store::db::Db,
};

/// Bad records of one sort that are printed.
const TOLD: usize = 20;

/// Which tracker's records.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Bugs of Launchpad: its web service's JSON or JSON lines, packed with gzip or not
    Launchpad(Box<Launchpad>),
}

/// What `import launchpad` takes.
#[derive(Args, Debug)]
pub struct Launchpad {
    /// Where the data is.
    #[command(flatten)]
    database: DatabaseArgs,
    /// The files, read in this order
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Who imports: a person's handle; they maintain the projects that are made
    #[arg(long, value_name = "NAME")]
    user: String,
    /// The project of records that name none
    #[arg(long, value_name = "SLUG")]
    project: Option<String>,
    /// Make the projects that are missing
    #[arg(long)]
    create_projects: bool,
    /// Which organisation a team or target is here: TEAM=ORG,… or a file with one a line
    #[arg(long, value_name = "FILE|MAP")]
    org_map: Option<String>,
}

/// Runs a command.
///
/// # Errors
/// When a file cannot be read, the person or an organisation is unknown, no record was any good, or the database does not answer. A bad
/// record among good ones is no error: it is printed and the rest goes on.
pub async fn run(command: ImportCommand) -> Result<()> {
    let ImportCommand::Launchpad(args) = command;
    let orgs = args.org_map.as_deref().map(org_map).transpose()?.unwrap_or_default();
    let config = ServeArgs::from(args.database).load()?;
    let db = Db::open(&config.database_url, config.connections).await?;
    db.migrate().await?;
    let app = App::new(db, Clock::default(), config)?;
    let options = Options { project: args.project, create_projects: args.create_projects, orgs };
    let mut import = Import::new(&app, &args.user, options).await?;
    let started = tokio::time::Instant::now();
    let mut read = 0_usize;
    for path in &args.files {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| Error::start(format!("{name}: {error}")))?;
        let mut bugs = launchpad::read(&bytes, Limits::default());
        while let Some(record) = bugs.next() {
            match record {
                Ok(bug) => import.push(&name, bugs.position(), bug).await?,
                Err(bad) => import.bad(&name, &bad),
            }
            read += 1;
            if read.is_multiple_of(10_000) {
                eprintln!("{read} records read, {} added", import.report().added);
            }
        }
    }
    let report = import.finish().await?;
    complain(&report.bad);
    let seconds = started.elapsed().as_secs_f64();
    say(format_args!("{report}{read} records in {seconds:.1} s, {:.0} a second", read as f64 / seconds.max(0.001)));
    app.db.close().await;
    if !report.bad.is_empty() && report.added + report.changed + report.unchanged == 0 {
        return Err(Error::start("no record could be brought in".to_owned()));
    }
    Ok(())
}

/// Prints why records could not be brought in: of one sort the first [`TOLD`], and how many more there are.
fn complain(bad: &[String]) {
    let mut sorts: BTreeMap<String, (usize, &str)> = BTreeMap::new();
    for line in bad {
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
}

/// Reads `TEAM=ORG`, separated by commas or line ends; a text without `=` is a file of them.
fn org_map(text: &str) -> Result<HashMap<String, String>> {
    let from_file = match text.contains('=') {
        true => None,
        false => Some(std::fs::read_to_string(text).map_err(|error| Error::start(format!("--org-map {text}: {error}")))?),
    };
    let pairs =
        from_file.as_deref().unwrap_or(text).split([',', '\n']).map(str::trim).filter(|pair| !pair.is_empty() && !pair.starts_with('#'));
    pairs
        .map(|pair| {
            let (team, org) = pair.split_once('=').ok_or_else(|| Error::start(format!("--org-map: {pair} is not TEAM=ORG")))?;
            Ok((team.trim().trim_start_matches('~').to_owned(), org.trim().to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_names_teams_and_organisations() {
        let map = org_map("~northwind-devs=nw, nova = basalt").unwrap();
        assert_eq!((map["northwind-devs"].as_str(), map["nova"].as_str()), ("nw", "basalt"));
        assert!(org_map("/no/such/file").is_err());
        assert!(org_map("a=b,c").is_err());
    }
}
