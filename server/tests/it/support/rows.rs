//! Rows written straight into the database: what a test needs to stand there, and is not about.

use sea_query::{Expr, ExprTrait, Query};
use serde_json::json;
use server::{
    clock,
    store::table::{Board, BoardColumn, Delta, Link, Org, Place, Project, Task, User},
};
use uuid::Uuid;

use super::TestApp;

/// A delta to be there.
pub struct NewDelta<'a> {
    pub project: &'a str,
    pub kind: &'a str,
    pub title: &'a str,
    pub impact: i64,
    pub private: bool,
}

/// A task to be there, linked to a delta.
pub struct NewTask<'a> {
    pub org: &'a str,
    pub number: i64,
    pub rank: &'a str,
    pub priority: &'a str,
    pub commitment: &'a str,
    pub target: Option<&'a str>,
    pub moves: i64,
}

impl TestApp {
    async fn id(&self, select: &sea_query::SelectStatement) -> Option<Uuid> {
        let mut tx = self.app.db.read().await.expect("a connection");
        tx.optional::<(Uuid,)>(select).await.expect("an answer").map(|(id,)| id)
    }

    /// A delta in a project (made when it is new), reported by `reporter`; gives its key.
    pub async fn delta_row(&self, reporter: &str, new: NewDelta<'_>) -> String {
        let NewDelta { project, kind, title, impact, private } = new;
        let reporter = self.id(Query::select().column(User::Id).from(User::Table).and_where(Expr::col(User::Name).eq(reporter))).await;
        let known = self.id(Query::select().column(Project::Id).from(Project::Table).and_where(Expr::col(Project::Slug).eq(project))).await;
        let (id, now) = (clock::new_id(), self.app.clock.now());
        let mut tx = self.app.db.write().await.expect("a transaction");
        let project_id = known.unwrap_or_else(clock::new_id);
        if known.is_none() {
            let values = [project_id.into(), project.into(), project.into(), now.into()];
            let mut insert = Query::insert();
            insert.into_table(Project::Table).columns([Project::Id, Project::Slug, Project::Name, Project::CreatedAt]).values_panic(values);
            tx.run(&insert).await.expect("a project");
        }
        let mut insert = Query::insert();
        insert
            .into_table(Delta::Table)
            .columns([
                Delta::Id,
                Delta::Kind,
                Delta::Title,
                Delta::Desired,
                Delta::Actual,
                Delta::ReporterId,
                Delta::Visibility,
                Delta::Impact,
                Delta::CreatedAt,
                Delta::UpdatedAt,
            ])
            .values_panic([
                id.into(),
                kind.into(),
                title.into(),
                "It works.".into(),
                "It does not.".into(),
                reporter.into(),
                if private { "private" } else { "public" }.into(),
                impact.into(),
                now.into(),
                now.into(),
            ])
            .returning_col(Delta::Number);
        let (number,): (i64,) = tx.one(&insert).await.expect("a delta");
        let mut insert = Query::insert();
        insert
            .into_table(Place::Table)
            .columns([Place::Id, Place::DeltaId, Place::ProjectId, Place::Number, Place::Open, Place::Impact, Place::UpdatedAt])
            .values_panic([clock::new_id().into(), id.into(), project_id.into(), number.into(), true.into(), impact.into(), now.into()]);
        tx.run(&insert).await.expect("a place");
        tx.commit().await.expect("kept");
        format!("D-{number}")
    }

    /// The inside id of a delta.
    pub async fn delta_id(&self, key: &str) -> Uuid {
        let number: i64 = key[2..].parse().expect("a delta's key");
        self.id(Query::select().column(Delta::Id).from(Delta::Table).and_where(Expr::col(Delta::Number).eq(number))).await.expect("a delta")
    }

    /// The inside id of an organisation.
    pub async fn org_id(&self, slug: &str) -> Uuid {
        self.id(Query::select().column(Org::Id).from(Org::Table).and_where(Expr::col(Org::Slug).eq(slug))).await.expect("an organisation")
    }

