//! What must be known before a query can be stated: watch rules and lenses of the caller's organisations.

use schema::query::{Expr as Asked, Query, QueryError};
use uuid::Uuid;

use crate::{
    caller::{Caller, Membership},
    error::Result,
    store::{db::Tx, lens, watch},
};

/// What was looked up for one query.
#[derive(Debug, Default)]
pub struct Known {
    /// The watch rules of the caller's organisations, by slug; read where `watching:` is asked.
    pub rules: Vec<(String, Vec<String>)>,
    /// The organisation whose lens is looked through; none where it weighs everything alike.
    pub lens: Option<Uuid>,
    /// Whether so many have the free words that a list in another order looks for them among its lines, rather than for lines among them.
    pub common: bool,
}

/// Looks up what this query needs: nothing, and without a statement, for most.
///
/// # Errors
/// 422 `q` for `watching:` where nobody is signed in, and for a lens that is not the caller's to look through.
pub async fn known(tx: &mut Tx, caller: &Caller, query: &Query) -> Result<Known> {
    let mut known = Known::default();
    if query.asks("watching") {
        if caller.user_id().is_none() {
            let message = "\"watching\" asks about your organisations: sign in first.";
            return Err(QueryError::at(query.values("watching").next(), message).into());
        }
        let rules = watch::of(tx, caller.orgs.iter().map(|member| member.org)).await?;
        known.rules = caller
            .orgs
            .iter()
            .map(|member| {
                let own = rules.iter().filter(|rule| rule.org_id == member.org);
                (member.slug.clone(), own.map(|rule| rule.query.clone()).collect())
            })
            .collect();
    }
    if let Some(member) = through(caller, query)? {
        known.lens = lens::has(tx, member.org).await?.then_some(member.org);
    }
    Ok(known)
}

/// The organisation whose lens a query looks through: one that the caller belongs to.
///
/// # Errors
/// Where it is none, or where `lens:` is a condition among others rather than said of the whole list.
pub fn through<'a>(caller: &'a Caller, query: &Query) -> Result<Option<&'a Membership>, QueryError> {
    let mut said = 0;
    if let Some(filter) = &query.filter {
        filter.visit(&mut |expr, _| said += usize::from(matches!(expr, Asked::Field { field: "lens", .. })));
    }
    if said == 0 {
        return Ok(None);
    }
    // Of several the one too many.
    let fault = |message: String| QueryError::at(query.values("lens").last(), message);
    let slug = query
        .sole("lens")
        .filter(|_| said == 1)
        .ok_or_else(|| fault("A list has one lens: say lens: once, with one organisation, outside parentheses, OR and NOT.".to_owned()))?;
    let found = caller.orgs.iter().find(|member| member.slug.eq_ignore_ascii_case(slug));
    found.map(Some).ok_or_else(|| {
        fault(format!("\"lens\" looks through an organisation you belong to, and \"{slug}\" is none."))
            .near(slug, caller.orgs.iter().map(|member| member.slug.as_str()))
    })
}
