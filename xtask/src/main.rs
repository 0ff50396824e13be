//! The table of developer commands. A new one (`bench`, `walk`, `crash`, `shots`, …) is a module of the library with a clap `Args` struct, whose first doc
//! line is the help text, and `pub fn run(args: Args) -> anyhow::Result<()>`; then one line in each of the two lists below.

use clap::Parser;
use std::process::ExitCode;
use xtask::{bench, bundle, check, crash, dev, openapi, postgres, realdata, serve, shots, stop, test, walk};

/// The developer commands of Deltaboard.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
enum Command {
    Serve(serve::Args),
    Dev(dev::Args),
    Check(check::Args),
    Test(test::Args),
    Bundle(bundle::Args),
    Postgres(postgres::Args),
    Realdata(realdata::Args),
    Openapi(openapi::Args),
    Walk(walk::Args),
    Bench(bench::Args),
    Crash(crash::Args),
    Shots(shots::Args),
}

fn main() -> ExitCode {
    let command = Command::parse();
    let done = stop::watch().and_then(|()| match command {
        Command::Serve(args) => serve::run(args),
        Command::Dev(args) => dev::run(args),
        Command::Check(args) => check::run(args),
        Command::Test(args) => test::run(args),
        Command::Bundle(args) => bundle::run(args),
        Command::Postgres(args) => postgres::run(args),
        Command::Realdata(args) => realdata::run(args),
        Command::Openapi(args) => openapi::run(args),
        Command::Walk(args) => walk::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Crash(args) => crash::run(args),
        Command::Shots(args) => shots::run(args),
    });
    stop::hold();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
