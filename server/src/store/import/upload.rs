//! Imports that were brought as a file: what they are, how far, and what became of them.

use schema::{
    import::{Import as View, ImportState, Report, Tracker},
    user::Person,
};
use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    caller::Caller,
    error::{Error, Result},
    store::{
        cursor,
        db::Tx,
        run::cut,
        table::{Import, Project, User},
    },
};

/// An import as it is stored, without its report.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Upload {
    pub id: Uuid,
    pub project_id: Uuid,
    pub user_id: Uuid,
    pub org_id: Option<Uuid>,
    #[sqlx(try_from = "String")]
    pub tracker: Tracker,
    pub site: String,
    pub file: String,
    pub file_id: Option<Uuid>,
    pub size: i64,
    pub dry_run: bool,
    #[sqlx(try_from = "String")]
    pub state: ImportState,
    #[sqlx(flatten)]
    pub numbers: Numbers,
    pub detail: String,
    pub tries: i64,
    pub created_at: OffsetDateTime,
    pub started_at: Option<OffsetDateTime>,
    pub finished_at: Option<OffsetDateTime>,
    /// The project's slug.
    pub project: String,
    /// Handle of who brought it.
    pub uploader: String,
    /// Their name.
    pub uploader_name: String,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Numbers {
    pub read: i64,
    pub added: i64,
    pub changed: i64,
    pub unchanged: i64,
    pub refused: i64,
    pub percent: i64,
}

impl Upload {
    /// As this caller sees it, without its report.
    pub fn view(self, caller: &Caller) -> View {
        let org = caller.orgs.iter().find(|member| Some(member.org) == self.org_id).map(|member| member.slug.clone());
        let Numbers { read, added, changed, unchanged, refused, percent } = self.numbers;
        View {
            id: self.id,
            project: self.project,
            tracker: self.tracker,
            file: self.file,
            size: self.size,
            kept: self.file_id.is_some(),
            url: self.site,
            org,
            dry_run: self.dry_run,
            state: self.state,
            detail: self.detail,
            read,
            added,
            changed,
            unchanged,
            refused,
            percent,
            by: Person { name: self.uploader, display_name: self.uploader_name },
            created_at: self.created_at,
            started_at: self.started_at,
            finished_at: self.finished_at,
            report: None,
        }
    }
}

/// Imports with their project and who brought them.
pub(super) fn rows() -> SelectStatement {
    Query::select()
        .columns(
            [
                Import::Id,
                Import::ProjectId,
                Import::UserId,
                Import::OrgId,
                Import::Tracker,
                Import::Site,
                Import::File,
                Import::FileId,
                Import::Size,
                Import::DryRun,
                Import::State,
                Import::Read,
                Import::Added,
                Import::Changed,
                Import::Unchanged,
                Import::Refused,
                Import::Percent,
                Import::Detail,
                Import::Tries,
                Import::CreatedAt,
                Import::StartedAt,
                Import::FinishedAt,
            ]
            .map(|column| (Import::Table, column)),
        )
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((User::Table, User::Name)), "uploader")
        .expr_as(Expr::col((User::Table, User::DisplayName)), "uploader_name")
        .from(Import::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Import::Table, Import::ProjectId)))
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((Import::Table, Import::UserId)))
        .take()
}

/// An import to note.
#[derive(Debug)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct New<'a> {
    pub id: Uuid,
    pub project: Uuid,
    pub user: Uuid,
    pub org: Option<Uuid>,
    pub tracker: Tracker,
    pub site: &'a str,
    pub file: &'a str,
    pub file_id: Uuid,
    pub size: i64,
    pub dry_run: bool,
}

