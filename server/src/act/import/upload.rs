//! Imports that are brought as a file, on a page or through the API: who may, what is asked for, what is started once more. What is noted
//! here waits for its [`turn`](super::turn).

use bytes::Bytes;
use futures_util::Stream;
use schema::{
    attachment::size_in_words,
    import::{Import as View, ImportState, New, URL_MAX},
    list::{Page, Window},
};
use tokio::io::AsyncSeekExt;
use uuid::Uuid;

use crate::{
    act::{attachment, board},
    app::App,
    caller::{Caller, User},
    clock,
    error::{Error, Result},
    extract::Check,
    ingest::media,
    store::{
        self,
        db::Tx,
        import::{file, upload},
        project::Row,
    },
};

/// How many times as large as an attachment a file may be.
const TIMES: i64 = 4;

/// Most files that imports into a project, or of a person, have at a time.
const FILES: usize = 100;

/// Why only one import of a project is taken.
const BUSY: &str = "Another import of this project has not ended yet. Nothing was kept: bring the file when it has.";

/// Most bytes of a file.
pub fn most(app: &App) -> i64 {
    app.config.files.size * TIMES
}

/// Whether somebody may import into a project: its maintainers, and who runs the instance, as they may from the command line.
pub(super) fn may(caller: &Caller, project: Uuid) -> bool {
    caller.maintains(project) || caller.is_admin()
}

/// A project whose imports the caller may see.
async fn seen(tx: &mut Tx, caller: &Caller, project: &str) -> Result<Row> {
    caller.person()?;
    let row = store::project::find(tx, project).await?;
    if may(caller, row.id) { Ok(row) } else { Err(Error::forbidden(format!("Only the maintainers of {} import into it.", row.name))) }
}

/// A project the caller may import into.
async fn theirs<'a>(tx: &mut Tx, caller: &'a Caller, project: &str) -> Result<(Row, &'a User)> {
    let user = caller.actor()?;
    Ok((seen(tx, caller, project).await?, user))
}

/// Whether what is asked for may be brought, said before its file is read; gives the project, who asks, and the organisation.
///
/// # Errors
/// 401 for guests; 403 for who does not maintain the project, and for an organisation they are no member of; 404 where there is none; 409
/// while another import of the project has not ended; 422 for a wrong address.
async fn asked<'a>(app: &App, caller: &'a Caller, project: &str, new: &New) -> Result<(Row, &'a User, Option<Uuid>)> {
    let mut tx = app.db.read().await?;
    let (row, user) = theirs(&mut tx, caller, project).await?;
    let web = new.url.is_empty() || new.url.starts_with("https://") || new.url.starts_with("http://");
    let mut wrong = Check::default();
    wrong.text(&new.url, "url", 0, URL_MAX).that(web, "url", "must begin with https:// or http://").done()?;
    let org = match new.org.as_deref().filter(|slug| !slug.is_empty()) {
        Some(slug) => {
            let org = store::org::find(&mut tx, caller, slug).await?.id;
            board::member(caller, org)?;
            Some(org)
        }
        None => None,
    };
    if upload::busy(&mut tx, row.id).await? {
        return Err(Error::conflict(BUSY));
    }
    Ok((row, user, org))
}

/// Whether a file for this project is taken from the caller at all, said before a form with one is read.
///
/// # Errors
/// 401 for guests; 403 for who does not maintain the project; 404 where there is none.
pub async fn welcome(app: &App, caller: &Caller, project: &str) -> Result<()> {
    theirs(&mut app.db.read().await?, caller, project).await.map(drop)
}

/// Takes a file in, to be imported in its turn. Nothing is kept of one that is refused, or that breaks off.
///
/// # Errors
/// 400 for one that breaks off; 401 for guests; 403 for who does not maintain the project, and for an organisation they are no member of;
/// 409 while another import of the project has not ended, or files that wait take too much room; 413 for one that is too large; 422 for an empty
/// one or a wrong address.
pub async fn bring<E>(
    app: &App,
    caller: &Caller,
    project: &str,
    new: New,
    bytes: impl Stream<Item = Result<Bytes, E>> + Unpin + Send,
) -> Result<View> {
    let (row, user, org) = asked(app, caller, project, &new).await?;
    let taken = attachment::take(app, bytes, most(app)).await?;
    let (id, file_id) = (clock::new_id(), clock::new_id());
    let mut file = taken.file;
    file.rewind().await?;
    app.files.put(file_id, &mut file).await?;
    drop(file);
    let name = media::name(&new.name);
    let note = upload::New {
        id,
        project: row.id,
        user: user.id,
        org,
        tracker: new.tracker,
        site: new.url.trim().trim_end_matches('/'),
        file: &name,
        file_id,
        size: taken.size,
        dry_run: new.dry_run,
    };
    let noted = async {
        let mut tx = app.db.write().await?;
        let gone = make_room(app, &mut tx, note.project, note.user, note.size).await?;
        upload::insert(&mut tx, &note, app.clock.now()).await.map_err(Error::taken(BUSY))?;
        let view = upload::find(&mut tx, row.id, id).await?.view(caller);
        tx.commit().await?;
        Ok::<_, Error>((view, gone))
    };
    // What cannot be taken away now, the sweep of the files finds.
    match noted.await {
        Ok((view, gone)) => {
            app.imports.notify_one();
            attachment::forget(app, gone).await;
            Ok(view)
        }
        Err(error) => {
            attachment::forget(app, [file_id]).await;
            Err(error)
        }
    }
}

