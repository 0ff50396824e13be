//! Imports that were brought as a file: whose turn it is, how far they are, what became of them.

use schema::{
    import::{Import as View, ImportState, Report, Tracker},
    user::Person,
};
use sea_query::{Cond, Condition, Expr, ExprTrait, Order, Query, SelectStatement};
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
fn rows() -> SelectStatement {
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

/// Whose turn it is: what waits, and what nobody has been at since `before`.
fn due(before: OffsetDateTime) -> Condition {
    let left = Cond::all().add(Expr::col(Import::State).eq(ImportState::Running.as_str())).add(Expr::col(Import::BeatAt).lt(before));
    Cond::any().add(Expr::col(Import::State).eq(ImportState::Waiting.as_str())).add(left)
}

/// The oldest import whose turn it is.
///
/// # Errors
/// When the database does not answer.
pub async fn next(tx: &mut Tx, before: OffsetDateTime) -> Result<Option<Uuid>> {
    let mut select = Query::select();
    select.column(Import::Id).from(Import::Table).cond_where(due(before)).order_by(Import::Id, Order::Asc).limit(1);
    Ok(tx.optional::<(Uuid,)>(&select).await?.map(|(id,)| id))
}

/// Takes an import whose turn it is; none where another server was faster.
///
/// # Errors
/// When the database does not answer.
pub async fn claim(tx: &mut Tx, id: Uuid, claim: Uuid, before: OffsetDateTime, now: OffsetDateTime) -> Result<Option<Upload>> {
    let mut update = Query::update();
    update
        .table(Import::Table)
        .value(Import::State, ImportState::Running.as_str())
        .value(Import::Claim, claim)
        .value(Import::BeatAt, now)
        .value(Import::StartedAt, now)
        .value(Import::Tries, Expr::col(Import::Tries).add(1))
        .and_where(Expr::col(Import::Id).eq(id))
        .cond_where(due(before));
    if tx.run(&update).await? == 0 {
        return Ok(None);
    }
    let mut select = rows();
    select.and_where(Expr::col((Import::Table, Import::Id)).eq(id));
    tx.optional(&select).await
}

/// Says how far an import is and that somebody is at it; false where this turn is over.
///
/// # Errors
/// When the database does not answer.
pub async fn beat(tx: &mut Tx, id: Uuid, claim: Uuid, numbers: Numbers, now: OffsetDateTime) -> Result<bool> {
    let mut update = Query::update();
    update
        .table(Import::Table)
        .value(Import::BeatAt, now)
        .value(Import::Read, numbers.read)
        .value(Import::Added, numbers.added)
        .value(Import::Changed, numbers.changed)
        .value(Import::Unchanged, numbers.unchanged)
        .value(Import::Refused, numbers.refused)
        .value(Import::Percent, numbers.percent)
        .and_where(Expr::col(Import::Id).eq(id))
        .and_where(Expr::col(Import::Claim).eq(claim));
    Ok(tx.run(&update).await? > 0)
}

/// Gives an import back whose turn was cut off: another server, or the next start, goes on.
///
/// # Errors
/// When the database does not answer.
pub async fn release(tx: &mut Tx, id: Uuid, claim: Uuid) -> Result<()> {
    let mut update = Query::update();
    update
        .table(Import::Table)
        .value(Import::State, ImportState::Waiting.as_str())
        .value(Import::Claim, Expr::val(None::<Uuid>))
        // It did not fail.
        .value(Import::Tries, Expr::col(Import::Tries).sub(1))
        .and_where(Expr::col(Import::Id).eq(id))
        .and_where(Expr::col(Import::Claim).eq(claim));
    tx.run(&update).await.map(drop)
}

/// How an import ended.
#[derive(Clone, Debug)]
pub struct End {
    /// Done or failed.
    pub state: ImportState,
    /// Why it failed.
    pub detail: String,
    /// What became of everything.
    pub report: Option<Report>,
}

/// Ends an import.
///
/// # Errors
/// When the database does not answer.
pub async fn end(tx: &mut Tx, id: Uuid, claim: Uuid, end: &End, now: OffsetDateTime) -> Result<()> {
    let report = end.report.as_ref().map(serde_json::to_string).transpose()?.unwrap_or_default();
    let mut update = Query::update();
    update
        .table(Import::Table)
        .value(Import::State, end.state.as_str())
        .value(Import::Detail, end.detail.as_str())
        .value(Import::Report, report)
        .value(Import::FinishedAt, now)
        .value(Import::Claim, Expr::val(None::<Uuid>))
        .and_where(Expr::col(Import::Id).eq(id))
        .and_where(Expr::col(Import::Claim).eq(claim));
    tx.run(&update).await.map(drop)
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

/// Takes its file from an import; false where it had another, or none.
///
/// # Errors
/// When the database does not answer.
pub async fn take_file(tx: &mut Tx, id: Uuid, file: Uuid) -> Result<bool> {
    let mut update = Query::update();
    update
        .table(Import::Table)
        .value(Import::FileId, Expr::val(None::<Uuid>))
        .and_where(Expr::col(Import::Id).eq(id))
        .and_where(Expr::col(Import::FileId).eq(file));
    Ok(tx.run(&update).await? > 0)
}

/// The file that an import still has.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Kept {
    /// The import.
    pub id: Uuid,
    /// Its file.
    pub file_id: Uuid,
    /// In bytes.
    pub size: i64,
    /// How far the import is.
    #[sqlx(try_from = "String")]
    pub state: ImportState,
}

/// The files that imports into a project, and those that a person brought anywhere, still have: the oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn kept(tx: &mut Tx, project: Uuid, user: Uuid) -> Result<Vec<Kept>> {
    let mut select = Query::select();
    select
        .columns([Import::Id, Import::FileId, Import::Size, Import::State])
        .from(Import::Table)
        .and_where(Expr::col(Import::FileId).is_not_null())
        .cond_where(Cond::any().add(Expr::col(Import::ProjectId).eq(project)).add(Expr::col(Import::UserId).eq(user)))
        .order_by(Import::Id, Order::Asc);
    tx.all(&select).await
}

/// Imports that ended before `before` and still have their file: import and file.
///
/// # Errors
/// When the database does not answer.
pub async fn stale(tx: &mut Tx, before: OffsetDateTime, most: u64) -> Result<Vec<(Uuid, Uuid)>> {
    let mut select = Query::select();
    select
        .columns([Import::Id, Import::FileId])
        .from(Import::Table)
        .and_where(Expr::col(Import::FileId).is_not_null())
        .and_where(Expr::col(Import::FinishedAt).lt(before))
        .and_where(Expr::col(Import::State).is_in([ImportState::Done.as_str(), ImportState::Failed.as_str()]))
        .limit(most);
    tx.all(&select).await
}

/// Which of these files are of imports.
///
/// # Errors
/// When the database does not answer.
pub async fn known(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut select = Query::select();
    select.column(Import::FileId).from(Import::Table).and_where(Expr::col(Import::FileId).is_in(ids.iter().copied()));
    Ok(tx.all::<(Uuid,)>(&select).await?.into_iter().map(|(id,)| id).collect())
}