/// Notes an import that waits for its turn; its file is kept already.
///
/// # Errors
/// [`Error::is_taken`] while the project has another that has not ended.
pub async fn insert(tx: &mut Tx, new: &New<'_>, now: OffsetDateTime) -> Result<()> {
    let mut insert = Query::insert();
    insert
        .into_table(Import::Table)
        .columns([
            Import::Id,
            Import::ProjectId,
            Import::UserId,
            Import::OrgId,
            Import::Tracker,
            Import::Site,
            Import::File,
            Import::FileId,
            Import::Size,
            Import::DryRun,
            Import::State,
            Import::CreatedAt,
        ])
        .values_panic([
            new.id.into(),
            new.project.into(),
            new.user.into(),
            new.org.into(),
            new.tracker.as_str().into(),
            new.site.into(),
            new.file.into(),
            new.file_id.into(),
            new.size.into(),
            new.dry_run.into(),
            ImportState::Waiting.as_str().into(),
            now.into(),
        ]);
    tx.run(&insert).await.map(drop)
}

/// Whether a project has an import that has not ended.
///
/// # Errors
/// When the database does not answer.
pub async fn busy(tx: &mut Tx, project: Uuid) -> Result<bool> {
    let mut select = Query::select();
    select
        .column(Import::Id)
        .from(Import::Table)
        .and_where(Expr::col(Import::ProjectId).eq(project))
        .and_where(Expr::col(Import::State).is_in([ImportState::Waiting.as_str(), ImportState::Running.as_str()]))
        .limit(1);
    Ok(tx.optional::<(Uuid,)>(&select).await?.is_some())
}

/// An import of a project.
///
/// # Errors
/// 404 where there is none.
pub async fn find(tx: &mut Tx, project: Uuid, id: Uuid) -> Result<Upload> {
    let mut select = rows();
    select.and_where(Expr::col((Import::Table, Import::Id)).eq(id)).and_where(Expr::col((Import::Table, Import::ProjectId)).eq(project));
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("import"))
}

/// An import's report; none while there is none.
///
/// # Errors
/// When the database does not answer.
pub async fn report(tx: &mut Tx, id: Uuid) -> Result<Option<Report>> {
    let mut select = Query::select();
    select.column(Import::Report).from(Import::Table).and_where(Expr::col(Import::Id).eq(id));
    let (text,): (String,) = tx.one(&select).await?;
    if text.is_empty() { Ok(None) } else { Ok(Some(serde_json::from_str(&text)?)) }
}

/// A project's imports, newest first, and where the list goes on.
///
/// # Errors
/// 422 for a bad cursor.
pub async fn page(tx: &mut Tx, project: Uuid, cursor: Option<&str>, limit: i64) -> Result<(Vec<Upload>, Option<String>)> {
    let mut select = rows();
    select
        .and_where(Expr::col((Import::Table, Import::ProjectId)).eq(project))
        .order_by((Import::Table, Import::Id), Order::Desc)
        .limit(limit.unsigned_abs() + 1);
    if let Some(cursor) = cursor {
        select.and_where(Expr::col((Import::Table, Import::Id)).lt(cursor::read::<Uuid>(cursor)?));
    }
    let mut found: Vec<Upload> = tx.all(&select).await?;
    let next = cut(&mut found, limit).map(|last| cursor::write(&last.id));
    Ok((found, next))
}

/// Ends an import from outside, whoever is at it: their turn is over. False where it had ended.
///
/// # Errors
/// When the database does not answer.
pub async fn cancel(tx: &mut Tx, id: Uuid, why: &str, now: OffsetDateTime) -> Result<bool> {
    let mut update = Query::update();
    update
        .table(Import::Table)
        .value(Import::State, ImportState::Failed.as_str())
        .value(Import::Detail, why)
        .value(Import::FinishedAt, now)
        .value(Import::Claim, Expr::val(None::<Uuid>))
        .and_where(Expr::col(Import::Id).eq(id))
        .and_where(Expr::col(Import::State).is_in([ImportState::Waiting.as_str(), ImportState::Running.as_str()]));
    Ok(tx.run(&update).await? > 0)
}
