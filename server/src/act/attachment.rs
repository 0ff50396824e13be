//! Files: who may bring them, what is taken, what becomes of those that nobody needs.

use std::{collections::BTreeSet, sync::LazyLock};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use regex::Regex;
use schema::{
    attachment::Attachment,
    id::{DeltaKey, TaskKey},
};
use serde_json::json;
use sha2::{Digest, Sha256};
use time::Duration;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use uuid::Uuid;

use super::{board::member, comment, delta::maintains};
use crate::{
    app::App,
    caller::{Caller, User},
    clock,
    error::{Error, Kind, Result},
    ingest::media,
    store::{
        self,
        attachment::{New, Row, Thing},
        db::Tx,
        event::Event,
    },
};

/// How long a file may belong to nothing, and how old a file without a row must be to be nobody's: longer than any upload takes.
const LOOSE: Duration = Duration::DAY;
/// Most files of one delta or task, or of a person that belong to nothing.
const MOST: i64 = 500;

/// What somebody wants a file to belong to.
#[derive(Clone, Debug)]
pub enum For {
    /// Nothing yet: a text that is still being written will name it.
    Text,
    /// A delta.
    Delta(DeltaKey),
    /// A task.
    Task(TaskKey),
}

/// Whom a file for this is taken from: anybody signed in who sees the delta, unless its discussion is locked; a task's organisation's members.
///
/// # Errors
/// 401 for guests; 403 for who may not; 404 for what they may not see.
pub async fn welcome(app: &App, caller: &Caller, to: &For) -> Result<()> {
    caller.actor()?;
    let mut tx = app.db.read().await?;
    thing(&mut tx, caller, to).await.map(drop)
}

async fn thing(tx: &mut Tx, caller: &Caller, to: &For) -> Result<Thing> {
    match to {
        For::Text => Ok(Thing::Loose),
        For::Delta(key) => {
            let row = store::delta::find(tx, caller, *key).await?;
            comment::unlocked(tx, caller, &row).await?;
            Ok(Thing::Delta(row.id))
        }
        For::Task(key) => {
            let row = store::task::find(tx, caller, key).await?;
            member(caller, row.org_id)?;
            Ok(Thing::Task(row.id))
        }
    }
}

/// Takes a file in. Nothing is kept of one that is refused, or that breaks off.
///
/// # Errors
/// As [`welcome`]; 400 for one that breaks off; 409 where there are too many; 413 for one that is too large; 415 for a sort that is not taken;
/// 422 for an empty one; 429 for a new account that brings too many.
pub async fn upload<E>(
    app: &App,
    caller: &Caller,
    to: For,
    given: &str,
    bytes: impl Stream<Item = Result<Bytes, E>> + Unpin + Send,
) -> Result<Attachment> {
    let user = caller.actor()?;
    welcome(app, caller, &to).await?;
    comment::not_too_often(app, &mut app.db.read().await?, caller, user, ("file", "files"), app.clock.now()).await?;
    let name = media::name(given);
    let taken = take(app, bytes, app.config.files.size).await?;
    let (media, sort) = media::sniff(&taken.head);
    let sort = if media::runs(&name) { "program" } else { sort };
    if app.config.files.refuse.iter().any(|refused| refused == sort) {
        return Err(Error::new(
            Kind::UnsupportedMedia,
            format!("“{name}” is a file of the sort “{sort}”, which is not taken here. Nothing was kept."),
        ));
    }
    let id = clock::new_id();
    let mut file = taken.file;
    file.rewind().await?;
    app.files.put(id, &mut file).await?;
    drop(file);
    let noted = note(
        app,
        caller,
        user,
        &to,
        New { id, thing: Thing::Loose, name: &name, media, size: taken.size, sha256: &taken.sha256, by: user.id },
    )
    .await;
    if noted.is_err() {
        // What cannot be taken away now, the sweep finds.
        app.files.delete(id).await.ok();
    }
    noted
}

/// Writes the row of a file that is kept.
async fn note(app: &App, caller: &Caller, user: &User, to: &For, new: New<'_>) -> Result<Attachment> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    // Asked again: an upload takes its time.
    let thing = thing(&mut tx, caller, to).await?;
    let new = New { thing, ..new };
    if let Thing::Delta(delta) = thing {
        store::delta::lock(&mut tx, delta).await?;
        store::delta::touch(&mut tx, delta, now).await?;
    }
    store::attachment::insert(&mut tx, &new, now).await?;
    room(app, &mut tx, thing, user.id).await?;
    let data = json!({ "file": new.id, "name": new.name });
    match thing {
        Thing::Delta(delta) => {
            tx.emit(Event { delta: Some(delta), ..Event::new("attachment.added", now, Some(user.id)).with(data) }).await?;
        }
        Thing::Task(task) => {
            let org = store::attachment::find(&mut tx, caller, new.id).await?.org_id;
            tx.emit(Event { task: Some(task), org, ..Event::new("attachment.added", now, Some(user.id)).with(data) }).await?;
        }
        _ => {}
    }
    let view = store::attachment::find(&mut tx, caller, new.id).await?.view();
    tx.commit().await?;
    Ok(view)
}

/// Whether what a thing has now is within bounds.
async fn room(app: &App, tx: &mut Tx, thing: Thing, by: Uuid) -> Result<()> {
    let (count, bytes) = store::attachment::total(tx, thing, by).await?;
    if count > MOST || bytes > app.config.files.total {
        let most = schema::attachment::size_in_words(app.config.files.total);
        return Err(Error::conflict(format!("Its files together would be more than {most} or {MOST} files. Nothing was kept.")));
    }
    Ok(())
}

