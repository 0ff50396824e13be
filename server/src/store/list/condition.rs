//! From a query's tree to a condition on the table `delta`.

mod ci;
mod has;
mod piece;

use schema::{
    id::DeltaKey,
    query::{self, DELTAS, Moment, Query as Asked, QueryError, Span, Term, Test},
    task::Commitment,
};
use sea_query::{BinOper, Cond, Condition, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use time::OffsetDateTime;

pub use self::piece::project_id;
use self::piece::{delta, exists, key, number, pattern, places, state, words_of};
use super::known::Known;
use crate::{
    caller::Caller,
    store::{
        db::Dialect,
        org, search,
        table::{Component, Delta, DeltaLabel, Impact, Link, Org, Place, PlaceComponent, Project, Segment, Stance, Task, User, Vote},
    },
};

/// What a query asks, or what of it cannot be asked.
type Result<T> = std::result::Result<T, QueryError>;

/// The condition on `delta` that a watch rule states, for this caller: what they may not see of an organisation's work does not
/// count, `me` is them. Says nothing of which deltas they may see ([`crate::store::delta::visible`]).
///
/// A slug that nobody has finds nothing. Where the query requires one project, `component:` and `consensus:` ask about the
/// place in that project.
///
/// # Errors
/// For `me` where nobody is signed in, words without a letter or digit, and for `watching:` and `lens:`, which a rule cannot
/// ask.
pub fn condition(dialect: Dialect, caller: &Caller, asked: &Asked, now: OffsetDateTime) -> Result<Condition> {
    Reader { dialect, caller, now, asked, known: None, project: asked.sole("project"), joined: false }.condition()
}

/// The same of a list's query, for which `known` was read.
///
/// # Errors
/// As [`condition`], but for `watching:` and `lens:`.
pub(super) fn of_list(dialect: Dialect, caller: &Caller, known: &Known, asked: &Asked, now: OffsetDateTime) -> Result<Condition> {
    Reader { dialect, caller, now, asked, known: Some(known), project: asked.sole("project"), joined: false }.condition()
}

/// The same in a statement that reads `place`, of the one project the query requires, beside `delta`.
///
/// # Errors
/// As [`of_list`].
pub(super) fn of_places(dialect: Dialect, caller: &Caller, known: &Known, asked: &Asked, now: OffsetDateTime) -> Result<Condition> {
    Reader { dialect, caller, now, asked, known: Some(known), project: asked.sole("project"), joined: true }.condition()
}

struct Reader<'a> {
    dialect: Dialect,
    caller: &'a Caller,
    now: OffsetDateTime,
    /// The whole query, which knows where its values stand.
    asked: &'a Asked,
    /// What was read before; a watch rule has nothing.
    known: Option<&'a Known>,
    /// The one project that everything found is in.
    project: Option<&'a str>,
    /// Whether the place there is one of the statement's own tables.
    joined: bool,
}