    /// Impact of a delta, as if votes had made it so.
    pub async fn set_impact(&self, key: &str, impact: i64) {
        let number: i64 = key[2..].parse().expect("a delta's key");
        let mut tx = self.app.db.write().await.expect("a transaction");
        let mut update = Query::update();
        update.table(Delta::Table).value(Delta::Impact, impact).and_where(Expr::col(Delta::Number).eq(number));
        tx.run(&update).await.expect("changed");
        tx.commit().await.expect("kept");
    }

    /// A task linked to a delta, on the organisation's board `work` (made when it is new), in its column "In progress".
    pub async fn task_row(&self, delta: &str, new: NewTask<'_>) {
        let (org, delta) = (self.org_id(new.org).await, self.delta_id(delta).await);
        let board = self.id(Query::select().column(Board::Id).from(Board::Table).and_where(Expr::col(Board::OrgId).eq(org))).await;
        let (board_id, now) = (board.unwrap_or_else(clock::new_id), self.app.clock.now());
        let mut tx = self.app.db.write().await.expect("a transaction");
        let column = match board {
            Some(board) => {
                let mut select = Query::select();
                select.column(BoardColumn::Id).from(BoardColumn::Table).and_where(Expr::col(BoardColumn::BoardId).eq(board));
                tx.one::<(Uuid,)>(&select).await.expect("a column").0
            }
            None => {
                let column = clock::new_id();
                let mut insert = Query::insert();
                insert
                    .into_table(Board::Table)
                    .columns([Board::Id, Board::OrgId, Board::Slug, Board::Name, Board::CreatedAt])
                    .values_panic([board_id.into(), org.into(), "work".into(), "Work".into(), now.into()]);
                tx.run(&insert).await.expect("a board");
                let mut insert = Query::insert();
                insert
                    .into_table(BoardColumn::Table)
                    .columns([
                        BoardColumn::Id,
                        BoardColumn::BoardId,
                        BoardColumn::Slug,
                        BoardColumn::Name,
                        BoardColumn::Category,
                        BoardColumn::Position,
                    ])
                    .values_panic([column.into(), board_id.into(), "doing".into(), "In progress".into(), "doing".into(), 0i64.into()]);
                tx.run(&insert).await.expect("a column");
                column
            }
        };
        let task = clock::new_id();
        let mut insert = Query::insert();
        insert
            .into_table(Task::Table)
            .columns([
                Task::Id,
                Task::OrgId,
                Task::Number,
                Task::Title,
                Task::Priority,
                Task::Rank,
                Task::BoardId,
                Task::ColumnId,
                Task::Commitment,
                Task::TargetRelease,
                Task::Moves,
                Task::CreatedAt,
                Task::UpdatedAt,
            ])
            .values_panic([
                task.into(),
                org.into(),
                new.number.into(),
                "Secret plan".into(),
                new.priority.into(),
                new.rank.into(),
                board_id.into(),
                column.into(),
                new.commitment.into(),
                new.target.into(),
                new.moves.into(),
                now.into(),
                now.into(),
            ]);
        tx.run(&insert).await.expect("a task");
        let mut insert = Query::insert();
        insert.into_table(Link::Table).columns([Link::TaskId, Link::DeltaId, Link::Relation, Link::LinkedAt]).values_panic([
            task.into(),
            delta.into(),
            "resolves".into(),
            now.into(),
        ]);
        tx.run(&insert).await.expect("a link");
        server::act::triage::take(&mut tx, now, None, org, delta).await.expect("taken");
        tx.commit().await.expect("kept");
    }

    /// "Who has committed" to a delta, as a person (or nobody) sees it.
    pub async fn standings(&self, name: Option<&str>, delta: &str) -> serde_json::Value {
        let id = self.delta_id(delta).await;
        let user = match name {
            Some(name) => self.id(Query::select().column(User::Id).from(User::Table).and_where(Expr::col(User::Name).eq(name))).await,
            None => None,
        };
        let mut tx = self.app.db.read().await.expect("a connection");
        let caller = match user {
            Some(user) => server::caller::Caller::new(server::store::user::who(&mut tx, user).await.expect("an answer").expect("a person")),
            None => server::caller::Caller::default(),
        };
        let mut found = server::store::triage::standings(&mut tx, &caller, &[id]).await.expect("standings");
        json!(found.remove(&id).unwrap_or_default())
    }
}
