//! `deltaboard token`: tokens of people and of projects' CI, while the server runs or not.

use clap::{Args, Subcommand};
use schema::{
    token::{DAYS, DAYS_MAX},
    user::Scope,
};
use time::Duration;

use crate::{
    act,
    clock::Clock,
    command::say,
    config::DatabaseArgs,
    error::{Error, Result},
    store::{self, db::Db, token::Owner},
};

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token and print its secret, this once
    Create(Create),
}

/// What `token create` takes.
#[derive(Args, Debug)]
pub struct Create {
    /// Where the data is.
    #[command(flatten)]
    database: DatabaseArgs,
    /// Whose it is: a person's handle
    #[arg(value_name = "NAME", required_unless_present_any = ["user", "project"], conflicts_with_all = ["user", "project"])]
    handle: Option<String>,
    /// Whose it is, as an option
    #[arg(long, value_name = "NAME", conflicts_with = "project")]
    user: Option<String>,
    /// Or the project whose CI it is for; its only scope is ci
    #[arg(long, value_name = "SLUG", conflicts_with = "scope")]
    project: Option<String>,
    /// What it is called
    #[arg(long, value_name = "NAME", default_value = "command line")]
    name: String,
    /// What it may do: read, or read,write [default: read]
    #[arg(long, value_name = "SCOPE", value_delimiter = ',')]
    scope: Vec<String>,
    /// Days it works, at most 730; 0 for until it is revoked, for CI only [default: 365]
    #[arg(long, value_name = "N")]
    expires_days: Option<i64>,
}

/// Runs a command.
///
/// # Errors
/// When the database does not answer, or what is given cannot be accepted: the words are for the operator.
pub async fn run(command: TokenCommand) -> Result<()> {
    let TokenCommand::Create(args) = command;
    let now = Clock::default().now();
    let expires_at = match args.expires_days.unwrap_or(DAYS) {
        0 if args.project.is_some() => None,
        days @ 1..=DAYS_MAX => Some(now + Duration::days(days)),
        _ => return Err(Error::start(format!("--expires-days must be 1 to {DAYS_MAX}"))),
    };
    let (url, _) = args.database.load()?;
    let db = Db::open(&url, 1).await?;
    db.migrate().await?;
    let mut tx = db.write().await?;
    let (owner, scopes) = match &args.project {
        Some(slug) => {
            let found = store::token::project(&mut tx, slug).await?;
            let (id, _) = found.ok_or_else(|| Error::start(format!("there is no project {slug}")))?;
            (Owner::Project(id), vec![Scope::Ci])
        }
        None => {
            let name = args.handle.or(args.user).unwrap_or_default();
            let found = store::user::by_name(&mut tx, &name).await?;
            let id = found.ok_or_else(|| Error::start(format!("there is no person {name}")))?.id;
            (Owner::User(id), scopes(&args.scope)?)
        }
    };
    let made = act::token::insert(&mut tx, owner, None, &args.name, &scopes, expires_at, now).await?;
    tx.commit().await?;
    db.close().await;
    say(&made.secret);
    Ok(())
}

fn scopes(words: &[String]) -> Result<Vec<Scope>> {
    let words: Vec<Scope> =
        words.iter().map(|word| word.parse().map_err(|wrong| Error::start(format!("--scope {word}: {wrong}")))).collect::<Result<_>>()?;
    act::token::scopes(if words.is_empty() { &[Scope::Read] } else { &words })
}
