//! What is measured: requests as people and machines send them.

use super::aims::{self, Aim};
use super::fill::{COLUMNS, Filled};
use super::load::{Ask, Lane, Load, Reply};
use super::words::Words;
use bytes::Bytes;
use hyper::Method;
use serde_json::json;
use std::fmt::Write;

/// Connections of the load.
pub const CONNECTIONS: usize = 16;
/// Tests of the JUnit file.
const TESTS: usize = 1_000;

/// Which server a scenario asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// The product.
    Server,
    /// The three bare routes.
    Bare,
}

/// One line of the table.
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// Whom it asks.
    pub target: Target,
    /// What its CPU is aimed at.
    pub aim: Aim,
    /// One per connection.
    pub lanes: Vec<Box<dyn Lane>>,
    /// With one connection.
    pub single: Load,
    /// With [`CONNECTIONS`] connections.
    pub many: Load,
    /// Per round: requests per second, server CPU in ms per request, database CPU in ms per request.
    pub rounds: Vec<[f64; 3]>,
    /// Bytes and statements of one answer.
    pub sizes: Sizes,
}

/// What one answer weighs.
#[derive(Default, Clone, Copy)]
pub struct Sizes {
    /// Bytes of the body as it is.
    pub raw: u64,
    /// With brotli.
    pub brotli: u64,
    /// With gzip.
    pub gzip: u64,
    /// SQL statements, if the server tells.
    pub statements: Option<u64>,
}

impl Scenario {
    fn new(name: &'static str, target: Target, aim: Aim, lane: impl Fn(usize) -> Box<dyn Lane>) -> Self {
        let lanes = (0..CONNECTIONS).map(lane).collect();
        Self { name, target, aim, lanes, single: Load::default(), many: Load::default(), rounds: Vec::new(), sizes: Sizes::default() }
    }

    /// Median over the rounds of one of the three figures.
    pub fn median(&self, figure: usize) -> f64 {
        let mut values: Vec<f64> = self.rounds.iter().map(|round| round[figure]).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// How far the rounds lie apart, as a share of their median.
    pub fn spread(&self, figure: usize) -> f64 {
        let values = || self.rounds.iter().map(|round| round[figure]);
        (values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min)) / self.median(figure)
    }
}

/// All of them, the bare ones first.
pub fn all(filled: &Filled) -> Vec<Scenario> {
    let cookie = || vec![("cookie", filled.cookie.clone())];
    let token = |secret: &str| vec![("authorization", format!("Bearer {secret}"))];
    let voter = |lane: usize| token(&filled.voters[lane % filled.voters.len()]);
    let deltas = |prefix: &str| filled.deltas.iter().step_by(7).map(|key| format!("{prefix}{key}")).collect::<Vec<_>>();
    let gets = |paths: Vec<String>, headers: Vec<(&'static str, String)>| {
        move |lane: usize| -> Box<dyn Lane> { Box::new(Gets { paths: paths.clone(), headers: headers.clone(), at: lane * 97 }) }
    };
    let search = filled.searched.iter().map(|word| format!("/deltas?q={word}")).collect();
    let list = |component: u32| format!("/deltas?q=project%3Aperf%20is%3Aopen%20component%3Acomponent-{component}%20sort%3Aimpact");
    let lists = (0..super::fill::COMPONENTS).map(list).collect();
    let board = vec!["/orgs/bench/boards/main".to_owned()];
    let mut brotli = cookie();
    brotli.push(("accept-encoding", "br".to_owned()));
    let junit: Bytes = junit().into();
    use Target::{Bare, Server};
    vec![
        Scenario::new("bare: constant 1 KiB", Bare, Aim::None, gets(vec!["/constant".to_owned()], Vec::new())),
        Scenario::new("bare: one row by key", Bare, Aim::None, gets(vec!["/read".to_owned()], Vec::new())),
        Scenario::new("bare: one durable insert", Bare, Aim::None, |_| Box::new(BareInsert)),
        Scenario::new("board page", Server, aims::BOARD, gets(board.clone(), cookie())),
        Scenario::new("board page, brotli", Server, Aim::None, gets(board, brotli)),
        Scenario::new("delta page", Server, aims::DELTA, gets(deltas("/deltas/"), cookie())),
        Scenario::new("deltas list", Server, aims::LIST, gets(lists, cookie())),
        Scenario::new("search", Server, aims::SEARCH, gets(search, cookie())),
        Scenario::new("API: read a delta", Server, aims::READ, gets(deltas("/api/v1/deltas/"), token(&filled.member))),
        Scenario::new("API: vote", Server, aims::WRITE, |lane| {
            let paths = filled.deltas.iter().map(|key| format!("/api/v1/deltas/{key}/vote")).collect();
            Box::new(Votes { paths, headers: voter(lane), words: Words::new(lane as u64 + 100) })
        }),
        Scenario::new("API: file a delta", Server, aims::WRITE, |lane| {
            Box::new(Files { headers: voter(lane), words: Words::new(lane as u64 + 200) })
        }),
        Scenario::new("API: move a card", Server, Aim::None, |lane| {
            let cards = filled.cards.iter().skip(lane).step_by(CONNECTIONS).cloned().collect();
            Box::new(Moves::new(cards, &filled.member, lane as u64))
        }),
        Scenario::new("API: JUnit, 1,000 tests", Server, Aim::None, move |lane| {
            Box::new(Runs { lane, count: 0, headers: token(&filled.ci), body: junit.clone() })
        }),
    ]
}

