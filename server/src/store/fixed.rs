//! "Fixed for you?": who was asked when a gap was closed, and what they say.

use schema::{
    fixed::{Answers, Asked, Fixed as Answer, FixedSum as Sum, NotFixed, Question},
    id::DeltaKey,
    user::Person,
};
use sea_query::{Cond, Condition, Expr, ExprTrait, JoinType, OnConflict, Order, Query, SelectStatement};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    delta,
    gather::{Gather, Gathered},
    outsider,
    table::{Delta, Fixed, FixedSum, Org, Outsider, OutsiderVote, User, Vote},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
};

/// Most answers and questions that are told.
const MOST: u64 = 100;

/// Asks everybody the delta affects, and who spoke for those without an account; in place of what was asked before. The delta is held.
///
/// # Errors
/// When the database does not answer.
pub async fn ask(tx: &mut Tx, delta: Uuid) -> Result<()> {
    clear(tx, delta).await?;
    let mut people = Query::select();
    people
        .columns([Vote::DeltaId, Vote::UserId])
        .column(Vote::UserId)
        .expr(Expr::val(false))
        .from(Vote::Table)
        .and_where(Expr::col(Vote::DeltaId).eq(delta))
        .and_where(Expr::col(Vote::Severity).gt(0));
    let mut outsiders = Query::select();
    outsiders
        .columns([OutsiderVote::DeltaId, OutsiderVote::OutsiderId])
        .column(OutsiderVote::RecordedBy)
        .expr(Expr::val(true))
        .from(OutsiderVote::Table)
        .and_where(Expr::col(OutsiderVote::DeltaId).eq(delta))
        .and_where(Expr::col(OutsiderVote::Severity).gt(0));
    for select in [people, outsiders] {
        let mut insert = Query::insert();
        insert
            .into_table(Fixed::Table)
            .columns([Fixed::DeltaId, Fixed::VoterId, Fixed::UserId, Fixed::Outsider])
            .select_from(select)
            .map_err(|error| Error::start(format!("as many values as columns: {error}")))?;
        tx.later(&insert).await?;
    }
    count(tx, delta).await
}

/// Counts the answers anew: where who is asked changed.
async fn count(tx: &mut Tx, delta: Uuid) -> Result<()> {
    let sum = |answer: Option<&str>| {
        let mut select = Query::select();
        select.expr(Expr::cust("COUNT(*)")).from(Fixed::Table).and_where(Expr::col(Fixed::DeltaId).eq(delta));
        select.and_where_option(answer.map(|answer| Expr::col(Fixed::Answer).eq(answer)));
        Expr::SubQuery(None, Box::new(select.take().into()))
    };
    let counts = [FixedSum::Asked, FixedSum::Yes, FixedSum::No, FixedSum::Unsure];
    let mut select = Query::select();
    select.expr(Expr::col((Delta::Table, Delta::Id)));
    for answer in [None, Some("yes"), Some("no"), Some("unknown")] {
        select.expr(sum(answer));
    }
    select.from(Delta::Table).and_where(Expr::col((Delta::Table, Delta::Id)).eq(delta));
    let mut insert = Query::insert();
    insert
        .into_table(FixedSum::Table)
        .columns([FixedSum::DeltaId].into_iter().chain(counts))
        .select_from(select)
        .map_err(|error| Error::start(format!("as many values as columns: {error}")))?
        .on_conflict(OnConflict::column(FixedSum::DeltaId).update_columns(counts).to_owned());
    tx.later(&insert).await
}

/// Forgets who was asked and what they said: the gap is open again.
///
/// # Errors
/// When the database does not answer.
pub async fn clear(tx: &mut Tx, delta: Uuid) -> Result<()> {
    tx.later(Query::delete().from_table(Fixed::Table).and_where(Expr::col(Fixed::DeltaId).eq(delta))).await?;
    tx.later(Query::delete().from_table(FixedSum::Table).and_where(Expr::col(FixedSum::DeltaId).eq(delta))).await
}

/// Keeps an answer of who was asked; false where they were not. The delta is held.
///
/// # Errors
/// When the database does not answer.
pub async fn answer(tx: &mut Tx, delta: Uuid, voter: Uuid, answer: Answer, note: &str, by: Uuid, at: OffsetDateTime) -> Result<bool> {
    let mut was = Query::select();
    was.column(Fixed::Answer)
        .from(Fixed::Table)
        .and_where(Expr::col(Fixed::DeltaId).eq(delta))
        .and_where(Expr::col(Fixed::VoterId).eq(voter));
    let Some((was,)) = tx.optional::<(Option<String>,)>(&was).await? else { return Ok(false) };
    let mut update = Query::update();
    update
        .table(Fixed::Table)
        .value(Fixed::Answer, answer.as_str())
        .value(Fixed::Note, note)
        .value(Fixed::AnsweredBy, by)
        .value(Fixed::AnsweredAt, at)
        .and_where(Expr::col(Fixed::DeltaId).eq(delta))
        .and_where(Expr::col(Fixed::VoterId).eq(voter));
    tx.later(&update).await?;
    for (answer, by) in [(was.as_deref(), -1_i64), (Some(answer.as_str()), 1)] {
        let column = match answer {
            Some("yes") => FixedSum::Yes,
            Some("no") => FixedSum::No,
            Some(_) => FixedSum::Unsure,
            None => continue,
        };
        let mut count = Query::update();
        count.table(FixedSum::Table).value(column, Expr::col(column).add(by)).and_where(Expr::col(FixedSum::DeltaId).eq(delta));
        tx.later(&count).await?;
    }
    Ok(true)
}

