//! Boards, their columns, and the placement of cards.

use std::collections::HashSet;

use schema::{
    board::{Board, BoardChange, COLUMN_NAME_MAX, COLUMNS_MAX, Category, NAME_MAX, NewBoard, NewColumn, POLICY_MAX},
    query,
    user::Role,
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    app::App,
    caller::{Caller, User},
    error::{Error, Result},
    extract::Check,
    store::{
        self,
        board::{ColumnRow, Row, Whole, card},
        db::Tx,
        event::Event,
        task::{may_see, stay},
    },
};

/// The person, if they do an organisation's work: a member or owner of it.
///
/// # Errors
/// 401, 403. Ask whether they may see it at all first.
pub fn member(caller: &Caller, org: Uuid) -> Result<&User> {
    let user = caller.actor()?;
    match caller.role_in(org) {
        Some(Role::Member | Role::Owner) => Ok(user),
        _ => Err(Error::forbidden("Members and owners of the organisation do this. An owner can make you one.")),
    }
}

/// An organisation whose own work the caller may see.
///
/// # Errors
/// 404 otherwise.
pub async fn org(tx: &mut Tx, caller: &Caller, slug: &str) -> Result<store::org::Row> {
    let org = store::org::find(tx, caller, slug).await?;
    if may_see(caller, org.id, org.openness) { Ok(org) } else { Err(Error::not_found("organisation")) }
}

/// A board that the caller may see, with its columns.
///
/// # Errors
/// 404 otherwise.
pub async fn find(tx: &mut Tx, caller: &Caller, org: &str, board: &str) -> Result<Whole> {
    let whole = store::board::whole(tx, org, board).await?;
    if may_see(caller, whole.board.org_id, whole.openness) { Ok(whole) } else { Err(Error::not_found("board")) }
}

/// A board with its cards, as far as the caller may see.
///
/// # Errors
/// When the database does not answer.
pub async fn view(tx: &mut Tx, caller: &Caller, whole: Whole, now: OffsetDateTime) -> Result<Board> {
    let which = card::of_board(whole.board.id, now);
    let cards = card::cards(tx, caller, &whole.key_prefix, &which, now).await?;
    Ok(put(whole, cards))
}

/// Cards on their board.
pub fn put(whole: Whole, cards: Vec<card::Standing>) -> Board {
    let Whole { org_slug, board, columns, .. } = whole;
    let mut views: Vec<_> = columns.iter().map(store::board::ColumnRow::view).collect();
    for standing in cards {
        if let Some(at) = columns.iter().position(|column| column.id == standing.column) {
            views[at].cards.push(standing.card);
        }
    }
    let Row { slug, name, filter, swimlanes, version, settings_version, .. } = board;
    Board { org: org_slug, slug, name, filter, swimlanes, version, settings_version, columns: views }
}

/// The columns of a board that nobody has thought about yet.
pub fn usual() -> Vec<NewColumn> {
    let column = |name: &str, category, wip_limit| NewColumn {
        slug: None,
        name: name.to_owned(),
        category,
        wip_limit,
        wip_hard: false,
        policy: String::new(),
    };
    vec![
        column("Backlog", Category::Backlog, None),
        column("Ready", Category::Ready, None),
        column("In progress", Category::Doing, Some(5)),
        column("Review", Category::Review, Some(5)),
        column("Done", Category::Done, None),
    ]
}

/// Gives an organisation its first board, `main`, with the usual columns. For whoever creates the organisation.
///
/// # Errors
/// When it has a board of that slug already.
pub async fn create_default(tx: &mut Tx, org: Uuid, name: &str, now: OffsetDateTime) -> Result<Uuid> {
    let new = NewBoard { slug: "main".to_owned(), name: name.to_owned(), columns: usual() };
    insert(tx, org, &new, None, now).await
}

async fn insert(tx: &mut Tx, org: Uuid, new: &NewBoard, by: Option<Uuid>, now: OffsetDateTime) -> Result<Uuid> {
    let taken = Error::taken(format!("The organisation has a board `{}` already.", new.slug));
    let board = store::board::insert(tx, org, &new.slug, new.name.trim(), now).await.map_err(taken)?;
    let mut slugs = HashSet::new();
    for (position, column) in (0..).zip(&new.columns) {
        let slug = fresh_slug(&column.name, &slugs);
        store::board::insert_column(tx, board, &slug, position, column).await?;
        slugs.insert(slug);
    }
    let data = json!({ "board": new.slug, "name": new.name });
    tx.emit(Event { org: Some(org), board: Some(board), ..Event::new("board.created", now, by).with(data) }).await?;
    Ok(board)
}

