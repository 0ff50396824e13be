//! Looks whether what is stored agrees with itself: what the database promises, and what is kept twice.

use sea_query::{Expr, ExprTrait, Query};

use super::db::{Dialect, Tx};
use crate::error::Result;

/// What must hold, and how to count the rows where it does not. Both databases read the same SQL.
pub const RULES: [(&str, &str); 18] = [
    (
        "a place repeats its delta's number, state and impact",
        "SELECT COUNT(*) FROM place JOIN delta ON delta.id = place.delta_id \
         WHERE place.number <> delta.number OR place.open <> delta.open OR place.impact <> delta.impact",
    ),
    (
        "a segment counts its members",
        "SELECT COUNT(*) FROM segment WHERE members <> \
         (SELECT COUNT(*) FROM segment_member WHERE segment_member.segment_id = segment.id AND left_at IS NULL)",
    ),
    (
        "a delta's impact is its highest segment score",
        "SELECT COUNT(*) FROM delta WHERE impact <> COALESCE((SELECT MAX(impact.score) FROM impact WHERE impact.delta_id = delta.id), 0)",
    ),
    (
        "a segment's votes on a delta are those that count there",
        "SELECT COUNT(*) FROM impact WHERE votes <> (SELECT COUNT(*) FROM vote_segment WHERE vote_segment.delta_id = impact.delta_id \
         AND vote_segment.segment_id = impact.segment_id) OR outside <> (SELECT COUNT(*) FROM vote_segment \
         WHERE vote_segment.delta_id = impact.delta_id AND vote_segment.segment_id = impact.segment_id AND NOT member)",
    ),
    (
        "a person's vote says whether they are in its segment still",
        "SELECT COUNT(*) FROM vote_segment JOIN \"user\" ON \"user\".id = vote_segment.voter_id WHERE member <> EXISTS \
         (SELECT 1 FROM segment_member WHERE segment_member.segment_id = vote_segment.segment_id \
         AND segment_member.user_id = vote_segment.voter_id AND left_at IS NULL)",
    ),
    (
        "what is recorded for an outsider on a duplicate counts for what stands for it",
        "SELECT COUNT(*) FROM outsider_vote JOIN delta ON delta.id = outsider_vote.delta_id \
         WHERE delta.duplicate_of IS NOT NULL AND delta.visibility = 'public' \
         AND NOT EXISTS (SELECT 1 FROM outsider_vote other WHERE other.delta_id = delta.duplicate_of \
         AND other.outsider_id = outsider_vote.outsider_id AND other.at >= outsider_vote.at) \
         AND NOT EXISTS (SELECT 1 FROM outsider JOIN vote ON vote.user_id = outsider.claimed_by \
         WHERE outsider.id = outsider_vote.outsider_id AND vote.delta_id = delta.duplicate_of)",
    ),
    (
        "a delta counts its comments",
        "SELECT COUNT(*) FROM delta WHERE comments <> (SELECT COUNT(*) FROM comment WHERE comment.delta_id = delta.id AND deleted IS NULL)",
    ),
    (
        "a delta counts the public deltas it stands for",
        "SELECT COUNT(*) FROM delta WHERE duplicates <> (SELECT COUNT(*) FROM delta other WHERE other.duplicate_of = delta.id \
         AND other.visibility = 'public')",
    ),
    (
        "what stands for a duplicate is none itself",
        "SELECT COUNT(*) FROM delta JOIN delta other ON other.id = delta.duplicate_of WHERE other.duplicate_of IS NOT NULL",
    ),
    (
        "a delta's text is its newest revision's",
        "SELECT COUNT(*) FROM delta LEFT JOIN revision ON revision.delta_id = delta.id AND revision.number = delta.revision \
         WHERE revision.title IS NULL OR revision.title <> delta.title OR revision.desired <> delta.desired OR revision.actual <> delta.actual",
    ),
    ("a delta stands in a project", "SELECT COUNT(*) FROM delta WHERE NOT EXISTS (SELECT 1 FROM place WHERE place.delta_id = delta.id)"),
    (
        "a board's events are numbered without a gap up to its version",
        "SELECT COUNT(*) FROM (SELECT board.version AS version, MIN(board_version) AS low, MAX(board_version) AS high, COUNT(*) AS events \
         FROM event JOIN board ON board.id = event.board_id WHERE board_version IS NOT NULL GROUP BY board.id, board.version) told \
         WHERE high - low + 1 <> events OR high <> version",
    ),
    (
        "a task stands in a column of its board, and its board is its organisation's",
        "SELECT COUNT(*) FROM task JOIN board ON board.id = task.board_id JOIN board_column ON board_column.id = task.column_id \
         WHERE board_column.board_id <> task.board_id OR board.org_id <> task.org_id",
    ),
    (
        "a task's stay that has not ended is where the task stands",
        "SELECT COUNT(*) FROM task JOIN board_column ON board_column.id = task.column_id WHERE NOT EXISTS \
         (SELECT 1 FROM task_stay WHERE task_stay.task_id = task.id AND went IS NULL AND task_stay.board_id = task.board_id \
         AND column_slug = board_column.slug AND task_stay.category = board_column.category)",
    ),
    (
        "a task repeats the newest line of its ledger",
        "SELECT COUNT(*) FROM task WHERE commitment <> COALESCE((SELECT state FROM commitment WHERE commitment.task_id = task.id \
         ORDER BY set_at DESC, id DESC LIMIT 1), 'none')",
    ),
    (
        "an organisation has counted past its tasks",
        "SELECT COUNT(*) FROM org WHERE tasks < COALESCE((SELECT MAX(number) FROM task WHERE task.org_id = org.id), 0)",
    ),
    ("a run's parts add up", "SELECT COUNT(*) FROM run WHERE tests <> passed + failed + errored + skipped"),
    (
        "a failure group counts its failures",
        "SELECT COUNT(*) FROM failure_group WHERE failures <> (SELECT COUNT(*) FROM failure WHERE failure.group_id = failure_group.id)",
    ),
];