/// A person takes over what was asked of who spoke for them; where they were asked themselves, that holds. The delta is held.
///
/// # Errors
/// When the database does not answer.
pub async fn take_over(tx: &mut Tx, delta: Uuid, outsider: Uuid, user: Uuid) -> Result<()> {
    let row = |voter: Uuid| Expr::col(Fixed::DeltaId).eq(delta).and(Expr::col(Fixed::VoterId).eq(voter));
    let asked = |voter: Uuid| Query::select().column(Fixed::VoterId).from(Fixed::Table).and_where(row(voter)).take();
    if tx.optional::<(Uuid,)>(&asked(outsider)).await?.is_none() {
        return Ok(());
    }
    if tx.optional::<(Uuid,)>(&asked(user)).await?.is_some() {
        tx.later(Query::delete().from_table(Fixed::Table).and_where(row(outsider))).await?;
        return count(tx, delta).await;
    }
    let mut update = Query::update();
    update
        .table(Fixed::Table)
        .value(Fixed::VoterId, user)
        .value(Fixed::UserId, user)
        .value(Fixed::Outsider, false)
        .and_where(row(outsider));
    tx.later(&update).await
}

/// Asks for the answers to a delta in numbers.
pub fn ask_sum(gather: &mut Gather, delta: Uuid) {
    let columns = [FixedSum::Asked, FixedSum::Yes, FixedSum::No, FixedSum::Unsure];
    let select = Query::select().columns(columns).from(FixedSum::Table).and_where(Expr::col(FixedSum::DeltaId).eq(delta)).take();
    gather.part("fixed", &["asked", "yes", "no", "unsure"], select);
}

/// What [`ask_sum`] asked; none where nobody was.
///
/// # Errors
/// When it did not.
pub fn told_sum(gathered: &mut Gathered) -> Result<Option<Sum>> {
    Ok(gathered.take::<Sum>("fixed")?.pop().filter(|sum| sum.asked > 0))
}

#[derive(FromRow)]
struct Own {
    voter_id: Uuid,
    outsider: bool,
    name: Option<String>,
    answer: Option<String>,
    note: String,
}

#[derive(FromRow)]
struct Not {
    name: String,
    display_name: String,
    behalf: Option<String>,
    note: String,
    answered_at: OffsetDateTime,
}

/// What those a delta affected say of its being closed: the numbers, what is asked of the caller, and to whom `maintains` a project of it
/// who says no.
///
/// # Errors
/// When the database does not answer.
pub async fn view(tx: &mut Tx, caller: &Caller, delta: Uuid, maintains: bool) -> Result<Answers> {
    let mut gather = Gather::new(tx.dialect());
    ask_sum(&mut gather, delta);
    let sum = told_sum(&mut gather.read(tx).await?)?.unwrap_or_default();
    let Some(user) = caller.user_id().filter(|_| sum.asked > 0) else { return Ok(Answers { sum, ..Answers::default() }) };
    // Each by its key: of a delta that affects thousands only one's own are read.
    let mut own = Query::select();
    own.columns([Fixed::VoterId, Fixed::Outsider, Fixed::Answer, Fixed::Note])
        .expr_as(Expr::cust("CAST(NULL AS text)"), "name")
        .from(Fixed::Table)
        .and_where(Expr::col(Fixed::DeltaId).eq(delta))
        .and_where(Expr::col(Fixed::VoterId).eq(user));
    let mut mine: Vec<Own> = tx.all(&own).await?;
    if speaks(caller) {
        mine.extend(tx.all::<Own>(&spoken_for(caller, delta)).await?);
    }
    let mine = mine.into_iter().map(|own| Asked {
        outsider: own.outsider.then_some(own.voter_id),
        name: own.name,
        answer: own.answer.as_deref().and_then(|word| word.parse().ok()),
        note: own.note,
    });
    let mine = mine.collect();
    let not = if maintains && sum.no > 0 { not(tx, caller, delta).await? } else { Vec::new() };
    Ok(Answers { sum, mine, not })
}