/// Makes a board.
///
/// # Errors
/// 403 for viewers, 409 where the slug is taken, 422.
pub async fn create(app: &App, caller: &Caller, org_slug: &str, new: &NewBoard) -> Result<Board> {
    let mut check = Check::default();
    check
        .slug(&new.slug, "slug")
        .that(new.slug != "new", "slug", "is a word of this server's own addresses")
        .text(&new.name, "name", 1, NAME_MAX);
    check_columns(&mut check, &new.columns);
    let mut tx = app.db.write().await?;
    let org = org(&mut tx, caller, org_slug).await?;
    let user = member(caller, org.id)?;
    check.done()?;
    let now = app.clock.now();
    insert(&mut tx, org.id, new, Some(user.id), now).await?;
    let whole = store::board::whole(&mut tx, org_slug, &new.slug).await?;
    tx.commit().await?;
    Ok(put(whole, Vec::new()))
}

/// Whether a column takes one more card: not where its limit is a hard one and reached. Hold the organisation's row.
///
/// # Errors
/// 409 where it does not.
pub async fn room(tx: &mut Tx, column: &ColumnRow, now: OffsetDateTime) -> Result<()> {
    let Some(limit) = column.wip_limit.filter(|_| column.wip_hard) else { return Ok(()) };
    if store::board::standing(tx, column.id, card::since(now)).await? < limit {
        return Ok(());
    }
    Err(Error::conflict(format!("“{}” is full: {limit} cards are its hard limit. Move one on first.", column.name)))
}

/// Changes a board, of the version of its settings seen. A column that is left out must be empty, or its cards go to `cards_to`, past any limit.
///
/// # Errors
/// 403 for viewers, 409 where a column to be removed has tasks and nobody says where they go, 412, 422.
pub async fn change(app: &App, caller: &Caller, org: &str, board: &str, version: i64, change: &BoardChange) -> Result<Board> {
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let mut whole = find(&mut tx, caller, org, board).await?;
    let user = member(caller, whole.board.org_id)?.id;
    let mut check = Check::default();
    if let Some(name) = &change.name {
        check.text(name, "name", 1, NAME_MAX);
        whole.board.name = name.trim().to_owned();
    }
    if let Some(filter) = &change.filter {
        if let Err(error) = query::parse(filter, &query::TASKS) {
            check.that(false, "filter", format!("{error}"));
        }
        whole.board.filter = filter.trim().to_owned();
    }
    if let Some(swimlanes) = change.swimlanes {
        whole.board.swimlanes = swimlanes;
    }
    if let Some(columns) = &change.columns {
        check_columns(&mut check, columns);
        for (index, column) in columns.iter().enumerate() {
            let known = column.slug.as_ref().is_none_or(|slug| whole.columns.iter().any(|known| known.slug == *slug));
            check.that(known, &format!("columns[{index}].slug"), "is no column of this board");
        }
        let stays = |slug: &String| columns.iter().any(|column| column.slug.as_ref() == Some(slug));
        check.that(change.cards_to.as_ref().is_none_or(stays), "cards_to", "is no column that stays");
    }
    check.done()?;
    // Nobody places a card in a column while it goes.
    store::org::lock(&mut tx, whole.board.org_id).await?;
    if !store::board::update(&mut tx, &whole.board, version).await? {
        return Err(Error::stale("board"));
    }
    if let Some(columns) = &change.columns {
        replace_columns(&mut tx, &whole, columns, change.cards_to.as_deref(), (user, now)).await?;
    }
    let event = Event::new("board.changed", now, Some(user)).with(json!({ "board": board }));
    tx.emit(Event { org: Some(whole.board.org_id), board: Some(whole.board.id), ..event }).await?;
    let whole = store::board::whole(&mut tx, org, board).await?;
    let view = view(&mut tx, caller, whole, now).await?;
    tx.commit().await?;
    Ok(view)
}

