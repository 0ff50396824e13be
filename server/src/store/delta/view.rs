//! A delta with everything about it, in few statements.

use schema::{
    delta::{Delta as Whole, Embargo, Ended, Kind, Ref},
    id::DeltaKey,
    timeline::Lock,
    user::Person,
};
use sea_query::{Asterisk, Expr, ExprTrait, Query, SelectStatement, UnionType};
use serde::Deserialize;
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Row, visible};
use crate::{
    caller::Caller,
    error::{Error, Result},
    store::{
        self,
        db::Tx,
        gather::{self, Gather},
        table::{Delta, DeltaGuest, DeltaLabel, User},
    },
};

/// A delta's row with the names of its people.
#[derive(Clone, Debug, FromRow)]
pub struct Named {
    /// The delta.
    #[sqlx(flatten)]
    pub row: Row,
    reporter: String,
    reporter_name: String,
    resolver: Option<String>,
    resolver_name: Option<String>,
    elsewhere: i64,
}

/// The delta of a key with the names of its people, if it exists and the caller may see it.
///
/// # Errors
/// 404 otherwise.
pub async fn named(tx: &mut Tx, caller: &Caller, key: DeltaKey) -> Result<Named> {
    let mut select = Query::select();
    select
        .column((Delta::Table, Asterisk))
        .expr_as(store::duplicate::comments(), "elsewhere")
        .expr_as(Expr::col(("reporter", User::Name)), "reporter")
        .expr_as(Expr::col(("reporter", User::DisplayName)), "reporter_name")
        .expr_as(Expr::col(("resolver", User::Name)), "resolver")
        .expr_as(Expr::col(("resolver", User::DisplayName)), "resolver_name")
        .from(Delta::Table)
        .join_as(
            sea_query::JoinType::InnerJoin,
            User::Table,
            "reporter",
            Expr::col(("reporter", User::Id)).equals((Delta::Table, Delta::ReporterId)),
        )
        .join_as(
            sea_query::JoinType::LeftJoin,
            User::Table,
            "resolver",
            Expr::col(("resolver", User::Id)).equals((Delta::Table, Delta::ResolvedBy)),
        )
        .and_where(Expr::col((Delta::Table, Delta::Number)).eq(key.0))
        .cond_where(visible(caller));
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("delta"))
}

/// One thing around a delta: a label, a guest, or another delta.
#[derive(Deserialize)]
struct Around {
    what: String,
    name: String,
    text: String,
    number: i64,
    impact: i64,
    #[serde(deserialize_with = "gather::flag")]
    open: bool,
}