async fn not(tx: &mut Tx, caller: &Caller, delta: Uuid) -> Result<Vec<NotFixed>> {
    let mut select = Query::select();
    select
        .columns([User::Name, User::DisplayName].map(|column| (User::Table, column)))
        .expr_as(Expr::case(outsider::named(caller), Expr::col((Outsider::Table, Outsider::Name))).finally(Expr::cust("NULL")), "behalf")
        .columns([Fixed::Note, Fixed::AnsweredAt].map(|column| (Fixed::Table, column)))
        .from(Fixed::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((Fixed::Table, Fixed::AnsweredBy)))
        .join(JoinType::LeftJoin, Outsider::Table, Expr::col((Outsider::Table, Outsider::Id)).equals((Fixed::Table, Fixed::VoterId)))
        .join(JoinType::LeftJoin, Org::Table, Expr::col((Org::Table, Org::Id)).equals((Outsider::Table, Outsider::OrgId)))
        .and_where(Expr::col((Fixed::Table, Fixed::DeltaId)).eq(delta))
        // In the words of the index that serves this.
        .and_where(Expr::cust("fixed.answer = 'no'"))
        // Who spoke for a customer of an organisation that shows nothing is not told either.
        .cond_where(Cond::any().add(Expr::col((Fixed::Table, Fixed::Outsider)).eq(false)).add(outsider::named(caller)))
        .order_by((Fixed::Table, Fixed::AnsweredAt), Order::Desc)
        .limit(MOST);
    let rows: Vec<Not> = tx.all(&select).await?;
    let not = |row: Not| NotFixed {
        by: Person { name: row.name, display_name: row.display_name },
        behalf: row.behalf,
        note: row.note,
        at: row.answered_at,
    };
    Ok(rows.into_iter().map(not).collect())
}

/// What is asked about a delta of those for whom the caller speaks, by name.
fn spoken_for(caller: &Caller, delta: Uuid) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns([Fixed::VoterId, Fixed::Outsider, Fixed::Answer, Fixed::Note].map(|column| (Fixed::Table, column)))
        .expr_as(Expr::col((Outsider::Table, Outsider::Name)), "name")
        .from(Outsider::Table)
        .inner_join(Fixed::Table, Expr::col((Fixed::Table, Fixed::VoterId)).equals((Outsider::Table, Outsider::Id)))
        .and_where(Expr::col((Fixed::Table, Fixed::DeltaId)).eq(delta))
        .and_where(Expr::col((Fixed::Table, Fixed::Outsider)).eq(true))
        .cond_where(spoken(caller))
        .order_by((Outsider::Table, Outsider::Key), Order::Asc)
        .limit(MOST);
    select
}

/// The organisations in whose name the caller acts.
fn orgs(caller: &Caller) -> impl Iterator<Item = Uuid> {
    caller.orgs.iter().filter(|org| org.role >= schema::user::Role::Member).map(|org| org.org)
}

/// Whether there may be anybody for whom the caller speaks.
fn speaks(caller: &Caller) -> bool {
    !caller.maintains.is_empty() || orgs(caller).next().is_some()
}

/// For whom the caller speaks, of rows of `outsider`: the rules of [`outsider::may`].
fn spoken(caller: &Caller) -> Condition {
    Cond::any()
        .add(Expr::col((Outsider::Table, Outsider::OrgId)).is_in(orgs(caller)))
        .add(Expr::col((Outsider::Table, Outsider::ProjectId)).is_in(caller.maintains.iter().copied()))
}

/// What waits for a person's answer: of closed deltas they may see, the newest first, at most 100.
///
/// # Errors
/// When the database does not answer.
pub async fn questions(tx: &mut Tx, caller: &Caller, user: Uuid) -> Result<Vec<Question>> {
    let mut select = Query::select();
    select
        .columns([Delta::Number, Delta::Kind, Delta::Title].map(|column| (Delta::Table, column)))
        .expr(Expr::cust("COUNT(*)"))
        .from(Fixed::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Fixed::Table, Fixed::DeltaId)))
        .left_join(Outsider::Table, Expr::col((Outsider::Table, Outsider::Id)).equals((Fixed::Table, Fixed::VoterId)))
        .and_where(Expr::col((Fixed::Table, Fixed::UserId)).eq(user))
        .and_where(Expr::col((Fixed::Table, Fixed::Answer)).is_null())
        // Who speaks for them no longer is not asked for them.
        .cond_where(Cond::any().add(Expr::col((Fixed::Table, Fixed::VoterId)).eq(user)).add(spoken(caller)))
        .cond_where(delta::visible(caller))
        .group_by_columns([Delta::Number, Delta::Kind, Delta::Title, Delta::ResolvedAt].map(|column| (Delta::Table, column)))
        .order_by((Delta::Table, Delta::ResolvedAt), Order::Desc)
        .order_by((Delta::Table, Delta::Number), Order::Desc)
        .limit(MOST);
    let rows: Vec<(i64, String, String, i64)> = tx.all(&select).await?;
    rows.into_iter()
        .map(|(number, kind, title, answers)| {
            let kind = kind.parse().map_err(|error| Error::start(format!("a delta's kind: {error}")))?;
            Ok(Question { delta: DeltaKey(number), kind, title, answers })
        })
        .collect()
}
