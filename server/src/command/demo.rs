//! `deltaboard demo`: fills an empty instance with a small world, written for it, so that every page has something to show.
//!
//! Everything is done through the acts, by the people of the world, with the clock set back to when it happened: events, counts and
//! scores are those of an instance that has been used for two months.
#![allow(missing_docs, reason = "the fields are those of the data files beside this one, described there")]

mod plan;
mod play;
mod report;
mod world;

use clap::Args;

use crate::{
    app::App,
    clock::{self, Clock},
    command::say,
    config::{DatabaseArgs, ServeArgs},
    error::{Error, Result},
    store::{self, db::Db},
};

/// What `demo` takes.
#[derive(Args, Debug)]
pub struct Demo {
    /// Where the data is.
    #[command(flatten)]
    database: DatabaseArgs,
    /// Everybody's password [default: a random one, printed]
    #[arg(long, value_name = "WORDS")]
    password: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// As [`fill`], and when the database does not answer.
pub async fn run(args: Demo) -> Result<()> {
    let config = ServeArgs::from(args.database).load()?;
    let db = Db::open_to_fill(&config.database_url, config.connections).await?;
    db.migrate().await?;
    let app = App::new(db, Clock::default(), config)?;
    let told = fill(&app, args.password).await?;
    app.db.close().await;
    say(format_args!("The demo is there. Start the server and sign in; everybody's password is: {}", told.password));
    for (name, what) in told.people {
        say(format_args!("  {name:<6} {what}"));
    }
    Ok(())
}

/// How to sign in afterwards.
pub struct Told {
    /// Names of a few people worth signing in as, with what they do.
    pub people: Vec<(&'static str, &'static str)>,
    /// Everybody's password.
    pub password: String,
}

/// Fills the instance, which must be empty. Without a password a random one is made.
///
/// # Errors
/// When somebody has an account already, or the password is not accepted.
pub async fn fill(app: &App, password: Option<String>) -> Result<Told> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    if !store::user::list(&mut tx, "", "", 1).await?.is_empty() {
        return Err(Error::start("the demo is for an empty instance; this one has accounts".to_owned()));
    }
    drop(tx);
    let password = password.unwrap_or_else(|| clock::secret("").chars().take(12).collect());
    let world = world::World::load()?;
    play::play(app, &world, &password, now).await?;
    let people = vec![
        ("mara", "administrator; owner of Northwind Networks"),
        ("ravi", "owner of Basalt Systems"),
        ("ines", "owner of Helix Cloud, which shows nothing to others"),
        ("lukas", "maintains Heron"),
        ("leila", "uses the broker's MQTT bridge and the Python binding"),
    ];
    Ok(Told { people, password })
}
