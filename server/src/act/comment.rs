//! Comments: anybody who is signed in and sees a delta may write one, and change their own.

use schema::{delta::TEXT_MAX, id::DeltaKey, timeline::PutComment};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store::{self, comment::Row as Comment, db::Tx, event::Event},
};

/// Adds a comment: its row and count, its event, its words. No permission is asked: commenting and an import have asked
/// before. The search learns of it by `store::search::add_comment`, or of all of them by `put_comments`.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, delta: Uuid, author: Uuid, body: &str, at: OffsetDateTime) -> Result<Uuid> {
    let event = Event { delta: Some(delta), ..Event::new("comment.added", at, Some(author)) };
    let id = event.id;
    store::comment::insert(tx, delta, id, author, body, at).await?;
    tx.emit(event).await?;
    Ok(id)
}

/// Writes a comment.
///
/// # Errors
/// 401 for guests; 404 for a delta they may not see; 422 for an empty or too long text.
pub async fn add(app: &App, caller: &Caller, key: DeltaKey, put: PutComment) -> Result<Comment> {
    let user = caller.actor()?;
    Check::default().text(&put.body, "body", 1, TEXT_MAX).done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    store::delta::touch(&mut tx, row.id, now).await?;
    let id = insert(&mut tx, row.id, user.id, &put.body, now).await?;
    store::search::add_comment(&mut tx, row.number, &put.body).await?;
    let comment = store::comment::find(&mut tx, row.id, id).await?;
    tx.commit().await?;
    Ok(comment)
}

/// Changes one's own comment.
///
/// # Errors
/// 401 for guests, 403 for others' comments, 404 for what they may not see, 422 for an empty or too long text.
pub async fn edit(app: &App, caller: &Caller, key: DeltaKey, id: Uuid, put: PutComment) -> Result<Comment> {
    let user = caller.actor()?;
    Check::default().text(&put.body, "body", 1, TEXT_MAX).done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let comment = store::comment::find(&mut tx, row.id, id).await?;
    if comment.author_id != user.id {
        return Err(Error::forbidden("Only its author may change a comment."));
    }
    store::delta::touch(&mut tx, row.id, now).await?;
    store::comment::update(&mut tx, id, &put.body, now).await?;
    let all = store::comment::text(&mut tx, row.id).await?;
    store::search::put_comments(&mut tx, row.number, &all).await?;
    tx.commit().await?;
    Ok(Comment { body: put.body, edited_at: Some(now), ..comment })
}
