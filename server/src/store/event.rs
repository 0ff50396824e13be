//! What happened: written with the change, read by timelines, live streams and charts.

use sea_query::{Expr, ExprTrait, Query};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{Board, Event as Column},
};
use crate::{clock, error::Result, live::Hint};

/// After these somebody may see less than before: streams ask again at once.
const RIGHTS: [&str; 6] = ["org.member", "org.changed", "maintainer.removed", "security.removed", "user.suspended", "token.revoked"];

/// A thing that happened. Fields that do not apply stay empty.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its id. A comment has the id of its event.
    pub id: Uuid,
    /// When.
    pub at: OffsetDateTime,
    /// Noun and verb: `delta.filed`, `task.moved`. The full list is in `docs/ARCHITECTURE.md`.
    pub kind: &'static str,
    /// The person, empty for CI and jobs.
    pub actor: Option<Uuid>,
    /// The project concerned.
    pub project: Option<Uuid>,
    /// The delta concerned: the event is on its timeline.
    pub delta: Option<Uuid>,
    /// The organisation whose own work this is: only who may see that work sees the event.
    pub org: Option<Uuid>,
    /// The task concerned.
    pub task: Option<Uuid>,
    /// The board whose live stream tells it.
    pub board: Option<Uuid>,
    /// What else there is to say.
    pub data: serde_json::Value,
}

impl Event {
    /// An event of a kind, by a person or by none.
    pub fn new(kind: &'static str, at: OffsetDateTime, actor: Option<Uuid>) -> Self {
        Self {
            id: clock::new_id(),
            at,
            kind,
            actor,
            project: None,
            delta: None,
            org: None,
            task: None,
            board: None,
            data: serde_json::Value::Object(Default::default()),
        }
    }

    /// Sets what else there is to say.
    #[must_use]
    pub fn with(mut self, data: serde_json::Value) -> Self {
        self.data = data;
        self
    }
}

impl Tx {
    /// Writes an event. One with a board takes the board's next version, which the stream's readers resume from; the
    /// board's row stays locked until the commit, so that versions appear in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn emit(&mut self, event: Event) -> Result<Option<i64>> {
        let version = match event.board {
            Some(board) => {
                let (version,): (i64,) = self
                    .one(
                        Query::update()
                            .table(Board::Table)
                            .value(Board::Version, Expr::col(Board::Version).add(1))
                            .and_where(Expr::col(Board::Id).eq(board))
                            .returning_col(Board::Version),
                    )
                    .await?;
                self.hint(Hint::Board(board)).await?;
                Some(version)
            }
            None => None,
        };
        if RIGHTS.contains(&event.kind) {
            self.hint(Hint::Rights).await?;
        }
        self.later(
            Query::insert()
                .into_table(Column::Table)
                .columns([
                    Column::Id,
                    Column::At,
                    Column::Kind,
                    Column::ActorId,
                    Column::ProjectId,
                    Column::DeltaId,
                    Column::OrgId,
                    Column::TaskId,
                    Column::BoardId,
                    Column::BoardVersion,
                    Column::Data,
                ])
                .values_panic([
                    event.id.into(),
                    event.at.into(),
                    event.kind.into(),
                    event.actor.into(),
                    event.project.into(),
                    event.delta.into(),
                    event.org.into(),
                    event.task.into(),
                    event.board.into(),
                    version.into(),
                    event.data.into(),
                ]),
        )
        .await?;
        Ok(version)
    }
}