async fn replace_columns(
    tx: &mut Tx,
    whole: &Whole,
    columns: &[NewColumn],
    cards_to: Option<&str>,
    (user, now): (Uuid, OffsetDateTime),
) -> Result<()> {
    let mut slugs: HashSet<String> = whole.columns.iter().map(|column| column.slug.clone()).collect();
    for gone in whole.columns.iter().filter(|known| !columns.iter().any(|column| column.slug.as_ref() == Some(&known.slug))) {
        if let Some(to) = whole.columns.iter().find(|column| cards_to == Some(&column.slug)) {
            let becomes =
                columns.iter().find(|column| column.slug.as_ref() == Some(&to.slug)).map_or(to.category, |column| column.category);
            let moved = store::board::empty_column(tx, gone.id, to.id, now).await?;
            stay::follow(tx, stay::of_tasks(&moved), now).await?;
            stay::start(tx, to.id, to.category, now).await?;
            for task in moved {
                let data = json!({ "column": to.slug, "category": becomes, "from": gone.slug, "arrived": false });
                // Not on the board's stream: who looks at it loads it anew, for its columns changed.
                let event = Event::new("task.moved", now, Some(user)).with(data);
                tx.emit(Event { org: Some(whole.board.org_id), task: Some(task), ..event }).await?;
            }
            if card::is_done(gone.category) != card::is_done(to.category) {
                store::board::recategorise(tx, to.id, card::is_done(to.category), now).await?;
            }
        }
        if !store::board::delete_column(tx, gone.id).await? {
            let words = format!("Tasks stand in the column “{}”: move them first, or say where they go. Nothing was changed.", gone.name);
            return Err(Error::conflict(words));
        }
    }
    for (position, column) in (0..).zip(columns) {
        match whole.columns.iter().find(|known| column.slug.as_ref() == Some(&known.slug)) {
            Some(known) => {
                store::board::update_column(tx, known.id, position, column).await?;
                if card::is_done(known.category) != card::is_done(column.category) {
                    store::board::recategorise(tx, known.id, card::is_done(column.category), now).await?;
                }
                if known.category != column.category {
                    stay::follow(tx, stay::in_column(known.id), now).await?;
                    stay::start(tx, known.id, column.category, now).await?;
                }
            }
            None => {
                let slug = fresh_slug(&column.name, &slugs);
                store::board::insert_column(tx, whole.board.id, &slug, position, column).await?;
                slugs.insert(slug);
            }
        }
    }
    Ok(())
}

fn check_columns(check: &mut Check, columns: &[NewColumn]) {
    check.that((1..=COLUMNS_MAX).contains(&columns.len()), "columns", format!("must be 1 to {COLUMNS_MAX}"));
    let mut seen = HashSet::new();
    for (index, column) in columns.iter().enumerate() {
        let at = |field: &str| format!("columns[{index}].{field}");
        check.text(&column.name, &at("name"), 1, COLUMN_NAME_MAX).text(&column.policy, &at("policy"), 0, POLICY_MAX);
        check.that(column.wip_limit.is_none_or(|limit| (1..=999).contains(&limit)), &at("wip_limit"), "must be 1 to 999");
        check.that(column.slug.is_none() || seen.insert(&column.slug), &at("slug"), "is there twice");
    }
}

/// A slug made from a name, unlike those there are.
fn fresh_slug(name: &str, taken: &HashSet<String>) -> String {
    let mut slug = String::new();
    for letter in name.to_lowercase().chars() {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(56);
    let slug = slug.trim_end_matches('-');
    let slug = if slug.is_empty() { "column" } else { slug };
    if !taken.contains(slug) {
        return slug.to_owned();
    }
    // Ends: there are fewer columns than numbers.
    (2..).map(|n: u32| format!("{slug}-{n}")).find(|slug| !taken.contains(slug)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_made_from_the_name() {
        let none = HashSet::new();
        assert_eq!(fresh_slug("In progress", &none), "in-progress");
        assert_eq!(fresh_slug("  Ärger & Co. ", &none), "rger-co");
        assert_eq!(fresh_slug("完了", &none), "column");
        assert_eq!(fresh_slug("Done", &HashSet::from(["done".to_owned(), "done-2".to_owned()])), "done-3");
        assert!(schema::id::is_slug(&fresh_slug(&"long ".repeat(30), &none)));
    }
}
