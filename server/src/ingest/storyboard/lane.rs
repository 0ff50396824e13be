//! Worklists and boards: the order of what is on them, and the columns.

use std::collections::HashMap;

use schema::board::Category;

use super::{number, objects};
use crate::ingest::tracker::{Board, Fields, Item, Lost, Seat, place_slug};

/// Where stories and tasks stand.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    boards: Vec<Board>,
    lost: Vec<Lost>,
    /// By the sort of thing and its id: the place in the list, and on which board.
    standing: HashMap<(bool, i64), (i64, Option<Seat>)>,
    /// How many things were counted: lists follow one another.
    counted: i64,
}

impl Lanes {
    /// Of a dump's `boards` and `worklists`.
    pub(super) fn of(fields: Fields<'_>) -> Result<Self, String> {
        let mut lanes = Lanes::default();
        for board in objects(fields, "boards")? {
            let name = board.need("title")?;
            let slug = place_slug(&name).ok_or("`boards`: a title without a letter")?;
            let mut columns: Vec<(String, Category)> = Vec::new();
            let mut sorted = objects(board, "lanes")?;
            sorted.sort_by_key(|lane| lane.int("position").ok().flatten().unwrap_or(i64::MAX));
            for lane in sorted {
                let list = lane.object("worklist")?.ok_or("`lanes`: `worklist` is missing")?;
                let column: String = list.need("title")?.chars().take(64).collect();
                lanes.place(list, Some(Seat { board: slug.clone(), column: column.clone() }))?;
                if columns.iter().all(|(known, _)| *known != column) {
                    let category = category(&column, columns.is_empty());
                    columns.push((column, category));
                }
            }
            match columns.is_empty() || columns.len() > 20 {
                true => lanes.lost.push(Lost { what: "boards without lanes, or with more than 20", example: name }),
                false => lanes.boards.push(Board { slug, name: name.chars().take(200).collect(), columns }),
            }
        }
        for list in objects(fields, "worklists")? {
            if list.flag("automatic")?.unwrap_or(false) {
                lanes.lost.push(Lost { what: "automatic worklists (save the query that they stand for)", example: list.need("title")? });
            } else {
                lanes.place(list, None)?;
            }
        }
        Ok(lanes)
    }

    fn place(&mut self, list: Fields<'_>, seat: Option<Seat>) -> Result<(), String> {
        let mut items = objects(list, "items")?;
        items.retain(|item| !item.flag("archived").ok().flatten().unwrap_or(false));
        items.sort_by_key(|item| item.int("list_position").ok().flatten().unwrap_or(i64::MAX));
        for item in items {
            let story = item.need("item_type")? == "story";
            let id = number(item, "items", "item_id")?;
            let place = self.counted;
            self.counted += 1;
            // The first list that has it, and the board before a plain list.
            self.standing.entry((story, id)).or_insert((place, seat.clone()));
        }
        Ok(())
    }

    /// The boards, and what of the lists is lost.
    pub(super) fn items(&self) -> impl Iterator<Item = Item> {
        let boards = self.boards.iter().cloned().map(Item::Board);
        boards.chain(self.lost.iter().cloned().map(Item::Skipped))
    }

    /// Where a task stands: by itself, else with its story.
    pub(super) fn task(&self, id: i64) -> Option<(i64, Option<Seat>)> {
        self.standing.get(&(false, id)).cloned()
    }

    /// Where a story stands.
    pub(super) fn story(&self, id: i64) -> Option<(i64, Option<Seat>)> {
        self.standing.get(&(true, id)).cloned()
    }
}

/// What stands in a lane, by its name; the first is a backlog unless its name says otherwise.
fn category(name: &str, first: bool) -> Category {
    let name = name.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if says(&["done", "merged", "closed", "complete", "released"]) {
        Category::Done
    } else if says(&["review"]) {
        Category::Review
    } else if says(&["doing", "progress", "started", "active", "working"]) {
        Category::Doing
    } else if says(&["backlog", "later", "idea", "inbox"]) || (first && !says(&["ready", "todo", "to do", "next"])) {
        Category::Backlog
    } else {
        Category::Ready
    }
}