/// What came in and is not kept yet.
pub(super) struct Taken {
    /// It, without a name.
    pub file: tokio::fs::File,
    head: Vec<u8>,
    /// In bytes.
    pub size: i64,
    sha256: Vec<u8>,
}

/// Takes up to `most` bytes in.
///
/// # Errors
/// 400 for what breaks off; 413 for what is larger; 422 for what is empty.
pub(super) async fn take<E>(app: &App, mut bytes: impl Stream<Item = Result<Bytes, E>> + Unpin + Send, most: i64) -> Result<Taken> {
    let mut taken = Taken { file: app.files.spool()?, head: Vec::new(), size: 0, sha256: Vec::new() };
    let mut digest = Sha256::new();
    while let Some(part) = bytes.next().await {
        let part = part.map_err(|_| Error::new(Kind::Malformed, "The file broke off before its end. Nothing was kept."))?;
        taken.size += i64::try_from(part.len()).unwrap_or(i64::MAX / 2);
        if taken.size > most {
            let most = schema::attachment::size_in_words(most);
            return Err(Error::new(Kind::TooLarge, format!("A file has at most {most} here. Nothing was kept.")));
        }
        if taken.head.len() < media::HEAD {
            taken.head.extend(part.iter().take(media::HEAD - taken.head.len()));
        }
        digest.update(&part);
        taken.file.write_all(&part).await?;
    }
    taken.file.flush().await?;
    if taken.size == 0 {
        return Err(Error::invalid("file", "is empty"));
    }
    taken.sha256 = digest.finalize().to_vec();
    Ok(taken)
}

/// The address of a file in a text.
static NAMED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"/attachments/([0-9a-f]{32})\b").expect("a constant expression"));

/// Says of the files that a text names and that belong to nothing yet, that they belong where the text does; those that its writer brought.
///
/// # Errors
/// 409 where the files of a thing become too many.
pub async fn bind(app: &App, tx: &mut Tx, by: Uuid, thing: Thing, texts: &[&str]) -> Result<()> {
    let named = texts.iter().flat_map(|text| NAMED.captures_iter(text)).filter_map(|found| Uuid::try_parse(found.get(1)?.as_str()).ok());
    let ids: Vec<Uuid> = named.collect::<BTreeSet<_>>().into_iter().take(MOST as usize).collect();
    if ids.is_empty() || store::attachment::bind(tx, &ids, by, thing).await? == 0 {
        return Ok(());
    }
    room(app, tx, thing, by).await
}

/// Takes a file away for good: whoever uploaded it may, and who decides about what it belongs to.
///
/// # Errors
/// 401 for guests; 403 for everybody else; 404 for what they may not see.
pub async fn remove(app: &App, caller: &Caller, id: Uuid) -> Result<Row> {
    let user = caller.actor()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::attachment::find(&mut tx, caller, id).await?;
    let decides = match (row.delta_id, row.org_id) {
        _ if row.uploaded_by == user.id => true,
        (Some(delta), _) => {
            let of = store::delta::read(&mut tx, delta).await?;
            maintains(&mut tx, caller, &of).await?
        }
        (None, Some(org)) => member(caller, org).is_ok(),
        _ => false,
    };
    if !decides {
        return Err(Error::forbidden("Only who uploaded a file and those who decide about what it belongs to may take it away."));
    }
    if !store::attachment::delete(&mut tx, id).await? {
        return Err(Error::not_found("file"));
    }
    if row.delta_id.is_some() || row.task_id.is_some() {
        let event = Event::new("attachment.removed", now, Some(user.id)).with(json!({ "file": id, "name": row.name }));
        tx.emit(Event { delta: row.delta_id, task: row.task_id, org: row.org_id, ..event }).await?;
    }
    tx.commit().await?;
    forget(app, [id]).await;
    Ok(row)
}

/// Takes files away whose rows are gone. What cannot be taken away now, the sweep finds.
pub async fn forget(app: &App, ids: impl IntoIterator<Item = Uuid>) {
    for id in ids {
        if let Err(error) = app.files.delete(id).await {
            tracing::warn!("the file {id} is not taken away yet: {error}");
        }
    }
}

/// Takes away what belongs to nothing for a day. Any number of servers may do it at once.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(app: &App) -> Result<usize> {
    let mut tx = app.db.write().await?;
    let ids = store::attachment::delete_loose(&mut tx, app.clock.now() - LOOSE, 100).await?;
    tx.commit().await?;
    let count = ids.len();
    forget(app, ids).await;
    Ok(count)
}

/// Takes away the files without a row: of uploads that were cut off between the two, or of what was deleted just before an end. Rows without a
/// file are left alone, since a folder that is not there looks the same: `deltaboard verify` names them. Gives how many files went.
///
/// # Errors
/// When the database or the store does not answer.
pub async fn sweep_store(app: &App) -> Result<usize> {
    let before = app.clock.now() - LOOSE;
    let mut gone = app.files.clear_pieces(before).await?;
    let mut files = app.files.older(before).try_chunks(200);
    while let Some(found) = files.next().await {
        let ids: Vec<Uuid> = found.map_err(|error| error.1)?.into_iter().map(|(id, _)| id).collect();
        let mut tx = app.db.read().await?;
        let mut known: BTreeSet<Uuid> = store::attachment::known(&mut tx, &ids).await?.into_iter().map(|(id, _)| id).collect();
        known.extend(store::import::file::known(&mut tx, &ids).await?);
        drop(tx);
        let nobodys: Vec<Uuid> = ids.into_iter().filter(|id| !known.contains(id)).collect();
        gone += nobodys.len();
        forget(app, nobodys).await;
    }
    Ok(gone)
}
