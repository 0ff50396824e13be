//! `deltaboard verify`: does what is stored agree with itself? Reads everything, changes nothing; may run beside a server.

use crate::{
    command::say,
    config::DatabaseArgs,
    error::{Error, Result},
    store::{db::Db, verify},
};

/// Checks the database and prints one line a rule.
///
/// # Errors
/// When something is wrong: the message says how much. When there is no database, it does not answer, or its schema is not this program's.
pub async fn run(args: DatabaseArgs) -> Result<()> {
    let (url, connections) = args.load()?;
    let db = Db::open_existing(&url, connections).await?;
    if !db.is_up_to_date().await {
        return Err(Error::start("its schema is not this program's: `deltaboard migrate` brings an older one up to date".to_owned()));
    }
    let mut tx = db.read().await?;
    let mut wrong = 0;
    match verify::integrity(&mut tx).await? {
        Some(found) if found.is_empty() => say("ok    pages, indexes and foreign keys"),
        Some(found) => {
            wrong += found.len();
            found.iter().for_each(|line| say(format_args!("WRONG {line}")));
        }
        None => say("      pages and indexes not read: CREATE EXTENSION amcheck lets PostgreSQL do it"),
    }
    // One statement a rule: each sees one state, also while others change things.
    for (rule, count) in verify::RULES {
        match verify::broken(&mut tx, count).await? {
            0 => say(format_args!("ok    {rule}")),
            rows => {
                wrong += 1;
                say(format_args!("WRONG {rule}: not so in {rows} rows"));
            }
        }
    }
    drop(tx);
    db.close().await;
    if wrong == 0 { Ok(()) } else { Err(Error::start(format!("{wrong} things are wrong"))) }
}
