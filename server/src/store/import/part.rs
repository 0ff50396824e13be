//! What belongs to imported deltas: comments, what happened, votes. Each part has an id and comes in once.

use std::collections::{BTreeMap, HashMap, HashSet};

use schema::impact::day_number;
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use time::OffsetDateTime;
use uuid::Uuid;

use super::ROWS;
use crate::{
    clock,
    error::Result,
    store::{
        db::Tx,
        duplicate, impact, search, segment,
        table::{Comment, Delta, Event, OriginPart, User, Vote as VoteTable},
    },
};

/// Characters of all comments of a delta that come in together which are searchable: no more are kept in any case.
const SEARCHED: usize = 49_152;

/// A comment, or something that happened.
#[derive(Clone, Debug)]
pub struct Part {
    /// The part's id there.
    pub external_id: String,
    /// Whose part it is.
    pub delta: Uuid,
    /// That delta's number.
    pub number: i64,
    /// When it was.
    pub at: OffsetDateTime,
    /// Who.
    pub actor: Option<Uuid>,
    /// What.
    pub said: Said,
}

/// What a part says.
#[derive(Clone, Debug)]
pub enum Said {
    /// A comment's text, by its author.
    Comment(String, Uuid),
    /// What an event tells.
    Change(serde_json::Value),
}

