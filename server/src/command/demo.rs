//! `deltaboard demo`: fills an empty instance with a small world, written for it, so that every page has something to show.
//!
//! Everything is done through the acts, by the people of the world, with the clock set back to when it happened: events, counts and
//! scores are those of an instance that has been used for two months.
#![allow(missing_docs, reason = "the fields are those of the data files beside this one, described there")]

mod plan;
mod play;
mod world;

use time::OffsetDateTime;

use crate::{
    app::App,
    clock,
    error::{Error, Result},
    store,
};

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
pub async fn run(app: &App, password: Option<String>) -> Result<Told> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    if !store::user::list(&mut tx, "", "", 1).await?.is_empty() {
        return Err(Error::start("the demo is for an empty instance; this one has accounts"));
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
