//! `deltaboard verify`: does what is stored agree with itself? Reads everything, changes nothing; may run beside a server.

use futures_util::TryStreamExt;
use schema::attachment::size_in_words;
use time::Duration;
use uuid::Uuid;

use crate::{
    clock::Clock,
    command::say,
    config::{DatabaseArgs, ServeArgs},
    error::{Error, Result},
    files::Files,
    store::{
        attachment,
        db::{Db, Tx},
        import::file,
        verify,
    },
};

/// Checks the database and prints one line a rule.
///
/// # Errors
/// When something is wrong: the message says how much. When there is no database, it does not answer, or its schema is not this program's.
pub async fn run(args: DatabaseArgs) -> Result<()> {
    let (url, connections) = args.load()?;
    let config = ServeArgs::from(args).load()?;
    let db = Db::open_existing(&url, connections).await?;
    if !db.is_up_to_date().await {
        return Err(Error::start("its schema is not this program's: `deltaboard migrate` brings an older one up to date".to_owned()));
    }
    let store = Files::open(&config.files.storage)?;
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
    let (files, lost, nobodys) = files(&mut tx, &store).await?;
    say(format_args!("{}    {} attachments, {}", if lost == 0 { "ok" } else { "  " }, files.0, size_in_words(files.1)));
    if lost > 0 {
        wrong += 1;
        say(format_args!("WRONG an attachment has its file, of its size: not so of {lost}"));
    }
    if nobodys > 0 {
        say(format_args!("      {nobodys} files of nobody are older than a day; a server takes them away by itself"));
    }
    drop(tx);
    db.close().await;
    if wrong == 0 { Ok(()) } else { Err(Error::start(format!("{wrong} things are wrong"))) }
}

/// How many attachments there are and their bytes together; how many of them have no file, or one of another size; and how many files that are older
/// than a day have neither an attachment nor an import.
async fn files(tx: &mut Tx, store: &Files) -> Result<((i64, i64), usize, usize)> {
    let (mut after, mut all, mut lost) = (Uuid::nil(), (0, 0), 0);
    loop {
        let page = attachment::page(tx, after, 500).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        for (id, size) in page {
            all = (all.0 + 1, all.1 + size);
            lost += usize::from(store.size(id).await?.is_none_or(|found| i64::try_from(found) != Ok(size)));
        }
    }
    let mut nobodys = 0;
    let mut files = store.older(Clock::default().now() - Duration::DAY).try_chunks(500);
    while let Some(found) = files.try_next().await.map_err(|error| error.1)? {
        let ids: Vec<Uuid> = found.into_iter().map(|(id, _)| id).collect();
        nobodys += ids.len() - attachment::known(tx, &ids).await?.len() - file::known(tx, &ids).await?.len();
    }
    Ok((all, lost, nobodys))
}
