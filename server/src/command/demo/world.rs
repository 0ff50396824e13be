//! The demo's world as it stands in the data files beside this one.

use std::collections::BTreeMap;

use config::{Config, File, FileFormat};
use serde::{Deserialize, de::DeserializeOwned};

use crate::error::{Error, Result};

/// Everything there is.
pub struct World {
    /// People, projects, organisations.
    pub ground: Ground,
    /// Deltas, of all projects.
    pub deltas: Vec<Delta>,
    /// Tasks and stances.
    pub work: Work,
    /// What CI reports.
    pub ci: Vec<Ci>,
}

#[derive(Deserialize)]
pub struct Ground {
    pub people: Vec<Person>,
    pub project: Vec<Project>,
    pub org: Vec<Org>,
}

#[derive(Deserialize)]
pub struct Person {
    pub name: String,
    pub shown: String,
    #[serde(default)]
    pub admin: bool,
}

#[derive(Deserialize)]
pub struct Project {
    pub slug: String,
    pub name: String,
    pub description: String,
    pub maintainers: Vec<String>,
    /// What decides there at the end of the story: a rule and its number.
    #[serde(default)]
    pub decision: Option<(String, i64)>,
    pub components: BTreeMap<String, String>,
    pub releases: Vec<String>,
    pub segment: Vec<Segment>,
}

#[derive(Deserialize)]
pub struct Segment {
    pub slug: String,
    pub name: String,
    pub description: String,
    pub members: Vec<String>,
}

#[derive(Deserialize)]
pub struct Org {
    pub slug: String,
    pub name: String,
    pub key_prefix: String,
    pub openness: String,
    pub owner: String,
    pub members: BTreeMap<String, String>,
    pub watches: BTreeMap<String, String>,
    pub lens: Vec<Weight>,
    pub board: Vec<Board>,
}

#[derive(Deserialize)]
pub struct Weight {
    pub project: String,
    pub segment: String,
    pub weight: i64,
}

#[derive(Deserialize)]
pub struct Board {
    pub slug: String,
    pub name: String,
    /// `name:category` or `name:category:limit`.
    pub columns: Vec<String>,
}

/// A delta and what people did about it. `ago`: days before now; `after`: days after the filing.
#[derive(Deserialize)]
pub struct Delta {
    pub key: String,
    pub kind: String,
    pub project: String,
    pub components: Vec<String>,
    #[serde(default)]
    pub also: Vec<Place>,
    pub by: String,
    pub ago: f64,
    pub title: String,
    pub desired: String,
    pub actual: String,
    #[serde(default)]
    pub body: String,
    #[serde(default)]
    pub body_format: Option<String>,
    #[serde(default)]
    pub private: bool,
    /// The stack trace that its occurrences have.
    #[serde(default)]
    pub trace: String,
    #[serde(default)]
    pub occurrences: Vec<Occurrence>,
    pub votes: Vec<Votes>,
    #[serde(default)]
    pub comments: Vec<Comment>,
    #[serde(default)]
    pub files: Vec<Attached>,
    #[serde(default)]
    pub positions: Vec<Position>,
    #[serde(default)]
    pub consensus: Vec<Consensus>,
    #[serde(default)]
    pub behalf: Vec<Behalf>,
    #[serde(default)]
    pub still: Vec<Still>,
    #[serde(default)]
    pub fixed: Vec<Fixed>,
    #[serde(default)]
    pub signatures: Vec<String>,
    #[serde(default)]
    pub evidence: Vec<String>,
    #[serde(default)]
    pub duplicate_of: Option<String>,
    /// What it has to do with others: the relation and the other's key.
    #[serde(default)]
    pub relations: Vec<(String, String)>,
    #[serde(default)]
    pub resolution: Option<Resolution>,
}

#[derive(Deserialize)]
pub struct Place {
    pub project: String,
    pub components: Vec<String>,
}

/// `share` % of a segment's members vote these severities in turn.
#[derive(Deserialize)]
pub struct Votes {
    pub segment: String,
    pub share: usize,
    pub severity: Vec<i64>,
}

/// A file: a text, or (without one) the picture beside the data.
#[derive(Deserialize)]
pub struct Attached {
    pub by: String,
    pub after: f64,
    pub name: String,
    #[serde(default)]
    pub text: Option<String>,
}

#[derive(Deserialize)]
pub struct Occurrence {
    pub by: String,
    pub after: f64,
    pub version: String,
    pub platform: String,
}

