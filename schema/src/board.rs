//! Boards: columns with cards in the organisation's order, and what happens on them.

pub mod page;

use serde::{Deserialize, Serialize};

use crate::{
    delta,
    id::{DeltaKey, TaskKey},
    task::{Commitment, Priority, Relation},
    user::Person,
};

/// Most columns of a board.
pub const COLUMNS_MAX: usize = 20;
/// Longest name of a column, in characters.
pub const COLUMN_NAME_MAX: usize = 64;
/// Longest name of a board, in characters.
pub const NAME_MAX: usize = 200;
/// Longest policy of a column, in characters.
pub const POLICY_MAX: usize = 2000;
/// How many days a finished card stays on its board.
pub const DONE_DAYS: i64 = 7;

words! {
    /// What it means to stand in a column.
    Category {
        /// Not yet thought through.
        Backlog = "backlog",
        /// Can be begun.
        Ready = "ready",
        /// Is being worked on.
        Doing = "doing",
        /// Is being checked.
        Review = "review",
        /// Is finished.
        Done = "done",
    }
}

impl Category {
    /// Whether work on a task that stands there has begun.
    #[must_use]
    pub const fn begun(self) -> bool {
        matches!(self, Self::Doing | Self::Review | Self::Done)
    }
}

words! {
    /// What cuts the columns of a board across.
    Swimlanes {
        /// Nothing.
        None = "none",
        /// The priority.
        Priority = "priority",
        /// Who works on it.
        Assignee = "assignee",
    }
}

/// A column to be. Its slug is made from its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewColumn {
    /// The column this is, when a board is changed: without it, one is added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// At most 64 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 64))]
    pub name: String,
    /// What it means to stand there.
    pub category: Category,
    /// How many cards should stand there at most, 1 to 999.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 999))]
    pub wip_limit: Option<i64>,
    /// Whether the limit stops who would put one more card there; else it is only shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wip_hard: bool,
    /// When a card may come in or leave, in words; at most 2000 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub policy: String,
}

/// What stands beside a column's count: whether it is over its limit, or a hard one is reached; else nothing.
#[must_use]
pub fn limit_words(cards: usize, limit: Option<i64>, hard: bool) -> &'static str {
    let cards = i64::try_from(cards).unwrap_or(i64::MAX);
    match limit {
        Some(limit) if cards > limit => OVER,
        Some(limit) if hard && cards == limit => "full",
        _ => "",
    }
}

/// The words of a column that is over its limit.
pub const OVER: &str = "over the limit";

/// A board to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewBoard {
    /// Its part of the URL, unique in its organisation.
    pub slug: String,
    /// At most 200 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// From left to right, 1 to 20.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 20))]
    pub columns: Vec<NewColumn>,
}

/// A change of a board. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BoardChange {
    /// At most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All of them, from left to right. One left out is removed: an empty one, or any where `cards_to` says where its cards go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<NewColumn>>,
    /// The column that takes the cards of those removed: a slug of one that stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cards_to: Option<String>,
    /// A query over tasks that the board opens with; empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// What cuts the columns across.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swimlanes: Option<Swimlanes>,
}

/// A board with everything on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Board {
    /// The organisation's slug.
    pub org: String,
    /// Its part of the URL.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The query it opens with; empty for none.
    pub filter: String,
    /// What cuts the columns across.
    pub swimlanes: Swimlanes,
    /// Rises by one with each event of the board.
    pub version: i64,
    /// Rises with each change of name, filter, swimlanes or columns; the ETag.
    pub settings_version: i64,
    /// From left to right.
    pub columns: Vec<Column>,
}

/// A column with its cards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Column {
    /// Names it in its board.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it means to stand there.
    pub category: Category,
    /// How many cards should stand there at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wip_limit: Option<i64>,
    /// Whether the limit stops who would put one more card there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wip_hard: bool,
    /// When a card may come in or leave.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub policy: String,
    /// In the organisation's order. Finished cards leave the board after 7 days.
    pub cards: Vec<Card>,
}

/// A task as a board shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Card {
    /// Its key.
    pub key: TaskKey,
    /// In one line.
    pub title: String,
    /// The organisation's priority.
    pub priority: Priority,
    /// Send it back with a change, as `If-Match`.
    pub version: i64,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assignees: Vec<Person>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// What it is for, as far as the caller may see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deltas: Vec<CardDelta>,
    /// What was promised.
    pub commitment: Commitment,
    /// The release or date promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Unfinished tasks it waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked_by: Vec<TaskKey>,
    /// How many groups of CI failures its deltas explain that were seen within 7 days; absent for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci_failing: Option<i64>,
    /// Its place in the organisation's order; compares as bytes.
    pub rank: String,
}

