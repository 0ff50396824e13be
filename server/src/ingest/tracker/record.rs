//! The common record: what of another tracker's bug, issue or story can be kept here, and what is lost.

use schema::{
    board::Category,
    delta::{Kind, Resolution},
    place::Consensus,
    relation::Relation,
    task::Priority,
};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::ingest::text;

/// Most comments that are taken of one record.
pub const COMMENTS_MAX: usize = 10_000;
/// Most things that happened that are taken of one record.
pub const CHANGES_MAX: usize = 10_000;
/// Most votes that are taken of one record.
pub const VOTES_MAX: usize = 50_000;
/// Most relations that are taken of one record.
pub const RELATIONS_MAX: usize = 1_000;
/// Most tasks, and most refusals, that are taken of one record.
pub const WORK_MAX: usize = 1_000;

/// What an input gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A record, or a part of one.
    Record(Box<Record>),
    /// A board with its columns, for the organisation that is chosen.
    Board(Board),
    /// Something that is passed over on purpose: a pull request, a webhook of another kind.
    Skipped(Lost),
}

/// How much of a record the input tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// All: what is here is brought up to it.
    #[default]
    Whole,
    /// Enough to make a delta of, not enough to overwrite one: a search's answer.
    Stub,
    /// Comments, votes or history of a record that comes, or came, by itself.
    Part,
}

/// A bug, issue, story or blueprint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// The same whenever the same record is read again, and no other record's: `launchpad:71`, `github:owner/name#7`.
    pub id: String,
    /// How people call it: `Launchpad bug 71`.
    pub name: String,
    /// Where people read it; empty where that is not known.
    pub url: String,
    /// How much of it the input tells.
    pub extent: Extent,
    /// What sort of gap.
    pub kind: Option<Kind>,
    /// In one line; empty for a part.
    pub title: String,
    /// What the reporter wrote, in Markdown.
    pub text: String,
    /// What else it says of itself and people should keep: name and value. They change seldom.
    pub facts: Vec<(&'static str, String)>,
    /// Counts without names, as they were: they change often, and nobody's vote can be made of them.
    pub tally: Vec<(&'static str, i64)>,
    /// Attachments and other pages.
    pub links: Vec<Link>,
    /// Who reported it.
    pub reporter: Option<Person>,
    /// How hard the reporter says it hits them, 1 to 4.
    pub severity: Option<i64>,
    /// When it was reported.
    pub created_at: Option<OffsetDateTime>,
    /// When it last changed.
    pub updated_at: Option<OffsetDateTime>,
    /// When it was closed.
    pub closed_at: Option<OffsetDateTime>,
    /// Whether only some people may see it.
    pub private: bool,
    /// Where it stands.
    pub places: Vec<Place>,
    /// How it ended; never `duplicate`, which [`duplicate_of`](Self::duplicate_of) says.
    pub resolution: Option<Resolution>,
    /// Why, in the tracker's words.
    pub reason: String,
    /// The release that is to have it, or has it.
    pub release: Option<String>,
    /// The id of the record that stands for it.
    pub duplicate_of: Option<String>,
    /// What it has to do with other records, by their ids; what it says of them stands in its words, too.
    pub relations: Vec<(Relation, String)>,
    /// Its labels.
    pub labels: Vec<String>,
    /// Who said that it hits them or does not.
    pub votes: Vec<Vote>,
    /// What people said of it.
    pub comments: Vec<Comment>,
    /// What happened to it.
    pub history: Vec<Change>,
    /// What somebody does about it: for the organisation that is theirs.
    pub work: Vec<Work>,
    /// Who refused to do anything about it: for the organisation that is theirs.
    pub refused: Vec<Refused>,
    /// What it has that is kept nowhere.
    pub lost: Vec<Lost>,
}

impl Record {
    /// Notes that something is lost.
    pub fn lose(&mut self, what: &'static str, example: impl Into<String>) {
        self.lost.push(Lost { what, example: example.into() });
    }

    /// Adds a comment, unless it has [`COMMENTS_MAX`].
    pub fn comment(&mut self, comment: Comment) {
        keep(
            &mut self.comments,
            comment,
            COMMENTS_MAX,
            &mut self.lost,
            "comments beyond the 10,000 that are taken of a record",
            &self.name,
        );
    }

    /// Adds something that happened, unless it has [`CHANGES_MAX`].
    pub fn change(&mut self, change: Change) {
        keep(&mut self.history, change, CHANGES_MAX, &mut self.lost, "events beyond the 10,000 that are taken of a record", &self.name);
    }

    /// Adds a vote, unless it has [`VOTES_MAX`].
    pub fn vote(&mut self, vote: Vote) {
        keep(&mut self.votes, vote, VOTES_MAX, &mut self.lost, "votes beyond the 50,000 that are taken of a record", &self.name);
    }

    /// Adds a relation to another record, unless it has [`RELATIONS_MAX`].
    pub fn relate(&mut self, relation: Relation, other: String) {
        let tie = (relation, other);
        keep(&mut self.relations, tie, RELATIONS_MAX, &mut self.lost, "relations beyond the 1,000 that are taken of a record", &self.name);
    }

    /// How much belongs to it: comments, events, votes, relations, work.
    pub fn parts(&self) -> usize {
        self.comments.len() + self.history.len() + self.votes.len() + self.relations.len() + self.work.len() + self.refused.len()
    }

    /// Adds a fact unless it says nothing.
    pub fn fact(&mut self, name: &'static str, value: impl Into<String>) {
        let value = value.into();
        if !value.trim().is_empty() && value != "---" {
            self.facts.push((name, value));
        }
    }

    /// Adds a count unless it is none.
    pub fn count(&mut self, name: &'static str, count: Option<i64>) {
        self.tally.extend(count.filter(|count| *count > 0).map(|count| (name, count)));
    }
}

/// Adds a thing to a list of at most so many; else notes that it is lost, the first time with the record's name.
fn keep<T>(list: &mut Vec<T>, thing: T, most: usize, lost: &mut Vec<Lost>, what: &'static str, name: &str) {
    if list.len() < most {
        return list.push(thing);
    }
    let first = lost.last().is_none_or(|last| last.what != what);
    lost.push(Lost { what, example: if first { name.to_owned() } else { String::new() } });
}

/// A person there, who becomes one here that nobody can sign in as.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Person {
    /// Their handle here: the tracker's mark and what is left of their name.
    pub handle: String,
    /// The name that is shown.
    pub shown: String,
    /// Their name there, as maps give it.
    pub name: String,
}

