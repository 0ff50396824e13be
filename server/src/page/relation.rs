//! What deltas have to do with each other: relations, and the page on which duplicates are looked for and marked.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    delta::{PutResolution, Resolution},
    id::DeltaKey,
    list::SimilarQuery,
    problem::Refused,
    relation::{DuplicatesPage, Relation},
    route,
};
use serde::Deserialize;

use super::delta::{BUTTON, done};
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Path, Query},
    page, store,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::DELTA_RELATIONS, post(relate)).route(route::DELTA_DUPLICATES, get(duplicates).post(mark))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Relates {
    relation: String,
    other: String,
    #[serde(default)]
    remove: Option<String>,
}

async fn relate(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(filled): Form<Relates>) -> Result<Response> {
    let read = || -> Result<(Relation, DeltaKey)> {
        let relation = filled.relation.parse().map_err(|error| Error::invalid("relation", format!("{error}")))?;
        Ok((relation, key(&filled.other, "other")?))
    };
    let result = async {
        let (relation, other) = read()?;
        match filled.remove {
            Some(_) => act::relation::remove(&app, &caller, delta, other, Some(relation)).await,
            None => act::relation::put(&app, &caller, delta, other, relation).await,
        }
    };
    let result = result.await.map_err(|error| unseen(error, "other"));
    let said = if filled.remove.is_some() { "The relation is taken away." } else { "They are related now." };
    let sent = if filled.remove.is_some() { BUTTON } else { ("relation", vec![("relation", filled.relation), ("other", filled.other)]) };
    done(&app, &caller, delta, result, said, sent).await
}

/// The key of a delta that was typed.
fn key(text: &str, field: &str) -> Result<DeltaKey> {
    text.trim().parse().map_err(|_| Error::invalid(field, "is not a key such as D-1042"))
}

/// A delta that was typed and is not there is a mistake in its field: the page itself is there.
fn unseen(error: Error, field: &str) -> Error {
    match error.kind() {
        crate::error::Kind::NotFound => Error::invalid(field, "there is no such delta, or you may not see it"),
        _ => error,
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// What to look for: words, or a key.
    #[serde(default)]
    q: String,
}

async fn duplicates(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Query(asked): Query<Asked>) -> Result<Response> {
    show(&app, &caller, delta, asked.q, None).await
}

async fn show(app: &App, caller: &Caller, key: DeltaKey, q: String, refused: Option<Refused>) -> Result<Response> {
    caller.person()?;
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let named = store::delta::named(&mut tx, caller, key).await?;
    let (delta, _) = store::delta::whole(&mut tx, caller, named, now).await?;
    let shell = page::shell(&mut tx, caller, &format!("Duplicates of {key}"), &route::delta(key), false).await?;
    drop(tx);
    let asked = match q.trim() {
        "" => SimilarQuery { title: Some(delta.title.clone()), text: Some(format!("{} {}", delta.desired, delta.actual)), project: None },
        words => SimilarQuery { title: Some(words.chars().take(300).collect()), text: None, project: None },
    };
    let asked = SimilarQuery { text: asked.text.map(|text| text.chars().take(4000).collect()), ..asked };
    let mut found = match q.trim().parse::<DeltaKey>() {
        Ok(named) => {
            let mut tx = app.db.read().await?;
            store::delta::reference(&mut tx, caller, named).await?.into_iter().collect()
        }
        Err(_) if q.contains('\0') => Vec::new(),
        Err(_) => act::search::similar(app, caller, &asked).await?.items.into_iter().map(|one| one.delta).collect(),
    };
    let survivor = delta.resolution.and_then(|ended| ended.duplicate_of);
    let known = |other: &schema::delta::Ref| {
        other.key == key
            || survivor.as_ref().is_some_and(|one| one.key == other.key)
            || delta.duplicates.iter().any(|one| one.key == other.key)
    };
    found.retain(|other| !known(other));
    let view = DuplicatesPage { key, title: delta.title, survivor, open: delta.open, duplicates: delta.duplicates, q, found, refused };
    Ok(page::show(app, shell, || web::page::relation::duplicates(&view)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Marks {
    /// The other delta's key.
    other: String,
    /// `this` is a duplicate of it, `that` one is a duplicate of this, or `undo`.
    way: String,
    #[serde(default)]
    reason: String,
}

async fn mark(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(filled): Form<Marks>) -> Result<Response> {
    let result = async {
        let other = key(&filled.other, "other")?;
        let of = |survivor| PutResolution {
            resolution: Resolution::Duplicate,
            reason: filled.reason.clone(),
            release: None,
            duplicate_of: Some(survivor),
        };
        match filled.way.as_str() {
            "this" => {
                act::resolution::put(&app, &caller, delta, None, of(other)).await.map(|()| format!("{other} stands for {delta} now."))
            }
            "that" => {
                act::resolution::put(&app, &caller, other, None, of(delta)).await.map(|()| format!("{delta} stands for {other} now."))
            }
            "undo" => {
                act::resolution::separate(&app, &caller, other, delta, &filled.reason).await.map(|()| format!("{other} is open again."))
            }
            _ => Err(Error::invalid("way", "must be one of this, that, undo")),
        }
    };
    match result.await.map_err(|error| unseen(error, "other")) {
        Ok(said) => Ok(page::lead(&route::delta(delta), &said)),
        Err(error) => {
            let typed = vec![("other", filled.other), ("reason", filled.reason)];
            page::again(error, async |problem| {
                show(&app, &caller, delta, String::new(), Some(Refused { form: "mark", typed, problem })).await
            })
            .await
        }
    }
}