impl Reader<'_> {
    fn condition(&self) -> Result<Condition> {
        self.asked.filter.as_ref().map_or_else(|| Ok(Cond::all()), |filter| self.read(filter))
    }

    /// What cannot be asked, at the field's first value.
    fn refuse(&self, field: &str, message: impl Into<String>) -> QueryError {
        QueryError::at(self.asked.values(field).next(), message)
    }

    fn read(&self, expr: &query::Expr) -> Result<Condition> {
        match expr {
            query::Expr::And(members) => {
                // Words side by side are one search.
                let words: Vec<&Term> = members.iter().filter_map(words_of).collect();
                let mut all = if words.is_empty() { Cond::all() } else { Cond::all().add(self.words(&words)?) };
                for member in members.iter().filter(|member| words_of(member).is_none()) {
                    all = all.add(self.read(member)?);
                }
                Ok(all)
            }
            query::Expr::Or(members) => {
                let mut any = Cond::any();
                for member in members {
                    any = any.add(self.read(member)?);
                }
                Ok(any)
            }
            query::Expr::Not(inner) => Ok(self.read(inner)?.not()),
            query::Expr::Words(term) => self.words(&[term]),
            query::Expr::Field { field, test } => self.field(field, test),
        }
    }

    fn words(&self, terms: &[&Term]) -> Result<Condition> {
        // A word shaped like a key is that delta, too.
        if let [term] = terms
            && let Some(DeltaKey(number)) = term.as_word().and_then(|word| word.parse().ok())
        {
            return Ok(Cond::any().add(delta(Delta::Number).eq(number)).add(self.text(terms)?));
        }
        Ok(Cond::all().add(self.text(terms)?))
    }

    fn text(&self, terms: &[&Term]) -> Result<Expr> {
        let sought = search::sought(self.dialect, &search::needles(self.asked, terms)?, true, search::Within::All);
        // By no index, so that lines are read in their order and looked for among what has the words: SQLite would go through all that has them, for
        // each line of a project even.
        let among = self.dialect == Dialect::Sqlite && (self.joined || self.known.is_some_and(|known| known.common));
        let number = if among { Expr::cust("+\"delta\".\"number\"") } else { delta(Delta::Number) };
        Ok(number.in_subquery(search::numbers(self.dialect, &sought)))
    }

    fn field(&self, field: &str, test: &Test) -> Result<Condition> {
        match (field, test) {
            ("is", Test::Word(words)) => Ok(words.iter().fold(Cond::any(), |any, word| any.add(state(word)))),
            ("kind", Test::Word(words)) => Ok(Cond::all().add(delta(Delta::Kind).is_in(words.iter().copied()))),
            // Open gaps have no resolution: they must meet the negation.
            ("resolution", Test::Word(words)) => Ok(Cond::all().add(
                Expr::expr(SimpleExpr::from(sea_query::Func::coalesce([delta(Delta::Resolution), Expr::val("")])))
                    .is_in(words.iter().copied()),
            )),
            ("consensus", Test::Word(words)) => {
                let stated = Expr::col((Place::Table, Place::Consensus)).is_in(words.iter().copied());
                if self.joined {
                    return Ok(Cond::all().add(stated));
                }
                // By no index, for each delta's few places: SQLite would go through all places of that consensus, for each delta.
                let stated = if self.dialect == Dialect::Sqlite {
                    Expr::cust("+\"place\".\"consensus\"").is_in(words.iter().copied())
                } else {
                    stated
                };
                Ok(exists(self.place().and_where(stated).take()))
            }
            ("impact", Test::Number(spans)) => Ok(spans.iter().fold(Cond::any(), |any, span| any.add(number(delta(Delta::Impact), span)))),
            ("created", Test::Date(spans)) => Ok(self.dates(Delta::CreatedAt, spans)),
            ("updated", Test::Date(spans)) => Ok(self.dates(Delta::UpdatedAt, spans)),
            // Everything the statement reads is in that project.
            ("project", Test::Is(terms)) if self.joined && matches!(terms.as_slice(), [term] if term.as_word() == self.project) => {
                Ok(Cond::all().add(Expr::val(1).eq(1)))
            }
            ("project", Test::Is(terms)) => {
                let mut place = places();
                place.inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Place::Table, Place::ProjectId)));
                place.cond_where(key((Project::Table, Project::Slug), terms));
                Ok(exists(place))
            }
            ("component", Test::Is(terms)) => {
                // Looked up once, not for every row.
                let mut components = Query::select();
                components.column(Component::Id).from(Component::Table).cond_where(key((Component::Table, Component::Slug), terms));
                components.and_where_option(self.project.map(|project| Expr::col(Component::ProjectId).eq(project_id(project))));
                let of_place = Expr::col((PlaceComponent::Table, PlaceComponent::PlaceId)).equals((Place::Table, Place::Id));
                let mut touched = if self.joined {
                    Query::select().expr(Expr::val(1)).from(PlaceComponent::Table).and_where(of_place).take()
                } else {
                    self.place().inner_join(PlaceComponent::Table, of_place).take()
                };
                touched.and_where(Expr::col((PlaceComponent::Table, PlaceComponent::ComponentId)).in_subquery(components));
                Ok(exists(touched))
            }
            ("committed", Test::Is(terms)) => Ok(terms.iter().fold(Cond::any(), |any, term| any.add(self.committed(term)))),
            ("stance", Test::Is(terms)) => Ok(terms.iter().fold(Cond::any(), |any, term| any.add(self.stance(term)))),
            ("affecting", Test::Is(terms)) => {
                let mut votes = Query::select();
                votes.column(Vote::DeltaId).from(Vote::Table).and_where(Expr::col(Vote::Severity).gt(0));
                votes.cond_where(self.people(field, (Vote::Table, Vote::UserId), terms)?);
                Ok(Cond::all().add(delta(Delta::Id).in_subquery(votes)))
            }
            ("reporter", Test::Is(terms)) => self.people(field, (Delta::Table, Delta::ReporterId), terms),
            ("segment", Test::Is(terms)) => {
                let mut segments = Query::select();
                segments.column(Segment::Id).from(Segment::Table).cond_where(key((Segment::Table, Segment::Slug), terms));
                let mut hit = Query::select();
                hit.column(Impact::DeltaId).from(Impact::Table).and_where(Expr::col(Impact::Score).gt(0));
                hit.and_where(Expr::col(Impact::SegmentId).in_subquery(segments));
                Ok(Cond::all().add(delta(Delta::Id).in_subquery(hit)))
            }
            ("label", Test::Is(terms)) => {
                let mut labelled = Query::select();
                labelled.column(DeltaLabel::DeltaId).from(DeltaLabel::Table).cond_where(key((DeltaLabel::Table, DeltaLabel::Label), terms));
                Ok(Cond::all().add(delta(Delta::Id).in_subquery(labelled)))
            }
            ("regressed", Test::Word(words)) => Ok(words.iter().fold(Cond::any(), |any, word| any.add(piece::regressed(*word == "yes")))),
            ("regressed", Test::Date(spans)) => Ok(self.dates(Delta::RegressedAt, spans)),
            ("has", Test::Word(words)) => Ok(words.iter().fold(Cond::any(), |any, word| any.add(has::condition(self.caller, word)))),
            ("ci", Test::Rate(rates)) => Ok(rates.iter().fold(Cond::any(), |any, rate| any.add(ci::condition(rate, self.now)))),
            ("watching", Test::Is(terms)) => self.watching(terms),
            // It says how to weigh, not what to find.
            ("lens", _) if self.known.is_some() => Ok(Cond::all().add(Expr::val(1).eq(1))),
            ("lens", _) => Err(self.refuse(
                field,
                "A watch rule finds deltas; it cannot weigh them: leave lens: out. The inbox shows its organisation's lens.",
            )),
            _ => Err(self.refuse(field, format!("\"{field}\" cannot be asked of deltas."))),
        }
    }

    /// What any of these organisations' watch rules match; a rule that is none any more matches nothing.
    fn watching(&self, terms: &[Term]) -> Result<Condition> {
        let Some(known) = self.known else {
            return Err(self.refuse("watching", "A watch rule cannot ask what is watched: leave watching: out."));
        };
        let mut any = Cond::any().add(Expr::val(1).eq(0));
        for (org, rules) in &known.rules {
            if !terms.iter().any(|term| term.is("me") || term.is(org)) {
                continue;
            }
            let read = rules.iter().filter_map(|rule| query::parse(rule, &DELTAS).ok());
            let conditions = read.filter_map(|rule| condition(self.dialect, self.caller, &rule, self.now).ok());
            // Of each organisation by itself: SQLite takes no chain of a thousand ORs.
            any = any.add(conditions.fold(Cond::any().add(Expr::val(1).eq(0)), Condition::add));
        }
        Ok(any)
    }

    /// The delta's places; only the one in the required project, where there is one.
    fn place(&self) -> SelectStatement {
        let mut place = places();
        if let Some(project) = self.project {
            place.and_where(Expr::col((Place::Table, Place::ProjectId)).eq(project_id(project)));
        }
        place
    }

    fn dates(&self, column: Delta, spans: &[Span<Moment>]) -> Condition {
        spans.iter().fold(Cond::any(), |any, span| {
            let (from, until) = span.bounds(self.now);
            let mut all = Cond::all();
            if let Some(from) = from {
                all = all.add(delta(column).gte(from));
            }
            if let Some(until) = until {
                all = all.add(delta(column).lt(until));
            }
            any.add(all)
        })
    }

    /// People by their handle, with or without `@`, or `me`.
    fn people(&self, field: &str, column: impl sea_query::IntoColumnRef + Clone, terms: &[Term]) -> Result<Condition> {
        let handle = |term: &Term| term.as_word().and_then(|word| word.strip_prefix('@')).map_or_else(|| term.clone(), Term::plain);
        let (me, others): (Vec<_>, Vec<_>) = terms.iter().map(handle).partition(|term| term.is("me"));
        let mut any = Cond::any();
        if !me.is_empty() {
            let user = self.caller.user_id().ok_or_else(|| {
                let me = self.asked.values(field).find(|value| handle(&value.term).is("me"));
                QueryError::at(me, format!("\"{field}:me\" asks about you: sign in first."))
            })?;
            any = any.add(Expr::col(column.clone()).eq(user));
        }
        if !others.is_empty() {
            let mut named = Query::select();
            named.column(User::Id).from(User::Table).cond_where(key((User::Table, User::Name), &others));
            any = any.add(Expr::col(column).in_subquery(named));
        }
        Ok(any)
    }

    fn committed(&self, term: &Term) -> Expr {
        let mut link = Query::select();
        link.from(Link::Table)
            .inner_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((Link::Table, Link::TaskId)))
            .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Task::Table, Task::OrgId)))
            .and_where(Expr::col((Task::Table, Task::Commitment)).eq(Commitment::Committed.as_str()))
            .cond_where(org::visible(self.caller));
        if term.is("none") {
            link.expr(Expr::val(1)).and_where(Expr::col((Link::Table, Link::DeltaId)).equals((Delta::Table, Delta::Id)));
            return Expr::exists(link).not();
        }
        if !term.is("any") {
            link.cond_where(key((Org::Table, Org::Slug), std::slice::from_ref(term)));
        }
        delta(Delta::Id).in_subquery(link.column((Link::Table, Link::DeltaId)).to_owned())
    }

    /// `org` (any stance of it), `org/state`, or a pattern over that.
    fn stance(&self, term: &Term) -> Expr {
        let mut stance = Query::select();
        stance
            .column((Stance::Table, Stance::DeltaId))
            .from(Stance::Table)
            .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Stance::Table, Stance::OrgId)))
            .cond_where(org::visible(self.caller));
        let state = Expr::col((Stance::Table, Stance::Stance));
        match term.as_word().map(|word| word.split_once('/').map_or((word, None), |(org, state)| (org, Some(state)))) {
            Some((org, word)) => {
                stance.and_where(Expr::col((Org::Table, Org::Slug)).eq(org.to_lowercase()));
                if let Some(word) = word {
                    stance.and_where(state.eq(word.to_lowercase()));
                }
            }
            None => {
                let both =
                    Expr::col((Org::Table, Org::Slug)).binary(BinOper::Custom("||"), Expr::val("/")).binary(BinOper::Custom("||"), state);
                stance.and_where(both.like(pattern(term)));
            }
        }
        delta(Delta::Id).in_subquery(stance)
    }
}
