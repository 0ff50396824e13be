//! The two databases that walk, bench and crash run on, and the commands that are run beside a server on the same one.

use crate::postgres::Cluster;
use crate::run;
use crate::server::Server;
use crate::stop::Folder;
use crate::{bundle, paths, wasm};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A kind of database.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Database {
    /// SQLite in a file.
    Sqlite,
    /// A throw-away PostgreSQL.
    Postgres,
}

impl Database {
    /// As people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// An empty database and the program to run on it.
pub struct Ground {
    /// The server's program.
    pub binary: PathBuf,
    /// Which kind it is.
    pub database: Database,
    /// Its cluster, on PostgreSQL.
    pub cluster: Option<Cluster>,
    folder: Folder,
    url: String,
}

impl Ground {
    /// An empty database in a new folder or a new cluster. `durable`: PostgreSQL syncs every commit, as in production (SQLite always does).
    ///
    /// # Errors
    /// When PostgreSQL does not start.
    pub fn new(binary: &Path, database: Database, durable: bool) -> Result<Self> {
        let folder = Folder::new("deltaboard-ground-")?;
        let (cluster, url) = match database {
            Database::Sqlite => (None, format!("sqlite:{}", folder.path().join("deltaboard.db").display())),
            Database::Postgres => {
                let cluster = Cluster::start(durable)?;
                cluster.create_database("deltaboard")?;
                let url = cluster.url_for("deltaboard");
                (Some(cluster), url)
            }
        };
        Ok(Self { binary: binary.to_owned(), database, cluster, folder, url })
    }

    /// The database's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder for files of this run.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts a server on it. Registration is open, so that journeys can make accounts as people do.
    ///
    /// # Errors
    /// When it does not become ready.
    pub fn serve(&self) -> Result<Server> {
        let env =
            [("DELTABOARD_DATABASE_URL", self.url.as_str()), ("DELTABOARD_REGISTRATION", "open"), ("DELTABOARD_LOG", "warn,sqlx=error")];
        Server::start(&self.binary, &[], &env)
    }

    /// Runs another command of the program on the same database, with `input` at its standard input; gives what it prints, trimmed.
    ///
    /// # Errors
    /// When it fails; the message holds what it said.
    pub fn command(&self, args: &[&str], input: &str) -> Result<String> {
        let mut child = Command::new(&self.binary)
            .args(args)
            .env("DELTABOARD_DATABASE_URL", &self.url)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", self.binary.display()))?;
        if let Some(mut pipe) = child.stdin.take() {
            // A command that reads nothing has closed it already.
            let _ = pipe.write_all(input.as_bytes());
        }
        let done = child.wait_with_output()?;
        if !done.status.success() {
            let said = [done.stdout, done.stderr].concat();
            bail!("deltaboard {} ended with {}: {}", args.join(" "), done.status, String::from_utf8_lossy(&said).trim());
        }
        Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
    }
}

/// The program to try: the given one, else built by this call (`release` or not), with the browser part.
///
/// # Errors
/// When it does not compile.
pub fn program(given: Option<PathBuf>, release: bool) -> Result<PathBuf> {
    if let Some(path) = given {
        return path.canonicalize().with_context(|| format!("no program {}", path.display()));
    }
    bundle::build(wasm::Kind::Small)?;
    let mut args = vec!["build", "--workspace", "--bin", "deltaboard"];
    args.extend(release.then_some("--release"));
    run::show(&mut run::cargo(&args)).context("building the server")?;
    Ok(paths::binary(if release { "release" } else { "debug" }))
}
