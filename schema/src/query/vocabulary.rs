//! The fields of each thing that can be asked for.

use super::fields::FieldKind::{Date, DateOr, Key, KeyOf, Number, Prose, Rate, Text, Word};
use super::fields::{Field, FieldKind, Fields, SortKey};
use crate::stance::Stance;

/// A field in one line.
const fn field(name: &'static str, kind: FieldKind, doc: &'static str) -> Field {
    Field { name, kind, doc }
}

/// A sort in one line.
const fn sort(name: &'static str, doc: &'static str) -> SortKey {
    SortKey { name, doc }
}

/// Deltas: the list, watch rules, saved views. Free words search title, texts and comments.
pub const DELTAS: Fields = Fields {
    fields: &[
        field("is", Word(&["open", "closed", "private", "regressed", "duplicate"]), "The state of the gap"),
        field("kind", Word(&["bug", "crash", "spec"]), "What kind of delta it is"),
        field("project", Key, "Has a place in this project (slug)"),
        field("component", Key, "Has a place in this component (slug)"),
        field("impact", Number, "Impact from 0 to 100: its highest segment score"),
        field("consensus", Word(&["proposed", "discussing", "agreed", "disputed", "declined"]), "What one of its projects says"),
        field("committed", Key, "Who has committed: an organisation's slug, any or none"),
        field("stance", KeyOf(Stance::WORDS), "What an organisation does about it: org/state, such as northwind/taken"),
        field("affecting", Key, "Whom it affects by their vote: a user, or me"),
        field("reporter", Key, "Who filed it: a user, or me"),
        field("segment", Key, "Affects users of this segment (slug)"),
        field("watching", Key, "Matches a watch rule of this organisation of yours (slug), or of any of yours: me"),
        field("label", Key, "Has this label"),
        field(
            "has",
            Word(&["comment", "duplicate", "evidence", "failure", "label", "reference", "signature", "task", "vote"]),
            "Has at least one, as far as you may see it",
        ),
        field("ci", Rate, "How often CI hit it within the last days"),
        field("resolution", Word(&["closed", "duplicate", "withdrawn", "declined"]), "Why the gap is not open any more"),
        field("regressed", DateOr(&["yes", "no"]), "When CI or somebody saw it again after it was closed; or whether"),
        field("created", Date, "When it was filed"),
        field("updated", Date, "When something about it last changed"),
        field("lens", Key, "Impact as this organisation of yours weighs it (slug): shown, and the order unless sort: says another"),
    ],
    sorts: &[
        sort("impact", "highest first"),
        sort("created", "latest first"),
        sort("updated", "latest first"),
        sort("number", "highest first"),
        sort("relevance", "best match of the free words first"),
    ],
};

/// Tasks of an organisation: the list, views, board filters. Free words search title and body.
pub const TASKS: Fields = Fields {
    fields: &[
        field("is", Word(&["open", "done", "blocked", "mine"]), "The state of the work"),
        field("priority", Word(&["urgent", "high", "normal", "low"]), "The organisation's priority"),
        field("commitment", Word(&["none", "intended", "committed", "delivered", "withdrawn"]), "What was promised"),
        field("assignee", Key, "Who works on it: a user, me or none"),
        field("board", Key, "Stands on this board (slug)"),
        field("column", Text, "Stands in a column of this name"),
        field("delta", Key, "Linked to this delta, such as D-1042"),
        field("project", Key, "Linked to a delta of this project (slug), as far as you may see it"),
        field("label", Key, "Has this label"),
        field("due", Date, "When it is due"),
        field("updated", Date, "When something about it last changed"),
    ],
    sorts: &[
        sort("rank", "first of the organisation's order first"),
        sort("updated", "latest first"),
        sort("due", "soonest first"),
        sort("number", "highest first"),
    ],
};

/// Signatures: what recognises a failure of CI. Free words are found in message or details.
pub const SIGNATURES: Fields = Fields {
    fields: &[
        field("test", Text, "The test's whole id; * stands for any part"),
        field("message", Prose, "Found anywhere in the failure's message"),
        field("details", Prose, "Found anywhere in the failure's details: stack trace, log"),
        field("job", Text, "The job's whole name; * stands for any part"),
        field("branch", Text, "The branch's whole name; * stands for any part"),
    ],
    sorts: &[],
};
