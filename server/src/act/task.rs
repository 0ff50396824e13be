//! Tasks, their commitments, links and references.

mod link;
mod order;
mod place;
mod promise;

pub use link::{add_reference, link, remove_reference, unlink};
pub use order::put_at;
pub use place::place;
pub use promise::{commit, commit_in, expire, take_over};
use schema::{
    id::{DeltaKey, TaskKey},
    task::{EACH_MAX, LABEL_MAX, NewTask, Priority, TEXT_MAX, TITLE_MAX, Task as View, TaskChange},
};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    attachment::bind,
    board::{self, member},
};
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store::{
        self,
        attachment::Thing,
        board::{card, rank},
        db::Tx,
        event::Event,
        task::{New, Row, link as links},
    },
};

/// The organisations whose tasks are a person's to look over: those they belong to.
///
/// # Errors
/// 401 for guests.
pub fn own_orgs(caller: &Caller) -> Result<Vec<Uuid>> {
    caller.person()?;
    Ok(caller.orgs.iter().map(|member| member.org).collect())
}

/// Writes down a task, at the end of the organisation's order.
///
/// # Errors
/// 403 for viewers, 404 for unknown organisations, 409 where the column is full, 422 with the fields at fault.
pub async fn create(app: &App, caller: &Caller, org: &str, new: &NewTask) -> Result<View> {
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let row = create_in(&mut tx, caller, org, new, now).await?;
    bind(app, &mut tx, caller.actor()?.id, Thing::Task(row.id), &[&row.body]).await?;
    let view = store::task::view(&mut tx, caller, row, now).await?;
    tx.commit().await?;
    Ok(view)
}

/// The same inside a transaction at hand: for acts that write down a task as a part of what they do.
///
/// # Errors
/// As [`create`].
pub async fn create_in(tx: &mut Tx, caller: &Caller, org: &str, new: &NewTask, now: OffsetDateTime) -> Result<Row> {
    let org = board::org(tx, caller, org).await?;
    let user = member(caller, org.id)?.id;
    store::org::lock(tx, org.id).await?;
    let mut check = Check::default();
    check.text(&new.title, "title", 1, TITLE_MAX).text(&new.body, "body", 0, TEXT_MAX);
    check.that(new.estimate.is_none_or(|estimate| (0..=10_000).contains(&estimate)), "estimate", "must be 0 to 10000");
    check_labels(&mut check, &new.labels);
    check.that(new.deltas.len() <= EACH_MAX, "deltas", format!("at most {EACH_MAX}"));
    let (board, column) = spot(tx, org.id, new.board.as_deref(), new.column.as_deref(), &mut check).await?;
    let assignees = people(tx, org.id, &new.assignees, &mut check).await?;
    let mut deltas = Vec::with_capacity(new.deltas.len());
    for (index, link) in new.deltas.iter().enumerate().take(EACH_MAX) {
        match store::delta::find(tx, caller, link.delta).await {
            Ok(delta) => deltas.push((delta, link.relation)),
            Err(error) if error.kind() == crate::error::Kind::NotFound => {
                check.that(false, &format!("deltas[{index}].delta"), "There is no such delta, or you may not see it.");
            }
            Err(error) => return Err(error),
        }
    }
    check.done()?;
    let (board, column) = board.zip(column).ok_or_else(|| Error::invalid("board", "The organisation has no board yet: make one first."))?;
    board::room(tx, &column, now).await?;
    let number = store::task::next_number(tx, org.id).await?;
    let (rank, dealt) = rank::key(tx, org.id, None, rank::Spot::Last).await?;
    let id = store::task::insert(
        tx,
        &New {
            org: org.id,
            number,
            title: new.title.trim(),
            body: &new.body,
            priority: new.priority.unwrap_or(Priority::Normal),
            rank: &rank,
            board: board.id,
            column: column.id,
            estimate: new.estimate,
            due: new.due,
            by: user,
            category: column.category,
        },
        now,
    )
    .await?;
    store::task::set_assignees(tx, id, &assignees).await?;
    store::task::set_labels(tx, id, &tidy(&new.labels)).await?;
    let key = TaskKey { prefix: org.key_prefix.clone(), number };
    let row = store::task::find(tx, caller, &key).await?;
    let after = rank::above(tx, &org.key_prefix, column.id, &rank, card::since(now)).await?;
    tell(tx, &row, "task.created", user, now, json!({ "column": column.slug, "after": after, "title": row.title })).await?;
    for (delta, relation) in deltas {
        link::tie(tx, &row, (delta.id, delta.key()), relation, user, now).await?;
    }
    redealt(tx, &row, dealt, user, now).await?;
    Ok(row)
}

