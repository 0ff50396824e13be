//! Comments: anybody who is signed in and sees a delta may write one, and change their own, unless the discussion is locked.

mod moderate;

use schema::{
    delta::TEXT_MAX,
    id::DeltaKey,
    timeline::{PutComment, PutTick},
};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

pub use self::moderate::{delete, lock, minimise};
use super::{attachment::bind, delta::maintains};
use crate::{
    app::App,
    caller::{Caller, User},
    error::{Error, Kind, Result},
    extract::Check,
    markdown,
    store::{self, attachment::Thing, comment::Row as Comment, db::Tx, delta::Row, event::Event},
};

/// How long an account is new.
const NEW: Duration = Duration::DAY;
/// What a new account may do so often is counted over.
const SPAN: Duration = Duration::HOUR;
/// How often a new account changes its comments for each that it may write: of a list the tasks are ticked one by one.
const CHANGES: i32 = 10;

/// Adds a comment: its row and count, its event, its words. No permission is asked: commenting and an import have asked
/// before. The search learns of it by `store::search::add_comment`, or of all of them by `put_comments`.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, delta: Uuid, author: Uuid, body: &str, at: OffsetDateTime) -> Result<Uuid> {
    insert_with(tx, delta, author, body, at, serde_json::Value::Object(Default::default())).await
}

/// The same, where there is something to say of it besides: what it is a comment on.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_with(tx: &mut Tx, delta: Uuid, author: Uuid, body: &str, at: OffsetDateTime, data: serde_json::Value) -> Result<Uuid> {
    let event = Event { delta: Some(delta), ..Event::new("comment.added", at, Some(author)) }.with(data);
    let id = event.id;
    store::comment::insert(tx, delta, id, author, body, at).await?;
    tx.emit(event).await?;
    Ok(id)
}

/// Writes a comment.
///
/// # Errors
/// 401 for guests; 403 in a locked discussion, but for maintainers; 404 for a delta they may not see; 422 for an empty or too long
/// text; 429 for a new account that wrote too many.
pub async fn add(app: &App, caller: &Caller, key: DeltaKey, put: PutComment) -> Result<Comment> {
    let user = caller.actor()?;
    Check::default().text(&put.body, "body", 1, TEXT_MAX).done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    allowed(app, &mut tx, caller, &row, now).await?;
    store::delta::touch(&mut tx, row.id, now).await?;
    let id = insert(&mut tx, row.id, user.id, &put.body, now).await?;
    written(app, &mut tx, user, &row, (id, &put.body), now).await?;
    let comment = store::comment::find(&mut tx, row.id, id).await?;
    tx.commit().await?;
    Ok(comment)
}

/// What a new comment brings with it: its files, whom it names, its words for the search.
///
/// # Errors
/// 409 where the files of a delta become too many.
pub(super) async fn written(app: &App, tx: &mut Tx, user: &User, row: &Row, (id, body): (Uuid, &str), now: OffsetDateTime) -> Result<()> {
    bind(app, tx, user.id, Thing::Comment(row.id, id), &[body]).await?;
    mention(tx, id, user, body, now).await?;
    store::search::add_comment(tx, row.number, body).await
}

/// Whether the caller may write a comment now.
///
/// # Errors
/// 401 for guests; 403 in a locked discussion, but for maintainers; 429 for a new account that wrote too many.
pub(super) async fn allowed(app: &App, tx: &mut Tx, caller: &Caller, row: &Row, now: OffsetDateTime) -> Result<()> {
    unlocked(tx, caller, row).await?;
    not_too_often(app, tx, caller, caller.actor()?, ("comment", "comments"), now).await
}

/// In a locked discussion only maintainers of the delta's projects write.
///
/// # Errors
/// 403 for everybody else.
pub(super) async fn unlocked(tx: &mut Tx, caller: &Caller, row: &Row) -> Result<()> {
    if row.locked_at.is_none() || maintains(tx, caller, row).await? {
        return Ok(());
    }
    let because = if row.lock_reason.is_empty() { String::new() } else { format!(" ({})", row.lock_reason) };
    Err(Error::forbidden(format!("This discussion is locked{because}: only maintainers write in it. Nothing was kept.")))
}