/// Takes files of imports that have ended, the oldest first, until one of this size has room beside what is kept for the project and for who
/// brings it: as much as one delta's attachments together, and at least one file. Gives those that are to go.
///
/// # Errors
/// 409 where files that are still needed take the room.
async fn make_room(app: &App, tx: &mut Tx, project: Uuid, user: Uuid, size: i64) -> Result<Vec<Uuid>> {
    let room = app.config.files.total.max(most(app));
    let kept = file::kept(tx, project, user).await?;
    let mut bytes = size + kept.iter().map(|file| file.size).sum::<i64>();
    let mut count = kept.len() + 1;
    let mut gone = Vec::new();
    for old in kept {
        if bytes <= room && count <= FILES {
            break;
        }
        let ended = matches!(old.state, ImportState::Done | ImportState::Failed);
        if ended && file::take(tx, old.id, old.file_id).await? {
            bytes -= old.size;
            count -= 1;
            gone.push(old.file_id);
        }
    }
    if bytes > room || count > FILES {
        let room = size_in_words(room);
        let why = format!("Files that wait for their import, here or in your other projects, take more than {room} with this one.");
        return Err(Error::conflict(format!("{why} Nothing was kept: bring it when they are in.")));
    }
    Ok(gone)
}

/// Starts one once more that has ended and whose file is still here: a dry run's is brought in, and what failed is tried again, as it was.
/// It is a new import in the caller's name, which has the file from now on.
///
/// # Errors
/// 401 for guests; 403 for who does not maintain the project, and where its organisation is none of theirs; 404 where there is none; 409
/// where it has not ended, its file is gone, or another import of the project has not ended.
pub async fn start(app: &App, caller: &Caller, project: &str, id: Uuid) -> Result<View> {
    let mut tx = app.db.write().await?;
    let (row, user) = theirs(&mut tx, caller, project).await?;
    let old = upload::find(&mut tx, row.id, id).await?;
    if let Some(org) = old.org_id {
        board::member(caller, org)?;
    }
    let Some(file_id) = old.file_id else {
        let why = "Its file is gone: it was brought in, was started once more, lay here for seven days or made room for another.";
        return Err(Error::conflict(format!("{why} Bring it again.")));
    };
    if old.finished_at.is_none() {
        return Err(Error::conflict("It has not ended yet. Nothing was started."));
    }
    if !file::take(&mut tx, id, file_id).await? {
        return Err(Error::conflict("Somebody else was faster and started it. Nothing was started twice."));
    }
    let new = upload::New {
        id: clock::new_id(),
        project: row.id,
        user: user.id,
        org: old.org_id,
        tracker: old.tracker,
        site: &old.site,
        file: &old.file,
        file_id,
        size: old.size,
        // Who only tried it, and failed, only tries again.
        dry_run: old.dry_run && old.state == ImportState::Failed,
    };
    upload::insert(&mut tx, &new, app.clock.now()).await.map_err(Error::taken(BUSY))?;
    let view = upload::find(&mut tx, row.id, new.id).await?.view(caller);
    tx.commit().await?;
    app.imports.notify_one();
    Ok(view)
}

/// Ends one that has not ended: one that waits is not begun, one that is being done stops within a second or two, between two transactions.
/// What came in before stays, and the file, too: it can be started once more.
///
/// # Errors
/// 401 for guests; 403 for who does not maintain the project; 404 where there is none; 409 where it has ended.
pub async fn cancel(app: &App, caller: &Caller, project: &str, id: Uuid) -> Result<View> {
    let mut tx = app.db.write().await?;
    let (row, user) = theirs(&mut tx, caller, project).await?;
    let old = upload::find(&mut tx, row.id, id).await?;
    let stays = if old.dry_run { "Nothing was written." } else { "What came in before that stays." };
    if !upload::cancel(&mut tx, old.id, &format!("Cancelled by {}. {stays}", user.name), app.clock.now()).await? {
        return Err(Error::conflict("It has ended already. Nothing was changed."));
    }
    let view = upload::find(&mut tx, row.id, id).await?.view(caller);
    tx.commit().await?;
    Ok(view)
}

/// A project's imports, newest first, without their reports.
///
/// # Errors
/// 401 for guests; 403 for who does not maintain the project; 404 where there is none; 422 for a bad cursor.
pub async fn list(tx: &mut Tx, caller: &Caller, project: &str, window: &Window) -> Result<(Row, Page<View>)> {
    let row = seen(tx, caller, project).await?;
    let (found, next) = upload::page(tx, row.id, window.cursor.as_deref(), window.limit()).await?;
    Ok((row, Page { items: found.into_iter().map(|upload| upload.view(caller)).collect(), next }))
}

/// An import with its report. What names single records, which may be private ones, is told to who brought the file, and to who sees the
/// project's private deltas.
///
/// # Errors
/// 401 for guests; 403 for who does not maintain the project; 404 where there is none.
pub async fn read(tx: &mut Tx, caller: &Caller, project: &str, id: Uuid) -> Result<(Row, View)> {
    let row = seen(tx, caller, project).await?;
    let upload = upload::find(tx, row.id, id).await?;
    let all = caller.user_id() == Some(upload.user_id) || caller.guards(row.id);
    let report = upload::report(tx, id).await?.map(|report| if all { report } else { report.counted() });
    Ok((row, View { report, ..upload.view(caller) }))
}
