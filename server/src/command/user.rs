//! `deltaboard user`: people, while the server runs or not.

use std::io::{BufRead, IsTerminal, Write};

use clap::{Args, Subcommand};
use schema::user::Register;

use crate::{
    act,
    clock::Clock,
    command::say,
    config::DatabaseArgs,
    error::{Error, Result},
    password::{COST, Passwords},
    store::db::Db,
};

/// What can be done with people.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account; its password is the first line of standard input
    Create(Create),
}

/// What `user create` takes.
#[derive(Args, Debug)]
pub struct Create {
    /// Where the data is.
    #[command(flatten)]
    database: DatabaseArgs,
    /// The handle: 1 to 64 of a-z, 0-9, '.', '_' and '-'
    #[arg(value_name = "NAME", required_unless_present = "name", conflicts_with = "name")]
    handle: Option<String>,
    /// The handle, as an option
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The name as people see it [default: the handle]
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
    /// The e-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// This person runs the instance
    #[arg(long)]
    admin: bool,
    /// Never ask: read the password from standard input also where that is a terminal
    #[arg(long)]
    password_stdin: bool,
}

/// Runs a command.
///
/// # Errors
/// When the database does not answer, or what is given cannot be accepted: the words are for the operator.
pub async fn run(command: UserCommand) -> Result<()> {
    let UserCommand::Create(args) = command;
    let name = args.handle.or(args.name).unwrap_or_default();
    let account = Register {
        display_name: args.display_name.unwrap_or_else(|| name.clone()),
        name: name.clone(),
        email: args.email,
        password: read_password(!args.password_stdin)?,
        invite: None,
    };
    let hash = Passwords::new(COST)?.hash(&account.password).await?;
    let (url, _) = args.database.load()?;
    let db = Db::open(&url, 1).await?;
    db.migrate().await?;
    let mut tx = db.write().await?;
    act::user::create(&mut tx, account, &hash, args.admin, Clock::default().now()).await?;
    tx.commit().await?;
    db.close().await;
    say(format_args!("{name} may sign in{}", if args.admin { " and runs this instance" } else { "" }));
    Ok(())
}

/// The first line of standard input.
fn read_password(ask: bool) -> Result<String> {
    let input = std::io::stdin();
    if ask && input.is_terminal() {
        eprint!("Password (it shows as you type): ");
        std::io::stderr().flush()?;
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\n', '\r']);
    if password.is_empty() {
        return Err(Error::start("no password: give it as the first line of standard input".to_owned()));
    }
    Ok(password.to_owned())
}
