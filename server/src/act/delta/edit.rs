//! Changing a delta: its text, who may see it, its labels and guests.

use schema::{
    delta::{Format, NOTE_MAX, Patch, PutLabels, Visibility},
    id::DeltaKey,
};
use serde_json::json;
use time::OffsetDateTime;

use super::check;
use crate::{
    act::{self, attachment, project::person},
    app::App,
    caller::{Caller, User},
    error::{Error, Result},
    extract::Check,
    store::{self, attachment::Thing, db::Tx, delta::Row, event::Event, search::Words},
};

/// Most labels of one delta.
const LABELS: usize = 20;
/// Most guests of one delta.
const GUESTS: usize = 100;

/// Whether the caller may decide about a delta: they maintain one of the projects it is in or, where it is private, are of the
/// security group of one.
///
/// # Errors
/// When the database does not answer.
pub async fn maintains(tx: &mut Tx, caller: &Caller, row: &Row) -> Result<bool> {
    let guards = row.visibility == Visibility::Private && !caller.guards.is_empty();
    if caller.maintains.is_empty() && !guards {
        return Ok(false);
    }
    let places = store::place::all(tx, row.id).await?;
    Ok(places.iter().any(|place| caller.maintains(place.project_id) || (guards && caller.guards(place.project_id))))
}

/// The caller, if they may change what a delta says: its reporter, or who [`maintains`] it.
///
/// # Errors
/// 401 for guests, 403 for everybody else.
pub async fn editor<'a>(tx: &mut Tx, caller: &'a Caller, row: &Row) -> Result<&'a User> {
    let user = caller.actor()?;
    if user.id == row.reporter_id || maintains(tx, caller, row).await? {
        return Ok(user);
    }
    Err(Error::forbidden("Only its reporter and the maintainers of its projects may change this delta."))
}

/// Changes a delta's text, kind or visibility, of the version seen. A change of text makes a revision: positions stated on
/// the one before are stale from then on. Without any change nothing happens.
///
/// # Errors
/// 401 and 403 for all but its reporter and maintainers; 404 where they may not see it; 412 when somebody was faster; 422 for
/// wrong text.
pub async fn edit(app: &App, caller: &Caller, key: DeltaKey, version: i64, patch: Patch) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let user = editor(&mut tx, caller, &row).await?;
    let kind = patch.kind.unwrap_or(row.kind);
    let visibility = patch.visibility.unwrap_or(row.visibility);
    let old = Words { title: &row.title, desired: &row.desired, actual: &row.actual, body: &row.body };
    let words = Words {
        title: patch.title.as_deref().map_or(old.title, str::trim),
        desired: patch.desired.as_deref().unwrap_or(old.desired),
        actual: patch.actual.as_deref().unwrap_or(old.actual),
        body: patch.body.as_deref().unwrap_or(old.body),
    };
    let format = patch.body_format.unwrap_or(row.body_format);
    let note = patch.note.as_deref().map_or("", str::trim);
    let mut wrong = Check::default();
    check(&mut wrong, kind, words);
    wrong.text(note, "note", 0, NOTE_MAX).that(!note.contains(['\n', '\r']), "note", "must be one line");
    wrong.done()?;
    if version != row.version {
        return Err(Error::stale("delta"));
    }
    if visibility != row.visibility && row.embargo_until.is_some_and(|until| until > now) {
        return Err(Error::conflict("This delta is under an embargo: end it before you make the delta public. Nothing was changed."));
    }
    let revised = words != old || format != row.body_format;
    if !revised && kind == row.kind && visibility == row.visibility {
        return Ok(());
    }
    let revision = row.revision + i64::from(revised);
    let survivor = row.duplicate_of.filter(|_| visibility != row.visibility);
    if let Some(survivor) = survivor {
        store::duplicate::lock(&mut tx, &[survivor]).await?;
    }
    store::delta::edit(&mut tx, &row, version, now, &store::delta::Edit { kind, visibility, words, revision }).await?;
    if revised || visibility != row.visibility {
        store::search::put(&mut tx, row.number, visibility, words).await?;
    }
    let event = |kind| Event { delta: Some(row.id), ..Event::new(kind, now, Some(user.id)) };
    if revised {
        let texts = [words.desired, words.actual, words.body];
        attachment::bind(app, &mut tx, user.id, Thing::Delta(row.id), &texts).await?;
        store::revision::insert(&mut tx, row.id, revision, words, user.id, now).await?;
        if format != row.body_format {
            store::delta::put_format(&mut tx, row.id, revision, format).await?;
        }
        if format != Format::Markdown || !note.is_empty() {
            store::revision::annotate(&mut tx, row.id, revision, format, note).await?;
        }
        act::thread::follow(app, &mut tx, &row, words, format, revision).await?;
        let data = if note.is_empty() { json!({ "revision": revision }) } else { json!({ "revision": revision, "note": note }) };
        tx.emit(event("delta.edited").with(data)).await?;
        super::super::consensus::anew(&mut tx, &Row { revision, ..row.clone() }, now).await?;
    }
    if kind != row.kind {
        tx.emit(event("delta.kind").with(json!({ "from": row.kind, "to": kind }))).await?;
    }
    if visibility != row.visibility {
        store::failure::reconsider(&mut tx, row.id).await?;
        if let Some(survivor) = survivor {
            store::duplicate::settle(&mut tx, survivor, now).await?;
        }
        tx.emit(event("delta.visibility").with(json!({ "to": visibility }))).await?;
    }
    tx.commit().await
}