/// How many rows break one of the [`RULES`].
///
/// # Errors
/// When the database does not answer.
pub async fn broken(tx: &mut Tx, count: &'static str) -> Result<i64> {
    let (rows,): (i64,) = tx.one(Query::select().expr_as(Expr::cust(format!("({count})")), "broken")).await?;
    Ok(rows)
}

/// What the database itself finds wrong with its pages, indexes and foreign keys; empty when nothing. `None` where it has no means to look:
/// PostgreSQL without its extension `amcheck`, which an operator can create.
///
/// # Errors
/// When the database does not answer.
pub async fn integrity(tx: &mut Tx) -> Result<Option<Vec<String>>> {
    match tx.dialect() {
        Dialect::Sqlite => sqlite(tx).await.map(Some),
        Dialect::Postgres => postgres(tx).await,
    }
}

async fn sqlite(tx: &mut Tx) -> Result<Vec<String>> {
    let pages: Vec<(String,)> = tx.all(Query::select().column("integrity_check").from("pragma_integrity_check")).await?;
    let keys: Vec<(String, String)> = tx.all(Query::select().columns(["table", "parent"]).from("pragma_foreign_key_check")).await?;
    let mut wrong: Vec<String> = pages.into_iter().map(|(said,)| said).filter(|said| said != "ok").collect();
    wrong.extend(keys.into_iter().map(|(table, parent)| format!("a row of {table} names one of {parent} that is not there")));
    Ok(wrong)
}

/// Foreign keys and checks are PostgreSQL's own affair; its B-trees and tables are read through.
async fn postgres(tx: &mut Tx) -> Result<Option<Vec<String>>> {
    let (there,): (i64,) =
        tx.one(Query::select().expr_as(Expr::cust("(SELECT COUNT(*) FROM pg_extension WHERE extname = 'amcheck')"), "there")).await?;
    if there == 0 {
        return Ok(None);
    }
    // Gives a row an index, or stops with what is wrong.
    let checked = tx
        .all::<(i64,)>(
            Query::select()
                .expr_as(
                    Expr::cust(
                        "(SELECT COUNT(bt_index_check(index => c.oid, heapallindexed => true)::text) FROM pg_index i \
                         JOIN pg_opclass o ON o.oid = i.indclass[0] JOIN pg_am am ON am.oid = o.opcmethod JOIN pg_class c ON c.oid = i.indexrelid \
                         JOIN pg_namespace n ON n.oid = c.relnamespace \
                         WHERE am.amname = 'btree' AND n.nspname = current_schema() AND c.relpersistence = 'p' AND i.indisready AND i.indisvalid)",
                    ),
                    "checked",
                )
                .and_where(Expr::val(1).eq(1)),
        )
        .await;
    let mut wrong: Vec<String> = checked.err().map(|error| format!("an index: {error}")).into_iter().collect();
    let tables = Query::select()
        .expr_as(
            Expr::cust(
                "(SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, LATERAL verify_heapam(c.oid) \
                 WHERE c.relkind = 'r' AND n.nspname = current_schema())",
            ),
            "damaged",
        )
        .take();
    match tx.one::<(i64,)>(&tables).await {
        Ok((0,)) => {}
        Ok((damaged,)) => wrong.push(format!("{damaged} places in tables")),
        Err(error) => wrong.push(format!("a table: {error}")),
    }
    Ok(Some(wrong))
}
