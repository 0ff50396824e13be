//! The list of projects.

use schema::{
    list::{Page, Window},
    project::Summary,
};
use sea_query::{Expr, ExprTrait, Order, Query};

use crate::{
    caller::Caller,
    error::{Error, Result},
    store::{
        db::Tx,
        delta::visible,
        table::{Delta, Place, Project, Segment},
    },
};

/// One page of all projects, by slug; of each, its open deltas that the caller may see, and its users.
///
/// # Errors
/// 422 `cursor` for a cursor of another list.
pub async fn page(tx: &mut Tx, caller: &Caller, window: &Window) -> Result<Page<Summary>> {
    let mut open = Query::select();
    open.expr(Expr::cust("COUNT(*)"))
        .from(Place::Table)
        .and_where(Expr::col((Place::Table, Place::ProjectId)).equals((Project::Table, Project::Id)))
        .and_where(Expr::col((Place::Table, Place::Open)).eq(true));

    open.inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Place::Table, Place::DeltaId))).cond_where(visible(caller));
    let mut users = Query::select();
    users
        .column((Segment::Table, Segment::Members))
        .from(Segment::Table)
        .and_where(Expr::col((Segment::Table, Segment::ProjectId)).equals((Project::Table, Project::Id)))
        .and_where(Expr::col((Segment::Table, Segment::Everyone)).eq(true));
    let limit = window.limit();
    let mut select = Query::select();
    select
        .columns([Project::Slug, Project::Name, Project::Description].map(|column| (Project::Table, column)))
        .expr_as(Expr::SubQuery(None, Box::new(open.into())), "open")
        .expr_as(Expr::SubQuery(None, Box::new(users.into())), "users")
        .from(Project::Table)
        .order_by((Project::Table, Project::Slug), Order::Asc)
        .limit(limit.unsigned_abs() + 1);
    if let Some(after) = &window.cursor {
        if !schema::id::is_slug(after) {
            return Err(Error::invalid("cursor", "is not a cursor of this list"));
        }
        select.and_where(Expr::col((Project::Table, Project::Slug)).gt(after.as_str()));
    }
    let rows: Vec<(String, String, String, i64, Option<i64>)> = tx.all(&select).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    let mut items: Vec<Summary> = rows
        .into_iter()
        .map(|(slug, name, description, open, users)| Summary { slug, name, description, open, users: users.unwrap_or(0) })
        .collect();
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|project| project.slug.clone());
    Ok(Page { items, next })
}
