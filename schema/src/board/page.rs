//! What the pages of boards show.

use super::Board;
use crate::problem::Refused;

/// The page of a board.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardPage {
    /// The organisation's name.
    pub org_name: String,
    /// The board; with a filter only the cards it takes.
    pub board: Board,
    /// The filter that is applied.
    pub q: String,
    /// What is wrong with the filter or with what was just tried.
    pub error: Option<String>,
    /// The form to move a card, where it was refused.
    pub refused: Option<Refused>,
    /// Whether the caller may move cards.
    pub may_change: bool,
}

/// The page that makes or changes a board.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardForm {
    /// The organisation's slug.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// The board's slug; empty for a new one.
    pub slug: String,
    /// What is typed as slug of a new one.
    pub new_slug: String,
    /// Its name.
    pub name: String,
    /// The query it opens with.
    pub filter: String,
    /// The columns, with empty ones at the end to add some.
    pub columns: Vec<ColumnForm>,
    /// Where the cards of removed columns go: a column's slug; empty for nowhere.
    pub cards_to: String,
    /// The version seen.
    pub version: i64,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// One line of a [`BoardForm`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnForm {
    /// Its slug; empty for a new one.
    pub slug: String,
    /// Its name; empty for none.
    pub name: String,
    /// The word of its category.
    pub category: String,
    /// As typed.
    pub wip_limit: String,
    /// Whether the limit stops anybody.
    pub wip_hard: bool,
    /// In words.
    pub policy: String,
}