/// New accounts that nobody has taken into a project or an organisation write a few comments an hour, and bring as many files and deltas. `what` is one of them,
/// and many.
///
/// # Errors
/// 429 with `Retry-After`.
pub(super) async fn not_too_often(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    user: &User,
    said: (&str, &str),
    now: OffsetDateTime,
) -> Result<()> {
    within(app, tx, caller, (user, app.config.newcomer_comments), said, now).await
}

/// The same, of what a new account does at most so often an hour; 0 is as often as it likes.
async fn within(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    (user, most): (&User, i32),
    (what, many): (&str, &str),
    now: OffsetDateTime,
) -> Result<()> {
    if most == 0 || user.is_admin || !caller.maintains.is_empty() || !caller.orgs.is_empty() {
        return Ok(());
    }
    if now - store::user::since(tx, user.id).await? >= NEW {
        return Ok(());
    }
    match app.limits.wait(&format!("{what}:{}", user.id), most, SPAN, now) {
        0 => Ok(()),
        seconds => {
            let minutes = seconds.div_ceil(60);
            let words = format!("New accounts send at most {most} {many} an hour. Nothing was kept; try again in {minutes} min.");
            Err(Error::new(Kind::TooMany, words).retry_after(seconds))
        }
    }
}

/// Notes whom a text names; nobody names themselves, or those who are named in what is quoted.
async fn mention(tx: &mut Tx, comment: Uuid, author: &User, body: &str, now: OffsetDateTime) -> Result<()> {
    let names = markdown::addressed(body);
    let names: Vec<&str> = names.iter().map(String::as_str).filter(|name| *name != author.name).collect();
    let people: Vec<Uuid> = store::user::by_names(tx, &names).await?.into_values().collect();
    store::comment::mention(tx, comment, &people, now).await
}

/// Changes one's own comment, of the version seen where one is given; the text it had is kept.
///
/// # Errors
/// 401 for guests, 403 for others' comments and in a locked discussion, 404 for what they may not see, 412 when it was changed
/// meanwhile, 422 for an empty or too long text, 429 for a new account that changed too much.
pub async fn edit(app: &App, caller: &Caller, key: DeltaKey, id: Uuid, version: Option<i64>, put: PutComment) -> Result<Comment> {
    caller.actor()?;
    Check::default().text(&put.body, "body", 1, TEXT_MAX).done()?;
    change(app, caller, key, id, version, |_| Ok(put.body)).await
}

/// Ticks the `nth` task of one's own comment (from 1), or takes the tick away, of the version seen. It is a change like any other.
///
/// # Errors
/// As [`edit`]; 404 where it has no such task.
pub async fn tick(app: &App, caller: &Caller, key: DeltaKey, id: Uuid, version: i64, (nth, put): (usize, PutTick)) -> Result<Comment> {
    change(app, caller, key, id, Some(version), |body| {
        markdown::ticked(body, nth, put.done).ok_or_else(|| Error::not_found("task in this comment"))
    })
    .await
}

/// Gives one's own comment the text that is made of the one it has.
async fn change(
    app: &App,
    caller: &Caller,
    key: DeltaKey,
    id: Uuid,
    version: Option<i64>,
    text: impl FnOnce(&str) -> Result<String> + Send,
) -> Result<Comment> {
    let user = caller.actor()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let comment = store::comment::find(&mut tx, row.id, id).await?;
    if comment.author_id != user.id {
        return Err(Error::forbidden("Only its author may change a comment."));
    }
    unlocked(&mut tx, caller, &row).await?;
    if version.is_some_and(|version| version != comment.version) {
        return Err(Error::stale("comment"));
    }
    let body = text(&comment.body)?;
    if body == comment.body {
        return Ok(comment);
    }
    let most = app.config.newcomer_comments.saturating_mul(CHANGES);
    within(app, &mut tx, caller, (user, most), ("change", "changes of comments"), now).await?;
    store::delta::touch(&mut tx, row.id, now).await?;
    store::comment::update(&mut tx, &comment, &body, now).await?;
    bind(app, &mut tx, user.id, Thing::Comment(row.id, id), &[&body]).await?;
    mention(&mut tx, id, user, &body, now).await?;
    let all = store::comment::text(&mut tx, row.id).await?;
    store::search::put_comments(&mut tx, row.number, &all).await?;
    let event = Event { delta: Some(row.id), ..Event::new("comment.edited", now, Some(user.id)) };
    tx.emit(event.with(json!({ "comment": id }))).await?;
    tx.commit().await?;
    Ok(Comment { body, edited_at: Some(now), version: comment.version + 1, ..comment })
}
