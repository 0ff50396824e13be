//! Failure groups and the deltas that explain them.

mod draft;

use std::collections::HashMap;

use schema::{
    ci::{FailureGroup, FailureGroupDetail, FileDelta, Filed, GroupDelta},
    delta::{TEXT_MAX, TITLE_MAX, Visibility},
    id::DeltaKey,
    route,
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::project::maintainer;
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::Check,
    store::{
        self,
        db::Tx,
        event::Event,
        failure::{GroupRow, Link, Unlink},
    },
};

/// Groups as a caller may see them.
///
/// # Errors
/// When the database does not answer.
pub async fn views(tx: &mut Tx, caller: &Caller, rows: Vec<GroupRow>, now: OffsetDateTime) -> Result<Vec<FailureGroup>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut counts = store::failure::counts(tx, &ids, now).await?;
    let mut deltas: HashMap<Uuid, Vec<GroupDelta>> = HashMap::new();
    for shown in store::failure::links_shown(tx, caller, &ids).await? {
        deltas.entry(shown.of).or_default().push(GroupDelta { delta: shown.delta(), signature: shown.query });
    }
    let view = |row: GroupRow| {
        let (days, jobs) = counts.remove(&row.id).unwrap_or_else(|| (vec![0; schema::ci::DAYS], 0));
        FailureGroup {
            deltas: deltas.remove(&row.id).unwrap_or_default(),
            id: row.id,
            project: row.slug,
            test: row.test,
            message: row.message,
            failures: row.failures,
            jobs,
            days,
            explained: row.explained,
            first_seen: row.first_seen,
            last_seen: row.last_seen,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// A group with its newest failures.
///
/// # Errors
/// 404 when there is none.
pub async fn detail(tx: &mut Tx, caller: &Caller, group: Uuid, now: OffsetDateTime) -> Result<(FailureGroupDetail, Uuid)> {
    let row = store::failure::find(tx, group).await?;
    let project = row.project_id;
    let newest = store::failure::newest(tx, group).await?;
    let suggestion = newest.first().map(|failure| draft::signature(&row.test, &failure.message)).unwrap_or_default();
    let group = views(tx, caller, vec![row], now).await?.pop().ok_or_else(|| Error::not_found("failure group"))?;
    Ok((FailureGroupDetail { group, newest, suggestion }, project))
}

/// Puts a delta behind a group by hand. Saying it again changes nothing.
///
/// # Errors
/// 401 and 403 for all but the project's maintainers; 422 for a delta that is not there or not the caller's to see.
pub async fn link(app: &App, caller: &Caller, group: Uuid, delta: DeltaKey) -> Result<()> {
    let mut tx = app.db.write().await?;
    let group = held(&mut tx, caller, group).await?;
    let row = store::delta::find(&mut tx, caller, delta).await.map_err(|error| match error.kind() {
        Kind::NotFound => Error::invalid("delta", "there is no such delta, or you may not see it"),
        _ => error,
    })?;
    tie(app, &mut tx, caller, &group, row.id).await?;
    tx.commit().await
}

async fn tie(app: &App, tx: &mut Tx, caller: &Caller, group: &GroupRow, delta: Uuid) -> Result<()> {
    let now = app.clock.now();
    // What is counted of it anew would else miss a run that comes in meanwhile.
    store::delta::lock(tx, delta).await?;
    let links = [Link { group: group.id, delta, signature: None }];
    if store::failure::link(tx, &links, caller.user_id(), now).await? > 0 {
        store::failure::attribute_stored(tx, &links).await?;
        let event = Event::new("failures.linked", now, caller.user_id()).with(json!({ "group": group.id, "test": group.test }));
        tx.emit(Event { delta: Some(delta), project: Some(group.project_id), ..event }).await?;
    }
    Ok(())
}

/// Takes deltas away from a group: one, or all that the caller may see.
///
/// # Errors
/// 401 and 403 for all but the project's maintainers; 404 where the delta does not stand behind the group.
pub async fn unlink(app: &App, caller: &Caller, group: Uuid, delta: Option<DeltaKey>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let group = held(&mut tx, caller, group).await?;
    let mut shown = store::failure::links_shown(&mut tx, caller, &[group.id]).await?;
    shown.retain(|shown| delta.is_none_or(|key| shown.delta().key == key));
    if shown.is_empty() {
        return Err(Error::not_found("link"));
    }
    let now = app.clock.now();
    // As in `tie`; all at once, in the order in which everybody holds several.
    store::impact::lock(&mut tx, &shown.iter().map(|shown| shown.id).collect::<Vec<_>>()).await?;
    for shown in shown {
        store::failure::unlink(&mut tx, Unlink::Group(group.id, shown.id)).await?;
        let event = Event::new("failures.unlinked", now, caller.user_id()).with(json!({ "group": group.id, "test": group.test }));
        tx.emit(Event { delta: Some(shown.id), project: Some(group.project_id), ..event }).await?;
    }
    tx.commit().await
}

/// Files a delta from a group and puts it behind it, in one step. What is not given is worked out from the newest failure.
///
/// # Errors
/// 401 and 403 for all but the project's maintainers; 422 for wrong text.
pub async fn file(app: &App, caller: &Caller, group: Uuid, given: FileDelta) -> Result<Filed> {
    let mut tx = app.db.write().await?;
    let group = held(&mut tx, caller, group).await?;
    let newest = store::failure::newest(&mut tx, group.id).await?;
    let (message, details) = newest.first().map_or(("", ""), |failure| (&failure.message, &failure.details));
    let kind = given.kind.unwrap_or_else(|| draft::kind(message, details));
    let title = given.title.unwrap_or_else(|| draft::title(&group.test, &group.message)).trim().to_owned();
    let desired = given.desired.unwrap_or_else(|| draft::desired(&group.test));
    let actual = given.actual.unwrap_or_else(|| draft::actual(&group.test, message, details));
    let mut check = Check::default();
    check.text(&title, "title", 1, TITLE_MAX).that(!title.contains(['\n', '\r']), "title", "must be one line");
    check.text(&desired, "desired", 1, TEXT_MAX).text(&actual, "actual", 1, TEXT_MAX).done()?;
    let reporter = caller.actor()?.id;
    let now = app.clock.now();
    let new = act::delta::New {
        kind,
        title,
        desired,
        actual,
        body: String::new(),
        reporter,
        visibility: given.visibility.unwrap_or(Visibility::Public),
        places: vec![(group.project_id, Vec::new())],
    };
    let row = act::delta::insert(&mut tx, now, new).await?;
    act::consensus::anew(&mut tx, &row, now).await?;
    tie(app, &mut tx, caller, &group, row.id).await?;
    store::failure::seen(&mut tx, &[row.id], group.last_seen).await?;
    tx.commit().await?;
    let url = format!("{}{}", app.config.base_url, route::delta(row.key()));
    Ok(Filed { delta: row.key(), url, suggestion: draft::signature(&group.test, message) })
}

/// A group locked for one of its project's maintainers.
async fn held(tx: &mut Tx, caller: &Caller, group: Uuid) -> Result<GroupRow> {
    let row = store::failure::find(tx, group).await?;
    let project = store::project::find(tx, &row.slug).await?;
    maintainer(caller, &project)?;
    store::project::lock(tx, &row.slug).await?;
    store::failure::lock(tx, row.id).await?;
    Ok(row)
}