/// Which of these parts are in already.
///
/// # Errors
/// When the database does not answer.
pub async fn kept(tx: &mut Tx, source: &str, ids: &[&str]) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    for some in ids.chunks(ROWS) {
        let mut select = Query::select();
        select
            .column(OriginPart::ExternalId)
            .from(OriginPart::Table)
            .and_where(Expr::col(OriginPart::Source).eq(source))
            .and_where(Expr::col(OriginPart::ExternalId).is_in(some.iter().copied()));
        found.extend(tx.all::<(String,)>(&select).await?.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

/// Notes that parts of deltas are in.
///
/// # Errors
/// When the database does not answer, or one was in already.
pub async fn keep(tx: &mut Tx, source: &str, parts: &[(Uuid, &str)]) -> Result<()> {
    for some in parts.chunks(ROWS) {
        let mut insert = Query::insert();
        insert.into_table(OriginPart::Table).columns([OriginPart::Source, OriginPart::ExternalId, OriginPart::DeltaId]);
        for (delta, id) in some {
            insert.values_panic([source.into(), (*id).into(), (*delta).into()]);
        }
        tx.run(&insert).await?;
    }
    Ok(())
}

/// Adds parts that are not in yet, in the order in which they shall stand in timelines: comments with their events, counted and found by
/// their words; other events.
///
/// # Errors
/// When the database does not answer, or one was in already.
pub async fn parts(tx: &mut Tx, source: &str, parts: &[Part]) -> Result<()> {
    let ids: Vec<Uuid> = parts.iter().map(|_| clock::new_id()).collect();
    let numbered: Vec<(Uuid, &Part)> = ids.into_iter().zip(parts).collect();
    for some in numbered.chunks(ROWS) {
        events(tx, some).await?;
        comments(tx, some).await?;
    }
    let kept: Vec<(Uuid, &str)> = parts.iter().map(|part| (part.delta, part.external_id.as_str())).collect();
    keep(tx, source, &kept).await?;
    // One statement a delta: each writes its words anew.
    let mut said: BTreeMap<i64, (Uuid, i64, String)> = BTreeMap::new();
    for part in parts {
        if let Said::Comment(text, _) = &part.said {
            let (_, count, all) = said.entry(part.number).or_insert_with(|| (part.delta, 0, String::new()));
            *count += 1;
            if all.len() < SEARCHED {
                all.push(' ');
                all.push_str(text);
            }
        }
    }
    for (number, (delta, count, text)) in said {
        search::add_comment(tx, number, &text.chars().take(SEARCHED).collect::<String>()).await?;
        let mut update = Query::update();
        update.table(Delta::Table).value(Delta::Comments, Expr::col(Delta::Comments).add(count)).and_where(Expr::col(Delta::Id).eq(delta));
        tx.later(&update).await?;
    }
    Ok(())
}

async fn events(tx: &mut Tx, parts: &[(Uuid, &Part)]) -> Result<()> {
    if parts.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert();
    insert.into_table(Event::Table).columns([Event::Id, Event::At, Event::Kind, Event::ActorId, Event::DeltaId, Event::Data]);
    for (id, part) in parts {
        let (kind, actor, data) = match &part.said {
            Said::Comment(_, author) => ("comment.added", Some(*author), serde_json::json!({})),
            Said::Change(data) => ("origin.changed", part.actor, data.clone()),
        };
        insert.values_panic([(*id).into(), part.at.into(), kind.into(), actor.into(), part.delta.into(), data.into()]);
    }
    tx.run(&insert).await.map(drop)
}

async fn comments(tx: &mut Tx, parts: &[(Uuid, &Part)]) -> Result<()> {
    let mut insert = Query::insert();
    insert.into_table(Comment::Table).columns([Comment::Id, Comment::DeltaId, Comment::AuthorId, Comment::Body, Comment::CreatedAt]);
    let mut any = false;
    for (id, part) in parts {
        if let Said::Comment(text, author) = &part.said {
            insert.values_panic([(*id).into(), part.delta.into(), (*author).into(), text.as_str().into(), part.at.into()]);
            any = true;
        }
    }
    if any { tx.run(&insert).await.map(drop) } else { Ok(()) }
}

/// Somebody's vote.
#[derive(Clone, Copy, Debug)]
pub struct Vote {
    /// On which delta.
    pub delta: Uuid,
    /// Whose.
    pub user: Uuid,
    /// How hard, 1 to 4; 0 for not at all.
    pub severity: i64,
    /// When.
    pub at: OffsetDateTime,
}

/// Adds votes of people who have said nothing of these deltas yet, makes them users of the projects, and works the scores out anew, also
/// of what stands for those that are duplicates. How many were new. [`hold`](super::hold) people and deltas first.
///
/// # Errors
/// When the database does not answer.
pub async fn votes(tx: &mut Tx, votes: &[Vote], now: OffsetDateTime) -> Result<usize> {
    let mut new: Vec<(Uuid, Uuid)> = Vec::new();
    for some in votes.chunks(ROWS) {
        let mut insert = Query::insert();
        insert
            .into_table(VoteTable::Table)
            .columns([VoteTable::DeltaId, VoteTable::UserId, VoteTable::Severity, VoteTable::Note, VoteTable::At])
            .on_conflict(OnConflict::columns([VoteTable::DeltaId, VoteTable::UserId]).do_nothing().to_owned())
            .returning(Query::returning().columns([VoteTable::DeltaId, VoteTable::UserId]));
        for vote in some {
            insert.values_panic([vote.delta.into(), vote.user.into(), vote.severity.into(), "".into(), vote.at.into()]);
        }
        new.extend(tx.all::<(Uuid, Uuid)>(&insert).await?);
    }
    if new.is_empty() {
        return Ok(0);
    }
    let mut users: HashMap<Uuid, Vec<(Uuid, OffsetDateTime)>> = HashMap::new();
    let at: HashMap<(Uuid, Uuid), OffsetDateTime> = votes.iter().map(|vote| ((vote.delta, vote.user), vote.at)).collect();
    for (delta, user) in &new {
        users.entry(*delta).or_default().push((*user, at.get(&(*delta, *user)).copied().unwrap_or(now)));
    }
    segment::users(tx, &users).await?;
    let mut changed: Vec<Uuid> = users.into_keys().collect();
    changed.sort();
    impact::restate(tx, &changed, now).await?;
    let survivors = survivors(tx, &changed).await?;
    if !survivors.is_empty() {
        // Held already, unless a delta became a duplicate while its group was being held.
        duplicate::lock(tx, &survivors).await?;
        for survivor in survivors {
            duplicate::settle(tx, survivor, now).await?;
        }
    }
    // They came when they said so.
    let mut days: BTreeMap<(Uuid, i64), (i64, i64)> = BTreeMap::new();
    let new: HashSet<(Uuid, Uuid)> = new.into_iter().collect();
    for vote in votes.iter().filter(|vote| vote.severity > 0 && new.contains(&(vote.delta, vote.user))) {
        days.entry((vote.delta, day_number(vote.at))).or_default().0 += 1;
    }
    impact::moved(tx, &days).await?;
    Ok(new.len())
}

/// What stands for those of these deltas that are public duplicates: each once, in the order of their ids.
async fn survivors(tx: &mut Tx, deltas: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut select = Query::select();
    select
        .distinct()
        .column(Delta::DuplicateOf)
        .from(Delta::Table)
        .and_where(Expr::col(Delta::Id).is_in(deltas.iter().copied()))
        .and_where(Expr::col(Delta::DuplicateOf).is_not_null())
        .and_where(Expr::col(Delta::Visibility).eq("public"))
        .order_by(Delta::DuplicateOf, Order::Asc);
    Ok(tx.all::<(Uuid,)>(&select).await?.into_iter().map(|(id,)| id).collect())
}

/// Who has voted on these deltas: delta and handle.
///
/// # Errors
/// When the database does not answer.
pub async fn voted(tx: &mut Tx, deltas: &[Uuid]) -> Result<HashSet<(Uuid, String)>> {
    let mut select = Query::select();
    select
        .column((VoteTable::Table, VoteTable::DeltaId))
        .column((User::Table, User::Name))
        .from(VoteTable::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((VoteTable::Table, VoteTable::UserId)))
        .and_where(Expr::col((VoteTable::Table, VoteTable::DeltaId)).is_in(deltas.iter().copied()));
    Ok(tx.all::<(Uuid, String)>(&select).await?.into_iter().collect())
}