/// Everything about a delta that the caller may see; and the ids of the projects it is in, in the order of its places. One
/// statement.
///
/// # Errors
/// When the database does not answer.
pub async fn whole(tx: &mut Tx, caller: &Caller, named: Named, now: OffsetDateTime) -> Result<(Whole, Vec<Uuid>)> {
    let Named { row, reporter, reporter_name, resolver, resolver_name, elsewhere } = named;
    let mut gather = Gather::new(tx.dialect());
    gather.part("around", &["what", "name", "text", "number", "impact", "open"], around(caller, &row));
    store::attachment::ask(&mut gather, row.id);
    store::place::detail::ask(&mut gather, row.id);
    store::impact::ask(&mut gather, caller, row.id, now);
    store::standing::ask(&mut gather, caller, &[row.id]);
    store::relation::ask(&mut gather, caller, row.id);
    if !row.open {
        store::fixed::ask_sum(&mut gather, row.id);
    }
    let mut gathered = gather.read(tx).await?;
    let (projects, places) = store::place::detail::told(&mut gathered, row.revision, row.open)?.into_iter().unzip();
    let (mut labels, mut guests, mut duplicates, mut survivor) = (Vec::new(), Vec::new(), Vec::new(), None);
    for one in gathered.take::<Around>("around")? {
        match one.what.as_str() {
            "label" => labels.push(one.name),
            "guest" => guests.push(Person { name: one.name, display_name: one.text }),
            what => {
                let kind = one.name.parse().unwrap_or(Kind::Bug);
                let other = Ref { key: DeltaKey(one.number), kind, title: one.text, impact: one.impact, open: one.open };
                if what == "survivor" { survivor = Some(other) } else { duplicates.push(other) }
            }
        }
    }
    labels.sort();
    guests.sort_by(|a, b| a.name.cmp(&b.name));
    duplicates.sort_by_key(|other| other.key);
    let fixed = store::fixed::told_sum(&mut gathered)?;
    let resolution = row.resolution().map(|resolution| Ended {
        resolution,
        reason: row.resolution_reason.clone(),
        release: row.resolution_release.clone(),
        duplicate_of: survivor,
        by: resolver.zip(resolver_name).map(|(name, display_name)| Person { name, display_name }),
        at: row.resolved_at,
        fixed,
    });
    let whole = Whole {
        key: row.key(),
        resolution,
        reporter: Person { name: reporter, display_name: reporter_name },
        places,
        impact: store::impact::told(&mut gathered, now)?,
        standings: store::standing::told(&mut gathered)?.remove(&row.id).unwrap_or_default(),
        labels,
        guests,
        duplicates,
        relations: store::relation::told(&mut gathered)?,
        kind: row.kind,
        title: row.title,
        desired: row.desired,
        actual: row.actual,
        body: row.body,
        body_format: row.body_format,
        visibility: row.visibility,
        open: row.open,
        regressed_at: row.regressed_at,
        seen_at: row.seen_at,
        embargo: row.embargo_until.map(|until| Embargo { until, opens: row.embargo_opens }),
        comments: row.comments + elsewhere,
        attachments: store::attachment::told(&mut gathered)?,
        lock: row.locked_at.map(|at| Lock { reason: row.lock_reason.clone(), at }),
        revision: row.revision,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    Ok((whole, projects))
}

/// Labels, guests, the deltas this one stands for, and the one that stands for it: those the caller may see.
fn around(caller: &Caller, row: &Row) -> SelectStatement {
    let mut labels = Query::select();
    labels
        .expr_as(Expr::val("label"), "what")
        .expr_as(Expr::col(DeltaLabel::Label), "name")
        .expr_as(Expr::val(""), "text")
        .expr_as(Expr::val(0i64), "number")
        .expr_as(Expr::val(0i64), "impact")
        .expr_as(Expr::val(true), "open")
        .from(DeltaLabel::Table)
        .and_where(Expr::col(DeltaLabel::DeltaId).eq(row.id));
    let mut guests = Query::select();
    guests
        .expr_as(Expr::val("guest"), "what")
        .expr_as(Expr::col((User::Table, User::Name)), "name")
        .expr_as(Expr::col((User::Table, User::DisplayName)), "text")
        .expr_as(Expr::val(0i64), "number")
        .expr_as(Expr::val(0i64), "impact")
        .expr_as(Expr::val(true), "open")
        .from(DeltaGuest::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((DeltaGuest::Table, DeltaGuest::UserId)))
        .and_where(Expr::col((DeltaGuest::Table, DeltaGuest::DeltaId)).eq(row.id));
    labels.union(UnionType::All, guests);
    labels.union(UnionType::All, others("duplicate", caller).and_where(Expr::col(Delta::DuplicateOf).eq(row.id)).take());
    if let Some(survivor) = row.duplicate_of {
        labels.union(UnionType::All, others("survivor", caller).and_where(Expr::col((Delta::Table, Delta::Id)).eq(survivor)).take());
    }
    labels
}

fn others(what: &'static str, caller: &Caller) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(Expr::val(what), "what")
        .expr_as(Expr::col((Delta::Table, Delta::Kind)), "name")
        .expr_as(Expr::col((Delta::Table, Delta::Title)), "text")
        .columns([(Delta::Table, Delta::Number), (Delta::Table, Delta::Impact), (Delta::Table, Delta::Open)])
        .from(Delta::Table)
        .cond_where(visible(caller));
    select
}