/// The longest handle.
pub const HANDLE_MAX: usize = 64;

impl Person {
    /// A person by the name that the tracker knows them by. Two names stay two handles; of an e-mail address only what stands before the
    /// `@` is shown, since addresses are nobody else's business.
    pub fn new(mark: &str, name: &str, shown: Option<&str>) -> Option<Person> {
        let name = text::clean(name.trim());
        if name.is_empty() {
            return None;
        }
        let local = name.split_once('@').map_or(name.as_str(), |(local, _)| local);
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
        let plain: String = local.to_lowercase().chars().map(|c| if allowed(c) { c } else { '-' }).collect();
        let mut handle = format!("{mark}.{plain}");
        if plain != name.to_lowercase() || handle.len() > HANDLE_MAX {
            let digest = text::hex(&Sha256::digest(name.to_lowercase().as_bytes())[..4]);
            handle = format!("{}-{digest}", handle.chars().take(HANDLE_MAX - digest.len() - 1).collect::<String>());
        }
        let shown = shown.map(text::clean).filter(|shown| !shown.trim().is_empty() && !shown.contains('@'));
        let shown = shown.unwrap_or_else(|| local.to_owned()).split_whitespace().collect::<Vec<_>>().join(" ");
        let shown = if shown.is_empty() { handle.clone() } else { shown };
        Some(Person { handle, shown: shown.chars().take(200).collect(), name })
    }
}

/// Where a record stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The project as the tracker names it: what maps are asked for.
    pub name: String,
    /// The project's slug, where no map says otherwise.
    pub slug: String,
    /// The components' slugs.
    pub components: Vec<String>,
    /// What the project said. Only what states it: see the tables of the trackers.
    pub consensus: Consensus,
    /// In which words.
    pub rationale: String,
}

/// A slug of a name: lower case, what is not a letter or digit becomes a hyphen; `None` when nothing is left.
pub fn place_slug(name: &str) -> Option<String> {
    let dashed: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let slug: String = dashed.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-").chars().take(64).collect();
    Some(slug.trim_matches('-').to_owned()).filter(|slug| !slug.is_empty())
}

/// A person's word on whether it hits them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    /// Who.
    pub who: Person,
    /// Whether it does.
    pub affected: bool,
    /// When they said so.
    pub at: Option<OffsetDateTime>,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The same whenever it is read again, within the tracker.
    pub id: String,
    /// Who.
    pub author: Option<Person>,
    /// When.
    pub at: Option<OffsetDateTime>,
    /// In Markdown.
    pub text: String,
}

/// Something that happened to a record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Change {
    /// When.
    pub at: OffsetDateTime,
    /// Who did it.
    pub who: Option<Person>,
    /// The thing that changed, in the tracker's word.
    pub what: String,
    /// What it was; empty where it was not.
    pub from: String,
    /// What it became; empty where it went.
    pub to: String,
}

/// Another page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it is.
    pub title: String,
    /// Its address; empty where it is not known.
    pub url: String,
}

/// How far work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is planned.
    Todo,
    /// It is being done.
    Doing,
    /// It is being looked at.
    Review,
    /// It is done.
    Done,
}

/// Work of somebody: a task of the organisation that they are mapped to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// The same whenever it is read again. Empty for the work on the record as a whole: one task an organisation.
    pub id: String,
    /// Whose it may be, in the order in which maps are asked.
    pub of: Vec<String>,
    /// Its title, where it has one of its own.
    pub title: Option<String>,
    /// How far it has come.
    pub stage: Stage,
    /// Its priority there.
    pub priority: Priority,
    /// Whether it promises something to others: what is taken up is intended, what is done is kept.
    pub promises: bool,
    /// Its place in a list there; less is earlier.
    pub position: Option<i64>,
    /// The board and column where it stands.
    pub seat: Option<Seat>,
}

/// Somebody's word that they will do nothing: the stance of the organisation that they are mapped to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Whose it may be, in the order in which maps are asked.
    pub of: Vec<String>,
    /// Why, in the tracker's words; not empty.
    pub reason: String,
}

/// A place on a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The board's slug.
    pub board: String,
    /// The column's name.
    pub column: String,
}

/// A board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its columns' names from left to right, with what stands in them.
    pub columns: Vec<(String, Category)>,
}

/// Something that is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// What sort of thing, in plural: `subscribers`.
    pub what: &'static str,
    /// The thing itself, in short.
    pub example: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_record_has_too_much_of_is_counted_as_lost() {
        let mut record = Record { name: "bug 1".to_owned(), ..Record::default() };
        for number in 0..RELATIONS_MAX + 3 {
            record.relate(Relation::Blocks, number.to_string());
        }
        let examples: Vec<&str> = record.lost.iter().map(|lost| lost.example.as_str()).collect();
        assert_eq!((record.relations.len(), examples), (RELATIONS_MAX, vec!["bug 1", "", ""]));
    }
}