/// Changes a task's own words: title, body, priority, people, labels, what it waits for.
///
/// # Errors
/// 403 for viewers, 404, 412 where `version` is not the current one, 422.
pub async fn change(app: &App, caller: &Caller, key: &TaskKey, version: i64, change: &TaskChange) -> Result<View> {
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let (mut row, user) = held(&mut tx, caller, key).await?;
    if row.version != version {
        return Err(Error::stale("task"));
    }
    let mut check = Check::default();
    let mut changed = Vec::new();
    if let Some(title) = &change.title {
        check.text(title, "title", 1, TITLE_MAX);
        row.title = title.trim().to_owned();
        changed.push("title");
    }
    if let Some(body) = &change.body {
        check.text(body, "body", 0, TEXT_MAX);
        row.body.clone_from(body);
        changed.push("body");
    }
    if let Some(priority) = change.priority {
        row.priority = priority;
        changed.push("priority");
    }
    if let Some(estimate) = change.estimate {
        check.that(estimate.is_none_or(|estimate| (0..=10_000).contains(&estimate)), "estimate", "must be 0 to 10000");
        row.estimate = estimate;
        changed.push("estimate");
    }
    if let Some(due) = change.due {
        row.due = due.map(|day| day.to_string());
        changed.push("due");
    }
    if let Some(labels) = &change.labels {
        check_labels(&mut check, labels);
        changed.push("labels");
    }
    let assignees = match &change.assignees {
        Some(names) => {
            changed.push("assignees");
            Some(people(&mut tx, row.org_id, names, &mut check).await?)
        }
        None => None,
    };
    let blocks = match &change.blocked_by {
        Some(keys) => {
            changed.push("blocked_by");
            Some(blockers(&mut tx, &row, keys, &mut check).await?)
        }
        None => None,
    };
    check.done()?;
    save(&mut tx, &row, version, now).await?;
    bind(app, &mut tx, user, Thing::Task(row.id), &[&row.body]).await?;
    if let Some(labels) = &change.labels {
        store::task::set_labels(&mut tx, row.id, &tidy(labels)).await?;
    }
    if let Some(assignees) = &assignees {
        store::task::set_assignees(&mut tx, row.id, assignees).await?;
    }
    if let Some(blocks) = &blocks {
        store::task::set_blocks(&mut tx, row.id, blocks).await?;
    }
    tell(&mut tx, &row, "task.changed", user, now, json!({ "changed": changed, "priority": row.priority })).await?;
    row.version = version + 1;
    row.updated_at = now;
    let view = store::task::view(&mut tx, caller, row, now).await?;
    tx.commit().await?;
    Ok(view)
}

/// A task for a member of its organisation, whose row is held: order, links and stances of an organisation, and what waits
/// for what, change one after the other. What is written back was read under that lock.
async fn held(tx: &mut Tx, caller: &Caller, key: &TaskKey) -> Result<(Row, Uuid)> {
    let mut row = store::task::find(tx, caller, key).await?;
    let user = member(caller, row.org_id)?.id;
    if store::org::lock(tx, row.org_id).await? {
        row = store::task::find(tx, caller, key).await?;
    }
    Ok((row, user))
}

/// Writes a row back.
///
/// # Errors
/// 412 where `version` is not the current one.
async fn save(tx: &mut Tx, row: &Row, version: i64, now: OffsetDateTime) -> Result<()> {
    if store::task::update(tx, row, version, now).await? { Ok(()) } else { Err(Error::stale("task")) }
}

/// Tells of a task on its board's stream and its timeline. Gives the board's version.
async fn tell(tx: &mut Tx, row: &Row, kind: &'static str, by: Uuid, now: OffsetDateTime, mut data: Value) -> Result<i64> {
    data["key"] = json!(row.key());
    let event = Event::new(kind, now, Some(by)).with(data);
    let event = Event { org: Some(row.org_id), task: Some(row.id), board: Some(row.board_id), ..event };
    Ok(tx.emit(event).await?.unwrap_or_default())
}