fn json_headers(headers: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    let mut headers = headers.to_vec();
    headers.push(("content-type", "application/json".to_owned()));
    headers
}

/// One path after the other.
pub struct Gets {
    /// What is asked for, in turn.
    pub paths: Vec<String>,
    /// Sent with each.
    pub headers: Vec<(&'static str, String)>,
    /// Where it begins.
    pub at: usize,
}

impl Lane for Gets {
    fn ask(&mut self) -> Ask {
        self.at += 1;
        let path = self.paths[self.at % self.paths.len()].clone();
        Ask { method: Method::GET, path, headers: self.headers.clone(), body: Bytes::new() }
    }

    fn took(&mut self, reply: &Reply) -> bool {
        reply.status == 200
    }
}

/// Inserts into the bare table: one durable commit each.
pub struct BareInsert;

impl Lane for BareInsert {
    fn ask(&mut self) -> Ask {
        Ask { method: Method::POST, path: "/insert".to_owned(), headers: Vec::new(), body: Bytes::from_static(&[b'b'; 300]) }
    }

    fn took(&mut self, reply: &Reply) -> bool {
        reply.status == 201
    }
}

/// One person's votes on deltas anywhere.
struct Votes {
    paths: Vec<String>,
    headers: Vec<(&'static str, String)>,
    words: Words,
}

impl Lane for Votes {
    fn ask(&mut self) -> Ask {
        let all = self.paths.len() as u64;
        let path = self.paths[usize::try_from(self.words.roll() % all).unwrap_or_default()].clone();
        let body = json!({"severity": self.words.roll() % 5, "note": ""}).to_string().into();
        Ask { method: Method::PUT, path, headers: json_headers(&self.headers), body }
    }

    fn took(&mut self, reply: &Reply) -> bool {
        (200..300).contains(&reply.status)
    }
}

/// New deltas.
struct Files {
    headers: Vec<(&'static str, String)>,
    words: Words,
}

impl Lane for Files {
    fn ask(&mut self) -> Ask {
        let body = json!({
            "kind": "bug",
            "project": "perf",
            "title": self.words.sentence(8),
            "desired": self.words.text(30),
            "actual": self.words.text(30),
            "components": ["component-1"],
        });
        Ask { method: Method::POST, path: "/api/v1/deltas".to_owned(), headers: json_headers(&self.headers), body: body.to_string().into() }
    }

    fn took(&mut self, reply: &Reply) -> bool {
        reply.status == 201
    }
}

/// Moves of one's own cards to other columns.
pub struct Moves {
    cards: Vec<(String, i64)>,
    headers: Vec<(&'static str, String)>,
    at: usize,
    words: Words,
}

impl Moves {
    /// Of these cards (key and version), by a token's owner.
    pub fn new(cards: Vec<(String, i64)>, token: &str, seed: u64) -> Self {
        Self { cards, headers: vec![("authorization", format!("Bearer {token}"))], at: 0, words: Words::new(seed + 300) }
    }
}

impl Lane for Moves {
    fn ask(&mut self) -> Ask {
        self.at = (self.at + 1) % self.cards.len();
        let (key, version) = &self.cards[self.at];
        let column = COLUMNS[usize::try_from(self.words.roll() % COLUMNS.len() as u64).unwrap_or_default()];
        let mut headers = json_headers(&self.headers);
        headers.push(("if-match", format!("\"{version}\"")));
        Ask {
            method: Method::PATCH,
            path: format!("/api/v1/tasks/{key}/placement"),
            headers,
            body: json!({"column": column}).to_string().into(),
        }
    }

    fn took(&mut self, reply: &Reply) -> bool {
        let told: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        match (reply.status, told["version"].as_i64()) {
            (200, Some(version)) => {
                self.cards[self.at].1 = version;
                true
            }
            _ => false,
        }
    }
}

/// Runs of CI, each a new one.
struct Runs {
    lane: usize,
    count: usize,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

impl Lane for Runs {
    fn ask(&mut self) -> Ask {
        self.count += 1;
        let path = format!("/api/v1/projects/perf/runs?external_id=run-{}-{}&job=unit&branch=main", self.lane, self.count);
        let mut headers = self.headers.clone();
        headers.push(("content-type", "application/xml".to_owned()));
        Ask { method: Method::POST, path, headers, body: self.body.clone() }
    }

    fn took(&mut self, reply: &Reply) -> bool {
        reply.status == 201
    }
}

/// A JUnit file of which one test in a hundred fails.
fn junit() -> String {
    let mut xml = format!("<testsuites><testsuite name=\"bench\" tests=\"{TESTS}\" failures=\"{}\">", TESTS / 100);
    for number in 0..TESTS {
        let (class, name) = (format!("suite.module_{}", number / 50), format!("test_case_{number}"));
        // Writing to a String cannot fail.
        let _ = match number % 100 {
            7 => write!(
                xml,
                "<testcase classname=\"{class}\" name=\"{name}\" time=\"0.02\"><failure message=\"assert {number} == 0\">{}</failure></testcase>",
                "  File \"suite/module.py\", line 7, in check\n".repeat(12)
            ),
            _ => write!(xml, "<testcase classname=\"{class}\" name=\"{name}\" time=\"0.01\"/>"),
        };
    }
    xml + "</testsuite></testsuites>"
}