/// Puts these labels in place of those it has.
///
/// # Errors
/// As [`edit`].
pub async fn put_labels(app: &App, caller: &Caller, key: DeltaKey, put: PutLabels) -> Result<()> {
    let mut tx = app.db.write().await?;
    put_labels_in(&mut tx, caller, key, put, app.clock.now()).await?;
    tx.commit().await
}

/// The same inside a transaction at hand.
///
/// # Errors
/// As [`edit`].
pub async fn put_labels_in(tx: &mut Tx, caller: &Caller, key: DeltaKey, put: PutLabels, now: OffsetDateTime) -> Result<()> {
    let mut labels = put.labels;
    let mut wrong = Check::default();
    wrong.that(labels.len() <= LABELS, "labels", format!("at most {LABELS} are taken"));
    for (i, label) in labels.iter().enumerate() {
        let field = format!("labels[{i}]");
        wrong.text(label, &field, 1, 64).that(
            !label.contains(|c: char| c.is_whitespace() || c == ','),
            &field,
            "must not hold spaces or commas",
        );
    }
    wrong.done()?;
    labels.sort();
    labels.dedup();
    let row = store::delta::find(tx, caller, key).await?;
    let user = editor(tx, caller, &row).await?;
    store::delta::bump(tx, &row, now).await?;
    store::delta::put_labels(tx, row.id, &labels).await?;
    let event = Event::new("delta.labels", now, Some(user.id)).with(json!({ "labels": labels }));
    tx.emit(Event { delta: Some(row.id), ..event }).await.map(drop)
}

/// Lets a person see a private delta. Doing it again changes nothing.
///
/// # Errors
/// As [`edit`]; 409 for a public delta, or with 100 guests; 422 when there is no such person.
pub async fn invite(app: &App, caller: &Caller, key: DeltaKey, name: &str) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let user = editor(&mut tx, caller, &row).await?;
    if row.visibility == Visibility::Public {
        return Err(Error::conflict("Everybody sees this delta already. Nothing was changed."));
    }
    let guest = person(&mut tx, name).await?;
    store::delta::bump(&mut tx, &row, now).await?;
    if !store::delta::add_guest(&mut tx, row.id, guest, GUESTS).await? {
        return Err(Error::conflict(format!("A delta takes at most {GUESTS} guests. Nothing was changed.")));
    }
    tx.emit(Event { delta: Some(row.id), ..Event::new("guest.invited", now, Some(user.id)).with(json!({ "name": name })) }).await?;
    tx.commit().await
}

/// Ends a person's being a guest. A guest may also leave by themselves.
///
/// # Errors
/// As [`edit`]; 404 when they are no guest.
pub async fn uninvite(app: &App, caller: &Caller, key: DeltaKey, name: &str) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let user = match caller.actor()? {
        user if user.name == name => user,
        _ => editor(&mut tx, caller, &row).await?,
    };
    let guest = person(&mut tx, name).await.map_err(|_| Error::not_found("guest"))?;
    if !store::delta::remove_guest(&mut tx, row.id, guest).await? {
        return Err(Error::not_found("guest"));
    }
    store::delta::bump(&mut tx, &row, now).await?;
    tx.emit(Event { delta: Some(row.id), ..Event::new("guest.left", now, Some(user.id)).with(json!({ "name": name })) }).await?;
    tx.commit().await
}