/// A vote for somebody without an account: of an organisation, or else of the project.
#[derive(Deserialize)]
pub struct Behalf {
    pub by: String,
    pub after: f64,
    pub org: Option<String>,
    pub name: String,
    pub severity: i64,
    pub segments: Vec<String>,
    pub note: String,
}

/// Who confirms that it still affects them on a release.
#[derive(Deserialize)]
pub struct Still {
    pub release: String,
    pub after: f64,
    pub by: Vec<String>,
}

/// Who answers whether it is fixed for them.
#[derive(Deserialize)]
pub struct Fixed {
    pub by: String,
    pub after: f64,
    pub answer: String,
    pub note: String,
}

#[derive(Deserialize)]
pub struct Comment {
    pub by: String,
    pub after: f64,
    pub text: String,
    /// The text it had first.
    #[serde(default)]
    pub first: Option<String>,
    /// Why a maintainer folds it.
    #[serde(default)]
    pub folded: Option<String>,
}

#[derive(Deserialize)]
pub struct Position {
    pub by: String,
    pub after: f64,
    pub position: String,
    pub reason: String,
}

#[derive(Deserialize)]
pub struct Consensus {
    pub by: String,
    pub after: f64,
    pub project: Option<String>,
    pub state: String,
    pub rationale: String,
}

#[derive(Deserialize)]
pub struct Resolution {
    pub by: String,
    pub after: f64,
    pub resolution: String,
    pub reason: String,
    pub release: Option<String>,
}

#[derive(Deserialize)]
pub struct Work {
    pub task: Vec<Task>,
    pub stance: Vec<Stance>,
}

#[derive(Deserialize)]
pub struct Task {
    pub org: String,
    pub board: String,
    pub column: String,
    pub by: String,
    pub ago: f64,
    pub title: String,
    pub body: String,
    pub priority: String,
    pub assignees: Vec<String>,
    #[serde(default)]
    pub labels: Vec<String>,
    /// Titles of tasks written down before.
    #[serde(default)]
    pub blocked_by: Vec<String>,
    /// Delta to relation.
    pub deltas: BTreeMap<String, String>,
    /// Days ago, and the column's name.
    #[serde(default)]
    pub moves: Vec<(f64, String)>,
    /// Days ago, state, target (a release or a date), note.
    #[serde(default)]
    pub promises: Vec<(f64, String, String, String)>,
}

#[derive(Deserialize)]
pub struct Stance {
    pub org: String,
    pub delta: String,
    pub by: String,
    pub ago: f64,
    pub stance: String,
    #[serde(default)]
    pub reason: String,
    /// For how many days it is snoozed.
    pub days: Option<i64>,
}

/// The CI of one project.
#[derive(Deserialize)]
pub struct Ci {
    pub project: String,
    /// How many days its history goes back.
    pub days: u32,
    pub every_hours: u32,
    pub jobs: Vec<String>,
    pub tests: Vec<String>,
    pub failure: Vec<Failure>,
}

/// One way to fail: `share` % of the runs between `from` and `to` days ago. `{n}` in the texts becomes a number of the run.
#[derive(Deserialize)]
pub struct Failure {
    pub test: String,
    pub message: String,
    pub details: String,
    pub jobs: Vec<String>,
    pub share: u32,
    pub from: f64,
    pub to: f64,
}

#[derive(Deserialize)]
struct Deltas {
    delta: Vec<Delta>,
}

#[derive(Deserialize)]
struct Cis {
    ci: Vec<Ci>,
}

impl World {
    /// Reads the files.
    ///
    /// # Errors
    /// When one of them is not as described here; they are part of the program, so a test would have said so.
    pub fn load() -> Result<Self> {
        let mut deltas = Vec::new();
        for text in [include_str!("heron.toml"), include_str!("client.toml"), include_str!("operator.toml")] {
            deltas.extend(read::<Deltas>(text)?.delta);
        }
        let ci = read::<Cis>(include_str!("ci.toml"))?.ci;
        Ok(Self { ground: read(include_str!("world.toml"))?, deltas, work: read(include_str!("tasks.toml"))?, ci })
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    let file = Config::builder().add_source(File::from_str(text, FileFormat::Toml)).build();
    file.and_then(Config::try_deserialize).map_err(|error| Error::start(format!("the demo's data: {error}")))
}
