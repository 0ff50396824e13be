//! What one person stated about a delta, and when.

use schema::impact::Statement;
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    error::Result,
    store::{
        db::Tx,
        table::{Event, Vote},
    },
};

/// Most statements that are told.
const MOST: u64 = 100;

#[derive(FromRow)]
struct Row {
    at: OffsetDateTime,
    kind: String,
    data: sqlx::types::Json<serde_json::Value>,
}

/// A person's vote on a delta now, and their last hundred statements, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn mine(tx: &mut Tx, delta: Uuid, user: Uuid) -> Result<schema::impact::Mine> {
    let mut vote = Query::select();
    vote.column(Vote::Severity).from(Vote::Table).and_where(Expr::col(Vote::DeltaId).eq(delta));
    vote.and_where(Expr::col(Vote::UserId).eq(user));
    let severity = tx.optional::<(i64,)>(&vote).await?.map(|(severity,)| severity);
    let mut events = Query::select();
    events
        .columns([Event::At, Event::Kind, Event::Data])
        .from(Event::Table)
        .and_where(Expr::col(Event::DeltaId).eq(delta))
        .and_where(Expr::col(Event::ActorId).eq(user))
        // In the words of the index that serves this.
        .and_where(Expr::cust("kind IN ('impact.voted', 'impact.withdrawn', 'impact.confirmed')"))
        .order_by(Event::Id, Order::Desc)
        .limit(MOST);
    let mut history: Vec<Statement> = tx.all::<Row>(&events).await?.into_iter().map(statement).collect();
    history.reverse();
    Ok(schema::impact::Mine { severity, history })
}

fn statement(row: Row) -> Statement {
    Statement {
        at: row.at,
        what: row.kind.trim_start_matches("impact.").to_owned(),
        severity: row.data.get("severity").and_then(serde_json::Value::as_i64),
        release: row.data.get("release").and_then(|name| name.as_str().map(str::to_owned)),
    }
}