/// A delta as a card shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardDelta {
    /// Its key.
    pub key: DeltaKey,
    /// What sort of gap.
    pub kind: delta::Kind,
    /// In one line.
    pub title: String,
    /// Highest segment score, 0 to 100.
    pub impact: i64,
    /// Whether the gap is open.
    pub open: bool,
    /// What the task does about it.
    pub relation: Relation,
}

/// Something that happened on a board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// The board's version after it.
    pub version: i64,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What can happen on a board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum EventKind {
    /// A card of this board stands somewhere else on it.
    CardMoved {
        /// Which.
        key: TaskKey,
        /// Slug of the column.
        column: String,
        /// The card it stands below; none at the top.
        after: Option<TaskKey>,
        /// The task's version now.
        task_version: i64,
    },
    /// A card is new on this board.
    CardAdded {
        /// Slug of the column.
        column: String,
        /// The card it stands below; none at the top.
        after: Option<TaskKey>,
        /// The card as it is now.
        card: Box<Card>,
    },
    /// A card looks different, where it stands.
    CardChanged {
        /// The card as it is now.
        card: Box<Card>,
    },
    /// A card left this board.
    CardRemoved {
        /// Which.
        key: TaskKey,
    },
    /// Name, columns, filter or the whole order changed: load the board again.
    BoardChanged,
}

impl EventKind {
    /// The event's name on the stream.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CardMoved { .. } => "card-moved",
            Self::CardAdded { .. } => "card-added",
            Self::CardChanged { .. } => "card-changed",
            Self::CardRemoved { .. } => "card-removed",
            Self::BoardChanged => "board-changed",
        }
    }
}

/// What [`Board::apply`] made of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The board shows it now.
    Done,
    /// It was known already.
    Known,
    /// The board cannot show it: load it again.
    Reload,
}

impl Board {
    /// Shows an event. Pure: the server's tests and any client get the same board from the same events. No card is ever lost
    /// or doubled; where the event does not fit what is here, nothing changes and the answer is [`Applied::Reload`].
    pub fn apply(&mut self, event: &Event) -> Applied {
        if event.version <= self.version {
            return Applied::Known;
        }
        if event.version != self.version + 1 {
            return Applied::Reload;
        }
        let done = match &event.kind {
            EventKind::CardMoved { key, column, after, task_version } => match self.card(key).cloned() {
                Some(mut card) => {
                    // A card that was read later than it moved is newer than its move.
                    card.version = card.version.max(*task_version);
                    self.put(card, column, after.as_ref())
                }
                None => false,
            },
            EventKind::CardAdded { column, after, card } => self.put((**card).clone(), column, after.as_ref()),
            EventKind::CardChanged { card } => {
                let known = self.columns.iter_mut().flat_map(|column| &mut column.cards).find(|known| known.key == card.key);
                known.map(|known| known.clone_from(card)).is_some()
            }
            EventKind::CardRemoved { key } => {
                self.columns.iter_mut().for_each(|column| column.cards.retain(|card| card.key != *key));
                true
            }
            EventKind::BoardChanged => false,
        };
        if !done {
            return Applied::Reload;
        }
        self.version = event.version;
        Applied::Done
    }

    /// The card of a key.
    pub fn card(&self, key: &TaskKey) -> Option<&Card> {
        self.columns.iter().flat_map(|column| &column.cards).find(|card| card.key == *key)
    }

    /// Puts a card below another, or at the top; says whether both column and that other card are there.
    fn put(&mut self, card: Card, column: &str, after: Option<&TaskKey>) -> bool {
        let Some(target) = self.columns.iter().position(|known| known.slug == column) else { return false };
        let known = |key: &TaskKey| self.columns[target].cards.iter().any(|card| card.key == *key) && *key != card.key;
        if !after.is_none_or(known) {
            return false;
        }
        self.columns.iter_mut().for_each(|column| column.cards.retain(|old| old.key != card.key));
        let cards = &mut self.columns[target].cards;
        let at = after.and_then(|key| cards.iter().position(|card| card.key == *key)).map_or(0, |at| at + 1);
        cards.insert(at, card);
        true
    }
}

#[cfg(test)]
#[path = "board_tests.rs"]
mod tests;