/// Tells every board of the organisation that the whole order was dealt out anew.
async fn redealt(tx: &mut Tx, row: &Row, dealt: bool, by: Uuid, now: OffsetDateTime) -> Result<()> {
    if !dealt {
        return Ok(());
    }
    for board in store::board::of_org(tx, row.org_id).await? {
        let event = Event::new("board.changed", now, Some(by)).with(json!({ "board": board.slug, "ranks": true }));
        tx.emit(Event { org: Some(row.org_id), board: Some(board.id), ..event }).await?;
    }
    Ok(())
}

type Spot = (Option<store::board::Row>, Option<store::board::ColumnRow>);

/// The board and column of these slugs; the first where none is named.
async fn spot(tx: &mut Tx, org: Uuid, board: Option<&str>, column: Option<&str>, check: &mut Check) -> Result<Spot> {
    let boards = store::board::of_org(tx, org).await?;
    let found = boards.into_iter().find(|known| board.is_none_or(|slug| known.slug == slug));
    check.that(found.is_some() || board.is_none(), "board", "is no board of this organisation");
    let Some(found) = found else { return Ok((None, None)) };
    let columns = store::board::columns(tx, [found.id]).await?;
    let column = columns.into_iter().find(|known| column.is_none_or(|slug| known.slug == slug));
    check.that(column.is_some(), "column", "is no column of this board");
    Ok((Some(found), column))
}

/// Ids of an organisation's members.
async fn people(tx: &mut Tx, org: Uuid, names: &[String], check: &mut Check) -> Result<Vec<Uuid>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    check.that(names.len() <= EACH_MAX, "assignees", format!("at most {EACH_MAX}"));
    let members = links::members(tx, org).await?;
    let mut ids = Vec::new();
    for (index, name) in names.iter().enumerate().take(EACH_MAX) {
        let found = members.iter().find(|(_, known, _)| known == name);
        check.that(found.is_some(), &format!("assignees[{index}]"), format!("{name} is no member of this organisation"));
        ids.extend(found.map(|(id, ..)| *id).filter(|id| !ids.contains(id)));
    }
    Ok(ids)
}

/// Ids of the tasks that a task shall wait for: of its own organisation, and none that waits for it.
async fn blockers(tx: &mut Tx, row: &Row, keys: &[TaskKey], check: &mut Check) -> Result<Vec<Uuid>> {
    check.that(keys.len() <= EACH_MAX, "blocked_by", format!("at most {EACH_MAX}"));
    let own: Vec<i64> = keys.iter().filter(|key| key.prefix == row.key_prefix).map(|key| key.number).take(EACH_MAX).collect();
    let found = store::task::ids(tx, row.org_id, &own).await?;
    for (index, key) in keys.iter().enumerate().take(EACH_MAX) {
        let known = key.prefix == row.key_prefix && found.iter().any(|(_, number)| *number == key.number);
        check.that(known, &format!("blocked_by[{index}]"), format!("{key} is no task of this organisation"));
    }
    let ids: Vec<Uuid> = found.into_iter().map(|(id, _)| id).collect();
    let circle = links::waits_for(tx, row.id, &ids).await?;
    check.that(!circle, "blocked_by", "one of these waits, directly or over others, for this task itself");
    Ok(ids)
}

fn check_labels(check: &mut Check, labels: &[String]) {
    check.that(labels.len() <= EACH_MAX, "labels", format!("at most {EACH_MAX}"));
    for (index, label) in labels.iter().enumerate().take(EACH_MAX) {
        check.text(label, &format!("labels[{index}]"), 1, LABEL_MAX);
    }
}

/// Labels trimmed, each once.
fn tidy(labels: &[String]) -> Vec<String> {
    let mut labels: Vec<String> = labels.iter().map(|label| label.trim().to_owned()).collect();
    labels.sort();
    labels.dedup();
    labels
}

/// A delta in an event's data.
fn named(key: DeltaKey) -> Value {
    json!(key)
}
