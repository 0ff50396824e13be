//! The command line.

use std::io::Write;

use clap::{Parser, Subcommand};
use server::{
    clock::Clock,
    command::{
        demo::{self, Demo},
        import::{self, ImportArgs},
        say,
        token::{self, TokenCommand},
        user::{self, UserCommand},
    },
    config::{DatabaseArgs, ServeArgs},
    error::{Error, Result},
    serve::Server,
    store::db::Db,
};

/// Gives memory back and wastes little of it under many short tasks; SQLite's own is its too.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A tracker for codebases that several organisations share.
#[derive(Parser)]
#[command(name = "deltaboard", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve pages and API until SIGTERM or Ctrl-C
    Serve(ServeArgs),
    /// Bring the database's schema up to date
    Migrate(DatabaseArgs),
    /// Make accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Make API tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Fill an empty instance with a small world to look at
    Demo(Demo),
    /// Bring in another tracker's records
    Import(Box<ImportArgs>),
    /// Print the API's OpenAPI document
    Openapi,
    /// Check that what is stored agrees with itself; changes nothing
    Verify(DatabaseArgs),
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    // Leptos panics where a view is made before its executor is there.
    any_spawner::Executor::init_tokio().ok();
    match run(Cli::parse().command).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("deltaboard: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<()> {
    match command {
        Command::Serve(args) => serve(args).await,
        Command::Migrate(args) => {
            let (url, connections) = args.load()?;
            let db = Db::open(&url, connections).await?;
            db.migrate().await?;
            db.close().await;
            say("The schema is up to date.");
            Ok(())
        }
        Command::User(command) => user::run(command).await,
        Command::Token(command) => token::run(command).await,
        Command::Import(command) => import::run(*command).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Verify(args) => server::command::verify::run(args).await,
        Command::Openapi => {
            say(server::api::document()?);
            Ok(())
        }
    }
}

async fn serve(args: ServeArgs) -> Result<()> {
    let filter = args.log_filter()?;
    let filter = tracing_subscriber::EnvFilter::try_new(&filter).map_err(|error| Error::start(format!("log {filter}: {error}")))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if args.log_json {
        log.json().init()
    } else {
        log.init()
    }
    let server = Server::bind(args.load()?, Clock::default()).await?;
    // A server whose output nobody reads serves on.
    let mut out = std::io::stdout();
    writeln!(out, "Deltaboard listens on {}", server.app.config.base_url).ok();
    if let Some(address) = server::act::user::offer_start(&server.app).await? {
        writeln!(out, "Nobody runs this instance yet. Make the first account, with this address, which works once:\n  {address}").ok();
    }
    let shutdown = server.app.shutdown.clone();
    tokio::spawn(async move {
        signal().await;
        shutdown.cancel();
    });
    server.run().await
}

/// Waits for SIGTERM or Ctrl-C.
async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    tokio::signal::ctrl_c().await.ok();
}
