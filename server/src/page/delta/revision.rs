//! The revisions of a delta's text: all of them, one, and two compared.

use axum::{extract::State, response::Response};
use schema::{
    delta::{ChangesPage, RevisionPage, RevisionsPage},
    id::DeltaKey,
    list::Window,
    route,
};
use serde::Deserialize;

use super::text;
use crate::{
    app::App,
    caller::Caller,
    diff,
    error::{Error, Result},
    extract::{Path, Query},
    page, store,
};

/// Revisions on one page.
const REVISIONS: usize = 10;

pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Query(window): Query<Window>,
) -> Result<Response> {
    let before = match window.cursor.as_deref().map(str::parse) {
        Some(Err(_)) => return Err(Error::invalid("cursor", "is not a cursor of this list")),
        Some(Ok(number)) => Some(number),
        None => None,
    };
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    // One more than is shown: what the last one shown is compared with.
    let found = store::revision::of(&mut tx, row.id, before, REVISIONS as i64 + 1).await?;
    let shell = page::shell(&mut tx, &caller, &format!("Revisions of {delta}"), &route::delta(delta), false).await?;
    drop(tx);
    let next = (found.len() > REVISIONS).then(|| found[REVISIONS - 1].number.to_string());
    let compared = |i: usize| found.get(i + 1).map_or_else(Vec::new, |old| diff::revisions(old, &found[i]));
    let revisions = found.iter().take(REVISIONS).enumerate().map(|(i, revision)| (revision.clone(), compared(i))).collect();
    let view = RevisionsPage { key: delta.to_string(), title: row.title, revisions, newest: row.revision, next, now: app.clock.now() };
    Ok(page::show(&app, shell, || web::page::delta::revisions(view)))
}

pub(super) async fn one(State(app): State<App>, caller: Caller, Path((delta, number)): Path<(DeltaKey, i64)>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    let revision = store::revision::find(&mut tx, row.id, number).await?;
    let shell = page::shell(&mut tx, &caller, &format!("Revision {number} of {delta}"), &route::delta(delta), false).await?;
    let said = [revision.desired.as_str(), &revision.actual, &revision.body];
    let known = page::prose::known(&mut tx, &caller, said).await?;
    drop(tx);
    let html = text::plain(&app.documents, (&revision.desired, &revision.actual, &revision.body), revision.body_format, &known);
    let view = RevisionPage { key: delta.to_string(), revision, html, newest: row.revision, now: app.clock.now() };
    Ok(page::show(&app, shell, || web::page::delta::revision(view)))
}

/// Two revisions' numbers; the newest and the one before it where none is named.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    from: Option<i64>,
    to: Option<i64>,
}

pub(super) async fn changes(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    let (from, to) = store::revision::pair(&mut tx, &row, asked.from, asked.to).await?;
    let title = format!("{delta}: revision {} and {}", from.number, to.number);
    let shell = page::shell(&mut tx, &caller, &title, &route::delta(delta), false).await?;
    drop(tx);
    let changes = diff::revisions(&from, &to);
    let view = ChangesPage { key: delta.to_string(), from, to, changes, newest: row.revision, now: app.clock.now() };
    Ok(page::show(&app, shell, || web::page::delta::changes(view)))
}
