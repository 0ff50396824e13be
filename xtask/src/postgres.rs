//! A throw-away PostgreSQL cluster in a temporary folder.

use crate::run::{self, Process};
use crate::stop::Folder;
use crate::tools;
use anyhow::{Context, Result, bail};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Start a throw-away PostgreSQL, print its URL and wait for Ctrl-C
#[derive(clap::Args)]
pub struct Args {
    /// Sync every commit to disk, as in production; for measurements
    #[arg(long)]
    durable: bool,
}

/// Runs `cargo xtask postgres`.
pub fn run(args: Args) -> Result<()> {
    let cluster = Cluster::start(args.durable)?;
    cluster.create_database("deltaboard")?;
    println!("{}", cluster.url_for("deltaboard"));
    eprintln!("Ctrl-C stops and removes it.");
    cluster.wait()
}

/// The superuser of the cluster.
const USER: &str = "deltaboard";

/// A running cluster on 127.0.0.1 with its own password. Dropping it stops the server and removes its files.
pub struct Cluster {
    // Dropped in this order: the server ends before its folder goes.
    process: Process,
    folder: Folder,
    programs: Programs,
    port: u16,
    password: String,
    durable: bool,
}

impl Cluster {
    /// Makes and starts a cluster. `durable`: with fsync, as in production; without it commits are fast and a power cut may lose them.
    ///
    /// # Errors
    /// When PostgreSQL is missing and cannot be installed, or does not start.
    pub fn start(durable: bool) -> Result<Self> {
        let programs = Programs::find()?;
        let folder = Folder::new("deltaboard-pg-")?;
        let password = run::random(16)?;
        programs.init(folder.path(), &password, durable)?;
        // Another program may take the free port before PostgreSQL does.
        let mut last = None;
        for _ in 0..3 {
            let port = run::free_port()?;
            let process = programs.spawn(folder.path(), port, durable)?;
            match programs.wait_ready(folder.path(), port, &process) {
                Ok(()) => return Ok(Self { process, folder, programs, port, password, durable }),
                Err(error) => last = Some(error),
            }
        }
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        Err(last.context("PostgreSQL did not start")?.context(log))
    }

    /// The URL of one of its databases.
    pub fn url_for(&self, database: &str) -> String {
        format!("postgres://{USER}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// Makes an empty database.
    ///
    /// # Errors
    /// When one of that name exists, or the name is not made of lower-case letters, digits and `_`.
    pub fn create_database(&self, name: &str) -> Result<()> {
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
            bail!("{name:?} is no database name");
        }
        self.execute("postgres", &format!("CREATE DATABASE \"{name}\"")).with_context(|| format!("making database {name}"))
    }

    /// Runs SQL in one of its databases, as the superuser.
    ///
    /// # Errors
    /// When it fails.
    pub fn execute(&self, database: &str, sql: &str) -> Result<()> {
        let mut psql = Command::new(self.programs.bin.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command", sql, &self.url_for(database)]);
        run::output(&mut psql).map(drop)
    }

    /// Ends its first process with SIGKILL, as a power cut would; the others end when they notice.
    pub fn kill(&self) {
        self.process.kill();
    }

    /// Starts it again on the same files and the same port.
    ///
    /// # Errors
    /// When it is not ready within 30 s: what is left of a killed one may hold its memory for a while.
    pub fn restart(&mut self) -> Result<()> {
        let began = Instant::now();
        loop {
            self.process = self.programs.spawn(self.folder.path(), self.port, self.durable)?;
            match self.programs.wait_ready(self.folder.path(), self.port, &self.process) {
                Ok(()) => return Ok(()),
                Err(error) if began.elapsed() > Duration::from_secs(30) => return Err(error.context(self.log())),
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    }

    /// The id of its first process, to measure it.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Waits for Ctrl-C, which ends this process.
    ///
    /// # Errors
    /// When PostgreSQL ends before that.
    pub fn wait(&self) -> Result<()> {
        let status = self.process.wait()?;
        bail!("PostgreSQL ended by itself with {status}\n{}", self.log())
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

/// The folder of PostgreSQL's programs, and the unprivileged user they run as when this is root.
struct Programs {
    bin: PathBuf,
    user: Option<(u32, u32)>,
}

impl Programs {
    fn find() -> Result<Self> {
        let bin = tools::or_install("PostgreSQL (initdb, postgres, psql)", &["postgresql"], bin_folder)?;
        let user = match tools::is_root() {
            true => {
                Some(tools::ids("postgres").or_else(|| tools::ids("nobody")).context("no user postgres or nobody to run PostgreSQL as")?)
            }
            false => None,
        };
        Ok(Self { bin, user })
    }

    fn command(&self, program: &str, folder: &Path) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.current_dir(folder);
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }

    fn init(&self, folder: &Path, password: &str, durable: bool) -> Result<()> {
        let secret = folder.join("password");
        std::fs::write(&secret, password)?;
        if let Some((user, group)) = self.user {
            chown(folder, Some(user), Some(group))?;
            chown(&secret, Some(user), Some(group))?;
        }
        let mut initdb = self.command("initdb", folder);
        initdb.args(["--pgdata=data", "--pwfile=password", "--auth=password", "--encoding=UTF8"]);
        initdb.arg(format!("--username={USER}"));
        initdb.arg(if cfg!(target_os = "macos") { "--locale=en_US.UTF-8" } else { "--locale=C.UTF-8" });
        if !durable {
            initdb.arg("--no-sync");
        }
        run::output(&mut initdb).map(drop)
    }

    fn spawn(&self, folder: &Path, port: u16, durable: bool) -> Result<Process> {
        let log = std::fs::File::create(folder.join("log"))?;
        let mut postgres = self.command("postgres", folder);
        postgres.args(["-D", "data", "-p", &port.to_string(), "-h", "127.0.0.1", "-c", "max_connections=200"]);
        postgres.arg("-c").arg(format!("unix_socket_directories={}", folder.display()));
        if !durable {
            postgres.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
        }
        postgres.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
        // SIGINT is its fast shutdown: open connections are ended.
        Ok(Process::new(postgres.spawn().context("starting postgres")?, Duration::from_secs(10), "INT"))
    }

    fn wait_ready(&self, folder: &Path, port: u16, process: &Process) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(30) {
            if let Some(status) = process.exited()? {
                bail!("postgres ended with {status}");
            }
            let mut ready = Command::new(self.bin.join("pg_isready"));
            ready.arg("--quiet").arg("-h").arg(folder).args(["-p", &port.to_string()]);
            if ready.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        bail!("postgres was not ready after 30 s")
    }
}

/// The folder that holds the server and the client programs: from PATH, else where Debian (newest version first) and Homebrew put them.
fn bin_folder() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    // In PATH there may be a link into a folder whose programs are not all linked.
    folders.extend(tools::which("initdb").and_then(|path| path.canonicalize().ok()?.parent().map(Path::to_owned)));
    for (parent, prefix) in [("/usr/lib/postgresql", ""), ("/opt/homebrew/opt", "postgresql"), ("/usr/local/opt", "postgresql")] {
        let mut found: Vec<PathBuf> =
            Path::new(parent).read_dir().into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
        found.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)));
        found.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
        folders.extend(found.into_iter().rev().map(|path| path.join("bin")));
    }
    folders
        .into_iter()
        .find(|folder| ["initdb", "postgres", "psql", "pg_isready"].iter().all(|program| tools::executable(&folder.join(program))))
}
